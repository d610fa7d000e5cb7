//! The clipboard.

use super::window::window;
use wasm_bindgen_futures::JsFuture;

/// Copies a text; says whether the browser let it.
pub async fn copy(text: &str) -> bool {
    if !window().is_secure_context() {
        return false;
    }
    let written = window().navigator().clipboard().write_text(text);
    JsFuture::from(written).await.is_ok()
}
