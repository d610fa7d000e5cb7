//! From one person's keystroke to the other's screen: measured for `cargo xtask bench latency`, never a test by itself.

use std::path::PathBuf;

use sotto_testkit::chromium::{Chromium, Failure, Passkeys, Tab};

use crate::house::House;
use crate::messenger::{Protection, by, find, open, sign_up, write};

const MESSAGES: usize = 60;
const FLOOR_ROUNDS: usize = 60;

/// Remembers when the last Enter was pressed: milliseconds since the epoch, with fractions.
const NOTE_KEYS: &str = "addEventListener('keydown', event => {
    if (event.key === 'Enter') window.pressed = performance.timeOrigin + event.timeStamp;
}, { capture: true })";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: run by `cargo xtask bench latency`"]
async fn from_keystroke_to_the_other_screen() -> Result<(), Failure> {
    let file = std::env::var_os("SOTTO_FIGURES")
        .map(PathBuf::from)
        .expect("SOTTO_FIGURES names a file");
    let house = House::open().await;
    // Two browsers, as on two machines, each with its own profile on the disk.
    let (first, second) = (Chromium::start().await?, Chromium::start().await?);
    let a = first.owners_tab("alice", Passkeys::WithPrf).await?;
    let b = second.owners_tab("bob", Passkeys::WithPrf).await?;
    a.goto(&house.url()).await?;
    b.goto(&house.url()).await?;
    sign_up(&a, "alice", Protection::Passkey).await?;
    sign_up(&b, "bob", Protection::Passkey).await?;
    find(&a, "bob").await?;
    write(&a, "first").await?;
    open(&b, "alice").await?;
    b.click(&by("accept")).await?;
    write(&b, "answer").await?;
    a.wait_for_text(&by("text"), "answer").await?;

    a.eval::<Option<bool>>(&format!("(({NOTE_KEYS}), null)")).await?;
    let (mut own, mut latencies) = (Vec::new(), Vec::new());
    for number in 0..MESSAGES {
        let (here, there) = one(&a, &b, &format!("message number {number}.")).await?;
        own.push(here);
        latencies.push(there);
    }
    let floor = floor(&a).await?;
    let figures = serde_json::json!({ "latencies": latencies, "own": own, "floor": floor });
    std::fs::write(file, serde_json::to_vec(&figures).unwrap()).unwrap();
    Ok(())
}

/// Milliseconds from Alice's Enter to the frames in which her own screen and Bob's show the text.
async fn one(a: &Tab, b: &Tab, text: &str) -> Result<(f64, f64), Failure> {
    a.type_text(&by("composer"), text).await?;
    let watch = format!(
        "(window.seen = new Promise(resolve => {{
            const look = () => {{
                const there = [...document.querySelectorAll('[data-test=text]')].some(e => e.textContent.includes({text:?}));
                if (!there) return;
                observer.disconnect();
                requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
            }};
            const observer = new MutationObserver(look);
            observer.observe(document.body, {{ childList: true, subtree: true, characterData: true }});
        }}), null)"
    );
    a.eval::<Option<bool>>(&watch).await?;
    b.eval::<Option<bool>>(&watch).await?;
    a.press("Enter").await?;
    let (own, other): (f64, f64) = (a.eval("window.seen").await?, b.eval("window.seen").await?);
    let pressed: f64 = a.eval("window.pressed").await?;
    Ok((own - pressed, other - pressed))
}

/// Milliseconds that a bare request to the same server takes, there and back, over the same cable.
async fn floor(tab: &Tab) -> Result<Vec<f64>, Failure> {
    tab.eval(&format!(
        "(async () => {{
            const times = [];
            for (let round = 0; round < {FLOOR_ROUNDS}; round++) {{
                const before = performance.now();
                await (await fetch('/health/live', {{ cache: 'no-store' }})).text();
                times.push(performance.now() - before);
            }}
            return times;
        }})()"
    ))
    .await
}
