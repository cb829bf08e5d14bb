//! Bundles as files on the command line: which ones are meant, what their errors mean for the
//! person, and how they are read through.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::out::Out;
use crate::base::Message;
use crate::service::import::ReadFiles;
use crate::sync::bundle::file::{self, FileError};
use crate::sync::bundle::limits;
use crate::sync::import::plan::UnreadFile;
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

/// Reads all bundles that were named, those in folders included, before any is used. A file that is
/// no bundle refuses the whole command where it was named itself; one that was found in a folder
/// keeps no other out. Each such file is said.
///
/// # Errors
/// The first refusal of a file that was named, or of any where nothing else is left.
pub(crate) fn read_all(
    (paths, spool): (&[PathBuf], &Path),
    watch: &dyn Progress,
    out: &mut Out<'_>,
) -> Result<ReadFiles, Failure> {
    let mut files = ReadFiles::default();
    let mut refused: Vec<(MeantFile, Failure)> = Vec::new();
    for file in meant(paths)? {
        match read((&file.path, spool), watch) {
            Ok(bundle) => files.bundles.push(bundle),
            Err(failure) if is_interrupted(&failure) => return Err(failure),
            Err(failure) => refused.push((file, failure)),
        }
    }
    let nothing_left = files.bundles.is_empty();
    let fatal = |(file, _): &(MeantFile, Failure)| nothing_left || file.named == Named::Itself;
    let fatal = refused.iter().position(fatal).map(|at| refused.remove(at));
    for (file, failure) in refused {
        out.fail(&failure);
        files.unread.push(UnreadFile {
            path: file.path,
            why: failure.message,
        });
    }
    fatal.map_or(Ok(files), |(_, failure)| Err(failure))
}

fn is_interrupted(failure: &Failure) -> bool {
    failure.message.key == BundleError::Interrupted.message().key
}

/// How a file was named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// By its own path.
    Itself,
    /// By the folder that it lies in.
    ItsFolder,
}

/// A file that was meant.
struct MeantFile {
    path: PathBuf,
    named: Named,
}

/// Lists the files that were meant: a folder stands for the bundles in it.
fn meant(paths: &[PathBuf]) -> Result<Vec<MeantFile>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(MeantFile {
                path: path.clone(),
                named: Named::Itself,
            });
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
        files.extend(found.into_iter().map(|path| MeantFile {
            path,
            named: Named::ItsFolder,
        }));
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
