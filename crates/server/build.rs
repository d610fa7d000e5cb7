//! Embeds the web client, compressed, if `SOTTO_WEB_DIST` names the folder that it was built into.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::{Error, Write as _};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Error> {
    println!("cargo:rerun-if-env-changed=SOTTO_WEB_DIST");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or_else(|| Error::other("OUT_DIR is not set"))?);
    let mut table = String::from("&[\n");
    if let Some(dist) = std::env::var_os("SOTTO_WEB_DIST").map(PathBuf::from) {
        println!("cargo:rerun-if-changed={}", dist.display());
        let mut files = Vec::new();
        collect(&dist, &mut files)?;
        files.sort();
        for file in files {
            println!("cargo:rerun-if-changed={}", file.display());
            embed(&dist, &file, &out, &mut table)?;
        }
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Writes the compressed file, named by its content, and its row in the table.
fn embed(dist: &Path, file: &Path, out: &Path, table: &mut String) -> Result<(), Error> {
    let content = fs::read(file)?;
    let mut tag = String::new();
    for byte in &Sha256::digest(&content)[..16] {
        write!(tag, "{byte:02x}").map_err(Error::other)?;
    }
    let compressed = out.join(format!("{tag}.gz"));
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&content)?;
    fs::write(&compressed, encoder.finish()?)?;
    let name = file.strip_prefix(dist).map_err(Error::other)?.display();
    writeln!(
        table,
        "    Embedded {{ path: {:?}, tag: {tag:?}, gzip: include_bytes!({compressed:?}) }},",
        format!("/{name}")
    )
    .map_err(Error::other)
}
