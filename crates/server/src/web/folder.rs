//! Files from a folder.

use super::{Content, File};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Component, Path};

/// The file at an absolute path below the folder; nothing outside of it, and no link that leads out.
pub(super) async fn find(folder: &Path, path: &str) -> Option<File> {
    let relative = Path::new(path.strip_prefix('/')?);
    let inside = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return None;
    }
    let folder = tokio::fs::canonicalize(folder).await.ok()?;
    let file = tokio::fs::canonicalize(folder.join(relative)).await.ok()?;
    if !file.starts_with(&folder) {
        return None;
    }
    let content = tokio::fs::read(file).await.ok()?;
    let mut tag = String::new();
    for byte in &Sha256::digest(&content)[..16] {
        // Writing to a String can't fail.
        let _ = write!(tag, "{byte:02x}");
    }
    Some(File {
        content: Content::Plain(content),
        tag,
    })
}
