//! What is recorded of an import under the hash of its bundle, and its layout in the store.

use std::collections::BTreeMap;

use crate::base::Decimal;
use crate::base::bytes::{BadBytes, Reader, put_text};
use crate::ledger::{CellId, CellKey, Content, FormKey, RowId};
use crate::plan::{FieldId, PeriodId, UnitId};
use crate::sync::import::plan::{ConflictChange, Counts, FigureChange, Timing};

/// What is recorded of an import: its counts and the figures it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// How many entries of each class.
    pub counts: Counts,
    /// Every figure that shows otherwise or came into conflict.
    pub changes: Vec<FigureChange>,
}

/// The layout of [`Details`].
const DETAILS_VERSION: u8 = 2;
/// The layout before it, which did not say what came late.
const DETAILS_V1: u8 = 1;
/// Marks a late figure, beside how its conflict has changed.
const LATE: u8 = 0x10;
/// Marks a cell of a repeating list; the 16 bytes of its row follow.
const ROW: u8 = 0x20;

impl Details {
    /// Joins what the rest of the same bundle brought later: each figure from what it was at first to what
    /// it is at last.
    #[must_use]
    pub fn then(mut self, later: Self) -> Self {
        self.counts.add(&later.counts);
        self.counts.known = later.counts.known;
        self.counts.waiting = later.counts.waiting;
        self.counts.refused = later.counts.refused;
        let mut cells: BTreeMap<CellKey, FigureChange> = std::mem::take(&mut self.changes)
            .into_iter()
            .map(|change| (change.cell.clone(), change))
            .collect();
        for change in later.changes {
            let first = cells.remove(&change.cell);
            let old = first.map_or_else(|| change.old.clone(), |first| first.old);
            cells.insert(change.cell.clone(), FigureChange { old, ..change });
        }
        self.changes.extend(cells.into_values());
        self
    }

    /// The bytes that are stored.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = vec![DETAILS_VERSION];
        for (_, count) in self.counts.all() {
            out.extend(count.to_le_bytes());
        }
        for change in &self.changes {
            put_text(&mut out, change.cell.form.unit.as_str());
            put_text(&mut out, change.cell.form.period.as_str());
            put_text(&mut out, change.cell.id.field.as_str());
            change.old.put(&mut out, Decimal::to_string);
            change.new.put(&mut out, Decimal::to_string);
            let conflict = match change.conflict {
                ConflictChange::None => 0,
                ConflictChange::Begins => 1,
                ConflictChange::Continues => 2,
            };
            let late = match change.timing {
                Timing::InTime => 0,
                Timing::Late => LATE,
            };
            match &change.cell.id.row {
                None => out.push(conflict | late),
                Some(row) => {
                    out.push(conflict | late | ROW);
                    out.extend(row.0);
                }
            }
        }
        out
    }

    /// Reads the bytes that were stored.
    ///
    /// # Errors
    /// Where they are not in their layout.
    pub fn read(bytes: &[u8]) -> Result<Self, BadBytes> {
        let mut reader = Reader::new(bytes);
        if !matches!(reader.u8("version")?, DETAILS_V1 | DETAILS_VERSION) {
            return Err(reader.bad("version"));
        }
        let mut count = || reader.u64("count");
        let counts = Counts {
            new: count()?,
            known: count()?,
            waiting: count()?,
            conflicts: count()?,
            late: count()?,
            held: count()?,
            refused: count()?,
            suspicious: count()?,
        };
        let mut changes = Vec::new();
        while !reader.is_empty() {
            let unit = UnitId::new(reader.text("unit")?);
            let period = PeriodId::new(reader.text("period")?);
            let field = FieldId::new(reader.text("field")?);
            let (old, new) = (Content::take(&mut reader)?, Content::take(&mut reader)?);
            let marks = reader.u8("conflict")?;
            let row = match marks & ROW {
                0 => None,
                _ => Some(RowId(reader.array("row")?)),
            };
            let form = FormKey { unit, period };
            changes.push(FigureChange {
                cell: form.cell(CellId { field, row }),
                old,
                new,
                conflict: match marks & !(LATE | ROW) {
                    0 => ConflictChange::None,
                    1 => ConflictChange::Begins,
                    2 => ConflictChange::Continues,
                    _ => return Err(reader.bad("conflict")),
                },
                timing: match marks & LATE {
                    0 => Timing::InTime,
                    _ => Timing::Late,
                },
            });
        }
        Ok(Self { counts, changes })
    }
}
