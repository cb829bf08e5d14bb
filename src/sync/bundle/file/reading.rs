//! Files as they are found: held where they are small, copied where they are large, and never more
//! of them taken than a bundle can have.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::FileError;
use crate::ledger::Hash;
use crate::sync::bundle::container::{self, MAGIC};
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::header::Header;
use crate::sync::bundle::limits;
use crate::sync::bundle::source::{self, BundleSource};

/// Reads a small file: a key.
///
/// # Errors
/// [`FileError::Unreadable`], or [`FileError::Bundle`] when it is larger than any bundle.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    OpenFile::at(path)?.whole()
}

/// Opens a file that may be a bundle. A large one is copied into `spool`, a folder of ours, and not
/// held in memory; where that has no room, it is held after all.
///
/// # Errors
/// As [`read()`].
pub fn open(path: &Path, spool: &Path) -> Result<BundleSource, FileError> {
    open_within(path, spool, limits::IN_MEMORY)
}

/// As [`open()`]: what begins as a plain bundle and is longer than `in_memory` is copied; anything
/// else must be seen whole to know what it is.
///
/// # Errors
/// As [`read()`].
pub fn open_within(path: &Path, spool: &Path, in_memory: u64) -> Result<BundleSource, FileError> {
    let opened = OpenFile::at(path)?;
    if !opened.is_plain() || opened.length <= in_memory {
        return opened.whole().map(BundleSource::Memory);
    }
    let copied = source::unnamed_file(spool).and_then(|mut copy| {
        let length = io::copy(&mut opened.all(), &mut copy)?;
        Ok((copy, length))
    });
    match copied {
        Ok((_, length)) if length > limits::FILE_ARMOURED => Err(too_large()),
        Ok((copy, length)) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            Ok(BundleSource::file(copy, length))
        }
        Err(_) => opened.whole().map(BundleSource::Memory),
    }
}

/// What a plain bundle says of itself at its two ends, see [`container::peek`]; `None` for a file
/// that does not begin as one.
///
/// # Errors
/// As [`read()`], and what the ends show.
pub fn peek(path: &Path) -> Result<Option<(Header, Hash)>, FileError> {
    let opened = OpenFile::at(path)?;
    if !opened.is_plain() {
        return Ok(None);
    }
    let length = usize::try_from(opened.length).unwrap_or(usize::MAX);
    // Nothing of this is kept, so it does not matter who else writes the file.
    let ends = container::peek(&BundleSource::file(opened.file, length))?;
    Ok(Some(ends))
}

/// A file that was looked at.
struct OpenFile<'p> {
    path: &'p Path,
    file: File,
    length: u64,
    begins: Vec<u8>,
}

impl<'p> OpenFile<'p> {
    fn at(path: &'p Path) -> Result<Self, FileError> {
        let looked = || {
            let file = File::open(path)?;
            let meta = file.metadata()?;
            let mut begins = Vec::new();
            (&file).take(MAGIC.len() as u64).read_to_end(&mut begins)?;
            Ok((file, meta, begins))
        };
        let (file, meta, begins) = looked().map_err(|error| unreadable(path, error))?;
        if meta.len() > limits::FILE_ARMOURED {
            return Err(too_large());
        }
        Ok(Self {
            path,
            file,
            length: meta.len(),
            begins,
        })
    }

    fn is_plain(&self) -> bool {
        self.begins == MAGIC
    }

    /// From its beginning, one byte more than is ever taken.
    fn all(&self) -> impl Read + '_ {
        // A pipe cannot go back, and goes on after what was looked at.
        let after = match (&self.file).seek(SeekFrom::Start(0)) {
            Ok(_) => &[],
            Err(_) => self.begins.as_slice(),
        };
        after.chain(&self.file).take(limits::FILE_ARMOURED + 1)
    }

    fn whole(&self) -> Result<Vec<u8>, FileError> {
        let expected = usize::try_from(self.length).unwrap_or(0);
        let mut bytes = Vec::with_capacity(expected.saturating_add(1));
        self.all()
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(self.path, error))?;
        if bytes.len() as u64 > limits::FILE_ARMOURED {
            return Err(too_large());
        }
        Ok(bytes)
    }
}

fn unreadable(path: &Path, error: io::Error) -> FileError {
    FileError::Unreadable {
        path: path.to_owned(),
        error,
    }
}

fn too_large() -> FileError {
    BundleError::TooLarge { what: Limit::File }.into()
}
