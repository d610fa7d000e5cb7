//! Making an account: its keys, its profile on this device, its place on the server.

use core::time::Duration;

use rand_core::CryptoRng;
use sotto_client_store::{Folder, Header, PassphraseCost, Profile, Store, VaultKey, Wrap};
use sotto_engine::enrol::{NewAccount, NewIdentity, RootCustody};
use sotto_engine::{Config, Method};
use sotto_keys::{AccountId, Timestamp, Username};
use sotto_wire::Code;
use sotto_wire::api::{Challenge, PasskeyCeremony, PasskeyRegistration, Proof, ServerInfo, Session};

use super::secret::Secret;
use super::server::{Server, ServerError, ask};
use crate::messages::{NewProof, WorkerError};

/// How often the registration is repeated, word for word, while no answer comes; the waits double.
const REPEATS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// A passkey that the browser is making.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ceremony {
    /// The account that it will prove.
    account: AccountId,
    /// The server's name for it.
    name: String,
}

/// What a person wants.
pub struct NewProfile {
    /// The name to be found by, if any.
    pub username: Option<Username>,
    /// What proves the account later.
    pub proof: NewProof,
    /// What wraps the vault key.
    pub secret: Secret,
    /// The passkey's ceremony, if one was begun.
    pub ceremony: Option<Ceremony>,
}

/// What it takes.
pub struct Means<'a> {
    /// Where the profile goes.
    pub folder: &'a Folder,
    /// The clock.
    pub now: Timestamp,
    /// Randomness.
    pub rng: &'a mut dyn CryptoRng,
    /// What a passphrase costs.
    pub cost: PassphraseCost,
}

/// Begins a passkey for an account that is going to be made. Gives the browser's options: `{"publicKey": …}`.
///
/// # Errors
/// See [`WorkerError`].
pub async fn begin_passkey(
    server: &mut impl Server,
    rng: &mut dyn CryptoRng,
    name: String,
) -> Result<(Ceremony, String), WorkerError> {
    let account = random_account(rng);
    let begin = PasskeyRegistration { account, name };
    let begun: PasskeyCeremony = ask(server, Method::Post, "/v1/passkeys/registration", Some(&begin)).await?;
    let options = match begun.options.get("publicKey") {
        Some(_) => begun.options,
        None => serde_json::json!({ "publicKey": begun.options }),
    };
    let ceremony = Ceremony {
        account,
        name: begun.ceremony,
    };
    Ok((ceremony, options.to_string()))
}

/// Makes the account. The profile is on this device before the server hears of it, and erased if the server refuses;
/// if no answer comes it stays, because the server may have made the account: signing in will show.
///
/// # Errors
/// See [`WorkerError`]; there is no new profile then.
pub async fn create(
    server: &mut impl Server,
    mut means: Means<'_>,
    wanted: NewProfile,
) -> Result<(Profile, Store), WorkerError> {
    wanted.secret.check_strength()?;
    let custody = custody(&wanted.proof, &wanted.secret);
    let (account, proof) = proof(wanted.proof, wanted.ceremony, means.rng)?;
    let info: ServerInfo = ask(server, Method::Get, "/v1/server", NOTHING).await?;
    if !info.registration {
        return Err(WorkerError::RegistrationClosed);
    }
    let identity = NewIdentity {
        account,
        username: wanted.username,
        origin: info.origin,
    };
    let new = NewAccount::generate(
        means.rng,
        means.now,
        identity.clone(),
        custody,
        &Config::default(),
    )
    .map_err(|_| WorkerError::Refused)?;
    let (profile, store) = new_profile(&mut means, &new, identity, &wanted.secret)?;
    match register(server, &new, proof).await {
        Ok(()) => Ok((profile, store)),
        Err(error) => {
            drop(store);
            // The refusal is what the person has to know; remains can be erased later.
            let _ = Profile::erase(means.folder);
            Err(error)
        }
    }
}

const NOTHING: Option<&()> = None;

fn random_account(rng: &mut dyn CryptoRng) -> AccountId {
    let mut bytes = [0; AccountId::LEN];
    rng.fill_bytes(&mut bytes);
    AccountId::from_bytes(bytes)
}

/// Who holds the root: an envelope on the server if a passkey opens the account and its PRF the envelope.
fn custody<'a>(proof: &NewProof, secret: &'a Secret) -> RootCustody<'a> {
    match (proof, secret) {
        (NewProof::Passkey { .. }, Secret::Prf { .. }) => RootCustody::Envelope(secret.as_wrap_secret()),
        _ => RootCustody::Vault,
    }
}

/// The account's id and what proves it to the server.
fn proof(
    proof: NewProof,
    ceremony: Option<Ceremony>,
    rng: &mut dyn CryptoRng,
) -> Result<(AccountId, Proof), WorkerError> {
    match proof {
        NewProof::Anonymous => Ok((random_account(rng), Proof::Anonymous)),
        NewProof::Passkey { credential } => {
            let ceremony = ceremony.ok_or(WorkerError::WrongPhase)?;
            let proof = Proof::Passkey {
                ceremony: ceremony.name,
                credential: without_prf(&credential)?,
            };
            Ok((ceremony.account, proof))
        }
    }
}

/// The page takes the PRF output out; if it ever forgot to, the server would get the vault's secret.
fn without_prf(credential: &str) -> Result<serde_json::Value, WorkerError> {
    let mut credential: serde_json::Value =
        serde_json::from_str(credential).map_err(|_| WorkerError::PasskeyRefused)?;
    if let Some(results) = credential
        .get_mut("clientExtensionResults")
        .and_then(|results| results.as_object_mut())
    {
        results.remove("prf");
    }
    Ok(credential)
}

fn new_profile(
    means: &mut Means<'_>,
    new: &NewAccount,
    identity: NewIdentity,
    secret: &Secret,
) -> Result<(Profile, Store), WorkerError> {
    let vault_key = VaultKey::generate(means.rng);
    let wrap = Wrap {
        key: vault_key.wrap(means.rng, &secret.as_wrap_secret(), means.cost),
        credential_id: secret.credential_id().map(<[u8]>::to_vec),
    };
    let header = Header {
        address: new.address(),
        username: identity.username,
        server: identity.origin,
        wraps: vec![wrap],
    };
    Ok(Profile::create(means.folder, header, &vault_key, &new.batch())?)
}

/// `Ok` if the server made the account, or may have made it. An error says that it did not.
async fn register(server: &mut impl Server, new: &NewAccount, proof: Proof) -> Result<(), WorkerError> {
    let passkey = matches!(proof, Proof::Passkey { .. });
    let challenge: Challenge = ask(server, Method::Post, "/v1/challenges", NOTHING).await?;
    let body = new
        .register(&challenge, proof)
        .map_err(|_| WorkerError::Refused)?;
    let mut wait = FIRST_WAIT;
    for attempt in 0..=REPEATS {
        match ask::<Session>(server, Method::Post, "/v1/accounts", Some(&body)).await {
            Ok(_) => return Ok(()),
            Err(ServerError::Refused(refusal)) if attempt > 0 && refusal.code.leaves_open() => return Ok(()),
            Err(ServerError::Refused(refusal)) if passkey && blames_passkey(refusal.code) => {
                return Err(WorkerError::PasskeyRefused);
            }
            Err(error @ ServerError::Refused(_)) => return Err(error.into()),
            Err(ServerError::Unreachable) => server.pause(wait).await,
        }
        wait *= 2;
    }
    Ok(())
}

const fn blames_passkey(code: Code) -> bool {
    matches!(
        code,
        Code::BadSignature | Code::ChallengeExpired | Code::PasskeyCloned
    )
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use serde::Serialize;
    use sotto_client_store::WrapSecret;
    use sotto_engine::{Answer, Unreachable};
    use sotto_wire::api::{Base64, Refusal, Register};
    use tempfile::TempDir;

    use super::*;
    use crate::messages::VaultSecret;

    const PASSPHRASE: &str = "correct horse battery";
    const PRF: [u8; 32] = *b"the prf output of these tests ok";
    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    /// Answers in the given order; `None` is a lost answer.
    struct Script {
        answers: VecDeque<Option<Answer>>,
        asked: Vec<(String, Vec<u8>)>,
        waited: Vec<Duration>,
        folder: Folder,
        /// Whether a profile was there at each request.
        profile_there: Vec<bool>,
    }

    impl Server for Script {
        async fn request(
            &mut self,
            method: Method,
            path: &str,
            body: Option<Vec<u8>>,
        ) -> Result<Answer, Unreachable> {
            self.asked
                .push((format!("{} {path}", method.name()), body.unwrap_or_default()));
            self.profile_there
                .push(Profile::open(&self.folder).unwrap().is_some());
            let answer = self.answers.pop_front().expect("an answer in the script");
            answer.ok_or(Unreachable)
        }

        async fn pause(&mut self, duration: Duration) {
            self.waited.push(duration);
        }
    }

    /// Nothing here ever waits.
    fn finish<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn json(status: u16, body: &impl Serialize) -> Option<Answer> {
        Some(Answer {
            status,
            body: serde_json::to_vec(body).unwrap(),
        })
    }

    fn refusal(code: Code) -> Option<Answer> {
        let refusal = Refusal {
            code,
            message: String::new(),
            retry_after: Some(7000),
        };
        json(409, &refusal)
    }

    fn info(registration: bool) -> Option<Answer> {
        let info = serde_json::json!({
            "version": "1", "protocols": [1], "origin": "https://chat.example.org",
            "registration": registration, "time": NOW,
        });
        json(200, &info)
    }

    fn challenge() -> Option<Answer> {
        let challenge = Challenge {
            nonce: Base64(vec![3; 32]),
            expires: NOW.saturating_add(Duration::from_secs(300)),
        };
        json(200, &challenge)
    }

    fn session() -> Option<Answer> {
        let session = Session {
            token: Base64(vec![4; 32]),
            expires: NOW.saturating_add(Duration::from_secs(3600)),
        };
        json(201, &session)
    }

    fn script(answers: impl IntoIterator<Item = Option<Answer>>) -> (TempDir, Script) {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path().join("profile"));
        let script = Script {
            answers: answers.into_iter().collect(),
            asked: Vec::new(),
            waited: Vec::new(),
            folder,
            profile_there: Vec::new(),
        };
        (directory, script)
    }

    fn with_passphrase() -> NewProfile {
        let given = VaultSecret::Passphrase(PASSPHRASE.to_owned());
        NewProfile {
            username: Some("alice".parse().unwrap()),
            proof: NewProof::Anonymous,
            secret: Secret::new(given, str::to_owned).unwrap(),
            ceremony: None,
        }
    }

    fn with_passkey(ceremony: Ceremony) -> NewProfile {
        let output = hex(&PRF);
        let credential = format!(
            r#"{{"id":"c","clientExtensionResults":{{"credProps":{{"rk":true}},"prf":{{"results":{{"first":"{output}"}}}}}}}}"#
        );
        let given = VaultSecret::Prf {
            credential_id: vec![9, 9],
            output: PRF.to_vec(),
        };
        NewProfile {
            username: None,
            proof: NewProof::Passkey { credential },
            secret: Secret::new(given, str::to_owned).unwrap(),
            ceremony: Some(ceremony),
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([5; 32])
    }

    fn run(script: &mut Script, wanted: NewProfile) -> Result<(Profile, Store), WorkerError> {
        let folder = script.folder.clone();
        let means = Means {
            folder: &folder,
            now: NOW,
            rng: &mut rng(),
            cost: PassphraseCost::new(8, 1).unwrap(),
        };
        finish(create(script, means, wanted))
    }

    fn no_profile_is_left(script: &Script) -> bool {
        let names = std::fs::read_dir(script.folder.path()).map(|entries| {
            let names = entries.map(|entry| entry.unwrap().file_name());
            names.collect::<Vec<_>>()
        });
        names.is_err() || names.is_ok_and(|names| names == ["lock"])
    }

    #[test]
    fn the_profile_is_there_before_the_server_hears_of_the_account() {
        let (_directory, mut script) = script([info(true), challenge(), session()]);
        let (profile, store) = run(&mut script, with_passphrase()).unwrap();
        let asked: Vec<_> = script.asked.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(
            asked,
            ["GET /v1/server", "POST /v1/challenges", "POST /v1/accounts"]
        );
        assert_eq!(script.profile_there, [false, true, true]);

        let body: Register = serde_json::from_slice(&script.asked[2].1).unwrap();
        assert_eq!(body.username, profile.header().username);
        assert_eq!(body.account, profile.header().address.account);
        assert_eq!(body.proof, Proof::Anonymous);
        assert_eq!(
            body.root_envelope, None,
            "a passphrase could be guessed on the server"
        );
        assert!(!store.records().unwrap().is_empty());
        drop(store);
        profile.unlock(&WrapSecret::Passphrase(PASSPHRASE)).unwrap();
    }

    #[test]
    fn a_refusal_leaves_nothing_on_the_device() {
        let cases = [
            (Code::UsernameTaken, WorkerError::UsernameTaken),
            (Code::RegistrationClosed, WorkerError::RegistrationClosed),
            (Code::RateLimited, WorkerError::RateLimited { retry_after: 7000 }),
            (Code::BadSignature, WorkerError::Refused),
        ];
        for (code, expected) in cases {
            let (_directory, mut script) = script([info(true), challenge(), refusal(code)]);
            let error = run(&mut script, with_passphrase()).unwrap_err();
            assert_eq!(error, expected);
            assert!(no_profile_is_left(&script), "{code:?}");
        }
    }

    #[test]
    fn a_server_that_takes_nobody_or_never_answered_was_told_nothing() {
        for (answers, expected) in [
            (vec![info(false)], WorkerError::RegistrationClosed),
            (vec![None], WorkerError::Unreachable),
            (vec![info(true), None], WorkerError::Unreachable),
        ] {
            let (_directory, mut script) = script(answers);
            assert_eq!(run(&mut script, with_passphrase()).unwrap_err(), expected);
            assert!(no_profile_is_left(&script));
        }
    }

    #[test]
    fn a_lost_answer_is_asked_for_word_for_word() {
        let failed = refusal(Code::Internal);
        let (_directory, mut script) = script([info(true), challenge(), None, failed, session()]);
        run(&mut script, with_passphrase()).unwrap();
        let bodies: Vec<_> = script.asked[2..].iter().collect();
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        assert_eq!(script.waited, [Duration::from_secs(1), Duration::from_secs(2)]);
    }

    #[test]
    fn a_server_that_may_have_made_the_account_costs_nobody_the_profile() {
        let (_directory, mut script) = script([info(true), challenge(), None, None, None, None]);
        let (profile, _store) = run(&mut script, with_passphrase()).unwrap();
        assert_eq!(
            Profile::open(&script.folder).unwrap().unwrap().header(),
            profile.header()
        );
    }

    #[test]
    fn a_refusal_that_leaves_a_lost_answer_open_costs_nobody_the_profile() {
        for code in [Code::RateLimited, Code::ChallengeExpired] {
            let (_directory, mut script) = script([info(true), challenge(), None, refusal(code)]);
            run(&mut script, with_passphrase()).unwrap();
        }
    }

    #[test]
    fn a_short_passphrase_is_refused_before_anything_is_asked() {
        let (_directory, mut script) = script([]);
        let mut wanted = with_passphrase();
        wanted.secret = Secret::new(VaultSecret::Passphrase("too short".to_owned()), str::to_owned).unwrap();
        assert_eq!(
            run(&mut script, wanted).unwrap_err(),
            WorkerError::PassphraseTooShort
        );
    }

    #[test]
    fn a_passkey_proves_the_account_it_was_begun_for_and_its_prf_stays_here() {
        let begun = serde_json::json!({
            "ceremony": "c-1", "options": { "challenge": "x" }, "expires": NOW,
        });
        let (_directory, mut script) = script([json(200, &begun), info(true), challenge(), session()]);
        let (ceremony, options) = finish(begin_passkey(&mut script, &mut rng(), "alice".to_owned())).unwrap();
        assert_eq!(options, r#"{"publicKey":{"challenge":"x"}}"#);

        let (profile, store) = run(&mut script, with_passkey(ceremony.clone())).unwrap();
        let sent = &script.asked[3].1;
        let text = String::from_utf8(sent.clone()).unwrap();
        assert!(!text.contains(&hex(&PRF)) && !text.contains("\"prf\""));
        let body: Register = serde_json::from_slice(sent).unwrap();
        assert_eq!(body.account, ceremony.account);
        assert!(body.root_envelope.is_some());
        let Proof::Passkey { ceremony, credential } = body.proof else {
            panic!("no passkey");
        };
        assert_eq!(ceremony, "c-1");
        assert_eq!(credential["clientExtensionResults"]["credProps"]["rk"], true);
        assert_eq!(
            profile.header().wraps[0].credential_id.as_deref(),
            Some(&[9, 9][..])
        );
        drop(store);
        profile.unlock(&WrapSecret::Prf(&PRF)).unwrap();
    }

    #[test]
    fn a_passkey_that_was_not_accepted_is_named() {
        let ceremony = Ceremony {
            account: AccountId::from_bytes([1; 16]),
            name: "c-1".to_owned(),
        };
        let (_directory, mut script) = script([info(true), challenge(), refusal(Code::ChallengeExpired)]);
        let error = run(&mut script, with_passkey(ceremony.clone())).unwrap_err();
        assert_eq!(error, WorkerError::PasskeyRefused);
        let mut without = with_passkey(ceremony);
        without.ceremony = None;
        assert_eq!(run(&mut script, without).unwrap_err(), WorkerError::WrongPhase);
    }
}
