//! One's account.

use crate::session::use_session;
use crate::ui::{Glyph, Icon, show};
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::view::OwnView;

/// Who one is here.
#[component]
pub fn AccountSection() -> impl IntoView {
    let own = use_session().own;
    view! {
        <section class="group">
            <h2 class="group-title">{words().settings.account}</h2>
            {show(move || own.get().map(|own| view! { <Account own/> }))}
        </section>
    }
}

#[component]
fn Account(own: OwnView) -> impl IntoView {
    let say = &words().settings;
    let name = own
        .username
        .map_or_else(|| say.no_username.to_owned(), String::from);
    view! {
        <dl class="facts">
            <dt>{say.username}</dt><dd data-test="own-username">{name}</dd>
            <dt>{say.account_id}</dt><dd class="mono" data-test="own-account">{own.account.to_string()}</dd>
            <dt>{say.device}</dt><dd class="mono">{own.device.to_string()}</dd>
            <dt>{say.server}</dt><dd>{own.origin}</dd>
        </dl>
        {own.root_in_vault.then(|| view! {
            <div class="callout callout-caution" data-test="root-in-vault">
                <p class="callout-title"><Icon glyph=Glyph::Warning/>{say.root_here}</p>
                <p>{say.root_here_more}</p>
            </div>
        })}
    }
}
