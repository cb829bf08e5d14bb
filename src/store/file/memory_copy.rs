//! Opening for reading; and a copy of the file in memory, for reading where nothing can be
//! written: after a crash or a failed write redb must repair the file before it reads it, and a
//! disk that is full, broken or read-only does not let it. The copy is repaired instead; the file
//! stays as it is.

use std::io;

use redb::backends::InMemoryBackend;
use redb::{ConcurrencyMode, DatabaseError, StorageBackend};

use crate::store::api::StoreError;
use crate::store::file::backend::Access;
use crate::store::file::errors::{Failure, catch_panics};
use crate::store::file::handle::{Handle, Mode, RedbStore, builder, without_locks};

/// The file's head, which every commit rewrites.
const HEAD: usize = 512;
/// What is copied at a time.
const CHUNK: usize = 64 << 10;
/// How often another session may come in between.
const ATTEMPTS: usize = 20;

impl RedbStore {
    /// Opens for reading. After a crash only an open for writing recovers the file; then that
    /// is done, and nothing is written all the same. Where not even that is possible, a copy in
    /// memory is recovered and read.
    pub(crate) fn open_for_reading(&mut self) -> Result<(), StoreError> {
        let read_only = catch_panics(|| {
            let backend = self.backend(Access::Read)?;
            match builder(ConcurrencyMode::MultiWriter).open_read_only_with_backend(backend) {
                Ok(database) => Ok(Some(database)),
                Err(DatabaseError::RepairAborted) => Ok(None),
                Err(error) => Err(without_locks(error)),
            }
        });
        match read_only {
            Ok(Some(database)) => self.handle = Handle::ReadOnly(database),
            Ok(None) | Err(Failure::Reported(StoreError::Refused(_))) => {
                if let Err(error) = self.open_handle() {
                    self.open_snapshot(error)?;
                }
            }
            Err(failure) => return Err(self.named(failure.into())),
        }
        self.mode = Mode::Read;
        Ok(())
    }

    /// Reads from a copy when `why` is that the disk takes nothing.
    fn open_snapshot(&mut self, why: StoreError) -> Result<(), StoreError> {
        if !matches!(
            why,
            StoreError::DiskFull | StoreError::Io(_) | StoreError::ReadOnly(_)
        ) {
            return Err(why);
        }
        let database = catch_panics(|| {
            let copy = of(&self.backend(Access::Read)?)?;
            Ok(builder(ConcurrencyMode::ExclusiveWriter).create_with_backend(copy)?)
        });
        // Where the copy fails too, the first reason is the one to act on.
        self.handle = Handle::Full(database.map_err(|_| why)?);
        Ok(())
    }
}

/// Copies the file as one commit left it.
///
/// # Errors
/// What the disk says, or [`io::ErrorKind::WouldBlock`] when others never stop committing.
fn of(file: &dyn StorageBackend) -> io::Result<InMemoryBackend> {
    for _ in 0..ATTEMPTS {
        let before = head(file)?;
        let copy = copied(file)?;
        // No commit ended meanwhile, and what an open one writes is in nobody's pages yet.
        if head(file)? == before {
            return Ok(copy);
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}

fn head(file: &dyn StorageBackend) -> io::Result<Vec<u8>> {
    let mut head = vec![0; HEAD];
    file.read(0, &mut head)?;
    Ok(head)
}

fn copied(file: &dyn StorageBackend) -> io::Result<InMemoryBackend> {
    let length = file.len()?;
    let copy = InMemoryBackend::new();
    copy.set_len(length)?;
    let mut buffer = vec![0; CHUNK];
    let mut at = 0;
    while at < length {
        let left = usize::try_from(length - at).unwrap_or(CHUNK);
        let part = buffer.get_mut(..left.min(CHUNK)).unwrap_or_default();
        file.read(at, part)?;
        copy.write(at, part)?;
        at += u64::try_from(part.len()).unwrap_or(u64::MAX);
    }
    Ok(copy)
}
