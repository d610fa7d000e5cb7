//! The person, beside the timeline.

use super::Open;
use super::footer::BlockDialog;
use crate::features::trust::{SidePane, TrustCard};
use crate::session::{use_session, use_worker};
use crate::ui::{Avatar, AvatarSize, Confirm, Glyph, Icon, on, show};
use crate::words::{fill, words};
use leptos::prelude::*;
use sotto_web_worker::messages::Command;
use sotto_web_worker::messages::view::Standing;

/// Who they are, how safe it is, and what can be done about them.
#[component]
pub fn DetailsPane(open: Open) -> impl IntoView {
    let person = Memo::new(move |_| open.view.with(|view| view.person.clone()));
    view! {
        <SidePane open title=words().trust.details_title test="details-pane">
            <div class="portrait">
                {show(move || view! { <Avatar person=person.get() size=AvatarSize::Large/> })}
                <p class="portrait-name" dir="auto">{open.name}</p>
            </div>
            <TrustCard open/>
            <dl class="facts">
                <dt>{words().trust.account}</dt>
                <dd class="mono">{open.account.to_string()}</dd>
            </dl>
            <Deeds open/>
        </SidePane>
    }
}

#[component]
fn Deeds(open: Open) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let (blocking, clearing) = (RwSignal::new(false), RwSignal::new(false));
    let conversation = open.account;
    let say = words();
    let title = Signal::derive(move || {
        open.name
            .with(|name| fill(say.conversation.clear_title, &[("name", name)]))
    });
    let clear = move || session.order(worker, Command::ClearConversation { conversation });
    let block = move || {
        match open.standing() {
        Standing::Blocked => view! {
            <button type="button" class="deed" on:click=on(move |_| session.order(worker, Command::Unblock { conversation }))>
                <Icon glyph=Glyph::Block/>{say.request.unblock}
            </button>
        }.into_any(),
        _ => view! {
            <button type="button" class="deed deed-danger" data-test="block-person" on:click=on(move |_| blocking.set(true))>
                <Icon glyph=Glyph::Block/>{say.request.block}
            </button>
        }.into_any(),
    }
    };
    view! {
        <div class="deeds">
            <button type="button" class="deed deed-danger" data-test="clear" on:click=on(move |_| clearing.set(true))>
                <Icon glyph=Glyph::Delete/>{say.conversation.clear}
            </button>
            {show(block)}
        </div>
        <BlockDialog open asking=blocking/>
        <Confirm open=clearing title body=say.conversation.clear_body confirm=say.conversation.clear_confirm
            test="clear-dialog" on_confirm=clear/>
    }
}
