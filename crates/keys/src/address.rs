//! Who a message is for: an account, one of its devices, and the pair of both.

use core::fmt;

/// Declares a fixed-size random identifier with hex text form.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Takes the identifier from its bytes.
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The identifier's bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdentifierError;

            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self).map_err(|_| IdentifierError)
            }
        }

        /// Lower-case hexadecimal.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        /// From hexadecimal of exactly the right length.
        impl core::str::FromStr for $name {
            type Err = IdentifierError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; $len];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| IdentifierError)?;
                Ok(Self(bytes))
            }
        }

        /// A hexadecimal string in formats read by people, bytes in others.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serde::Serialize::serialize(&self.0, serializer)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                } else {
                    serde::Deserialize::deserialize(deserializer).map(Self)
                }
            }
        }
    };
}

identifier!(
    /// An account: 16 random bytes, chosen by the client that creates it.
    AccountId,
    16
);
identifier!(
    /// A device of an account: 8 random bytes, unique within the account.
    DeviceId,
    8
);

/// Bytes of the wrong length, or text that is not hexadecimal of the right length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of the right length")]
pub struct IdentifierError;

/// Where a message goes: one device of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// The account.
    pub account: AccountId,
    /// Its device.
    pub device: DeviceId,
}

impl Address {
    /// Length of [`Address::to_bytes`].
    pub const LEN: usize = AccountId::LEN + DeviceId::LEN;

    /// Account, then device, without separators.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..AccountId::LEN].copy_from_slice(self.account.as_bytes());
        bytes[AccountId::LEN..].copy_from_slice(self.device.as_bytes());
        bytes
    }
}

impl TryFrom<&[u8]> for Address {
    type Error = IdentifierError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        if bytes.len() != Self::LEN {
            return Err(IdentifierError);
        }
        let (account, device) = bytes.split_at(AccountId::LEN);
        Ok(Self {
            account: account.try_into()?,
            device: device.try_into()?,
        })
    }
}

/// `ACCOUNT/DEVICE` in hexadecimal.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.device)
    }
}
