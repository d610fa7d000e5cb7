//! How far messages were printed.

use sotto_keys::AccountId;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The position of the last message that was printed, kept in the profile's folder.
///
/// It is written after the message, so that a message is printed again rather than never if the program is killed in
/// between. A file that can't be understood counts as nothing printed, for the same reason.
pub struct Cursor {
    path: PathBuf,
    account: AccountId,
    position: i64,
}

/// How far messages were printed can't be read or noted.
#[derive(Debug, thiserror::Error)]
#[error("what was printed can't be noted: {0}")]
pub struct CursorError(#[from] io::Error);

/// Its name in the profile's folder.
const FILE: &str = "printed";
/// The next one while it is being written.
const NEXT: &str = "printed.next";

impl Cursor {
    /// Reads the cursor of an account; one of another account, whose profile lay here before, doesn't count.
    pub fn open(folder: &Path, account: AccountId) -> Result<Self, CursorError> {
        let path = folder.join(FILE);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let position = parse(&text, account).unwrap_or(0);
        Ok(Self {
            path,
            account,
            position,
        })
    }

    /// The position of the last message that was printed; 0 if none was.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Notes that everything up to here was printed.
    pub fn advance(&mut self, position: i64) -> Result<(), CursorError> {
        let next = self.path.with_file_name(NEXT);
        let mut file = File::create(&next)?;
        writeln!(file, "{} {position}", self.account)?;
        fs::rename(&next, &self.path)?;
        self.position = position;
        Ok(())
    }

    /// Makes what was noted outlast a power cut.
    pub fn sync(&self) -> Result<(), CursorError> {
        match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            file => Ok(file?.sync_all()?),
        }
    }
}

fn parse(text: &[u8], account: AccountId) -> Option<i64> {
    let (whose, position) = str::from_utf8(text).ok()?.trim_end().split_once(' ')?;
    (whose.parse() == Ok(account)).then(|| position.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: AccountId = AccountId::from_bytes([1; 16]);
    const BOB: AccountId = AccountId::from_bytes([2; 16]);

    fn position(folder: &Path, account: AccountId) -> i64 {
        Cursor::open(folder, account).unwrap().position()
    }

    #[test]
    fn it_is_where_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let mut cursor = Cursor::open(folder.path(), ALICE).unwrap();
        assert_eq!(cursor.position(), 0);
        cursor.sync().unwrap();
        cursor.advance(7).unwrap();
        cursor.advance(9).unwrap();
        cursor.sync().unwrap();
        assert_eq!(cursor.position(), 9);
        assert_eq!(position(folder.path(), ALICE), 9);
    }

    #[test]
    fn another_account_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        Cursor::open(folder.path(), ALICE).unwrap().advance(7).unwrap();
        assert_eq!(position(folder.path(), BOB), 0);
    }

    #[test]
    fn a_torn_file_prints_again_rather_than_never() {
        let folder = tempfile::tempdir().unwrap();
        for torn in [
            "",
            "0101",
            "\u{0}\u{0}\u{0}",
            &format!("{ALICE} "),
            &format!("{ALICE} x"),
        ] {
            fs::write(folder.path().join(FILE), torn).unwrap();
            assert_eq!(position(folder.path(), ALICE), 0, "{torn:?}");
        }
    }

    #[test]
    fn what_can_not_be_noted_does_not_count_as_printed() {
        let folder = tempfile::tempdir().unwrap();
        let mut cursor = Cursor::open(folder.path(), ALICE).unwrap();
        cursor.advance(3).unwrap();
        fs::create_dir(folder.path().join(NEXT)).unwrap();
        assert!(cursor.advance(4).is_err());
        assert_eq!(cursor.position(), 3);
        assert_eq!(position(folder.path(), ALICE), 3);
    }
}
