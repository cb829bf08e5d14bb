//! Names of cells: a field of a form, and in a repeating list one row of it.

use std::fmt;

use crate::plan::{FieldId, PeriodId, UnitId};

/// The name of a form: one unit and one period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormKey {
    /// The reporting unit.
    pub unit: UnitId,
    /// The period.
    pub period: PeriodId,
}

impl FormKey {
    /// Names a cell of this form.
    pub fn cell(&self, cell: impl Into<CellId>) -> CellKey {
        CellKey {
            form: self.clone(),
            id: cell.into(),
        }
    }
}

/// The id of a row in a repeating list: 16 random bytes, given when the row is added.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub [u8; 16]);

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..3].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// The name of a cell within its form. Ordered by field, a field's figure before its rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId {
    /// The field.
    pub field: FieldId,
    /// The row of a repeating list; `None` for a figure.
    pub row: Option<RowId>,
}

impl CellId {
    /// Names the figure of a field: its cell without a row.
    pub fn figure(field: &FieldId) -> Self {
        Self {
            field: field.clone(),
            row: None,
        }
    }

    /// Returns true for a cell without a row.
    pub fn is_figure(&self) -> bool {
        self.row.is_none()
    }
}

impl From<FieldId> for CellId {
    fn from(field: FieldId) -> Self {
        Self { field, row: None }
    }
}

impl From<&FieldId> for CellId {
    fn from(field: &FieldId) -> Self {
        Self::figure(field)
    }
}

impl From<&CellId> for CellId {
    fn from(cell: &CellId) -> Self {
        cell.clone()
    }
}

impl fmt::Display for CellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.row {
            None => write!(f, "{}", self.field),
            Some(row) => write!(f, "{}#{row}", self.field),
        }
    }
}

/// The name of a cell: its form and its place in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// The form.
    pub form: FormKey,
    /// The cell within the form.
    pub id: CellId,
}

impl CellKey {
    /// Names the figure of a field in a form.
    pub fn new(unit: &UnitId, period: &PeriodId, field: &FieldId) -> Self {
        let form = FormKey {
            unit: unit.clone(),
            period: period.clone(),
        };
        form.cell(field)
    }
}
