//! A store is its owner's alone: violence counts of other units stand in it, and whoever can write
//! the key or the figures can speak in its name.

use std::path::Path;

use crate::store::api::StoreError;
#[cfg(unix)]
use crate::store::error::shell_word;

/// What a mode gives to the group and to everybody.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// What must be nobody else's, besides the folder.
#[cfg(unix)]
const FILES: [&str; 4] = ["data.redb", "key", "key.next", "witness"];

/// Refuses a folder that other accounts may enter, files in it that they may read, and what belongs
/// to another account. Where the file system keeps no modes or owners, there is nothing to refuse.
///
/// # Errors
/// [`StoreError::Exposed`], [`StoreError::Foreign`], each with the command that mends it.
#[cfg(unix)]
pub(crate) fn refuse_shared(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::MetadataExt;

    if crate::store::file::location::modes_are_the_mounts(dir) {
        return Ok(());
    }
    let here = rustix::process::geteuid().as_raw();
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    let paths = std::iter::once(dir.to_path_buf()).chain(FILES.map(|name| dir.join(name)));
    for path in paths {
        let Ok(meta) = std::fs::metadata(&path) else {
            continue;
        };
        if meta.uid() != here {
            return Err(foreign(dir, meta.uid(), here));
        }
        if meta.mode() & OTHERS != 0 {
            let kind = if meta.is_dir() {
                &mut folders
            } else {
                &mut files
            };
            kind.push(shell_word(&path));
        }
    }
    let command = |mode: &str, paths: &[String]| {
        (!paths.is_empty()).then(|| format!("chmod {mode} {}", paths.join(" ")))
    };
    let mend: Vec<String> = [command("700", &folders), command("600", &files)]
        .into_iter()
        .flatten()
        .collect();
    if mend.is_empty() {
        return Ok(());
    }
    Err(StoreError::Exposed {
        dir: dir.to_path_buf(),
        mend: mend.join(" && "),
    })
}

/// Other systems keep no such modes; the account's own data folder is its own.
#[cfg(not(unix))]
pub(crate) fn refuse_shared(_dir: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// The administrator does not take a clerk's store over by opening it: what it would write, the
/// clerk could no longer.
#[cfg(unix)]
fn foreign(dir: &Path, owner: u32, here: u32) -> StoreError {
    let folder = shell_word(dir);
    let mend = if here == 0 {
        format!("sudo -u '#{owner}' nhaplieu --store {folder}")
    } else {
        format!("sudo chown -R {here} {folder}")
    };
    StoreError::Foreign {
        dir: dir.to_path_buf(),
        owner,
        mend,
    }
}
