//! Reading files: small ones into memory, large ones by way of a private copy, and never more bytes than
//! a bundle can have.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::{BLOCK, FileError};
use crate::ledger::Hash;
use crate::sync::bundle::container;
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::file_type::MAGIC;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::limits;
use crate::sync::bundle::source::{self, BundleSource, ReadRange};

/// Reads a small file: a key.
///
/// # Errors
/// [`FileError::Unreadable`], or [`FileError::Bundle`] when it is larger than any bundle.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    OpenFile::at(path)?.whole()
}

/// Opens a file that may be a bundle. One that is longer than `in_memory` and begins as a binary bundle
/// is copied into a private file in `spool`; any other is read into memory, and so is one for whose
/// copy there is no room.
///
/// # Errors
/// As [`read()`].
pub fn open(path: &Path, spool: &Path, in_memory: u64) -> Result<BundleSource, FileError> {
    let opened = OpenFile::at(path)?;
    if !opened.is_plain() || opened.length <= in_memory {
        return opened.whole().map(BundleSource::Memory);
    }
    spooled_or_held(Vec::new(), opened.all(), spool)
        .map_err(|error| unreadable(path, error))
        .and_then(within_limit)
}

/// Opens what comes through a pipe and may be a bundle, as [`open()`] does a file; `name` is
/// what an error calls it.
///
/// # Errors
/// As [`read()`].
pub fn open_stream(
    stream: impl Read,
    name: &Path,
    spool: &Path,
    in_memory: u64,
) -> Result<BundleSource, FileError> {
    let mut stream = stream.take(limits::FILE_ARMOURED + 1);
    let mut taken = || {
        let mut first = Vec::new();
        let most = in_memory.saturating_add(1);
        let got = stream.by_ref().take(most).read_to_end(&mut first)?;
        if got as u64 > in_memory && first.starts_with(&MAGIC) {
            return spooled_or_held(first, &mut stream, spool);
        }
        stream.read_to_end(&mut first)?;
        Ok(BundleSource::Memory(first))
    };
    taken()
        .map_err(|error| unreadable(name, error))
        .and_then(within_limit)
}

/// Copies a bundle into a file of ours, or holds it in memory where there is no room for that.
fn spooled_or_held(first: Vec<u8>, mut rest: impl Read, spool: &Path) -> io::Result<BundleSource> {
    let held = match source::unnamed_file(spool) {
        Ok(mut copy) => match spooled(&mut copy, first, &mut rest)? {
            Spooled::All(length) => return Ok(BundleSource::file(copy, length)),
            Spooled::NoRoom(held) => held,
        },
        Err(_) => first,
    };
    let mut bytes = held;
    rest.read_to_end(&mut bytes)?;
    Ok(BundleSource::Memory(bytes))
}

/// How far a copy came.
#[derive(Debug, PartialEq, Eq)]
enum Spooled {
    /// So many bytes: all there are.
    All(usize),
    /// The disk took no more; these are the bytes that were read.
    NoRoom(Vec<u8>),
}

/// Writes `first` and all of `rest` to `copy`. What was read is given back where the copy fails: a
/// pipe cannot be read again.
fn spooled(
    copy: &mut (impl Read + Write + Seek),
    first: Vec<u8>,
    rest: &mut impl Read,
) -> io::Result<Spooled> {
    let (mut block, mut done) = (first, 0);
    loop {
        if copy.write_all(&block).is_err() {
            let mut read = Vec::new();
            copy.seek(SeekFrom::Start(0))?;
            copy.take(done as u64).read_to_end(&mut read)?;
            read.append(&mut block);
            return Ok(Spooled::NoRoom(read));
        }
        done += block.len();
        block.clear();
        if rest.by_ref().take(BLOCK).read_to_end(&mut block)? == 0 {
            return Ok(Spooled::All(done));
        }
    }
}

fn within_limit(source: BundleSource) -> Result<BundleSource, FileError> {
    if source.length() as u64 > limits::FILE_ARMOURED {
        return Err(too_large());
    }
    Ok(source)
}

/// Reads header and root hash of a binary bundle from its two ends, see [`container::peek`]; `None` for a
/// file that does not begin as one.
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

/// An open file, its length and its first bytes.
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

    /// All its bytes from the beginning, up to one more than the limit.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that takes so many bytes and no more.
    struct Full(io::Cursor<Vec<u8>>, usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = self.1.saturating_sub(self.0.get_ref().len());
            if room == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.write(&bytes[..room.min(bytes.len())])
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Read for Full {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.0.read(bytes)
        }
    }

    impl Seek for Full {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn a_copy_that_finds_no_room_gives_back_what_was_read() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|i| i.to_le_bytes()[1]).collect();
        for room in [0, 1, 10_000, 70_000, 150_000, 299_999] {
            let mut rest = &bytes[10_000..];
            let mut copy = Full(io::Cursor::new(Vec::new()), room);
            let done = spooled(&mut copy, bytes[..10_000].to_vec(), &mut rest).unwrap();
            let Spooled::NoRoom(mut read) = done else {
                panic!("{room}");
            };
            read.extend(rest);
            assert!(read == bytes, "{room}");
        }
        let mut copy = Full(io::Cursor::new(Vec::new()), bytes.len());
        let done = spooled(&mut copy, Vec::new(), &mut bytes.as_slice()).unwrap();
        assert_eq!(done, Spooled::All(bytes.len()));
        assert_eq!(copy.0.into_inner(), bytes);
    }
}
