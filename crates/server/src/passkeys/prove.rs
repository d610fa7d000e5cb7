//! `POST /v1/account-proofs`

use super::credential::parse;
use crate::app::{App, State as Shared};
use crate::refusal::{Common, refusals};
use crate::request::{Body, Peer};
use axum::Json;
use axum::extract::State;
use sotto_keys::AccountId;
use sotto_store::Updated;
use sotto_wire::api::{AccountProof, ProveAccount};
use webauthn_rs::prelude::{Passkey, PublicKeyCredential, WebauthnError};

refusals! {
    /// Why an account isn't proved.
    ProveError {
        /// The ceremony has expired, was finished already, or was never begun.
        Expired => ChallengeExpired, "begin again";
        /// The assertion isn't one, doesn't verify, or carries a secret that it must not.
        BadAssertion => BadSignature, "the passkey's answer is not valid";
        /// No account has that passkey.
        UnknownPasskey => NotFound, "no account has this passkey";
        /// The passkey's counter went backwards.
        Cloned => PasskeyCloned, "this passkey may have been cloned";
    }
}

/// Proves an account by a passkey, which lets a device be added.
#[utoipa::path(post, path = "/v1/account-proofs", tag = "passkeys", request_body = ProveAccount,
    responses((status = 200, body = AccountProof), (status = "4XX", body = sotto_wire::api::Refusal)))]
pub(crate) async fn prove_account(
    State(app): State<App>,
    Peer(address): Peer,
    Body(answer): Body<ProveAccount>,
) -> Result<Json<AccountProof>, ProveError> {
    app.limits.anonymous.take(address, app.now())?;
    let account = verify(&app, &answer).await?;
    let record = app
        .stores
        .accounts
        .find(account)
        .await?
        .ok_or(ProveError::UnknownPasskey)?;
    let (proof, expires) = app.proofs.give(&app, account)?;
    Ok(Json(AccountProof {
        account,
        proof: proof.to_vec().into(),
        root_envelope: record.root_envelope.map(Into::into),
        expires,
    }))
}

/// Verifies the assertion and moves the passkey's counter on.
async fn verify(app: &Shared, answer: &ProveAccount) -> Result<AccountId, ProveError> {
    let credential: PublicKeyCredential = parse(&answer.credential).ok_or(ProveError::BadAssertion)?;
    let webauthn = app.passkeys.webauthn.as_ref().ok_or(ProveError::Expired)?;
    let state = app
        .passkeys
        .assertions
        .take(answer.ceremony.as_bytes(), app.now())
        .ok_or(ProveError::Expired)?;
    let (user, id) = webauthn
        .identify_discoverable_authentication(&credential)
        .map_err(|_| ProveError::BadAssertion)?;
    let record = app.stores.passkeys.find_passkey(id.to_vec()).await?;
    let record = record
        .filter(|record| record.account.as_bytes() == user.as_bytes())
        .ok_or(ProveError::UnknownPasskey)?;
    let mut passkey: Passkey = serde_json::from_slice(&record.state).map_err(|_| Common::Broken)?;
    let result = webauthn
        .finish_discoverable_authentication_v2(&credential, state, &passkey)
        .map_err(|error| match error {
            WebauthnError::CredentialPossibleCompromise => ProveError::Cloned,
            _ => ProveError::BadAssertion,
        })?;
    if passkey.update_credential(&result) == Some(true) {
        let state = serde_json::to_vec(&passkey).map_err(|_| Common::Broken)?;
        let update = app
            .stores
            .passkeys
            .update_passkey(id.to_vec(), record.state, state);
        // Two answers at once with one counter: one of them is not the passkey's owner's.
        if update.await? == Updated::Stale {
            return Err(ProveError::Cloned);
        }
    }
    Ok(record.account)
}
