//! Cells in conflict: people gave different figures, shown side by side with what they started from.
//! Only a person ends a conflict.

use crate::ledger::{Body, CellKey, Content, EntryRef, Hash, Heads, Recorded, Subject};
use crate::store::exchange::ExchangeReader;
use crate::store::{Change, LogEntry, LogFilter, Seen, StoreError};

/// A cell in conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The cell.
    pub cell: CellKey,
    /// The entry that the sides replaced; `None` where one of them was the first.
    pub base: Option<Recorded>,
    /// The sides, the provisional one first.
    pub heads: Heads,
    /// The whole id of each side, in their order; `None` for an entry the log does not name.
    pub ids: Vec<Option<Hash>>,
}

impl Conflict {
    /// The change by which a person ends the conflict: the content, why, and over which sides. A side that
    /// has come since stays beside it.
    pub fn settled(&self, content: Content, reason: &str, over: Vec<EntryRef>) -> Change {
        Change {
            subject: Subject::Cell(self.cell.clone()),
            body: Body::Resolve(content),
            reason: reason.to_owned(),
            seen: Seen::Heads(over),
        }
    }
}

/// The cells in conflict, in the order of their forms.
///
/// # Errors
/// When the store cannot be read.
pub fn all(store: &(impl ExchangeReader + ?Sized)) -> Result<Vec<Conflict>, StoreError> {
    let mut found = Vec::new();
    for form in store.form_keys()? {
        for (cell, heads) in store.form(&form)?.cells {
            if heads.in_conflict() {
                found.push(one(store, &form.cell(cell), heads)?);
            }
        }
    }
    Ok(found)
}

/// The conflict in one cell; `None` where all agree.
///
/// # Errors
/// When the store cannot be read.
pub fn of(
    store: &(impl ExchangeReader + ?Sized),
    cell: &CellKey,
) -> Result<Option<Conflict>, StoreError> {
    let form = store.form(&cell.form)?;
    match form.cells.get(&cell.id) {
        Some(heads) if heads.in_conflict() => one(store, cell, heads.clone()).map(Some),
        _ => Ok(None),
    }
}

fn one(
    store: &(impl ExchangeReader + ?Sized),
    cell: &CellKey,
    heads: Heads,
) -> Result<Conflict, StoreError> {
    let log = store.log(&LogFilter {
        unit: Some(cell.form.unit.clone()),
        period: Some(cell.form.period.clone()),
        field: Some(cell.id.field.clone()),
        limit: None,
    })?;
    let cells = |line: &&LogEntry| line.recorded.entry.subject == Subject::Cell(cell.clone());
    let named = |entry: &EntryRef| {
        let mut lines = log.iter().filter(cells);
        lines.find(|line| line.recorded.reference() == *entry)
    };
    let sides: Vec<Option<&LogEntry>> = heads.all().iter().map(|h| named(&h.entry)).collect();
    let base = sides
        .iter()
        .flatten()
        .flat_map(|line| line.recorded.entry.replaces.iter().rev())
        .find_map(|entry| named(entry).map(|line| line.recorded.clone()));
    let ids = sides
        .iter()
        .map(|side| side.map(|line| line.recorded.hash))
        .collect();
    Ok(Conflict {
        cell: cell.clone(),
        base,
        heads,
        ids,
    })
}
