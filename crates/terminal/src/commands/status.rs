//! `status`: what this device and the server know of each other.

use crate::clock::now;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::print::Form;
use serde::Serialize;
use sotto_engine::{Command, CommandError, Outcome};
use sotto_keys::{AccountId, DeviceId, Username};
use sotto_wire::api::{Me, PrekeyCounts};
use std::fmt;

#[derive(Serialize)]
struct Status {
    account: AccountId,
    device: DeviceId,
    username: Option<Username>,
    server: String,
    connection: Connection,
    /// One-time prekeys left on the server, as far as known.
    prekeys: Option<PrekeyCounts>,
    /// Messages that are not with the server yet.
    outbox: u32,
    /// Messages that can't be decrypted yet.
    waiting: u32,
    /// Messages that were not read.
    unread: u32,
    /// What waits at the server, as far as known.
    mailbox: Option<Mailbox>,
    /// How many devices the account has, as far as known.
    devices: Option<u32>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Connection {
    Online,
    Offline,
}

#[derive(Serialize)]
struct Mailbox {
    messages: u64,
    bytes: u64,
}

/// Prints the status; without a connection what is known here, and fails.
pub async fn run(mut driver: Driver, form: Form) -> Result<(), Failure> {
    let asked = ask(&mut driver).await;
    form.print(&Status::new(&driver, asked.as_ref().ok()))?;
    asked?;
    driver.leave().await
}

async fn ask(driver: &mut Driver) -> Result<Me, Failure> {
    driver.online().await?;
    match driver.run(Command::AskServer).await? {
        Outcome::Me(record) => record.read().map_err(|_| Failure::NotAServer),
        _ => Err(CommandError::Refused.into()),
    }
}

impl Status {
    fn new(driver: &Driver, me: Option<&Me>) -> Self {
        let own = driver.engine().own();
        let conversations = driver.engine().conversations(now());
        Self {
            account: own.account,
            device: own.device,
            username: own.username,
            server: driver.server().to_string(),
            connection: me.map_or(Connection::Offline, |_| Connection::Online),
            prekeys: me.map(|me| me.prekeys).or(own.prekeys),
            outbox: own.outbox,
            waiting: own.waiting,
            unread: conversations.iter().map(|conversation| conversation.unread).sum(),
            mailbox: me.map(|me| Mailbox {
                messages: me.mailbox_messages,
                bytes: me.mailbox_bytes,
            }),
            devices: me.map(|me| me.devices),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let username = self.username.as_ref().map_or("none", Username::as_str);
        let connection = match self.connection {
            Connection::Online => "online",
            Connection::Offline => "offline",
        };
        writeln!(f, "account   {}", self.account)?;
        writeln!(f, "device    {}", self.device)?;
        writeln!(f, "username  {username}")?;
        writeln!(f, "server    {} ({connection})", self.server)?;
        if let Some(prekeys) = self.prekeys {
            let (ec, kem) = (prekeys.one_time_ec, prekeys.one_time_kem);
            writeln!(f, "prekeys   {ec} X25519, {kem} ML-KEM")?;
        }
        if let Some(mailbox) = &self.mailbox {
            writeln!(
                f,
                "mailbox   {} messages, {} bytes",
                mailbox.messages, mailbox.bytes
            )?;
        }
        writeln!(f, "outbox    {}", self.outbox)?;
        writeln!(f, "waiting   {}", self.waiting)?;
        write!(f, "unread    {}", self.unread)
    }
}
