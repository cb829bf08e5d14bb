//! Importing: the plan first, as data; then the same plan applied in one transaction. A kill at
//! any point leaves before or after.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Checked;
use super::error::BundleError;
use super::limits;
use super::merge::{Hindrance, Merge, Scene, Stop, figure_cell, unseen};
use super::plan::{BundlePlan, Details, Dispute, Fate, FigureChange, ImportPlan, Suspicion, Total};
use crate::base::Decimal;
use crate::ledger::entry::Frontier;
use crate::ledger::trust::Rights;
use crate::ledger::{
    ActionId, AuthorId, Body, CellKey, Clock, Content, Entry, FormKey, Hash, Heads, Origin,
    PlanRef, Recorded, Subject,
};
use crate::plan::{FieldId, PeriodId, UnitId};
use crate::store::StoreError;
use crate::store::exchange::{
    Checkpoint, Decision, Exchange, Ground, Held, HeldBundle, Peer, Rebuild, Report, Taken,
};

/// What an import would change; nothing is.
///
/// # Errors
/// When the store cannot be read.
pub fn plan(
    store: &impl Exchange,
    scene: &Scene<'_>,
    bundles: &[Checked],
) -> Result<ImportPlan, StoreError> {
    let room = room(store)?;
    let all = together(bundles, &room);
    let mut planned = ImportPlan::default();
    store.weigh(&mut |ground| {
        let (_, plan) = decide(ground, scene, &all)?;
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
    store: &mut impl Exchange,
    scene: &Scene<'_>,
    bundles: &[Checked],
) -> Result<ImportPlan, StoreError> {
    let room = room(store)?;
    let all = together(bundles, &room);
    let mut planned = ImportPlan::default();
    store.absorb(&mut |ground| {
        let (decision, plan) = decide(ground, scene, &all)?;
        planned = plan;
        Ok(Some(decision))
    })?;
    Ok(planned)
}

/// What an import would change if the bundle's signer were enrolled so: the preview of a bundle in
/// quarantine, for the person who is to decide. Nothing is changed.
///
/// # Errors
/// When the store cannot be read.
pub fn suppose(
    store: &impl Exchange,
    scene: &Scene<'_>,
    bundle: &Checked,
    rights: &Rights,
) -> Result<ImportPlan, StoreError> {
    let writer = store.info()?.author;
    let supposed = enrolment(writer, scene, bundle, rights);
    let mut planned = ImportPlan::default();
    store.weigh(&mut |ground| {
        (_, planned) = weighed(ground, scene, &[bundle], Some(&supposed))?;
        Ok(())
    })?;
    Ok(planned)
}

/// An enrolment that nobody has written.
fn enrolment(writer: AuthorId, scene: &Scene<'_>, bundle: &Checked, rights: &Rights) -> Recorded {
    let entry = Entry {
        flags: 0,
        clock: Clock::default(),
        actor: scene.by.clone(),
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

/// Up to where every log is here: what an approval or a lock has seen.
///
/// # Errors
/// When the store cannot be read.
pub fn frontier(store: &impl Exchange) -> Result<Frontier, StoreError> {
    let authors = store.authors()?;
    let mut frontier = Vec::new();
    store.weigh(&mut |ground| {
        frontier.clear();
        for author in &authors {
            let last = ground.tips(author)?.into_iter().max();
            frontier.extend(last.map(|(seq, hash)| (*author, seq, hash)));
        }
        Ok(())
    })?;
    Ok(frontier)
}

/// The bundles that wait in the store. What no longer reads stays where it is.
fn room(store: &impl Exchange) -> Result<Vec<Checked>, StoreError> {
    let mut held = Vec::new();
    store.weigh(&mut |ground| {
        held = ground.held()?;
        Ok(())
    })?;
    let mut room = Vec::new();
    for bundle in held.iter().filter(|bundle| bundle.held != Held::Refused) {
        let bytes = store.held_bytes(&bundle.root)?;
        room.extend(bytes.and_then(|bytes| Checked::read(bytes).ok()));
    }
    Ok(room)
}

/// Each bundle once, in the order of their names: the order of the files makes no difference.
fn together<'b>(bundles: &'b [Checked], room: &'b [Checked]) -> Vec<&'b Checked> {
    let all: BTreeMap<Hash, &Checked> = room
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
    ground: &dyn Ground,
    scene: &Scene<'_>,
    bundles: &[&'b Checked],
) -> Result<(Decision<'b>, ImportPlan), StoreError> {
    weighed(ground, scene, bundles, None)
}

fn weighed<'b>(
    ground: &dyn Ground,
    scene: &Scene<'_>,
    bundles: &[&'b Checked],
    supposed: Option<&Recorded>,
) -> Result<(Decision<'b>, ImportPlan), StoreError> {
    let mut refused = BTreeMap::new();
    loop {
        match Merge::run(ground, *scene, bundles, &refused, supposed) {
            Ok(merge) => return concluded(&merge),
            Err(Stop::Store(error)) => return Err(error),
            // Everything is weighed again without it: nothing of it may stay.
            Err(Stop::Misfit(misfit)) => {
                refused.insert(misfit.bundle, misfit.error);
            }
        }
    }
}

fn concluded<'b>(merge: &Merge<'_, 'b>) -> Result<(Decision<'b>, ImportPlan), StoreError> {
    let mut plan = ImportPlan::default();
    let mut decision = Decision {
        early: merge.early.clone(),
        come: merge.come.clone(),
        forks: merge.forks(),
        clock: merge.clock,
        ..Decision::default()
    };
    changes(merge, &mut plan)?;
    suspicions(merge, &mut plan);
    let mut late = late(merge)?;
    let mut room = Room::of(merge)?;
    for at in 0..merge.bundles.len() {
        let late = late.remove(&at).unwrap_or(0);
        plan.bundles
            .extend(bundle(merge, at, late, &mut room, &mut decision)?);
    }
    for bundle in &plan.bundles {
        plan.counts.add(&bundle.counts);
    }
    plan.counts.conflicts = count(plan.changes.iter().filter(|c| c.dispute == Dispute::Begins));
    plan.counts.suspicious = count(plan.suspicions.iter());
    let details = Details {
        counts: plan.counts,
        changes: plan.changes.clone(),
    }
    .bytes();
    for report in &mut decision.reports {
        report.details.clone_from(&details);
    }
    let counts_anew = merge.counts_anew();
    let writer = merge.writer();
    let own_again = decision
        .taken
        .iter()
        .any(|taken| merge.trust.is_own(&taken.author));
    if counts_anew || own_again {
        decision.rebuild = Rebuild::Yes;
    }
    decision.new_epoch = writer.is_some_and(|writer| {
        merge.trust.leaves_out(&writer, u64::MAX)
            || decision.taken.iter().any(|taken| taken.author == writer)
    });
    decision.views = merge
        .views
        .iter()
        .filter(|(_, view)| view.new != view.old)
        .map(|(key, view)| (key.clone(), view.new.clone()))
        .collect();
    Ok((decision, plan))
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}

/// Every figure that shows otherwise, and the sums they stand in.
fn changes(merge: &Merge<'_, '_>, plan: &mut ImportPlan) -> Result<(), StoreError> {
    for view in merge.views.values() {
        if let (Subject::Form(form) | Subject::Approval(form, _), true) =
            (&view.subject, view.old != view.new)
            && !plan.forms.contains(form)
        {
            plan.forms.push(form.clone());
        }
        let Some(cell) = figure_cell(&view.subject) else {
            continue;
        };
        let (old, new) = (view.old.content(), view.new.content());
        let dispute = match (view.old.in_conflict(), view.new.in_conflict()) {
            (_, false) => Dispute::None,
            (false, true) => Dispute::Begins,
            (true, true) => Dispute::Goes,
        };
        if old != new || dispute == Dispute::Begins {
            plan.changes.push(FigureChange {
                cell: cell.clone(),
                old,
                new,
                dispute,
            });
        }
    }
    let sums: BTreeSet<(PeriodId, FieldId)> = plan
        .changes
        .iter()
        .map(|change| (change.cell.form.period.clone(), change.cell.field.clone()))
        .collect();
    for (period, field) in sums {
        plan.totals.extend(total(merge, period, field)?);
    }
    Ok(())
}

fn total(
    merge: &Merge<'_, '_>,
    period: PeriodId,
    field: FieldId,
) -> Result<Option<Total>, StoreError> {
    let (mut before, mut after) = (Decimal::ZERO, Decimal::ZERO);
    let add = |sum: &mut Decimal, heads: &Heads| {
        if let Some(figure) = heads.content().figure() {
            *sum = sum.checked_add(figure).unwrap_or(*sum);
        }
    };
    for unit in &merge.scene.plan.units {
        let cell = CellKey::new(&unit.id, &period, &field);
        let (old, new) = merge.before_and_after(&Subject::Cell(cell))?;
        add(&mut before, &old);
        add(&mut after, &new);
    }
    Ok((before != after).then_some(Total {
        period,
        field,
        before,
        after,
    }))
}

fn suspicions(merge: &Merge<'_, '_>, plan: &mut ImportPlan) {
    let clocks = merge.ahead.iter().map(|(author, count)| Suspicion::Clock {
        author: *author,
        count: *count,
    });
    let copies = merge.copies.iter().map(|(author, seq)| Suspicion::Copy {
        author: *author,
        seq: *seq,
    });
    let jumps = plan
        .changes
        .iter()
        .filter(|change| jumps(&change.old, &change.new))
        .map(|change| Suspicion::Jump(change.cell.clone()));
    plan.suspicions = clocks.chain(copies).chain(jumps).collect();
}

/// Ten times, or a tenth.
fn jumps(old: &Content, new: &Content) -> bool {
    let (Content::Value(old), Content::Value(new)) = (old, new) else {
        return false;
    };
    let tenfold = |small: &Decimal, large: &Decimal| {
        !small.is_zero() && small.checked_mul(10).is_some_and(|ten| ten <= *large)
    };
    tenfold(old, new) || tenfold(new, old)
}

/// How many figures of each bundle come after a form was approved or locked.
fn late(merge: &Merge<'_, '_>) -> Result<BTreeMap<usize, u64>, StoreError> {
    let plan = merge.scene.plan;
    let owners: BTreeSet<&UnitId> = plan
        .measures
        .iter()
        .flat_map(|measure| measure.owners.iter().map(|owner| &owner.unit))
        .collect();
    let mut late = BTreeMap::new();
    for (form, figures) in &merge.figures {
        let mut steps = vec![Subject::Form(form.clone())];
        let approval = |owner: &&UnitId| Subject::Approval(form.clone(), (*owner).clone());
        steps.extend(owners.iter().map(approval));
        let mut heads = Vec::new();
        for step in steps {
            heads.push(merge.before_and_after(&step)?.1);
        }
        let bodies: Vec<&Body> = heads
            .iter()
            .flat_map(|heads| heads.all().iter().map(|head| &head.body))
            .collect();
        for (author, seq, at) in figures {
            if unseen(&bodies, author, *seq) {
                *late.entry(*at).or_insert(0) += 1;
            }
        }
    }
    Ok(late)
}

/// The waiting room as it fills.
struct Room {
    held: BTreeMap<Hash, HeldBundle>,
}

impl Room {
    fn of(merge: &Merge<'_, '_>) -> Result<Self, StoreError> {
        let held = merge.ground.held()?;
        Ok(Self {
            held: held.into_iter().map(|held| (held.root, held)).collect(),
        })
    }

    /// Makes place for a bundle; `false` when there is none.
    fn admit(&mut self, bundle: HeldBundle) -> bool {
        let others = self.held.values().filter(|held| held.root != bundle.root);
        let bytes: u64 = others.clone().map(|held| held.size).sum();
        let fits = others.count() < limits::HELD
            && bytes.saturating_add(bundle.size) <= limits::HELD_BYTES;
        if fits {
            self.held.insert(bundle.root, bundle);
        }
        fits
    }
}

/// What becomes of one bundle; `None` for one that goes on waiting as it did.
fn bundle<'b>(
    merge: &Merge<'_, 'b>,
    at: usize,
    late: u64,
    kept: &mut Room,
    decision: &mut Decision<'b>,
) -> Result<Option<BundlePlan>, StoreError> {
    let (Some(bundle), Some(progress)) = (merge.bundles.get(at), merge.progress.get(at)) else {
        return Ok(None);
    };
    let bundle: &'b Checked = bundle;
    let (header, root) = (bundle.header(), bundle.root());
    let before = merge.ground.report(&root)?;
    let mut counts = progress.counts;
    counts.late = late;
    let rest = u64::from(header.entries).saturating_sub(counts.new + counts.known);
    let fate = match (&progress.hindrance, &before) {
        (Some(Hindrance::Refused(error)), _) => {
            counts.refused = rest;
            Fate::Refused(error.clone())
        }
        (Some(Hindrance::Unknown(authors)), _) => {
            counts.refused = rest;
            Fate::Quarantined(authors.iter().copied().collect())
        }
        (Some(Hindrance::Gaps(gaps)), _) => {
            counts.waiting = rest;
            Fate::Waiting(gaps.clone())
        }
        (None, Some(report)) if counts.new == 0 => Fate::Already {
            wall: report.wall,
            by: report.by.clone(),
        },
        (None, _) => Fate::Taken,
    };
    let fate = keep(merge, bundle, fate, kept, decision);
    if progress.believed && !matches!(fate, Fate::Already { .. } | Fate::Refused(_)) {
        taken(merge, at, bundle, before, decision)?;
    }
    Ok(Some(BundlePlan {
        root,
        signer: header.signed_by(),
        from: header.from.clone(),
        created: header.created,
        fate,
        counts,
    }))
}

/// Keeps the bundle where it must be kept, and lets it go where it must not.
fn keep<'b>(
    merge: &Merge<'_, 'b>,
    bundle: &'b Checked,
    fate: Fate,
    kept: &mut Room,
    decision: &mut Decision<'b>,
) -> Fate {
    let root = bundle.root();
    let held = match &fate {
        Fate::Waiting(_) => Held::Waiting,
        Fate::Quarantined(_) => Held::Quarantine,
        Fate::Refused(BundleError::Oversteps { .. }) => Held::Refused,
        _ => {
            if kept.held.contains_key(&root) {
                decision.release.push(root);
            }
            return fate;
        }
    };
    if kept.held.get(&root).is_some_and(|known| known.held == held) {
        return fate;
    }
    let new = HeldBundle {
        root,
        held,
        wall: merge.scene.wall,
        size: u64::try_from(bundle.bytes().len()).unwrap_or(u64::MAX),
    };
    if kept.admit(new.clone()) {
        decision.hold.push((new, bundle.bytes()));
        return fate;
    }
    match fate {
        // Evidence that has no place is refused all the same.
        Fate::Refused(_) => fate,
        _ => Fate::Refused(BundleError::RoomFull),
    }
}

/// Everything that is written because of a bundle that is believed.
fn taken<'b>(
    merge: &Merge<'_, 'b>,
    at: usize,
    bundle: &'b Checked,
    before: Option<Report>,
    decision: &mut Decision<'b>,
) -> Result<(), StoreError> {
    let header = bundle.header();
    let Some(progress) = merge.progress.get(at) else {
        return Ok(());
    };
    for (index, piece) in &progress.pieces {
        decision.taken.push(Taken {
            source: bundle,
            index: *index,
            author: piece.author,
            from: piece.first,
        });
        decision.entries += piece.last.saturating_sub(piece.first) + 1;
        decision
            .checkpoints
            .extend(header.ranges.get(*index).map(|range| Checkpoint {
                author: piece.author,
                seq: piece.last,
                hash: piece.hash,
                key: range.key,
                signature: range.signature,
            }));
    }
    decision
        .checkpoints
        .extend(header.vouches.iter().map(|vouch| Checkpoint {
            author: vouch.author,
            seq: 1,
            hash: vouch.hash,
            key: vouch.by,
            signature: vouch.signature,
        }));
    let peer = Peer {
        author: header.signed_by(),
        unit: header.from.clone(),
        created: header.created,
        received: merge.scene.wall,
        root: bundle.root(),
        have: header.have.clone(),
    };
    let newer = |known: &Peer| (known.created, known.root) < (peer.created, peer.root);
    let before_this = decision
        .peers
        .iter()
        .find(|known| known.author == peer.author);
    let known = match before_this {
        Some(known) => Some(known.clone()),
        None => merge.ground.peer(&peer.author)?,
    };
    if !merge.trust.is_own(&peer.author) && known.as_ref().is_none_or(newer) {
        decision.peers.retain(|other| other.author != peer.author);
        decision.peers.push(peer);
    }
    let mut pieces = before.map(|report| report.pieces).unwrap_or_default();
    if progress.pieces.is_empty() && progress.hindrance.is_some() {
        return Ok(());
    }
    pieces.extend(progress.pieces.iter().map(|(_, piece)| *piece));
    decision.reports.push(Report {
        root: bundle.root(),
        wall: merge.scene.wall,
        by: merge.scene.by.clone(),
        signer: header.signed_by(),
        pieces,
        details: Vec::new(),
    });
    Ok(())
}

/// The cells of one unit and period that are disputed, for the command and the screen.
///
/// # Errors
/// When the store cannot be read.
pub fn conflicts(store: &impl Exchange) -> Result<Vec<(CellKey, Heads)>, StoreError> {
    let mut found = Vec::new();
    for form in store.form_keys()? {
        let FormKey { unit, period } = &form;
        for (field, heads) in store.form(&form)?.cells {
            if heads.in_conflict() {
                found.push((CellKey::new(unit, period, &field), heads));
            }
        }
    }
    Ok(found)
}
