//! A hint at how hard a passphrase is to guess. A hint: it knows nothing of dictionaries.

use crate::words::words;
use sotto_web_worker::messages::PASSPHRASE_MIN;

/// How hard to guess.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Strength {
    /// Shorter than is allowed.
    TooShort,
    /// In seconds.
    Weak,
    /// With effort.
    Fair,
    /// Not.
    Good,
}

impl Strength {
    /// Judges by length and variety.
    pub fn of(passphrase: &str) -> Self {
        let length = passphrase.chars().count();
        if length < PASSPHRASE_MIN {
            return Self::TooShort;
        }
        let mut distinct: Vec<char> = passphrase.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        // A repeated pattern adds little, however long it is.
        match length.min(distinct.len() * 3) {
            ..14 => Self::Weak,
            14..20 => Self::Fair,
            _ => Self::Good,
        }
    }

    /// Its class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::TooShort => "strength strength-0",
            Self::Weak => "strength strength-1",
            Self::Fair => "strength strength-2",
            Self::Good => "strength strength-3",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        let say = &words().onboarding;
        match self {
            Self::TooShort => say.strength_short,
            Self::Weak => say.strength_weak,
            Self::Fair => say.strength_fair,
            Self::Good => say.strength_good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Strength;

    #[test]
    fn length_counts_only_with_variety() {
        assert_eq!(Strength::of("ninechars"), Strength::TooShort);
        assert_eq!(Strength::of("aaaaaaaaaaaaaaaaaaaaaaaa"), Strength::Weak);
        assert_eq!(Strength::of("tenletters"), Strength::Weak);
        assert_eq!(Strength::of("lamp ocean brick"), Strength::Fair);
        assert_eq!(Strength::of("lamp ocean brick seven"), Strength::Good);
        assert_eq!(
            Strength::of("日本語日本語日本語"),
            Strength::TooShort,
            "characters, not bytes"
        );
    }
}
