//! New messages, spoken by a screen reader: who, and how it begins.

use crate::session::Session;
use crate::words::{fill, words};
use leptos::prelude::*;
use sotto_web_worker::messages::Notification;
use sotto_web_worker::messages::view::{MessageState, MessageView};

/// Most characters that are spoken.
const SPOKEN: usize = 160;

/// Puts every message that comes into the live region, until the owner is cleaned up.
pub fn speak_messages(session: Session) {
    session.on_notification(move |notification| {
        if let Notification::Message(message) = notification
            && message.state == MessageState::Received
        {
            session.announcement.set(sentence(session, message));
        }
    });
}

fn sentence(session: Session, message: &MessageView) -> String {
    let view = untrack(|| session.conversation(message.conversation));
    let name = view
        .map(|view| view.with_untracked(|view| view.person.name()))
        .unwrap_or_default();
    let beginning: String = message.text.chars().take(SPOKEN).collect();
    format!(
        "{}: {beginning}",
        fill(words().conversation.from, &[("name", &name)])
    )
}
