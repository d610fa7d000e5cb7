//! `POST /v1/accounts`

use crate::app::{App, State as Shared, compute};
use crate::config::Registration;
use crate::passkeys::{RegistrationFailure, finish_registration};
use crate::prekeys::{can_be_reached, verified_batches};
use crate::refusal::{Common, refusals};
use crate::request::{Body, Peer};
use crate::sessions::{SpendError, Use};
use axum::Json;
use axum::extract::State;
use sha2::{Digest as _, Sha256};
use sotto_keys::{
    CertifiedDevice, DeviceCertificate, RootPublicKey, SignedDeviceList, Timestamp, VerifiedAccount,
};
use sotto_store::{AccountRecord, Created, Digest, NewAccount, NewBatch, NewDevice, NewPasskey};
use sotto_wire::api::{Discovery, Proof, Register, Session};

/// Longest sealed root, in bytes.
const LONGEST_ENVELOPE: usize = 16 * 1024;
/// A day, to which the age of accounts is kept.
const DAY: u64 = 24 * 60 * 60 * 1000;

refusals! {
    /// Why no account is made.
    RegisterError {
        /// The server takes no new accounts.
        Closed => RegistrationClosed, "this server takes no new accounts";
        /// The parts don't belong together.
        Inconsistent => BadRequest, "the parts of the registration do not belong together";
        /// The sealed root is too long.
        EnvelopeTooLarge => TooLarge, "the sealed root is too long";
        /// The root is no key, or the certificate doesn't verify.
        BadCertificate => BadCertificate, "the root or the device's certificate does not verify";
        /// The list doesn't verify, or isn't the first, of that device alone.
        BadDeviceList => BadDeviceList, "the device list does not verify as the first, of this device";
        /// The prekeys don't verify, or lack a signed or a last-resort key.
        BadPrekeys => BadPrekeys, "the prekeys do not verify, or a kind is missing";
        /// The challenge has expired, was used already, or was never given.
        ChallengeExpired => ChallengeExpired, "take a new challenge";
        /// The challenge's signature isn't the device's.
        BadSignature => BadSignature, "the signature is not valid";
        /// The passkey doesn't verify, or belongs to an account already.
        BadPasskey => BadSignature, "the passkey is not valid";
        /// Someone else has the name.
        UsernameTaken => UsernameTaken, "the username belongs to someone else";
        /// Another account has the id.
        AccountExists => AccountExists, "the account exists already";
    }
}

impl From<SpendError> for RegisterError {
    fn from(error: SpendError) -> Self {
        match error {
            SpendError::Expired => Self::ChallengeExpired,
            SpendError::BadSignature => Self::BadSignature,
        }
    }
}

impl From<RegistrationFailure> for RegisterError {
    fn from(failure: RegistrationFailure) -> Self {
        match failure {
            RegistrationFailure::Expired => Self::ChallengeExpired,
            RegistrationFailure::BadCredential => Self::BadPasskey,
        }
    }
}

/// What was verified of a registration.
struct Verified {
    device: CertifiedDevice,
    prekeys: Vec<NewBatch>,
}

/// Makes an account with its first device.
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", request_body = Register,
    responses((status = 200, body = Session), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn register(
    State(app): State<App>,
    Peer(address): Peer,
    Body(asked): Body<Register>,
) -> Result<Json<Session>, RegisterError> {
    let now = app.now();
    app.limits.registrations.take(address, now)?;
    let digest = digest(&asked)?;
    let (asked, verified) = compute(move || (verify(&asked, now), asked))
        .await
        .map(|(verified, asked)| (asked, verified))?;
    let verified = verified?;
    let existing = app.stores.accounts.find(asked.account).await?;
    let existing = existing.map(|record| record.registration);
    match existing {
        Some(registration) if registration != digest => return Err(RegisterError::AccountExists),
        None => may_be_made(&app, &asked).await?,
        Some(_) => {}
    }
    let on = Use::Registration(digest);
    app.challenges.spend(&app, &asked.sign_in, &verified.device, on)?;
    if existing.is_none() {
        create(&app, &asked, &verified, digest).await?;
    }
    Ok(Json(app.tokens.give(&app, asked.sign_in.address)?))
}

/// What of a registration has to be the same for it to be the same registration. The challenge may be a new one.
fn digest(asked: &Register) -> Result<Digest, Common> {
    let parts = (
        &asked.account,
        &asked.username,
        &asked.root,
        &asked.certificate,
        &asked.list,
        &asked.prekeys,
        &asked.root_envelope,
    );
    let bytes = serde_json::to_vec(&parts).map_err(|_| Common::Broken)?;
    Ok(Sha256::digest(bytes).into())
}

fn verify(asked: &Register, now: Timestamp) -> Result<Verified, RegisterError> {
    let envelope = asked
        .root_envelope
        .as_ref()
        .map_or(0, |envelope| envelope.0.len());
    if envelope > LONGEST_ENVELOPE {
        return Err(RegisterError::EnvelopeTooLarge);
    }
    let root = RootPublicKey::decode(&asked.root.0).map_err(|_| RegisterError::BadCertificate)?;
    let certificate =
        DeviceCertificate::decode(&asked.certificate.0).map_err(|_| RegisterError::BadCertificate)?;
    let list = SignedDeviceList::decode(&asked.list.0).map_err(|_| RegisterError::BadDeviceList)?;
    let device = certificate
        .clone()
        .verify(&root, asked.account)
        .map_err(|_| RegisterError::BadCertificate)?;
    let account = VerifiedAccount::verify(asked.account, &root, &list, &[certificate])
        .map_err(|_| RegisterError::BadDeviceList)?;
    if account.list().version() != 1 {
        return Err(RegisterError::BadDeviceList);
    }
    if asked.sign_in.address != device.address() {
        return Err(RegisterError::Inconsistent);
    }
    let prekeys = verified_batches(&asked.prekeys, &device, now).map_err(|_| RegisterError::BadPrekeys)?;
    if !can_be_reached(&prekeys) {
        return Err(RegisterError::BadPrekeys);
    }
    Ok(Verified { device, prekeys })
}

/// Finds out what would stand in the way before a challenge and a passkey's ceremony are spent on it.
async fn may_be_made(app: &Shared, asked: &Register) -> Result<(), RegisterError> {
    if app.config.registration == Registration::Closed {
        return Err(RegisterError::Closed);
    }
    let Some(username) = &asked.username else {
        return Ok(());
    };
    match app.stores.accounts.find_by_username(username.clone()).await? {
        Some(_) => Err(RegisterError::UsernameTaken),
        None => Ok(()),
    }
}

async fn create(
    app: &Shared,
    asked: &Register,
    verified: &Verified,
    registration: Digest,
) -> Result<(), RegisterError> {
    let account = NewAccount {
        record: AccountRecord {
            account: asked.account,
            username: asked.username.clone(),
            discovery: Discovery::Listed,
            root: asked.root.0.clone(),
            root_envelope: asked.root_envelope.as_ref().map(|envelope| envelope.0.clone()),
            registration,
            created_at: Timestamp::from_millis(app.now().as_millis() / DAY * DAY),
        },
        device: NewDevice {
            device: verified.device.address().device,
            certificate: asked.certificate.0.clone(),
            prekeys: verified.prekeys.clone(),
        },
        list: asked.list.0.clone(),
        passkey: passkey(app, asked)?,
    };
    match app.stores.accounts.create(account).await? {
        Created::Created => {
            app.metrics.registrations.increment();
            tracing::info!("an account was made");
            Ok(())
        }
        Created::Repeated => Ok(()),
        Created::AccountExists => Err(RegisterError::AccountExists),
        Created::UsernameTaken => Err(RegisterError::UsernameTaken),
        Created::PasskeyTaken => Err(RegisterError::BadPasskey),
    }
}

fn passkey(app: &Shared, asked: &Register) -> Result<Option<NewPasskey>, RegisterError> {
    match &asked.proof {
        Proof::Anonymous => Ok(None),
        Proof::Passkey { ceremony, credential } => Ok(Some(finish_registration(
            app,
            asked.account,
            ceremony,
            credential,
        )?)),
    }
}
