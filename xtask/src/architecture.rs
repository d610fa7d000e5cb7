//! Who may know whom. An edge that is not drawn here is a defect.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::workspace::{self, Workspace};

/// Each package and those of ours that it may depend on. The test kit, which may know all, is not in the list.
const ALLOWED: &[(&str, &[&str])] = &[
    ("sotto-keys", &[]),
    ("sotto-sqlite", &[]),
    ("xtask", &[]),
    ("sotto-protocol", &["sotto-keys"]),
    ("sotto-wire", &["sotto-keys"]),
    ("sotto-engine", &["sotto-keys", "sotto-protocol", "sotto-wire"]),
    (
        "sotto-client-store",
        &["sotto-engine", "sotto-keys", "sotto-protocol", "sotto-sqlite"],
    ),
    ("sotto-store", &["sotto-keys", "sotto-wire"]),
    (
        "sotto-store-sqlite",
        &["sotto-keys", "sotto-sqlite", "sotto-store", "sotto-wire"],
    ),
    (
        "sotto-server",
        &["sotto-keys", "sotto-store", "sotto-store-sqlite", "sotto-wire"],
    ),
    (
        "sotto-terminal",
        &["sotto-client-store", "sotto-engine", "sotto-keys", "sotto-wire"],
    ),
    (
        "sotto-web-worker",
        &[
            "sotto-client-store",
            "sotto-engine",
            "sotto-keys",
            "sotto-protocol",
            "sotto-sqlite",
            "sotto-wire",
        ],
    ),
    ("sotto-web", &["sotto-keys", "sotto-web-worker"]),
];

/// May know all; any package's tests may know it.
const TEST_KIT: &str = "sotto-testkit";

/// What else tests may know: those of the server play its clients, which hold secrets; those of the terminal client
/// talk over the real server.
const ALLOWED_IN_TESTS: &[(&str, &str)] = &[
    ("sotto-server", "sotto-protocol"),
    ("sotto-terminal", "sotto-server"),
    ("sotto-terminal", "sotto-store"),
    ("sotto-terminal", "sotto-store-sqlite"),
];

/// The server cannot decrypt because the code to do so is not in it.
const SERVER: &str = "sotto-server";
const FORBIDDEN_UNDER_SERVER: &[&str] = &["sotto-protocol", "sotto-engine"];

/// The one package that may name SQLite's crates.
const SQLITE: &str = "sotto-sqlite";
const SQLITE_CRATES: &[&str] = &[
    "rusqlite",
    "libsqlite3-sys",
    "sqlite-wasm-rs",
    "sqlite-wasm-vfs",
    "sqlite3mc-src",
];

/// The workspace as `cargo metadata --no-deps` describes it.
#[derive(Deserialize)]
pub struct Graph {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` is an ordinary dependency; otherwise `dev` or `build`.
    kind: Option<String>,
}

impl Dependency {
    fn only_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

/// A dependency that the design doesn't draw.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    /// The design doesn't know the package.
    UnknownPackage(String),
    /// An edge between two of our packages that is not drawn.
    Edge { from: String, to: String },
    /// The code to decrypt came under the server.
    UnderServer(String),
    /// A package other than ours for SQLite names one of SQLite's crates.
    NamesSqlite { package: String, names: String },
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPackage(package) => write!(formatter, "{package} is not in the design"),
            Self::Edge { from, to } => write!(formatter, "{from} may not know {to}"),
            Self::UnderServer(package) => write!(formatter, "{package} is in the server's dependency tree"),
            Self::NamesSqlite { package, names } => {
                write!(formatter, "{package} names {names}; only {SQLITE} may")
            }
        }
    }
}

/// Fails, naming each of them, if the workspace has dependencies that the design doesn't draw.
pub fn check(workspace: &Workspace) -> Result<()> {
    let graph: Graph = serde_json::from_slice(&workspace::metadata(workspace.root())?)?;
    let violations: Vec<String> = graph.violations().iter().map(Violation::to_string).collect();
    ensure!(violations.is_empty(), "{}", violations.join("; "));
    Ok(())
}

impl Graph {
    /// Everything that contradicts the design, in a stable order.
    pub fn violations(&self) -> BTreeSet<Violation> {
        let mut found = BTreeSet::new();
        for package in &self.packages {
            found.extend(self.edge_violations(package));
            found.extend(sqlite_violations(package));
        }
        let under_server = self.reachable_from(SERVER);
        let forbidden = FORBIDDEN_UNDER_SERVER
            .iter()
            .filter(|name| under_server.contains(**name));
        found.extend(forbidden.map(|name| Violation::UnderServer((*name).to_owned())));
        found
    }

    fn edge_violations(&self, package: &Package) -> Vec<Violation> {
        if package.name == TEST_KIT {
            return Vec::new();
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            return vec![Violation::UnknownPackage(package.name.clone())];
        };
        let ours: BTreeSet<&str> = self
            .packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        let undrawn = |dependency: &&Dependency| {
            let name = dependency.name.as_str();
            let allowed_in_tests =
                name == TEST_KIT || ALLOWED_IN_TESTS.contains(&(package.name.as_str(), name));
            let drawn = allowed.contains(&name) || (dependency.only_for_tests() && allowed_in_tests);
            ours.contains(name) && !drawn
        };
        let edge = |to: &Dependency| Violation::Edge {
            from: package.name.clone(),
            to: to.name.clone(),
        };
        package.dependencies.iter().filter(undrawn).map(edge).collect()
    }

    /// Our packages that `package` is built from, over any number of edges. Only ours lead to ours.
    fn reachable_from(&self, package: &str) -> BTreeSet<&str> {
        let by_name: BTreeMap<&str, &Package> = self
            .packages
            .iter()
            .map(|package| (package.name.as_str(), package))
            .collect();
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Package> = by_name.get(package).copied().into_iter().collect();
        while let Some(package) = open.pop() {
            for dependency in package
                .dependencies
                .iter()
                .filter(|dependency| !dependency.only_for_tests())
            {
                if let Some(next) = by_name.get(dependency.name.as_str())
                    && reached.insert(next.name.as_str())
                {
                    open.push(next);
                }
            }
        }
        reached
    }
}

fn sqlite_violations(package: &Package) -> Vec<Violation> {
    if package.name == SQLITE {
        return Vec::new();
    }
    let names = |dependency: &&Dependency| SQLITE_CRATES.contains(&dependency.name.as_str());
    let violation = |dependency: &Dependency| Violation::NamesSqlite {
        package: package.name.clone(),
        names: dependency.name.clone(),
    };
    package.dependencies.iter().filter(names).map(violation).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn graph(json: serde_json::Value) -> Graph {
        serde_json::from_value(json).unwrap()
    }

    fn edge(from: &str, to: &str) -> Violation {
        Violation::Edge {
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    #[test]
    fn the_workspace_is_as_the_design_draws_it() {
        let metadata = workspace::metadata(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let graph: Graph = serde_json::from_slice(&metadata).unwrap();
        assert!(
            graph.packages.iter().any(|package| package.name == SERVER),
            "looked at the wrong workspace"
        );
        assert_eq!(graph.violations(), BTreeSet::new());
    }

    #[test]
    fn planted_violations_are_caught() {
        let planted = graph(serde_json::json!({ "packages": [
            { "name": "sotto-keys", "dependencies": [{ "name": "sotto-testkit", "kind": "dev" }] },
            { "name": "sotto-protocol", "dependencies": [{ "name": "sotto-keys", "kind": null }] },
            { "name": "sotto-wire", "dependencies": [{ "name": "sotto-protocol", "kind": null }] },
            { "name": "sotto-server", "dependencies": [
                { "name": "sotto-wire", "kind": null },
                { "name": "sotto-protocol", "kind": "dev" },
                { "name": "sotto-engine", "kind": "dev" },
                { "name": "rusqlite", "kind": "dev" },
            ] },
            { "name": "sotto-engine", "dependencies": [{ "name": "sotto-testkit", "kind": null }] },
            { "name": "sotto-testkit", "dependencies": [{ "name": "sotto-server", "kind": null }] },
            { "name": "sotto-utils", "dependencies": [] },
        ] }));

        let expected = BTreeSet::from([
            Violation::UnknownPackage("sotto-utils".to_owned()),
            edge("sotto-wire", "sotto-protocol"),
            edge("sotto-server", "sotto-engine"),
            edge("sotto-engine", "sotto-testkit"),
            Violation::UnderServer("sotto-protocol".to_owned()),
            Violation::NamesSqlite {
                package: "sotto-server".to_owned(),
                names: "rusqlite".to_owned(),
            },
        ]);
        assert_eq!(planted.violations(), expected);
    }

    #[test]
    fn the_server_names_its_backend_in_main_alone() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/server/src");
        let naming: Vec<_> = crate::files::list(&source)
            .unwrap()
            .into_iter()
            .filter(|file| file != Path::new("main.rs") && !file.starts_with("main"))
            .filter(|file| {
                let text = std::fs::read_to_string(source.join(file)).unwrap();
                let program = text.split("#[cfg(test)]").next().unwrap();
                program.contains("sotto_store_sqlite")
            })
            .collect();
        assert!(naming.is_empty(), "{naming:?}");
    }
}
