//! The rows of entries that are taken in, made ready while others are written: inflating and
//! hashing then cost a machine with two cores no time.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::store::api::StoreError;
use crate::store::exchange::TakenPiece;
use crate::store::format::tables;

/// Bytes of rows that are handed over together.
const BLOCK: usize = 256 << 10;
/// Up to so many entries a thread costs more than it saves.
const FEW: u64 = 4_096;

/// Seals the rows of all entries taken and gives them to `write`, in their order.
///
/// # Errors
/// What `write` gives, or that a source cannot be read.
pub(crate) fn each_row(
    taken: &[TakenPiece<'_>],
    entries: u64,
    write: &mut Write<'_>,
) -> Result<(), StoreError> {
    if entries <= FEW {
        return seal(taken, &mut |lot| lot.each(write));
    }
    thread::scope(|scope| {
        let (sender, lots) = sync_channel::<RowBlock>(2);
        let sealing = scope.spawn(move || {
            // Nobody takes it any more: whoever wrote says why.
            seal(taken, &mut |lot| {
                sender.send(lot).map_err(|_| StoreError::Interrupted)
            })
        });
        let written = lots.iter().try_for_each(|lot| lot.each(write));
        drop(lots);
        let sealed = sealing.join().unwrap_or_else(|panic| resume_unwind(panic));
        written.and(sealed)
    })
}

/// Takes the key and the value of a row.
type Write<'w> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'w;

/// Rows after each other, each as long as its key and its value.
#[derive(Default)]
struct RowBlock {
    bytes: Vec<u8>,
    lengths: Vec<(usize, usize)>,
}

impl RowBlock {
    fn each(&self, write: &mut Write<'_>) -> Result<(), StoreError> {
        let mut rest = self.bytes.as_slice();
        for (key, value) in &self.lengths {
            let row = rest.split_at_checked(*key).and_then(|(key, after)| {
                let (value, after) = after.split_at_checked(*value)?;
                rest = after;
                Some((key, value))
            });
            if let Some((key, value)) = row {
                write(key, value)?;
            }
        }
        Ok(())
    }
}

/// Seals all rows, and gives them on in lots.
fn seal(
    taken: &[TakenPiece<'_>],
    give: &mut dyn FnMut(RowBlock) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut lot = RowBlock::default();
    for taken in taken {
        taken
            .source
            .each(taken.index, taken.from, &mut |arriving| {
                let key = tables::entry_key(&taken.author, arriving.seq, arriving.hash);
                lot.bytes.extend(&key);
                let before = lot.bytes.len();
                tables::seal_entry(&mut lot.bytes, &key, arriving.previous, arriving.bytes);
                lot.lengths.push((key.len(), lot.bytes.len() - before));
                if lot.bytes.len() < BLOCK {
                    return Ok(());
                }
                give(std::mem::take(&mut lot))
            })?;
    }
    give(lot)
}
