//! Whom an entry concerns: who may be given it. `docs/merge.md`, "Only what concerns the receiver".

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::{FormKey, Subject};
use crate::plan::{FieldId, Plan, UnitId, owners_on};

/// What concerns one receiver.
#[derive(Clone, Debug)]
pub struct Concern<'a> {
    plan: &'a Plan,
    scope: ConcernScope,
    /// The fields of each form that was asked about of which the receiver owns measures.
    owned: BTreeMap<FormKey, Option<BTreeSet<FieldId>>>,
}

/// How much concerns a receiver.
#[derive(Clone, Debug)]
enum ConcernScope {
    /// Everything: the coordinator, and who stands above it.
    Everything,
    /// The figures of a unit and of those that it was and will be, and those that they own.
    Lineage(BTreeSet<UnitId>),
}

/// Tells whether a unit's store is given everything: the coordinator's, and the district's above it.
pub fn sees_everything(plan: &Plan, unit: &UnitId) -> bool {
    *unit == plan.coordinator || *unit == plan.district
}

impl<'a> Concern<'a> {
    /// What concerns a unit's store; `None` for a whole copy, for those whom everything concerns.
    pub fn of(plan: &'a Plan, receiver: Option<&UnitId>) -> Self {
        let scope = match receiver {
            Some(unit) if !sees_everything(plan, unit) => ConcernScope::Lineage(plan.lineage(unit)),
            _ => ConcernScope::Everything,
        };
        Self {
            plan,
            scope,
            owned: BTreeMap::new(),
        }
    }

    /// Tells whether entries on a subject concern the receiver. What has no unit - people, authors, the
    /// plan - concerns everybody; a unit its own forms and those of its predecessors and successors; an
    /// owner besides the fields of its measures, with their notes and confirmations, and the workflow of
    /// the forms that have such fields.
    pub fn concerns(&mut self, subject: &Subject) -> bool {
        let ConcernScope::Lineage(units) = &self.scope else {
            return true;
        };
        let Some(form) = subject.form() else {
            return true;
        };
        if units.contains(&form.unit) {
            return true;
        }
        let plan = self.plan;
        let owned = self
            .owned
            .entry(form.clone())
            .or_insert_with(|| owned_by(plan, units, form));
        match (owned, subject.cell()) {
            (None, _) => false,
            (Some(fields), Some(cell)) => fields.contains(&cell.id.field),
            (Some(_), None) => true,
        }
    }
}

/// The fields of a form that feed the measures which these units own; `None` where there are none.
fn owned_by(plan: &Plan, units: &BTreeSet<UnitId>, form: &FormKey) -> Option<BTreeSet<FieldId>> {
    let (of, period) = (plan.unit(&form.unit)?, plan.period(&form.period)?);
    let mut owned = owners_on(plan, of, period);
    owned.retain(|owner, _| units.contains(owner));
    owned.into_values().reduce(|mut all, fields| {
        all.extend(fields);
        all
    })
}
