//! What is fuzzed of `sotto-keys` and `sotto-protocol`: every decoder. None may panic, and what one accepts encodes
//! to the same bytes again: a format has one form.
//!
//! The corpora are replayed by a test of `sotto-protocol`, which includes this file.

use sotto_keys::{
    DeviceCertificate, ListPin, Prekey, PrekeyBatch, PrekeyBundle, RootPublicKey, RootRotation, SafetyNumber,
    SignInChallenge, SignedDeviceList,
};
use sotto_protocol::{
    BraidRowId, DeviceKeys, Envelope, PrekeySecret, RecoveryCode, RootEnvelope, RootKeys, Session,
    SkippedKeyId, WrappedVaultKey,
};

/// A target's name, which is also its corpus's, and what it does with its input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("device_certificate", |data| {
        reencodes(data, DeviceCertificate::decode(data), |c| c.encode())
    }),
    ("device_list", |data| {
        reencodes(data, SignedDeviceList::decode(data), |list| list.encode())
    }),
    ("list_pin", |data| {
        reencodes(data, ListPin::from_bytes(data), |pin| pin.to_bytes().to_vec())
    }),
    ("message", message),
    ("prekey", |data| {
        reencodes(data, Prekey::decode(data), |prekey| prekey.encode())
    }),
    ("prekey_batch", |data| {
        reencodes(data, PrekeyBatch::decode(data), |batch| batch.encode())
    }),
    ("prekey_bundle", |data| {
        reencodes(data, PrekeyBundle::decode(data), |bundle| bundle.encode())
    }),
    ("recovery_code", recovery_code),
    ("root_envelope", |data| {
        reencodes(data, RootEnvelope::decode(data), |envelope| envelope.encode())
    }),
    ("root_public_key", |data| {
        reencodes(data, RootPublicKey::decode(data), |root| root.encode())
    }),
    ("root_rotation", |data| {
        reencodes(data, RootRotation::decode(data), |rotation| rotation.encode())
    }),
    ("safety_number", safety_number),
    ("secret_keys", secret_keys),
    ("session_state", session_state),
    ("sign_in_challenge", |data| {
        reencodes(data, SignInChallenge::decode(data), |c| c.encode())
    }),
    ("wrapped_vault_key", |data| {
        reencodes(data, WrappedVaultKey::decode(data), |wrap| wrap.encode())
    }),
];

/// Runs one target.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(target, _)| *target == name);
    assert!(target.is_some(), "no target {name}");
    target.iter().for_each(|(_, run)| run(data));
}

fn reencodes<T, E>(data: &[u8], decoded: Result<T, E>, encode: impl Fn(&T) -> Vec<u8>) {
    if let Ok(value) = decoded {
        assert_eq!(encode(&value), data, "a second form of the same value");
    }
}

fn message(data: &[u8]) {
    if let Ok(envelope) = Envelope::parse(data) {
        let _ = envelope.session_id();
        if let Envelope::Initial(message) = envelope {
            assert!(message.prekeys().kem_kind.is_kem());
        }
    }
}

fn recovery_code(data: &[u8]) {
    if let Ok(code) = core::str::from_utf8(data).map(RecoveryCode::parse)
        && let Ok(code) = code
    {
        assert_eq!(RecoveryCode::parse(&code.to_text()).as_ref(), Ok(&code));
    }
}

fn safety_number(data: &[u8]) {
    let root = RootPublicKey::decode(data.get(..RootPublicKey::LEN).unwrap_or_default());
    if let Ok(root) = root {
        let account = sotto_keys::AccountId::from_bytes([1; 16]);
        let number = SafetyNumber::between((account, &root), (account, &root));
        let _ = number.matches_scanned(&data[RootPublicKey::LEN..]);
    }
}

fn secret_keys(data: &[u8]) {
    reencodes(data, RootKeys::from_secret_bytes(data), |keys| {
        keys.to_secret_bytes().to_vec()
    });
    reencodes(data, DeviceKeys::from_secret_bytes(data), |keys| {
        keys.to_secret_bytes().to_vec()
    });
    reencodes(data, PrekeySecret::from_secret_bytes(data), |secret| {
        secret.to_secret_bytes().to_vec()
    });
    reencodes(data, SkippedKeyId::from_bytes(data), |id| id.to_bytes().to_vec());
    reencodes(data, BraidRowId::from_bytes(data), |id| id.to_bytes().to_vec());
}

/// A state behind its length in two bytes, then the row of the exchange.
fn session_state(data: &[u8]) {
    let Some((length, rest)) = data.split_first_chunk() else {
        return;
    };
    let Some((state, row)) = rest.split_at_checked(u16::from_be_bytes(*length).into()) else {
        return;
    };
    let Ok(exchange) = BraidRowId::from_bytes(&[0; BraidRowId::LEN]) else {
        return;
    };
    let loaded = Session::load(state, [(exchange, row)], Vec::<(SkippedKeyId, Vec<u8>)>::new());
    if let Ok(mut session) = loaded {
        assert_eq!(
            session.take_changes().state[..],
            *state,
            "a second form of the same state"
        );
        let _ = session.decrypt(data);
    }
}
