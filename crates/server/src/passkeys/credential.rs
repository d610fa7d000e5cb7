//! What a browser sends to finish a ceremony.

use crate::app::State;
use serde::de::DeserializeOwned;
use sotto_keys::AccountId;
use sotto_store::NewPasskey;
use webauthn_rs::prelude::RegisterPublicKeyCredential;

/// Why a registration ceremony isn't finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegistrationFailure {
    /// The ceremony has expired, was finished already, was never begun, or is another account's.
    Expired,
    /// The credential isn't one, doesn't verify, or carries a secret that it must not.
    BadCredential,
}

/// Finishes a registration ceremony, whose number is spent by that.
pub(crate) fn finish_registration(
    app: &State,
    account: AccountId,
    ceremony: &str,
    credential: &serde_json::Value,
) -> Result<NewPasskey, RegistrationFailure> {
    let credential: RegisterPublicKeyCredential =
        parse(credential).ok_or(RegistrationFailure::BadCredential)?;
    let webauthn = app
        .passkeys
        .webauthn
        .as_ref()
        .ok_or(RegistrationFailure::Expired)?;
    let (owner, state) = app
        .passkeys
        .registrations
        .take(ceremony.as_bytes(), app.now())
        .ok_or(RegistrationFailure::Expired)?;
    if owner != account {
        return Err(RegistrationFailure::Expired);
    }
    let passkey = webauthn
        .finish_passkey_registration(&credential, &state)
        .map_err(|_| RegistrationFailure::BadCredential)?;
    Ok(NewPasskey {
        id: passkey.cred_id().to_vec(),
        state: serde_json::to_vec(&passkey).map_err(|_| RegistrationFailure::BadCredential)?,
    })
}

/// Reads a credential, unless it carries PRF outputs: they open the vault, and have no business here.
pub(super) fn parse<T: DeserializeOwned>(credential: &serde_json::Value) -> Option<T> {
    let secrets = credential.pointer("/clientExtensionResults/prf/results");
    if secrets.is_some_and(|results| !results.is_null()) {
        return None;
    }
    T::deserialize(credential).ok()
}
