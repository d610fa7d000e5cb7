//! Waits until a source file changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::files;

const INTERVAL: Duration = Duration::from_millis(300);

/// Folders and the times at which their files last changed.
pub struct Watch {
    folders: Vec<PathBuf>,
    seen: BTreeMap<PathBuf, SystemTime>,
}

impl Watch {
    /// Takes note of the folders as they are.
    pub fn new(folders: Vec<PathBuf>) -> Result<Self> {
        let seen = times(&folders)?;
        Ok(Self { folders, seen })
    }

    /// Whether anything changed since the last look.
    pub fn changed(&mut self) -> Result<bool> {
        let present = times(&self.folders)?;
        let changed = present != self.seen;
        self.seen = present;
        Ok(changed)
    }
}

/// Passes a moment.
#[expect(
    clippy::disallowed_methods,
    reason = "polling is what every file system can do"
)]
pub fn pause() {
    std::thread::sleep(INTERVAL);
}

fn times(folders: &[PathBuf]) -> Result<BTreeMap<PathBuf, SystemTime>> {
    let mut times = BTreeMap::new();
    for folder in folders {
        for file in files::list(folder)? {
            let path = folder.join(file);
            // A file that an editor has just replaced counts at the next look.
            if let Ok(modified) = fs::metadata(&path).and_then(|metadata| metadata.modified()) {
                times.insert(path, modified);
            }
        }
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_new_and_removed_files_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = Watch::new(vec![folder.path().to_owned()]).unwrap();
        assert!(!watch.changed().unwrap());
        fs::write(folder.path().join("new.rs"), "").unwrap();
        assert!(watch.changed().unwrap());
        assert!(!watch.changed().unwrap());
        fs::remove_file(folder.path().join("new.rs")).unwrap();
        assert!(watch.changed().unwrap());
    }
}
