//! `receive`: every message that came in, once.

use crate::arguments::Receive;
use crate::clock::now;
use crate::cursor::Cursor;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::message_line::MessageLine;
use crate::print::Form;
use sotto_client_store::PAGE_MAX;
use sotto_engine::view::{ConversationView, MessageState, MessageView, Standing};
use sotto_engine::{Link, Notification};
use std::path::Path;
use std::time::Duration;

/// Prints what was not printed before, until everything that waited is here, and then as long as was asked for.
pub async fn run(mut driver: Driver, folder: &Path, receive: &Receive, form: Form) -> Result<(), Failure> {
    let cursor = Cursor::open(folder, driver.engine().own().account)?;
    let mut printer = Printer { cursor, form };
    let wait = Duration::from_secs(receive.wait.into());
    let received = take_in(&mut driver, &mut printer, wait).await;
    printer.cursor.sync()?;
    received?;
    driver.leave().await
}

async fn take_in(driver: &mut Driver, printer: &mut Printer, wait: Duration) -> Result<(), Failure> {
    printer.print(driver)?;
    driver.online().await?;
    while !driver.is_caught_up() {
        step(driver, printer).await?;
        if driver.link() != Link::Online {
            return Err(driver.not_online());
        }
    }
    match tokio::time::timeout(wait, stay(driver, printer)).await {
        Ok(Err(failure)) => Err(failure),
        Ok(Ok(())) | Err(_) => Ok(()),
    }
}

/// Prints what comes, through lost connections, until the server lets this device in no more.
async fn stay(driver: &mut Driver, printer: &mut Printer) -> Result<(), Failure> {
    loop {
        step(driver, printer).await?;
        if let Link::Shut { .. } = driver.link() {
            return Err(driver.not_online());
        }
    }
}

async fn step(driver: &mut Driver, printer: &mut Printer) -> Result<(), Failure> {
    let notifications = driver.step().await?;
    let is_message = |notification: &Notification| matches!(notification, Notification::Message(_));
    if notifications.iter().any(is_message) {
        printer.print(driver)?;
    }
    Ok(())
}

/// Prints messages and notes how far it came.
struct Printer {
    cursor: Cursor,
    form: Form,
}

impl Printer {
    /// Prints everything that is stored and was not printed, in the order in which it came.
    fn print(&mut self, driver: &Driver) -> Result<(), Failure> {
        loop {
            let unprinted = Unprinted::read(driver, self.cursor.position())?;
            for (message, conversation) in unprinted.messages {
                let position = message.position;
                if message.state == MessageState::Received {
                    self.form
                        .print(&MessageLine::new(message, &conversation, driver.engine()))?;
                }
                self.cursor.advance(position)?;
            }
            if unprinted.rest == Rest::Nothing {
                return Ok(());
            }
        }
    }
}

/// The next messages of all conversations.
struct Unprinted {
    messages: Vec<(MessageView, ConversationView)>,
    rest: Rest,
}

/// What is there beyond them.
#[derive(PartialEq, Eq)]
enum Rest {
    Nothing,
    Something,
}

impl Unprinted {
    /// Positions rise over all conversations, but are read by conversation: of what was read, only that is taken
    /// before which no conversation can have more.
    fn read(driver: &Driver, after: i64) -> Result<Self, Failure> {
        let mut messages = Vec::new();
        let mut complete_to = i64::MAX;
        let conversations = driver.engine().conversations(now());
        for conversation in conversations
            .into_iter()
            .filter(|conversation| conversation.standing != Standing::Blocked)
        {
            let account = conversation.person.account;
            let page = driver.store().messages_after(account, after, PAGE_MAX)?;
            if let Some(last) = page.last().filter(|_| page.len() == PAGE_MAX as usize) {
                complete_to = complete_to.min(last.position);
            }
            messages.extend(page.into_iter().map(|message| (message, conversation.clone())));
        }
        messages.retain(|(message, _)| message.position <= complete_to);
        messages.sort_by_key(|(message, _)| message.position);
        let rest = if complete_to == i64::MAX {
            Rest::Nothing
        } else {
            Rest::Something
        };
        Ok(Self { messages, rest })
    }
}
