//! Databases in files, natively.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::{KEY_LENGTH, OpenError, cipher};

/// Durable at commit, readers beside one writer, no dangling references.
const DURABLE: &str = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;";

/// What a client deletes is overwritten, whatever that costs.
const ERASE_DELETED: &str = "PRAGMA secure_delete=ON;";

/// What the server deletes is overwritten where that takes no extra write.
const ERASE_DELETED_CHEAPLY: &str = "PRAGMA secure_delete=FAST;";

/// Opens or creates an unencrypted database.
///
/// # Errors
/// See [`OpenError`]; never [`OpenError::WrongKey`].
pub fn open_plain(path: impl AsRef<Path>) -> Result<Connection, OpenError> {
    let connection = open(path.as_ref())?;
    cipher::first_page(&connection)?;
    connection.execute_batch(DURABLE)?;
    connection.execute_batch(ERASE_DELETED_CHEAPLY)?;
    Ok(connection)
}

/// Opens or creates a database whose pages, journal and write-ahead log are encrypted under `key`.
///
/// # Errors
/// See [`OpenError`]; never [`OpenError::NotADatabase`].
pub fn open_encrypted(path: impl AsRef<Path>, key: &[u8; KEY_LENGTH]) -> Result<Connection, OpenError> {
    let connection = open(path.as_ref())?;
    cipher::unlock(&connection, key)?;
    connection.execute_batch(DURABLE)?;
    connection.execute_batch(ERASE_DELETED)?;
    Ok(connection)
}

/// No URI: a path with `?` in it is a path.
fn open(path: &Path) -> Result<Connection, OpenError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::{MigrateError, migrate};

    const KEY: [u8; KEY_LENGTH] = [7; KEY_LENGTH];
    const MARK: &str = "the marked plaintext of this test";
    const SCHEMA: &str = "CREATE VIRTUAL TABLE message USING fts5(text)";

    /// Every file beside `path` whose name begins with its name: the database, its journal, its log.
    fn files_of(path: &Path) -> Vec<PathBuf> {
        let name = path.file_name().unwrap().to_str().unwrap();
        let folder = fs::read_dir(path.parent().unwrap()).unwrap();
        folder
            .map(|entry| entry.unwrap().path())
            .filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(name))
            .collect()
    }

    fn contains(haystack: &[u8], needle: &[u8]) -> bool {
        haystack.windows(needle.len()).any(|window| window == needle)
    }

    fn files_hold(path: &Path, needle: &[u8]) -> bool {
        files_of(path)
            .iter()
            .any(|file| contains(&fs::read(file).unwrap(), needle))
    }

    fn write_marked(connection: &mut Connection) {
        migrate(connection, &[SCHEMA]).unwrap();
        connection
            .execute("INSERT INTO message VALUES (?1)", [MARK])
            .unwrap();
    }

    fn found_by_search(connection: &Connection) -> String {
        connection
            .query_row(
                "SELECT text FROM message WHERE message MATCH 'marked'",
                [],
                |row| row.get(0),
            )
            .unwrap()
    }

    #[test]
    fn encrypted_and_plain_live_in_one_process_and_only_the_plain_one_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let (plain, encrypted) = (folder.path().join("plain.db"), folder.path().join("encrypted.db"));
        let mut open_plainly = open_plain(&plain).unwrap();
        let mut open_encryptedly = open_encrypted(&encrypted, &KEY).unwrap();
        write_marked(&mut open_plainly);
        write_marked(&mut open_encryptedly);

        // While open: the pages still lie in the log.
        assert!(files_of(&encrypted).len() > 1, "no write-ahead log was looked at");
        assert!(files_hold(&plain, MARK.as_bytes()), "the search itself is broken");
        assert!(!files_hold(&encrypted, MARK.as_bytes()));
        assert!(!files_hold(&encrypted, b"SQLite format 3"));
        assert!(!files_hold(&encrypted, b"CREATE VIRTUAL TABLE"));
        assert!(!files_hold(&encrypted, &KEY));
        assert_eq!(found_by_search(&open_plainly), MARK);
        assert_eq!(found_by_search(&open_encryptedly), MARK);

        // Closed: the log was folded into the file.
        drop((open_plainly, open_encryptedly));
        assert!(files_hold(&plain, MARK.as_bytes()));
        assert!(!files_hold(&encrypted, MARK.as_bytes()));
        assert_eq!(found_by_search(&open_encrypted(&encrypted, &KEY).unwrap()), MARK);
    }

    #[test]
    fn a_wrong_key_is_refused_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("encrypted.db");
        write_marked(&mut open_encrypted(&path, &KEY).unwrap());
        let before = fs::read(&path).unwrap();

        assert!(matches!(
            open_encrypted(&path, &[8; KEY_LENGTH]),
            Err(OpenError::WrongKey)
        ));
        assert!(matches!(open_plain(&path), Err(OpenError::NotADatabase)));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_plain_database_is_not_opened_with_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plain.db");
        write_marked(&mut open_plain(&path).unwrap());
        assert!(matches!(open_encrypted(&path, &KEY), Err(OpenError::WrongKey)));
    }

    #[test]
    fn a_damaged_first_page_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("encrypted.db");
        write_marked(&mut open_encrypted(&path, &KEY).unwrap());
        let mut bytes = fs::read(&path).unwrap();
        bytes[200] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert!(matches!(open_encrypted(&path, &KEY), Err(OpenError::WrongKey)));
    }

    #[test]
    fn a_missing_folder_has_its_own_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("plain.db");
        assert!(matches!(open_plain(path), Err(OpenError::Unreachable)));
    }

    #[test]
    fn a_database_from_a_newer_version_is_refused_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plain.db");
        migrate(
            &mut open_plain(&path).unwrap(),
            &[SCHEMA, "CREATE TABLE later (id INTEGER)"],
        )
        .unwrap();
        let before = fs::read(&path).unwrap();

        let error = migrate(&mut open_plain(&path).unwrap(), &[SCHEMA]).unwrap_err();
        assert!(
            matches!(
                error,
                MigrateError::Newer {
                    found: 2,
                    supported: 1
                }
            ),
            "{error:?}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn deleted_text_leaves_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plain.db");
        let mut connection = open_plain(&path).unwrap();
        migrate(&mut connection, &["CREATE TABLE note (text TEXT)"]).unwrap();
        connection
            .execute("INSERT INTO note VALUES (?1)", [MARK])
            .unwrap();
        connection.execute("DELETE FROM note", []).unwrap();
        drop(connection);
        assert!(!files_hold(&path, MARK.as_bytes()));
    }
}
