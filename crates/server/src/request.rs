//! What endpoints take from a request: who asks, from where, and what.

use crate::app::App;
use crate::config::ClientAddress;
use crate::refusal::{Refuse, refusals, respond};
use crate::sessions::Token;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use sotto_keys::{Address, Username};
use sotto_wire::Code;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The device that asks.
#[derive(Clone)]
pub(crate) struct Caller {
    /// Which.
    pub(crate) address: Address,
    /// Its token.
    pub(crate) token: Token,
}

refusals! {
    /// Why nobody is let in.
    Unauthenticated {
        /// No token was sent, or not one in force.
        NoToken => Unauthenticated, "sign in first";
        /// The token outlived its device.
        Revoked => Revoked, "this device was revoked";
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Unauthenticated;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Unauthenticated> {
        let token = bearer(parts).ok_or(Unauthenticated::NoToken)?;
        let address = app
            .tokens
            .find(&token, app.now())
            .ok_or(Unauthenticated::NoToken)?;
        // Whatever was given out or forgotten when the device was revoked: it ends here.
        let device = app.stores.devices.device(address).await?;
        if device.is_none_or(|device| device.revoked_at.is_some()) {
            return Err(Unauthenticated::Revoked);
        }
        Ok(Self { address, token })
    }
}

/// The token in `Authorization: Bearer`.
fn bearer(parts: &Parts) -> Option<Token> {
    let header = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    let bytes = scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| URL_SAFE_NO_PAD.decode(token).ok())??;
    bytes.try_into().ok().map(Token)
}

/// Where a request comes from, as far as rates go: an IPv4 address, or the /64 that a household has of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl FromRequestParts<App> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let socket = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(Ipv4Addr::UNSPECIFIED.into(), |info| info.0.ip());
        let address = match app.config.client_address {
            ClientAddress::Socket => socket,
            ClientAddress::Forwarded => forwarded(parts).unwrap_or(socket),
        };
        Ok(Self(household(address)))
    }
}

/// The address that the proxy next to us saw: the last one.
fn forwarded(parts: &Parts) -> Option<IpAddr> {
    let header = parts.headers.get_all("x-forwarded-for").iter().next_back()?;
    header.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

/// A request's body, as JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// A body that isn't what the endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadBody {
    /// Longer than [`sotto_wire::limits::REQUEST`].
    #[error("the request is too large")]
    TooLarge,
    /// Not JSON, or not of the schema.
    #[error("the request is not understood")]
    Malformed,
    /// Of the schema, but for a username that can't be one.
    #[error("a username is 3 to 32 of a-z, 0-9, _ and .")]
    UsernameInvalid,
}

impl Refuse for BadBody {
    fn code(&self) -> Code {
        match self {
            Self::TooLarge => Code::TooLarge,
            Self::Malformed => Code::BadRequest,
            Self::UsernameInvalid => Code::UsernameInvalid,
        }
    }
}

impl IntoResponse for BadBody {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = BadBody;

    async fn from_request(request: Request, app: &App) -> Result<Self, BadBody> {
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|rejection| unread(&rejection))?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| what_is_wrong(&bytes))
    }
}

fn unread(rejection: &BytesRejection) -> BadBody {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        BadBody::TooLarge
    } else {
        BadBody::Malformed
    }
}

/// People choose usernames: that one is no good deserves a code of its own.
fn what_is_wrong(bytes: &[u8]) -> BadBody {
    #[derive(serde::Deserialize)]
    struct Named {
        username: String,
    }
    match serde_json::from_slice::<Named>(bytes) {
        Ok(named) if named.username.parse::<Username>().is_err() => BadBody::UsernameInvalid,
        Ok(_) | Err(_) => BadBody::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_has_one_address() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
