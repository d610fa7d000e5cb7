//! `send`: a text to one person.

use crate::arguments::Send;
use crate::connection::Trouble;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::message_line::SentLine;
use crate::people::find;
use crate::print::Form;
use sotto_engine::view::MessageState;
use sotto_engine::{Command, CommandError, Link, Notification, Outcome};
use sotto_wire::content::MessageId;
use std::time::Duration;

/// How long the server may take with a message while the connection holds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Queues the text, prints the message's id, and succeeds if the server has it durably.
pub async fn run(mut driver: Driver, send: Send, form: Form) -> Result<(), Failure> {
    let to = find(&mut driver, &send.name).await?;
    let text = send.text;
    let Outcome::Queued(message) = driver.run(Command::Send { to, text }).await? else {
        return Err(CommandError::Refused.into());
    };
    let sent = tokio::time::timeout(PATIENCE, until_sent(&mut driver, message.id))
        .await
        .unwrap_or(Err(Failure::NoConnection(Trouble::TimedOut)));
    match sent {
        Ok(state) => form.print(&SentLine::new(message.id, state))?,
        Err(Failure::NotSent(failure)) => {
            form.print(&SentLine::new(message.id, MessageState::Failed(failure)))?;
            return Err(Failure::NotSent(failure));
        }
        Err(failure) => {
            form.print(&SentLine::new(message.id, MessageState::Queued))?;
            return Err(Failure::Queued(Box::new(failure)));
        }
    }
    driver.leave().await
}

/// Waits until the server has the message, or it can't have it.
async fn until_sent(driver: &mut Driver, id: MessageId) -> Result<MessageState, Failure> {
    driver.online().await?;
    loop {
        let notifications = driver.step().await?;
        match notifications.iter().rev().find_map(|told| state_of(id, told)) {
            Some(MessageState::Failed(failure)) => return Err(Failure::NotSent(failure)),
            None | Some(MessageState::Queued) => {}
            Some(state) => return Ok(state),
        }
        if driver.link() != Link::Online {
            return Err(driver.not_online());
        }
        if let Some(held) = driver.held() {
            return Err(held);
        }
    }
}

fn state_of(id: MessageId, notification: &Notification) -> Option<MessageState> {
    match notification {
        Notification::States { ids, state, .. } if ids.contains(&id) => Some(*state),
        _ => None,
    }
}
