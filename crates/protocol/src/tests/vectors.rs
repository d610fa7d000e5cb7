//! Frozen vectors of our own formats and derivations, in `tests/vectors/`: each file a flat JSON object of
//! hexadecimal strings, in the order in which a second implementation meets them.
//!
//! `SOTTO_WRITE_VECTORS=1 cargo test -p sotto-protocol vectors` writes the files anew. A file that changes breaks
//! everyone who has spoken the protocol before.

use std::path::PathBuf;

use sotto_keys::{
    DeviceCertificate, DeviceList, PrekeyBundle, PrekeyKind, Purpose, SafetyNumber, SignInChallenge,
    tag_prefix, tagged_hash,
};

use super::fixtures::{NOW, Pair, Person, rng};
use crate::{PassphraseCost, RecoveryCode, RootEnvelope, VaultKey, WrapSecret};

/// The lines of one file.
#[derive(Default)]
pub(crate) struct Vectors(Vec<(String, String)>);

impl Vectors {
    pub(crate) fn bytes(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        self.text(name, &hex::encode(bytes));
    }

    /// A value that is no bytes; letters, digits, spaces and hyphens only.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        assert!(!self.has(name), "{name} twice");
        self.0.push((name.into(), text.into()));
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    fn render(&self) -> String {
        let lines: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("  \"{name}\": \"{value}\""))
            .collect();
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }

    /// Compares with the file, or writes it if asked to.
    pub(crate) fn check(&self, file: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/vectors")
            .join(file);
        if std::env::var_os("SOTTO_WRITE_VECTORS").is_some() {
            std::fs::write(&path, self.render()).unwrap();
        }
        let frozen = std::fs::read_to_string(&path).unwrap();
        for (line, frozen) in self.render().lines().zip(frozen.lines()) {
            assert_eq!(line, frozen, "{file} has changed");
        }
        assert_eq!(self.render(), frozen, "{file} has changed");
    }
}

#[test]
fn identity() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let address = alice.local.address;
    let mut v = Vectors::default();
    v.bytes("account", address.account.as_bytes());
    v.bytes("device", address.device.as_bytes());
    v.text("now", &NOW.as_millis().to_string());
    v.bytes("root_secret", alice.root.to_secret_bytes());
    v.bytes("root_public", alice.local.root.encode());
    v.bytes("root_fingerprint", alice.local.root.fingerprint());
    v.bytes("device_secret", alice.local.keys.to_secret_bytes());
    v.bytes("device_public", alice.local.keys.public().encode());
    v.bytes(
        "device_signing_fingerprint",
        alice.local.keys.public().signing.fingerprint(),
    );

    let certificate = DeviceCertificate::decode(&alice.certified.encoded()).unwrap();
    let signed_part = &certificate.encode()[..DeviceCertificate::LEN - 3373];
    v.bytes(
        "certificate_to_be_signed",
        alice
            .local
            .root
            .signing()
            .to_be_signed(Purpose::DeviceCertificate, signed_part),
    );
    v.bytes("certificate", certificate.encode());
    v.bytes("certificate_hash", certificate.hash());

    let first = DeviceList::first(address.account, vec![certificate.hash()]).unwrap();
    let second = first.next(vec![[0xff; 32], certificate.hash()]).unwrap();
    v.bytes("first_list", alice.root.sign_list(first.clone()).encode());
    v.bytes("first_list_hash", first.hash());
    v.bytes("second_list", alice.root.sign_list(second.clone()).encode());
    v.bytes("second_list_pin", second.pin().to_bytes());

    v.bytes("next_root_secret", bob.root.to_secret_bytes());
    v.bytes(
        "rotation",
        alice.root.rotate_to(&bob.root, address.account, NOW).encode(),
    );

    let origin = "https://chat.example".to_owned();
    let challenge = SignInChallenge {
        origin,
        address,
        nonce: [7; 32],
        expires: NOW,
    };
    v.bytes("challenge", challenge.encode());
    v.bytes("challenge_answer", alice.local.keys.sign_in(&challenge));

    let theirs = (bob.local.address.account, &bob.local.root);
    let number = SafetyNumber::between((address.account, &alice.local.root), theirs);
    v.bytes("other_account", theirs.0.as_bytes());
    v.bytes("other_root_public", theirs.1.encode());
    v.bytes("safety_number_code", number.qr_payload());
    v.text("safety_number_digits", &number.digits());
    v.check("identity.json");
}

#[test]
fn prekeys() {
    let bob = Person::bob();
    let mut v = Vectors::default();
    v.bytes("device_secret", bob.local.keys.to_secret_bytes());
    v.bytes("address", bob.local.address.to_bytes());
    let (secrets, batch) = bob.batch(PrekeyKind::OneTimeEc, 3);
    let encoded = batch.encode();
    let keys = encoded[80 + 3373..].as_chunks::<32>().0;
    let leaves: Vec<_> = (0..3)
        .map(|i: u8| leaf(PrekeyKind::OneTimeEc, 70 + u32::from(i), &keys[usize::from(i)]))
        .collect();
    for (index, (secret, leaf)) in secrets.iter().zip(&leaves).enumerate() {
        v.bytes(&format!("secret_{index}"), secret.to_secret_bytes());
        v.bytes(&format!("leaf_{index}"), leaf);
    }
    let node = tagged_hash("sotto/1 prekey node", &[&leaves[0], &leaves[1]]);
    let root = tagged_hash("sotto/1 prekey node", &[&node, &leaves[2]]);
    assert_eq!(encoded[32..64], root);
    v.bytes("node_0_1", node);
    v.bytes("root", root);
    v.bytes("batch", &encoded);
    let verified = batch.verify(&bob.certified, NOW).unwrap();
    v.bytes("prekey_0", verified.prekey(0).unwrap().encode());
    v.bytes("prekey_2", verified.prekey(2).unwrap().encode());

    let (secrets, batch) = bob.batch(PrekeyKind::LastResortKem, 1);
    let encoded = batch.encode();
    assert_eq!(
        encoded[32..64],
        leaf(PrekeyKind::LastResortKem, 70, &encoded[80 + 3373..])
    );
    v.bytes("kem_secret", secrets[0].to_secret_bytes());
    v.bytes("kem_batch", &encoded);

    let bundle = Pair::shared().prekeys.bundle.clone();
    v.bytes("bundle_hash", tagged_hash("bundle", &[&bundle.encode()]));
    let without = PrekeyBundle {
        one_time_ec: None,
        ..bundle
    };
    v.bytes(
        "bundle_without_one_time_hash",
        tagged_hash("bundle", &[&without.encode()]),
    );
    v.check("prekeys.json");
}

fn leaf(kind: PrekeyKind, id: u32, key: &[u8]) -> [u8; 32] {
    tagged_hash("sotto/1 prekey leaf", &[&[kind.number()], &id.to_be_bytes(), key])
}

#[test]
fn vault() {
    let mut rng = rng(0x7661_756c);
    let mut v = Vectors::default();
    let cost = PassphraseCost::new(64, 2).unwrap();
    let key = VaultKey::generate(&mut rng);
    let device_key = [4; 32];
    // A device key wraps the vault key, so that the vector shows what the vault key is.
    v.bytes("device_key", device_key);
    let wrap = key.wrap(&mut rng, &WrapSecret::DeviceKey(&device_key), cost);
    let info = [&tag_prefix("sotto/1 vault key")[..], &wrap.encode()[..34]].concat();
    v.bytes("device_key_wrap_info", &info);
    let salt: &[u8] = &wrap.encode()[2..34];
    let keys = crate::primitives::kdf::hkdf::<44>(salt, &device_key, &info);
    v.bytes("device_key_wrap_key_and_nonce", keys.expose());
    v.bytes("device_key_wrap", wrap.encode());
    v.bytes("subkey_pages", *key.subkey("pages"));
    v.bytes("prf", [1; 32]);
    v.bytes(
        "prf_wrap",
        key.wrap(&mut rng, &WrapSecret::Prf(&[1; 32]), cost).encode(),
    );
    v.text("passphrase", "correct horse battery staple");
    let passphrase = WrapSecret::Passphrase("correct horse battery staple");
    v.bytes("passphrase_wrap", key.wrap(&mut rng, &passphrase, cost).encode());
    let code = RecoveryCode::generate(&mut rng);
    v.text("recovery_code", &code.to_text());
    v.bytes("recovery_code_bytes", code.expose());
    v.bytes(
        "recovery_wrap",
        key.wrap(&mut rng, &WrapSecret::Recovery(&code), cost).encode(),
    );
    v.bytes("opaque_export", [5; 64]);
    v.bytes(
        "opaque_wrap",
        key.wrap(&mut rng, &WrapSecret::OpaqueExport(&[5; 64]), cost)
            .encode(),
    );
    let alice = Person::alice();
    let account = alice.local.address.account;
    v.bytes("account", account.as_bytes());
    v.bytes("root_secret", alice.root.to_secret_bytes());
    let envelope = RootEnvelope::seal(&mut rng, &alice.root, account, &WrapSecret::Prf(&[1; 32]), cost);
    v.bytes("root_envelope", envelope.encode());
    v.check("vault.json");
}
