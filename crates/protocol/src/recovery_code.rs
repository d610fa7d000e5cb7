//! Recovery codes: what a person writes down.

use core::fmt;

use rand_core::CryptoRng;
use sotto_keys::tagged_hash;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// 160 random bits, written as nine groups of four characters of Crockford's base 32; the last group is a checksum.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Secret<{ RecoveryCode::LEN }>);

/// Why a text is no recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryCodeError {
    /// Not 36 characters, spaces and hyphens aside.
    #[error("a recovery code has 36 characters")]
    WrongLength,
    /// A character that codes never have.
    #[error("a character does not occur in recovery codes")]
    BadCharacter,
    /// The checksum does not fit: something was mistyped.
    #[error("the recovery code is mistyped")]
    BadChecksum,
}

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of code and checksum.
const CHARACTERS: usize = 36;
const GROUP: usize = 4;

impl RecoveryCode {
    const LEN: usize = 20;

    /// Draws a code.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(Secret::random(rng))
    }

    /// As a person reads it: nine groups of four, separated by hyphens.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        for (position, symbol) in symbols(&self.checked()).enumerate() {
            if position > 0 && position.is_multiple_of(GROUP) {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(symbol)]));
        }
        text
    }

    /// As a person types it: upper or lower case, spaces and hyphens anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// See [`RecoveryCodeError`].
    pub fn parse(text: &str) -> Result<Self, RecoveryCodeError> {
        let mut symbols = Zeroizing::new(Vec::with_capacity(CHARACTERS));
        for character in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            if symbols.len() == CHARACTERS {
                return Err(RecoveryCodeError::WrongLength);
            }
            symbols.push(symbol(character).ok_or(RecoveryCodeError::BadCharacter)?);
        }
        if symbols.len() != CHARACTERS {
            return Err(RecoveryCodeError::WrongLength);
        }
        let code = Self(Secret::filled(|out| pack(&symbols, out)));
        let checksum_fits = self::symbols(&code.checked()).eq(symbols.iter().copied());
        if checksum_fits {
            Ok(code)
        } else {
            Err(RecoveryCodeError::BadChecksum)
        }
    }

    pub(crate) fn expose(&self) -> &[u8; Self::LEN] {
        self.0.expose()
    }

    /// The code, then the first bytes of its hash.
    fn checked(&self) -> Zeroizing<Vec<u8>> {
        let hash = tagged_hash("sotto/1 recovery code", &[self.expose()]);
        Zeroizing::new([&self.expose()[..], &hash[..3]].concat())
    }
}

/// Shows nothing.
impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("RecoveryCode([secret])")
    }
}

/// Five bits at a time, most significant first, as many as a code has.
fn symbols(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    (0..CHARACTERS).map(|position| {
        let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        (0..5).fold(0, |symbol, offset| symbol << 1 | bit(position * 5 + offset))
    })
}

/// The reverse of [`symbols`]; what does not fit into `out` falls away.
fn pack(symbols: &[u8], out: &mut [u8; RecoveryCode::LEN]) {
    for at in 0..out.len() * 8 {
        let bit = symbols.get(at / 5).map_or(0, |symbol| symbol >> (4 - at % 5) & 1);
        out[at / 8] |= bit << (7 - at % 8);
    }
}

fn symbol(character: char) -> Option<u8> {
    let canonical = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let position = ALPHABET
        .iter()
        .position(|&letter| char::from(letter) == canonical)?;
    u8::try_from(position).ok()
}
