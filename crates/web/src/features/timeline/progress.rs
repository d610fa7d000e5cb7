//! How far a message got: an icon with a name.

use crate::ui::{Glyph, Icon};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::view::{Failure, MessageState};

/// The state's icon; nothing for somebody else's message.
#[component]
pub fn Progress(state: MessageState) -> impl IntoView {
    let glyph = match state {
        MessageState::Received => return None,
        MessageState::Queued => Glyph::Clock,
        MessageState::Sent => Glyph::Tick,
        MessageState::Delivered | MessageState::Read => Glyph::Ticks,
        MessageState::Failed(_) => Glyph::Failed,
    };
    let class = format!("progress progress-{}", name(state));
    let label = label(state);
    Some(view! { <span class=class role="img" aria-label=label title=label><Icon glyph/></span> })
}

/// Its name in the page's markup.
pub const fn name(state: MessageState) -> &'static str {
    match state {
        MessageState::Queued => "queued",
        MessageState::Sent => "sent",
        MessageState::Delivered => "delivered",
        MessageState::Read => "read",
        MessageState::Failed(_) => "failed",
        MessageState::Received => "received",
    }
}

/// Its name for a person.
pub fn label(state: MessageState) -> &'static str {
    let say = &words().conversation;
    match state {
        MessageState::Queued => say.queued,
        MessageState::Sent => say.sent,
        MessageState::Delivered => say.delivered,
        MessageState::Read => say.read,
        MessageState::Failed(_) => say.failed,
        MessageState::Received => say.received,
    }
}

/// Why it failed.
pub fn reason(failure: Failure) -> &'static str {
    let say = &words().conversation;
    match failure {
        Failure::TooLarge => say.failed_too_large,
        Failure::MailboxFull => say.failed_mailbox,
        Failure::NoSuchPerson => say.failed_gone,
        Failure::IdentityChanged => say.failed_identity,
        Failure::Refused => say.failed_refused,
    }
}
