//! QR codes as one SVG path.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode as Code};

/// Modules of quiet around the code (ISO/IEC 18004, section 6.3.8).
const QUIET: usize = 4;

/// A code that holds `text`; nothing if it is too long.
#[component]
pub fn QrCode(text: String, label: &'static str) -> impl IntoView {
    Code::with_error_correction_level(text, EcLevel::M).ok().map(|code| {
        let side = code.width() + 2 * QUIET;
        view! {
            <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {side} {side}") shape-rendering="crispEdges">
                <rect class="qr-ground" width=side height=side/>
                <path class="qr-modules" d=path(&code)/>
            </svg>
        }
    })
}

fn path(code: &Code) -> String {
    let width = code.width();
    let dark = code
        .to_colors()
        .into_iter()
        .enumerate()
        .filter(|(_, colour)| *colour == Color::Dark);
    dark.map(|(index, _)| format!("M{} {}h1v1h-1z", index % width + QUIET, index / width + QUIET))
        .collect()
}
