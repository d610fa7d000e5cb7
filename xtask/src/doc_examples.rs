//! Finds the packages whose documentation has examples to run: rustdoc is not started for the others.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::files;

/// Names of the packages under `crates/` that have examples.
pub fn packages(crates: &Path) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for entry in fs::read_dir(crates)? {
        let source = entry?.path().join("src");
        if let Some(folder) = source.parent().and_then(Path::file_name)
            && folder_has_example(&source)?
        {
            packages.push(format!("sotto-{}", folder.to_string_lossy()));
        }
    }
    packages.sort();
    Ok(packages)
}

fn folder_has_example(source: &Path) -> Result<bool> {
    for file in files::list(source)? {
        if file.extension().is_some_and(|extension| extension == "rs")
            && has_example(&fs::read_to_string(source.join(file))?)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a fence of a documentation comment opens Rust that rustdoc compiles.
fn has_example(source: &str) -> bool {
    let mut open = false;
    for line in source.lines().map(str::trim_start) {
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let Some(language) = comment.and_then(|text| text.trim().strip_prefix("```")) else {
            continue;
        };
        if !open && matches!(language, "" | "rust" | "no_run" | "should_panic" | "compile_fail") {
            return true;
        }
        open = !open;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rust_in_documentation_counts() {
        assert!(has_example("/// ```\n/// assert!(true);\n/// ```"));
        assert!(has_example("//! ```text\n//! a\n//! ```\n//! ```rust\n"));
        assert!(!has_example("/// ```text\n/// a -> b\n/// ```\nfn a() {}"));
        assert!(!has_example("// ```\nlet text = \"```\";"));
    }
}
