//! The file under redb: opened by a seam that tests can replace, and with locks that give up.
//!
//! redb's blocking locks have no end when the process that holds one is stopped; `LockTimeout`
//! turns each of them into attempts with pauses, and into an error once patience runs out.

use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::time::Duration;

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);
/// Shortest pause between two attempts.
const SHORTEST_PAUSE: Duration = Duration::from_micros(50);

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileAccess {
    /// Reading only; the file is not changed, not even by recovery.
    Read,
    /// Reading and writing.
    Write,
}

/// A way to open the store's file; tests put failing disks in its place.
pub trait Opener: Send {
    /// Opens an existing file.
    ///
    /// # Errors
    /// What the operating system says.
    fn open(&self, path: &Path, access: FileAccess) -> io::Result<Box<dyn StorageBackend>>;
}

/// Opens ordinary files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

impl Opener for Files {
    fn open(&self, path: &Path, access: FileAccess) -> io::Result<Box<dyn StorageBackend>> {
        let file = OpenOptions::new()
            .read(true)
            .write(access == FileAccess::Write)
            .open(path)?;
        let backend = FileBackend::new(file).map_err(io::Error::other)?;
        Ok(Box::new(backend))
    }
}

/// Pauses that grow up to a limit, until their sum reaches the patience; no clock is read.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    next: Duration,
    left: Duration,
}

impl Backoff {
    /// Pauses of `patience` in all.
    pub(crate) fn new(patience: Duration) -> Self {
        Self {
            next: SHORTEST_PAUSE,
            left: patience,
        }
    }

    /// Sleeps once; `false` when patience has run out.
    pub(crate) fn pause(&mut self) -> bool {
        let pause = self.next.min(self.left);
        if pause.is_zero() {
            return false;
        }
        std::thread::sleep(pause);
        self.left = self.left.saturating_sub(pause);
        self.next = (self.next * 2).min(LONGEST_PAUSE);
        true
    }
}

/// A storage backend whose blocking locks give up after a while.
#[derive(Debug)]
pub(crate) struct LockTimeout {
    inner: Box<dyn StorageBackend>,
    patience: Duration,
}

impl LockTimeout {
    /// Waits at most `patience` for each lock.
    pub(crate) fn new(inner: Box<dyn StorageBackend>, patience: Duration) -> Self {
        Self { inner, patience }
    }

    fn wait(
        &self,
        mut attempt: impl FnMut() -> Result<bool, BackendError>,
    ) -> Result<(), BackendError> {
        let mut pauses = Backoff::new(self.patience);
        while !attempt()? {
            if !pauses.pause() {
                return Err(BackendError::Io(io::ErrorKind::TimedOut.into()));
            }
        }
        Ok(())
    }
}

impl StorageBackend for LockTimeout {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.inner.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.inner.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.inner.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.inner.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.wait(|| self.inner.try_lock_range(start, end))
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.wait(|| self.inner.try_lock_shared_range(start, end))
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.query_lock_range(start, end)
    }
}
