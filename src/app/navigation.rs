//! Where a screen may ask to go. Screens name the place; the router opens it.

use super::input::command::Command;
use super::sync_message::{PreviewStands, SyncRequest};
use crate::ledger::{CellId, CellKey, FormKey};
use crate::plan::UnitId;
use crate::sync::held::conflicts::Conflict;
use crate::sync::import::plan::ImportPlan;

/// A way to go.
#[derive(Clone, Debug)]
pub enum Go {
    /// One screen up; from the lowest, to the question whether to leave.
    Back,
    /// To the home page.
    Home,
    /// To a form, with the cursor on a cell where one is named.
    Form(FormKey, Option<CellId>),
    /// To a cell: of the form below, if it is open there.
    Cell(CellKey),
    /// To findings.
    Findings(ListScope),
    /// To the history.
    History(ListScope),
    /// To the page about other stores.
    Sync,
    /// To what an import would change.
    ImportPreview(Box<ImportPlan>, PreviewStands),
    /// To one cell in conflict.
    Conflict(Box<Conflict>),
    /// Nowhere; the page about other stores begins this work.
    Work(SyncRequest),
    /// Away from the preview of an import that is done.
    LeavePreview,
    /// Away from a conflict that is settled.
    LeaveConflict,
    /// Nowhere, but everything that is shown is asked for anew.
    RefreshAll,
    /// Nowhere, but this command is carried out on what is on top then.
    Command(Command),
}

/// How much a list covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListScope {
    /// One cell.
    Cell(CellKey),
    /// One form.
    Form(FormKey),
    /// One unit.
    Unit(UnitId),
    /// Everything in the store.
    All,
}
