//! The pictures of the documentation: taken when `SOTTO_SCREENSHOTS` names a folder.

use std::path::{Path, PathBuf};

use sotto_testkit::chromium::{Chromium, ColorScheme, Failure, Passkeys, Tab, Viewport};

use crate::house::House;
use crate::messenger::{Protection, by, find, open, sign_up, wait_for_state, write};

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_conversation() -> Result<(), Failure> {
    let Some(folder) = std::env::var_os("SOTTO_SCREENSHOTS").map(PathBuf::from) else {
        return Ok(());
    };
    std::fs::create_dir_all(&folder).unwrap();
    let house = House::open().await;
    let chromium = Chromium::start().await?;
    let (mut people, mut tabs) = (Vec::new(), Vec::new());
    for name in ["alice", "bob", "carol"] {
        let person = chromium.person(name, Passkeys::WithPrf).await?;
        let tab = person.open(&house.url()).await?;
        people.push(person);
        if name == "alice" {
            both_schemes(&tab, &folder, "welcome", "create-account").await?;
            tab.click(&by("create-account")).await?;
            tab.type_text(&by("username"), "alice").await?;
            both_schemes(&tab, &folder, "sign-up", "create-passkey").await?;
            tab.click(&by("create-passkey")).await?;
            tab.wait_for(&by("messenger")).await?;
        } else {
            sign_up(&tab, name, Protection::Passkey).await?;
        }
        tabs.push(tab);
    }
    let [alice, bob, carol] = tabs.as_slice() else {
        return Ok(());
    };
    converse(alice, bob).await?;
    find(carol, "alice").await?;
    write(
        carol,
        "Hi Alice, Bob gave me your name. May I ask you about the lighthouse?",
    )
    .await?;
    wait_for_state(carol, "lighthouse", "sent").await?;
    alice.wait_for(&by("requests")).await?;
    everything(alice, &folder).await
}

async fn converse(alice: &Tab, bob: &Tab) -> Result<(), Failure> {
    find(alice, "bob").await?;
    write(alice, "Bob, is this you?").await?;
    wait_for_state(alice, "Bob, is this you?", "sent").await?;
    open(bob, "alice").await?;
    bob.click(&by("accept")).await?;
    bob.wait_for(&by("composer")).await?;
    let said = [
        (
            bob,
            "It is. I compared our safety numbers yesterday, and yours were the same as mine.",
        ),
        (alice, "Good. Then nobody is listening."),
        (
            alice,
            "The keeper leaves the key under the third stone. Read this first: https://example.org/lighthouse",
        ),
        (bob, "Got it. I take the early ferry and am there at nine."),
        (bob, "Do we need the lamp?"),
        (alice, "No, the moon will do."),
    ];
    for (who, text) in said {
        write(who, text).await?;
        let other = if core::ptr::eq(who, alice) { bob } else { alice };
        other.wait_for_text(&by("text"), text).await?;
        wait_for_state(who, text, "read").await?;
    }
    Ok(())
}

async fn everything(alice: &Tab, folder: &Path) -> Result<(), Failure> {
    both_schemes(alice, folder, "conversation", "timeline").await?;
    alice.click(&by("lock")).await?;
    alice.wait_for(&by("safety-number")).await?;
    both_schemes(alice, folder, "verification", "safety-number").await?;
    alice.click(&by("mark-verified")).await?;
    alice.wait_for(&by("verified")).await?;
    alice.click(&by("close-side")).await?;
    open(alice, "carol").await?;
    both_schemes(alice, folder, "request", "request").await?;
    alice.click(&by("settings")).await?;
    both_schemes(alice, folder, "settings", "settings-pane").await?;
    alice.set_viewport(Viewport::Phone).await?;
    alice.click(&by("back")).await?;
    both_schemes(alice, folder, "phone-list", "conversations").await?;
    open(alice, "bob").await?;
    both_schemes(alice, folder, "phone-conversation", "timeline").await
}

async fn both_schemes(tab: &Tab, folder: &Path, name: &str, shown: &str) -> Result<(), Failure> {
    tab.wait_for(&by(shown)).await?;
    for (scheme, suffix) in [(ColorScheme::Light, "light"), (ColorScheme::Dark, "dark")] {
        tab.set_color_scheme(scheme).await?;
        tab.wait_until("document.getAnimations().every(animation => animation.playState !== 'running')")
            .await?;
        tab.screenshot(folder.join(format!("{name}-{suffix}.png")))
            .await?;
    }
    Ok(())
}
