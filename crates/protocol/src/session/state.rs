//! A session as it is stored. Only this code reads it, from a store that only this device writes; still, nothing
//! in it is taken on trust.

use sotto_keys::codec::Reader;
use sotto_keys::{DecodeError, X25519PublicKey};
use zeroize::Zeroizing;

use super::{Chains, Fixed, Ratchet, Receiving, ReplayWindow, Role, Sending, Session, SkippedKeys};
use crate::braid::Braid;
use crate::braid::rows::{BraidRowId, TouchedRows};
use crate::message::{Handshake, SessionId};
use crate::secret::Secret;
use crate::session::braid_chain::BraidChains;
use crate::session::chain_key::ChainKey;
use crate::session::ephemeral::EpochKeys;
use crate::session::root_key::RootKey;

/// The version of the format.
const VERSION: u8 = 1;
/// More than a state without a handshake takes, so that no copy is left behind by growing.
const CAPACITY: usize = 2_304;

impl Session {
    pub(super) fn to_state(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(CAPACITY));
        out.push(VERSION);
        self.fixed.write(&mut out);
        self.ratchet.write(&mut out);
        out.extend(self.braid.next_chunk().to_be_bytes());
        out.push(u8::from(self.handshake.is_some()));
        if let Some(handshake) = &self.handshake {
            handshake.write(&mut out);
        }
        out
    }

    pub(super) fn from_state<B: AsRef<[u8]>>(
        bytes: &[u8],
        braid: impl IntoIterator<Item = (BraidRowId, B)>,
        skipped: SkippedKeys,
    ) -> Result<Self, DecodeError> {
        Reader::read_all(bytes, |reader| {
            reader.version(VERSION)?;
            Ok(Self {
                fixed: Fixed::read(reader)?,
                ratchet: Ratchet::read(reader)?,
                braid: Braid::load(braid, reader.u16()?)?,
                touched: TouchedRows::default(),
                handshake: match reader.u8()? {
                    0 => None,
                    1 => Some(Handshake::read(reader)?),
                    _ => return Err(DecodeError::OutOfRange),
                },
                skipped,
                replays: ReplayWindow::default(),
            })
        })
    }
}

impl Fixed {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.id.as_bytes());
        out.push(self.role.number());
        out.extend(self.transcript_hash);
        out.extend(self.binding);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            id: SessionId::from_bytes(reader.array()?),
            role: match reader.u8()? {
                0 => Role::Initiator,
                1 => Role::Responder,
                _ => return Err(DecodeError::OutOfRange),
            },
            transcript_hash: reader.array()?,
            binding: reader.array()?,
        })
    }
}

impl Ratchet {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.root.0.expose());
        self.chains.write(out);
        out.extend(self.previous_count.to_be_bytes());
        self.epochs.write(out);
        self.braids.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            root: RootKey(Secret::read(reader)?),
            chains: Chains::read(reader)?,
            previous_count: reader.u32()?,
            epochs: EpochKeys::read(reader)?,
            braids: BraidChains::read(reader)?,
        })
    }
}

impl Chains {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Opening(sending) => {
                out.push(1);
                sending.write(out);
            }
            Self::Listening(receiving) => {
                out.push(2);
                receiving.write(out);
            }
            Self::Talking(sending, receiving) => {
                out.push(3);
                sending.write(out);
                receiving.write(out);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.u8()? {
            1 => Ok(Self::Opening(Sending::read(reader)?)),
            2 => Ok(Self::Listening(Receiving::read(reader)?)),
            3 => Ok(Self::Talking(Sending::read(reader)?, Receiving::read(reader)?)),
            _ => Err(DecodeError::OutOfRange),
        }
    }
}

impl Sending {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.secret.expose());
        out.extend(self.public.as_bytes());
        self.chain.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            secret: Secret::read(reader)?,
            public: X25519PublicKey::read(reader)?,
            chain: ChainKey::read(reader)?,
        })
    }
}

impl Receiving {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.ratchet_key.as_bytes());
        self.chain.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            ratchet_key: X25519PublicKey::read(reader)?,
            chain: ChainKey::read(reader)?,
        })
    }
}

impl ChainKey {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.key.expose());
        out.extend(self.next.to_be_bytes());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            key: Secret::read(reader)?,
            next: reader.u32()?,
        })
    }
}
