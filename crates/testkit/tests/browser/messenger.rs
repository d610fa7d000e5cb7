//! What a person does in the web client.

use sotto_testkit::chromium::{Failure, Tab};

/// What protects a person's vault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A passkey that yields a secret.
    Passkey,
    /// A passkey that only signs, and a passphrase.
    PasskeyAndPassphrase,
    /// A passphrase, and no passkey at all.
    Passphrase,
}

pub const PASSPHRASE: &str = "correct horse battery staple";

/// Names an element by what it is to tests.
pub fn by(name: &str) -> String {
    format!("[data-test={name}]")
}

/// Makes an account, from the first page to the empty list.
pub async fn sign_up(tab: &Tab, username: &str, protection: Protection) -> Result<(), Failure> {
    tab.click(&by("create-account")).await?;
    tab.type_text(&by("username"), username).await?;
    match protection {
        Protection::Passkey => tab.click(&by("create-passkey")).await?,
        Protection::PasskeyAndPassphrase => {
            tab.click(&by("create-passkey")).await?;
            choose_passphrase(tab).await?;
        }
        Protection::Passphrase => {
            tab.click(&by("use-passphrase")).await?;
            tab.wait_for(&by("passphrase")).await?;
            tab.click(&by("understand-anonymous")).await?;
            choose_passphrase(tab).await?;
        }
    }
    tab.wait_for(&by("messenger")).await
}

async fn choose_passphrase(tab: &Tab) -> Result<(), Failure> {
    tab.type_text(&by("passphrase"), PASSPHRASE).await?;
    tab.click(&by("finish")).await
}

/// Unlocks after a reload.
pub async fn unlock(tab: &Tab, protection: Protection) -> Result<(), Failure> {
    match protection {
        Protection::Passkey => tab.click(&by("unlock-passkey")).await?,
        Protection::PasskeyAndPassphrase | Protection::Passphrase => {
            tab.type_text(&by("passphrase"), PASSPHRASE).await?;
            tab.click(&by("unlock")).await?;
        }
    }
    tab.wait_for(&by("messenger")).await
}

/// Finds a person by exact username and opens the conversation.
pub async fn find(tab: &Tab, username: &str) -> Result<(), Failure> {
    tab.click(&by("new-conversation")).await?;
    tab.type_text(&by("find-username"), username).await?;
    tab.click(&by("find")).await?;
    tab.click(&by("write")).await?;
    tab.wait_for(&by("composer")).await
}

/// Opens a conversation from the list.
pub async fn open(tab: &Tab, name: &str) -> Result<(), Failure> {
    tab.click(&format!("[data-test=conversation][data-name={name:?}]"))
        .await?;
    tab.wait_for(&by("timeline")).await
}

/// Writes a message, with the Enter key.
pub async fn write(tab: &Tab, text: &str) -> Result<(), Failure> {
    tab.type_text(&by("composer"), text).await?;
    tab.press("Enter").await?;
    tab.wait_for_text(&by("text"), text).await
}

/// Waits until a message that was written is so far.
pub async fn wait_for_state(tab: &Tab, text: &str, state: &str) -> Result<(), Failure> {
    tab.wait_for_text(&format!("[data-test=message][data-state={state}]"), text)
        .await
}

/// The texts in the timeline, oldest first.
pub async fn texts(tab: &Tab) -> Result<Vec<String>, Failure> {
    tab.texts(&by("text")).await
}

/// The digits of the safety number with whoever is open.
pub async fn safety_number(tab: &Tab) -> Result<String, Failure> {
    tab.click(&by("lock")).await?;
    tab.wait_for(&by("safety-number")).await?;
    tab.eval("document.querySelector('[data-test=safety-number]').dataset.digits")
        .await
}
