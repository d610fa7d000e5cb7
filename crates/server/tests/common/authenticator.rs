//! An authenticator in software: one resident ES256 key (WebAuthn Level 3, sections 6.1, 6.5.4 and 8.7).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The person is present and verified.
const PRESENT_AND_VERIFIED: u8 = 0b0000_0101;
/// The key's public half is attached.
const ATTESTED: u8 = 0b0100_0000;
const ID: &[u8; 16] = b"a credential's i";

pub struct Authenticator {
    key: SigningKey,
    user: String,
    pub counter: u32,
}

impl Authenticator {
    /// Makes the key that the options ask for, and the credential that registers it.
    pub fn create(options: &Value, origin: &str) -> (Self, Value) {
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let authenticator = Self {
            key,
            user: options["user"]["id"].as_str().unwrap().to_owned(),
            counter: 1,
        };
        let client_data = client_data("webauthn.create", options, origin);
        let credential = json!({
            "id": encode(ID),
            "rawId": encode(ID),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(&client_data),
                "attestationObject": encode(&authenticator.attestation(&options["rp"]["id"])),
            },
            "clientExtensionResults": {},
        });
        (authenticator, credential)
    }

    /// Answers the options with an assertion.
    pub fn assert(&mut self, options: &Value, origin: &str) -> Value {
        self.counter += 1;
        let client_data = client_data("webauthn.get", options, origin);
        let data = self.data(&options["rpId"], PRESENT_AND_VERIFIED);
        let signature: Signature = self
            .key
            .sign(&[&data[..], &Sha256::digest(&client_data)[..]].concat());
        json!({
            "id": encode(ID),
            "rawId": encode(ID),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(&client_data),
                "authenticatorData": encode(&data),
                "signature": encode(signature.to_der().as_bytes()),
                "userHandle": self.user,
            },
            "clientExtensionResults": {},
        })
    }

    fn data(&self, rp: &Value, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(rp.as_str().unwrap()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// CBOR: {"fmt": "none", "attStmt": {}, "authData": h'..'}
    fn attestation(&self, rp: &Value) -> Vec<u8> {
        let mut data = self.data(rp, PRESENT_AND_VERIFIED | ATTESTED);
        data.extend([0; 16]);
        data.extend(16_u16.to_be_bytes());
        data.extend(ID);
        data.extend(self.cose_key());
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        object
    }

    /// CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(&point.as_bytes()[1..33]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(&point.as_bytes()[33..65]);
        key
    }
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let challenge = &options["challenge"];
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
        .to_string()
        .into_bytes()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
