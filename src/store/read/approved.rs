//! What of a form was approved, read from the entries: only where something is, and from the
//! whole history only where the present figures are no longer the approved ones. Asked of a
//! [`Snapshot`], so that a model of a store gives the same answer by the same words.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::approved::{
    Approval, ApprovalLevel, Approved, ApprovedContent, Approver, FrontierEntries, Proof,
    cells_within, frontier, holds,
};
use crate::ledger::content_hash::FormParts;
use crate::ledger::entry::Frontier;
use crate::ledger::form::rows;
use crate::ledger::{
    CellId, ContentPart, EntryRef, Form, FormKey, Heads, Recorded, Trust, workflow,
};
use crate::plan::{FieldId, Plan};
use crate::store::api::StoreError;
use crate::store::exchange::Snapshot;

/// Works out what of the form was approved or locked; `None` where nothing is. Of parts that are
/// withheld from the form it says nothing: what was approved in them is shown elsewhere.
///
/// # Errors
/// When the store cannot be read.
pub fn approved(
    snapshot: &dyn Snapshot,
    plan: &Plan,
    key: &FormKey,
    form: &Form,
) -> Result<Option<Approved>, StoreError> {
    let parts = FormParts::of(plan, key);
    let lock = workflow::lock(&form.workflow);
    let mut asked: Vec<(Approver, EntryRef)> = Vec::new();
    match lock {
        Some(lock) => asked.push((Approver::Coordinator, lock.entry)),
        None => {
            for (owner, heads) in &form.approvals {
                let part = ContentPart::Owner(owner.clone());
                let head = heads.shown().filter(|_| parts.fields(&part).is_some());
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
        parts,
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
    Ok(joined(stamps, &past.parts, form))
}

type Cells = BTreeMap<CellId, Heads>;

fn joined(mut stamps: Vec<(Approval, Cells)>, parts: &FormParts, form: &Form) -> Option<Approved> {
    // The later one last: where two owners speak for one field, as that one saw it.
    stamps.sort_by_key(|(stamp, _)| (stamp.clock, stamp.entry));
    let owners = parts.iter().count().saturating_sub(1);
    let reach = match stamps.as_slice() {
        [] => return None,
        [(stamp, _), ..] if stamp.by == Approver::Coordinator => ApprovalLevel::Locked,
        some if some.len() == owners => ApprovalLevel::EveryOwner,
        _ => ApprovalLevel::SomeOwners,
    };
    let mut approved = Approved {
        approvals: Vec::new(),
        reach,
        cells: BTreeMap::new(),
    };
    for (stamp, cells) in stamps {
        for field in spoken_for(&stamp, parts, form) {
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

/// The fields that an approval speaks for, as far as this store gets them or its figures prove
/// that it has them.
fn spoken_for<'a>(
    stamp: &Approval,
    parts: &'a FormParts,
    form: &Form,
) -> impl Iterator<Item = &'a FieldId> + use<'a> {
    let speaks = |part: &ContentPart| match (&stamp.by, part) {
        (Approver::Coordinator, _) => true,
        (Approver::Owner(owner), ContentPart::Owner(of)) => owner == of,
        (Approver::Owner(_), ContentPart::NoMeasure) => false,
    };
    let is_here = |part: &ContentPart| stamp.proof == Proof::Given || !form.withheld.contains(part);
    let spoken = parts
        .iter()
        .filter(|(part, _)| speaks(part) && is_here(part));
    let spoken: Vec<&BTreeSet<FieldId>> = spoken.map(|(_, fields)| fields).collect();
    spoken.into_iter().flatten()
}

/// The entries of one form, as far as they are asked for.
struct FormHistory<'a> {
    snapshot: &'a dyn Snapshot,
    plan: &'a Plan,
    key: &'a FormKey,
    parts: FormParts,
}

impl FormHistory<'_> {
    fn stamp(
        &self,
        by: Approver,
        recorded: &Recorded,
        steps: &[Recorded],
        (form, now): (&Form, &Trust),
    ) -> Result<Option<(Approval, Cells)>, StoreError> {
        let body = &recorded.entry.body;
        let (Some(content), Some(frontier)) = (ApprovedContent::of(&by, body), frontier(body))
        else {
            return Ok(None);
        };
        let sight = self.sight(frontier)?;
        if matches!(by, Approver::Owner(_)) && !holds(&sight, steps) {
            return Ok(None);
        }
        let proof = |cells: &Cells| {
            let here = self.parts.hash(self.plan, self.key, cells);
            content.proof(&here, &form.withheld)
        };
        let mut cells = form.cells.clone();
        let mut found = proof(&cells);
        // Equal content is equal figures: nothing has to be looked up.
        if found == Proof::Awaited {
            let trust = self.trust_then(&sight)?;
            let mut open: Vec<EntryRef> = form.cells.values().flat_map(Heads::references).collect();
            cells = cells_within(recorded, &self.back_from(open.clone())?, &sight, &trust);
            found = proof(&cells);
            if found == Proof::Awaited {
                // What has been rejected since, and nobody replaced, no head leads to.
                let uncounted = self.snapshot.uncounted_of(now, self.key)?;
                open.extend(uncounted.iter().map(Recorded::reference));
                cells = cells_within(recorded, &self.back_from(open)?, &sight, &trust);
                found = proof(&cells);
            }
        }
        let stamp = Approval {
            by,
            entry: recorded.hash,
            actor: recorded.entry.actor.clone(),
            clock: recorded.entry.clock,
            wall: recorded.entry.wall(),
            content: content.hash(),
            frontier: frontier.clone(),
            proof: found,
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
        let mut asked = BTreeSet::new();
        while let Some(reference) = open.pop() {
            if !asked.insert(reference) {
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
