//! Web origins.

use core::fmt;
use std::str::FromStr;
use webauthn_rs::prelude::Url;

/// A web origin: `http` or `https`, a host, and the port if it isn't the usual one; no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    url: Url,
    text: String,
}

/// Not a web origin such as `https://chat.example.org`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an origin such as https://chat.example.org")]
pub struct InvalidOrigin;

impl Origin {
    /// `http://localhost:PORT`.
    ///
    /// # Errors
    /// None for any port; the type of the error is that of parsing.
    pub fn localhost(port: u16) -> Result<Self, InvalidOrigin> {
        format!("http://localhost:{port}").parse()
    }

    /// As browsers write it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As a URL.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The domain, if the host isn't an IP address.
    pub(crate) fn domain(&self) -> Option<&str> {
        self.url.domain()
    }

    /// Whether pages come over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// For `http://localhost:PORT`: the same by number, as which the same machine may be visited too.
    pub(crate) fn loopback_twin(&self) -> Option<String> {
        let local = !self.is_secure() && self.domain() == Some("localhost");
        local.then(|| self.text.replacen("localhost", "127.0.0.1", 1))
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let url: Url = text.parse().map_err(|_| InvalidOrigin)?;
        let bare = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let text = url.origin().ascii_serialization();
        // The sign-in challenge holds it.
        if !bare || text.len() > sotto_keys::SignInChallenge::MAX_ORIGIN_LEN {
            return Err(InvalidOrigin);
        }
        Ok(Self { url, text })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_bare_and_written_one_way() {
        let origin = |text: &str| text.parse::<Origin>().map(|origin| origin.text);
        assert_eq!(
            origin("https://Chat.Example.org:443/"),
            Ok("https://chat.example.org".into())
        );
        assert_eq!(
            origin("http://localhost:8080"),
            Ok("http://localhost:8080".into())
        );
        for bad in [
            "chat.example.org",
            "ftp://a.b",
            "https://a.b/c",
            "https://a.b?c",
            "https://u@a.b",
            "",
        ] {
            assert_eq!(origin(bad), Err(InvalidOrigin), "{bad}");
        }
    }
}
