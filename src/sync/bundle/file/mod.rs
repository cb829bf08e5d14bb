//! Bundles as files: read within limits, and written so that a name never stands for half a bundle.

mod reading;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chrono::FixedOffset;

use crate::base::{ErrorKind, Message, moment};
use crate::ledger::Hash;
use crate::sync::bundle::container;
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::text_armour;

pub use reading::{open, open_stream, peek, read};

/// Bytes that are read together.
const BLOCK: u64 = 64 << 10;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system failed before the file got its name: an older file of that name is unchanged.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// The bytes read back before the file got its name differ from those written: an older file of that
    /// name is unchanged.
    #[error("{0} does not read back")]
    Differs(PathBuf),
    /// The file has its name, but the disk has not confirmed it: it cannot be relied on.
    #[error("{path}: not confirmed: {why}")]
    Unsure {
        /// Which file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// A file could not be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// It is no bundle that can be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

impl FileError {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Bundle(error) => error.kind(),
            _ => ErrorKind::Failed,
        }
    }

    /// What people read: what happened, what is whole, what to do next.
    pub fn message(&self) -> Message {
        let named = |key, path: &Path| Message::new(key).with("path", path.display().to_string());
        match self {
            Self::Io { path, error } => {
                named(failed_key(error), path).with("why", error.to_string())
            }
            Self::Differs(path) => named("sync.file.differs", path),
            Self::Unsure { path, why } => named("sync.file.unsure", path).with("why", why.as_str()),
            Self::Unreadable { path, error } => {
                named("sync.file.unreadable", path).with("why", error.to_string())
            }
            Self::Bundle(error) => error.message(),
        }
    }
}

/// The key of the text for a failure a person can do something about; a general one for the rest.
fn failed_key(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::WriteZero => {
            "sync.file.full"
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "sync.file.read_only"
        }
        // What a stick that is pulled answers with: its folder or its device is no longer there.
        io::ErrorKind::NotFound => "sync.file.gone",
        _ if error
            .raw_os_error()
            .is_some_and(|code| GONE.contains(&code)) =>
        {
            "sync.file.gone"
        }
        _ => "sync.file.failed",
    }
}

/// EIO, ENXIO and ENODEV, which have no kind of their own.
#[cfg(unix)]
const GONE: [i32; 3] = [5, 6, 19];
/// `ERROR_NOT_READY`, `ERROR_NO_SUCH_DEVICE` and `ERROR_DEVICE_NOT_CONNECTED` (winerror.h).
#[cfg(not(unix))]
const GONE: [i32; 3] = [21, 433, 1167];

/// The form of a bundle in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleEncoding {
    /// Binary.
    Binary,
    /// Text armour, for mail and chat.
    Text,
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
    /// Opens a file for reading.
    ///
    /// # Errors
    /// What the operating system says.
    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>>;
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
        // What is left of an earlier try goes; a link to another file is never written through.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = File::create_new(path)?;
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

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(path)?))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Writes a bundle; when this returns, the stick may be pulled.
///
/// # Errors
/// [`FileError`]: the file of that name is then the older one, whole, or none; only after
/// [`FileError::Unsure`] it may be the new one.
pub fn write(
    disk: &impl Disk,
    path: &Path,
    bundle: &[u8],
    encoding: BundleEncoding,
) -> Result<(), FileError> {
    let encoded = self::encoded(bundle, encoding);
    let bytes = encoded.as_ref();
    // What is about to be written is a bundle, and its armour gives it back: that the disk has
    // exactly these bytes is compared twice while they get their name.
    let sound = container::opened(bundle).is_ok()
        && match encoding {
            BundleEncoding::Binary => true,
            BundleEncoding::Text => text_armour::find(bytes).is_some_and(|from| {
                text_armour::read(bytes, from).is_ok_and(|(back, _)| back == bundle)
            }),
        };
    if !sound {
        return Err(FileError::Differs(path.to_owned()));
    }
    put_on(disk, path, bytes)
}

/// The bytes of a bundle in a file of that encoding.
pub fn encoded(bundle: &[u8], encoding: BundleEncoding) -> Cow<'_, [u8]> {
    match encoding {
        BundleEncoding::Binary => Cow::Borrowed(bundle),
        BundleEncoding::Text => Cow::Owned(text_armour::write(bundle).into_bytes()),
    }
}

/// Writes any small file with the same care: a key.
///
/// # Errors
/// As [`write()`].
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    put_on(&RealDisk, path, bytes)
}

/// Gives the bytes a name at once and for good, and reads them back twice: before an older file
/// gives way, and under their name.
fn put_on(disk: &impl Disk, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let written = disk
        .write(&part, bytes)
        .and_then(|()| same(disk, &part, bytes))
        .and_then(|()| disk.rename(&part, path));
    if let Err(error) = written {
        // Half a bundle under another name helps nobody.
        let _ = disk.remove(&part);
        return Err(match error.kind() {
            io::ErrorKind::InvalidData => FileError::Differs(path.to_owned()),
            _ => FileError::Io {
                path: path.to_owned(),
                error,
            },
        });
    }
    // From here on the older file is gone: a bundle holds nothing that the next one would not.
    disk.sync_folder(dir)
        .and_then(|()| same(disk, path, bytes))
        .map_err(|error| FileError::Unsure {
            path: path.to_owned(),
            why: error.to_string(),
        })
}

/// Compares what was written, read back; `InvalidData` where it is something else.
fn same(disk: &impl Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (mut back, mut buffer) = (disk.read(path)?, Vec::new());
    let mut rest = bytes;
    loop {
        buffer.clear();
        let got = back.by_ref().take(BLOCK).read_to_end(&mut buffer)?;
        if got == 0 && rest.is_empty() {
            return Ok(());
        }
        // Nothing read and something left is a file that is too short.
        match rest.split_at_checked(got) {
            Some((expected, after)) if got > 0 && expected == buffer => rest = after,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// The usual name of a bundle that was just made.
///
/// # Errors
/// Where these bytes are none.
pub fn name_of(bundle: &[u8], zone: FixedOffset) -> Result<String, BundleError> {
    let opened = container::opened(bundle)?;
    Ok(name(&opened.header, &opened.root, zone))
}

/// The usual name of a bundle, with the day it was made on in that time zone: a hint for people,
/// never believed.
pub fn name(header: &Header, root: &Hash, zone: FixedOffset) -> String {
    let day = moment::day(header.created, zone).map_or_else(
        || "00000000".to_owned(),
        |day| day.format("%Y%m%d").to_string(),
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
