//! Folders: listing, and bringing one up to date from others.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// All files under `folder`, relative to it, sorted; none if there is no such folder.
pub fn list(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop().filter(|current| current.is_dir()) {
        for entry in fs::read_dir(&current).with_context(|| format!("reading {}", current.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                files.insert(relative.to_owned());
            }
        }
    }
    Ok(files)
}

/// Makes `target` hold exactly the files of all `sources`. A file that is the same already keeps its time of change,
/// so that nothing is rebuilt because of it.
pub fn mirror(sources: &[&Path], target: &Path) -> Result<()> {
    let mut wanted = BTreeSet::new();
    for source in sources {
        for file in list(source)? {
            copy_if_changed(&source.join(&file), &target.join(&file))?;
            wanted.insert(file);
        }
    }
    for stale in list(target)?.difference(&wanted) {
        fs::remove_file(target.join(stale))?;
    }
    Ok(())
}

fn copy_if_changed(from: &Path, to: &Path) -> Result<()> {
    let content = fs::read(from).with_context(|| format!("reading {}", from.display()))?;
    if fs::read(to).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, content).with_context(|| format!("writing {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirroring_adds_updates_removes_and_leaves_the_rest_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second, target) = (
            folder.path().join("first"),
            folder.path().join("second"),
            folder.path().join("target"),
        );
        for (path, text) in [
            (first.join("same"), "same"),
            (second.join("deep/new"), "new"),
            (target.join("same"), "same"),
            (target.join("stale"), "stale"),
        ] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let unchanged = fs::metadata(target.join("same")).unwrap().modified().unwrap();

        mirror(&[&first, &second], &target).unwrap();

        let expected = BTreeSet::from([PathBuf::from("same"), PathBuf::from("deep/new")]);
        assert_eq!(list(&target).unwrap(), expected);
        assert_eq!(
            fs::metadata(target.join("same")).unwrap().modified().unwrap(),
            unchanged
        );
    }
}
