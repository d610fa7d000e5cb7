//! Two people with a device each.

use crate::{
    AccountRecord, Appended, Created, Mail, MailboxLimits, NewAccount, NewBatch, NewDevice, Outgoing, Stores,
};
use sotto_keys::{AccountId, Address, DeviceId, PrekeyKind, Timestamp};
use sotto_wire::api::Discovery;
use sotto_wire::frame::{ListClaim, Recipient, SendId};

/// Limits that nothing here reaches.
pub const UNLIMITED: MailboxLimits = MailboxLimits {
    messages: u64::MAX >> 1,
    bytes: u64::MAX >> 1,
};

/// Alice and Bob, with a device each.
pub struct Fixture {
    stores: Stores,
}

impl Fixture {
    /// Alice's device.
    pub const ALICE: Address = address(1, 1);
    /// Bob's device.
    pub const BOB: Address = address(2, 1);
    /// The time at which everything happens, unless said otherwise.
    pub const NOW: Timestamp = Timestamp::from_millis(1_000_000);
    /// When the keys of these tests expire.
    pub const EXPIRY: Timestamp = Timestamp::from_millis(2_000_000);

    /// Registers both.
    pub async fn new(stores: &Stores) -> Self {
        for account in [Self::alice(), Self::bob()] {
            assert_eq!(stores.accounts.create(account).await, Ok(Created::Created));
        }
        Self {
            stores: stores.clone(),
        }
    }

    /// Alice's account.
    pub fn alice() -> NewAccount {
        account(Self::ALICE, "alice")
    }

    /// Bob's account.
    pub fn bob() -> NewAccount {
        account(Self::BOB, "bob")
    }

    /// A send from Alice to Bob.
    pub fn outgoing(id: u8, body: &[u8]) -> Outgoing {
        Outgoing {
            sender: Self::ALICE,
            id: SendId([id; 16]),
            digest: [id; 32],
            at: Self::NOW,
            recipients: vec![Recipient {
                address: Self::BOB,
                body: body.to_vec(),
            }],
            lists: vec![ListClaim {
                account: Self::BOB.account,
                version: 1,
            }],
        }
    }

    /// Sends from Alice to Bob.
    pub async fn send(&self, id: u8, body: &[u8]) {
        let appended = self
            .stores
            .mailboxes
            .append(Self::outgoing(id, body), UNLIMITED)
            .await;
        assert_eq!(appended, Ok(Appended::Stored));
    }

    /// What waits for Bob.
    pub async fn waiting(&self) -> Vec<Mail> {
        let page = self.stores.mailboxes.page(Self::BOB, 0, 1000, usize::MAX).await;
        page.unwrap_or_default()
    }
}

/// The address with these numbers.
pub const fn address(account: u8, device: u8) -> Address {
    Address {
        account: AccountId::from_bytes([account; 16]),
        device: DeviceId::from_bytes([device; 8]),
    }
}

/// An account with one device, without prekeys.
pub fn account(address: Address, name: &str) -> NewAccount {
    NewAccount {
        record: AccountRecord {
            account: address.account,
            username: name.parse().ok(),
            discovery: Discovery::Listed,
            root: b"root".to_vec(),
            root_envelope: Some(b"envelope".to_vec()),
            registration: [1; 32],
            created_at: Fixture::NOW,
        },
        device: device(address.device),
        list: b"list 1".to_vec(),
        passkey: None,
    }
}

/// A device without prekeys.
pub fn device(device: DeviceId) -> NewDevice {
    NewDevice {
        device,
        certificate: b"certificate".to_vec(),
        prekeys: Vec::new(),
    }
}

/// A batch whose header and leaves are made of its name.
pub fn batch(kind: PrekeyKind, name: &str, keys: u8) -> NewBatch {
    NewBatch {
        kind,
        header: name.as_bytes().to_vec(),
        leaves: (0..keys).map(|key| vec![b'0' + key]).collect(),
        expires_at: Fixture::EXPIRY,
    }
}
