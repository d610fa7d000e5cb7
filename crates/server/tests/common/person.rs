//! Someone with an account: all the secrets, made from the name.

use super::http;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sotto_keys::{
    AccountId, Address, CertifiedDevice, DeviceCertificate, DeviceId, DeviceList, PrekeyKind,
    SignInChallenge, SignedDeviceList, Timestamp,
};
use sotto_protocol::{DeviceKeys, RootKeys, generate_prekeys};
use sotto_wire::api::{Base64, Challenge, Proof, Register, Session, SignIn, UploadPrekeys};
use sotto_wire::frame::{ListClaim, Recipient};
use std::net::SocketAddr;
use std::time::Duration;

/// Someone with an account.
pub struct Person {
    pub name: String,
    pub rng: ChaCha20Rng,
    pub now: Timestamp,
    pub root: RootKeys,
    pub keys: DeviceKeys,
    pub address: Address,
    pub certificate: DeviceCertificate,
    pub list: DeviceList,
    pub token: String,
    pub token_bytes: [u8; 32],
}

impl Person {
    /// Someone who isn't registered yet.
    pub fn new(name: &str, now: Timestamp) -> Self {
        let mut seed = [0; 32];
        seed[..name.len()].copy_from_slice(name.as_bytes());
        let mut rng = ChaCha20Rng::from_seed(seed);
        let (mut account, mut device) = ([0; 16], [0; 8]);
        rng.fill_bytes(&mut account);
        rng.fill_bytes(&mut device);
        let address = Address {
            account: AccountId::from_bytes(account),
            device: DeviceId::from_bytes(device),
        };
        let root = RootKeys::generate(&mut rng);
        let keys = DeviceKeys::generate(&mut rng);
        let certificate = root.certify(address.account, address.device, keys.public(), now);
        let list = DeviceList::first(address.account, vec![certificate.hash()]).unwrap();
        Self {
            name: name.to_owned(),
            rng,
            now,
            root,
            keys,
            address,
            certificate,
            list,
            token: String::new(),
            token_bytes: [0; 32],
        }
    }

    pub fn account(&self) -> AccountId {
        self.address.account
    }

    pub fn device(&self) -> CertifiedDevice {
        let certificate = self.certificate.clone();
        certificate.verify(&self.root.public(), self.account()).unwrap()
    }

    pub fn signed_list(&self) -> SignedDeviceList {
        self.root.sign_list(self.list.clone())
    }

    /// A batch of prekeys, good for a week.
    pub fn batch(&mut self, kind: PrekeyKind, first: u32, count: u16) -> Base64 {
        let expires = self.now.saturating_add(Duration::from_secs(7 * 86_400));
        let (_, batch) = generate_prekeys(
            &mut self.rng,
            &self.keys,
            self.address,
            kind,
            first,
            count,
            self.now,
            expires,
        )
        .unwrap();
        batch.encode().into()
    }

    /// A signed and a last-resort key, and so many one-time keys of both kinds.
    pub fn prekeys(&mut self, one_time: u16) -> UploadPrekeys {
        let mut batches = vec![
            self.batch(PrekeyKind::SignedEc, 1, 1),
            self.batch(PrekeyKind::LastResortKem, 1, 1),
        ];
        if one_time > 0 {
            batches.push(self.batch(PrekeyKind::OneTimeEc, 1, one_time));
            batches.push(self.batch(PrekeyKind::OneTimeKem, 1, one_time));
        }
        UploadPrekeys { batches }
    }

    /// Takes a challenge and signs it.
    pub async fn answer(&self, server: SocketAddr, origin: &str) -> SignIn {
        let answer = http::request(server, "POST", "/v1/challenges", &[], b"").await;
        let challenge: Challenge = answer.read();
        self.sign(origin, &challenge)
    }

    /// Signs a challenge.
    pub fn sign(&self, origin: &str, challenge: &Challenge) -> SignIn {
        let signed = SignInChallenge {
            origin: origin.to_owned(),
            address: self.address,
            nonce: challenge.nonce.0[..].try_into().unwrap(),
            expires: challenge.expires,
        };
        SignIn {
            address: self.address,
            nonce: challenge.nonce.clone(),
            expires: challenge.expires,
            signature: self.keys.sign_in(&signed).into(),
        }
    }

    /// A registration that is as it should be.
    pub async fn registration(&mut self, server: SocketAddr, origin: &str) -> Register {
        Register {
            account: self.account(),
            username: self.name.parse().ok(),
            root: self.root.public().encode().into(),
            certificate: self.certificate.encode().into(),
            list: self.signed_list().encode().into(),
            prekeys: self.prekeys(2),
            root_envelope: None,
            proof: Proof::Anonymous,
            sign_in: self.answer(server, origin).await,
        }
    }

    /// Makes the account.
    pub async fn register(&mut self, server: SocketAddr, origin: &str) {
        let registration = self.registration(server, origin).await;
        let answer = http::json(server, "POST", "/v1/accounts", None, &registration).await;
        self.hold(&answer.read());
    }

    /// Signs in anew.
    pub async fn sign_in(&mut self, server: SocketAddr, origin: &str) {
        let sign_in = self.answer(server, origin).await;
        let answer = http::json(server, "POST", "/v1/sessions", None, &sign_in).await;
        self.hold(&answer.read());
    }

    /// Keeps a session's token.
    pub fn hold(&mut self, session: &Session) {
        self.token = serde_json::to_value(&session.token)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned();
        self.token_bytes = session.token.0[..].try_into().unwrap();
    }

    /// Ciphertext for this person.
    pub fn recipient(&self, body: &[u8]) -> Recipient {
        Recipient {
            address: self.address,
            body: body.to_vec(),
        }
    }

    /// "I went by this version of your list."
    pub fn claim(&self, version: u64) -> ListClaim {
        ListClaim {
            account: self.account(),
            version,
        }
    }
}
