//! The web client's files: built in, or from a folder.

mod embedded;
mod folder;
mod page;

pub(crate) use page::page;

use std::path::PathBuf;

/// Where the files come from.
pub(crate) enum Web {
    /// Built into the program, compressed.
    Embedded,
    /// Read from a folder at every request, for development.
    Folder(PathBuf),
}

impl Web {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        folder.map_or(Self::Embedded, Self::Folder)
    }
}

/// A file to be sent.
struct File {
    content: Content,
    /// Names the content, for caches.
    tag: String,
}

enum Content {
    Plain(Vec<u8>),
    Gzip(&'static [u8]),
}
