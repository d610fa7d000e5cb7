//! The braid's chains of message keys (Double Ratchet, section 5): one for each direction and epoch. They step together
//! with the Double Ratchet's chains, so that messages need no second number: all messages under one ratchet key are of
//! one epoch, the newest that the other side surely has when the key is drawn.

use sotto_keys::DecodeError;
use sotto_keys::codec::Reader;

use crate::Role;
use crate::braid::agreed::EpochChains;
use crate::primitives::kdf;
use crate::secret::Secret;

/// The label of one step along a chain, its length in front.
pub(super) const STEP: &[u8] = b"\x18sotto/1 braid chain step";

/// The key of the next message along one epoch's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BraidChain {
    pub(crate) epoch: u32,
    pub(crate) key: Secret<32>,
}

impl BraidChain {
    fn first(chains: &EpochChains, sender: Role) -> Self {
        Self {
            epoch: chains.epoch,
            key: chains.of(sender).clone(),
        }
    }

    /// The next message's seed, and the chain behind it.
    pub(crate) fn step(&self) -> (Self, Secret<32>) {
        let [key, seed] = kdf::expand::<64>(self.key.expose(), STEP).split();
        let epoch = self.epoch;
        (Self { epoch, key }, seed)
    }
}

/// Both directions' chains: those in use, and those of epochs that are agreed on but not in use yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BraidChains {
    pub(crate) sending: BraidChain,
    pub(crate) receiving: BraidChain,
    /// Ascending.
    to_send: Vec<BraidChain>,
    /// Ascending.
    to_receive: Vec<BraidChain>,
}

impl BraidChains {
    /// Most chains that wait in one direction; see [`BraidChains::permits`].
    const MAX_WAITING: usize = 4;

    pub(crate) fn first(chains: &EpochChains, role: Role) -> Self {
        Self {
            sending: BraidChain::first(chains, role),
            receiving: BraidChain::first(chains, role.other()),
            to_send: Vec::new(),
            to_receive: Vec::new(),
        }
    }

    /// Keeps the chains of an epoch until they are used.
    pub(crate) fn add(&mut self, chains: &EpochChains, role: Role) {
        self.to_send.push(BraidChain::first(chains, role));
        self.to_receive.push(BraidChain::first(chains, role.other()));
    }

    /// Begins to send under a new ratchet key: in that epoch, or on in the one before if there is no newer one.
    pub(crate) fn turn_sending(&mut self, epoch: u32) {
        if let Some(newest) = self.to_send.iter().rev().find(|chain| chain.epoch <= epoch) {
            self.sending = newest.clone();
        }
        self.to_send.retain(|chain| chain.epoch > epoch);
    }

    /// Begins to receive under a new ratchet key; false if that epoch is unknown or past.
    #[must_use]
    pub(crate) fn turn_receiving(&mut self, epoch: u32) -> bool {
        if let Some(chain) = self.to_receive.iter().find(|chain| chain.epoch == epoch) {
            self.receiving = chain.clone();
        }
        self.to_receive.retain(|chain| chain.epoch > epoch);
        self.receiving.epoch == epoch
    }

    /// Whether the exchange may be in that epoch. While the other side keeps to its ratchet key, it goes on by one
    /// epoch at most, and this side by one more: each further one takes an answer to what it has sent since.
    pub(crate) fn permits(&self, exchange: u32) -> bool {
        exchange <= self.receiving.epoch.saturating_add(3)
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for chain in [&self.sending, &self.receiving] {
            chain.write(out);
        }
        for waiting in [&self.to_send, &self.to_receive] {
            out.push(u8::try_from(waiting.len()).unwrap_or(u8::MAX));
            waiting.iter().for_each(|chain| chain.write(out));
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            sending: BraidChain::read(reader)?,
            receiving: BraidChain::read(reader)?,
            to_send: Self::read_waiting(reader)?,
            to_receive: Self::read_waiting(reader)?,
        })
    }

    fn read_waiting(reader: &mut Reader<'_>) -> Result<Vec<BraidChain>, DecodeError> {
        let count = usize::from(reader.u8()?);
        if count > Self::MAX_WAITING {
            return Err(DecodeError::OutOfRange);
        }
        let chains = (0..count)
            .map(|_| BraidChain::read(reader))
            .collect::<Result<Vec<_>, _>>()?;
        if chains.is_sorted_by(|a, b| a.epoch < b.epoch) {
            Ok(chains)
        } else {
            Err(DecodeError::OutOfRange)
        }
    }
}

impl BraidChain {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.epoch.to_be_bytes());
        out.extend(self.key.expose());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: reader.u32()?,
            key: Secret::read(reader)?,
        })
    }
}
