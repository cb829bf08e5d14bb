//! Validation of the entries of a bundle: at once, or on a second thread while the first follows the
//! hash chain of the next chunk.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::ledger::{Claim, Hash, Recorded, Subject};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::reader::cursor::{ChunkStart, EntryCursor, each_entry};
use crate::sync::bundle::reader::entry::validated;

/// A chunk whose hash chain has been followed, as far as it holds.
pub(super) struct LinkedChunk<'r> {
    /// Which chunk, from 0.
    pub(super) chunk: u32,
    /// Its bytes before compression.
    pub(super) raw: &'r [u8],
    /// Its first entry.
    pub(super) start: ChunkStart,
    /// The hashes of its entries; entries past the last of them are not validated.
    pub(super) hashes: &'r [Hash],
}

/// What the entries of a bundle say that decides whether it may be taken.
#[derive(Clone, Debug, Default)]
pub struct EntrySummary {
    /// The entries on authors, with the index of their range.
    pub controls: Vec<(usize, Recorded)>,
    /// What the entries do, with the number of the first that does so.
    pub claims: BTreeMap<Claim, u64>,
}

impl EntrySummary {
    fn add(&mut self, header: &Header, linked: &LinkedChunk<'_>) -> Result<(), BundleError> {
        let mut left = linked.hashes.len();
        if left == 0 {
            return Ok(());
        }
        let mut cursor = EntryCursor::at(header, linked.start.with_own_hashes(), linked.hashes);
        each_entry(
            linked.chunk,
            linked.raw,
            &mut cursor,
            &mut |cursor, at, bytes| {
                let recorded = validated(cursor, at, bytes)?;
                self.claims
                    .entry(Claim::of(&recorded))
                    .or_insert(recorded.seq);
                if matches!(recorded.entry.subject, Subject::Author(_)) {
                    self.controls.push((cursor.range, recorded));
                }
                left -= 1;
                Ok::<_, BundleError>(if left == 0 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            },
        )
        .map(|_| ())
    }
}

/// Validates the chunks that `follow` gives. What is wrong in an entry comes before what `follow`
/// ends with: no entry past that was given.
///
/// # Errors
/// The first thing that is wrong, in the order of the file.
pub(super) fn validate(
    header: &Header,
    chunks: usize,
    follow: impl FnOnce(
        &mut dyn FnMut(&LinkedChunk<'_>) -> Result<(), BundleError>,
    ) -> Result<(), BundleError>,
) -> Result<EntrySummary, BundleError> {
    if chunks <= 1 {
        let mut summary = EntrySummary::default();
        follow(&mut |linked| summary.add(header, linked))?;
        return Ok(summary);
    }
    thread::scope(|scope| {
        let (sender, work) = sync_channel::<(u32, Vec<u8>, ChunkStart, Vec<Hash>)>(2);
        let validating = scope.spawn(move || {
            let mut summary = EntrySummary::default();
            for (chunk, raw, start, hashes) in work {
                let linked = LinkedChunk {
                    chunk,
                    raw: &raw,
                    start,
                    hashes: &hashes,
                };
                summary.add(header, &linked)?;
            }
            Ok::<_, BundleError>(summary)
        });
        let followed = follow(&mut |linked| {
            let (raw, hashes) = (linked.raw.to_vec(), linked.hashes.to_vec());
            let work = (linked.chunk, raw, linked.start, hashes);
            // The other thread ends early where something is wrong, and says so below.
            sender.send(work).map_err(|_| BundleError::Interrupted)
        });
        drop(sender);
        let summary = validating
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))?;
        followed.map(|()| summary)
    })
}
