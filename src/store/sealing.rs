//! The rows of entries that are taken in, made ready while others are written: inflating and
//! hashing then cost a machine with two cores no time.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::api::StoreError;
use super::exchange::Taken;
use super::rows;

/// A row's key and value.
type Row = (Vec<u8>, Vec<u8>);

/// Rows that are handed over together.
const LOT: usize = 512;
/// Up to so many entries a thread costs more than it saves.
const FEW: u64 = 4_096;

/// Gives the rows of all entries taken to `write`, in their order.
///
/// # Errors
/// What `write` gives, or that a source cannot be read.
pub(super) fn each_row(
    taken: &[Taken<'_>],
    entries: u64,
    write: &mut dyn FnMut(&Row) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if entries <= FEW {
        return seal(taken, &mut |row| write(&row));
    }
    thread::scope(|scope| {
        let (sender, lots) = sync_channel::<Vec<Row>>(2);
        let sealing = scope.spawn(move || {
            // Nobody takes it any more: whoever wrote says why.
            let send = |lot| sender.send(lot).map_err(|_| StoreError::Interrupted);
            let mut lot = Vec::with_capacity(LOT);
            seal(taken, &mut |row| {
                lot.push(row);
                if lot.len() < LOT {
                    return Ok(());
                }
                send(std::mem::replace(&mut lot, Vec::with_capacity(LOT)))
            })?;
            send(lot)
        });
        let written = lots.iter().flatten().try_for_each(|row| write(&row));
        drop(lots);
        let sealed = sealing.join().unwrap_or_else(|panic| resume_unwind(panic));
        written.and(sealed)
    })
}

fn seal(
    taken: &[Taken<'_>],
    give: &mut dyn FnMut(Row) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for taken in taken {
        taken
            .source
            .each(taken.index, taken.from, &mut |arriving| {
                let key = rows::entry_key(&taken.author, arriving.seq, arriving.hash);
                let row = rows::sealed_entry(&key, arriving.previous, arriving.bytes);
                give((key, row))
            })?;
    }
    Ok(())
}
