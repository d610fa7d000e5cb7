//! A server in memory, for simulations: it keeps its promises, and watches that clients keep theirs.
//!
//! It believes everybody's signatures; the real server's own tests see to those.

use rand_core::Rng;
use sotto_engine::{Answer, Call};
use sotto_keys::{
    AccountId, Address, CertifiedDevice, DeviceCertificate, DeviceId, PrekeyBatch, PrekeyBundle, PrekeyKind,
    RootPublicKey, Timestamp, Username, VerifiedBatch,
};
use sotto_protocol::{Envelope, SessionId, SkippedKeyId};
use sotto_wire::Code;
use sotto_wire::api::{
    Account, Base64, Challenge, ClaimPrekeys, ClaimedPrekeys, DevicePrekeys, PrekeyCounts, Refusal, Register,
    Session, SignIn, UploadPrekeys,
};
use sotto_wire::frame::{ClientFrame, Delivery, Recipient, Refused, Send, SendId, ServerFrame};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Names a socket.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Socket(pub u64);

/// A client broke a promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Breach {
    /// Two different ciphertexts under one message key.
    KeyUsedTwice {
        /// Whose.
        from: Address,
    },
    /// A repeated send had another body.
    SendChanged {
        /// Whose.
        from: Address,
    },
    /// A frame or a request that makes no sense.
    Nonsense,
}

#[derive(Default)]
struct Device {
    signed: Option<VerifiedBatch>,
    last_resort: Option<VerifiedBatch>,
    one_time_ec: VecDeque<Vec<u8>>,
    one_time_kem: VecDeque<Vec<u8>>,
    mailbox: BTreeMap<u64, Delivery>,
    socket: Option<Socket>,
}

struct Registered {
    answer: Account,
    root_envelope: Option<Base64>,
    devices: BTreeMap<DeviceId, CertifiedDevice>,
}

/// The server.
#[derive(Default)]
pub struct FakeServer {
    accounts: BTreeMap<AccountId, Registered>,
    devices: BTreeMap<Address, Device>,
    tokens: BTreeMap<[u8; 32], (Address, Timestamp)>,
    sockets: BTreeMap<Socket, Option<Address>>,
    sends: BTreeMap<(Address, SendId), Vec<Recipient>>,
    keys_used: BTreeMap<(Address, Address, SessionId, SkippedKeyId), Vec<u8>>,
    next_delivery: u64,
    /// The promises that clients broke.
    pub breaches: Vec<Breach>,
}

/// Frames that go out.
pub type Outgoing = Vec<(Socket, ServerFrame)>;

impl FakeServer {
    /// Answers a call.
    pub fn call(&mut self, call: &Call, now: Timestamp, rng: &mut impl Rng) -> Answer {
        let segments: Vec<_> = call.path.trim_start_matches('/').split('/').collect();
        let body = call.body.as_deref().unwrap_or_default();
        let result = match segments.as_slice() {
            ["v1", "challenges"] => Ok(json(&self.challenge(now, rng))),
            ["v1", "accounts"] => self.register(body, now, rng),
            ["v1", "sessions"] => self.sign_in(body, now, rng),
            signed_in => self.signed_in(call, now).and_then(|address| match signed_in {
                ["v1", "accounts", "by-username", name] => self.by_username(name),
                ["v1", "accounts", account] => self.account(account),
                ["v1", "accounts", account, "prekeys"] => self.claim(account, body),
                ["v1", "prekeys"] => self.upload(address, body, now),
                _ => Err(Code::BadRequest),
            }),
        };
        match result {
            Ok(body) => Answer { status: 200, body },
            Err(code) => refusal(code),
        }
    }

    fn challenge(&self, now: Timestamp, rng: &mut impl Rng) -> Challenge {
        let mut nonce = vec![0; 32];
        rng.fill_bytes(&mut nonce);
        Challenge {
            nonce: Base64(nonce),
            expires: now.saturating_add(Duration::from_secs(300)),
        }
    }

    fn register(&mut self, body: &[u8], now: Timestamp, rng: &mut impl Rng) -> Result<Vec<u8>, Code> {
        let request: Register = serde_json::from_slice(body).map_err(|_| Code::BadRequest)?;
        if self.accounts.contains_key(&request.account) {
            return Ok(json(&self.session(request.sign_in.address, now, rng)));
        }
        let root = RootPublicKey::decode(&request.root.0).map_err(|_| Code::BadRequest)?;
        let device = DeviceCertificate::decode(&request.certificate.0)
            .ok()
            .and_then(|certificate| certificate.verify(&root, request.account).ok())
            .ok_or(Code::BadCertificate)?;
        let address = device.address();
        let answer = Account {
            account: request.account,
            username: request.username,
            root: request.root,
            lists: vec![request.list],
            certificates: vec![request.certificate],
        };
        let devices = BTreeMap::from([(address.device, device)]);
        let root_envelope = request.root_envelope;
        self.accounts.insert(
            request.account,
            Registered {
                answer,
                root_envelope,
                devices,
            },
        );
        self.take_prekeys(address, &request.prekeys, now)?;
        Ok(json(&self.session(address, now, rng)))
    }

    /// Replaces what is said about an account, as after a change of its devices.
    pub fn replace_account(&mut self, answer: Account, devices: Vec<CertifiedDevice>) {
        let root_envelope = self.root_envelope(answer.account);
        let devices = devices
            .into_iter()
            .map(|device| (device.address().device, device))
            .collect();
        self.accounts.insert(
            answer.account,
            Registered {
                answer,
                root_envelope,
                devices,
            },
        );
    }

    /// Forgets an account, as if its owner had deleted it.
    pub fn forget(&mut self, account: AccountId) {
        self.accounts.remove(&account);
        self.devices.retain(|address, _| address.account != account);
    }

    /// The sealed root that an account left here.
    pub fn root_envelope(&self, account: AccountId) -> Option<Base64> {
        self.accounts.get(&account)?.root_envelope.clone()
    }

    /// Takes the prekeys of a device.
    pub fn put_prekeys(&mut self, address: Address, upload: &UploadPrekeys, now: Timestamp) {
        if self.take_prekeys(address, upload, now).is_err() {
            self.breaches.push(Breach::Nonsense);
        }
    }

    /// What is said about an account.
    pub fn account_answer(&self, account: AccountId) -> Option<&Account> {
        self.accounts.get(&account).map(|registered| &registered.answer)
    }

    fn session(&mut self, address: Address, now: Timestamp, rng: &mut impl Rng) -> Session {
        let mut token = [0; 32];
        rng.fill_bytes(&mut token);
        let expires = now.saturating_add(Duration::from_secs(3600));
        self.tokens.insert(token, (address, expires));
        Session {
            token: Base64(token.to_vec()),
            expires,
        }
    }

    fn sign_in(&mut self, body: &[u8], now: Timestamp, rng: &mut impl Rng) -> Result<Vec<u8>, Code> {
        let request: SignIn = serde_json::from_slice(body).map_err(|_| Code::BadRequest)?;
        if !self.knows(request.address) {
            return Err(Code::UnknownDevice);
        }
        Ok(json(&self.session(request.address, now, rng)))
    }

    fn knows(&self, address: Address) -> bool {
        self.accounts
            .get(&address.account)
            .is_some_and(|one| one.devices.contains_key(&address.device))
    }

    fn by_username(&self, name: &str) -> Result<Vec<u8>, Code> {
        let name: Username = name.parse().map_err(|_| Code::UsernameInvalid)?;
        let named = |registered: &&Registered| registered.answer.username.as_ref() == Some(&name);
        let found = self.accounts.values().find(named).ok_or(Code::NotFound)?;
        Ok(json(&found.answer))
    }

    fn account(&self, account: &str) -> Result<Vec<u8>, Code> {
        let account: AccountId = account.parse().map_err(|_| Code::BadRequest)?;
        self.accounts
            .get(&account)
            .map(|registered| json(&registered.answer))
            .ok_or(Code::NotFound)
    }

    fn claim(&mut self, account: &str, body: &[u8]) -> Result<Vec<u8>, Code> {
        let account: AccountId = account.parse().map_err(|_| Code::BadRequest)?;
        let request: ClaimPrekeys = serde_json::from_slice(body).map_err(|_| Code::BadRequest)?;
        let claim = |device: DeviceId| {
            let bundle = self.devices.get_mut(&Address { account, device })?.claim()?;
            Some(DevicePrekeys {
                device,
                bundle: Base64(bundle.encode()),
            })
        };
        Ok(json(&ClaimedPrekeys {
            devices: request.devices.into_iter().filter_map(claim).collect(),
        }))
    }

    /// Whose token a call carries.
    fn signed_in(&self, call: &Call, now: Timestamp) -> Result<Address, Code> {
        let token = call.token.clone().unwrap_or_default();
        let token: Base64 = serde_json::from_value(token.into()).map_err(|_| Code::Unauthenticated)?;
        let token: [u8; 32] = token.0.try_into().map_err(|_| Code::Unauthenticated)?;
        let in_force = self.tokens.get(&token).filter(|(_, expires)| *expires > now);
        in_force.map(|(address, _)| *address).ok_or(Code::Unauthenticated)
    }

    fn upload(&mut self, address: Address, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Code> {
        let request: UploadPrekeys = serde_json::from_slice(body).map_err(|_| Code::BadRequest)?;
        self.take_prekeys(address, &request, now)?;
        Ok(json(&self.counts(address)))
    }

    fn take_prekeys(&mut self, address: Address, upload: &UploadPrekeys, now: Timestamp) -> Result<(), Code> {
        let registered = self.accounts.get(&address.account).ok_or(Code::NotFound)?;
        let certified = registered
            .devices
            .get(&address.device)
            .ok_or(Code::UnknownDevice)?;
        let device = self.devices.entry(address).or_default();
        for batch in &upload.batches {
            let batch = PrekeyBatch::decode(&batch.0).map_err(|_| Code::BadPrekeys)?;
            device.take(batch.verify(certified, now).map_err(|_| Code::BadPrekeys)?);
        }
        Ok(())
    }

    fn counts(&self, address: Address) -> PrekeyCounts {
        let count = |keys: &VecDeque<Vec<u8>>| u32::try_from(keys.len()).unwrap_or(u32::MAX);
        self.devices
            .get(&address)
            .map_or_else(PrekeyCounts::default, |device| PrekeyCounts {
                one_time_ec: count(&device.one_time_ec),
                one_time_kem: count(&device.one_time_kem),
            })
    }

    /// A socket opened.
    pub fn opened(&mut self, socket: Socket) {
        self.sockets.insert(socket, None);
    }

    /// A socket closed.
    pub fn closed(&mut self, socket: Socket) {
        if let Some(Some(address)) = self.sockets.remove(&socket)
            && let Some(device) = self.devices.get_mut(&address)
            && device.socket == Some(socket)
        {
            device.socket = None;
        }
    }

    /// A frame came in.
    pub fn frame(&mut self, socket: Socket, bytes: &[u8], now: Timestamp) -> Outgoing {
        let Ok(frame) = ClientFrame::decode(bytes) else {
            self.breaches.push(Breach::Nonsense);
            return Vec::new();
        };
        let Some(bound) = self.sockets.get(&socket).copied() else {
            return Vec::new();
        };
        match (bound, frame) {
            (None, ClientFrame::Hello { token, .. }) => self.hello(socket, token, now),
            (Some(from), ClientFrame::Send(send)) => self.send(socket, from, send, now),
            (Some(from), ClientFrame::Ephemeral { recipients }) => self.pass_through(from, recipients),
            (Some(address), ClientFrame::Ack { ids }) => {
                let device = self.devices.entry(address).or_default();
                ids.iter().for_each(|id| drop(device.mailbox.remove(id)));
                Vec::new()
            }
            (Some(_), ClientFrame::Ping { nonce }) => vec![(socket, ServerFrame::Pong { nonce })],
            _ => {
                self.breaches.push(Breach::Nonsense);
                Vec::new()
            }
        }
    }

    fn hello(&mut self, socket: Socket, token: [u8; 32], now: Timestamp) -> Outgoing {
        let in_force = self.tokens.get(&token).filter(|(_, expires)| *expires > now);
        let Some((address, _)) = in_force.copied() else {
            let goodbye = ServerFrame::Goodbye {
                code: Code::Unauthenticated,
                retry_after: Duration::ZERO,
            };
            return vec![(socket, goodbye)];
        };
        self.sockets.insert(socket, Some(address));
        let (heartbeat, prekeys) = (Duration::from_secs(30), self.counts(address));
        let device = self.devices.entry(address).or_default();
        device.socket = Some(socket);
        let mut out = vec![(
            socket,
            ServerFrame::Welcome {
                time: now,
                heartbeat,
                prekeys,
            },
        )];
        out.extend(self.redeliver(address));
        out.push((socket, ServerFrame::Drained));
        out
    }

    /// Delivers all mail of a device again, as after a reconnect.
    pub fn redeliver(&self, address: Address) -> Outgoing {
        let Some(device) = self.devices.get(&address) else {
            return Vec::new();
        };
        let Some(socket) = device.socket else {
            return Vec::new();
        };
        let items: Vec<_> = device.mailbox.values().cloned().collect();
        items
            .chunks(10)
            .map(|items| {
                (
                    socket,
                    ServerFrame::Deliver {
                        items: items.to_vec(),
                    },
                )
            })
            .collect()
    }

    fn send(&mut self, socket: Socket, from: Address, send: Send, now: Timestamp) -> Outgoing {
        let id = send.id;
        self.watch(from, &send);
        let unknown: BTreeSet<_> = send
            .recipients
            .iter()
            .filter(|recipient| !self.knows(recipient.address))
            .map(|recipient| recipient.address.account)
            .collect();
        let outdated = send
            .lists
            .iter()
            .filter(|claim| self.is_stale(claim.account, claim.version));
        let stale: BTreeSet<_> = outdated.map(|claim| claim.account).chain(unknown).collect();
        if !stale.is_empty() {
            let (code, retry_after) = (Code::StaleDeviceList, Duration::ZERO);
            let stale = stale.into_iter().collect();
            return vec![(
                socket,
                ServerFrame::Refused(Refused {
                    id: Some(id),
                    code,
                    retry_after,
                    stale,
                }),
            )];
        }
        let mut out = Vec::new();
        if !self.sends.contains_key(&(from, id)) {
            for recipient in &send.recipients {
                out.extend(self.deliver(from, recipient, now));
            }
            self.sends.insert((from, id), send.recipients);
        }
        out.push((socket, ServerFrame::Accepted { id, at: now }));
        out
    }

    fn is_stale(&self, account: AccountId, version: u64) -> bool {
        let current = self
            .accounts
            .get(&account)
            .map(|registered| registered.answer.lists.len());
        current.is_none_or(|current| u64::try_from(current).is_ok_and(|current| version < current))
    }

    fn deliver(&mut self, from: Address, recipient: &Recipient, now: Timestamp) -> Outgoing {
        self.next_delivery += 1;
        let item = Delivery {
            id: self.next_delivery,
            from,
            at: now,
            body: recipient.body.clone(),
        };
        let device = self.devices.entry(recipient.address).or_default();
        device.mailbox.insert(item.id, item.clone());
        device
            .socket
            .map(|socket| (socket, ServerFrame::Deliver { items: vec![item] }))
            .into_iter()
            .collect()
    }

    fn pass_through(&self, from: Address, recipients: Vec<Recipient>) -> Outgoing {
        let pass = |recipient: Recipient| {
            let socket = self.devices.get(&recipient.address)?.socket?;
            Some((
                socket,
                ServerFrame::Ephemeral {
                    from,
                    body: recipient.body,
                },
            ))
        };
        recipients.into_iter().filter_map(pass).collect()
    }

    /// Looks for keys used twice, and for sends that changed.
    fn watch(&mut self, from: Address, send: &Send) {
        if self
            .sends
            .get(&(from, send.id))
            .is_some_and(|known| *known != send.recipients)
        {
            self.breaches.push(Breach::SendChanged { from });
        }
        for recipient in &send.recipients {
            let Ok(envelope) = Envelope::parse(&recipient.body) else {
                self.breaches.push(Breach::Nonsense);
                continue;
            };
            let Some(key) = envelope.message_key() else {
                continue;
            };
            let name = (from, recipient.address, envelope.session_id(), key);
            let known = self
                .keys_used
                .entry(name)
                .or_insert_with(|| recipient.body.clone());
            if *known != recipient.body {
                self.breaches.push(Breach::KeyUsedTwice { from });
            }
        }
    }

    /// Messages that wait in all mailboxes.
    pub fn waiting(&self) -> usize {
        self.devices.values().map(|device| device.mailbox.len()).sum()
    }
}

impl Device {
    fn take(&mut self, batch: VerifiedBatch) {
        let prekeys = |batch: &VerifiedBatch| {
            let all = (0..).map_while(|index| batch.prekey(index));
            all.map(|prekey| prekey.encode()).collect::<Vec<_>>()
        };
        match batch.kind() {
            PrekeyKind::SignedEc => self.signed = Some(batch),
            PrekeyKind::LastResortKem => self.last_resort = Some(batch),
            PrekeyKind::OneTimeEc => self.one_time_ec.extend(prekeys(&batch)),
            PrekeyKind::OneTimeKem => self.one_time_kem.extend(prekeys(&batch)),
        }
    }

    fn claim(&mut self) -> Option<PrekeyBundle> {
        let decode = |bytes: Vec<u8>| sotto_keys::Prekey::decode(&bytes).ok();
        Some(PrekeyBundle {
            signed_ec: self.signed.as_ref()?.prekey(0)?,
            one_time_ec: self.one_time_ec.pop_front().and_then(decode),
            kem: match self.one_time_kem.pop_front().and_then(decode) {
                Some(kem) => kem,
                None => self.last_resort.as_ref()?.prekey(0)?,
            },
        })
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn refusal(code: Code) -> Answer {
    let status = match code {
        Code::NotFound => 404,
        Code::Unauthenticated => 401,
        _ => 400,
    };
    Answer {
        status,
        body: json(&Refusal {
            code,
            message: code.name().to_owned(),
            retry_after: None,
        }),
    }
}
