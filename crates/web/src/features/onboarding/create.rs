//! Name, passkey or passphrase, account.

use super::passphrase::{Because, PassphraseStep};
use super::username::{UsernameField, Wish};
use crate::browser::passkey::{self, PasskeyError};
use crate::browser::window::secure;
use crate::session::{Session, use_session, use_worker};
use crate::ui::{Glyph, Icon, live, on, show};
use crate::words::words;
use crate::worker::{AskError, Client};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{NewProof, Request, Response, Username, VaultSecret, WorkerError};

/// What making the account needs at every step.
#[derive(Clone, Copy)]
struct Making {
    session: Session,
    worker: Client,
    name: RwSignal<String>,
    /// Whether a passphrase is asked for.
    choosing: RwSignal<bool>,
    /// The passkey that was made, if it can't wrap the vault.
    credential: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    fault: RwSignal<Option<String>>,
}

/// Makes the account.
#[component]
pub fn CreateAccount(on_back: impl Fn() + 'static) -> impl IntoView {
    let making = Making {
        session: use_session(),
        worker: use_worker(),
        name: RwSignal::new(String::new()),
        choosing: RwSignal::new(false),
        credential: RwSignal::new(None),
        busy: RwSignal::new(false),
        fault: RwSignal::new(None),
    };
    let back = move |_| {
        if making.choosing.get_untracked() {
            making.choosing.set(false)
        } else {
            on_back()
        }
    };
    view! {
        <section class="card" data-test="onboarding">
            <button type="button" class="icon-button card-back" aria-label=words().common.back on:click=on(back)>
                <Icon glyph=Glyph::Back/>
            </button>
            {show(move || if making.choosing.get() {
                let because = making.credential.with(|made| if made.is_some() { Because::NoPrf } else { Because::NoPasskey });
                let on_done = move |passphrase| making.with_passphrase(passphrase);
                view! { <PassphraseStep because busy=making.busy on_done/> }.into_any()
            } else {
                view! { <NameStep making/> }.into_any()
            })}
            <Fault fault=making.fault/>
        </section>
    }
}

#[component]
fn NameStep(making: Making) -> impl IntoView {
    let say = &words().onboarding;
    let invalid = move || {
        making
            .name
            .with(|name| matches!(Wish::read(name), Wish::Invalid(_)))
    };
    let closed = move || invalid() || making.busy.get();
    let possible = secure() && passkey::supported();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !closed() && possible {
            making.with_passkey();
        }
    };
    let hindrance = (!possible).then(|| {
        let why = if secure() { say.no_passkeys } else { say.insecure };
        view! { <p class="callout callout-caution" data-test="no-passkeys">{why}</p> }
    });
    view! {
        <form class="steps" on:submit=on(submit)>
            <h1 class="card-title">{say.title}</h1>
            <p class="card-text">{say.intro}</p>
            <UsernameField text=making.name/>
            {hindrance}
            <button type="submit" class="button button-primary button-wide" data-test="create-passkey"
                disabled=live(move || closed() || !possible)>
                <Icon glyph=Glyph::Key/>
                {show(move || if making.busy.get() { say.creating } else { say.passkey })}
            </button>
            <p class="card-hint">{say.passkey_help}</p>
            <div class="or"><span>{say.or}</span></div>
            <button type="button" class="button button-wide" data-test="use-passphrase" disabled=live(closed)
                on:click=on(move |_| making.choose(None))>
                {say.passphrase_instead}
            </button>
        </form>
    }
}

/// What went wrong, in words.
#[component]
fn Fault(fault: RwSignal<Option<String>>) -> impl IntoView {
    show(move || {
        fault
            .get()
            .map(|fault| view! { <p class="fault" role="alert" data-test="fault">{fault}</p> })
    })
}

impl Making {
    fn choose(self, credential: Option<String>) {
        self.fault.set(None);
        self.credential.set(credential);
        self.choosing.set(true);
    }

    fn username(self) -> Option<Username> {
        Wish::read(&self.name.get_untracked()).name()
    }

    fn with_passkey(self) {
        self.run(async move {
            let (credential, prf) = self.new_passkey().await?;
            match prf {
                Some(secret) => self.create(NewProof::Passkey { credential }, secret).await,
                None => {
                    self.choose(Some(credential));
                    Ok(())
                }
            }
        });
    }

    async fn new_passkey(self) -> Result<(String, Option<VaultSecret>), Refusal> {
        let name = self
            .username()
            .map_or_else(|| words().common.sotto.to_owned(), Into::into);
        let Response::Passkey { options } = self.worker.ask(Request::BeginPasskey { name }).await? else {
            return Err(AskError::Lost.into());
        };
        let made = passkey::create(&options).await?;
        let secret = made.prf.map(|prf| VaultSecret::Prf {
            credential_id: prf.credential_id,
            output: prf.output,
        });
        Ok((made.credential, secret))
    }

    fn with_passphrase(self, passphrase: String) {
        let credential = self.credential.get_untracked();
        let proof = credential.map_or(NewProof::Anonymous, |credential| NewProof::Passkey { credential });
        self.run(self.create(proof, VaultSecret::Passphrase(passphrase)));
    }

    async fn create(self, proof: NewProof, secret: VaultSecret) -> Result<(), Refusal> {
        let username = self.username();
        let request = Request::CreateAccount {
            username,
            proof,
            secret,
        };
        let phase = self.worker.phase(request).await?;
        self.session.enter(phase);
        Ok(())
    }

    fn run(self, work: impl Future<Output = Result<(), Refusal>> + 'static) {
        self.fault.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let result = work.await;
            self.busy.try_set(false);
            if let Err(refusal) = result {
                if refusal == Refusal::Ask(AskError::Refused(WorkerError::UsernameTaken)) {
                    self.choosing.try_set(false);
                }
                self.fault.try_set(Some(refusal.advice()));
            }
        });
    }
}

/// Why there is no account.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Refusal {
    Ask(AskError),
    Passkey(PasskeyError),
}

impl From<AskError> for Refusal {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

impl From<PasskeyError> for Refusal {
    fn from(error: PasskeyError) -> Self {
        Self::Passkey(error)
    }
}

impl Refusal {
    fn advice(&self) -> String {
        match self {
            Self::Ask(error) => error.advice(),
            Self::Passkey(error) => error.advice().to_owned(),
        }
    }
}
