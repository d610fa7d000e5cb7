//! `conversations`: everyone one talks to, newest first.

use super::safety_number::trust_name;
use super::try_to_catch_up;
use crate::clock::now;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::people::call;
use crate::print::Form;
use crate::printable::Printable;
use crate::rfc3339::Rfc3339;
use serde::Serialize;
use sotto_engine::view::{ConversationView, Standing};
use sotto_keys::AccountId;
use std::fmt;

#[derive(Serialize)]
struct Conversation {
    person: String,
    account: AccountId,
    standing: &'static str,
    trust: &'static str,
    unread: u32,
    last_at: Option<Rfc3339>,
    /// The beginning of the newest message.
    last_text: Option<String>,
}

/// Prints the conversations.
pub async fn run(mut driver: Driver, form: Form) -> Result<(), Failure> {
    try_to_catch_up(&mut driver, form).await?;
    for conversation in driver.engine().conversations(now()) {
        form.print(&Conversation::from(conversation))?;
    }
    driver.leave().await
}

impl From<ConversationView> for Conversation {
    fn from(conversation: ConversationView) -> Self {
        Self {
            person: call(&conversation.person),
            account: conversation.person.account,
            standing: match conversation.standing {
                Standing::Request => "request",
                Standing::Accepted => "accepted",
                Standing::Blocked => "blocked",
            },
            trust: trust_name(conversation.person.trust),
            unread: conversation.unread,
            last_at: conversation.last.as_ref().map(|last| Rfc3339(last.at)),
            last_text: conversation.last.map(|last| last.text),
        }
    }
}

impl fmt::Display for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (person, standing, trust, unread) =
            (Printable(&self.person), self.standing, self.trust, self.unread);
        write!(f, "{person} ({standing}, {trust}, {unread} unread)")?;
        self.last_text
            .as_ref()
            .map_or(Ok(()), |text| write!(f, ": {}", Printable(text)))
    }
}
