//! How the server says no: one shape, stable codes.

use crate::environment::RandomError;
use crate::expiring::TooMany;
use crate::limiter::Limited;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sotto_store::StoreError;
use sotto_wire::Code;
use sotto_wire::api::Refusal;
use std::time::Duration;

/// An error that has a stable code.
pub(crate) trait Refuse: std::error::Error {
    /// The code.
    fn code(&self) -> Code;

    /// After which time trying again makes sense.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

/// Declares an endpoint's refusals: each a variant with its code and one sentence. Storage and rate limits are in all.
macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $code:ident, $message:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub(crate) enum $name {
            $($(#[$variant_doc])* #[error($message)] $variant,)*
            /// Any reason that every endpoint may have.
            #[error(transparent)]
            Common($crate::refusal::Common),
        }

        impl<T: Into<$crate::refusal::Common>> From<T> for $name {
            fn from(error: T) -> Self {
                Self::Common(error.into())
            }
        }

        impl $crate::refusal::Refuse for $name {
            fn code(&self) -> sotto_wire::Code {
                match self {
                    $(Self::$variant => sotto_wire::Code::$code,)*
                    Self::Common(common) => common.code(),
                }
            }

            fn retry_after(&self) -> Option<std::time::Duration> {
                match self {
                    Self::Common(common) => common.retry_after(),
                    #[allow(unreachable_patterns, reason = "some endpoints have no refusals of their own")]
                    _ => None,
                }
            }
        }

        impl axum::response::IntoResponse for $name {
            fn into_response(self) -> axum::response::Response {
                $crate::refusal::respond(&self)
            }
        }
    };
}
pub(crate) use refusals;

/// Reasons that every endpoint may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Common {
    /// Too often.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Too many of these are under way.
    #[error(transparent)]
    Busy(#[from] TooMany),
    /// A piece of work was given up.
    #[error("the server failed")]
    Broken,
}

impl Refuse for Common {
    fn code(&self) -> Code {
        match self {
            Self::Limited(_) | Self::Busy(_) => Code::RateLimited,
            Self::Store(error) => store_code(*error),
            Self::Random(_) | Self::Broken => Code::Internal,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Limited(limited) => Some(limited.retry_after),
            Self::Busy(_) => Some(Duration::from_secs(60)),
            Self::Store(_) | Self::Random(_) | Self::Broken => None,
        }
    }
}

/// What storage's failure looks like from outside.
pub(crate) fn store_code(error: StoreError) -> Code {
    match error {
        StoreError::Full => Code::StorageFull,
        StoreError::Unavailable | StoreError::Corrupt | StoreError::Newer { .. } => Code::Internal,
    }
}

/// The answer to a request that is refused.
pub(crate) fn respond(error: &impl Refuse) -> Response {
    let code = error.code();
    if code == Code::Internal {
        tracing::error!(%error, "a request failed");
    }
    let retry_after = error.retry_after();
    let refusal = Refusal {
        code,
        message: error.to_string(),
        retry_after: retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
    };
    let mut response = (status(code), Json(refusal)).into_response();
    if let Some(wait) = retry_after {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn status(code: Code) -> StatusCode {
    match code {
        Code::BadRequest | Code::UnsupportedVersion | Code::UsernameInvalid => StatusCode::BAD_REQUEST,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Unauthenticated | Code::ChallengeExpired => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::Revoked | Code::PasskeyCloned | Code::RegistrationClosed => {
            StatusCode::FORBIDDEN
        }
        Code::NotFound | Code::UnknownDevice | Code::NoPrekeys => StatusCode::NOT_FOUND,
        Code::UsernameTaken
        | Code::StaleDeviceList
        | Code::AccountExists
        | Code::Replaced
        | Code::IdReused => StatusCode::CONFLICT,
        Code::BadSignature | Code::BadCertificate | Code::BadDeviceList | Code::BadPrekeys => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Code::RateLimited | Code::TooManyConnections => StatusCode::TOO_MANY_REQUESTS,
        Code::MailboxFull | Code::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Code::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
