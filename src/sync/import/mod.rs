//! Import of bundles: first the plan, as data; then the same plan applied in one transaction. A crash
//! at any point leaves the store as before or as after.

mod changes;
pub mod context;
pub mod details;
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
use crate::sync::import::context::ImportContext;
use crate::sync::import::details::Details;
use crate::sync::import::late::late_entries;
use crate::sync::import::merge::{Assumption, Merge, MergeError, RejectedBundle};
use crate::sync::import::outcome::{WaitingRoom, conclude};
use crate::sync::import::plan::{
    BundleOutcome, ConflictChange, FigureChange, ImportPlan, Suspicion,
};

/// Plans an import: says what it would change and changes nothing.
///
/// # Errors
/// When the store cannot be read.
pub fn plan(
    store: &(impl ExchangeReader + ?Sized),
    context: &ImportContext<'_>,
    bundles: &[VerifiedBundle],
) -> Result<ImportPlan, StoreError> {
    let waiting = waiting_bundles(store)?;
    let all = in_order(bundles, &waiting);
    let mut planned = ImportPlan::default();
    store.with_snapshot(&mut |snapshot| {
        let (_, plan) = decide(snapshot, context, &all)?;
        planned = plan;
        Ok(())
    })?;
    Ok(planned)
}

/// Imports what can be taken, in one transaction, and says what that changed.
///
/// # Errors
/// A failure of the store: then nothing was written.
pub fn apply(
    store: &mut (impl Exchange + ?Sized),
    context: &ImportContext<'_>,
    bundles: &[VerifiedBundle],
) -> Result<ImportPlan, StoreError> {
    let waiting = waiting_bundles(store)?;
    let all = in_order(bundles, &waiting);
    let mut planned = ImportPlan::default();
    store.apply_import(context.progress, &mut |snapshot| {
        let (decision, plan) = decide(snapshot, context, &all)?;
        planned = plan;
        Ok(Some(decision))
    })?;
    Ok(planned)
}

/// Plans the import of a bundle as if its signer were enrolled with these rights or, in a commune's
/// store, its key accepted as the district's: the preview of a bundle in quarantine for the person who
/// decides about it.
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

/// An enrolment entry that nobody has written.
fn enrolment(
    writer: AuthorId,
    context: &ImportContext<'_>,
    bundle: &VerifiedBundle,
    rights: &Rights,
) -> Recorded {
    let entry = Entry {
        flags: 0,
        clock: Clock::default(),
        lag: 0,
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

/// The frontier of the store: up to where it has every log, each branch of one that has several. An
/// approval or a lock states it as what its person has seen.
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

/// Reads the bundles that wait in the store. One that this program cannot read stays where it is.
fn waiting_bundles(
    store: &(impl ExchangeReader + ?Sized),
) -> Result<Vec<VerifiedBundle>, StoreError> {
    let mut held = Vec::new();
    store.with_snapshot(&mut |snapshot| {
        held = snapshot.held()?;
        Ok(())
    })?;
    let mut waiting = Vec::new();
    for bundle in held.iter().filter(|bundle| bundle.held != Held::Refused) {
        let bytes = store.held_bytes(&bundle.root)?;
        waiting.extend(bytes.and_then(|bytes| VerifiedBundle::read(bytes).ok()));
    }
    Ok(waiting)
}

/// Each bundle once, in the order of their names, so that the order of the files makes no difference.
fn in_order<'b>(
    bundles: &'b [VerifiedBundle],
    waiting: &'b [VerifiedBundle],
) -> Vec<&'b VerifiedBundle> {
    let all: BTreeMap<Hash, &VerifiedBundle> = waiting
        .iter()
        .chain(bundles)
        .map(|bundle| (bundle.root(), bundle))
        .collect();
    all.into_values().collect()
}

/// Decides on one consistent state of a store what is to be written and what people are shown.
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
        let merged = Merge::run(snapshot, *context, bundles, &refused, assumed);
        match merged.and_then(|merge| concluded(&merge)) {
            Ok(done) => return Ok(done),
            Err(MergeError::Store(error)) => return Err(error),
            // Nothing of those bundles may stay: everything is merged again without them.
            Err(MergeError::Rejected(rejected)) => {
                refused.extend(rejected.into_iter().map(|one| (one.bundle, one.error)));
            }
        }
    }
}

/// Turns a finished merge into what is to be written and what people are shown.
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
    let mut waiting_room = WaitingRoom::of(merge)?;
    for at in 0..merge.bundles.len() {
        let late = late.by_bundle.get(&at).copied().unwrap_or(0);
        let Some(bundle) = conclude(merge, at, late, &mut waiting_room, &mut decision)? else {
            continue;
        };
        // What it brought before it was refused stands in the views already.
        let brought = merge.states.get(at).is_some_and(|p| !p.pieces.is_empty());
        if let (BundleOutcome::Refused(error), true) = (&bundle.outcome, brought) {
            let error = error.clone();
            return Err(RejectedBundle { bundle: at, error }.into());
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
    decision.new_epoch = merge.needs_new_epoch()?;
    decision.views = merge
        .views
        .iter()
        .filter(|(_, view)| view.new != view.old)
        .map(|(key, view)| (key.clone(), view.new.clone()))
        .collect();
    Ok((decision, plan))
}

/// What is recorded of one bundle's import: its own counts, the figures its own entries are about, and
/// what it brought before where only now the rest of it could be taken.
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
