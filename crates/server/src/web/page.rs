//! `GET` of anything else: the web client.

use super::{Content, File, Web, embedded, folder};
use crate::app::App;
use crate::refusal::refusals;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use std::io::Read;

/// A name with the content's hash in it never changes its content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// May be kept, and is asked for again.
const ASK: &str = "no-cache";
/// Fewest hexadecimal digits in a row, at the end of a name, that are a hash.
const HASH_DIGITS: usize = 8;

refusals! {
    /// Why no page is shown.
    PageError {
        /// There is no such file.
        NotFound => NotFound, "there is no such page";
        /// Pages are only to be read.
        BadMethod => BadRequest, "pages are only to be read";
    }
}

/// A file of the web client; for any other path without a dot, which is a view of the client's own, its first page.
pub(crate) async fn page(State(app): State<App>, request: Request) -> Result<Response, PageError> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(PageError::BadMethod);
    }
    let path = request.uri().path();
    let ours = ["/v1", "/health", "/metrics", "/docs"];
    if ours.iter().any(|ours| {
        path.strip_prefix(ours)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }) {
        return Err(PageError::NotFound);
    }
    let path = if path.contains('.') { path } else { "/index.html" };
    let file = match &app.web {
        Web::Embedded => embedded::find(path),
        Web::Folder(folder) => folder::find(folder, path).await,
    };
    Ok(answer(path, file.ok_or(PageError::NotFound)?, request.headers()))
}

fn answer(path: &str, file: File, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.tag);
    let cache = if is_named_by_hash(path) { FOREVER } else { ASK };
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let caching = [
        (ETAG, tag),
        (CACHE_CONTROL, cache.to_owned()),
        (VARY, "accept-encoding".to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = [(CONTENT_TYPE, media_type(path))];
    match file.content {
        Content::Plain(bytes) => (caching, kind, bytes).into_response(),
        Content::Gzip(gzip) if takes_gzip(headers) => {
            let encoding: [(HeaderName, &str); 1] = [(CONTENT_ENCODING, "gzip")];
            (caching, kind, encoding, Body::from(gzip)).into_response()
        }
        Content::Gzip(gzip) => (caching, kind, unpacked(gzip)).into_response(),
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.split(',').any(|encoding| encoding.trim() == "gzip"))
}

fn unpacked(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // We packed it ourselves: it unpacks.
    let _ = flate2::read::GzDecoder::new(gzip).read_to_end(&mut bytes);
    bytes
}

/// `name-0123abcd.js`: the part before the ending is, after the last `-`, a hash.
fn is_named_by_hash(path: &str) -> bool {
    let Some((stem, _ending)) = path.rsplit_once('.') else {
        return false;
    };
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() >= HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_forever() {
        assert!(is_named_by_hash("/ui-0123abcd.js"));
        for path in [
            "/index.html",
            "/ui.js",
            "/ui-bg.wasm",
            "/ui-0123abc.js",
            "/ui-0123abcg.js",
            "/a",
        ] {
            assert!(!is_named_by_hash(path), "{path}");
        }
    }
}
