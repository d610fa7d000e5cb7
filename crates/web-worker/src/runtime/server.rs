//! Asking the control plane before there is an engine that could.

use core::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_engine::{Answer, Method, Unreachable};
use sotto_wire::Code;
use sotto_wire::api::Refusal;

use crate::messages::WorkerError;

/// The way to the server, and the clock.
pub trait Server {
    /// Makes a request that needs no token.
    fn request(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> impl Future<Output = Result<Answer, Unreachable>>;

    /// Waits.
    fn pause(&mut self, duration: Duration) -> impl Future<Output = ()>;
}

/// Why a request has no result.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ServerError {
    /// No answer that makes sense came, or the server failed: nobody knows whether it did what was asked.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server refused: it did nothing.
    #[error("the server refused: {}", .0.code.name())]
    Refused(Refusal),
}

/// Makes a request and reads its answer.
pub(crate) async fn ask<T: DeserializeOwned>(
    server: &mut impl Server,
    method: Method,
    path: &str,
    body: Option<&impl Serialize>,
) -> Result<T, ServerError> {
    let body = body
        .map(serde_json::to_vec)
        .transpose()
        .map_err(|_| ServerError::Unreachable)?;
    let answer = server
        .request(method, path, body)
        .await
        .map_err(|_| ServerError::Unreachable)?;
    read(&answer)
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ServerError> {
    if (200..300).contains(&answer.status) {
        return serde_json::from_slice(&answer.body).map_err(|_| ServerError::Unreachable);
    }
    match serde_json::from_slice::<Refusal>(&answer.body) {
        Ok(refusal) if refusal.code != Code::Internal => Err(ServerError::Refused(refusal)),
        _ => Err(ServerError::Unreachable),
    }
}

impl From<ServerError> for WorkerError {
    fn from(error: ServerError) -> Self {
        let ServerError::Refused(refusal) = error else {
            return Self::Unreachable;
        };
        match refusal.code {
            Code::UsernameTaken => Self::UsernameTaken,
            Code::RegistrationClosed => Self::RegistrationClosed,
            Code::RateLimited => Self::RateLimited {
                retry_after: refusal.retry_after.unwrap_or_default(),
            },
            _ => Self::Refused,
        }
    }
}
