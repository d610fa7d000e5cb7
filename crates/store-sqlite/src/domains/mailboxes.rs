//! Mailboxes.

use super::{account_row, device_in_force, identifier, millis, time};
use crate::SqliteStore;
use crate::failure::{Abort, Work};
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_sqlite::rusqlite::{self, Connection, OptionalExtension, params};
use sotto_store::{Appended, Digest, Mail, MailboxLimits, MailboxSize, Mailboxes, Outgoing, StoreFuture};
use sotto_wire::frame::SendId;
use std::collections::BTreeSet;

impl Mailboxes for SqliteStore {
    fn append(&self, send: Outgoing, limits: MailboxLimits) -> StoreFuture<'_, Appended> {
        self.write(move |connection| append(connection, &send, limits))
    }

    fn page(&self, device: Address, after: u64, items: usize, bytes: usize) -> StoreFuture<'_, Vec<Mail>> {
        self.read(move |connection| match device_in_force(connection, device)? {
            Some(row) => page(connection, row, after, items, bytes),
            None => Ok(Vec::new()),
        })
    }

    fn acknowledge(&self, device: Address, ids: Vec<u64>) -> StoreFuture<'_, u64> {
        self.write(move |connection| match device_in_force(connection, device)? {
            Some(row) => Ok(acknowledge(connection, row, &ids)?),
            None => Ok(0),
        })
    }

    fn size(&self, device: Address) -> StoreFuture<'_, MailboxSize> {
        self.read(move |connection| {
            let Some(row) = device_in_force(connection, device)? else {
                return Ok(MailboxSize::default());
            };
            let size = connection
                .prepare_cached("SELECT messages, bytes FROM mailbox WHERE device = ?1")?
                .query_row([row], |row| {
                    Ok(MailboxSize {
                        messages: row.get(0)?,
                        bytes: row.get(1)?,
                    })
                })
                .optional()?;
            Ok(size.unwrap_or_default())
        })
    }
}

fn append(connection: &Connection, send: &Outgoing, limits: MailboxLimits) -> Work<Appended> {
    let Some(sender) = device_in_force(connection, send.sender)? else {
        return Ok(Appended::UnknownSender);
    };
    if let Some((digest, at)) = earlier(connection, sender, send.id)? {
        return Ok(if digest == send.digest {
            Appended::Repeated { at }
        } else {
            Appended::IdReused
        });
    }
    let mut unknown = BTreeSet::new();
    let stale = stale_claims(connection, send, &mut unknown)?;
    let mut devices = Vec::with_capacity(send.recipients.len());
    for recipient in &send.recipients {
        match device_in_force(connection, recipient.address)? {
            Some(row) => devices.push(row),
            None => drop(unknown.insert(recipient.address.account)),
        }
    }
    if !unknown.is_empty() {
        unknown.extend(stale);
        return Ok(Appended::UnknownDevice {
            accounts: unknown.into_iter().collect(),
        });
    }
    if !stale.is_empty() {
        return Ok(Appended::StaleList {
            accounts: stale.into_iter().collect(),
        });
    }
    store(connection, send, sender, &devices, limits)
}

fn earlier(
    connection: &Connection,
    sender: i64,
    id: SendId,
) -> rusqlite::Result<Option<(Digest, Timestamp)>> {
    connection
        .prepare_cached("SELECT digest, at FROM sent WHERE device = ?1 AND send = ?2")?
        .query_row(params![sender, id.0], |row| Ok((row.get(0)?, time(row, 1)?)))
        .optional()
}

/// The accounts with a newer list in force than claimed; those that don't exist go to `unknown`.
fn stale_claims(
    connection: &Connection,
    send: &Outgoing,
    unknown: &mut BTreeSet<AccountId>,
) -> rusqlite::Result<BTreeSet<AccountId>> {
    let mut stale = BTreeSet::new();
    for claim in &send.lists {
        match account_row(connection, claim.account)? {
            Some((_, version)) if version > claim.version => drop(stale.insert(claim.account)),
            Some(_) => {}
            None => drop(unknown.insert(claim.account)),
        }
    }
    Ok(stale)
}

fn store(
    connection: &Connection,
    send: &Outgoing,
    sender: i64,
    devices: &[i64],
    limits: MailboxLimits,
) -> Work<Appended> {
    let address = send.sender.to_bytes();
    let at = millis(send.at);
    for (device, recipient) in devices.iter().zip(&send.recipients) {
        connection
            .prepare_cached("INSERT INTO mail (device, sender, at, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![device, address, at, recipient.body])?;
        let size = connection
            .prepare_cached(
                "INSERT INTO mailbox (device, messages, bytes) VALUES (?1, 1, ?2)
                 ON CONFLICT DO UPDATE SET messages = messages + 1, bytes = bytes + ?2
                 RETURNING messages, bytes",
            )?
            .query_row(params![device, recipient.body.len()], |row| {
                Ok(MailboxSize {
                    messages: row.get(0)?,
                    bytes: row.get(1)?,
                })
            })?;
        if size.messages > limits.messages || size.bytes > limits.bytes {
            return Err(Abort::Refused(Appended::MailboxFull));
        }
    }
    connection
        .prepare_cached("INSERT INTO sent (device, send, digest, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![sender, send.id.0, send.digest, at])?;
    Ok(Appended::Stored)
}

fn page(
    connection: &Connection,
    device: i64,
    after: u64,
    items: usize,
    bytes: usize,
) -> rusqlite::Result<Vec<Mail>> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT id, sender, at, body FROM mail WHERE device = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![device, after, items])?;
    let mut mail: Vec<Mail> = Vec::new();
    let mut left = bytes;
    while let Some(row) = rows.next()? {
        let length = row.get_ref(3)?.as_blob()?.len();
        if length > left && !mail.is_empty() {
            break;
        }
        left = left.saturating_sub(length);
        mail.push(Mail {
            id: row.get(0)?,
            sender: identifier(row, 1)?,
            at: time(row, 2)?,
            body: row.get(3)?,
        });
    }
    Ok(mail)
}

fn acknowledge(connection: &Connection, device: i64, ids: &[u64]) -> rusqlite::Result<u64> {
    let mut delete =
        connection.prepare_cached("DELETE FROM mail WHERE id = ?1 AND device = ?2 RETURNING length(body)")?;
    let mut freed = MailboxSize::default();
    for id in ids.iter().filter_map(|id| i64::try_from(*id).ok()) {
        let length: Option<u64> = delete
            .query_row(params![id, device], |row| row.get(0))
            .optional()?;
        if let Some(length) = length {
            freed.messages += 1;
            freed.bytes += length;
        }
    }
    shrink(connection, device, freed)?;
    Ok(freed.messages)
}

/// Takes deleted mail off a mailbox's count.
pub(super) fn shrink(connection: &Connection, device: i64, by: MailboxSize) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE mailbox SET messages = messages - ?2, bytes = bytes - ?3 WHERE device = ?1")?
        .execute(params![device, by.messages, by.bytes])
        .map(drop)
}
