//! The encrypted store: carries out `Persist`, answers timeline and search.

use sotto_engine::view::{MessageState, MessageView};
use sotto_engine::{Batch, Change, Record, StoredMessage, Table};
use sotto_keys::{AccountId, Timestamp};
use sotto_sqlite::rusqlite::types::FromSqlError;
use sotto_sqlite::rusqlite::{Connection, Error, Params, Row, Transaction, TransactionBehavior, params};
use zeroize::Zeroizing;

use crate::folder::Lock;
use crate::{CommitError, OpenError, ReadError, schema, search};

/// Most messages that one query gives; a higher limit is lowered to it.
pub const PAGE_MAX: u32 = 200;

/// An unlocked store. It holds the database alone until it is dropped.
pub struct Store {
    connection: Connection,
    /// Let go after the connection is closed.
    _lock: Lock,
}

/// Shows nothing of what is stored.
impl core::fmt::Debug for Store {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Brings the database up to date.
    pub(crate) fn new(mut connection: Connection, lock: Lock) -> Result<Self, OpenError> {
        sotto_sqlite::migrate(&mut connection, schema::STORE)?;
        Ok(Self {
            connection,
            _lock: lock,
        })
    }

    /// Commits all changes of a batch in their order, durably, or none.
    ///
    /// # Errors
    /// See [`CommitError`]; the store is then as it was.
    pub fn commit(&mut self, batch: &Batch) -> Result<(), CommitError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for change in &batch.changes {
            apply(&transaction, change)?;
        }
        Ok(transaction.commit()?)
    }

    /// Every record, by table and key.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn records(&self) -> Result<Vec<Record>, ReadError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT tab, key, value FROM record ORDER BY tab, key")?;
        let records = statement.query_map([], record)?.collect::<Result<_, _>>()?;
        Ok(records)
    }

    /// A page of a timeline, oldest first: the messages before position `before`, or the newest.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn messages(
        &self,
        conversation: AccountId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<MessageView>, ReadError> {
        let mut page = self.page(
            "SELECT * FROM message WHERE conversation = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3",
            params![
                conversation.as_bytes(),
                before.unwrap_or(i64::MAX),
                limit.min(PAGE_MAX)
            ],
        )?;
        page.reverse();
        Ok(page)
    }

    /// A page of a timeline, oldest first: the messages after position `after`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn messages_after(
        &self,
        conversation: AccountId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<MessageView>, ReadError> {
        self.page(
            "SELECT * FROM message WHERE conversation = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
            params![conversation.as_bytes(), after, limit.min(PAGE_MAX)],
        )
    }

    /// A page of a timeline, oldest first, with `position` in its middle: half of `limit` before it, the rest from it on.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn messages_around(
        &self,
        conversation: AccountId,
        position: i64,
        limit: u32,
    ) -> Result<Vec<MessageView>, ReadError> {
        let limit = limit.min(PAGE_MAX);
        let before = limit / 2;
        let mut page = self.messages(conversation, Some(position), before)?;
        let from_it_on = position.saturating_sub(1);
        page.extend(self.messages_after(conversation, from_it_on, limit - before)?);
        Ok(page)
    }

    /// Messages that hold all of the words, the last one as a prefix, newest first. Letters' case and diacritics
    /// don't count.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn search(
        &self,
        words: &str,
        conversation: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<MessageView>, ReadError> {
        let Some(expression) = search::expression(words) else {
            return Ok(Vec::new());
        };
        self.page(
            "SELECT message.* FROM word JOIN message ON message.position = word.rowid
             WHERE word MATCH ?1 AND (?2 IS NULL OR message.conversation = ?2)
             ORDER BY word.rowid DESC LIMIT ?3",
            params![
                expression,
                conversation.as_ref().map(AccountId::as_bytes),
                limit.min(PAGE_MAX)
            ],
        )
    }

    /// Where a message that the engine told of stands: the `position` that its view has once it is read back. `None`
    /// if it is gone.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn position(&self, message: &MessageView) -> Result<Option<i64>, ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT position FROM message WHERE conversation = ?1 AND id = ?2 AND author = ?3",
        )?;
        let key = params![
            message.conversation.as_bytes(),
            message.id.0,
            message.author.as_bytes()
        ];
        let position = statement.query_map(key, |row| row.get(0))?.next().transpose()?;
        Ok(position)
    }

    fn page(&self, sql: &str, params: impl Params) -> Result<Vec<MessageView>, ReadError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let messages = statement.query_map(params, message)?.collect::<Result<_, _>>()?;
        Ok(messages)
    }
}

fn apply(transaction: &Transaction<'_>, change: &Change) -> Result<(), Error> {
    match change {
        Change::Put(record) => put(transaction, record),
        Change::Delete { table, key } => execute(
            transaction,
            "DELETE FROM record WHERE tab = ?1 AND key = ?2",
            params![table.number(), key],
        ),
        Change::Append(message) => append(transaction, message),
        Change::Raise {
            conversation,
            ids,
            state,
        } => ids
            .iter()
            .try_for_each(|id| raise(transaction, *conversation, &id.0, *state)),
        Change::DeleteMessage { conversation, id } => execute(
            transaction,
            "DELETE FROM message WHERE conversation = ?1 AND id = ?2",
            params![conversation.as_bytes(), id.0],
        ),
        Change::ClearConversation { conversation } => execute(
            transaction,
            "DELETE FROM message WHERE conversation = ?1",
            params![conversation.as_bytes()],
        ),
    }
}

fn put(transaction: &Transaction<'_>, record: &Record) -> Result<(), Error> {
    execute(
        transaction,
        "INSERT INTO record (tab, key, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (tab, key) DO UPDATE SET value = excluded.value",
        params![record.table.number(), record.key, record.value.as_slice()],
    )
}

/// Looks before it inserts: an insert that is taken back would use up a position.
fn append(transaction: &Transaction<'_>, message: &StoredMessage) -> Result<(), Error> {
    execute(
        transaction,
        "INSERT INTO message (conversation, id, author, sent_at, received_at, state, text)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE NOT EXISTS (SELECT 1 FROM message WHERE conversation = ?1 AND id = ?2 AND author = ?3)",
        params![
            message.conversation.as_bytes(),
            message.id.0,
            message.author.as_bytes(),
            integer(message.sent_at),
            integer(message.received_at),
            message.state.number(),
            message.text
        ],
    )
}

fn raise(
    transaction: &Transaction<'_>,
    conversation: AccountId,
    id: &[u8; 16],
    state: MessageState,
) -> Result<(), Error> {
    let mut statement = transaction
        .prepare_cached("SELECT position, state FROM message WHERE conversation = ?1 AND id = ?2")?;
    let found: Vec<(i64, MessageState)> = statement
        .query_map(params![conversation.as_bytes(), id], |row| {
            Ok((row.get(0)?, state_in(row, 1)?))
        })?
        .collect::<Result<_, _>>()?;
    for (position, from) in found {
        if state.may_follow(from) {
            execute(
                transaction,
                "UPDATE message SET state = ?2 WHERE position = ?1",
                params![position, state.number()],
            )?;
        }
    }
    Ok(())
}

fn execute(transaction: &Transaction<'_>, sql: &str, params: impl Params) -> Result<(), Error> {
    transaction.prepare_cached(sql)?.execute(params)?;
    Ok(())
}

fn record(row: &Row<'_>) -> Result<Record, Error> {
    let number: u8 = row.get(0)?;
    let value = row.get_ref(2)?.as_blob()?;
    Ok(Record {
        table: Table::from_number(number).ok_or(Error::IntegralValueOutOfRange(0, number.into()))?,
        key: row.get(1)?,
        value: Zeroizing::new(value.to_vec()),
    })
}

fn message(row: &Row<'_>) -> Result<MessageView, Error> {
    let id = row.get_ref("id")?.as_blob()?;
    Ok(MessageView {
        position: row.get("position")?,
        conversation: AccountId::from_bytes(row.get("conversation")?),
        id: id.try_into().map_err(|_| FromSqlError::InvalidType)?,
        author: AccountId::from_bytes(row.get("author")?),
        sent_at: timestamp(row.get("sent_at")?),
        received_at: timestamp(row.get("received_at")?),
        text: row.get("text")?,
        state: state_in(row, row.as_ref().column_index("state")?)?,
    })
}

fn state_in(row: &Row<'_>, column: usize) -> Result<MessageState, Error> {
    let number: u8 = row.get(column)?;
    MessageState::from_number(number).ok_or(Error::IntegralValueOutOfRange(column, number.into()))
}

/// The same 64 bits, because a peer's clock can claim any time and SQLite knows signed integers only; nothing is
/// sorted by them.
fn integer(time: Timestamp) -> i64 {
    time.as_millis().cast_signed()
}

fn timestamp(integer: i64) -> Timestamp {
    Timestamp::from_millis(integer.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{ALICE, BOB, append, batch, message, put, store};

    impl Store {
        /// Holds the index of words against the messages.
        pub(crate) fn check_index(&self) {
            self.connection
                .execute("INSERT INTO word (word, rank) VALUES ('integrity-check', 1)", [])
                .unwrap();
        }

        fn limit_pages_to(&self, pages: i64) {
            self.connection
                .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
                .unwrap();
        }

        fn pages(&self) -> i64 {
            self.connection
                .query_row("PRAGMA page_count", [], |row| row.get(0))
                .unwrap()
        }

        fn texts_found(&self, words: &str) -> Vec<String> {
            let found = self.search(words, None, 10).unwrap();
            found.into_iter().map(|message| message.text).collect()
        }
    }

    #[test]
    fn a_full_disk_leaves_everything_as_it_was() {
        let (_directory, mut store) = store();
        store
            .commit(&batch([put(Table::Own, b"k", b"before"), append(1, "before")]))
            .unwrap();
        let before = (store.records().unwrap(), store.messages(BOB, None, 10).unwrap());

        store.limit_pages_to(store.pages());
        let large = batch([
            put(Table::Own, b"k", b"after"),
            append(2, "after"),
            put(Table::Own, b"large", &[0; 100_000]),
        ]);
        assert!(matches!(store.commit(&large), Err(CommitError::Full)));
        assert!((store.records().unwrap(), store.messages(BOB, None, 10).unwrap()) == before);
        assert!(store.texts_found("after").is_empty());
        store.check_index();

        store.limit_pages_to(1_000_000);
        store.commit(&large).unwrap();
        assert_eq!(store.texts_found("after"), ["after"]);
    }

    #[test]
    fn search_finds_words_whatever_their_case_and_diacritics() {
        let (_directory, mut store) = store();
        let mut own = message(4, "Crème brûlée again");
        own.conversation = ALICE;
        store
            .commit(&batch([
                append(1, "Crème brûlée for two"),
                append(2, "creme of tartar"),
                append(3, "two \"quoted\" words AND one NOT more"),
                Change::Append(own),
            ]))
            .unwrap();

        assert_eq!(
            store.texts_found("CREME bru"),
            ["Crème brûlée again", "Crème brûlée for two"]
        );
        assert_eq!(store.texts_found("two crème"), ["Crème brûlée for two"]);
        assert_eq!(store.texts_found("tart"), ["creme of tartar"]);
        assert!(
            store.texts_found("tart creme").is_empty(),
            "only the last word is a prefix"
        );
        let with_alice = store.search("creme", Some(ALICE), 10).unwrap();
        assert_eq!(with_alice.len(), 1);
        assert_eq!(with_alice[0].conversation, ALICE);
        assert_eq!(store.search("creme", None, 2).unwrap().len(), 2);
    }

    #[test]
    fn nothing_typed_is_syntax() {
        let (_directory, mut store) = store();
        store
            .commit(&batch([append(
                1,
                "two \"quoted\" words AND one NOT more (col:umn)",
            )]))
            .unwrap();
        for typed in [
            "\"quoted\"",
            "words AND",
            "NOT",
            "one NOT m",
            "col:umn)",
            "quoted\" words",
            "… two -",
        ] {
            assert_eq!(store.texts_found(typed).len(), 1, "{typed}");
        }
        for typed in [
            "",
            "\"",
            "*",
            "two OR absent",
            "text:two",
            "NEAR(two words)",
            "^one",
            "\0",
        ] {
            let _ = store.texts_found(typed);
        }
        assert!(store.texts_found("two OR absent").is_empty());
    }

    #[test]
    fn a_deleted_message_is_not_found_and_its_position_not_given_again() {
        let (_directory, mut store) = store();
        store
            .commit(&batch([append(1, "stays"), append(2, "goes")]))
            .unwrap();
        let last = store.messages(BOB, None, 1).unwrap().remove(0);
        let delete = Change::DeleteMessage {
            conversation: BOB,
            id: last.id,
        };
        store.commit(&batch([delete, append(3, "comes")])).unwrap();

        assert!(store.texts_found("goes").is_empty());
        assert_eq!(store.position(&last).unwrap(), None);
        let after = store.messages_after(BOB, last.position, 10).unwrap();
        assert_eq!(after.len(), 1);
        assert_eq!(after[0].text, "comes");
    }

    #[test]
    fn a_page_has_an_upper_limit() {
        let (_directory, mut store) = store();
        let messages = (0..=u8::MAX).map(|id| append(id, "many"));
        store.commit(&batch(messages)).unwrap();
        assert_eq!(store.messages(BOB, None, u32::MAX).unwrap().len(), 200);
        assert_eq!(store.messages_after(BOB, 0, u32::MAX).unwrap().len(), 200);
        assert_eq!(store.search("many", None, u32::MAX).unwrap().len(), 200);
        assert_eq!(store.messages_around(BOB, 128, u32::MAX).unwrap().len(), 200);
    }
}
