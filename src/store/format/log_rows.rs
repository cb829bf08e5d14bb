//! Rows of logs found by their numbers: entries, and the runs of them that are withheld.

use crate::base::bytes::Reader;
use crate::ledger::{AuthorId, EntryRef, Hash, Recorded};
use crate::store::api::StoreError;
use crate::store::exchange::known_log::WithheldRun;
use crate::store::format::codec::{Record, seal, unseal};
use crate::store::format::tables::{self, Rows, seq_range, unsealed_entry};

/// Finds the entry a reference cites; `None` when it is not here.
pub(crate) fn cited(
    entries: &impl Rows,
    withheld: Option<&impl Rows>,
    at: &EntryRef,
) -> Result<Option<Recorded>, StoreError> {
    Ok(numbered(entries, withheld, &at.author, at.seq)?
        .into_iter()
        .find(|found| found.hash.short() == at.h8))
}

/// All entries with that number: one, or several after a store was copied; none where the log
/// has not come so far, or where it was withheld. Any other number missing below a log's end is damage;
/// number 0 is before every log, whoever cites it.
pub(crate) fn numbered(
    entries: &impl Rows,
    withheld: Option<&impl Rows>,
    author: &AuthorId,
    seq: u64,
) -> Result<Vec<Recorded>, StoreError> {
    let (from, to) = seq_range(author, seq);
    let found: Vec<Recorded> = entries
        .range(from.as_slice()..=to.as_slice())?
        .map(|row| {
            let (key, value) = row?;
            unsealed_entry(key.value(), value.value())
        })
        .collect::<Result<_, StoreError>>()?;
    if found.is_empty() && seq > 0 {
        let (first, _) = seq_range(author, 0);
        let (_, last) = seq_range(author, u64::MAX);
        if let Some(row) = entries
            .range(first.as_slice()..=last.as_slice())?
            .next_back()
        {
            // Only its key: what cites entries that have not come asks this for each of them.
            if tables::tip_of(row?.0.value())?.0 >= seq && !is_withheld(withheld, author, seq)? {
                return Err(StoreError::Damaged(format!("no entry {seq}")));
            }
        }
    }
    Ok(found)
}

/// Tells whether that number lies in a run that is withheld.
fn is_withheld(
    withheld: Option<&impl Rows>,
    author: &AuthorId,
    seq: u64,
) -> Result<bool, StoreError> {
    let Some(withheld) = withheld else {
        return Ok(false);
    };
    let runs = runs(withheld, Some(author))?;
    Ok(runs.iter().any(|run| (run.first..=run.last).contains(&seq)))
}

/// Encodes a run as key and value.
pub(crate) fn run_row(run: &WithheldRun) -> (Vec<u8>, Vec<u8>) {
    let mut key = tables::entry_key(&run.author, run.last, &run.hash);
    key.extend(run.first.to_be_bytes());
    let value = seal(Record::Withheld, &key, &run.previous.0);
    (key, value)
}

/// Reads the runs of one author's log, or of all, in the order of author and last number.
pub(crate) fn runs(
    table: &impl Rows,
    author: Option<&AuthorId>,
) -> Result<Vec<WithheldRun>, StoreError> {
    let bad = |_| StoreError::Damaged("withheld".to_owned());
    let prefix = author.map_or(&[][..], |author| &author.0[..]);
    let mut runs = Vec::new();
    for row in table.range(prefix..)? {
        let (key, value) = row?;
        let (key, value) = (key.value(), value.value());
        if !key.starts_with(prefix) {
            break;
        }
        let previous = unseal(Record::Withheld, key, value)?;
        let mut reader = Reader::new(key);
        let run = WithheldRun {
            author: AuthorId(reader.array("author").map_err(bad)?),
            last: u64::from_be_bytes(reader.array("last").map_err(bad)?),
            hash: Hash(reader.array("hash").map_err(bad)?),
            first: u64::from_be_bytes(reader.array("first").map_err(bad)?),
            previous: Hash(Reader::new(previous).array("previous").map_err(bad)?),
        };
        reader.end().map_err(bad)?;
        runs.push(run);
    }
    Ok(runs)
}
