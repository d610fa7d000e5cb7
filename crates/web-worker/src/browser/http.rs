//! Requests to one's own origin.

use core::time::Duration;

use js_sys::{ArrayBuffer, Uint8Array};
use sotto_engine::{Answer, Method, Unreachable};
use wasm_bindgen::prelude::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

use super::scope;
use super::timer::{Timer, sleep};
use crate::runtime::Server;

/// Until the whole answer is there.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Makes a request.
pub(super) async fn request(
    method: Method,
    path: &str,
    body: Option<&[u8]>,
    token: Option<&str>,
) -> Result<Answer, Unreachable> {
    let abort = AbortController::new().map_err(unreachable)?;
    let options = options(method, body, token).map_err(unreachable)?;
    options.set_signal(Some(&abort.signal()));
    let _deadline = Timer::after(TIMEOUT, move || abort.abort());
    fetch(path, &options).await.map_err(unreachable)
}

/// Why a browser's request fails it tells nobody.
fn unreachable(_: JsValue) -> Unreachable {
    Unreachable
}

/// No cookie, no cache, no redirect: nothing but what was asked.
fn options(method: Method, body: Option<&[u8]>, token: Option<&str>) -> Result<RequestInit, JsValue> {
    let options = RequestInit::new();
    options.set_method(method.name());
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    options.set_redirect(RequestRedirect::Error);
    let headers = Headers::new()?;
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        options.set_body(&Uint8Array::from(body));
    }
    if let Some(token) = token {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    options.set_headers(&headers);
    Ok(options)
}

async fn fetch(path: &str, options: &RequestInit) -> Result<Answer, JsValue> {
    let response: Response = JsFuture::from(scope().fetch_with_str_and_init(path, options))
        .await?
        .dyn_into()?;
    let body: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
    Ok(Answer {
        status: response.status(),
        body: Uint8Array::new(&body).to_vec(),
    })
}

/// One's own origin.
pub(super) struct Origin;

impl Server for Origin {
    async fn request(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, Unreachable> {
        request(method, path, body.as_deref(), None).await
    }

    async fn pause(&mut self, duration: Duration) {
        sleep(duration).await;
    }
}
