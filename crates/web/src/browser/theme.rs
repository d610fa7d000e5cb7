//! Light or dark, remembered in this browser. `boot.js` applies it before the first paint.

use super::window::{document, window};

/// What the page looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// As the system does.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

const KEY: &str = "theme";

impl Theme {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in storage and in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The remembered one.
    pub fn current() -> Self {
        let storage = window().local_storage().ok().flatten();
        let name = storage.and_then(|storage| storage.get_item(KEY).ok().flatten());
        let is_it = |theme: &Self| name.as_deref() == Some(theme.name());
        Self::ALL.into_iter().find(is_it).unwrap_or(Self::System)
    }

    /// Shows and remembers it; where storage is blocked it is only shown.
    pub fn apply(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", self.name());
        }
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, self.name());
        }
    }
}
