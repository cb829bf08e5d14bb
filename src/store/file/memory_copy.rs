//! A copy of the file in memory, for reading where nothing can be written: after a crash or a
//! failed write redb must repair the file before it reads it, and a disk that is full, broken or
//! read-only does not let it. The copy is repaired instead; the file stays as it is.

use std::io;

use redb::backends::InMemoryBackend;
use redb::{ConcurrencyMode, StorageBackend};

use crate::store::api::{Access, ReadOnlyReason, StoreError};
use crate::store::file::backend::FileAccess;
use crate::store::file::connection::{Connection, DatabaseFile, OpenDatabase, Sharing, builder};
use crate::store::file::errors::catch_panics;

/// The file's head, which every commit rewrites.
const HEAD: usize = 512;
/// What is copied at a time.
const CHUNK: usize = 64 << 10;
/// How often another session may come in between.
const ATTEMPTS: usize = 20;

impl DatabaseFile {
    /// Reads from a copy when `why` is that the disk takes nothing.
    pub(crate) fn connect_to_copy(&self, why: StoreError) -> Result<Connection, StoreError> {
        if !matches!(
            why,
            StoreError::DiskFull | StoreError::Io(_) | StoreError::ReadOnly(_)
        ) {
            return Err(why);
        }
        let database = catch_panics(|| {
            let copy = of(&self.backend(FileAccess::Read)?)?;
            Ok(builder(ConcurrencyMode::ExclusiveWriter).create_with_backend(copy)?)
        });
        // Where the copy fails too, the first reason is the one to act on.
        Ok(Connection {
            database: OpenDatabase::Full(database.map_err(|_| why)?),
            access: Access::ReadOnly(ReadOnlyReason::NotWritable),
            sharing: Sharing::Many,
            number: None,
        })
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
