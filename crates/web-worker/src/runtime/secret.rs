//! What unlocks a vault, checked.

use sotto_client_store::WrapSecret;
use zeroize::Zeroizing;

use crate::messages::{PASSPHRASE_MIN, VaultSecret, WorkerError};

/// What unlocks a vault. Shows nothing of it.
pub enum Secret {
    /// A passkey's PRF output.
    Prf {
        /// The credential's raw id.
        credential_id: Vec<u8>,
        /// The output.
        output: Zeroizing<[u8; 32]>,
    },
    /// A passphrase in its one Unicode form.
    Passphrase(Zeroizing<String>),
}

impl Secret {
    /// Takes what the page gave. `normalise` brings a passphrase into NFKC (Unicode Standard Annex 15), so that
    /// keyboards that compose letters differently give the same one.
    ///
    /// # Errors
    /// [`WorkerError::WrongSecret`] if a PRF output isn't 32 bytes long.
    pub fn new(given: VaultSecret, normalise: impl FnOnce(&str) -> String) -> Result<Self, WorkerError> {
        match given {
            VaultSecret::Prf {
                credential_id,
                output,
            } => {
                let output = Zeroizing::new(output);
                let output = output
                    .as_slice()
                    .try_into()
                    .map_err(|_| WorkerError::WrongSecret)?;
                Ok(Self::Prf {
                    credential_id,
                    output: Zeroizing::new(output),
                })
            }
            VaultSecret::Passphrase(text) => {
                let text = Zeroizing::new(text);
                Ok(Self::Passphrase(Zeroizing::new(normalise(&text))))
            }
        }
    }

    /// Whether it may wrap a new vault.
    ///
    /// # Errors
    /// [`WorkerError::PassphraseTooShort`]
    pub fn check_strength(&self) -> Result<(), WorkerError> {
        match self {
            Self::Passphrase(text) if text.chars().count() < PASSPHRASE_MIN => {
                Err(WorkerError::PassphraseTooShort)
            }
            _ => Ok(()),
        }
    }

    /// As the vault takes it.
    pub fn as_wrap_secret(&self) -> WrapSecret<'_> {
        match self {
            Self::Prf { output, .. } => WrapSecret::Prf(output),
            Self::Passphrase(text) => WrapSecret::Passphrase(text),
        }
    }

    /// The credential whose PRF it is.
    pub fn credential_id(&self) -> Option<&[u8]> {
        match self {
            Self::Prf { credential_id, .. } => Some(credential_id),
            Self::Passphrase(_) => None,
        }
    }
}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Prf {
                credential_id: _,
                output: _,
            } => "Secret::Prf([secret])",
            Self::Passphrase(_) => "Secret::Passphrase([secret])",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Secret {
        Secret::new(VaultSecret::Passphrase(text.to_owned()), str::to_owned).unwrap()
    }

    #[test]
    fn a_passphrase_is_counted_in_characters() {
        assert_eq!(
            passphrase("ninechars").check_strength(),
            Err(WorkerError::PassphraseTooShort)
        );
        assert_eq!(
            passphrase("äääääääää").check_strength(),
            Err(WorkerError::PassphraseTooShort)
        );
        assert_eq!(passphrase("ten chars!").check_strength(), Ok(()));
    }

    #[test]
    fn a_prf_output_has_32_bytes() {
        let given = |length| VaultSecret::Prf {
            credential_id: vec![1],
            output: vec![7; length],
        };
        assert!(Secret::new(given(32), str::to_owned).is_ok());
        for length in [0, 31, 33, 64] {
            let refused = Secret::new(given(length), str::to_owned).unwrap_err();
            assert_eq!(refused, WorkerError::WrongSecret);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(
            format!("{:?}", passphrase("ten chars!")),
            "Secret::Passphrase([secret])"
        );
    }
}
