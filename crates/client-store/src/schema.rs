//! The databases' schemas. A step that was released never changes.

/// The encrypted store.
///
/// Positions are never given twice, so that a page's end stays what it was. The index of words holds no copy of the
/// text, and forgets a deleted message's words at once.
pub(crate) const STORE: &[&str] = &["
    CREATE TABLE record (
        tab INTEGER NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (tab, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE message (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation BLOB NOT NULL,
        id BLOB NOT NULL,
        author BLOB NOT NULL,
        sent_at INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        state INTEGER NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (conversation, id, author)
    ) STRICT;
    CREATE INDEX message_timeline ON message (conversation, position);

    CREATE VIRTUAL TABLE word USING fts5(
        text, content='message', content_rowid='position', tokenize='unicode61 remove_diacritics 2'
    );
    INSERT INTO word (word, rank) VALUES ('secure-delete', 1);
    CREATE TRIGGER message_appended AFTER INSERT ON message BEGIN
        INSERT INTO word (rowid, text) VALUES (new.position, new.text);
    END;
    CREATE TRIGGER message_deleted AFTER DELETE ON message BEGIN
        INSERT INTO word (word, rowid, text) VALUES ('delete', old.position, old.text);
    END;
"];

/// The plain header. It is complete when it has its one row of `profile`.
pub(crate) const HEADER: &[&str] = &["
    CREATE TABLE profile (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        account BLOB NOT NULL,
        device BLOB NOT NULL,
        username TEXT,
        server TEXT NOT NULL
    ) STRICT;
    CREATE TABLE wrap (
        number INTEGER PRIMARY KEY,
        wrapped_key BLOB NOT NULL,
        credential_id BLOB
    ) STRICT;
"];
