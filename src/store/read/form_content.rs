//! What the plan says of a form: whose measures it feeds, and the hash of its content.

use std::collections::{BTreeMap, BTreeSet};

use crate::figures;
use crate::ledger::content_hash::content_hash;
use crate::ledger::{CellId, FormKey, Hash, Heads};
use crate::plan::{FieldId, Plan, UnitId};

/// Lists the owners of the measures that the form feeds, each with the fields that do.
pub(crate) fn owners(plan: &Plan, key: &FormKey) -> BTreeMap<UnitId, BTreeSet<FieldId>> {
    match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => figures::owners_on(plan, unit, period),
        _ => BTreeMap::new(),
    }
}

/// Computes the content hash of a form as it stands, over the fields the plan asks of it.
pub(crate) fn form_hash(plan: &Plan, form: &FormKey, cells: &BTreeMap<CellId, Heads>) -> Hash {
    let fields: Vec<&FieldId> = match (plan.unit(&form.unit), plan.period(&form.period)) {
        (Some(unit), Some(period)) => plan
            .form_fields(unit, period)
            .into_iter()
            .map(|field| &field.id)
            .collect(),
        _ => Vec::new(),
    };
    content_hash(plan, form, &fields, cells)
}
