//! The server's refusals: stable codes, the same on both planes.

/// Declares the codes with their number on the socket and their name in JSON.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $name:literal;)*) => {
        /// Why the server refused. Numbers and names never change meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its number on the socket.
            pub const fn number(self) -> u32 {
                match self { $(Self::$variant => $number,)* }
            }

            /// Its name in JSON.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// Not understood: malformed, or out of place.
    BadRequest = 1, "bad_request";
    /// A protocol version that this server doesn't speak.
    UnsupportedVersion = 2, "unsupported_version";
    /// Larger than a limit.
    TooLarge = 3, "too_large";
    /// No token, or not one that is in force: sign in again.
    Unauthenticated = 4, "unauthenticated";
    /// Authenticated, but not allowed.
    Forbidden = 5, "forbidden";
    /// No such person, account or thing.
    NotFound = 6, "not_found";
    /// The account has no such device.
    UnknownDevice = 7, "unknown_device";
    /// The username belongs to someone else.
    UsernameTaken = 8, "username_taken";
    /// The username is too short, too long or not of its alphabet.
    UsernameInvalid = 9, "username_invalid";
    /// The challenge has expired, was used already, or was never given.
    ChallengeExpired = 10, "challenge_expired";
    /// A signature or an assertion doesn't verify.
    BadSignature = 11, "bad_signature";
    /// A device certificate doesn't verify.
    BadCertificate = 12, "bad_certificate";
    /// A device list doesn't verify, or doesn't follow the one in force.
    BadDeviceList = 13, "bad_device_list";
    /// The device list that was used or replaced is no longer the one in force.
    StaleDeviceList = 14, "stale_device_list";
    /// Prekeys that don't verify.
    BadPrekeys = 15, "bad_prekeys";
    /// A device of the recipient has no usable prekeys.
    NoPrekeys = 16, "no_prekeys";
    /// Too many of these in too short a time; try again after the given delay.
    RateLimited = 17, "rate_limited";
    /// The recipient's mailbox is full.
    MailboxFull = 18, "mailbox_full";
    /// The server's disk is full; nothing was changed.
    StorageFull = 19, "storage_full";
    /// The account has too many connections.
    TooManyConnections = 20, "too_many_connections";
    /// Another connection of the same device took over.
    Replaced = 21, "replaced";
    /// The server is going down; connect again after the given delay.
    ShuttingDown = 22, "shutting_down";
    /// This device was revoked.
    Revoked = 23, "revoked";
    /// The account id exists already.
    AccountExists = 24, "account_exists";
    /// The passkey's counter went backwards: it may have been cloned.
    PasskeyCloned = 25, "passkey_cloned";
    /// The server failed; nothing was acknowledged.
    Internal = 26, "internal";
    /// The same id was used before with another body.
    IdReused = 27, "id_reused";
    /// The server takes no new accounts.
    RegistrationClosed = 28, "registration_closed";
}

impl Code {
    /// Whether a refusal leaves open what became of an earlier, unanswered try of the same request: the server didn't
    /// get so far as to look.
    pub const fn leaves_open(self) -> bool {
        matches!(
            self,
            Self::RateLimited
                | Self::ChallengeExpired
                | Self::StorageFull
                | Self::ShuttingDown
                | Self::Internal
        )
    }

    /// The code with that number; `None` for one this version doesn't know.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }

    /// The code with that name; `None` for one this version doesn't know.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom("an unknown code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique() {
        for code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(*code));
            assert_eq!(Code::from_name(code.name()), Some(*code));
        }
    }
}
