//! What the formula of a measure counted, before it is judged.

use super::figure::MissingInput;
use crate::base::Decimal;

/// What a formula counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FormulaCounts {
    pub(super) numerator: Sum,
    pub(super) denominator: Sum,
    /// What is missing, each once.
    pub(super) missing: Vec<MissingInput>,
    pub(super) in_conflict: bool,
}

/// One side of a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sum {
    /// Everything it takes is there.
    Whole(Decimal),
    /// Something is missing.
    Partial,
    /// Nothing of it applies to this unit.
    #[default]
    Absent,
    /// This form does not ask for all of it.
    NotAsked,
}

impl Sum {
    /// The sum, if everything it takes is there.
    pub(super) fn whole(self) -> Option<Decimal> {
        match self {
            Self::Whole(value) => Some(value),
            _ => None,
        }
    }
}
