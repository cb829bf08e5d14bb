//! Bundles as files on the command line: which ones are meant, what their errors mean for the
//! person, and how they are read through.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::out::Out;
use crate::base::Message;
use crate::sync::bundle::file::{self, FileError};
use crate::sync::bundle::limits;
use crate::sync::{BundleError, Progress, VerifiedBundle};

/// Whether a path stands for standard input or output.
pub(crate) fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
}

/// Reads a bundle through, a large one from a copy in `spool`; a file that is not there is wrong
/// usage. The refusal names the file.
///
/// # Errors
/// Why it is no bundle that could be taken.
pub(crate) fn read(
    (path, spool): (&Path, &Path),
    watch: &dyn Progress,
) -> Result<VerifiedBundle, Failure> {
    if !is_stream(path) && !path.exists() {
        let named = Message::new("cli.error.no_file").with("file", path.display().to_string());
        return Err(Failure::usage(named));
    }
    let named = |error: BundleError| {
        let detail = format!("{}: {error}", path.display());
        Failure::from(error).because(detail)
    };
    let source = if is_stream(path) {
        file::open_stream(std::io::stdin().lock(), path, spool, limits::IN_MEMORY)?
    } else {
        file::open(path, spool, limits::IN_MEMORY)?
    };
    VerifiedBundle::read_with_progress(source, watch).map_err(named)
}

/// Reads all bundles that were named, those in folders included, before any is used; a file that is
/// no bundle refuses the whole command, and each such file is named.
///
/// # Errors
/// The first refusal; the others were said.
pub(crate) fn read_all(
    (paths, spool): (&[PathBuf], &Path),
    watch: &dyn Progress,
    out: &mut Out<'_>,
) -> Result<Vec<VerifiedBundle>, Failure> {
    let mut bundles = Vec::new();
    let mut refused: Option<Failure> = None;
    for path in &meant(paths)? {
        match (read((path, spool), watch), &refused) {
            (Ok(bundle), _) => bundles.push(bundle),
            (Err(failure), None) => refused = Some(failure),
            (Err(failure), Some(_)) => out.fail(&failure),
        }
    }
    refused.map_or(Ok(bundles), Err)
}

/// Lists the files that were meant: a folder stands for the bundles in it.
fn meant(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable = |error| FileError::Unreadable {
            path: path.clone(),
            error,
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            found.extend(is_bundle_name(&file).then_some(file));
        }
        if found.is_empty() {
            let none = Message::new("cli.error.no_bundles").with("dir", path.display().to_string());
            return Err(Failure::usage(none));
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// True for the file name of a bundle, by which files of a folder are chosen; a file that a person
/// names is recognised by its content. Hidden files are what
/// other systems leave on a stick (`._x.nlb`).
fn is_bundle_name(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    let ends = file
        .extension()
        .is_some_and(|ext| ext.eq_ignore_ascii_case("nlb"));
    ends && name.is_some_and(|name| !name.starts_with('.')) && file.is_file()
}
