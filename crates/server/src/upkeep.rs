//! Sweeping out what is too old, now and then.

use crate::app::State;
use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// How long ids of sends are remembered: longer than any client repeats a send.
const SENDS_KEPT: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// Sweeps every hour, for as long as it is polled.
pub(crate) async fn run(app: &State) {
    let mut hours = tokio::time::interval(EVERY);
    loop {
        hours.tick().await;
        sweep(app).await;
    }
}

/// Sweeps in pieces until nothing old is left.
pub(crate) async fn sweep(app: &State) {
    let now = app.now();
    let mail_before = now.saturating_sub(app.config.mail_kept);
    let sends_before = now.saturating_sub(SENDS_KEPT);
    loop {
        match app.stores.upkeep.sweep(mail_before, sends_before, now).await {
            Ok(swept) if swept.mail + swept.sends + swept.batches == 0 => return,
            Ok(swept) => app.metrics.swept.add(swept.mail),
            Err(error) => {
                tracing::error!(%error, "sweeping failed");
                return;
            }
        }
    }
}
