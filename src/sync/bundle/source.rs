//! Where the bytes of a bundle are: in memory, or in a private copy of the file they came in.
//!
//! A large bundle is never held whole. What is read more than once must not change in between, and
//! a stick, a share or another person's folder may: so a large file is copied first, into a file
//! without a name that nobody else can open (`sync.md` 7). The stick may be pulled after that.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::sync::bundle::error::BundleError;

/// Bytes that are read a part at a time.
pub(in crate::sync) trait ReadRange {
    /// How many there are.
    fn length(&self) -> usize;

    /// `length` bytes from `at` on, in `room` where they are not in memory already.
    ///
    /// # Errors
    /// [`BundleError::Unreadable`], also where there are fewer.
    fn part<'a>(
        &'a self,
        at: usize,
        length: usize,
        room: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], BundleError>;
}

impl ReadRange for [u8] {
    fn length(&self) -> usize {
        self.len()
    }

    fn part<'a>(
        &'a self,
        at: usize,
        length: usize,
        _: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], BundleError> {
        let end = at.saturating_add(length);
        self.get(at..end)
            .ok_or_else(|| unreadable(&io::ErrorKind::UnexpectedEof.into()))
    }
}

/// The bytes of a bundle.
#[derive(Clone, Debug)]
pub enum BundleSource {
    /// All of them.
    Memory(Vec<u8>),
    /// So many, in a file that nobody else writes.
    File(Arc<Mutex<File>>, usize),
}

impl From<Vec<u8>> for BundleSource {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(bytes)
    }
}

impl BundleSource {
    /// The bytes of an open file that nobody else writes; it is not read yet.
    pub fn file(file: File, length: usize) -> Self {
        Self::File(Arc::new(Mutex::new(file)), length)
    }

    /// All bytes; from a file they are read into memory.
    ///
    /// # Errors
    /// [`BundleError::Unreadable`].
    pub fn whole(&self) -> Result<Cow<'_, [u8]>, BundleError> {
        match self {
            Self::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::File(_, length) => {
                let mut room = Vec::new();
                self.part(0, *length, &mut room)?;
                Ok(Cow::Owned(room))
            }
        }
    }
}

impl ReadRange for BundleSource {
    fn length(&self) -> usize {
        match self {
            Self::Memory(bytes) => bytes.len(),
            Self::File(_, length) => *length,
        }
    }

    fn part<'a>(
        &'a self,
        at: usize,
        length: usize,
        room: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], BundleError> {
        match self {
            Self::Memory(bytes) => bytes.part(at, length, room),
            Self::File(file, whole) => {
                if at.saturating_add(length) > *whole {
                    return Err(unreadable(&io::ErrorKind::UnexpectedEof.into()));
                }
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let at = u64::try_from(at).unwrap_or(u64::MAX);
                room.clear();
                room.resize(length, 0);
                file.seek(SeekFrom::Start(at))
                    .and_then(|_| file.read_exact(room))
                    .map_err(|error| unreadable(&error))?;
                Ok(room)
            }
        }
    }
}

/// An empty file in `dir` that only this process has, gone when it is closed.
pub(in crate::sync) fn unnamed_file(dir: &Path) -> io::Result<File> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let path = dir.join(format!(".copy-{}-{number}", std::process::id()));
    // What a process of that number left when it was killed in this very moment.
    let _ = fs::remove_file(&path);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(&path)?;
    fs::remove_file(path)?;
    Ok(file)
}

fn unreadable(error: &io::Error) -> BundleError {
    BundleError::Unreadable(error.to_string())
}
