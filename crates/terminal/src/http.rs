//! The control plane: one request on a connection of its own. Redirects are not followed.

use crate::connection::{Trouble, connect};
use crate::server_url::ServerUrl;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use sotto_engine::{Answer, Call};
use std::time::Duration;

/// How long the answer may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Longest answer, in bytes: an account's device lists since its beginning are the longest.
const ANSWER: usize = 16 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The server has not seen the request.
    #[error(transparent)]
    NotSent(Trouble),
    /// The server may have acted on it.
    #[error(transparent)]
    NoAnswer(Trouble),
}

impl HttpError {
    /// What was the matter.
    pub fn into_trouble(self) -> Trouble {
        match self {
            Self::NotSent(trouble) | Self::NoAnswer(trouble) => trouble,
        }
    }
}

/// Makes a call.
pub async fn perform(server: &ServerUrl, call: &Call) -> Result<Answer, HttpError> {
    let request = request(server, call).ok_or(HttpError::NotSent(Trouble::BrokeOff))?;
    let stream = connect(server).await.map_err(HttpError::NotSent)?;
    let exchange = exchange(TokioIo::new(stream), request);
    match tokio::time::timeout(TIMEOUT, exchange).await {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(HttpError::NoAnswer(Trouble::BrokeOff)),
        Err(_) => Err(HttpError::NoAnswer(Trouble::TimedOut)),
    }
}

fn request(server: &ServerUrl, call: &Call) -> Option<Request<Full<Bytes>>> {
    let method = Method::from_bytes(call.method.name().as_bytes()).ok()?;
    let mut request = Request::builder()
        .method(method)
        .uri(&call.path)
        .header(HOST, server.authority())
        .header(CONNECTION, "close");
    if call.body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    if let Some(token) = &call.token {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
        bearer.set_sensitive(true);
        request = request.header(AUTHORIZATION, bearer);
    }
    let body = call.body.clone().unwrap_or_default();
    request.body(Full::new(body.into())).ok()
}

async fn exchange(
    io: TokioIo<crate::connection::Connection>,
    request: Request<Full<Bytes>>,
) -> Option<Answer> {
    let (mut sender, connection) = http1::handshake(io).await.ok()?;
    // Ends when the sender is dropped, or with the connection.
    tokio::spawn(connection);
    let response = sender.send_request(request).await.ok()?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), ANSWER).collect().await.ok()?;
    Some(Answer {
        status,
        body: body.to_bytes().into(),
    })
}
