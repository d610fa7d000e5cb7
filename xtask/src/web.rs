//! Builds the web client: two WebAssembly modules and the static files, into `target/web`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use walrus::{ExportItem, ModuleConfig, RefType};
use wasm_bindgen_cli_support::Bindgen;

use crate::progress::{self, Progress, Step};
use crate::requirements::{WASM_TARGET, find_command};
use crate::workspace::Workspace;

/// How much the compiler is to think.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Small and fast.
    Release,
    /// Soon ready.
    Dev,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "wasm-dev",
        }
    }
}

/// A package that becomes a module: `NAME.js` and `NAME_bg.wasm`.
struct Module {
    package: &'static str,
    features: &'static str,
    /// What cargo calls the compiled library.
    library: &'static str,
    name: &'static str,
    compile: Step,
    bind: Step,
}

const UI: Module = Module {
    package: "sotto-web",
    features: "",
    library: "sotto_web.wasm",
    name: "ui",
    compile: Step {
        key: "compile-ui",
        title: "compile the user interface",
        usual: 120,
    },
    bind: Step {
        key: "bind-ui",
        title: "pack the user interface",
        usual: 15,
    },
};

const WORKER: Module = Module {
    package: "sotto-web-worker",
    features: "runtime",
    library: "sotto_web_worker.wasm",
    name: "worker",
    compile: Step {
        key: "compile-worker",
        title: "compile the browser's worker",
        usual: 100,
    },
    bind: Step {
        key: "bind-worker",
        title: "pack the browser's worker",
        usual: 25,
    },
};

/// The steps of [`build`].
pub const STEPS: &[Step] = &[UI.compile, UI.bind, WORKER.compile, WORKER.bind];

/// Builds both modules and brings `target/web` up to date.
pub fn build(workspace: &Workspace, progress: &mut Progress, profile: Profile) -> Result<()> {
    for module in [&UI, &WORKER] {
        progress.quietly(&module.compile, &mut module.compile_command(workspace, profile))?;
        progress.step(&module.bind, |_| module.bind(workspace, profile))?;
    }
    let static_files = workspace.root().join("crates/web/static");
    let (ui, worker) = (UI.bound(workspace), WORKER.bound(workspace));
    crate::files::mirror(&[&static_files, &ui, &worker], &workspace.web())
}

impl Module {
    /// One package per invocation: built together, the interface would be compiled with the worker's features.
    fn compile_command(&self, workspace: &Workspace, profile: Profile) -> Command {
        let mut cargo = workspace.cargo();
        cargo
            .args(["build", "--lib", "--target", WASM_TARGET])
            .args([
                "--package",
                self.package,
                "--features",
                self.features,
                "--profile",
                profile.name(),
            ])
            .env("CARGO_TARGET_DIR", workspace.wasm_target());
        cargo
    }

    fn compiled(&self, workspace: &Workspace, profile: Profile) -> PathBuf {
        workspace
            .wasm_target()
            .join(WASM_TARGET)
            .join(profile.name())
            .join(self.library)
    }

    /// The folder of the module's JavaScript and WebAssembly.
    fn bound(&self, workspace: &Workspace) -> PathBuf {
        workspace.wasm_target().join("bound").join(self.name)
    }

    fn bind(&self, workspace: &Workspace, profile: Profile) -> Result<()> {
        let compiled = self.compiled(workspace, profile);
        ensure!(
            compiled.is_file(),
            "{} is no cdylib: {} is missing",
            self.package,
            compiled.display()
        );
        let folder = self.bound(workspace);
        let (stamp, present) = (folder.with_extension("stamp"), stamp_of(&compiled, profile)?);
        if fs::read_to_string(&stamp).is_ok_and(|former| former == present) {
            return Ok(());
        }
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        generate(&compiled, &folder, self.name, profile)?;
        if profile == Profile::Release {
            optimise(&folder.join(format!("{}_bg.wasm", self.name)))?;
        }
        Ok(fs::write(stamp, present)?)
    }
}

/// Changes whenever a module has to be packed again.
fn stamp_of(compiled: &Path, profile: Profile) -> Result<String> {
    let metadata = fs::metadata(compiled)?;
    let optimiser = find_command("wasm-opt");
    Ok(format!(
        "{} {:?} {} {optimiser:?}",
        profile.name(),
        metadata.modified()?,
        metadata.len()
    ))
}

fn generate(compiled: &Path, folder: &Path, name: &str, profile: Profile) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .keep_debug(profile == Profile::Dev)
        .remove_name_section(profile == Profile::Release)
        .remove_producers_section(profile == Profile::Release)
        .omit_default_module_path(false)
        .out_name(name)
        .generate(folder)
        .context("wasm-bindgen")
}

/// Takes off another tenth to quarter where Debian's `binaryen` is installed.
///
/// Not `-Oz`: it makes the file smaller but what travels larger, since it moves alike functions apart.
fn optimise(module: &Path) -> Result<()> {
    let Some(wasm_opt) = find_command("wasm-opt") else {
        eprintln!("      wasm-opt (Debian's binaryen) is not installed: the module stays larger");
        return Ok(());
    };
    let smaller = module.with_extension("opt");
    progress::run(
        Command::new(wasm_opt)
            .args(FEATURES)
            .args(PASSES)
            .arg(module)
            .arg("-o")
            .arg(&smaller),
    )?;
    fs::rename(smaller, module)?;
    repair_table_export(module)
}

/// What the compiler may have used.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// Passes that keep functions in their order.
const PASSES: &[&str] = &[
    "--optimize-level=2",
    "--shrink-level=2",
    "--dae-optimizing",
    "--duplicate-function-elimination",
    "--duplicate-import-elimination",
    "--remove-unused-module-elements",
    "--memory-packing",
    "--directize",
    "--code-folding",
    "--merge-blocks",
    "--remove-unused-brs",
    "--optimize-instructions",
    "--coalesce-locals",
    "--reorder-locals",
    "--vacuum",
];

/// Binaryen 108, which is Debian 12's, exports the first table whichever was meant: wasm-bindgen means the one that
/// holds JavaScript's values.
fn repair_table_export(file: &Path) -> Result<()> {
    let mut config = ModuleConfig::new();
    let mut module = config
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse_file(file)?;
    let values = module
        .tables
        .iter()
        .find(|table| table.element_ty == RefType::EXTERNREF)
        .map(|table| table.id());
    let export = module
        .exports
        .iter_mut()
        .find(|export| export.name == "__wbindgen_externrefs");
    if let (Some(values), Some(export)) = (values, export) {
        export.item = ExportItem::Table(values);
    }
    module.emit_wasm_file(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_values_is_exported_again() {
        const EXPORT: &str = "__wbindgen_externrefs";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("module.wasm");
        let mut module = walrus::Module::default();
        let functions = module.tables.add_local(false, 0, None, RefType::FUNCREF);
        module.tables.add_local(false, 0, None, RefType::EXTERNREF);
        module.exports.add(EXPORT, functions);
        module.exports.add("functions", functions);
        module.emit_wasm_file(&file).unwrap();

        repair_table_export(&file).unwrap();

        let module = walrus::Module::from_file(&file).unwrap();
        let exported = |name| {
            let export = module.exports.iter().find(|export| export.name == name).unwrap();
            let ExportItem::Table(table) = export.item else {
                panic!("{name} is no table")
            };
            module.tables.get(table).element_ty
        };
        assert_eq!(exported(EXPORT), RefType::EXTERNREF);
        assert_eq!(exported("functions"), RefType::FUNCREF);
    }
}
