//! Bundles as files: read within a limit, written so that a name never stands for half a bundle.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chrono::DateTime;

use super::container::Container;
use super::error::{BundleError, Limit};
use super::header::Header;
use super::{armour, limits};
use crate::base::Message;
use crate::ledger::Hash;

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system said no; an older file of that name is as it was.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// What was read back is not what was written.
    #[error("{0} does not read back")]
    Differs(PathBuf),
    /// Too large to be a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

impl FileError {
    /// What people read when writing failed.
    pub fn message(&self) -> Message {
        match self {
            Self::Io { path, error } => Message::new("sync.file.failed")
                .with("path", path.display().to_string())
                .with("why", error.to_string()),
            Self::Differs(path) => {
                Message::new("sync.file.differs").with("path", path.display().to_string())
            }
            Self::Bundle(error) => error.message(),
        }
    }
}

/// How a bundle is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dress {
    /// As bytes.
    Plain,
    /// As text, for mail and chat.
    Armour,
}

/// What writing a bundle asks of a disk; a test can let any of it fail.
pub trait Disk {
    /// Writes a new file and waits until it is on disk.
    ///
    /// # Errors
    /// What the operating system says.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file its name, in place of an older one.
    ///
    /// # Errors
    /// What the operating system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Waits until a folder's names are on disk.
    ///
    /// # Errors
    /// What the operating system says.
    fn sync_folder(&self, dir: &Path) -> io::Result<()>;
    /// Reads a file, at most so many bytes.
    ///
    /// # Errors
    /// What the operating system says.
    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>>;
    /// Takes a file away.
    ///
    /// # Errors
    /// What the operating system says.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The real one.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        match File::open(dir).and_then(|dir| dir.sync_all()) {
            // Some file systems of sticks know no such thing; the file itself is synced.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput
                        | io::ErrorKind::Unsupported
                        | io::ErrorKind::PermissionDenied
                ) =>
            {
                Ok(())
            }
            done => done,
        }
    }

    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Reads a file that may be a bundle.
///
/// # Errors
/// [`FileError::Io`], or [`FileError::Bundle`] when it is too large to be one.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    read_on(&RealDisk, path)
}

fn read_on(disk: &impl Disk, path: &Path) -> Result<Vec<u8>, FileError> {
    let most = limits::FILE_ARMOURED + 1;
    let bytes = disk.read(path, most).map_err(|error| FileError::Io {
        path: path.to_owned(),
        error,
    })?;
    if bytes.len() as u64 >= most {
        return Err(BundleError::TooLarge { what: Limit::File }.into());
    }
    Ok(bytes)
}

/// Writes a bundle; when this returns, the stick may be pulled.
///
/// # Errors
/// [`FileError`]; a file of that name is then the older one, whole, or none.
pub fn write(path: &Path, bundle: &[u8], dress: Dress) -> Result<(), FileError> {
    write_on(&RealDisk, path, bundle, dress)
}

/// As [`write()`], on a given disk.
///
/// # Errors
/// As [`write()`].
pub fn write_on(
    disk: &impl Disk,
    path: &Path,
    bundle: &[u8],
    dress: Dress,
) -> Result<(), FileError> {
    let armoured;
    let bytes = match dress {
        Dress::Plain => bundle,
        Dress::Armour => {
            armoured = armour::write(bundle);
            armoured.as_bytes()
        }
    };
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let failed = |error| FileError::Io {
        path: path.to_owned(),
        error,
    };
    let written = disk
        .write(&part, bytes)
        .and_then(|()| whole(disk, &part, bytes))
        .and_then(|()| disk.rename(&part, path));
    if let Err(error) = written {
        // Half a bundle under another name helps nobody.
        let _ = disk.remove(&part);
        return Err(match error.kind() {
            io::ErrorKind::InvalidData => FileError::Differs(path.to_owned()),
            _ => failed(error),
        });
    }
    disk.sync_folder(dir).map_err(failed)?;
    let back = read_on(disk, path)?;
    match Container::open(back) {
        Ok(read) if read.bytes() == bundle => Ok(()),
        _ => Err(FileError::Differs(path.to_owned())),
    }
}

/// Before the older file gives way: what was written reads back.
fn whole(disk: &impl Disk, part: &Path, bytes: &[u8]) -> io::Result<()> {
    let most = u64::try_from(bytes.len())
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    if disk.read(part, most)? == bytes {
        Ok(())
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// The usual name of a bundle: a hint for people, never believed.
pub fn name(header: &Header, root: &Hash) -> String {
    let day = i64::try_from(header.created)
        .ok()
        .and_then(DateTime::from_timestamp_millis)
        .map_or_else(
            || "00000000".to_owned(),
            |at| at.format("%Y%m%d").to_string(),
        );
    let own = header
        .ranges
        .iter()
        .find(|range| range.key == header.signer)
        .map_or(0, |range| range.last % 10_000);
    let safe = |id: &str| -> String {
        id.chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .take(40)
            .collect()
    };
    let hash: String = root.to_string().chars().take(6).collect();
    format!(
        "NL_{}_{}_{day}_{own:04}_{hash}.nlb",
        safe(header.district.as_str()),
        safe(header.from.as_str())
    )
}
