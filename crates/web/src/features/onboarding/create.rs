//! Name, passkey or passphrase, account.

use super::passphrase::{Because, PassphraseStep};
use super::username::{UsernameField, Wish};
use crate::browser::passkey::{self, PasskeyError};
use crate::browser::window::secure;
use crate::session::{Session, use_session, use_worker};
use crate::ui::live;
use crate::ui::on;
use crate::ui::show;
use crate::ui::{Glyph, Icon};
use crate::words::words;
use crate::worker::{AskError, Client};
use leptos::prelude::*;
use leptos::task::spawn_local;
use sotto_web_worker::messages::{NewProof, Request, Response, Username, VaultSecret, WorkerError};

/// Where the person is.
#[derive(Clone, PartialEq)]
enum Step {
    /// Choosing a name, and passkey or passphrase.
    Name,
    /// Choosing a passphrase, with a passkey's credential or without.
    Passphrase { credential: Option<String> },
}

/// What making the account needs at every step.
#[derive(Clone, Copy)]
struct Making {
    session: Session,
    worker: Client,
    name: RwSignal<String>,
    step: RwSignal<Step>,
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
        step: RwSignal::new(Step::Name),
        busy: RwSignal::new(false),
        fault: RwSignal::new(None),
    };
    let back = move |_| match making.step.get() {
        Step::Name => on_back(),
        Step::Passphrase { .. } => making.step.set(Step::Name),
    };
    view! {
        <section class="card" data-test="onboarding">
            <button type="button" class="icon-button card-back" aria-label=words().common.back on:click=on(back)>
                <Icon glyph=Glyph::Back/>
            </button>
            {show(move || match making.step.get() {
                Step::Name => view! { <NameStep making/> }.into_any(),
                Step::Passphrase { credential } => {
                    let because = if credential.is_some() { Because::NoPrf } else { Because::NoPasskey };
                    let on_done = move |passphrase| making.with_passphrase(credential.clone(), passphrase);
                    view! { <PassphraseStep because busy=making.busy on_done/> }.into_any()
                }
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
                on:click=on(move |_| making.go(Step::Passphrase { credential: None }))>
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
    fn go(self, step: Step) {
        self.fault.set(None);
        self.step.set(step);
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
                    self.go(Step::Passphrase {
                        credential: Some(credential),
                    });
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

    fn with_passphrase(self, credential: Option<String>, passphrase: String) {
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
                    self.step.try_set(Step::Name);
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
