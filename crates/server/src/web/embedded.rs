//! The files that were built in.

use super::{Content, File};

/// A file, compressed.
struct Embedded {
    path: &'static str,
    tag: &'static str,
    gzip: &'static [u8],
}

static FILES: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What is shown if no web client was built in.
const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sotto</title>\
    <h1>Sotto</h1><p>This server was built without the web client: run <code>cargo xtask run</code>, \
    which builds both. The server itself works: see <a href=\"/docs\">its description</a>.</p>";

/// The file at an absolute path.
pub(super) fn find(path: &str) -> Option<File> {
    if FILES.is_empty() && path == "/index.html" {
        return Some(File {
            content: Content::Plain(MISSING.into()),
            tag: "missing".into(),
        });
    }
    let file = FILES.iter().find(|file| file.path == path)?;
    Some(File {
        content: Content::Gzip(file.gzip),
        tag: file.tag.to_owned(),
    })
}
