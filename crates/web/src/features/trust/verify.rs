//! The safety number, as digits and as a code.

use super::look;
use super::scan::Scanner;
use super::side::SidePane;
use crate::features::conversation::Open;
use crate::session::{use_session, use_worker};
use crate::ui::{Glyph, Icon, QrCode, each, effect, live, on, show};
use crate::words::{fill, words};
use crate::worker::AskError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::view::{SafetyNumberView, Trust};
use sotto_web_worker::messages::{Command, Request, Response};

/// Compare, then mark.
#[component]
pub fn VerifyPane(open: Open) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().trust;
    let number = RwSignal::new(None::<Result<SafetyNumberView, AskError>>);
    effect(move || {
        // An identity that changes has another number.
        let _ = open.trust();
        spawn_local(async move {
            let asked = worker.ask(Request::SafetyNumber { person: open.account }).await;
            number.try_set(Some(asked.and_then(|response| match response {
                Response::SafetyNumber(number) => Ok(number),
                _ => Err(AskError::Lost),
            })));
        });
    });
    let mark = move |digits: String| {
        let person = open.account;
        session.order(worker, Command::Verify { person, digits });
    };
    view! {
        <SidePane open title=say.number_title test="verify-pane">
            <p class="side-text">{show(move || open.name.with(|name| fill(say.number_intro, &[("name", name)])))}</p>
            {show(move || match number.get() {
                None => view! { <div class="number-wait" aria-label=words().common.loading></div> }.into_any(),
                Some(Err(error)) => view! { <p class="fault" role="alert" data-test="fault">{error.advice()}</p> }.into_any(),
                Some(Ok(number)) => view! { <Number number open on_mark=mark/> }.into_any(),
            })}
        </SidePane>
    }
}

#[component]
fn Number(
    number: SafetyNumberView,
    open: Open,
    on_mark: impl Fn(String) + Copy + Send + 'static,
) -> impl IntoView {
    let say = &words().trust;
    let groups = each(
        number
            .digits
            .split(' ')
            .map(|group| view! { <span>{group.to_owned()}</span>" " }),
    );
    let label = move || open.name.with(|name| fill(say.number_label, &[("name", name)]));
    let digits = StoredValue::new(number.digits.clone());
    view! {
        <div class="number-card">
            // Readers of codes in browsers give text, not bytes: so the code is the bytes in hexadecimal digits.
            <QrCode text=hexadecimal(&number.qr) label=say.qr_label/>
            <p class="digits mono" dir="ltr" role="img" aria-label=live(label) data-test="safety-number" data-digits=number.digits>{groups}</p>
        </div>
        <Scanner open/>
        {show(move || if open.trust() == Trust::Verified {
            let look = look(Trust::Verified);
            view! {
                <div class="trust-card trust-verified-card" data-test="verified">
                    <p class="trust-card-title"><Icon glyph=look.glyph/>{say.marked}</p>
                    <p class="trust-card-text">{look.more}</p>
                </div>
            }.into_any()
        } else {
            view! {
                <p class="side-text side-note">{say.mark_means}</p>
                <button type="button" class="button button-primary button-wide" data-test="mark-verified"
                    on:click=on(move |_| on_mark(digits.get_value()))>
                    <Icon glyph=Glyph::Verified/>{say.mark}
                </button>
            }.into_any()
        })}
    }
}

/// In capitals: QR codes hold those more densely (ISO/IEC 18004, alphanumeric mode).
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
