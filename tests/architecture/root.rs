//! The top of the repository holds the listed entries and nothing else: generated files belong in
//! a temporary folder or under `target/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What may stand at the top. A new entry is a decision, made by adding it here.
const ENTRIES: [&str; 18] = [
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "clippy.toml",
    "deny.toml",
    "docs",
    "fuzz",
    "keymaps",
    "plans",
    "rustfmt.toml",
    "src",
    "tests",
];

/// The entries at the top that are not git's own and that `.gitignore` does not name.
fn entries(root: &Path) -> BTreeSet<String> {
    let ignored = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let is_ignored = |name: &str| {
        ignored.lines().any(|line| match line.strip_prefix('*') {
            Some(ending) => name.ends_with(ending),
            None => line.trim_matches('/') == name,
        })
    };
    fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name != ".git" && !is_ignored(name))
        .collect()
}

#[test]
fn the_top_of_the_repository_holds_only_the_listed_entries() {
    let known: BTreeSet<String> = ENTRIES.iter().map(|name| (*name).to_owned()).collect();
    let found = entries(Path::new(env!("CARGO_MANIFEST_DIR")));
    let extra: Vec<&String> = found.difference(&known).collect();
    assert!(
        extra.is_empty(),
        "unknown entries at the top of the repository: {extra:?}"
    );
}
