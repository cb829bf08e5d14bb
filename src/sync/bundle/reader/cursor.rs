//! The entries of a bundle in order, each with its author, its number and its hash in the chain.

use std::ops::ControlFlow;

use crate::base::bytes::Reader;
use crate::ledger::{AuthorId, Hash, chain};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::range::Range;

/// The entry a chunk begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChunkStart {
    /// The index of its range in the header.
    pub(super) range: usize,
    /// Its number.
    pub(super) seq: u64,
    /// The hash before it.
    previous: Hash,
    /// How many entries of the bundle stand before it.
    index: usize,
}

impl ChunkStart {
    /// The same entry, for a cursor that is given the hashes of this chunk alone.
    pub(super) fn with_own_hashes(self) -> Self {
        Self { index: 0, ..self }
    }
}

/// Which entry of which range is being read.
pub(super) struct EntryCursor<'h> {
    header: &'h Header,
    /// The hashes of the first entries, where the bundle has been read through before: its bytes have
    /// not changed since, so they need not be computed again.
    known: &'h [Hash],
    /// How many entries of the bundle stand before this one.
    index: usize,
    /// The index of its range in the header.
    pub(super) range: usize,
    /// The author of its range, hashed from the key once for all its entries; `None` after the last.
    pub(super) author: Option<AuthorId>,
    /// Its number.
    pub(super) seq: u64,
    /// The hash before it.
    pub(super) previous: Hash,
    /// Its hash, once its bytes are known.
    pub(super) hash: Hash,
}

impl<'h> EntryCursor<'h> {
    /// The first entry of a bundle.
    pub(super) fn first(header: &'h Header) -> Self {
        let start = ChunkStart {
            range: 0,
            seq: 0,
            previous: Hash::ZERO,
            index: 0,
        };
        let mut cursor = Self::at(header, start, &[]);
        cursor.enter(0);
        cursor.pass_withheld();
        cursor
    }

    /// The first entry of a chunk of a bundle that has been read through.
    pub(super) fn at(header: &'h Header, start: ChunkStart, known: &'h [Hash]) -> Self {
        Self {
            header,
            known,
            index: start.index,
            range: start.range,
            author: header.ranges.get(start.range).map(Range::author),
            seq: start.seq,
            previous: start.previous,
            hash: Hash::ZERO,
        }
    }

    /// The entry as the start of a chunk.
    pub(super) fn start(&self) -> ChunkStart {
        ChunkStart {
            range: self.range,
            seq: self.seq,
            previous: self.previous,
            index: self.index,
        }
    }

    /// Computes the hash of the entry from its bytes.
    fn link(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let range = self.header.ranges.get(self.range).ok_or("one entry more")?;
        let author = self.author.ok_or("one entry more")?;
        self.hash = match self.known.get(self.index) {
            Some(known) => *known,
            None => chain::link(&author, self.seq, &self.previous, bytes),
        };
        if self.seq == range.last && self.hash != range.hash {
            return Err("hash chain");
        }
        Ok(())
    }

    /// Moves to the next entry.
    fn advance(&mut self) {
        self.index += 1;
        self.seq = self.seq.saturating_add(1);
        self.previous = self.hash;
        self.pass_withheld();
    }

    /// Moves to the beginning of a range.
    fn enter(&mut self, index: usize) {
        let range = self.header.ranges.get(index);
        self.range = index;
        self.author = range.map(Range::author);
        self.seq = range.map_or(0, |range| range.first);
        self.previous = range.map_or(Hash::ZERO, |range| range.previous);
    }

    /// Moves past the runs that are not carried, and into the next range past the end of one.
    fn pass_withheld(&mut self) {
        while let Some(range) = self.header.ranges.get(self.range) {
            if self.seq > range.last {
                self.enter(self.range + 1);
            } else if let Some(run) = range.run_at(self.seq) {
                self.seq = run.last().saturating_add(1);
                self.previous = run.hash;
            } else {
                break;
            }
        }
    }

    /// Checks that all ranges have been read.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] where entries are missing.
    pub(super) fn end(&self) -> Result<(), BundleError> {
        if self.range == self.header.ranges.len() {
            Ok(())
        } else {
            Err(BundleError::malformed(None, 0, "number of entries"))
        }
    }
}

/// Where an entry stands in its chunk.
#[derive(Clone, Copy)]
pub(super) struct EntryPosition {
    /// Which chunk, from 0.
    pub(super) chunk: u32,
    /// Which entry in it, from 0.
    pub(super) entry: u32,
    /// The byte it begins at.
    pub(super) offset: usize,
}

impl EntryPosition {
    /// The error for an entry that is not in its layout.
    pub(super) fn malformed(self, what: &'static str) -> BundleError {
        BundleError::malformed(Some(self.chunk), self.offset, what)
    }
}

/// Shows the entries of one chunk, `u32 length | bytes` after each other, until `visit` breaks.
///
/// # Errors
/// [`BundleError::Malformed`], or what `visit` gives.
pub(super) fn each_entry<E: From<BundleError>>(
    chunk: u32,
    raw: &[u8],
    cursor: &mut EntryCursor<'_>,
    visit: &mut impl FnMut(&EntryCursor<'_>, EntryPosition, &[u8]) -> Result<ControlFlow<()>, E>,
) -> Result<ControlFlow<()>, E> {
    let mut reader = Reader::new(raw);
    let mut entry = 0;
    while !reader.is_empty() {
        let offset = reader.at();
        let position = EntryPosition {
            chunk,
            entry,
            offset,
        };
        let mut bytes = || {
            let length = usize::try_from(reader.u32("entry")?).unwrap_or(usize::MAX);
            reader.take(length, "entry")
        };
        let bytes = bytes().map_err(|bad| position.malformed(bad.what))?;
        cursor
            .link(bytes)
            .map_err(|what| position.malformed(what))?;
        if visit(cursor, position, bytes)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        cursor.advance();
        entry += 1;
    }
    Ok(ControlFlow::Continue(()))
}
