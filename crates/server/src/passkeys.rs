//! Passkeys: WebAuthn ceremonies, kept in memory for some minutes, each finished once at most.

mod assertion;
mod credential;
mod prove;
mod registration;

pub(crate) use assertion::*;
pub(crate) use credential::{RegistrationFailure, finish_registration};
pub(crate) use prove::*;
pub(crate) use registration::*;

use crate::config::Origin;
use crate::expiring::Expiring;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sotto_keys::AccountId;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration as RegistrationState, Webauthn, WebauthnBuilder,
};

/// Most ceremonies that are open at a time.
const OPEN: usize = 50_000;

/// The relying party and its open ceremonies.
pub(crate) struct Passkeys {
    /// `None` where the origin is an IP address: it can't be a relying party.
    webauthn: Option<Webauthn>,
    registrations: Expiring<(AccountId, RegistrationState)>,
    assertions: Expiring<DiscoverableAuthentication>,
}

impl Passkeys {
    pub(crate) fn new(origin: &Origin) -> Self {
        let webauthn = origin.domain().and_then(|domain| {
            let builder = WebauthnBuilder::new(domain, origin.url()).ok()?;
            builder.rp_name("Sotto").build().ok()
        });
        Self {
            webauthn,
            registrations: Expiring::new(OPEN),
            assertions: Expiring::new(OPEN),
        }
    }
}

/// A ceremony's name: random bytes as text.
fn name(bytes: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
