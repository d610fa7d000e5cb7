//! Forward-only migrations, counted in `PRAGMA user_version`.

use rusqlite::{Connection, TransactionBehavior};

/// Why a database was not brought up to date. It is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was written by a newer program.
    #[error("the database has version {found}, this program knows {supported}")]
    Newer {
        /// Version of the database.
        found: u32,
        /// Newest version this program knows: the number of its migrations.
        supported: u32,
    },
    /// A migration failed.
    #[error("migration to version {version} failed")]
    Step {
        /// Version that the migration would have led to.
        version: u32,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The version could not be read or written.
    #[error("the database's version can't be read or written")]
    Sqlite(#[from] rusqlite::Error),
}

/// Brings the database to version `migrations.len()`: runs, in one transaction, the steps it has not seen yet.
///
/// Step `n` (counted from 0) leads from version `n` to `n + 1` and never changes once released.
///
/// # Errors
/// See [`MigrateError`]; the database is then unchanged.
pub fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), MigrateError> {
    let supported = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > supported {
        return Err(MigrateError::Newer { found, supported });
    }
    for (version, step) in (1..).zip(migrations).skip(found as usize) {
        transaction
            .execute_batch(step)
            .map_err(|source| MigrateError::Step { version, source })?;
    }
    transaction.pragma_update(None, "user_version", supported)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE note (text TEXT NOT NULL)";
    const SECOND: &str = "ALTER TABLE note ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0";

    fn version(connection: &Connection) -> u32 {
        connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn runs_only_the_steps_not_seen_yet() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &[FIRST]).unwrap();
        connection
            .execute("INSERT INTO note VALUES ('kept')", [])
            .unwrap();
        migrate(&mut connection, &[FIRST, SECOND]).unwrap();
        migrate(&mut connection, &[FIRST, SECOND]).unwrap();

        let row: (String, i64) = connection
            .query_row("SELECT text, pinned FROM note", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(row, ("kept".to_owned(), 0));
        assert_eq!(version(&connection), 2);
    }

    #[test]
    fn a_failing_step_takes_the_earlier_ones_back() {
        let mut connection = Connection::open_in_memory().unwrap();
        let error = migrate(&mut connection, &[FIRST, "CREATE NONSENSE"]).unwrap_err();

        assert!(
            matches!(error, MigrateError::Step { version: 2, .. }),
            "{error:?}"
        );
        assert_eq!(version(&connection), 0);
        migrate(&mut connection, &[FIRST, SECOND]).unwrap();
    }
}
