//! Parts of a view that change, with their types erased: what the framework compiles for each type of closure, it
//! compiles once. That is a third of the module's size.

use leptos::prelude::*;

/// A view that is drawn anew whenever what it reads changes.
pub fn show<V: IntoView + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    let erased: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || view().into_any());
    erased.into_any()
}

/// An attribute that changes.
pub fn live<T: 'static>(value: impl FnMut() -> T + Send + 'static) -> Box<dyn FnMut() -> T + Send> {
    Box::new(value)
}

/// What happens on an event.
pub fn on<E: 'static>(callback: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(callback)
}

/// Runs now, and again whenever what it reads changes.
pub fn effect(mut work: impl FnMut() + 'static) {
    let erased: Box<dyn FnMut(Option<()>)> = Box::new(move |_| work());
    Effect::new(erased);
}

/// One after the other.
pub fn each<V: IntoView + 'static>(views: impl IntoIterator<Item = V>) -> AnyView {
    let erased: Vec<AnyView> = views.into_iter().map(IntoAny::into_any).collect();
    erased.into_any()
}
