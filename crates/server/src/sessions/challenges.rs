//! Challenges: random numbers that are signed once, within some minutes.

use super::CHALLENGE_LIFE;
use crate::app::State;
use crate::expiring::Expiring;
use crate::refusal::Common;
use sotto_keys::{CertifiedDevice, SignInChallenge, SignInError, Timestamp};
use sotto_store::Digest;
use sotto_wire::api::{Challenge, SignIn};

/// Most challenges that are open at a time.
const OPEN: usize = 200_000;

/// The challenges that were given.
pub(crate) struct Challenges(Expiring<Status>);

enum Status {
    Open,
    Spent(Use),
}

/// What a challenge is spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Something that happens once.
    Once,
    /// A registration with that digest: repeated word for word, it may spend the same challenge again.
    Registration(Digest),
}

/// Why a challenge's answer counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpendError {
    /// Never given, expired, or spent.
    Expired,
    /// Not this device's signature.
    BadSignature,
}

impl Challenges {
    pub(crate) fn new() -> Self {
        Self(Expiring::new(OPEN))
    }

    /// Gives a new one.
    pub(crate) fn give(&self, app: &State) -> Result<Challenge, Common> {
        let nonce: [u8; 32] = app.environment.bytes()?;
        let now = app.now();
        let expires = now.saturating_add(CHALLENGE_LIFE);
        self.0.insert(&nonce, Status::Open, expires, now)?;
        Ok(Challenge {
            nonce: nonce.to_vec().into(),
            expires,
        })
    }

    /// Verifies a device's answer, then spends the challenge: a forged answer spends nothing.
    pub(crate) fn spend(
        &self,
        app: &State,
        answer: &SignIn,
        device: &CertifiedDevice,
        on: Use,
    ) -> Result<(), SpendError> {
        let nonce: [u8; 32] = answer.nonce.0[..].try_into().map_err(|_| SpendError::Expired)?;
        let challenge = SignInChallenge {
            origin: app.origin.as_str().to_owned(),
            address: answer.address,
            nonce,
            expires: answer.expires,
        };
        challenge
            .verify(&answer.signature.0, device)
            .map_err(|(SignInError::WrongDevice | SignInError::BadSignature)| SpendError::BadSignature)?;
        self.take(&nonce, answer.expires, on, app.now())
    }

    fn take(&self, nonce: &[u8], expires: Timestamp, on: Use, now: Timestamp) -> Result<(), SpendError> {
        let spent = self.0.with(nonce, now, |status, given_until| {
            let repeated = on != Use::Once && matches!(status, Status::Spent(before) if *before == on);
            let good = given_until == expires && (repeated || matches!(status, Status::Open));
            if good {
                *status = Status::Spent(on);
            }
            good
        });
        if spent == Some(true) {
            Ok(())
        } else {
            Err(SpendError::Expired)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spent_once_unless_a_registration_repeats_itself() {
        let at = Timestamp::from_millis;
        let challenges = Challenges::new();
        for nonce in [b"1", b"2", b"3"] {
            challenges.0.insert(nonce, Status::Open, at(10), at(0)).unwrap();
        }
        let take = |nonce: &[u8], expires, on, now| challenges.take(nonce, at(expires), on, at(now));
        assert_eq!(take(b"?", 10, Use::Once, 0), Err(SpendError::Expired));
        assert_eq!(take(b"1", 11, Use::Once, 0), Err(SpendError::Expired));
        assert_eq!(take(b"1", 10, Use::Once, 9), Ok(()));
        assert_eq!(take(b"1", 10, Use::Once, 9), Err(SpendError::Expired));
        let registration = Use::Registration([1; 32]);
        assert_eq!(take(b"2", 10, registration, 0), Ok(()));
        assert_eq!(take(b"2", 10, registration, 9), Ok(()));
        assert_eq!(
            take(b"2", 10, Use::Registration([2; 32]), 9),
            Err(SpendError::Expired)
        );
        assert_eq!(take(b"2", 10, Use::Once, 9), Err(SpendError::Expired));
        assert_eq!(take(b"3", 10, Use::Once, 10), Err(SpendError::Expired));
    }
}
