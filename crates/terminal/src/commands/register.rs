//! `register`: makes an account and the profile for it.

use crate::arguments::Register;
use crate::clock::now;
use crate::connection::Trouble;
use crate::failure::{Failure, note};
use crate::http::{self, HttpError};
use crate::passphrase::{self, Purpose};
use crate::print::Form;
use crate::random::{SystemRandom, system_random};
use crate::server_url::ServerUrl;
use rand_core::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_client_store::{CreateError, Folder, Header, PassphraseCost, Profile, VaultKey, Wrap, WrapSecret};
use sotto_engine::enrol::{NewAccount, NewIdentity, RootCustody};
use sotto_engine::notification::ShutReason;
use sotto_engine::{Call, CallId, Config, Method};
use sotto_keys::{AccountId, DeviceId, Username};
use sotto_wire::Code;
use sotto_wire::api::{Challenge, Proof, Refusal, ServerInfo, Session};
use sotto_wire::frame::PROTOCOL;
use std::fmt;
use std::path::Path;

/// What was made.
#[derive(Serialize)]
struct Registered {
    account: AccountId,
    device: DeviceId,
    username: Option<Username>,
    server: String,
}

/// How often the account is sent again when no answer comes. The server answers a repeated one as it did the first.
const TRIES: usize = 3;

/// Stores the new keys, then sends the account. If the server refuses it, the profile is erased again.
pub async fn run(profile: &Path, register: Register, form: Form) -> Result<(), Failure> {
    let folder = Folder::new(profile);
    if Profile::open(&folder)?.is_some() {
        return Err(CreateError::Exists.into());
    }
    let Register { server, username } = register;
    if server.is_exposed() {
        note(
            form,
            "the connection to this server is not encrypted: others on the network see who talks when",
        );
    }
    let passphrase = passphrase::read(Purpose::Protect)?;
    let info = server_info(&server).await?;

    let mut random = system_random();
    let identity = NewIdentity {
        account: new_account_id(&mut random),
        username: username.clone(),
        origin: info.origin,
    };
    let account = NewAccount::generate(
        &mut random,
        now(),
        identity,
        RootCustody::Vault,
        &Config::default(),
    )?;
    let vault_key = VaultKey::generate(&mut random);
    let secret = WrapSecret::Passphrase(&passphrase);
    let header = Header {
        address: account.address(),
        username: username.clone(),
        server: server.to_string(),
        wraps: vec![Wrap {
            key: vault_key.wrap(&mut random, &secret, PassphraseCost::RECOMMENDED),
            credential_id: None,
        }],
    };
    drop(Profile::create(&folder, header, &vault_key, &account.batch())?);

    if let Err(failure) = send(&server, &account).await {
        if !matches!(failure, Failure::MayBeRegistered) {
            Profile::erase(&folder)?;
        }
        return Err(failure);
    }
    form.print(&Registered {
        account: account.address().account,
        device: account.address().device,
        username,
        server: server.to_string(),
    })
}

fn new_account_id(random: &mut SystemRandom) -> AccountId {
    let mut bytes = [0; AccountId::LEN];
    random.fill_bytes(&mut bytes);
    AccountId::from_bytes(bytes)
}

async fn server_info(server: &ServerUrl) -> Result<ServerInfo, Failure> {
    let info: ServerInfo = call(server, Method::Get, "/v1/server", None).await?;
    if !info.protocols.contains(&PROTOCOL) {
        return Err(Failure::Shut(ShutReason::Incompatible));
    }
    if !info.registration {
        return Err(Failure::Refused(Refusal {
            code: Code::RegistrationClosed,
            message: "this server takes no new accounts".into(),
            retry_after: None,
        }));
    }
    Ok(info)
}

/// Sends the account; tells apart whether it was surely not made or maybe.
async fn send(server: &ServerUrl, account: &NewAccount) -> Result<(), Failure> {
    let challenge: Challenge = call(server, Method::Post, "/v1/challenges", Some(b"null".into())).await?;
    let register = account.register(&challenge, Proof::Anonymous)?;
    let body = serde_json::to_vec(&register).map_err(|_| Failure::NotAServer)?;
    let mut failure = Failure::NoConnection(Trouble::BrokeOff);
    for attempt in 0..TRIES {
        let answer = call::<Session>(server, Method::Post, "/v1/accounts", Some(body.clone())).await;
        failure = match answer {
            Ok(_) => return Ok(()),
            Err(Unanswered::NotSent(trouble)) if attempt == 0 => return Err(Failure::NoConnection(trouble)),
            Err(Unanswered::Refused(refusal)) if attempt > 0 && refusal.code.leaves_open() => {
                Failure::MayBeRegistered
            }
            Err(Unanswered::Refused(refusal)) => return Err(Failure::Refused(refusal)),
            Err(Unanswered::NotSent(_) | Unanswered::NoAnswer(_) | Unanswered::Malformed) => {
                Failure::MayBeRegistered
            }
        };
    }
    Err(failure)
}

/// Why there is no answer of the right type.
enum Unanswered {
    NotSent(Trouble),
    NoAnswer(Trouble),
    Refused(Refusal),
    Malformed,
}

impl From<Unanswered> for Failure {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NotSent(trouble) | Unanswered::NoAnswer(trouble) => Self::NoConnection(trouble),
            Unanswered::Refused(refusal) => Self::Refused(refusal),
            Unanswered::Malformed => Self::NotAServer,
        }
    }
}

async fn call<T: DeserializeOwned>(
    server: &ServerUrl,
    method: Method,
    path: &str,
    body: Option<Vec<u8>>,
) -> Result<T, Unanswered> {
    let call = Call {
        id: CallId(0),
        method,
        path: path.to_owned(),
        body,
        token: None,
    };
    let answer = http::perform(server, &call).await.map_err(|error| match error {
        HttpError::NotSent(trouble) => Unanswered::NotSent(trouble),
        HttpError::NoAnswer(trouble) => Unanswered::NoAnswer(trouble),
    })?;
    if (200..300).contains(&answer.status) {
        return serde_json::from_slice(&answer.body).map_err(|_| Unanswered::Malformed);
    }
    let refusal = serde_json::from_slice(&answer.body);
    Err(refusal.map_or(Unanswered::Malformed, Unanswered::Refused))
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.username {
            Some(username) => write!(f, "{username} is account {} on {}", self.account, self.server),
            None => write!(f, "account {} on {}", self.account, self.server),
        }
    }
}
