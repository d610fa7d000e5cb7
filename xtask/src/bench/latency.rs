//! From one person's keystroke to the other's screen, both in Chromium on this machine.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Figure;
use crate::e2e::{self, Binaries};
use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{requirements, web};

/// Milliseconds.
const MEDIAN_BOUND: f64 = 50.0;
/// Milliseconds.
const P95_BOUND: f64 = 100.0;

/// What the measuring test writes; milliseconds.
#[derive(Deserialize)]
struct Measured {
    latencies: Vec<f64>,
    own: Vec<f64>,
    floor: Vec<f64>,
}

/// Runs the measuring test of the browser tests against release builds.
pub fn measure(workspace: &Workspace) -> Result<Vec<Figure>> {
    requirements::for_browser_tests()?;
    let steps = [web::STEPS, e2e::STEPS].concat();
    e2e::prepare(
        workspace,
        &mut Progress::new(workspace, &steps),
        Binaries::Release,
    )?;
    let file = workspace.target().join("latency.json");
    let mut test = e2e::tests(
        workspace,
        Binaries::Release,
        &["from_keystroke_to_the_other_screen"],
    );
    if !test.env("SOTTO_FIGURES", &file).status()?.success() {
        bail!("the measurement failed");
    }
    let measured = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let Measured {
        latencies,
        own,
        floor,
    } = serde_json::from_slice(&measured)?;
    let floor = quantile(floor, 0.5)?;
    let peer = "a bare request to the server and back";
    Ok(vec![
        Figure::at_most(
            "keystroke to one's own screen, median",
            quantile(own, 0.5)?,
            "ms",
            MEDIAN_BOUND,
        )
        .against(peer, floor),
        Figure::at_most(
            "keystroke to screen, median",
            quantile(latencies.clone(), 0.5)?,
            "ms",
            MEDIAN_BOUND,
        )
        .against(peer, floor),
        Figure::at_most(
            "keystroke to screen, 95 in 100",
            quantile(latencies, 0.95)?,
            "ms",
            P95_BOUND,
        )
        .against(peer, floor),
    ])
}

/// The smallest value that so great a part of all doesn't exceed.
fn quantile(mut values: Vec<f64>, part: f64) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    let index = (part * last).round() as usize;
    values.get(index).copied().context("nothing was measured")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let values = || vec![3.0, 1.0, 2.0, 5.0, 4.0];
        assert_eq!(quantile(values(), 0.5).unwrap(), 3.0);
        assert_eq!(quantile(values(), 1.0).unwrap(), 5.0);
        assert!(quantile(Vec::new(), 0.5).is_err());
    }
}
