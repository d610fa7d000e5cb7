//! Two people in two browsers: from signing up to read messages, over closed tabs, reloads and second tabs.

use sotto_testkit::chromium::{Chromium, Failure, Passkeys, Tab};

use crate::house::House;
use crate::messenger::{
    Protection, by, find, open, safety_number, sign_up, texts, unlock, wait_for_state, write,
};

#[tokio::test(flavor = "multi_thread")]
async fn with_passkeys_that_unlock_the_vault() -> Result<(), Failure> {
    talk(Passkeys::WithPrf, Protection::Passkey).await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_passkeys_that_only_sign_and_a_passphrase() -> Result<(), Failure> {
    talk(Passkeys::WithoutPrf, Protection::PasskeyAndPassphrase).await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_passphrase_and_no_passkey() -> Result<(), Failure> {
    talk(Passkeys::Missing, Protection::Passphrase).await
}

async fn talk(passkeys: Passkeys, protection: Protection) -> Result<(), Failure> {
    let house = House::open().await;
    let chromium = Chromium::start().await?;
    let (alice, bob) = (
        chromium.person("alice", passkeys).await?,
        chromium.person("bob", passkeys).await?,
    );
    let (a, b) = (alice.open(&house.url()).await?, bob.open(&house.url()).await?);
    sign_up(&a, "alice", protection).await?;
    sign_up(&b, "bob", protection).await?;

    first_message_is_a_request(&a, &b).await?;
    both_write_and_ticks_turn_read(&a, &b).await?;
    nothing_is_missed_while_away(&house, protection, &a, &b).await?;
    history_and_search_after_reload(protection, &a).await?;
    assert_eq!(safety_number(&a).await?, safety_number(&b).await?);

    let second = alice.open(&house.url()).await?;
    second_tab_takes_over(protection, &a, &second).await
}

async fn first_message_is_a_request(a: &Tab, b: &Tab) -> Result<(), Failure> {
    find(a, "bob").await?;
    write(a, "hello, Bob").await?;
    wait_for_state(a, "hello, Bob", "sent").await?;
    b.wait_for(&by("requests")).await?;
    open(b, "alice").await?;
    assert_eq!(texts(b).await?, ["hello, Bob"]);
    b.click(&by("accept")).await?;
    b.wait_for(&by("composer")).await?;
    wait_for_state(a, "hello, Bob", "read").await
}

async fn both_write_and_ticks_turn_read(a: &Tab, b: &Tab) -> Result<(), Failure> {
    write(b, "hello, Alice").await?;
    a.wait_for_text(&by("text"), "hello, Alice").await?;
    wait_for_state(b, "hello, Alice", "read").await?;
    write(a, "how are you?").await?;
    b.wait_for_text(&by("text"), "how are you?").await?;
    wait_for_state(a, "how are you?", "read").await
}

/// Bob's tab closes, Alice sends three, Bob comes back: all three, once, in order.
async fn nothing_is_missed_while_away(
    house: &House,
    protection: Protection,
    a: &Tab,
    b: &Tab,
) -> Result<(), Failure> {
    b.leave().await?;
    for text in ["one", "two", "three"] {
        write(a, text).await?;
        wait_for_state(a, text, "sent").await?;
    }
    b.goto(&house.url()).await?;
    unlock(b, protection).await?;
    open(b, "alice").await?;
    b.wait_for_text(&by("text"), "three").await?;
    let shown = texts(b).await?;
    assert_eq!(
        shown,
        [
            "hello, Bob",
            "hello, Alice",
            "how are you?",
            "one",
            "two",
            "three"
        ]
    );
    wait_for_state(a, "three", "read").await
}

async fn history_and_search_after_reload(protection: Protection, a: &Tab) -> Result<(), Failure> {
    a.reload().await?;
    unlock(a, protection).await?;
    a.wait_for(&by("conversations")).await?;
    a.type_text(&by("search"), "how are").await?;
    a.click_text(&by("search-result"), "how are you?").await?;
    a.wait_for_text(&by("text"), "how are you?").await?;
    let shown = texts(a).await?;
    assert_eq!(
        shown,
        [
            "hello, Bob",
            "hello, Alice",
            "how are you?",
            "one",
            "two",
            "three"
        ]
    );
    Ok(())
}

/// The second tab has no engine until it takes it over; then the first has none.
async fn second_tab_takes_over(protection: Protection, first: &Tab, second: &Tab) -> Result<(), Failure> {
    second.click(&by("take-over")).await?;
    first.wait_for(&by("take-over")).await?;
    // Passkeys are bound to the tab's own authenticator here; a passphrase opens the vault anywhere.
    if protection == Protection::Passkey {
        return second.wait_for(&by("unlock-passkey")).await;
    }
    unlock(second, protection).await?;
    open(second, "bob").await?;
    second.wait_for_text(&by("text"), "three").await
}
