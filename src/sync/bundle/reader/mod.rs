//! Reading a bundle through: every entry decoded, every chain recomputed, every text clean.
//! Nothing is believed of who may say so; that is `merge`'s part.

mod cursor;
mod validation;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::base::text;
use crate::ledger::chain::checkpoint_words;
use crate::ledger::entry::FLAG_CRITICAL;
use crate::ledger::trust::Act;
use crate::ledger::typed::TEXT_LIMIT;
use crate::ledger::{Body, Claim, Hash, Recorded};
use crate::plan::UnitId;
use crate::store::StoreError;
use crate::store::exchange::progress::{NoProgress, Phase, Progress, ProgressMeter};
use crate::store::exchange::{EntryFault, IncomingEntry, Source, read_entry};
use crate::sync::bundle::container::{self, Container};
use crate::sync::bundle::entry::{fits, ids, texts};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::{Header, Range};
use crate::sync::bundle::limits;
use crate::sync::bundle::reader::cursor::{ChunkStart, EntryCursor, EntryPosition, each_entry};
use crate::sync::bundle::reader::validation::{EntrySummary, LinkedChunk, validate};
use crate::sync::bundle::source::BundleSource;

/// Longest id in a subject or body, in bytes.
const ID_LIMIT: usize = 64;

/// A bundle that has been read through.
#[derive(Clone, Debug)]
pub struct VerifiedBundle {
    container: Container,
    marks: Vec<ChunkStart>,
    /// The hashes of its entries where they are at most [`limits::HASHES`]: weighing and writing
    /// need not compute them again. A larger bundle keeps memory small instead.
    hashes: Vec<Hash>,
    /// The entries on authors, with the range they stand in.
    pub controls: Vec<(usize, Recorded)>,
    /// What its entries do, and the first number of each author that does so.
    pub claims: BTreeMap<Claim, u64>,
}

impl VerifiedBundle {
    /// Reads a file through, in text armour or not.
    ///
    /// # Errors
    /// Any [`BundleError`] that needs no store to be found.
    pub fn read(carrier: impl Into<BundleSource>) -> Result<Self, BundleError> {
        Self::read_with_progress(carrier, &NoProgress)
    }

    /// As [`Self::read`], and tells `watch` how far it is.
    ///
    /// # Errors
    /// As [`Self::read`]; [`BundleError::Interrupted`].
    pub fn read_with_progress(
        carrier: impl Into<BundleSource>,
        watch: &dyn Progress,
    ) -> Result<Self, BundleError> {
        let container = Container::open(carrier)?;
        signatures(&container.header)?;
        let mut checked = Self {
            container,
            marks: Vec::new(),
            hashes: Vec::new(),
            controls: Vec::new(),
            claims: BTreeMap::new(),
        };
        let read = checked.read_through(watch)?;
        checked.hashes = read.hashes;
        checked.marks = read.marks;
        (checked.controls, checked.claims) = (read.validated.controls, read.validated.claims);
        Ok(checked)
    }

    fn read_through(&self, watch: &dyn Progress) -> Result<ReadThrough, BundleError> {
        let of = u64::from(self.header().entries);
        let mut meter = ProgressMeter::begin(watch, Phase::Read, of)?;
        let mut place = EntryCursor::start(self.header());
        let (mut marks, mut hashes) = (Vec::new(), Vec::new());
        let chunks = self.container.chunks.len();
        let validated = validate(self.header(), chunks, |give| {
            self.container.each_chunk(0, |chunk, raw| {
                let (begins, mut known) = (place.mark(), Vec::new());
                marks.push(begins);
                let walked = each_entry(chunk, raw, &mut place, &mut |place, _, _| {
                    known.push(place.hash);
                    meter.one()?;
                    Ok::<_, BundleError>(ControlFlow::Continue(()))
                });
                give(&LinkedChunk {
                    chunk,
                    raw,
                    begins,
                    hashes: &known,
                })?;
                if of <= limits::HASHES {
                    hashes.append(&mut known);
                }
                walked
            })
        })?;
        place.end()?;
        meter.end()?;
        Ok(ReadThrough {
            marks,
            hashes,
            validated,
        })
    }

    /// Its header.
    pub fn header(&self) -> &Header {
        &self.container.header
    }

    /// Its name: BLAKE3 of all before the signature.
    pub fn root(&self) -> Hash {
        self.container.root
    }

    /// The bytes of the file without armour.
    ///
    /// # Errors
    /// [`BundleError::Unreadable`] for a file that is no longer what it was.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, BundleError> {
        let bytes = self.container.carrier().whole()?;
        // What is put aside under this name must be what has it.
        let signed = bytes.len().saturating_sub(container::TAIL);
        let root = blake3::hash(bytes.get(..signed).unwrap_or_default());
        if *root.as_bytes() != self.root().0 {
            return Err(BundleError::Unreadable("it has changed".to_owned()));
        }
        Ok(bytes)
    }

    /// The units its entries are about, in order.
    pub fn units(&self) -> Vec<UnitId> {
        let of = |claim: &Claim| match &claim.act {
            Act::Enter(unit) | Act::EnterOnBehalf(unit) => Some(unit.clone()),
            _ => None,
        };
        let units: BTreeSet<UnitId> = self.claims.keys().filter_map(of).collect();
        units.into_iter().collect()
    }

    /// Where the chunks are.
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// Shows the entries of one range from number `from` on, decoded.
    ///
    /// # Errors
    /// What `look` gives.
    pub fn each(
        &self,
        range: usize,
        from: u64,
        look: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let author = self.header().ranges.get(range).map(Range::author);
        let Some(author) = author else { return Ok(()) };
        Source::each(self, range, from, &mut |incoming| {
            let entry =
                read_entry(incoming.bytes).map_err(|_| StoreError::Source("entry".to_owned()))?;
            look(&Recorded {
                author,
                seq: incoming.seq,
                previous: *incoming.previous,
                hash: *incoming.hash,
                entry,
            })
        })
    }
}

/// What reading a bundle through gives.
struct ReadThrough {
    marks: Vec<ChunkStart>,
    hashes: Vec<Hash>,
    validated: EntrySummary,
}

impl Source for VerifiedBundle {
    fn each(
        &self,
        index: usize,
        from: u64,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let before = self
            .marks
            .partition_point(|mark| (mark.range, mark.seq) <= (index, from));
        let first = before.saturating_sub(1);
        let Some(mark) = self.marks.get(first) else {
            return Ok(());
        };
        let mut place = EntryCursor::at(self.header(), *mark, &self.hashes);
        let shown = self.container.each_chunk(first, |chunk, raw| {
            each_entry(chunk, raw, &mut place, &mut |place, _, bytes| {
                if place.range > index {
                    return Ok(ControlFlow::Break(()));
                }
                if place.range == index && place.seq >= from {
                    look(&IncomingEntry {
                        seq: place.seq,
                        previous: &place.previous,
                        hash: &place.hash,
                        bytes,
                    })
                    .map_err(ReadError::Store)?;
                }
                Ok(ControlFlow::Continue(()))
            })
        });
        shown.map_err(|error| match error {
            ReadError::Store(error) => error,
            // It was read through before: what differs now is not the bundle's writing.
            ReadError::Bundle(error) => StoreError::Source(error.to_string()),
        })
    }
}

enum ReadError {
    Store(StoreError),
    Bundle(BundleError),
}

impl From<BundleError> for ReadError {
    fn from(error: BundleError) -> Self {
        Self::Bundle(error)
    }
}

/// Every range is vouched for by its author, every new epoch by the one before it.
fn signatures(header: &Header) -> Result<(), BundleError> {
    for range in &header.ranges {
        let words = checkpoint_words(&range.author(), range.last, &range.hash);
        container::verify(&range.key, &words, &range.signature)
            .map_err(|_| BundleError::BadCheckpoint(range.author()))?;
    }
    for vouch in &header.vouches {
        let words = checkpoint_words(&vouch.author, 1, &vouch.hash);
        container::verify(&vouch.by, &words, &vouch.signature)
            .map_err(|_| BundleError::BadCheckpoint(vouch.author))?;
    }
    Ok(())
}

/// Decodes an entry and refuses what no program of ours would have written.
pub(in crate::sync) fn validated(
    place: &EntryCursor<'_>,
    at: EntryPosition,
    bytes: &[u8],
) -> Result<Recorded, BundleError> {
    let malformed = |what| BundleError::malformed(Some(at.chunk), at.offset, what);
    let hostile = |position: usize| BundleError::HostileText {
        chunk: Some(at.chunk),
        entry: at.entry,
        position: u32::try_from(position).unwrap_or(u32::MAX),
    };
    let entry = read_entry(bytes).map_err(|fault| match fault {
        EntryFault::Hostile(position) => hostile(position),
        EntryFault::Shape(_) => malformed("entry"),
    })?;
    for words in texts(&entry) {
        if let Some(position) = text::first_hostile(words) {
            return Err(hostile(position));
        }
        if !text::is_clean(words, TEXT_LIMIT) {
            return Err(malformed("text"));
        }
    }
    for id in ids(&entry) {
        if let Some(position) = text::first_hostile(id) {
            return Err(hostile(position));
        }
        if id.is_empty() || id.len() > ID_LIMIT {
            return Err(malformed("id"));
        }
    }
    if matches!(entry.body, Body::Unknown { .. }) && entry.flags & FLAG_CRITICAL != 0 {
        return Err(BundleError::UnknownCritical {
            chunk: at.chunk,
            entry: at.entry,
        });
    }
    let recorded = Recorded {
        author: place.author().ok_or(malformed("range"))?,
        seq: place.seq,
        previous: place.previous,
        hash: place.hash,
        entry,
    };
    // An author begins by saying who it is, and only then.
    let begins = matches!(recorded.entry.body, Body::EpochStart { .. });
    if begins != (recorded.seq == 1) || !fits(&recorded.entry) {
        return Err(malformed("subject"));
    }
    Ok(recorded)
}
