//! When a message was written, how far it got, and how it was encrypted.

use super::actions::Actions;
use super::item::{Author, Item};
use super::progress::label;
use crate::ui::{Confirm, Dialog, on, show};
use crate::words::{date_and_time, words};
use leptos::prelude::*;

/// The dialogs about a message.
#[component]
pub fn MessageDialogs(actions: Actions) -> impl IntoView {
    let say = &words().conversation;
    view! {
        <Dialog open=actions.informing label=say.info_title test="info-dialog">
            <h2 class="dialog-title">{say.info_title}</h2>
            {show(move || actions.about.get().map(|item| view! { <Facts item/> }))}
            <div class="dialog-actions">
                <button type="button" class="button" on:click=on(move |_| actions.informing.set(false))>{words().common.close}</button>
            </div>
        </Dialog>
        <Confirm open=actions.deleting title=say.delete_title body=say.delete_body confirm=say.delete_confirm
            test="delete-dialog" on_confirm=move || actions.delete()/>
    }
}

#[component]
fn Facts(item: Item) -> impl IntoView {
    let say = &words().conversation;
    let stored = match item.author() {
        Author::Oneself => say.info_stored,
        Author::Other => say.info_received,
    };
    let state = item.state.clone();
    view! {
        <dl class="facts">
            <dt>{say.info_state}</dt><dd data-test="info-state">{show(move || label(state.get()))}</dd>
            <dt>{say.info_sent}</dt><dd>{date_and_time(item.message.sent_at)}</dd>
            <dt>{stored}</dt><dd>{date_and_time(item.message.received_at)}</dd>
            <dt>{say.info_encrypted}</dt><dd>{say.info_encrypted_value}</dd>
        </dl>
    }
}
