//! What others learn, and to whom one writes.

use crate::session::{use_session, use_worker};
use crate::ui::Switch;
use crate::words::words;
use leptos::prelude::*;
use sotto_web_worker::messages::Command;
use sotto_web_worker::messages::view::{Choice, Settings};

/// One of the choices.
#[derive(Clone, Copy)]
struct Which(fn(&mut Settings) -> &mut Choice);

/// Four switches.
#[component]
pub fn PrivacySection() -> impl IntoView {
    let say = &words().settings;
    view! {
        <section class="group">
            <h2 class="group-title">{say.privacy}</h2>
            <ChoiceSwitch title=say.read_receipts more=say.read_receipts_more test="read-receipts" which=Which(|all| &mut all.read_receipts)/>
            <ChoiceSwitch title=say.typing more=say.typing_more test="typing" which=Which(|all| &mut all.typing)/>
            <ChoiceSwitch title=say.presence more=say.presence_more test="presence" which=Which(|all| &mut all.presence)/>
            <ChoiceSwitch title=say.only_verified more=say.only_verified_more test="only-verified" which=Which(|all| &mut all.only_verified)/>
        </section>
    }
}

#[component]
fn ChoiceSwitch(title: &'static str, more: &'static str, test: &'static str, which: Which) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let settings = move || {
        session
            .own
            .with(|own| own.as_ref().map_or_else(Settings::default, |own| own.settings))
    };
    let on = Signal::derive(move || *which.0(&mut settings()) == Choice::On);
    let change = move |on| {
        let mut settings = untrack(settings);
        *which.0(&mut settings) = if on { Choice::On } else { Choice::Off };
        session.order(worker, Command::SetSettings { settings });
    };
    view! { <Switch title more test on on_change=change/> }
}
