//! What the server knows, from its own records.

use crate::session::{use_session, use_worker};
use crate::words::{date_and_time, day, fill, words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Command, Discovery, Me, Outcome, Timestamp};

/// The record as it came.
#[derive(Clone)]
struct Answer {
    me: Me,
    raw: String,
    at: Timestamp,
}

/// Asks, and shows the answer.
#[component]
pub fn KnownSection() -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().settings;
    let answer = RwSignal::new(None::<Answer>);
    let busy = RwSignal::new(false);
    let ask = move |_| {
        busy.set(true);
        spawn_local(async move {
            match worker.command(Command::AskServer).await {
                Ok(Outcome::Me(record)) => {
                    let read = record.read().ok().map(|me| Answer {
                        me,
                        raw: record.0.clone(),
                        at: now(),
                    });
                    answer.try_set(read);
                }
                Ok(_) => {}
                Err(error) => session.complain(&error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <section class="group" data-test="known">
            <h2 class="group-title">{say.known}</h2>
            <p class="group-text">{say.known_more}</p>
            {move || answer.get().map(|answer| view! { <Record answer/> })}
            <button type="button" class="button" data-test="ask-server" disabled=busy on:click=ask>{say.ask}</button>
        </section>
    }
}

fn now() -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since 1970, of this century"
    )]
    Timestamp::from_millis(js_sys::Date::now() as u64)
}

#[component]
fn Record(answer: Answer) -> impl IntoView {
    let Answer { me, raw, at } = answer;
    let say = &words().settings;
    let lines = lines(&me)
        .into_iter()
        .map(|(what, value)| view! { <dt>{what}</dt><dd>{value}</dd> });
    view! {
        <dl class="facts" data-test="server-record">{lines.collect_view()}</dl>
        <p class="group-text">{say.known_not}</p>
        <details class="raw"><summary>{say.raw}</summary><pre>{raw}</pre></details>
        <p class="group-note">{fill(say.asked_at, &[("time", &date_and_time(at))])}</p>
    }
}

fn lines(me: &Me) -> Vec<(&'static str, String)> {
    let say = &words().settings;
    let discovery = match me.discovery {
        Discovery::Listed => say.listed,
        Discovery::Unlisted => say.unlisted,
    };
    let root = if me.root_envelope.is_some() {
        say.kept
    } else {
        say.not_kept
    };
    let mailbox = [
        ("n", &*me.mailbox_messages.to_string()),
        ("bytes", &*me.mailbox_bytes.to_string()),
    ];
    let username = me.username.as_ref().map_or(say.no_username, |name| name.as_str());
    vec![
        (say.known_account, me.account.to_string()),
        (say.known_username, username.to_owned()),
        (say.known_discovery, discovery.to_owned()),
        (say.known_created, day(me.created_at)),
        (say.known_device, me.device.to_string()),
        (say.known_devices, me.devices.to_string()),
        (say.known_passkeys, me.passkeys.to_string()),
        (
            say.known_prekeys,
            format!(
                "{} X25519, {} ML-KEM-1024",
                me.prekeys.one_time_ec, me.prekeys.one_time_kem
            ),
        ),
        (say.known_mailbox, fill(say.known_mailbox_value, &mailbox)),
        (say.known_root, root.to_owned()),
    ]
}
