//! Where the cursor is, and which lines are shown. The page stands still while the cursor moves
//! inside it: a scrolled page costs a whole redraw.

use super::FormScreen;
use crate::app::forms::FormView;
use crate::app::state::State;
use crate::plan::{FieldId, Plan};

/// Which way to look for the next problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchDirection {
    /// Towards the end.
    Forward,
    /// Towards the start.
    Back,
}

impl FormScreen {
    /// Moves the cursor by so many cells, staying on the form.
    pub(super) fn step(&mut self, state: &State, by: isize) {
        let cells = self.view(state).map_or(0, |view| view.layout.cells.len());
        let last = cells.saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// Puts the cursor on a field; false when the form has no such field.
    pub fn go_to_field(&mut self, state: &State, field: &FieldId) -> bool {
        let position = self
            .view(state)
            .and_then(|view| view.layout.position_of(field));
        self.cursor = position.unwrap_or(self.cursor);
        position.is_some()
    }

    /// Goes to the first blank cell of a form that is just opened.
    pub(super) fn start_at_first_blank(&mut self, view: &FormView) {
        let mut cells = view.layout.cells.iter();
        let blank = cells.position(|id| !view.content(id).is_filled());
        self.cursor = blank.unwrap_or(0);
    }

    /// Goes to the next cell to look at; false when there is none. First back to the cell just
    /// left, if something is to be said about it; then to open findings and to blanks between
    /// filled cells; when there is none of these, to the blanks that are still to be typed.
    pub(super) fn go_to_problem(&mut self, state: &State, way: SearchDirection) -> bool {
        let Some(view) = self.view(state) else {
            return false;
        };
        if let Some(position) = self
            .just_left(view)
            .filter(|_| way == SearchDirection::Forward)
        {
            self.cursor = position;
            self.left = None;
            return true;
        }
        self.left = None;
        let found = next_problem(view, &state.plan, self.cursor, way);
        self.cursor = found.unwrap_or(self.cursor);
        found.is_some()
    }

    /// The position of the cell just left, if an open finding is reported at it.
    fn just_left(&self, view: &FormView) -> Option<usize> {
        let position = view.layout.position_of(self.left.as_ref()?)?;
        (position != self.cursor && is_open(view, position)).then_some(position)
    }

    /// Brings the cursor's line into a view of `height` lines, moving the page as rarely as
    /// possible: when it must move, the cursor lands a third from the edge it came from.
    pub(super) fn scroll_into(&mut self, view: &FormView, height: usize) {
        let line = view.layout.line_of(self.cursor);
        let total = view.layout.rows.len();
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

fn next_problem(view: &FormView, plan: &Plan, from: usize, way: SearchDirection) -> Option<usize> {
    let count = view.layout.cells.len();
    let offset = |n: usize| match way {
        SearchDirection::Forward => (from + n) % count,
        SearchDirection::Back => (from + count - n % count) % count,
    };
    let filled = |position: usize| {
        let field = view.layout.cells.get(position);
        is_number(view, plan, position) && field.is_some_and(|id| view.content(id).is_filled())
    };
    let blank = |position: &usize| is_number(view, plan, *position) && !filled(*position);
    let last_filled = (0..count).rev().find(|position| filled(*position));
    let gap =
        |position: &usize| blank(position) && last_filled.is_some_and(|last| *position < last);
    let open = |position: &usize| is_open(view, *position) || gap(position);
    let mut others = (1..count).map(offset);
    let first_open = others.clone().find(open);
    first_open
        .or_else(|| others.find(blank))
        .or_else(|| Some(from).filter(|here| open(here) || blank(here)))
}

fn is_open(view: &FormView, position: usize) -> bool {
    view.layout.cells.get(position).is_some_and(|id| {
        view.findings_at(id)
            .any(|finding| finding.overridden.is_none())
    })
}

fn is_number(view: &FormView, plan: &Plan, position: usize) -> bool {
    let field = view
        .layout
        .cells
        .get(position)
        .and_then(|id| plan.field(id));
    field.is_some_and(|field| field.kind.is_numeric())
}
