//! `GET /health/live`

/// The process answers.
pub(crate) async fn live() -> &'static str {
    "live\n"
}
