//! Reading a bundle through: every entry decoded, every hash chain recomputed, every text clean.
//! Whether its authors may say what they say is for the import to decide.

mod cursor;
mod entry;
mod validation;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::ledger::chain::checkpoint_words;
use crate::ledger::trust::Act;
use crate::ledger::{Claim, Hash, Recorded};
use crate::plan::UnitId;
use crate::store::StoreError;
use crate::store::exchange::progress::{NoProgress, Phase, Progress, ProgressMeter};
use crate::store::exchange::{IncomingEntry, Source, read_entry};
use crate::sync::bundle::container::{self, Container};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::limits;
use crate::sync::bundle::range::Range;
use crate::sync::bundle::reader::cursor::{ChunkStart, EntryCursor, each_entry};
use crate::sync::bundle::reader::validation::{EntrySummary, LinkedChunk, validate};
use crate::sync::bundle::source::BundleSource;

/// A bundle that has been read through: whole, signed, its entries valid.
#[derive(Clone, Debug)]
pub struct VerifiedBundle {
    container: Container,
    /// Where each chunk begins.
    starts: Vec<ChunkStart>,
    /// The hashes of its entries where they are at most [`limits::HASHES`], so that planning and
    /// writing need not compute them again. A larger bundle keeps memory small instead.
    hashes: Vec<Hash>,
    summary: EntrySummary,
}

impl VerifiedBundle {
    /// Reads a file through, binary or in text armour.
    ///
    /// # Errors
    /// Any [`BundleError`] that needs no store to be found.
    pub fn read(source: impl Into<BundleSource>) -> Result<Self, BundleError> {
        Self::read_with_progress(source, &NoProgress)
    }

    /// Reads a file through and reports to `progress`.
    ///
    /// # Errors
    /// As [`Self::read`]; [`BundleError::Interrupted`].
    pub fn read_with_progress(
        source: impl Into<BundleSource>,
        progress: &dyn Progress,
    ) -> Result<Self, BundleError> {
        let container = Container::open(source)?;
        verify_signatures(&container.header)?;
        let (header, entries) = (&container.header, u64::from(container.header.entries));
        let mut meter = ProgressMeter::begin(progress, Phase::Read, entries)?;
        let mut cursor = EntryCursor::first(header);
        let (mut starts, mut hashes) = (Vec::new(), Vec::new());
        let summary = validate(header, container.chunks.len(), |validate| {
            container.each_chunk(0, |chunk, raw| {
                let (start, mut linked) = (cursor.start(), Vec::new());
                starts.push(start);
                let followed = each_entry(chunk, raw, &mut cursor, &mut |cursor, _, _| {
                    linked.push(cursor.hash);
                    meter.one()?;
                    Ok::<_, BundleError>(ControlFlow::Continue(()))
                });
                validate(&LinkedChunk {
                    chunk,
                    raw,
                    start,
                    hashes: &linked,
                })?;
                if entries <= limits::HASHES {
                    hashes.append(&mut linked);
                }
                followed
            })
        })?;
        cursor.end()?;
        meter.end()?;
        Ok(Self {
            container,
            starts,
            hashes,
            summary,
        })
    }

    /// The header of the bundle.
    pub fn header(&self) -> &Header {
        &self.container.header
    }

    /// The name of the bundle: BLAKE3 of all before the signature.
    pub fn root(&self) -> Hash {
        self.container.root
    }

    /// The container of the bundle: its bytes and where its chunks are.
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// What its entries say that decides whether it may be taken.
    pub fn summary(&self) -> &EntrySummary {
        &self.summary
    }

    /// The bytes of the file without armour.
    ///
    /// # Errors
    /// [`BundleError::Unreadable`] for a file that has changed since it was read through.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, BundleError> {
        let bytes = self.container.source().whole()?;
        let signed = bytes.len().saturating_sub(container::TAIL);
        let root = blake3::hash(bytes.get(..signed).unwrap_or_default());
        if *root.as_bytes() != self.root().0 {
            return Err(BundleError::Unreadable("it has changed".to_owned()));
        }
        Ok(bytes)
    }

    /// The units its entries are about, in order.
    pub fn units(&self) -> Vec<UnitId> {
        let unit = |claim: &Claim| match &claim.act {
            Act::Enter(unit) | Act::EnterOnBehalf(unit) => Some(unit.clone()),
            _ => None,
        };
        let units: BTreeSet<UnitId> = self.summary.claims.keys().filter_map(unit).collect();
        units.into_iter().collect()
    }

    /// Shows the decoded entries of one range from number `from` on.
    ///
    /// # Errors
    /// What `visit` gives.
    pub fn each(
        &self,
        range: usize,
        from: u64,
        visit: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let author = self.header().ranges.get(range).map(Range::author);
        let Some(author) = author else { return Ok(()) };
        Source::each(self, range, from, &mut |incoming| {
            let entry =
                read_entry(incoming.bytes).map_err(|_| StoreError::Source("entry".to_owned()))?;
            visit(&Recorded {
                author,
                seq: incoming.seq,
                previous: *incoming.previous,
                hash: *incoming.hash,
                entry,
            })
        })
    }
}

impl Source for VerifiedBundle {
    fn each(
        &self,
        range: usize,
        from: u64,
        visit: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let after = self
            .starts
            .partition_point(|start| (start.range, start.seq) <= (range, from));
        let first = after.saturating_sub(1);
        let Some(start) = self.starts.get(first) else {
            return Ok(());
        };
        let mut cursor = EntryCursor::at(self.header(), *start, &self.hashes);
        let shown = self.container.each_chunk(first, |chunk, raw| {
            each_entry(chunk, raw, &mut cursor, &mut |cursor, _, bytes| {
                if cursor.range > range {
                    return Ok(ControlFlow::Break(()));
                }
                if cursor.range == range && cursor.seq >= from {
                    visit(&IncomingEntry {
                        seq: cursor.seq,
                        previous: &cursor.previous,
                        hash: &cursor.hash,
                        bytes,
                    })
                    .map_err(ReadError::Store)?;
                }
                Ok(ControlFlow::Continue(()))
            })
        });
        shown.map_err(|error| match error {
            ReadError::Store(error) => error,
            // The bundle was verified before, so its file has failed or changed since.
            ReadError::Bundle(error) => StoreError::Source(error.to_string()),
        })
    }
}

/// Why entries could not be shown: their reader failed, or the bundle.
enum ReadError {
    Store(StoreError),
    Bundle(BundleError),
}

impl From<BundleError> for ReadError {
    fn from(error: BundleError) -> Self {
        Self::Bundle(error)
    }
}

/// Verifies the author's signature on every range, and of every new epoch that of the one before it.
fn verify_signatures(header: &Header) -> Result<(), BundleError> {
    let ranges = header.ranges.iter().map(|range| {
        let author = range.author();
        (
            &range.key,
            author,
            range.last,
            &range.hash,
            &range.signature,
        )
    });
    let vouches = header.vouches.iter();
    let vouches = vouches.map(|vouch| (&vouch.by, vouch.author, 1, &vouch.hash, &vouch.signature));
    for (key, author, seq, hash, signature) in ranges.chain(vouches) {
        container::verify(key, &checkpoint_words(&author, seq, hash), signature)
            .map_err(|_| BundleError::BadCheckpoint(author))?;
    }
    Ok(())
}
