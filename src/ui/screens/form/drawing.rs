//! What every part of the form's page is drawn from.

use super::columns::Columns;
use crate::app::App;
use crate::app::forms::view::FormOfPlan;
use crate::app::forms::{FormView, SaveState};
use crate::app::screens::form::{FormScreen, Live};
use crate::app::state::Health;
use crate::plan::{FieldId, Period};
use crate::ui::appearance::Ui;

/// What one drawing of the form needs everywhere.
pub(super) struct FormDrawing<'a> {
    pub(super) ui: &'a Ui,
    pub(super) app: &'a App,
    pub(super) form: &'a FormScreen,
    pub(super) view: &'a FormView,
    pub(super) place: FormOfPlan<'a>,
    pub(super) columns: Columns,
    pub(super) compared: [Option<&'a Period>; 2],
    pub(super) live: Option<&'a Live>,
}

impl FormDrawing<'_> {
    /// How far the last write of a cell has come; while the store cannot be written, nothing is
    /// on its way.
    pub(super) fn save_state(&self, field: &FieldId) -> Option<SaveState> {
        self.state_now(self.view.save_state(field))
    }

    /// A state of saving as it is now.
    pub(super) fn state_now(&self, state: Option<SaveState>) -> Option<SaveState> {
        match state {
            Some(SaveState::Waiting) if self.app.state.health != Health::Good => {
                Some(SaveState::Unsaved)
            }
            state => state,
        }
    }
}
