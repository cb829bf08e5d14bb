//! The bytes of a bundle: in memory, or in a private copy of the file they came in.
//!
//! A large bundle is never held in memory whole. It is read more than once and must not change in
//! between, which a file on a stick or a share may: so it is copied first, into a file without a name
//! that no other process can open. The stick may be pulled after that.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::sync::bundle::error::BundleError;

/// Bytes of a file that are read together.
pub(in crate::sync) const BLOCK: usize = 256 << 10;

/// Bytes of which ranges can be read.
pub(in crate::sync) trait ReadRange {
    /// The number of bytes.
    fn length(&self) -> usize;

    /// Reads `length` bytes from `at` on, into `buffer` where they are not in memory already.
    ///
    /// # Errors
    /// [`BundleError::Unreadable`], also where there are fewer.
    fn part<'a>(
        &'a self,
        at: usize,
        length: usize,
        buffer: &'a mut Vec<u8>,
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
    /// All bytes.
    Memory(Vec<u8>),
    /// An open file that nobody else writes, and its length.
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

    /// All bytes, read into memory where they are in a file.
    ///
    /// # Errors
    /// [`BundleError::Unreadable`].
    pub fn whole(&self) -> Result<Cow<'_, [u8]>, BundleError> {
        match self {
            Self::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::File(_, length) => {
                let mut buffer = Vec::new();
                self.part(0, *length, &mut buffer)?;
                Ok(Cow::Owned(buffer))
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
        buffer: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], BundleError> {
        match self {
            Self::Memory(bytes) => bytes.part(at, length, buffer),
            Self::File(file, whole) => {
                if at.saturating_add(length) > *whole {
                    return Err(unreadable(&io::ErrorKind::UnexpectedEof.into()));
                }
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let at = u64::try_from(at).unwrap_or(u64::MAX);
                buffer.clear();
                buffer.resize(length, 0);
                file.seek(SeekFrom::Start(at))
                    .and_then(|_| file.read_exact(buffer))
                    .map_err(|error| unreadable(&error))?;
                Ok(buffer)
            }
        }
    }
}

/// Finds where the zeros at the end of a file begin; its length where it does not end in a zero.
///
/// # Errors
/// [`BundleError::Unreadable`].
pub(in crate::sync) fn zeros_from(bytes: &(impl ReadRange + ?Sized)) -> Result<usize, BundleError> {
    let (mut end, mut buffer) = (bytes.length(), Vec::new());
    while end > 0 {
        let at = end.saturating_sub(BLOCK);
        let block = bytes.part(at, end - at, &mut buffer)?;
        if let Some(last) = block.iter().rposition(|byte| *byte != 0) {
            return Ok(at + last + 1);
        }
        end = at;
    }
    Ok(0)
}

/// Opens an empty file in `dir` that has no name and is gone when it is closed.
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
