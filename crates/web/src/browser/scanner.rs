//! Reads QR codes by the camera, where the browser can.

use super::window::window;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = BarcodeDetector)]
    type Detector;
    #[wasm_bindgen(constructor, js_class = "BarcodeDetector", catch)]
    fn new(options: &Object) -> Result<Detector, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn detect(this: &Detector, source: &HtmlVideoElement) -> Result<JsValue, JsValue>;
}

/// Whether the browser can.
pub fn supported() -> bool {
    let detector = Reflect::has(&js_sys::global(), &"BarcodeDetector".into()).unwrap_or(false);
    detector && window().is_secure_context()
}

/// A running camera; stops when dropped.
pub struct Camera {
    stream: MediaStream,
    detector: Detector,
}

impl Camera {
    /// Asks for the camera and shows it in `video`. `None` if it wasn't granted or there is none.
    pub async fn start(video: &HtmlVideoElement) -> Option<Self> {
        let constraints = MediaStreamConstraints::new();
        let facing = Object::new();
        Reflect::set(&facing, &"facingMode".into(), &"environment".into()).ok()?;
        constraints.set_video(&facing);
        let devices = window().navigator().media_devices().ok()?;
        let asked = devices.get_user_media_with_constraints(&constraints).ok()?;
        let stream: MediaStream = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
        video.set_src_object(Some(&stream));
        JsFuture::from(video.play().ok()?).await.ok()?;
        let formats = Object::new();
        Reflect::set(&formats, &"formats".into(), &Array::of1(&"qr_code".into())).ok()?;
        let detector = Detector::new(&formats).ok()?;
        Some(Self { stream, detector })
    }

    /// The text of the code that the camera sees just now.
    pub async fn read(&self, video: &HtmlVideoElement) -> Option<String> {
        let found: Array = self.detector.detect(video).await.ok()?.dyn_into().ok()?;
        let value = Reflect::get(&found.get(0), &"rawValue".into()).ok()?;
        value.as_string()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}
