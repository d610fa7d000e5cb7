//! Scanning the code on the other's screen, in browsers that can.

use crate::browser::scanner::{self, Camera};
use crate::browser::timer::pause;
use crate::features::conversation::Open;
use crate::session::use_worker;
use crate::ui::{Glyph, Icon, live, on, show};
use crate::words::{fill, words};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Request, Response, Scan};

/// Between two looks.
const BETWEEN: std::time::Duration = std::time::Duration::from_millis(200);

/// Where the scanner stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Closed,
    Looking,
    NoCamera,
    Done(Scan),
}

/// A button that opens the camera; nothing where the browser can't read codes.
#[component]
pub fn Scanner(open: Open) -> impl IntoView {
    scanner::supported().then(|| view! { <Supported open/> })
}

#[component]
fn Supported(open: Open) -> impl IntoView {
    let worker = use_worker();
    let say = &words().trust;
    let stage = RwSignal::new(Stage::Closed);
    let video = NodeRef::<html::Video>::new();
    let look = move || async move {
        let Some(screen) = video.get_untracked() else {
            return;
        };
        let Some(camera) = Camera::start(&screen).await else {
            stage.try_set(Stage::NoCamera);
            return;
        };
        while stage.try_get_untracked() == Some(Stage::Looking) {
            if let Some(text) = camera.read(&screen).await {
                let request = Request::CompareScanned {
                    person: open.account,
                    scanned: bytes(&text),
                };
                if let Ok(Response::Scanned(scan)) = worker.ask(request).await {
                    stage.try_set(Stage::Done(scan));
                }
            }
            pause(BETWEEN).await;
        }
    };
    let start = move |_| {
        stage.set(Stage::Looking);
        spawn_local(look());
    };
    let stop = move |_| stage.set(Stage::Closed);
    let looking = move || stage.get() == Stage::Looking;
    view! {
        <div class="scanner" hidden=live(move || !looking())>
            <video class="scanner-video" node_ref=video muted playsinline></video>
            <p class="side-note">{say.scan_hint}</p>
            <button type="button" class="button button-wide" on:click=on(stop)>{say.scan_stop}</button>
        </div>
        <button type="button" class="button button-wide" data-test="scan" hidden=live(looking) on:click=on(start)>
            <Icon glyph=Glyph::Scan/>{say.scan}
        </button>
        {show(move || open.name.with(|name| result(stage.get(), name)).map(|(class, sentence)| view! {
            <p class=class role="alert" data-test="scan-result">{sentence}</p>
        }))}
    }
}

fn result(stage: Stage, name: &str) -> Option<(&'static str, String)> {
    let say = &words().trust;
    Some(match stage {
        Stage::Closed | Stage::Looking => return None,
        Stage::NoCamera => ("fault", say.scan_no_camera.to_owned()),
        Stage::Done(Scan::Match) => ("callout callout-good", fill(say.scan_match, &[("name", name)])),
        Stage::Done(Scan::Mismatch) => ("fault", say.scan_mismatch.to_owned()),
        Stage::Done(Scan::NotASafetyNumber) => ("fault", say.scan_other.to_owned()),
        Stage::Done(Scan::OtherVersion) => ("fault", say.scan_version.to_owned()),
    })
}

/// What the code holds; anything that isn't hexadecimal can't be a safety number, and goes on as it is.
fn bytes(text: &str) -> Vec<u8> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    match digits {
        Some(digits) if digits.len().is_multiple_of(2) => digits
            .chunks_exact(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
        _ => text.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn codes_are_hexadecimal() {
        assert_eq!(bytes("534F54"), b"SOT");
        assert_eq!(bytes("534F5"), b"534F5");
        assert_eq!(bytes("https://x"), b"https://x");
    }
}
