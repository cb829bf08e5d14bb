//! The form walk: one unit, one period, field after field. Holds the cursor and what is being
//! typed; what stands in the form is in the cache of forms.

mod allowed;
mod commands;
mod interface;
mod live;
mod moving;
mod typing;
mod writing;

use crate::app::forms::FormView;
use crate::app::input::text_line::TextLine;
use crate::app::message::DraftPurpose;
use crate::app::state::State;
use crate::ledger::{CellId, CellKey, EntryRef, FormKey};
use crate::plan::{Field, FieldId, Plan};

pub use live::{Live, Typing};
pub use moving::SearchDirection;

/// The form walk.
#[derive(Debug)]
pub struct FormScreen {
    /// Which form.
    pub key: FormKey,
    /// The cell under the cursor, as its position among the form's cells.
    pub cursor: usize,
    /// The first line shown.
    pub top: usize,
    /// The text being typed into the cell under the cursor.
    pub edit: Option<TextLine>,
    /// What arrows do in it.
    pub typing: Typing,
    /// What is to be said about the text being typed.
    pub live: Option<Live>,
    /// The cell that was committed last: what there is to say about it stays readable while the
    /// next one is typed.
    pub left: Option<FieldId>,
    /// Text that Esc threw away, for one undo.
    discarded: Option<(FieldId, String)>,
    /// Where the cursor goes as soon as the form is there, and what to go on typing.
    resume: Option<Resume>,
    /// What the cell being typed into held when typing began: what committing it supersedes.
    seen: Option<(FieldId, Vec<EntryRef>)>,
}

/// Where to go on in a form that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resume {
    /// At the first blank cell.
    FirstBlank,
    /// At a cell.
    At(CellId),
    /// At a cell, with a text that was unfinished when an earlier session died.
    Unfinished(CellId, DraftPurpose, String),
}

impl FormScreen {
    /// The walk through a form, to begin where `resume` says.
    pub fn new(key: FormKey, resume: Resume) -> Self {
        Self {
            key,
            cursor: 0,
            top: 0,
            edit: None,
            typing: Typing::Fresh,
            live: None,
            left: None,
            discarded: None,
            resume: Some(resume),
            seen: None,
        }
    }

    /// What stands in the form.
    pub fn view<'a>(&self, state: &'a State) -> Option<&'a FormView> {
        state.forms.view(&self.key)
    }

    /// The id of the field under the cursor.
    pub fn field_id<'a>(&self, view: &'a FormView) -> Option<&'a FieldId> {
        view.layout.cells.get(self.cursor)
    }

    /// The field under the cursor.
    pub fn field<'a>(&self, view: &FormView, plan: &'a Plan) -> Option<&'a Field> {
        plan.field(self.field_id(view)?)
    }

    /// The key of a field's figure.
    fn cell_of(&self, field: &FieldId) -> CellKey {
        self.key.cell(field.clone())
    }
}
