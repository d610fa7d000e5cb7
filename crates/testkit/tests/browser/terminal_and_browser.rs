//! The same engine in two runtimes: from the terminal to the browser and back, over the real server.

use sotto_testkit::chromium::{Chromium, Failure, Passkeys};

use crate::house::House;
use crate::messenger::{Protection, by, open, safety_number, sign_up, wait_for_state, write};

#[tokio::test(flavor = "multi_thread")]
async fn from_the_terminal_to_the_browser_and_back() -> Result<(), Failure> {
    let house = House::open().await;
    let chromium = Chromium::start().await?;
    let alice = chromium.person("alice", Passkeys::WithPrf).await?;
    let tab = alice.open(&house.url()).await?;
    sign_up(&tab, "alice", Protection::Passkey).await?;
    house
        .terminal(
            "bob",
            &["register", "--server", &house.url(), "--username", "bob"],
        )
        .await;

    house
        .terminal("bob", &["send", "alice", "from the terminal"])
        .await;
    open(&tab, "bob").await?;
    tab.wait_for_text(&by("text"), "from the terminal").await?;
    tab.click(&by("accept")).await?;
    write(&tab, "from the browser").await?;
    wait_for_state(&tab, "from the browser", "sent").await?;

    let received = house.terminal("bob", &["receive", "--json"]).await;
    let received: Vec<serde_json::Value> = received
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!(received[0]["text"], "from the browser");
    wait_for_state(&tab, "from the browser", "delivered").await?;

    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let in_terminal = house.terminal("bob", &["safety-number", "alice"]).await;
    let in_browser = digits(&safety_number(&tab).await?);
    assert_eq!(in_browser.len(), 60);
    assert!(digits(&in_terminal).contains(&in_browser), "{in_terminal}");
    Ok(())
}
