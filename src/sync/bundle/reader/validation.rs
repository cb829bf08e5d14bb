//! Judging the entries of a bundle one by one, in memory or on a second thread while the first goes
//! through the chain of the next chunk.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::ledger::{Claim, Hash, Recorded, Subject};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::reader::cursor::{ChunkStart, EntryCursor, each_entry};
use crate::sync::bundle::reader::validated;

/// A chunk whose chain has been followed, as far as it holds.
pub(in crate::sync) struct LinkedChunk<'r> {
    pub(in crate::sync) chunk: u32,
    pub(in crate::sync) raw: &'r [u8],
    /// Where its first entry stands.
    pub(in crate::sync) begins: ChunkStart,
    /// The hashes of its entries; of none more is anything validated.
    pub(in crate::sync) hashes: &'r [Hash],
}

/// What was found in the entries.
#[derive(Default)]
pub(in crate::sync) struct EntrySummary {
    /// The entries on authors, with the range they stand in.
    pub(in crate::sync) controls: Vec<(usize, Recorded)>,
    /// What they do, and the first number of each author that does so.
    pub(in crate::sync) claims: BTreeMap<Claim, u64>,
}

impl EntrySummary {
    fn chunk(&mut self, header: &Header, followed: &LinkedChunk<'_>) -> Result<(), BundleError> {
        let mut left = followed.hashes.len();
        if left == 0 {
            return Ok(());
        }
        let mut place = EntryCursor::at(header, followed.begins.alone(), followed.hashes);
        let look = &mut |place: &EntryCursor<'_>, at, bytes: &[u8]| {
            let recorded = validated(place, at, bytes)?;
            self.claims
                .entry(Claim::of(&recorded))
                .or_insert(recorded.seq);
            if matches!(recorded.entry.subject, Subject::Author(_)) {
                self.controls.push((place.range, recorded));
            }
            left -= 1;
            Ok::<_, BundleError>(if left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        };
        each_entry(followed.chunk, followed.raw, &mut place, look).map(|_| ())
    }
}

/// Judges what `follow` gives, chunk by chunk. What is wrong in an entry stands before what
/// `follow` ends with: it was given no entry past that.
///
/// # Errors
/// The first thing that is wrong, in the order of the file.
pub(in crate::sync) fn validate(
    header: &Header,
    chunks: usize,
    follow: impl FnOnce(
        &mut dyn FnMut(&LinkedChunk<'_>) -> Result<(), BundleError>,
    ) -> Result<(), BundleError>,
) -> Result<EntrySummary, BundleError> {
    if chunks <= 1 {
        let mut validated = EntrySummary::default();
        follow(&mut |followed| validated.chunk(header, followed))?;
        return Ok(validated);
    }
    thread::scope(|scope| {
        let (sender, work) = sync_channel::<(u32, Vec<u8>, ChunkStart, Vec<Hash>)>(2);
        let judging = scope.spawn(move || {
            let mut validated = EntrySummary::default();
            for (chunk, raw, begins, hashes) in work {
                let (raw, hashes) = (raw.as_slice(), hashes.as_slice());
                validated.chunk(
                    header,
                    &LinkedChunk {
                        chunk,
                        raw,
                        begins,
                        hashes,
                    },
                )?;
            }
            Ok::<_, BundleError>(validated)
        });
        let followed = follow(&mut |followed| {
            let (raw, hashes) = (followed.raw.to_vec(), followed.hashes.to_vec());
            let work = (followed.chunk, raw, followed.begins, hashes);
            // Nobody takes it where something was wrong already; that is said below.
            sender.send(work).map_err(|_| BundleError::Interrupted)
        });
        drop(sender);
        let validated = judging
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))?;
        followed.map(|()| validated)
    })
}
