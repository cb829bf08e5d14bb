//! What of a form was approved, read from the entries: only where something is, and from the
//! whole history only where the present figures are no longer the approved ones. Asked of a
//! [`Snapshot`], so that a model of a store gives the same answer by the same words.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::approved::{
    Approval, ApprovalLevel, Approved, Approver, FrontierEntries, Proof, cells_within, holds,
    stated,
};
use crate::ledger::entry::Frontier;
use crate::ledger::form::rows;
use crate::ledger::{CellId, EntryRef, Form, FormKey, Heads, Recorded, Trust, workflow};
use crate::plan::{FieldId, Plan, UnitId};
use crate::store::api::StoreError;
use crate::store::exchange::Snapshot;
use crate::store::read::form_content::{form_hash, owners};

/// Works out what of the form was approved or locked; `None` where nothing is.
///
/// # Errors
/// When the store cannot be read.
pub fn approved(
    snapshot: &dyn Snapshot,
    plan: &Plan,
    key: &FormKey,
    form: &Form,
) -> Result<Option<Approved>, StoreError> {
    let owners = owners(plan, key);
    let lock = workflow::lock(&form.workflow);
    let mut asked: Vec<(Approver, EntryRef)> = Vec::new();
    match lock {
        Some(lock) => asked.push((Approver::Coordinator, lock.entry)),
        None => {
            for (owner, heads) in &form.approvals {
                let head = heads.shown().filter(|_| owners.contains_key(owner));
                asked.extend(head.map(|head| (Approver::Owner(owner.clone()), head.entry)));
            }
        }
    }
    if asked.is_empty() {
        return Ok(None);
    }
    let past = FormHistory {
        snapshot,
        plan,
        key,
    };
    let steps = past.back_from(form.workflow.references())?;
    let trust = past.trust()?;
    let steps: Vec<Recorded> = steps
        .into_iter()
        .filter(|step| !trust.leaves_out(&step.author, step.seq))
        .collect();
    let mut stamps = Vec::new();
    for (by, reference) in asked {
        let Some(recorded) = snapshot.cited(&reference)? else {
            continue;
        };
        if let Some(stamp) = past.stamp(by, &recorded, &steps, (form, &trust))? {
            stamps.push(stamp);
        }
    }
    Ok(joined(stamps, &owners, plan, key))
}

type Cells = BTreeMap<CellId, Heads>;

fn joined(
    mut stamps: Vec<(Approval, Cells)>,
    owners: &BTreeMap<UnitId, BTreeSet<FieldId>>,
    plan: &Plan,
    key: &FormKey,
) -> Option<Approved> {
    // The later one last: where two owners speak for one field, as that one saw it.
    stamps.sort_by_key(|(stamp, _)| (stamp.clock, stamp.entry));
    let reach = match stamps.as_slice() {
        [] => return None,
        [(stamp, _), ..] if stamp.by == Approver::Coordinator => ApprovalLevel::Locked,
        some if some.len() == owners.len() => ApprovalLevel::EveryOwner,
        _ => ApprovalLevel::SomeOwners,
    };
    let asked: BTreeSet<FieldId> = match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => {
            let fields = plan.form_fields(unit, period).into_iter();
            fields.map(|field| field.id.clone()).collect()
        }
        _ => BTreeSet::new(),
    };
    let mut approved = Approved {
        approvals: Vec::new(),
        reach,
        cells: BTreeMap::new(),
    };
    for (stamp, cells) in stamps {
        let speaks_for = match &stamp.by {
            Approver::Coordinator => Some(&asked),
            Approver::Owner(owner) => owners.get(owner),
        };
        for field in speaks_for.into_iter().flatten() {
            let figure = CellId::figure(field);
            let content = cells.get(&figure).map(Heads::content).unwrap_or_default();
            approved.cells.insert(figure, content);
            let rows = rows(&cells, field).map(|(cell, heads)| (cell.clone(), heads.content()));
            approved.cells.extend(rows);
        }
        approved.approvals.push(stamp);
    }
    Some(approved)
}

/// The entries of one form, as far as they are asked for.
struct FormHistory<'a> {
    snapshot: &'a dyn Snapshot,
    plan: &'a Plan,
    key: &'a FormKey,
}

impl FormHistory<'_> {
    fn stamp(
        &self,
        by: Approver,
        recorded: &Recorded,
        steps: &[Recorded],
        (form, now): (&Form, &Trust),
    ) -> Result<Option<(Approval, Cells)>, StoreError> {
        let Some((content, frontier)) = stated(&recorded.entry.body) else {
            return Ok(None);
        };
        let sight = self.sight(frontier)?;
        if matches!(by, Approver::Owner(_)) && !holds(&sight, steps) {
            return Ok(None);
        }
        let is_it = |cells: &Cells| form_hash(self.plan, self.key, cells) == *content;
        let mut cells = form.cells.clone();
        // Equal content is equal figures: nothing has to be looked up.
        if !is_it(&cells) {
            let trust = self.trust_then(&sight)?;
            let mut open: Vec<EntryRef> = form.cells.values().flat_map(Heads::references).collect();
            cells = cells_within(recorded, &self.back_from(open.clone())?, &sight, &trust);
            if !is_it(&cells) {
                // What has been rejected since, and nobody replaced, no head leads to.
                let uncounted = self.snapshot.uncounted_of(now, self.key)?;
                open.extend(uncounted.iter().map(Recorded::reference));
                cells = cells_within(recorded, &self.back_from(open)?, &sight, &trust);
            }
        }
        let proof = if is_it(&cells) {
            Proof::Given
        } else {
            Proof::Awaited
        };
        let stamp = Approval {
            by,
            entry: recorded.hash,
            actor: recorded.entry.actor.clone(),
            clock: recorded.entry.clock,
            content: *content,
            frontier: frontier.clone(),
            proof,
        };
        Ok(Some((stamp, cells)))
    }

    fn sight(&self, frontier: &Frontier) -> Result<FrontierEntries, StoreError> {
        FrontierEntries::of(
            frontier,
            |author| Ok(self.snapshot.tips(author)?.len() > 1),
            |author, seq, hash| {
                let reference = EntryRef {
                    author: *author,
                    seq,
                    h8: hash.short(),
                };
                let entry = self.snapshot.cited(&reference)?;
                Ok(entry.map(|entry| entry.previous))
            },
        )
    }

    fn trust(&self) -> Result<Trust, StoreError> {
        let controls = self.snapshot.controls()?;
        Ok(Trust::new(
            &self.snapshot.seeds()?,
            &controls,
            &self.snapshot.vouched()?,
        ))
    }

    /// Who was believed within the frontier.
    fn trust_then(&self, sight: &FrontierEntries) -> Result<Trust, StoreError> {
        let controls = sight.controls(&self.snapshot.controls()?);
        Ok(Trust::new(
            &self.snapshot.seeds()?,
            &controls,
            &self.snapshot.vouched()?,
        ))
    }

    /// Those entries and all that they superseded, as far as they are here.
    fn back_from(&self, mut open: Vec<EntryRef>) -> Result<Vec<Recorded>, StoreError> {
        let mut found = BTreeMap::new();
        while let Some(reference) = open.pop() {
            if found.contains_key(&reference) {
                continue;
            }
            if let Some(recorded) = self.snapshot.cited(&reference)? {
                open.extend(recorded.entry.replaces.iter().copied());
                found.insert(reference, recorded);
            }
        }
        Ok(found.into_values().collect())
    }
}
