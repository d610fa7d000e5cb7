//! Opening the vault after a reload.

use crate::browser::passkey;
use crate::features::erase::EraseButton;
use crate::session::{use_session, use_worker};
use crate::ui::{Glyph, Icon, Logo, PassphraseField, live, on, show};
use crate::words::{fill, words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{Request, UnlockKind, Username, VaultSecret};

/// Asks for the passkey or the passphrase.
#[component]
pub fn UnlockForm(username: Option<Username>, unlocks: Vec<UnlockKind>) -> impl IntoView {
    let (session, worker) = (use_session(), use_worker());
    let say = &words().unlock;
    let (busy, fault) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let credentials: Vec<Vec<u8>> = unlocks.iter().filter_map(credential_id).collect();
    let by_passphrase = unlocks.contains(&UnlockKind::Passphrase);
    let passphrase_shown = RwSignal::new(credentials.is_empty());

    let unlock = move |secret: VaultSecret| async move {
        match worker.phase(Request::Unlock { secret }).await {
            Ok(phase) => session.enter(phase),
            Err(error) => {
                fault.try_set(Some(error.advice()));
            }
        }
        busy.try_set(false);
    };
    let begin = move || {
        busy.set(true);
        fault.set(None);
    };
    let with_passphrase = move |passphrase: String| {
        begin();
        spawn_local(unlock(VaultSecret::Passphrase(passphrase)));
    };
    let with_passkey = {
        let credentials = credentials.clone();
        move || {
            begin();
            let credentials = credentials.clone();
            spawn_local(async move {
                match passkey::open(&credentials).await {
                    Ok(prf) => {
                        let (credential_id, output) = (prf.credential_id, prf.output);
                        unlock(VaultSecret::Prf {
                            credential_id,
                            output,
                        })
                        .await;
                    }
                    Err(error) => {
                        fault.try_set(Some(error.advice().to_owned()));
                        busy.try_set(false);
                    }
                }
            });
        }
    };
    let title = match &username {
        Some(name) => fill(say.title_named, &[("name", name.as_str())]),
        None => say.title.to_owned(),
    };
    let both = by_passphrase && !credentials.is_empty();
    view! {
        <section class="card card-unlock" data-test="unlock-form">
            <p class="card-logo"><Logo/></p>
            <h1 class="card-title">{title}</h1>
            {show(move || if passphrase_shown.get() {
                view! { <ByPassphrase busy on_done=with_passphrase/> }.into_any()
            } else {
                view! { <ByPasskey busy on_done=with_passkey.clone()/> }.into_any()
            })}
            {show(move || fault.get().map(|fault| view! { <p class="fault" role="alert" data-test="fault">{fault}</p> }))}
            {both.then(|| view! {
                <button type="button" class="button button-quiet" data-test="other-unlock"
                    on:click=on(move |_| passphrase_shown.update(|shown| *shown = !*shown))>
                    {show(move || if passphrase_shown.get() { say.use_passkey } else { say.use_passphrase })}
                </button>
            })}
            <EraseButton label=say.erase/>
        </section>
    }
}

fn credential_id(kind: &UnlockKind) -> Option<Vec<u8>> {
    match kind {
        UnlockKind::Prf { credential_id } => Some(credential_id.clone()),
        UnlockKind::Passphrase => None,
    }
}

#[component]
fn ByPasskey(busy: RwSignal<bool>, on_done: impl Fn() + 'static) -> impl IntoView {
    let say = &words().unlock;
    view! {
        <button type="button" class="button button-primary button-wide" data-test="unlock-passkey" disabled=busy
            on:click=on(move |_| on_done())>
            <Icon glyph=Glyph::Key/>
            {show(move || if busy.get() { say.opening } else { say.passkey })}
        </button>
    }
}

#[component]
fn ByPassphrase(busy: RwSignal<bool>, on_done: impl Fn(String) + 'static) -> impl IntoView {
    let say = &words().unlock;
    let passphrase = RwSignal::new(String::new());
    let closed = move || busy.get() || passphrase.with(String::is_empty);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !closed() {
            on_done(passphrase.get_untracked());
        }
    };
    view! {
        <form class="steps" on:submit=on(submit)>
            <PassphraseField value=passphrase label=say.passphrase_field autocomplete="current-password"/>
            <button type="submit" class="button button-primary button-wide" data-test="unlock" disabled=live(closed)>
                {show(move || if busy.get() { say.opening } else { say.open })}
            </button>
        </form>
    }
}
