//! One name, one thing: no two files give a public type the same name.

use std::collections::BTreeMap;

use super::tokens;
use super::unused::{Kind, names};

/// Names that still stand for two things: to be emptied, not to grow.
const KNOWN: [&str; 9] = [
    "BundleState",
    "Command",
    "Context",
    "Environment",
    "Failure",
    "Forms",
    "Init",
    "Opener",
    "Presence",
];

#[test]
fn no_two_public_types_have_the_same_name() {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in tokens::files() {
        for item in names(file).items {
            if item.kind == Kind::Type {
                files.entry(item.name).or_default().push(&file.path);
            }
        }
    }
    assert!(files.len() > 300, "{}", files.len());
    let wrong: Vec<String> = files
        .into_iter()
        .filter(|(name, files)| files.len() > 1 && !KNOWN.contains(name))
        .map(|(name, files)| format!("  {name}: {}", files.join(", ")))
        .collect();
    assert!(
        wrong.is_empty(),
        "one name for two things:\n{}",
        wrong.join("\n")
    );
}
