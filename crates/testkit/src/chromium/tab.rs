//! What a person does in a tab.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetFocusEmulationEnabledParams,
    SetTouchEmulationEnabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, InsertTextParams,
};
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::browser_protocol::target::SetAutoAttachParams;
use chromiumoxide::cdp::browser_protocol::web_authn::{
    AddVirtualAuthenticatorParams, AuthenticatorProtocol, AuthenticatorTransport, Ctap2Version,
    EnableParams as EnableWebAuthn, VirtualAuthenticatorOptions,
};
use chromiumoxide::cdp::js_protocol::runtime::{
    EvaluateParams, EventConsoleApiCalled, EventExceptionThrown, RemoteObject,
};
use chromiumoxide::error::CdpError;
use chromiumoxide::keys;
use chromiumoxide::layout::Point;
use chromiumoxide::page::ScreenshotParams;
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Cause, Failure, Passkeys};

/// How long a person waits for something to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest wait in one request: the library gives up on any request after 30 s.
const ONE_WAIT: Duration = Duration::from_secs(15);

/// The driver's functions in the page.
const PAGE: &str = include_str!("page.js");

/// A tab and what it wrote to its console.
pub struct Tab {
    who: String,
    page: Page,
    console: Console,
    patience: Duration,
}

/// The size of the window and the kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewport {
    /// 1280 by 800, with a mouse.
    Desktop,
    /// 390 by 844 at twice the density, with a finger.
    Phone,
}

/// What the person's system asks of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorScheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

#[derive(Clone, Default)]
struct Console(Arc<Mutex<Vec<String>>>);

impl Console {
    fn push(&self, line: String) {
        if let Ok(mut lines) = self.0.lock() {
            lines.push(line);
        }
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().map(|lines| lines.clone()).unwrap_or_default()
    }
}

/// What `page.js` says at the end of a wait.
#[derive(Deserialize)]
#[serde(untagged)]
enum Waited<T> {
    InTime { value: T },
    TooLate { shown: String },
}

impl Tab {
    pub(crate) async fn prepare(who: String, page: Page, passkeys: Passkeys) -> Result<Self, CdpError> {
        // Without this a service worker waits for a debugger that never comes.
        let attach = SetAutoAttachParams::builder()
            .auto_attach(true)
            .wait_for_debugger_on_start(false)
            .flatten(true);
        page.execute(attach.build().map_err(CdpError::msg)?).await?;
        // Several tabs count as seen and focused at once, as on several machines.
        page.execute(SetFocusEmulationEnabledParams::new(true)).await?;
        let console = Console::default();
        collect(&page, &console).await?;
        add_authenticator(&page, passkeys).await?;
        let tab = Self {
            who,
            page,
            console,
            patience: PATIENCE,
        };
        tab.resize(Viewport::Desktop).await?;
        Ok(tab)
    }

    /// Gives up sooner or later than after the usual 30 s.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Goes to `url`, until it is loaded.
    ///
    /// # Errors
    /// The page can't be loaded.
    pub async fn goto(&self, url: &str) -> Result<(), Failure> {
        let result = self.page.goto(url).await.map(drop);
        self.told(result, || format!("go to {url}")).await
    }

    /// Leaves the site but keeps the tab and with it the passkeys: for the site it is as if the tab were closed.
    ///
    /// # Errors
    /// Chromium refuses.
    pub async fn leave(&self) -> Result<(), Failure> {
        self.goto("about:blank").await
    }

    /// Loads the page anew.
    ///
    /// # Errors
    /// The page can't be loaded.
    pub async fn reload(&self) -> Result<(), Failure> {
        let result = self.page.reload().await.map(drop);
        self.told(result, || "reload".to_owned()).await
    }

    /// Closes the tab; its passkeys are gone.
    ///
    /// # Errors
    /// Chromium refuses.
    pub async fn close(self) -> Result<(), Failure> {
        let Self {
            who, page, console, ..
        } = self;
        page.close().await.map_err(|error| Failure {
            who,
            tried: "close the tab".to_owned(),
            cause: Box::new(Cause::Chromium(error)),
            console: console.lines(),
            screenshot: None,
        })
    }

    /// Waits until an element of `selector` can be seen.
    ///
    /// # Errors
    /// It doesn't appear in time.
    pub async fn wait_for(&self, selector: &str) -> Result<(), Failure> {
        self.wait_for_element("visible", selector, None).await
    }

    /// Waits until an element of `selector` can be seen that contains `text`.
    ///
    /// # Errors
    /// It doesn't appear in time.
    pub async fn wait_for_text(&self, selector: &str, text: &str) -> Result<(), Failure> {
        self.wait_for_element("visible", selector, Some(text)).await
    }

    /// Waits until no element of `selector` can be seen.
    ///
    /// # Errors
    /// It doesn't go in time.
    pub async fn wait_until_gone(&self, selector: &str) -> Result<(), Failure> {
        self.wait_for_element("gone", selector, None).await
    }

    /// Waits until the JavaScript expression is true. It is evaluated at every change of the page and every frame.
    ///
    /// # Errors
    /// It throws, or doesn't become true in time.
    pub async fn wait_until(&self, expression: &str) -> Result<(), Failure> {
        let result = self
            .until::<Value>(&format!("() => ({expression})"))
            .await
            .map(drop);
        self.told(result, || format!("wait until {expression}")).await
    }

    /// Clicks the first element of `selector`, once it stands still and nothing lies over it.
    ///
    /// # Errors
    /// It can't be clicked in time.
    pub async fn click(&self, selector: &str) -> Result<(), Failure> {
        let result = self.click_match(selector, None).await;
        self.told(result, || format!("click {selector}")).await
    }

    /// Clicks the first element of `selector` that contains `text`.
    ///
    /// # Errors
    /// It can't be clicked in time.
    pub async fn click_text(&self, selector: &str, text: &str) -> Result<(), Failure> {
        let result = self.click_match(selector, Some(text)).await;
        self.told(result, || format!("click {selector} with {text:?}"))
            .await
    }

    /// Clicks into the field of `selector` and adds `text` to it, as if pasted.
    ///
    /// # Errors
    /// It can't be clicked in time.
    pub async fn type_text(&self, selector: &str, text: &str) -> Result<(), Failure> {
        let result = self.type_into(selector, text).await;
        self.told(result, || format!("type into {selector}")).await
    }

    /// Presses a key wherever the focus is: `Enter`, `a`, `Control+k`, `Shift+Enter`.
    ///
    /// # Errors
    /// No key has this name.
    pub async fn press(&self, key: &str) -> Result<(), Failure> {
        let result = press(&self.page, key).await;
        self.told(result, || format!("press {key}")).await
    }

    /// The value of a JavaScript expression; promises are awaited.
    ///
    /// # Errors
    /// It throws, or gives something else than `T`.
    pub async fn eval<T: DeserializeOwned>(&self, expression: &str) -> Result<T, Failure> {
        let result = self.evaluate(expression).await;
        self.told(result, || format!("evaluate {expression}")).await
    }

    /// The texts of the elements of `selector` that can be seen, in the page's order.
    ///
    /// # Errors
    /// The selector is none.
    pub async fn texts(&self, selector: &str) -> Result<Vec<String>, Failure> {
        let selector = json!(selector);
        self.eval(&format!(
            "{PAGE}.matching({selector}, null).map(element => element.innerText)"
        ))
        .await
    }

    /// Changes the size of the window.
    ///
    /// # Errors
    /// Chromium refuses.
    pub async fn set_viewport(&self, viewport: Viewport) -> Result<(), Failure> {
        let result = self.resize(viewport).await;
        self.told(result, || format!("become {viewport:?}")).await
    }

    /// Changes what the person's system asks of pages.
    ///
    /// # Errors
    /// Chromium refuses.
    pub async fn set_color_scheme(&self, scheme: ColorScheme) -> Result<(), Failure> {
        let value = match scheme {
            ColorScheme::Light => "light",
            ColorScheme::Dark => "dark",
        };
        let feature = MediaFeature::new("prefers-color-scheme", value);
        let result = self.page.emulate_media_features(vec![feature]).await.map(drop);
        self.told(result, || format!("ask for {value}")).await
    }

    /// Takes a picture of the window, once its fonts have arrived, as a PNG file.
    ///
    /// # Errors
    /// The file can't be written.
    pub async fn screenshot(&self, file: impl AsRef<Path>) -> Result<(), Failure> {
        let file = file.as_ref();
        let result = self.picture(file).await;
        self.told(result, || format!("take a picture to {}", file.display()))
            .await
    }

    /// What the page wrote to its console so far: messages, errors, uncaught exceptions.
    pub fn console(&self) -> Vec<String> {
        self.console.lines()
    }

    async fn wait_for_element(
        &self,
        condition: &str,
        selector: &str,
        text: Option<&str>,
    ) -> Result<(), Failure> {
        let call = format!("page.{condition}({}, {})", json!(selector), json!(text));
        let result = self.until::<bool>(&call).await.map(drop);
        self.told(result, || {
            format!(
                "wait for {selector} {} to be {condition}",
                text.unwrap_or_default()
            )
        })
        .await
    }

    async fn click_match(&self, selector: &str, text: Option<&str>) -> Result<(), Cause> {
        #[derive(Deserialize)]
        struct Position {
            x: f64,
            y: f64,
        }
        let call = format!("page.clickable({}, {})", json!(selector), json!(text));
        let Position { x, y } = self.until(&call).await?;
        self.page.click(Point::new(x, y)).await?;
        Ok(())
    }

    async fn type_into(&self, selector: &str, text: &str) -> Result<(), Cause> {
        self.click_match(selector, None).await?;
        self.page.execute(InsertTextParams::new(text)).await?;
        Ok(())
    }

    /// Waits for a condition, which is an expression that may use `page`. A navigation meanwhile starts the wait anew.
    async fn until<T: DeserializeOwned>(&self, condition: &str) -> Result<T, Cause> {
        let mut left = self.patience;
        loop {
            let wait = left.min(ONE_WAIT);
            let call = format!("page.until({condition}, {})", wait.as_millis());
            match self
                .evaluate(&format!("(() => {{ const page = {PAGE}; return {call}; }})()"))
                .await
            {
                Ok(Waited::InTime { value }) => return Ok(value),
                Ok(Waited::TooLate { shown }) if wait == left => return Err(Cause::TooLate(shown)),
                Ok(Waited::TooLate { .. }) => left -= wait,
                Err(Cause::Chromium(error)) if is_navigation(&error) => {}
                Err(cause) => return Err(cause),
            }
        }
    }

    async fn evaluate<T: DeserializeOwned>(&self, expression: &str) -> Result<T, Cause> {
        let parameters = EvaluateParams::builder()
            .expression(expression)
            .await_promise(true)
            .return_by_value(true)
            .user_gesture(true)
            .build()
            .map_err(Cause::Script)?;
        let response = self.page.execute(parameters).await?.result;
        if let Some(exception) = response.exception_details {
            let said = exception.exception.and_then(|object| object.description);
            return Err(Cause::Script(said.unwrap_or(exception.text)));
        }
        let value = response.result.value.unwrap_or(Value::Null);
        serde_json::from_value(value).map_err(|error| Cause::Script(error.to_string()))
    }

    async fn resize(&self, viewport: Viewport) -> Result<(), CdpError> {
        let (metrics, touch) = match viewport {
            Viewport::Desktop => (SetDeviceMetricsOverrideParams::new(1280, 800, 1.0, false), false),
            Viewport::Phone => (SetDeviceMetricsOverrideParams::new(390, 844, 2.0, true), true),
        };
        self.page.execute(metrics).await?;
        self.page
            .execute(SetTouchEmulationEnabledParams::new(touch))
            .await?;
        Ok(())
    }

    async fn picture(&self, file: &Path) -> Result<(), Cause> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(Cause::Io)?;
        }
        self.evaluate::<Value>(
            "document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => null)",
        )
        .await?;
        self.page
            .save_screenshot(ScreenshotParams::default(), file)
            .await?;
        Ok(())
    }

    /// Adds to an error who tried what, the console and a picture.
    async fn told<T, E: Into<Cause>>(
        &self,
        result: Result<T, E>,
        tried: impl FnOnce() -> String,
    ) -> Result<T, Failure> {
        let cause = match result {
            Ok(value) => return Ok(value),
            Err(cause) => Box::new(cause.into()),
        };
        let file = PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../target/browser-failures"
        ))
        .join(format!("{}-{}.png", self.who, std::process::id()));
        let screenshot = self.picture(&file).await.is_ok().then_some(file);
        Err(Failure {
            who: self.who.clone(),
            tried: tried(),
            cause,
            console: self.console(),
            screenshot,
        })
    }
}

impl From<CdpError> for Cause {
    fn from(error: CdpError) -> Self {
        Self::Chromium(error)
    }
}

/// Whether a wait ended because the page it ran in went away.
fn is_navigation(error: &CdpError) -> bool {
    let said = error.to_string();
    [
        "context was destroyed",
        "Promise was collected",
        "navigated or closed",
        "Cannot find context",
    ]
    .iter()
    .any(|phrase| said.contains(phrase))
}

/// Writes what the page says into `console`, as long as the page lives.
async fn collect(page: &Page, console: &Console) -> Result<(), CdpError> {
    page.enable_log().await?;
    page.enable_runtime().await?;
    let mut messages = page.event_listener::<EventConsoleApiCalled>().await?;
    let mut exceptions = page.event_listener::<EventExceptionThrown>().await?;
    let mut entries = page.event_listener::<EventEntryAdded>().await?;
    let console = console.clone();
    tokio::spawn(async move {
        loop {
            let line = tokio::select! {
                Some(message) = messages.next() => {
                    let words: Vec<String> = message.args.iter().map(shown).collect();
                    format!("{:?}: {}", message.r#type, words.join(" "))
                }
                Some(thrown) = exceptions.next() => {
                    let details = &thrown.exception_details;
                    let said = details.exception.as_ref().map(shown).unwrap_or_default();
                    format!("uncaught: {} {said}", details.text)
                }
                Some(added) = entries.next() => {
                    let entry = &added.entry;
                    format!("{:?}: {} {}", entry.level, entry.text, entry.url.as_deref().unwrap_or_default())
                }
                else => break,
            };
            console.push(line);
        }
    });
    Ok(())
}

fn shown(object: &RemoteObject) -> String {
    match (&object.value, &object.description) {
        (Some(Value::String(text)), _) => text.clone(),
        (Some(value), _) => value.to_string(),
        (None, Some(description)) => description.clone(),
        (None, None) => format!("{:?}", object.r#type),
    }
}

async fn add_authenticator(page: &Page, passkeys: Passkeys) -> Result<(), CdpError> {
    if passkeys == Passkeys::Missing {
        return Ok(());
    }
    page.execute(EnableWebAuthn::default()).await?;
    let options = VirtualAuthenticatorOptions::builder()
        .protocol(AuthenticatorProtocol::Ctap2)
        .ctap2_version(Ctap2Version::Ctap21)
        .transport(AuthenticatorTransport::Internal)
        .has_resident_key(true)
        .has_user_verification(true)
        .is_user_verified(true)
        .has_prf(passkeys == Passkeys::WithPrf)
        .automatic_presence_simulation(true)
        .build()
        .map_err(CdpError::msg)?;
    page.execute(AddVirtualAuthenticatorParams::new(options)).await?;
    Ok(())
}

/// Bits of `Input.dispatchKeyEvent`'s modifiers.
fn modifier(name: &str) -> Option<i64> {
    match name {
        "Alt" => Some(1),
        "Control" => Some(2),
        "Meta" => Some(4),
        "Shift" => Some(8),
        _ => None,
    }
}

async fn press(page: &Page, chord: &str) -> Result<(), CdpError> {
    let (held, key) = match chord.rsplit_once('+') {
        Some((held, key)) if !key.is_empty() => (held, key),
        _ => ("", chord),
    };
    let modifiers: i64 = held.split('+').filter_map(modifier).sum();
    let definition =
        keys::get_key_definition(key).ok_or_else(|| CdpError::msg(format!("no key is called {key}")))?;
    // A chord with Control or Meta writes nothing.
    let writes = modifiers & 6 == 0;
    let text = definition
        .text
        .or((definition.key.len() == 1).then_some(definition.key))
        .filter(|_| writes);
    let mut event = DispatchKeyEventParams::builder()
        .key(definition.key)
        .code(definition.code)
        .modifiers(modifiers)
        .windows_virtual_key_code(definition.key_code)
        .native_virtual_key_code(definition.key_code);
    let up = event
        .clone()
        .r#type(DispatchKeyEventType::KeyUp)
        .build()
        .map_err(CdpError::msg)?;
    let down = match text {
        Some(text) => {
            event = event.text(text);
            DispatchKeyEventType::KeyDown
        }
        None => DispatchKeyEventType::RawKeyDown,
    };
    page.execute(event.r#type(down).build().map_err(CdpError::msg)?)
        .await?;
    page.execute(up).await?;
    Ok(())
}
