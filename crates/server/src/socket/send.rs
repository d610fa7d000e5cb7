//! `Send`: from a frame to mailboxes, and what the sender is told.

use crate::app::State;
use crate::limiter::Limited;
use crate::refusal::store_code;
use sha2::{Digest as _, Sha256};
use sotto_keys::{AccountId, Address, Timestamp};
use sotto_store::{Appended, Digest, MailboxLimits, Outgoing, StoreError, StoreFuture};
use sotto_wire::Code;
use sotto_wire::frame::{Recipient, Refused, Send, SendId, ServerFrame};
use std::time::Duration;

/// A send on its way to the disk.
pub(super) struct Pending {
    pub(super) id: SendId,
    pub(super) at: Timestamp,
    pub(super) recipients: Vec<Address>,
}

/// Checks what can be checked at once, and hands the send to the storage.
pub(super) fn submit(
    app: &State,
    sender: Address,
    send: Send,
) -> Result<(Pending, StoreFuture<'_, Appended>), Box<ServerFrame>> {
    let (id, at) = (send.id, app.now());
    let refuse = |code, retry_after| Box::new(refusal(Some(id), code, retry_after, Vec::new()));
    if let Err(Limited { retry_after }) = app.limits.messages.take(sender.account, at) {
        app.metrics.limited.increment();
        return Err(refuse(Code::RateLimited, retry_after));
    }
    if send
        .recipients
        .iter()
        .any(|recipient| recipient.address == sender)
    {
        return Err(refuse(Code::BadRequest, Duration::ZERO));
    }
    let pending = Pending {
        id,
        at,
        recipients: send
            .recipients
            .iter()
            .map(|recipient| recipient.address)
            .collect(),
    };
    let outgoing = Outgoing {
        sender,
        id,
        digest: digest(&send.recipients),
        at,
        recipients: send.recipients,
        lists: send.lists,
    };
    let limits = MailboxLimits {
        messages: app.config.mailbox_messages,
        bytes: app.config.mailbox_bytes,
    };
    Ok((pending, app.stores.mailboxes.append(outgoing, limits)))
}

/// What the sender is told. Recipients who are connected learn of their mail, which is on the disk by now.
pub(super) fn conclude(app: &State, pending: &Pending, outcome: Result<Appended, StoreError>) -> ServerFrame {
    let id = pending.id;
    let refuse = |code, stale| refusal(Some(id), code, Duration::ZERO, stale);
    match outcome {
        Ok(Appended::Stored) => {
            app.metrics.messages.add(pending.recipients.len() as u64);
            pending.recipients.iter().for_each(|device| app.hub.wake(*device));
            ServerFrame::Accepted { id, at: pending.at }
        }
        Ok(Appended::Repeated { at }) => ServerFrame::Accepted { id, at },
        Ok(Appended::IdReused) => refuse(Code::IdReused, Vec::new()),
        Ok(Appended::UnknownSender) => refuse(Code::Revoked, Vec::new()),
        Ok(Appended::UnknownDevice { accounts }) => refuse(Code::UnknownDevice, accounts),
        Ok(Appended::StaleList { accounts }) => refuse(Code::StaleDeviceList, accounts),
        Ok(Appended::MailboxFull) => refuse(Code::MailboxFull, Vec::new()),
        Err(error) => {
            tracing::error!(%error, "a send failed");
            refuse(store_code(error), Vec::new())
        }
    }
}

/// A refusal as a frame.
pub(super) fn refusal(
    id: Option<SendId>,
    code: Code,
    retry_after: Duration,
    stale: Vec<AccountId>,
) -> ServerFrame {
    ServerFrame::Refused(Refused {
        id,
        code,
        retry_after,
        stale,
    })
}

/// Over recipients and bodies, in order, each body after its length.
fn digest(recipients: &[Recipient]) -> Digest {
    let mut hash = Sha256::new();
    for recipient in recipients {
        hash.update(recipient.address.to_bytes());
        hash.update((recipient.body.len() as u64).to_be_bytes());
        hash.update(&recipient.body);
    }
    hash.finalize().into()
}
