//! Importing: the plan first, as data; then the same plan applied in one transaction. A kill at
//! any point leaves before or after.

mod changes;
pub mod inspect;
mod late;
pub(in crate::sync) mod merge;
pub(in crate::sync) mod outcome;
pub mod plan;
pub(in crate::sync) mod policy;

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::entry::Frontier;
use crate::ledger::trust::Rights;
use crate::ledger::{
    ActionId, AuthorId, Body, CellKey, Clock, Entry, Hash, Origin, PlanRef, Recorded, Subject,
};
use crate::store::StoreError;
use crate::store::exchange::{
    self, Exchange, ExchangeReader, Held, ImportDecision, Rebuild, Report, Snapshot,
};
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::import::changes::{changes, suspicions};
use crate::sync::import::late::late_entries;
use crate::sync::import::merge::{Assumption, ImportContext, Merge, MergeError, RejectedBundle};
use crate::sync::import::outcome::{WaitingRoom, bundle};
use crate::sync::import::plan::{
    BundleOutcome, ConflictChange, Details, FigureChange, ImportPlan, Suspicion,
};

/// What an import would change; nothing is.
///
/// # Errors
/// When the store cannot be read.
pub fn plan(
    store: &(impl ExchangeReader + ?Sized),
    context: &ImportContext<'_>,
    bundles: &[VerifiedBundle],
) -> Result<ImportPlan, StoreError> {
    let room = room(store)?;
    let all = together(bundles, &room);
    let mut planned = ImportPlan::default();
    store.with_snapshot(&mut |snapshot| {
        let (_, plan) = decide(snapshot, context, &all)?;
        planned = plan;
        Ok(())
    })?;
    Ok(planned)
}

/// Takes what can be taken, in one transaction, and says what that changed.
///
/// # Errors
/// A failure of the store: then nothing was written.
pub fn apply(
    store: &mut (impl Exchange + ?Sized),
    context: &ImportContext<'_>,
    bundles: &[VerifiedBundle],
) -> Result<ImportPlan, StoreError> {
    let room = room(store)?;
    let all = together(bundles, &room);
    let mut planned = ImportPlan::default();
    store.apply_import(context.watch, &mut |snapshot| {
        let (decision, plan) = decide(snapshot, context, &all)?;
        planned = plan;
        Ok(Some(decision))
    })?;
    Ok(planned)
}

/// What an import would change if the bundle's signer were enrolled so (or, in a commune's store,
/// its key taken for the district's): the preview of a bundle in quarantine, for the person who is
/// to decide. Nothing is changed.
///
/// # Errors
/// When the store cannot be read.
pub fn plan_assuming(
    store: &(impl ExchangeReader + ?Sized),
    context: &ImportContext<'_>,
    bundle: &VerifiedBundle,
    rights: &Rights,
) -> Result<ImportPlan, StoreError> {
    let writer = store.info()?.author;
    let header = bundle.header();
    let coordinator = &context.plan.coordinator;
    let assumed = if header.from == *coordinator && context.unit != coordinator {
        Assumption::District(header.signed_by())
    } else {
        Assumption::Enrolled(Box::new(enrolment(writer, context, bundle, rights)))
    };
    let mut planned = ImportPlan::default();
    store.with_snapshot(&mut |snapshot| {
        (_, planned) = decide_assuming(snapshot, context, &[bundle], Some(&assumed))?;
        Ok(())
    })?;
    Ok(planned)
}

/// An enrolment that nobody has written.
fn enrolment(
    writer: AuthorId,
    context: &ImportContext<'_>,
    bundle: &VerifiedBundle,
    rights: &Rights,
) -> Recorded {
    let entry = Entry {
        flags: 0,
        clock: Clock::default(),
        actor: context.by.clone(),
        plan: PlanRef::default(),
        subject: Subject::Author(bundle.header().signed_by()),
        body: Body::Enrol {
            units: rights.units.iter().cloned().collect(),
            roles: rights.roles.clone(),
            name: rights.name.clone(),
        },
        replaces: Vec::new(),
        note: String::new(),
        action: ActionId([0; 16]),
        origin: Origin::Import,
    };
    Recorded {
        author: writer,
        seq: 0,
        previous: Hash::ZERO,
        hash: Hash::ZERO,
        entry,
    }
}

/// Up to where every log is here, each branch of one that has several: what an approval or a lock
/// has seen.
///
/// # Errors
/// When the store cannot be read.
pub fn frontier(store: &(impl ExchangeReader + ?Sized)) -> Result<Frontier, StoreError> {
    let authors = store.authors()?;
    let mut frontier = Vec::new();
    store.with_snapshot(&mut |snapshot| {
        frontier = exchange::frontier(snapshot, &authors)?;
        Ok(())
    })?;
    Ok(frontier)
}

/// The bundles that wait in the store. What no longer reads stays where it is.
fn room(store: &(impl ExchangeReader + ?Sized)) -> Result<Vec<VerifiedBundle>, StoreError> {
    let mut held = Vec::new();
    store.with_snapshot(&mut |snapshot| {
        held = snapshot.held()?;
        Ok(())
    })?;
    let mut room = Vec::new();
    for bundle in held.iter().filter(|bundle| bundle.held != Held::Refused) {
        let bytes = store.held_bytes(&bundle.root)?;
        room.extend(bytes.and_then(|bytes| VerifiedBundle::read(bytes).ok()));
    }
    Ok(room)
}

/// Each bundle once, in the order of their names: the order of the files makes no difference.
fn together<'b>(
    bundles: &'b [VerifiedBundle],
    room: &'b [VerifiedBundle],
) -> Vec<&'b VerifiedBundle> {
    let all: BTreeMap<Hash, &VerifiedBundle> = room
        .iter()
        .chain(bundles)
        .map(|bundle| (bundle.root(), bundle))
        .collect();
    all.into_values().collect()
}

/// Decides on one consistent state: what is to be written, and what people are shown.
///
/// # Errors
/// When the state cannot be read.
pub fn decide<'b>(
    snapshot: &dyn Snapshot,
    context: &ImportContext<'_>,
    bundles: &[&'b VerifiedBundle],
) -> Result<(ImportDecision<'b>, ImportPlan), StoreError> {
    decide_assuming(snapshot, context, bundles, None)
}

fn decide_assuming<'b>(
    snapshot: &dyn Snapshot,
    context: &ImportContext<'_>,
    bundles: &[&'b VerifiedBundle],
    assumed: Option<&Assumption>,
) -> Result<(ImportDecision<'b>, ImportPlan), StoreError> {
    let mut refused = BTreeMap::new();
    loop {
        let decide_assuming = Merge::run(snapshot, *context, bundles, &refused, assumed);
        match decide_assuming.and_then(|merge| concluded(&merge)) {
            Ok(done) => return Ok(done),
            Err(MergeError::Store(error)) => return Err(error),
            // Everything is decide_assuming again without it: nothing of it may stay.
            Err(MergeError::RejectedBundle(rejected)) => {
                refused.insert(rejected.bundle, rejected.error);
            }
        }
    }
}

fn concluded<'b>(merge: &Merge<'_, 'b>) -> Result<(ImportDecision<'b>, ImportPlan), MergeError> {
    let mut plan = ImportPlan::default();
    let mut decision = ImportDecision {
        early: merge.early.clone(),
        come: merge.come.clone(),
        forks: merge.forks(),
        clock: merge.clock,
        ..ImportDecision::default()
    };
    let late = late_entries(merge)?;
    changes(merge, &late, &mut plan)?;
    suspicions(merge, &mut plan);
    let mut room = WaitingRoom::of(merge)?;
    for at in 0..merge.bundles.len() {
        let late = late.by_bundle.get(&at).copied().unwrap_or(0);
        let Some(bundle) = bundle(merge, at, late, &mut room, &mut decision)? else {
            continue;
        };
        // What it brought before it was refused stands in the views already.
        let brought = merge.progress.get(at).is_some_and(|p| !p.pieces.is_empty());
        if let (BundleOutcome::Refused(error), true) = (&bundle.outcome, brought) {
            let error = error.clone();
            return Err(MergeError::RejectedBundle(RejectedBundle {
                bundle: at,
                error,
            }));
        }
        plan.bundles.push(bundle);
    }
    for bundle in &plan.bundles {
        plan.counts.add(&bundle.counts);
    }
    plan.counts.conflicts = count(
        plan.changes
            .iter()
            .filter(|c| c.conflict == ConflictChange::Begins),
    );
    plan.counts.suspicious = count(plan.suspicions.iter());
    for report in &mut decision.reports {
        report.details = details(merge, &plan, report);
    }
    let counts_anew = merge.counts_anew();
    let own_again = decision
        .taken
        .iter()
        .any(|taken| merge.trust.is_own(&taken.author));
    if counts_anew || own_again {
        decision.rebuild = Rebuild::Yes;
    }
    decision.new_epoch = merge.is_outlived()?;
    decision.views = merge
        .views
        .iter()
        .filter(|(_, view)| view.new != view.old)
        .map(|(key, view)| (key.clone(), view.new.clone()))
        .collect();
    Ok((decision, plan))
}

/// What is kept of one bundle's import: its own counts, the figures its own entries are about,
/// and what it had brought before, where only now the rest of it could be taken.
fn details(merge: &Merge<'_, '_>, plan: &ImportPlan, report: &Report) -> Vec<u8> {
    let at = merge.bundles.iter().position(|b| b.root() == report.root);
    let brought = |change: &&FigureChange| {
        let key = Subject::Cell(change.cell.clone()).key();
        let view = merge.views.get(&key);
        view.is_some_and(|view| view.by.is_empty() || at.is_some_and(|at| view.by.contains(&at)))
    };
    let changes: Vec<FigureChange> = plan.changes.iter().filter(brought).cloned().collect();
    let own = plan.bundles.iter().find(|b| b.root == report.root);
    let mut counts = own.map(|own| own.counts).unwrap_or_default();
    counts.conflicts = count(
        changes
            .iter()
            .filter(|c| c.conflict == ConflictChange::Begins),
    );
    let cells: BTreeSet<&CellKey> = changes.iter().map(|change| &change.cell).collect();
    counts.suspicious = count(plan.suspicions.iter().filter(|suspicion| match suspicion {
        Suspicion::Jump(cell) => cells.contains(cell),
        Suspicion::Clock { author, .. }
        | Suspicion::Copy { author, .. }
        | Suspicion::Behind { author, .. } => {
            report.pieces.iter().any(|piece| piece.author == *author)
        }
    }));
    let now = Details { counts, changes };
    match Details::read(&report.details) {
        Ok(before) => before.then(now),
        Err(_) => now,
    }
    .bytes()
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}
