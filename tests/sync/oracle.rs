//! What six stores must end with, by the words of the design and nothing of the program that
//! makes it: heads are the entries that no other entry lists, what is rejected never was, and
//! what was approved is what stood on the office's screen when it was.

use std::collections::{BTreeMap, BTreeSet};

use nhaplieu::ledger::approved::{Proof, frontier};
use nhaplieu::ledger::entry::FLAG_ON_BEHALF;
use nhaplieu::ledger::{
    AuthorId, Body, CellKey, Content, EntryRef, FormKey, Hash, Heads, Recorded, Subject,
};
use nhaplieu::plan::UnitId;
use nhaplieu::store::exchange::Snapshot;

use crate::district::World;
use crate::model::Model;
use crate::world::form;

type All = BTreeMap<(AuthorId, u64, Hash), Recorded>;

/// Everything written, as the oracle sees it.
pub(crate) struct Oracle<'a> {
    all: &'a All,
    rejected: BTreeSet<(AuthorId, u64)>,
}

impl<'a> Oracle<'a> {
    pub(crate) fn of(all: &'a All) -> Self {
        let mut rejected = BTreeSet::new();
        for recorded in all.values() {
            if let (Subject::Author(author), Body::RejectRange { from, to }) =
                (&recorded.entry.subject, &recorded.entry.body)
            {
                rejected.extend((*from..=*to).map(|seq| (*author, seq)));
            }
        }
        Self { all, rejected }
    }

    pub(crate) fn counted(&self) -> impl Iterator<Item = &'a Recorded> {
        let all: &'a All = self.all;
        all.values()
            .filter(|r| !self.rejected.contains(&(r.author, r.seq)))
    }

    /// The heads of every subject on forms, the one that all must show first.
    fn heads(&self) -> BTreeMap<Subject, Vec<&'a Recorded>> {
        let mut by_subject: BTreeMap<Subject, Vec<&Recorded>> = BTreeMap::new();
        for recorded in self.counted() {
            if recorded.entry.subject.form().is_some() {
                let of_subject = by_subject.entry(recorded.entry.subject.clone());
                of_subject.or_default().push(recorded);
            }
        }
        for all in by_subject.values_mut() {
            let mut standing: Vec<&Recorded> = all
                .iter()
                .filter(|one| {
                    let cites =
                        |other: &&&Recorded| other.entry.replaces.contains(&one.reference());
                    !all.iter().any(|other| cites(&other))
                })
                .copied()
                .collect();
            standing.sort_by(|a, b| {
                let on_behalf = |r: &Recorded| r.entry.flags & FLAG_ON_BEHALF != 0;
                let order = |r: &Recorded| (r.entry.clock, r.author, r.seq, r.hash.short());
                on_behalf(a)
                    .cmp(&on_behalf(b))
                    .then_with(|| order(b).cmp(&order(a)))
            });
            *all = standing;
        }
        by_subject
    }

    /// The heads of every cell.
    pub(crate) fn cells(&self) -> BTreeMap<CellKey, Vec<EntryRef>> {
        let of = |(subject, heads): (Subject, Vec<&Recorded>)| match subject {
            Subject::Cell(cell) => Some((cell, heads.iter().map(|r| r.reference()).collect())),
            _ => None,
        };
        self.heads().into_iter().filter_map(of).collect()
    }

    /// The entry that closes a form: its lock, or else the owner's approval that nobody returned.
    fn closed_by(&self, world: &World, form: &FormKey) -> Option<&'a Recorded> {
        let heads = self.heads();
        let of = |subject: &Subject| heads.get(subject).cloned().unwrap_or_default();
        let steps = of(&Subject::Form(form.clone()));
        let lock = steps
            .iter()
            .find(|r| matches!(r.entry.body, Body::Lock { .. }));
        if let Some(lock) = lock {
            return Some(lock);
        }
        let approval = Subject::Approval(form.clone(), UnitId::new("phong"));
        let approval = *of(&approval).first()?;
        let known = &world.given[&approval.hash].steps;
        let undone = self.counted().any(|r| {
            r.entry.subject == Subject::Form(form.clone())
                && matches!(r.entry.body, Body::Return | Body::Reopen)
                && !known.contains(&r.hash)
        });
        (!undone).then_some(approval)
    }

    /// Whether everything that an approval had seen is still somewhere.
    fn is_whole(&self, closing: &Recorded) -> bool {
        let (Body::Lock { frontier, .. } | Body::Approve { frontier, .. }) = &closing.entry.body
        else {
            return true;
        };
        frontier.iter().all(|line| self.all.contains_key(line))
    }
}

/// The heads of every cell of a store.
pub(crate) fn cells(store: &Model) -> BTreeMap<CellKey, Vec<EntryRef>> {
    let of = |(key, heads): (&Vec<u8>, &Heads)| match Subject::from_key(key) {
        Ok(Subject::Cell(cell)) if !heads.all().is_empty() => Some((cell, heads.references())),
        _ => None,
    };
    store.views.iter().filter_map(of).collect()
}

/// Whether an entry may be in a store of that unit, by the words of the design: a commune has what is its
/// own or, after the merger, was that of the unit it took in; the owner the two fields its measure is made
/// of, with the workflow of the forms that have them; the office everything; everybody what has no unit.
fn concerns(world: &World, unit: &str, subject: &Subject) -> bool {
    let Some(form) = subject.form() else {
        return true;
    };
    let merged = !world.plan.changes.is_empty();
    match unit {
        "phong" => true,
        "ban" => subject
            .cell()
            .is_none_or(|cell| ["so_01", "so_02"].contains(&cell.id.field.as_str())),
        commune => form.unit.as_str() == commune || merged,
    }
}

/// The first entry in a store that does not concern it.
fn foreign(world: &World, store: &Model) -> Option<String> {
    let unit = store.unit.as_str();
    let mut entries = store.entries.values();
    let found = entries.find(|r| !concerns(world, unit, &r.entry.subject));
    found.map(|found| format!("holds {:?}", found.entry.subject))
}

/// Lets all meet, and says what is not as it must be.
pub(crate) fn judge(world: &mut World) -> Result<Tally, String> {
    let mut alive = BTreeMap::new();
    for (at, store) in world.stores.iter().enumerate() {
        // What a store shows is a function of what it has, at any time.
        if cells(store) != Oracle::of(&store.entries).cells() {
            return Err(format!("heads of store {at} before all have met"));
        }
        if let Some(found) = foreign(world, store) {
            return Err(format!("store {at} {found} before all have met"));
        }
        alive.extend(store.entries.clone());
    }
    world.settle();
    let all = world.stores[0].entries.clone();
    let oracle = Oracle::of(&all);
    let expected = oracle.cells();
    let mut tally = Tally::default();
    for (at, store) in world.stores.iter().enumerate() {
        let unit = store.unit.as_str();
        if let Some(found) = foreign(world, store) {
            return Err(format!("store {at} {found}"));
        }
        // Only what went down with the stores that had it may be waited for in vain.
        let here = |cited: &EntryRef| all.values().any(|r| r.reference() == *cited);
        if let Some((cited, _)) = store.early.iter().find(|(cited, _)| here(cited)) {
            return Err(format!("store {at} still waits for {cited:?}"));
        }
        let mine = |recorded: &Recorded| concerns(world, unit, &recorded.entry.subject);
        let lost = alive
            .iter()
            .find(|(entry, recorded)| mine(recorded) && !store.entries.contains_key(entry));
        if let Some((lost, _)) = lost {
            return Err(format!("store {at} lost {lost:?}"));
        }
        let mut expected = expected.clone();
        expected.retain(|cell, _| concerns(world, unit, &Subject::Cell(cell.clone())));
        if cells(store) != expected {
            return Err(format!("heads of store {at}"));
        }
        for unit in ["xa-a", "xa-b"] {
            let form = form(unit, "2023");
            if !concerns(world, store.unit.as_str(), &Subject::Form(form.clone())) {
                continue;
            }
            let judged = match (store.unit.as_str(), oracle.closed_by(world, &form)) {
                ("ban", Some(closing)) if oracle.is_whole(closing) => {
                    of_owner(world, store, (&form, closing), &mut tally)
                }
                ("ban", _) => Ok(()),
                _ => approved(world, &oracle, store, &form, &mut tally),
            };
            judged.map_err(|what| format!("store {at}, {unit}: {what}"))?;
        }
        tally.withheld += usize::from(!store.withheld.is_empty());
    }
    tally.merged = usize::from(!world.plan.changes.is_empty());
    Ok(tally)
}

/// How much a history had to say about approvals, over all its stores.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Forms shown as approved or locked.
    pub(crate) closed: usize,
    /// Of these, forms with figures that came after.
    pub(crate) late: usize,
    /// Of these, forms of which something approved is nowhere any more.
    pub(crate) unprovable: usize,
    /// Closed forms that an owner's store, which has only its own fields, shows as they were closed.
    pub(crate) of_owners: usize,
    /// Stores from which something is withheld.
    pub(crate) withheld: usize,
    /// Whether two communes became one.
    pub(crate) merged: usize,
}

fn approved(
    world: &World,
    oracle: &Oracle<'_>,
    store: &Model,
    form: &FormKey,
    tally: &mut Tally,
) -> Result<(), String> {
    let shown = store.approved(form);
    let (shown, closing) = match (shown, oracle.closed_by(world, form)) {
        (None, None) => return Ok(()),
        (Some(shown), Some(closing)) => (shown, closing),
        (shown, closing) => return Err(format!("{shown:?} and not {closing:?}")),
    };
    let stamp = &shown.approvals[0];
    if shown.approvals.len() != 1 || stamp.entry != closing.hash {
        return Err(format!("closed by {:?}", shown.approvals));
    }
    tally.closed += 1;
    tally.late += usize::from(!shown.late(&store.form_of(form).cells).is_empty());
    if !oracle.is_whole(closing) {
        tally.unprovable += 1;
        return Ok(());
    }
    let given = &world.given[&closing.hash];
    let figures: BTreeMap<_, _> = shown
        .cells
        .into_iter()
        .filter(|(_, content)| *content != Content::Blank)
        .collect();
    if given.form != *form || figures != given.figures {
        return Err(format!("approved {figures:?} and not {:?}", given.figures));
    }
    if stamp.proof != Proof::Given {
        return Err("approved and not proved".to_owned());
    }
    // The office's store has everything; what it would pass on to an owner shows the same.
    if store.unit.as_str() != "phong" {
        return Ok(());
    }
    of_owner(world, store, (form, closing), tally)
}

/// What a store shows that has only the fields of `ban`: these as they were closed, and no doubt of
/// the others.
fn of_owner(
    world: &World,
    store: &Model,
    (form, closing): (&FormKey, &Recorded),
    tally: &mut Tally,
) -> Result<(), String> {
    let branched = |line: &(AuthorId, u64, Hash)| store.tips(&line.0).unwrap().len() > 1;
    let frontier = frontier(&closing.entry.body).into_iter().flatten();
    // A branch is followed entry by entry, which a store without all of them cannot do.
    if frontier.into_iter().any(branched) {
        return Ok(());
    }
    let own = ["so_01", "so_02"];
    let shown = store.only_of("ban", &own).approved(form);
    let shown = shown.ok_or("an owner's store shows nothing as approved")?;
    let proof = shown.approvals[0].proof;
    let is_lock = matches!(closing.entry.body, Body::Lock { .. });
    let mut expected = world.given[&closing.hash].figures.clone();
    expected.retain(|cell, _| match proof {
        Proof::Given => true,
        _ => is_lock && own.contains(&cell.field.as_str()),
    });
    let mut figures = shown.cells;
    figures.retain(|_, content| *content != Content::Blank);
    if proof == Proof::Awaited || figures != expected {
        return Err(format!(
            "an owner sees {figures:?} ({proof:?}), not {expected:?}"
        ));
    }
    tally.of_owners += usize::from(proof == Proof::Withheld);
    Ok(())
}
