//! A copy of the file in memory, for reading where nothing can be written: after a crash or a
//! failed write redb must repair the file before it reads it, and a disk that is full, broken or
//! read-only does not let it. The copy is repaired instead; the file stays as it is.

use std::io;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

/// The file's head, which every commit rewrites.
const HEAD: usize = 512;
/// What is copied at a time.
const CHUNK: usize = 64 << 10;
/// How often another session may come in between.
const ATTEMPTS: usize = 20;

/// Copies the file as one commit left it.
///
/// # Errors
/// What the disk says, or [`io::ErrorKind::WouldBlock`] when others never stop committing.
pub(super) fn of(file: &dyn StorageBackend) -> io::Result<InMemoryBackend> {
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
