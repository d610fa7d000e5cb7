//! What the browser has to load, gzipped.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Figure;
use crate::progress::Progress;
use crate::web::{self, Profile};
use crate::workspace::Workspace;
use crate::{files, requirements};

/// Kilobytes of 1,000 bytes.
const INTERFACE_BOUND: f64 = 250.0;
const TOTAL_BOUND: f64 = 1_500.0;

/// The files of the module that has to arrive before anything can be clicked.
const INTERFACE: [&str; 2] = ["ui.js", "ui_bg.wasm"];

/// Builds the web client and weighs it.
pub fn measure(workspace: &Workspace) -> Result<Vec<Figure>> {
    requirements::for_web()?;
    web::build(
        workspace,
        &mut Progress::new(workspace, web::STEPS),
        Profile::Release,
    )?;
    weigh(&workspace.web())
}

fn weigh(web: &Path) -> Result<Vec<Figure>> {
    let (mut interface, mut total) = (0, 0);
    let files = files::list(web)?;
    ensure!(
        INTERFACE.iter().all(|name| files.contains(Path::new(name))),
        "the web client is not built"
    );
    for file in files {
        let size = gzipped(&web.join(&file))?;
        total += size;
        if INTERFACE.iter().any(|name| file == Path::new(name)) {
            interface += size;
        }
    }
    Ok(vec![
        Figure::at_most(
            "user interface module",
            kilobytes(interface),
            "KB",
            INTERFACE_BOUND,
        ),
        Figure::at_most(
            "everything the browser loads",
            kilobytes(total),
            "KB",
            TOTAL_BOUND,
        ),
    ])
}

fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

fn gzipped(file: &Path) -> Result<usize> {
    let content = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&content)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that no compression makes smaller: a linear congruential generator's upper ones.
    fn incompressible(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn an_interface_that_is_too_large_misses_its_bound_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ui.js"), "").unwrap();
        fs::write(folder.path().join("ui_bg.wasm"), incompressible(260_000)).unwrap();
        fs::write(folder.path().join("index.html"), vec![b' '; 5_000_000]).unwrap();

        let figures = weigh(folder.path()).unwrap();
        assert_eq!(
            figures.iter().map(|figure| figure.met).collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn nothing_built_is_an_error() {
        assert!(weigh(tempfile::tempdir().unwrap().path()).is_err());
    }
}
