//! Usernames: how a person is found.

use core::fmt;

/// A name by which an account is found: 3 to 32 of `a-z 0-9 _ .`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

/// Why a text is no username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Shorter than [`Username::MIN_LEN`].
    #[error("a username has at least 3 characters")]
    TooShort,
    /// Longer than [`Username::MAX_LEN`].
    #[error("a username has at most 32 characters")]
    TooLong,
    /// Holds a character other than `a-z 0-9 _ .`.
    #[error("a username consists of a-z, 0-9, _ and .")]
    ForbiddenCharacter,
}

impl Username {
    /// Fewest characters.
    pub const MIN_LEN: usize = 3;
    /// Most characters.
    pub const MAX_LEN: usize = 32;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Username {
    type Error = UsernameError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
        if !name.chars().all(allowed) {
            return Err(UsernameError::ForbiddenCharacter);
        }
        match name.len() {
            ..Self::MIN_LEN => Err(UsernameError::TooShort),
            Self::MIN_LEN..=Self::MAX_LEN => Ok(Self(name)),
            _ => Err(UsernameError::TooLong),
        }
    }
}

impl core::str::FromStr for Username {
    type Err = UsernameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Username({:?})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_alphabet_and_the_lengths_are_let_in() {
        let parse = |text: &str| text.parse::<Username>().map(String::from);
        assert_eq!(parse("al.ice_9"), Ok("al.ice_9".into()));
        assert_eq!(parse("al"), Err(UsernameError::TooShort));
        assert_eq!(parse(&"a".repeat(32)), Ok("a".repeat(32)));
        assert_eq!(parse(&"a".repeat(33)), Err(UsernameError::TooLong));
        for bad in ["Alice", "ali ce", "alicé", "a-b-c", "аlice", ""] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(parse("Alice"), Err(UsernameError::ForbiddenCharacter));
    }
}
