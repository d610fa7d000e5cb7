//! `cargo xtask bench NAME`: measures, and holds what it measured against a bound.

mod latency;
mod web_size;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;

use crate::workspace::Workspace;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Which benchmark; without it, all are listed
    name: Option<String>,
    /// Also writes the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// One measured number.
#[derive(Serialize)]
pub struct Figure {
    /// What was measured.
    pub figure: String,
    /// How much of `unit`.
    pub value: f64,
    /// Unit of `value` and `bound`.
    pub unit: &'static str,
    /// The peer that was measured in the same run, if any.
    pub against: Option<String>,
    /// Our value divided by the peer's.
    pub ratio: Option<f64>,
    /// The most that is acceptable.
    pub bound: f64,
    /// Whether the bound is kept.
    pub met: bool,
}

impl Figure {
    /// A figure that must not be above its bound.
    pub fn at_most(figure: &str, value: f64, unit: &'static str, bound: f64) -> Self {
        Self {
            figure: figure.to_owned(),
            value,
            unit,
            against: None,
            ratio: None,
            bound,
            met: value <= bound,
        }
    }

    /// The same, compared with what a peer or a floor took in the same run.
    pub fn against(self, peer: &str, value: f64) -> Self {
        Self {
            against: Some(peer.to_owned()),
            ratio: (value > 0.0).then_some(self.value / value),
            ..self
        }
    }
}

struct Bench {
    name: &'static str,
    about: &'static str,
    measure: fn(&Workspace) -> Result<Vec<Figure>>,
}

/// Every benchmark: a new one is a file beside this and a line here.
const BENCHES: &[Bench] = &[
    Bench {
        name: "latency",
        about: "from one person's keystroke to the other's screen",
        measure: latency::measure,
    },
    Bench {
        name: "web-size",
        about: "what the browser has to load, gzipped",
        measure: web_size::measure,
    },
];

/// Measures; fails if a bound is not kept.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let Some(name) = &options.name else { return list() };
    let Some(bench) = BENCHES.iter().find(|bench| bench.name == name) else {
        bail!("no benchmark is called {name}; `cargo xtask bench` lists them");
    };
    let figures = (bench.measure)(workspace)?;
    print(&figures)?;
    if let Some(file) = &options.json {
        let json = serde_json::to_vec_pretty(&figures)?;
        fs::write(file, json).with_context(|| format!("writing {}", file.display()))?;
    }
    let missed = figures.iter().filter(|figure| !figure.met).count();
    if missed > 0 {
        bail!("{missed} of {} figures out of bounds", figures.len());
    }
    Ok(())
}

fn list() -> Result<()> {
    let mut out = std::io::stdout().lock();
    for bench in BENCHES {
        writeln!(out, "{:12} {}", bench.name, bench.about)?;
    }
    Ok(())
}

fn print(figures: &[Figure]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for Figure {
        figure,
        value,
        unit,
        against,
        ratio,
        bound,
        met,
    } in figures
    {
        let verdict = if *met { "ok" } else { "MISSED" };
        write!(
            out,
            "{verdict:6} {figure}: {value:.1} {unit} (at most {bound:.1} {unit})"
        )?;
        if let (Some(peer), Some(ratio)) = (against, ratio) {
            write!(out, ", {ratio:.2} times {peer}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
