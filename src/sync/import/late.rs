//! The figures of an import that come after their form was approved or locked ("đến sau khi duyệt").

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::approved::{self, FrontierEntries, holds};
use crate::ledger::entry::Frontier;
use crate::ledger::{AuthorId, Body, CellKey, FormKey, Hash, Heads, Recorded, Subject, workflow};
use crate::plan::{FieldId, UnitId, owners_on};
use crate::store::{StoreError, counts};
use crate::sync::import::merge::Merge;

/// The entries that come after an approval or a lock.
#[derive(Default)]
pub(in crate::sync) struct LateEntries {
    /// How many, by the index of the bundle that brings them.
    pub(in crate::sync) by_bundle: BTreeMap<usize, u64>,
    /// Their cells.
    pub(in crate::sync) cells: BTreeSet<CellKey>,
}

/// An approval or the lock of a form, as it stands after the import.
struct Seal {
    frontier: Frontier,
    /// The fields of the owner that approved; `None` for a lock, which holds for all.
    fields: Option<BTreeSet<FieldId>>,
}

/// What one seal has seen, and the fields it holds for.
type SealView<'a> = (FrontierEntries, Option<&'a BTreeSet<FieldId>>);

/// Finds the entries taken that an approval or lock of their form has not seen.
pub(in crate::sync) fn late_entries(merge: &Merge<'_, '_>) -> Result<LateEntries, StoreError> {
    let mut sealed = BTreeMap::new();
    for form in forms(merge) {
        let seals = seals(merge, &form)?;
        if !seals.is_empty() {
            sealed.insert(form, seals);
        }
    }
    if sealed.is_empty() {
        return Ok(LateEntries::default());
    }
    let scan = LogScan::over(merge, &sealed)?;
    let mut late = LateEntries::default();
    let mut sights: BTreeMap<&FormKey, Vec<SealView<'_>>> = BTreeMap::new();
    for (form, seals) in &sealed {
        for seal in seals {
            let sight = scan.sight(&seal.frontier)?;
            let steps = scan.steps.get(form).into_iter().flatten();
            if seal.fields.is_none() || holds(&sight, steps) {
                let of_form = sights.entry(form).or_default();
                of_form.push((sight, seal.fields.as_ref()));
            }
        }
    }
    merge.each_taken(&mut |at, recorded| {
        let Subject::Cell(cell) = &recorded.entry.subject else {
            return Ok(());
        };
        let Some(sights) = sights.get(&cell.form) else {
            return Ok(());
        };
        let unseen = sights.iter().any(|(sight, fields)| {
            fields.is_none_or(|fields| fields.contains(&cell.id.field)) && !sight.contains(recorded)
        });
        let known = merge.snapshot.knows_plan(&recorded.entry.plan)?;
        if unseen && counts(&merge.trust, recorded, |_| known) {
            *late.by_bundle.entry(at).or_insert(0) += 1;
            late.cells.insert(cell.clone());
        }
        Ok(())
    })?;
    Ok(late)
}

/// The forms that the entries taken are about.
fn forms(merge: &Merge<'_, '_>) -> BTreeSet<FormKey> {
    let of = |subject: &Subject| match subject {
        Subject::Cell(cell) => Some(cell.form.clone()),
        _ => None,
    };
    let views = merge.views.values();
    views.filter_map(|view| of(&view.subject)).collect()
}

fn seals(merge: &Merge<'_, '_>, form: &FormKey) -> Result<Vec<Seal>, StoreError> {
    let after = |subject: Subject| Ok::<Heads, StoreError>(merge.before_and_after(&subject)?.1);
    let frontier = |body: &Body| approved::frontier(body).cloned();
    if let Some(lock) = workflow::lock(&after(Subject::Form(form.clone()))?) {
        let sealed = |frontier| Seal {
            frontier,
            fields: None,
        };
        return Ok(frontier(&lock.body).map(sealed).into_iter().collect());
    }
    let plan = merge.context.plan;
    let owners: BTreeMap<UnitId, BTreeSet<FieldId>> =
        match (plan.unit(&form.unit), plan.period(&form.period)) {
            (Some(unit), Some(period)) => owners_on(plan, unit, period),
            _ => BTreeMap::new(),
        };
    let mut seals = Vec::new();
    for (owner, fields) in owners {
        let heads = after(Subject::Approval(form.clone(), owner))?;
        let frontier = heads.shown().and_then(|head| frontier(&head.body));
        seals.extend(frontier.map(|frontier| Seal {
            frontier,
            fields: Some(fields),
        }));
    }
    Ok(seals)
}

/// What must be searched for in all entries, old and new; only where a seal asks for it.
#[derive(Default)]
struct LogScan {
    /// Of logs with several ends: the hash before each entry.
    before: BTreeMap<AuthorId, BTreeMap<(u64, Hash), Hash>>,
    /// Returns and reopenings of forms that owners have approved.
    steps: BTreeMap<FormKey, Vec<Recorded>>,
}

impl LogScan {
    fn over(
        merge: &Merge<'_, '_>,
        sealed: &BTreeMap<FormKey, Vec<Seal>>,
    ) -> Result<Self, StoreError> {
        let mut scan = Self::default();
        for (author, ..) in sealed.values().flatten().flat_map(|seal| &seal.frontier) {
            if merge.tips_of(author)?.len() > 1 {
                scan.before.entry(*author).or_default();
            }
        }
        let of_owners = |form: &FormKey| {
            let seals = sealed.get(form).into_iter().flatten();
            seals.clone().any(|seal| seal.fields.is_some())
        };
        if scan.before.is_empty() && !sealed.keys().any(of_owners) {
            return Ok(scan);
        }
        merge.each_of_all(&mut |recorded| {
            if let Some(before) = scan.before.get_mut(&recorded.author) {
                before.insert((recorded.seq, recorded.hash), recorded.previous);
            }
            if let (Subject::Form(form), Body::Return | Body::Reopen) =
                (&recorded.entry.subject, &recorded.entry.body)
                && of_owners(form)
                && !merge.trust.leaves_out(&recorded.author, recorded.seq)
            {
                let steps = scan.steps.entry(form.clone()).or_default();
                steps.push(recorded.clone());
            }
            Ok(())
        })?;
        Ok(scan)
    }

    fn sight(&self, frontier: &Frontier) -> Result<FrontierEntries, StoreError> {
        FrontierEntries::of(
            frontier,
            |author| Ok(self.before.contains_key(author)),
            |author, seq, hash| {
                let log = self.before.get(author);
                Ok(log.and_then(|log| log.get(&(seq, *hash))).copied())
            },
        )
    }
}
