//! A real Chromium with people in it, each with storage, passkeys and a network cable of their own.
//!
//! Nothing here sleeps: whoever waits lets the page say when it is so far.

mod cable;
mod failure;
mod tab;

use chromiumoxide::browser::BrowserConfig;
use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::target::{CreateBrowserContextParams, CreateTargetParams};
use chromiumoxide::{Browser, Page};
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::task::AbortHandle;

pub use cable::Cable;
pub use failure::{Cause, Failure};
pub use tab::{ColorScheme, Tab, Viewport};

/// Flags beyond those of the library.
const FLAGS: &[&str] = &[
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "use-fake-device-for-media-stream",
    "use-fake-ui-for-media-stream",
];

/// A running Chromium, which ends with this value.
pub struct Chromium {
    browser: Browser,
    handler: AbortHandle,
    /// Removed after the browser has ended.
    _profile: TempDir,
}

/// What kind of authenticator a person has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passkeys {
    /// Like a current phone: its passkeys yield secrets (the PRF extension).
    WithPrf,
    /// An older one: its passkeys only sign.
    WithoutPrf,
    /// None at all.
    Missing,
}

/// Somebody with a browser profile of their own.
pub struct Person<'a> {
    chromium: &'a Chromium,
    name: String,
    context: BrowserContextId,
    passkeys: Passkeys,
    cable: Cable,
}

impl Chromium {
    /// Starts Chromium without a window.
    ///
    /// # Errors
    /// Chromium is not installed or doesn't start.
    pub async fn start() -> Result<Self, Failure> {
        let profile = tempfile::tempdir().map_err(|error| Failure::starting(Cause::Io(error)))?;
        let config = BrowserConfig::builder()
            .new_headless_mode()
            .no_sandbox()
            .viewport(None)
            .user_data_dir(profile.path())
            .args(FLAGS.iter().copied())
            .build()
            .map_err(|reason| Failure::starting(Cause::Script(reason)))?;
        let (browser, mut handler) = Browser::launch(config)
            .await
            .map_err(|error| Failure::starting(Cause::Chromium(error)))?;
        let handler = tokio::spawn(async move { while handler.next().await.is_some() {} }).abort_handle();
        Ok(Self {
            browser,
            handler,
            _profile: profile,
        })
    }

    /// A new person, with nothing stored and nobody known.
    ///
    /// # Errors
    /// Chromium gives no context, or the machine no port for the cable.
    pub async fn person(&self, name: &str, passkeys: Passkeys) -> Result<Person<'_>, Failure> {
        let cable = Cable::plug_in()
            .await
            .map_err(|error| Failure::starting(Cause::Io(error)))?;
        let context = CreateBrowserContextParams::builder()
            .proxy_server(format!("socks5://{}", cable.address()))
            // Without this, localhost would go past the cable.
            .proxy_bypass_list("<-loopback>")
            .build();
        let context = self
            .browser
            .create_browser_context(context)
            .await
            .map_err(|error| Failure::starting(Cause::Chromium(error)))?;
        Ok(Person {
            chromium: self,
            name: name.to_owned(),
            context,
            passkeys,
            cable,
        })
    }

    /// A tab of the browser's own profile, whose storage lies on the disk as everybody's does: for measurements.
    /// A [`Chromium::person`]'s lies in memory, behind another process, where each write takes a hundred times as long.
    ///
    /// # Errors
    /// Chromium refuses.
    pub async fn owners_tab(&self, name: &str, passkeys: Passkeys) -> Result<Tab, Failure> {
        let failure = |error| Failure::starting(Cause::Chromium(error));
        let page = self.browser.new_page("about:blank").await.map_err(failure)?;
        Tab::prepare(name.to_owned(), page, passkeys)
            .await
            .map_err(failure)
    }

    async fn blank_page(&self, context: &BrowserContextId) -> chromiumoxide::Result<Page> {
        let mut target = CreateTargetParams::new("about:blank");
        target.browser_context_id = Some(context.clone());
        self.browser.new_page(target).await
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.handler.abort();
    }
}

impl Person<'_> {
    /// Opens a tab, showing nothing yet.
    ///
    /// The tab has its own authenticator: passkeys made in it stay while it is open, whatever page it shows, and are
    /// unknown in the person's other tabs. Everything else (storage, locks, service workers) the tabs share.
    ///
    /// # Errors
    /// Chromium refuses.
    pub async fn new_tab(&self) -> Result<Tab, Failure> {
        let failure = |error| Failure::starting(Cause::Chromium(error));
        let page = self.chromium.blank_page(&self.context).await.map_err(failure)?;
        Tab::prepare(self.name.clone(), page, self.passkeys)
            .await
            .map_err(failure)
    }

    /// Opens a tab at `url`.
    ///
    /// # Errors
    /// See [`Tab::goto`].
    pub async fn open(&self, url: &str) -> Result<Tab, Failure> {
        let tab = self.new_tab().await?;
        tab.goto(url).await?;
        Ok(tab)
    }

    /// The wire between this person and every server.
    pub fn cable(&self) -> &Cable {
        &self.cable
    }
}
