//! What a store has of the content of forms: their hashes, and the parts it does not get.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::content_hash::FormParts;
use crate::ledger::{ContentPart, FormKey};
use crate::plan::{FieldId, Plan, UnitId, owners_on};

/// Lists the owners of the measures that the form feeds, each with the fields that do.
pub(crate) fn owners(plan: &Plan, key: &FormKey) -> BTreeMap<UnitId, BTreeSet<FieldId>> {
    match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => owners_on(plan, unit, period),
        _ => BTreeMap::new(),
    }
}

/// Whether the logs of a store are whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holdings {
    /// Every entry of every log is here: nothing is withheld from any form.
    Whole,
    /// Some entries are not here: this unit's store gets only what concerns it.
    Concerning(UnitId),
}

impl Holdings {
    /// Gives the parts of a form that may be missing here because this store does not get them.
    pub(crate) fn withheld(&self, plan: &Plan, form: &FormKey) -> BTreeSet<ContentPart> {
        match self {
            Self::Whole => BTreeSet::new(),
            Self::Concerning(unit) => FormParts::of(plan, form).withheld_from(unit, plan, form),
        }
    }
}
