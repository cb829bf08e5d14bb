//! Where the cursor is, and which lines are shown. The page stands still while the cursor moves
//! inside it: a scrolled page costs a whole redraw.

use super::FormState;
use crate::plan::{FieldId, Plan};

/// Which way to look for the next problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the end.
    Forward,
    /// Towards the start.
    Back,
}

impl FormState {
    /// Moves the cursor by so many cells, staying on the form.
    pub fn step(&mut self, by: isize) {
        let last = self.page.cells.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// Puts the cursor on a field; false when the form has no such field.
    pub fn go_to_field(&mut self, field: &FieldId) -> bool {
        match self.page.place_of(field) {
            Some(place) => {
                self.cursor = place;
                true
            }
            None => false,
        }
    }

    /// Goes to the first blank cell of a form that is just opened.
    pub(super) fn start_at_first_blank(&mut self) {
        let blank = self
            .page
            .cells
            .iter()
            .position(|id| !self.content(id).is_filled());
        self.cursor = blank.unwrap_or(0);
    }

    /// Goes to the next cell that is blank or has an open finding; false when there is none.
    pub fn go_to_problem(&mut self, plan: &Plan, way: Way) -> bool {
        let count = self.page.cells.len();
        let offset = |n: usize| match way {
            Way::Forward => (self.cursor + n) % count,
            Way::Back => (self.cursor + count - n % count) % count,
        };
        let found = (1..=count)
            .map(offset)
            .find(|place| self.needs_work(plan, *place));
        match found {
            Some(place) => {
                self.cursor = place;
                true
            }
            None => false,
        }
    }

    fn needs_work(&self, plan: &Plan, place: usize) -> bool {
        let Some(id) = self.page.cells.get(place) else {
            return false;
        };
        let numeric = plan.field(id).is_some_and(|field| field.kind.is_numeric());
        (numeric && !self.content(id).is_filled())
            || self
                .findings_at(id)
                .any(|finding| finding.overridden.is_none())
    }

    /// Brings the cursor's line into a view of `height` lines, moving the page as rarely as
    /// possible: when it must move, the cursor lands a third from the edge it came from.
    pub fn scroll_into(&mut self, height: usize) {
        let line = self.page.line_of(self.cursor);
        let total = self.page.rows.len();
        let farthest = total.saturating_sub(height);
        // The heading above the first cell stays in view with it.
        if line <= 2 {
            self.top = 0;
        } else if line < self.top {
            self.top = line.saturating_sub(height * 2 / 3);
        } else if line + 2 > self.top + height {
            self.top = line.saturating_sub(height / 3);
        }
        self.top = self.top.min(farthest);
    }
}
