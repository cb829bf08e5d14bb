//! Where a store lies: folders and files only its owner may enter, and file systems that can or
//! cannot be trusted with locks.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::Path;

use crate::store::api::StoreError;
#[cfg(target_os = "linux")]
use crate::store::file::file_system;

/// Makes the store's folder and those inside it, mode 0700.
pub(crate) fn make_folders(dir: &Path) -> Result<(), StoreError> {
    make_folder(dir).map_err(|error| not_writable(dir, error))?;
    for name in ["sessions", "inbox", "outbox", "backups"] {
        make_folder(&dir.join(name)).map_err(|error| not_writable(dir, error))?;
    }
    Ok(())
}

fn make_folder(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(dir)?;
        // A folder that was there before keeps its mode through `create`.
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    builder.create(dir)
}

/// Waits until the names in the folder are on disk.
pub(crate) fn sync_folder(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(())
}

/// Turns an error of opening or making a file into that of a folder which cannot be written.
pub(crate) fn not_writable(dir: &Path, error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly(dir.to_path_buf())
        }
        _ => error.into(),
    }
}

/// Gives the file's number, which a copy does not share; 0 where numbers do not last.
pub(crate) fn inode(path: &Path) -> u64 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if numbers_last(path) {
            return fs::metadata(path).map_or(0, |meta| meta.ino());
        }
    }
    0
}

/// A file as the system tells it from all others while it is there: device and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileNumber {
    device: u64,
    inode: u64,
}

/// Gives which file stands at a path now; `None` where none does, and on systems that do not say.
pub(crate) fn file_number(path: &Path) -> Option<FileNumber> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let meta = fs::metadata(path).ok()?;
        Some(FileNumber {
            device: meta.dev(),
            inode: meta.ino(),
        })
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// True where every file has the owner and the mode that its mount names.
#[cfg(unix)]
pub(crate) fn modes_are_the_mounts(dir: &Path) -> bool {
    #[cfg(target_os = "linux")]
    return file_system::has_no_modes(dir);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = dir;
        false
    }
}

/// Refuses a folder on a network file system: its locks and its fsync cannot be relied on.
///
/// # Errors
/// [`StoreError::NetworkFs`] with the kind of file system.
pub(crate) fn refuse_network(dir: &Path) -> Result<(), StoreError> {
    #[cfg(target_os = "linux")]
    if let Some(name) = file_system::network(dir) {
        return Err(StoreError::NetworkFs(name));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = dir;
    Ok(())
}

#[cfg(unix)]
fn numbers_last(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    return !file_system::is_fat(path);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        true
    }
}
