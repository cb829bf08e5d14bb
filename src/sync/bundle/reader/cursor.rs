//! Going through the entries of a bundle: which stands where, and the chain each is bound to.

use std::ops::ControlFlow;

use crate::base::bytes::Reader;
use crate::ledger::{AuthorId, Hash, chain};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::{Header, Range};

/// Where a chunk begins among the ranges.
#[derive(Clone, Copy, Debug)]
pub(in crate::sync) struct ChunkStart {
    pub(in crate::sync) range: usize,
    pub(in crate::sync) seq: u64,
    previous: Hash,
    /// How many entries stand before it in the whole bundle.
    before: usize,
}

impl ChunkStart {
    /// The same place, for whoever has the hashes from here on and none before.
    pub(in crate::sync) fn alone(self) -> Self {
        Self { before: 0, ..self }
    }
}

/// Which entry of which range is being read.
pub(in crate::sync) struct EntryCursor<'h> {
    header: &'h Header,
    /// The hashes of the first entries, where the bundle has been read through before.
    known: &'h [Hash],
    /// How many entries stand before this one in the whole bundle.
    before: usize,
    pub(in crate::sync) range: usize,
    /// Whose range it is: hashed from the key once, not for each entry.
    author: Option<AuthorId>,
    pub(in crate::sync) seq: u64,
    pub(in crate::sync) previous: Hash,
    /// The hash of the entry, once its bytes are known.
    pub(in crate::sync) hash: Hash,
}

impl<'h> EntryCursor<'h> {
    pub(in crate::sync) fn start(header: &'h Header) -> Self {
        let (range, seq, previous) = first_of(header, 0);
        let mark = ChunkStart {
            range,
            seq,
            previous,
            before: 0,
        };
        Self::at(header, mark, &[])
    }

    /// At a mark of a bundle that has been read through, with what is known of its hashes: of bytes
    /// that have not changed since they need not be computed again.
    pub(in crate::sync) fn at(header: &'h Header, mark: ChunkStart, known: &'h [Hash]) -> Self {
        Self {
            header,
            known,
            before: mark.before,
            range: mark.range,
            author: header.ranges.get(mark.range).map(Range::author),
            seq: mark.seq,
            previous: mark.previous,
            hash: Hash::ZERO,
        }
    }

    pub(in crate::sync) fn mark(&self) -> ChunkStart {
        ChunkStart {
            range: self.range,
            seq: self.seq,
            previous: self.previous,
            before: self.before,
        }
    }

    /// Whose entry it is; `None` after the last range.
    pub(in crate::sync) fn author(&self) -> Option<AuthorId> {
        self.author
    }

    /// Takes the bytes of the entry that stands here.
    fn take(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let range = self.header.ranges.get(self.range).ok_or("one entry more")?;
        let author = self.author.ok_or("one entry more")?;
        self.hash = match self.known.get(self.before) {
            Some(known) => *known,
            None => chain::link(&author, self.seq, &self.previous, bytes),
        };
        if self.seq == range.last && self.hash != range.hash {
            return Err("hash chain");
        }
        Ok(())
    }

    /// Continues on to the next.
    fn step(&mut self) {
        let ends = self
            .header
            .ranges
            .get(self.range)
            .is_none_or(|range| self.seq >= range.last);
        self.before += 1;
        if ends {
            (self.range, self.seq, self.previous) = first_of(self.header, self.range + 1);
            self.author = self.header.ranges.get(self.range).map(Range::author);
        } else {
            self.seq = self.seq.saturating_add(1);
            self.previous = self.hash;
        }
    }

    pub(in crate::sync) fn end(&self) -> Result<(), BundleError> {
        if self.range == self.header.ranges.len() {
            Ok(())
        } else {
            Err(BundleError::malformed(None, 0, "number of entries"))
        }
    }
}

/// Where a range begins: its place, its first number, the hash before it.
fn first_of(header: &Header, range: usize) -> (usize, u64, Hash) {
    let first = header.ranges.get(range);
    (
        range,
        first.map_or(0, |range| range.first),
        first.map_or(Hash::ZERO, |range| range.previous),
    )
}

/// Where an entry stands in its chunk.
#[derive(Clone, Copy)]
pub(in crate::sync) struct EntryPosition {
    pub(in crate::sync) chunk: u32,
    pub(in crate::sync) entry: u32,
    pub(in crate::sync) offset: usize,
}

/// Continues through the entries of one chunk: `u32 length | bytes` after each other, to its end.
pub(in crate::sync) fn each_entry<E: From<BundleError>>(
    chunk: u32,
    raw: &[u8],
    place: &mut EntryCursor<'_>,
    look: &mut impl FnMut(&EntryCursor<'_>, EntryPosition, &[u8]) -> Result<ControlFlow<()>, E>,
) -> Result<ControlFlow<()>, E> {
    let mut reader = Reader::new(raw);
    let mut entry = 0;
    while !reader.is_empty() {
        let offset = reader.at();
        let malformed = |what| BundleError::malformed(Some(chunk), offset, what);
        let length = reader.u32("entry").map_err(|bad| malformed(bad.what))?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let bytes = reader
            .take(length, "entry")
            .map_err(|bad| malformed(bad.what))?;
        place.take(bytes).map_err(malformed)?;
        let at = EntryPosition {
            chunk,
            entry,
            offset,
        };
        if look(place, at, bytes)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        place.step();
        entry += 1;
    }
    Ok(ControlFlow::Continue(()))
}
