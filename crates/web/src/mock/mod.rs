//! A worker of canned data, in the page itself: to work on the interface alone. `?mock` or `?mock=SCENE`.

mod people;
mod scene;
mod worker;

pub use scene::Scene;
pub use worker::connect;

use crate::browser::window::window;

/// The scene that the address asks for.
pub fn wanted() -> Option<Scene> {
    let query = window().location().search().unwrap_or_default();
    let pairs = query.trim_start_matches('?').split('&');
    pairs
        .filter_map(|pair| pair.strip_prefix("mock"))
        .map(|scene| Scene::named(scene.trim_start_matches('=')))
        .next()
}
