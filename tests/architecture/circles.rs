//! No circles between files: what a file imports never leads back to it. A parent's `mod` lines
//! and re-exports are no imports; importing through them is importing the file behind.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Imports, Modules};
use super::tokens;

#[test]
fn no_file_is_imported_by_what_it_imports() {
    let modules = Modules::of(tokens::files());
    let imports = modules.imports();
    assert!(imports.values().map(BTreeMap::len).sum::<usize>() > 500);
    let mut wrong = Vec::new();
    for circle in circles(&imports) {
        wrong.extend(said(&imports, &circle));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The files of a circle and a shortest way around it, with the names that are imported.
fn said(imports: &Imports<'_>, circle: &BTreeSet<&str>) -> Vec<String> {
    let mut lines = vec![format!("  {} files: {}", circle.len(), list(circle))];
    let around = circle
        .iter()
        .filter_map(|file| way(imports, circle, file))
        .min_by_key(Vec::len)
        .unwrap_or_default();
    lines.extend(
        around
            .into_iter()
            .map(|(from, to)| format!("    {from} imports {}", imports[from][to])),
    );
    lines
}

fn list(circle: &BTreeSet<&str>) -> String {
    circle.iter().copied().collect::<Vec<_>>().join(", ")
}

/// The shortest way from a file back to itself.
fn way<'a>(
    imports: &Imports<'a>,
    circle: &BTreeSet<&'a str>,
    start: &'a str,
) -> Option<Vec<(&'a str, &'a str)>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let last = *way.last()?;
            for next in imports[last].keys().filter(|file| circle.contains(*file)) {
                let way = [way.as_slice(), &[*next]].concat();
                if *next == start {
                    return Some(way.windows(2).map(|pair| (pair[0], pair[1])).collect());
                }
                if seen.insert(*next) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

/// The sets of files that all lead to each other.
fn circles<'a>(imports: &Imports<'a>) -> Vec<BTreeSet<&'a str>> {
    let reach: BTreeMap<&str, BTreeSet<&str>> = imports
        .keys()
        .map(|file| (*file, reached(imports, file)))
        .collect();
    let mut found: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for (file, reached) in &reach {
        if reached.contains(file) {
            let back = reached.iter().filter(|other| reach[*other].contains(file));
            found.insert(back.copied().collect());
        }
    }
    found.into_iter().collect()
}

fn reached<'a>(imports: &Imports<'a>, start: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = vec![start];
    while let Some(file) = next.pop() {
        for other in imports[file].keys() {
            if seen.insert(*other) {
                next.push(other);
            }
        }
    }
    seen
}

#[test]
fn a_circle_is_seen_through_a_re_export_and_a_path_in_code() {
    let file = |path: &str, text: &str| tokens::read(path.to_owned(), text.to_owned());
    let files = [
        file("lib.rs", "pub mod room;"),
        file(
            "room/mod.rs",
            "mod a; mod b; mod c; pub use a::A; pub use b::B;",
        ),
        file("room/a.rs", "use super::B; pub struct A(B);"),
        file(
            "room/b.rs",
            "pub struct B; fn f() { let _ = \"{\"; super::c::g::<'_'>() }",
        ),
        file(
            "room/c.rs",
            "use crate::room::{self, A as First}; pub fn g() {}",
        ),
    ];
    let modules = Modules::of(&files);
    let found = circles(&modules.imports());
    let names = ["room/a.rs", "room/b.rs", "room/c.rs"];
    assert_eq!(found, [BTreeSet::from(names)]);
}
