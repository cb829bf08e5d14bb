//! Who writes: a small file beside the sessions that whoever holds the database's writer lock keeps
//! locked and filled with its name. So who waits learns whom for, and not who merely sits there.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::base::text;
use crate::store::file::backend::Backoff;
use crate::store::file::folder;
use crate::store::identity::witness::open_private;

/// How long the mark may be looked at by another process.
const PATIENCE: Duration = Duration::from_millis(5);
/// No name is longer, in bytes.
const LIMIT: usize = 200;

/// The mark of this process.
#[derive(Debug)]
pub(crate) struct WriterMark {
    path: PathBuf,
    /// Who this is: `lan, import (4711)`.
    name: String,
    file: Option<File>,
}

/// A mark that is set, until dropped.
pub(crate) struct Marked<'m>(&'m File);

impl WriterMark {
    /// The mark of a session on the store in `dir`.
    pub(crate) fn new(dir: &Path, name: String) -> Self {
        Self {
            path: path(dir),
            name,
            file: None,
        }
    }

    /// Sets the mark; one that cannot be set only leaves those who wait without a name.
    pub(crate) fn set(&mut self) -> Option<Marked<'_>> {
        if self.file.is_none() {
            self.file = open_private(&self.path).ok();
        }
        let file = self.file.as_mut()?;
        let mut pauses = Backoff::new(PATIENCE);
        // Somebody who looks may have it for a moment.
        while file.try_lock().is_err() {
            if !pauses.pause() {
                return None;
            }
        }
        let _ = put(file, &self.name);
        Some(Marked(file))
    }
}

fn put(file: &mut File, name: &str) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(format!("{name}\n").as_bytes())
}

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        // Closing the file, at the latest, lets go of it.
        let _ = self.0.unlock();
    }
}

/// Who writes in the store now; `None` when nobody has said so.
pub(crate) fn holder(dir: &Path) -> Option<String> {
    let file = File::open(path(dir)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {}
        Ok(()) | Err(TryLockError::Error(_)) => return None,
    }
    let mut bytes = Vec::with_capacity(LIMIT);
    let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut bytes).ok()?;
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let name = String::from_utf8_lossy(line);
    let shown: String = name.chars().filter(|c| !text::is_hostile(*c)).collect();
    (!shown.is_empty()).then_some(shown)
}

fn path(dir: &Path) -> PathBuf {
    dir.join("sessions").join(folder::WRITER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_is_named_while_it_writes_and_nobody_after() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("sessions")).unwrap();
        assert_eq!(holder(dir.path()), None);
        let mut lan = WriterMark::new(dir.path(), "lan, import (4711)".to_owned());
        let mut hoa = WriterMark::new(dir.path(), "hoa (12)".to_owned());
        let set = lan.set();
        assert_eq!(holder(dir.path()).as_deref(), Some("lan, import (4711)"));
        drop(set);
        assert_eq!(holder(dir.path()), None);
        let set = hoa.set();
        assert_eq!(holder(dir.path()).as_deref(), Some("hoa (12)"));
        drop(set);
    }
}
