//! `history`: a conversation, oldest message first.

use super::{send_and_leave, try_to_catch_up};
use crate::driver::Driver;
use crate::failure::Failure;
use crate::message_line::HistoryLine;
use crate::people::{self, Name, find_conversation};
use crate::print::Form;
use sotto_client_store::PAGE_MAX;
use sotto_engine::Command;
use sotto_engine::view::ConversationView;

/// Prints the conversation and marks it as read: whoever asks for it looks at it.
pub async fn run(mut driver: Driver, name: &Name, form: Form) -> Result<(), Failure> {
    try_to_catch_up(&mut driver, form).await?;
    let account = find_conversation(&mut driver, name).await?;
    let conversation = people::conversation(&driver, account).ok_or(Failure::NO_SUCH_PERSON)?;
    print(&driver, &conversation, form)?;
    driver
        .run(Command::MarkRead {
            conversation: account,
        })
        .await?;
    send_and_leave(driver).await
}

fn print(driver: &Driver, conversation: &ConversationView, form: Form) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let page = driver
            .store()
            .messages_after(conversation.person.account, after, PAGE_MAX)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.position;
        for message in page {
            form.print(&HistoryLine::new(message, conversation, driver.engine()))?;
        }
    }
}
