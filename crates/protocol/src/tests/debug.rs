//! `Debug` of whatever holds a secret: snapshots, so that a new field forces a look.

use super::fixtures::{NOW, Pair, rng};
use crate::{
    DeviceKeys, PassphraseCost, PrekeySecretsRef, RecoveryCode, RootEnvelope, RootKeys, SessionChanges,
    VaultKey, WrapSecret,
};

#[test]
fn debug_shows_no_secret() {
    let mut rng = rng(1);
    let pair = Pair::shared();
    let root = RootKeys::generate(&mut rng);
    let public = format!("{:?}", root.public());
    let fingerprint = public
        .trim_start_matches("RootPublicKey(")
        .trim_end_matches(')')
        .to_owned()
        + ")";
    assert_eq!(
        format!("{root:?}"),
        format!("RootKeys {{ public: {fingerprint}, .. }}")
    );

    let device = DeviceKeys::generate(&mut rng);
    assert_eq!(
        format!("{device:?}"),
        format!("DeviceKeys {{ public: {:?}, .. }}", device.public())
    );

    let PrekeySecretsRef { signed_ec, kem, .. } = pair.prekeys.secrets();
    assert_eq!(
        format!("{signed_ec:?}"),
        "PrekeySecret { kind: SignedEc, id: 70, .. }"
    );
    assert_eq!(
        format!("{kem:?}"),
        "PrekeySecret { kind: OneTimeKem, id: 70, .. }"
    );

    let code = RecoveryCode::generate(&mut rng);
    assert_eq!(format!("{code:?}"), "RecoveryCode([secret])");
    assert_eq!(
        format!("{:?}", WrapSecret::Recovery(&code)),
        "WrapSecret::Recovery([secret])"
    );
    assert_eq!(
        format!("{:?}", WrapSecret::Passphrase("hunter2")),
        "WrapSecret::Passphrase([secret])"
    );
    assert_eq!(
        format!("{:?}", VaultKey::generate(&mut rng)),
        "VaultKey([secret])"
    );

    let (mut alice, bob) = pair.sessions(&mut rng);
    assert_eq!(
        format!("{alice:?}"),
        format!(
            "Session {{ id: SessionId({}), role: Initiator, has_answer: false, .. }}",
            alice.id()
        )
    );
    assert_eq!(
        format!("{bob:?}"),
        format!(
            "Session {{ id: SessionId({}), role: Responder, has_answer: true, .. }}",
            bob.id()
        )
    );
    let changes: SessionChanges = alice.take_changes();
    assert_eq!(
        format!("{changes:?}"),
        "SessionChanges { braid: 1, skipped_added: 0, skipped_removed: 0, .. }"
    );
    assert!(format!("{:?}", alice.seal_ephemeral(&mut rng, NOW, b"x").map(|_| ())).contains("Ok"));

    let envelope = RootEnvelope::seal(
        &mut rng,
        &root,
        pair.alice.local.address.account,
        &WrapSecret::Prf(&[1; 32]),
        PassphraseCost::RECOMMENDED,
    );
    let secret = hex::encode(&root.to_secret_bytes()[1..]);
    assert!(!format!("{envelope:?}{:?}", pair.alice.local).contains(&secret[..16]));
}
