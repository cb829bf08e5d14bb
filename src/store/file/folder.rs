//! Which parts of a store lie in a folder. Where some of them are there and the figures are not, it
//! is a store that lost them, and no place for a new one: a second store there would give numbers
//! anew that the first has given, or take its key's place.

use std::fs;
use std::path::Path;

use crate::store::api::StoreError;

/// The figures and their history.
const DATA: &str = "data.redb";
/// Files that only a store leaves.
const FILES: [&str; 2] = ["key", "witness"];
/// Folders of a store; what lies in them was put there by it or for it.
const FOLDERS: [&str; 4] = ["inbox", "outbox", "backups", "sessions"];

/// The file in `sessions` that names who writes.
pub(crate) const WRITER: &str = "writing";

/// Why there is nothing to open: no store at all, or one without its figures.
pub(crate) fn without_data(dir: &Path) -> StoreError {
    let there = parts(dir);
    if there.is_empty() {
        return StoreError::Missing(dir.to_path_buf());
    }
    let mut missing = vec![DATA];
    missing.extend(FILES.into_iter().filter(|name| !there.contains(name)));
    StoreError::Incomplete {
        dir: dir.to_path_buf(),
        missing: missing.join(", "),
        there: there.join(", "),
    }
}

/// Refuses to make a store where any part of one lies.
///
/// # Errors
/// [`StoreError::Exists`], [`StoreError::Incomplete`].
pub(crate) fn refuse_parts(dir: &Path) -> Result<(), StoreError> {
    // What a link to nowhere stands for is a part, too.
    if dir.join(DATA).symlink_metadata().is_ok() {
        return Err(StoreError::Exists(dir.to_path_buf()));
    }
    match without_data(dir) {
        StoreError::Missing(_) => Ok(()),
        error => Err(error),
    }
}

/// The parts of a store, besides its figures, that lie in the folder. A key that only waits for its
/// database (`key.next` alone) is what a killed attempt to make a store leaves: no part of one.
fn parts(dir: &Path) -> Vec<&'static str> {
    let file = |name: &&str| dir.join(name).symlink_metadata().is_ok();
    let filled = |name: &&str| {
        let entries = fs::read_dir(dir.join(name)).into_iter().flatten();
        // Who wrote last is no part of a store: it stays when everything else was taken away.
        let mut names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
        names.any(|name| name != WRITER)
    };
    let files = FILES.into_iter().filter(file);
    files.chain(FOLDERS.into_iter().filter(filled)).collect()
}
