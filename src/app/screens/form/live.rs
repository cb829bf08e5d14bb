//! What is known of the text being typed, key by key.

use crate::check::Finding;
use crate::figures::Figure;
use crate::ledger::typed::Reading;

/// What the screen says about the text being typed.
#[derive(Clone, Debug)]
pub struct Live {
    /// The text.
    pub typed: String,
    /// How the text reads.
    pub reading: Reading,
    /// What the checks would say.
    pub findings: Vec<Finding>,
    /// What the results would be.
    pub figures: Vec<Figure>,
}

/// What arrows do while a cell is typed into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typing {
    /// A new figure: they commit it and move, as in any table.
    #[default]
    Fresh,
    /// The present content is being changed: they move inside it.
    InPlace,
}
