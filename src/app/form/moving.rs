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

    /// Goes to the next cell to look at; false when there is none. First back to the cell just
    /// left, if something is to be said about it; then to open findings and to blanks between
    /// filled cells; when there is none of these, to the blanks that are still to be typed.
    pub fn go_to_problem(&mut self, plan: &Plan, way: Way) -> bool {
        if let Some(place) = self.just_left().filter(|_| way == Way::Forward) {
            self.cursor = place;
            self.left = None;
            return true;
        }
        self.left = None;
        let count = self.page.cells.len();
        let offset = |n: usize| match way {
            Way::Forward => (self.cursor + n) % count,
            Way::Back => (self.cursor + count - n % count) % count,
        };
        let blank = |place: &usize| self.is_blank(plan, *place);
        let last_filled = (0..count).rev().find(|place| self.is_filled(plan, *place));
        let gap = |place: &usize| blank(place) && last_filled.is_some_and(|last| *place < last);
        let open = |place: &usize| self.is_open(*place) || gap(place);
        let mut others = (1..count).map(offset);
        let found = others
            .clone()
            .find(open)
            .or_else(|| others.find(blank))
            .or_else(|| Some(self.cursor).filter(|here| open(here) || blank(here)));
        match found {
            Some(place) => {
                self.cursor = place;
                true
            }
            None => false,
        }
    }

    /// The place of the cell just left, if an open finding is reported at it.
    fn just_left(&self) -> Option<usize> {
        let place = self.page.place_of(self.left.as_ref()?)?;
        (place != self.cursor && self.is_open(place)).then_some(place)
    }

    fn is_open(&self, place: usize) -> bool {
        self.page.cells.get(place).is_some_and(|id| {
            self.findings_at(id)
                .any(|finding| finding.overridden.is_none())
        })
    }

    fn is_blank(&self, plan: &Plan, place: usize) -> bool {
        self.is_number(plan, place) && !self.is_filled(plan, place)
    }

    fn is_filled(&self, plan: &Plan, place: usize) -> bool {
        let filled = |id: &FieldId| self.content(id).is_filled();
        self.is_number(plan, place) && self.page.cells.get(place).is_some_and(filled)
    }

    fn is_number(&self, plan: &Plan, place: usize) -> bool {
        let field = self.page.cells.get(place).and_then(|id| plan.field(id));
        field.is_some_and(|field| field.kind.is_numeric())
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
