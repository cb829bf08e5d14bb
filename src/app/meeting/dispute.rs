//! One cell in conflict, side by side; a person chooses and says why.

use crate::app::msg::Ticket;
use crate::ledger::Content;
use crate::sync::held::conflicts::Conflict;

/// The page.
#[derive(Debug)]
pub struct DisputePage {
    /// The cell and its sides.
    pub dispute: Conflict,
    /// The line under the cursor: a side, or behind the last another figure.
    pub selected: usize,
    /// The write that settles it, while it is on its way.
    pub ticket: Option<Ticket>,
}

impl DisputePage {
    /// A page with the cursor on the first side.
    pub fn new(dispute: Conflict) -> Self {
        Self {
            dispute,
            selected: 0,
            ticket: None,
        }
    }

    /// How many lines can be chosen: the sides and another figure.
    pub fn choices(&self) -> usize {
        self.dispute.heads.all().len() + 1
    }

    /// Moves the cursor.
    pub fn step(&mut self, by: isize) {
        let last = self.choices().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// What the side under the cursor says; `None` on the line for another figure.
    pub fn side(&self) -> Option<Content> {
        let head = self.dispute.heads.all().get(self.selected)?;
        head.body.content().cloned()
    }
}
