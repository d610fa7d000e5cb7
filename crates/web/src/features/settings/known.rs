//! What the server knows, from its own records.

use crate::session::{use_session, use_worker};
use crate::ui::{each, on, show};
use crate::words::{date_and_time, day, fill, words};
use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Command, Outcome, Timestamp};
use wasm_bindgen::JsValue;

/// Asks, and shows the answer.
#[component]
pub fn KnownSection() -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().settings;
    let answer = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let ask = move |_| {
        busy.set(true);
        spawn_local(async move {
            match worker.command(Command::AskServer).await {
                Ok(Outcome::Me(record)) => {
                    answer.try_set(Some(record.0));
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
            {show(move || answer.get().map(|raw| view! { <Record raw/> }))}
            <button type="button" class="button" data-test="ask-server" disabled=busy on:click=on(ask)>{say.ask}</button>
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
fn Record(raw: String) -> impl IntoView {
    let say = &words().settings;
    let lines = lines(&Me::read(&raw))
        .into_iter()
        .map(|(what, value)| view! { <dt>{what}</dt><dd>{value}</dd> });
    view! {
        <dl class="facts" data-test="server-record">{each(lines)}</dl>
        <p class="group-text">{say.known_not}</p>
        <details class="raw"><summary>{say.raw}</summary><pre>{raw}</pre></details>
        <p class="group-note">{fill(say.asked_at, &[("time", &date_and_time(now()))])}</p>
    }
}

/// The record's members, by the names of `GET /v1/me`. The browser has a reader of JSON, so this module needs none.
struct Me(JsValue);

impl Me {
    fn read(raw: &str) -> Self {
        Self(JSON::parse(raw).unwrap_or(JsValue::NULL))
    }

    fn member(&self, path: &[&str]) -> JsValue {
        let step =
            |value: JsValue, name: &&str| Reflect::get(&value, &(*name).into()).unwrap_or(JsValue::UNDEFINED);
        path.iter().fold(self.0.clone(), step)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.member(&[name]).as_string()
    }

    /// A count, or the number of milliseconds since 1970.
    fn number(&self, path: &[&str]) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number out of bounds becomes the nearest one within"
        )]
        self.member(path).as_f64().map_or(0, |number| number as u64)
    }
}

fn lines(me: &Me) -> Vec<(&'static str, String)> {
    let say = &words().settings;
    let found = if me.text("discovery").as_deref() == Some("listed") {
        say.listed
    } else {
        say.unlisted
    };
    let root = if me.text("root_envelope").is_some() {
        say.kept
    } else {
        say.not_kept
    };
    let count = |path: &[&str]| me.number(path).to_string();
    let mailbox = [
        ("n", &*count(&["mailbox_messages"])),
        ("bytes", &*count(&["mailbox_bytes"])),
    ];
    let prekeys = (
        count(&["prekeys", "one_time_ec"]),
        count(&["prekeys", "one_time_kem"]),
    );
    vec![
        (say.known_account, me.text("account").unwrap_or_default()),
        (
            say.known_username,
            me.text("username").unwrap_or_else(|| say.no_username.to_owned()),
        ),
        (say.known_discovery, found.to_owned()),
        (
            say.known_created,
            day(Timestamp::from_millis(me.number(&["created_at"]))),
        ),
        (say.known_device, me.text("device").unwrap_or_default()),
        (say.known_devices, count(&["devices"])),
        (say.known_passkeys, count(&["passkeys"])),
        (
            say.known_prekeys,
            format!("{} X25519, {} ML-KEM-1024", prekeys.0, prekeys.1),
        ),
        (say.known_mailbox, fill(say.known_mailbox_value, &mailbox)),
        (say.known_root, root.to_owned()),
    ]
}
