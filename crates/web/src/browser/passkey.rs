//! Passkeys, and the secret that their PRF extension gives (WebAuthn Level 3, section 10.1.4).

use js_sys::{Array, ArrayBuffer, JSON, Object, Reflect, Uint8Array};
use sotto_web_worker::messages::PRF_INPUT;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// A passkey that was just made.
pub struct NewPasskey {
    /// The `PublicKeyCredential` as JSON, without PRF outputs.
    pub credential: String,
    /// What the PRF gave, if the authenticator has one.
    pub prf: Option<PrfOutput>,
}

/// The PRF's output and whose it is.
pub struct PrfOutput {
    /// The credential's raw id.
    pub credential_id: Vec<u8>,
    /// 32 bytes.
    pub output: Vec<u8>,
}

/// Why a passkey couldn't be made or used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasskeyError {
    /// The browser has no passkeys here.
    Unsupported,
    /// The person declined, or it took too long.
    Cancelled,
    /// The authenticator holds one for this account already.
    Exists,
    /// It has no PRF.
    NoPrf,
    /// Something else.
    Failed,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = parseCreationOptionsFromJSON, catch)]
    fn parse_creation_options(options: &JsValue) -> Result<Object, JsValue>;
    #[wasm_bindgen(js_namespace = ["navigator", "credentials"], js_name = create, catch)]
    async fn create_credential(options: &Object) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = ["navigator", "credentials"], js_name = get, catch)]
    async fn get_credential(options: &Object) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn random(bytes: &Uint8Array) -> Result<Uint8Array, JsValue>;

    type Credential;
    #[wasm_bindgen(method, getter, js_name = rawId)]
    fn raw_id(this: &Credential) -> ArrayBuffer;
    #[wasm_bindgen(method, js_name = toJSON, catch)]
    fn to_json(this: &Credential) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = getClientExtensionResults)]
    fn extensions(this: &Credential) -> JsValue;
}

/// Whether the browser has passkeys here.
pub fn supported() -> bool {
    Reflect::has(&js_sys::global(), &"PublicKeyCredential".into()).unwrap_or(false)
}

/// Makes a passkey from `{"publicKey": …}` in WebAuthn's JSON.
pub async fn create(options: &str) -> Result<NewPasskey, PasskeyError> {
    let options = JSON::parse(options).map_err(|_| PasskeyError::Failed)?;
    let public_key =
        parse_creation_options(&member(&options, "publicKey")).map_err(|_| PasskeyError::Unsupported)?;
    let extensions = member(&public_key, "extensions")
        .dyn_into()
        .unwrap_or_else(|_| Object::new());
    put(&extensions, "prf", &prf_request());
    put(&public_key, "extensions", &extensions);
    let made = create_credential(&object(&[("publicKey", &public_key)])).await;
    let credential: Credential = made.map_err(|error| classify(&error))?.unchecked_into();
    let prf = match prf_output(&credential) {
        Some(output) => Some(output),
        // Some authenticators give the output only when the passkey is used.
        None if prf_enabled(&credential) => open(&[raw_id(&credential)]).await.ok(),
        None => None,
    };
    let credential = without_prf(&credential)?;
    Ok(NewPasskey { credential, prf })
}

/// Uses one of these passkeys for its PRF output alone: nobody checks the challenge.
pub async fn open(credential_ids: &[Vec<u8>]) -> Result<PrfOutput, PasskeyError> {
    let allowed = credential_ids.iter().map(|id| {
        let id = Uint8Array::from(&id[..]);
        object(&[("type", &"public-key".into()), ("id", &id)])
    });
    let challenge = random(&Uint8Array::new_with_length(32)).map_err(|_| PasskeyError::Failed)?;
    let public_key = object(&[
        ("challenge", &challenge),
        ("allowCredentials", &allowed.collect::<Array>()),
        ("userVerification", &"required".into()),
        ("extensions", &object(&[("prf", &prf_request())])),
    ]);
    if !supported() {
        return Err(PasskeyError::Unsupported);
    }
    let used = get_credential(&object(&[("publicKey", &public_key)])).await;
    let credential: Credential = used.map_err(|error| classify(&error))?.unchecked_into();
    prf_output(&credential).ok_or(PasskeyError::NoPrf)
}

fn prf_request() -> Object {
    let first = Uint8Array::from(PRF_INPUT);
    object(&[("eval", &object(&[("first", &first)]))])
}

fn prf_output(credential: &Credential) -> Option<PrfOutput> {
    let results = member(&member(&credential.extensions(), "prf"), "results");
    let first = member(&results, "first");
    (!first.is_undefined()).then(|| PrfOutput {
        credential_id: raw_id(credential),
        output: Uint8Array::new(&first).to_vec(),
    })
}

fn prf_enabled(credential: &Credential) -> bool {
    member(&member(&credential.extensions(), "prf"), "enabled").is_truthy()
}

fn raw_id(credential: &Credential) -> Vec<u8> {
    Uint8Array::new(&credential.raw_id()).to_vec()
}

/// The credential as the server may see it.
fn without_prf(credential: &Credential) -> Result<String, PasskeyError> {
    let json = credential.to_json().map_err(|_| PasskeyError::Failed)?;
    let extensions = member(&json, "clientExtensionResults");
    if let Some(extensions) = extensions.dyn_ref::<Object>() {
        let removed = Reflect::delete_property(extensions, &"prf".into());
        if removed != Ok(true) || !member(extensions, "prf").is_undefined() {
            return Err(PasskeyError::Failed);
        }
    }
    let text = JSON::stringify(&json).map_err(|_| PasskeyError::Failed)?;
    text.as_string().ok_or(PasskeyError::Failed)
}

fn classify(error: &JsValue) -> PasskeyError {
    match member(error, "name").as_string().as_deref() {
        Some("NotAllowedError" | "AbortError") => PasskeyError::Cancelled,
        Some("InvalidStateError") => PasskeyError::Exists,
        Some("NotSupportedError" | "SecurityError" | "TypeError" | "ReferenceError") => {
            PasskeyError::Unsupported
        }
        _ => PasskeyError::Failed,
    }
}

/// The member, or undefined if there is none or `object` isn't one.
fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn object(members: &[(&str, &JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        put(&object, name, value);
    }
    object
}

fn put(object: &Object, name: &str, value: &JsValue) {
    // Setting a member of one's own object can't fail.
    let _ = Reflect::set(object, &name.into(), value);
}

impl PasskeyError {
    /// What happened and what to do.
    pub fn advice(self) -> &'static str {
        let say = &crate::words::words().errors;
        match self {
            Self::Unsupported => say.passkey_unsupported,
            Self::Cancelled => say.passkey_cancelled,
            Self::Exists => say.passkey_exists,
            Self::NoPrf => say.prf_missing,
            Self::Failed => say.passkey_failed,
        }
    }
}
