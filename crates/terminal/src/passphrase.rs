//! The profile's passphrase.

use std::env::{self, VarError};
use std::io;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Where a script puts it.
const VARIABLE: &str = "SOTTO_PASSPHRASE";

/// Why there is no usable passphrase.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// It is empty.
    #[error("the passphrase is empty")]
    Empty,
    /// The variable isn't Unicode.
    #[error("SOTTO_PASSPHRASE is not UTF-8")]
    NotText,
    /// The two that were typed aren't the same.
    #[error("the two passphrases are not the same")]
    Differ,
    /// There is nobody to ask.
    #[error("there is no passphrase: set SOTTO_PASSPHRASE, or run this in a terminal")]
    NobodyToAsk(#[source] io::Error),
}

/// What it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To unlock what there is: asked for once.
    Unlock,
    /// To protect what is made: asked for twice.
    Protect,
}

/// The passphrase, in NFKC, so that it is the same however it was typed.
pub fn read(purpose: Purpose) -> Result<Zeroizing<String>, PassphraseError> {
    let typed = match env::var(VARIABLE) {
        Ok(text) => Zeroizing::new(text),
        Err(VarError::NotPresent) => ask(purpose)?,
        Err(VarError::NotUnicode(_)) => return Err(PassphraseError::NotText),
    };
    if typed.is_empty() {
        return Err(PassphraseError::Empty);
    }
    Ok(normalize(&typed))
}

fn ask(purpose: Purpose) -> Result<Zeroizing<String>, PassphraseError> {
    let prompt = |text: &str| {
        rpassword::prompt_password(text)
            .map(Zeroizing::new)
            .map_err(PassphraseError::NobodyToAsk)
    };
    let typed = prompt("Passphrase: ")?;
    if purpose == Purpose::Protect && typed != prompt("Once more: ")? {
        return Err(PassphraseError::Differ);
    }
    Ok(typed)
}

/// With room for the longest decomposition from the start, so that no copy is left behind by growing.
fn normalize(text: &str) -> Zeroizing<String> {
    let mut normal = Zeroizing::new(String::with_capacity(text.len() * 18));
    normal.extend(text.nfkc());
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_passphrase_typed_differently_is_the_same() {
        assert_eq!(normalize("cafe\u{301} ﬁn").as_str(), "café fin");
        assert_eq!(normalize("café fin").as_str(), "café fin");
    }
}
