//! The schema, and how it came about. A step never changes once released.

/// Forward-only migrations; see [`sotto_sqlite::migrate`].
pub(crate) const MIGRATIONS: &[&str] = &[V1];

const V1: &str = "
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    account BLOB NOT NULL UNIQUE,
    username TEXT UNIQUE,
    listed INTEGER NOT NULL,
    root BLOB NOT NULL,
    root_envelope BLOB,
    registration BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    list_version INTEGER NOT NULL
);
-- Every signed list from version 1 on: newcomers follow the chain.
CREATE TABLE device_list (
    account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    version INTEGER NOT NULL,
    list BLOB NOT NULL,
    PRIMARY KEY (account, version)
) WITHOUT ROWID;
-- A revoked device stays as a row, so that its id is never let in again. The numbers are never reused: mail hangs on them.
CREATE TABLE device (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address BLOB NOT NULL UNIQUE,
    certificate BLOB NOT NULL,
    revoked_at INTEGER
);
CREATE INDEX device_by_account ON device (account);
CREATE TABLE passkey (
    credential BLOB PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    state BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX passkey_by_account ON passkey (account);
-- A batch outlives its keys, so that a repeated upload brings none back.
CREATE TABLE prekey_batch (
    id INTEGER PRIMARY KEY,
    device INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    header BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (device, header)
);
CREATE INDEX prekey_batch_by_expiry ON prekey_batch (expires_at);
CREATE TABLE prekey (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES prekey_batch ON DELETE CASCADE,
    device INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    leaf BLOB NOT NULL
);
CREATE INDEX prekey_by_device ON prekey (device, kind, id);
CREATE INDEX prekey_by_batch ON prekey (batch);
-- Appended in order of arrival, never clustered by device: that would be four times slower. The ids are never reused: a
-- late acknowledgement must not hit new mail.
CREATE TABLE mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device INTEGER NOT NULL,
    sender BLOB NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX mail_by_device ON mail (device, id);
CREATE TABLE mailbox (
    device INTEGER PRIMARY KEY,
    messages INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);
CREATE TABLE sent (
    id INTEGER PRIMARY KEY,
    device INTEGER NOT NULL,
    send BLOB NOT NULL,
    digest BLOB NOT NULL,
    at INTEGER NOT NULL
);
CREATE UNIQUE INDEX sent_by_send ON sent (device, send);
CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL);
";
