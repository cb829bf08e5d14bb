//! What every part of the form's page is drawn from.

use super::columns::Columns;
use crate::app::form::{FormState, Live, Place, SaveState};
use crate::app::state::{App, Health};
use crate::plan::{FieldId, Period};
use crate::ui::appearance::Ui;

/// What one drawing of the form needs everywhere.
pub(super) struct FormDrawing<'a> {
    pub(super) ui: &'a Ui,
    pub(super) app: &'a App,
    pub(super) form: &'a FormState,
    pub(super) place: Place<'a>,
    pub(super) columns: Columns,
    pub(super) compared: [Option<&'a Period>; 2],
    pub(super) live: Option<&'a Live>,
}

impl FormDrawing<'_> {
    /// How far the last write of a cell has come; while the store cannot be written, nothing is
    /// on its way.
    pub(super) fn save_state(&self, field: &FieldId) -> Option<SaveState> {
        match self.form.saved.get(field).copied() {
            Some(SaveState::Waiting) if self.app.health != Health::Good => Some(SaveState::Unsaved),
            state => state,
        }
    }
}
