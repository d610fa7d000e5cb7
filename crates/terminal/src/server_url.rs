//! Where the server is.

use hyper::Uri;
use std::fmt;
use std::str::FromStr;

/// A server's address as a person types it: scheme, host and port, nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerUrl {
    security: Security,
    /// As in the `Host` header.
    authority: String,
    host: String,
    port: u16,
}

/// Whether the connection is encrypted. What people say always is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// `http`: for one's own machine, or below something that encrypts.
    Plain,
    /// `https`
    Tls,
}

/// Why a text is no server's address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ServerUrlError {
    /// Not a URL with scheme and host.
    #[error("not a URL such as https://chat.example.org")]
    Malformed,
    /// Neither `http` nor `https`.
    #[error("a server's URL begins with https:// or http://")]
    Scheme,
    /// It has a user, a path or a query.
    #[error("a server's URL has a host and a port, nothing else")]
    Excess,
}

impl ServerUrl {
    /// Whether the connection is encrypted.
    pub fn security(&self) -> Security {
        self.security
    }

    /// Host and, if it was given, port, as in the `Host` header.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// A name or an address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of its WebSocket.
    pub fn socket(&self) -> String {
        let scheme = match self.security {
            Security::Plain => "ws",
            Security::Tls => "wss",
        };
        format!("{scheme}://{}/v1/ws", self.authority)
    }

    /// Whether others on the network can listen to the connection.
    pub fn is_exposed(&self) -> bool {
        let is_loopback = |address: std::net::IpAddr| address.is_loopback();
        let local = self.host == "localhost" || self.host.parse().is_ok_and(is_loopback);
        self.security == Security::Plain && !local
    }
}

impl FromStr for ServerUrl {
    type Err = ServerUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| ServerUrlError::Malformed)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(ServerUrlError::Malformed);
        };
        let (security, usual_port) = match scheme {
            "http" => (Security::Plain, 80),
            "https" => (Security::Tls, 443),
            _ => return Err(ServerUrlError::Scheme),
        };
        let has_path = !matches!(uri.path(), "" | "/");
        if has_path || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(ServerUrlError::Excess);
        }
        let host = authority.host();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        Ok(Self {
            security,
            authority: authority.as_str().to_owned(),
            host: bare.unwrap_or(host).to_owned(),
            port: authority.port_u16().unwrap_or(usual_port),
        })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.security {
            Security::Plain => "http",
            Security::Tls => "https",
        };
        write!(f, "{scheme}://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(String, u16, String), ServerUrlError> {
        let url: ServerUrl = text.parse()?;
        Ok((url.host().to_owned(), url.port(), url.socket()))
    }

    #[test]
    fn host_port_and_scheme_are_taken() {
        for (text, host, port, socket) in [
            (
                "http://localhost:8080",
                "localhost",
                8080,
                "ws://localhost:8080/v1/ws",
            ),
            (
                "https://chat.example.org/",
                "chat.example.org",
                443,
                "wss://chat.example.org/v1/ws",
            ),
            ("http://[::1]:9", "::1", 9, "ws://[::1]:9/v1/ws"),
            ("http://127.0.0.1", "127.0.0.1", 80, "ws://127.0.0.1/v1/ws"),
        ] {
            assert_eq!(parse(text), Ok((host.into(), port, socket.into())), "{text}");
            let url: ServerUrl = text.parse().unwrap();
            assert_eq!(url.to_string().parse(), Ok(url));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for (text, error) in [
            ("", ServerUrlError::Malformed),
            ("chat.example.org", ServerUrlError::Malformed),
            ("https://", ServerUrlError::Malformed),
            ("ftp://host", ServerUrlError::Scheme),
            ("https://user@host", ServerUrlError::Excess),
            ("https://host/path", ServerUrlError::Excess),
            ("https://host/?query", ServerUrlError::Excess),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_plain_connection_to_another_machine_is_exposed() {
        for (text, exposed) in [
            ("http://localhost:8080", false),
            ("http://127.0.0.1:1", false),
            ("http://[::1]", false),
            ("https://192.0.2.1", false),
            ("http://192.0.2.1", true),
            ("http://localhost.example.org", true),
        ] {
            assert_eq!(text.parse::<ServerUrl>().unwrap().is_exposed(), exposed, "{text}");
        }
    }
}
