//! What bundles change in a store, decided on one consistent state of it. Pure: the same
//! function answers the preview, writes inside the transaction, and runs in tests over a model.
//!
//! The outcome does not depend on the order of the bundles: each is tried again until none of
//! them brings anything more.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::check::Checked;
use super::error::BundleError;
use super::header::Range;
use super::limits;
use super::plan::{Counts, Gap};
use crate::ledger::trust::{Act, Seeds, Vouched};
use crate::ledger::{
    ActorId, AuthorId, Body, CellKey, Clock, EntryRef, FormKey, Hash, Head, Heads, Recorded,
    Subject, Trust,
};
use crate::plan::{Plan, UnitId};
use crate::store::exchange::{Ground, Piece, Tip, subject_digest};
use crate::store::{StoreError, counts, fits};

/// Where and when an import happens.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The unit of this store.
    pub unit: &'a UnitId,
    /// Who imports.
    pub by: &'a ActorId,
    /// Wall clock, milliseconds since 1970-01-01 UTC.
    pub wall: u64,
}

/// A subject before and after.
pub(super) struct View {
    pub(super) subject: Subject,
    pub(super) old: Heads,
    pub(super) new: Heads,
}

/// What stands between a bundle and being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hindrance {
    Refused(BundleError),
    Unknown(BTreeSet<AuthorId>),
    Gaps(Vec<Gap>),
}

/// How far one bundle has got.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) hindrance: Option<Hindrance>,
    /// Ranges dealt with.
    done: BTreeSet<usize>,
    pub(super) pieces: Vec<(usize, Piece)>,
    pub(super) counts: Counts,
    /// Whether its signer is believed.
    pub(super) believed: bool,
}

/// An entry that does not fit the plan it names: its bundle must not be taken at all.
pub(super) struct Misfit {
    pub(super) bundle: usize,
    pub(super) error: BundleError,
}

/// Why the merge stopped.
pub(super) enum Stop {
    Store(StoreError),
    Misfit(Misfit),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The state of a merge.
pub(super) struct Merge<'a, 'b> {
    pub(super) ground: &'a dyn Ground,
    pub(super) scene: Scene<'a>,
    pub(super) bundles: &'a [&'b Checked],
    pub(super) progress: Vec<Progress>,
    seeds: Seeds,
    controls: Vec<Recorded>,
    vouched: Vec<Vouched>,
    pub(super) before: Trust,
    pub(super) trust: Trust,
    tips: BTreeMap<AuthorId, Vec<Tip>>,
    /// Entries taken, by the first bytes of their hashes.
    fresh: HashSet<[u8; 8]>,
    pub(super) views: BTreeMap<Vec<u8>, View>,
    pub(super) early: BTreeSet<(EntryRef, [u8; 16])>,
    pub(super) come: BTreeSet<EntryRef>,
    /// Figures taken, by form: what a lock may not have seen.
    pub(super) figures: BTreeMap<FormKey, Vec<(AuthorId, u64, usize)>>,
    pub(super) ahead: BTreeMap<AuthorId, u64>,
    pub(super) copies: BTreeMap<AuthorId, u64>,
    pub(super) clock: Clock,
}

impl<'a, 'b> Merge<'a, 'b> {
    /// Takes what can be taken of all bundles but those in `refused`.
    pub(super) fn run(
        ground: &'a dyn Ground,
        scene: Scene<'a>,
        bundles: &'a [&'b Checked],
        refused: &BTreeMap<usize, BundleError>,
        supposed: Option<&Recorded>,
    ) -> Result<Self, Stop> {
        let (seeds, mut controls) = (ground.seeds()?, ground.controls()?);
        controls.extend(supposed.cloned());
        let vouched = ground.vouched()?;
        let before = Trust::new(&seeds, &controls, &vouched);
        let mut merge = Self {
            ground,
            scene,
            bundles,
            progress: bundles.iter().map(|_| Progress::default()).collect(),
            seeds,
            controls,
            vouched,
            trust: before.clone(),
            before,
            tips: BTreeMap::new(),
            fresh: HashSet::new(),
            views: BTreeMap::new(),
            early: BTreeSet::new(),
            come: BTreeSet::new(),
            figures: BTreeMap::new(),
            ahead: BTreeMap::new(),
            copies: BTreeMap::new(),
            clock: Clock::default(),
        };
        for (at, error) in refused {
            merge.hinder(*at, Hindrance::Refused(error.clone()));
        }
        while merge.round()? {}
        merge.recount()?;
        Ok(merge)
    }

    /// Tries every bundle once; true when any of them brought something.
    fn round(&mut self) -> Result<bool, Stop> {
        let mut moved = false;
        for at in 0..self.bundles.len() {
            let refused = self
                .progress
                .get(at)
                .is_some_and(|p| matches!(p.hindrance, Some(Hindrance::Refused(_))));
            if !refused {
                moved |= self.one(at)?;
            }
        }
        Ok(moved)
    }

    fn hinder(&mut self, at: usize, hindrance: Hindrance) {
        if let Some(progress) = self.progress.get_mut(at) {
            progress.hindrance = Some(hindrance);
        }
    }

    fn one(&mut self, at: usize) -> Result<bool, Stop> {
        let Some(bundle) = self.bundles.get(at).copied() else {
            return Ok(false);
        };
        if let Err(error) = addressed(bundle, &self.scene) {
            self.hinder(at, Hindrance::Refused(error));
            return Ok(false);
        }
        let trust = self.believing(bundle)?;
        let signer = bundle.header().signed_by();
        if trust.revoked(&signer).is_some() && !trust.is_own(&signer) {
            self.hinder(at, Hindrance::Refused(BundleError::Revoked(signer)));
            return Ok(false);
        }
        if !trust.knows(&signer) {
            self.hinder(at, Hindrance::Unknown(BTreeSet::from([signer])));
            return Ok(false);
        }
        if let Some(error) = overstep(bundle, &trust) {
            self.hinder(at, Hindrance::Refused(error));
            return Ok(false);
        }
        if let Some(progress) = self.progress.get_mut(at) {
            progress.believed = true;
        }
        self.ranges(at, bundle, trust)
    }

    /// What is believed once the bundle's word on authors is heard, as far as it connects.
    fn believing(&self, bundle: &Checked) -> Result<Trust, StoreError> {
        let mut heard = Vec::new();
        for (index, control) in &bundle.controls {
            let range = bundle.header().ranges.get(*index);
            let connects = range.map_or(Ok(false), |range| self.connects(range))?;
            if connects && !self.controls.contains(control) {
                heard.push(control.clone());
            }
        }
        let mut vouched = self.vouched.clone();
        vouched.extend(vouches(bundle).filter(|vouch| !self.vouched.contains(vouch)));
        if heard.is_empty() && vouched.len() == self.vouched.len() {
            return Ok(self.trust.clone());
        }
        let all = self.controls.iter().chain(&heard);
        Ok(Trust::new(&self.seeds, all, &vouched))
    }

    fn known(&self, author: &AuthorId, seq: u64, hash: &Hash) -> Result<bool, StoreError> {
        Ok(self.fresh.contains(&hash.short()) || self.ground.holds(author, seq, hash)?)
    }

    fn connects(&self, range: &Range) -> Result<bool, StoreError> {
        if range.first == 1 {
            return Ok(true);
        }
        self.known(&range.author(), range.first - 1, &range.previous)
    }

    /// Takes the ranges that connect; what is left is what the bundle waits for.
    fn ranges(&mut self, at: usize, bundle: &'b Checked, trust: Trust) -> Result<bool, Stop> {
        let mut moved = false;
        let (mut unknown, mut gaps) = (BTreeSet::new(), Vec::new());
        let before = std::mem::replace(&mut self.trust, trust);
        for (index, range) in bundle.header().ranges.iter().enumerate() {
            if self
                .progress
                .get(at)
                .is_some_and(|p| p.done.contains(&index))
            {
                continue;
            }
            let author = range.author();
            if self.known(&author, range.last, &range.hash)? {
                self.counted(at, index, |counts| counts.known += range.count());
            } else if !self.trust.knows(&author) {
                unknown.insert(author);
            } else if self.connects(range)? {
                self.take(at, bundle, index, range)?;
                moved = true;
            } else {
                gaps.push(self.gap(range)?);
            }
        }
        self.trust = before;
        self.hear(bundle);
        let hindrance = match (unknown.is_empty(), gaps.is_empty()) {
            (true, true) => None,
            (false, _) => Some(Hindrance::Unknown(unknown)),
            (true, false) => Some(Hindrance::Gaps(gaps)),
        };
        if let Some(progress) = self.progress.get_mut(at) {
            progress.hindrance = hindrance;
        }
        Ok(moved)
    }

    /// Keeps the bundle's word on authors for those that follow.
    fn hear(&mut self, bundle: &Checked) {
        let before = (self.controls.len(), self.vouched.len());
        for (_, control) in &bundle.controls {
            if self.fresh.contains(&control.hash.short()) && !self.controls.contains(control) {
                self.controls.push(control.clone());
            }
        }
        for vouch in vouches(bundle) {
            if !self.vouched.contains(&vouch) {
                self.vouched.push(vouch);
            }
        }
        if before != (self.controls.len(), self.vouched.len()) {
            self.trust = Trust::new(&self.seeds, &self.controls, &self.vouched);
        }
    }

    fn counted(&mut self, at: usize, index: usize, count: impl FnOnce(&mut Counts)) {
        if let Some(progress) = self.progress.get_mut(at) {
            progress.done.insert(index);
            count(&mut progress.counts);
        }
    }

    fn gap(&self, range: &Range) -> Result<Gap, StoreError> {
        let author = range.author();
        let have = self.tips_of(&author)?.iter().map(|tip| tip.0).max();
        Ok(Gap {
            author,
            name: self
                .trust
                .rights(&author)
                .map_or_else(String::new, |rights| rights.name.clone()),
            have: have.unwrap_or(0),
            needs: range.first - 1,
        })
    }

    pub(super) fn tips_of(&self, author: &AuthorId) -> Result<Vec<Tip>, StoreError> {
        match self.tips.get(author) {
            Some(tips) => Ok(tips.clone()),
            None => self.ground.tips(author),
        }
    }

    /// The logs whose ends have moved, as far as they have several.
    pub(super) fn forks(&self) -> BTreeMap<AuthorId, Vec<Tip>> {
        let several = |(author, tips): (&AuthorId, &Vec<Tip>)| {
            (tips.len() > 1).then(|| {
                let mut tips = tips.clone();
                tips.sort_unstable();
                (*author, tips)
            })
        };
        self.tips.iter().filter_map(several).collect()
    }

    fn take(
        &mut self,
        at: usize,
        bundle: &'b Checked,
        index: usize,
        range: &Range,
    ) -> Result<(), Stop> {
        let author = range.author();
        let mut first = None;
        let mut misfit = None;
        bundle.each(index, range.first, &mut |recorded| {
            if first.is_none() && self.known(&author, recorded.seq, &recorded.hash)? {
                self.counted(at, index, |counts| counts.known += 1);
                return Ok(());
            }
            if misfit.is_none() && !self.fitting(recorded) {
                misfit = Some(recorded.seq);
            }
            if first.is_none() {
                first = Some(recorded.seq);
                self.attach(recorded)?;
            }
            self.entry(at, recorded)
        })?;
        if let Some(seq) = misfit {
            let what = "plan".to_owned();
            let error = BundleError::Oversteps { author, seq, what };
            return Err(Stop::Misfit(Misfit { bundle: at, error }));
        }
        let first = first.unwrap_or(range.first);
        let piece = Piece {
            author,
            first,
            last: range.last,
            hash: range.hash,
        };
        self.counted(at, index, |counts| {
            counts.new += range.last.saturating_sub(first) + 1;
        });
        if let Some(tips) = self.tips.get_mut(&author) {
            tips.push((range.last, range.hash));
        }
        if let Some(progress) = self.progress.get_mut(at) {
            progress.pieces.push((index, piece));
        }
        Ok(())
    }

    /// Where a log goes on: at one of its ends, or from further back as a second branch.
    fn attach(&mut self, recorded: &Recorded) -> Result<(), StoreError> {
        let mut tips = self.tips_of(&recorded.author)?;
        let before = (recorded.seq - 1, recorded.previous);
        let ends = tips.len();
        tips.retain(|tip| *tip != before);
        if tips.len() == ends && ends > 0 {
            self.copies.entry(recorded.author).or_insert(recorded.seq);
        }
        self.tips.insert(recorded.author, tips);
        Ok(())
    }

    /// A figure made under the plan in force must be one that plan asks for.
    fn fitting(&self, recorded: &Recorded) -> bool {
        let entry = &recorded.entry;
        let ours = Hash(self.scene.plan.hash).short() == entry.plan.h8;
        match (&entry.subject, entry.body.content()) {
            (Subject::Cell(cell), Some(content)) if ours && cell.row.is_none() => {
                fits(self.scene.plan, cell, content)
            }
            _ => true,
        }
    }

    fn entry(&mut self, at: usize, recorded: &Recorded) -> Result<(), StoreError> {
        let entry = &recorded.entry;
        self.fresh.insert(recorded.hash.short());
        if entry.clock.millis > self.scene.wall.saturating_add(limits::AHEAD) {
            *self.ahead.entry(recorded.author).or_insert(0) += 1;
        } else {
            self.clock = self.clock.max(entry.clock);
        }
        let key = entry.subject.key();
        let digest = subject_digest(&key);
        let replaced = self.arrives(&recorded.reference(), &digest)?;
        let known_plan = entry.subject.form().is_none() || self.ground.knows_plan(&entry.plan)?;
        if !known_plan && let Some(progress) = self.progress.get_mut(at) {
            progress.counts.held += 1;
        }
        if !counts(&self.trust, recorded, |_| known_plan) {
            return Ok(());
        }
        if let (Subject::Cell(cell), Some(_)) = (&entry.subject, entry.body.content()) {
            let figures = self.figures.entry(cell.form.clone()).or_default();
            figures.push((recorded.author, recorded.seq, at));
        }
        let heads = self.view(key, &entry.subject)?.new.clone();
        for cited in &entry.replaces {
            if !heads.all().iter().any(|head| head.entry == *cited) && !self.here(cited)? {
                self.early.insert((*cited, digest));
            }
        }
        let head = (!replaced).then(|| Head::of(recorded.reference(), entry));
        let merged = heads.merged(&entry.replaces, head);
        if let Some(view) = self.views.get_mut(&entry.subject.key()) {
            view.new = merged;
        }
        Ok(())
    }

    /// Notes that an entry has come; true when one on its subject has superseded it already.
    fn arrives(&mut self, entry: &EntryRef, digest: &[u8; 16]) -> Result<bool, StoreError> {
        let mut citing = self.ground.cited_early(entry)?;
        let all = (*entry, [0; 16])..=(*entry, [0xff; 16]);
        let ours: Vec<(EntryRef, [u8; 16])> = self.early.range(all).copied().collect();
        for cited in ours {
            self.early.remove(&cited);
            citing.push(cited.1);
        }
        if !citing.is_empty() {
            self.come.insert(*entry);
        }
        Ok(citing.contains(digest))
    }

    fn here(&self, cited: &EntryRef) -> Result<bool, StoreError> {
        Ok(self.fresh.contains(&cited.h8) || self.ground.has_cited(cited)?)
    }

    fn view(&mut self, key: Vec<u8>, subject: &Subject) -> Result<&mut View, StoreError> {
        match self.views.entry(key) {
            std::collections::btree_map::Entry::Occupied(view) => Ok(view.into_mut()),
            std::collections::btree_map::Entry::Vacant(place) => {
                let old = self.ground.heads(place.key())?;
                Ok(place.insert(View {
                    subject: subject.clone(),
                    new: old.clone(),
                    old,
                }))
            }
        }
    }

    /// True when entries already here may no longer count, or count again.
    pub(super) fn counts_anew(&self) -> bool {
        self.before.left_out() != self.trust.left_out()
    }

    /// Where what counts has changed, makes the heads of the subjects concerned from all their
    /// entries.
    fn recount(&mut self) -> Result<(), StoreError> {
        if !self.counts_anew() {
            return Ok(());
        }
        let changed: BTreeSet<AuthorId> = self
            .before
            .left_out()
            .keys()
            .chain(self.trust.left_out().keys())
            .filter(|author| {
                self.before.left_out().get(author) != self.trust.left_out().get(author)
            })
            .copied()
            .collect();
        let mut subjects: BTreeMap<Subject, Vec<Recorded>> = BTreeMap::new();
        self.each_of_all(&mut |recorded| {
            if changed.contains(&recorded.author) && recorded.entry.subject.form().is_some() {
                subjects.entry(recorded.entry.subject.clone()).or_default();
            }
            Ok(())
        })?;
        let trust = &self.trust;
        self.each_of_all(&mut |recorded| {
            if let Some(entries) = subjects.get_mut(&recorded.entry.subject) {
                let known = self.ground.knows_plan(&recorded.entry.plan)?;
                if counts(trust, recorded, |_| known) {
                    entries.push(recorded.clone());
                }
            }
            Ok(())
        })?;
        for (subject, entries) in subjects {
            let heads = Heads::of_entries(entries.iter());
            self.view(subject.key(), &subject)?.new = heads;
        }
        Ok(())
    }

    fn each_of_all(
        &self,
        look: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.ground.each_entry(look)?;
        for (bundle, progress) in self.bundles.iter().zip(&self.progress) {
            for (index, piece) in &progress.pieces {
                bundle.each(*index, piece.first, look)?;
            }
        }
        Ok(())
    }

    /// Who writes in this store now.
    pub(super) fn writer(&self) -> Option<AuthorId> {
        self.seeds.writer
    }

    /// The heads of a subject before and after.
    pub(super) fn before_and_after(&self, subject: &Subject) -> Result<(Heads, Heads), StoreError> {
        let key = subject.key();
        if let Some(view) = self.views.get(&key) {
            return Ok((view.old.clone(), view.new.clone()));
        }
        let heads = self.ground.heads(&key)?;
        Ok((heads.clone(), heads))
    }
}

fn vouches(bundle: &Checked) -> impl Iterator<Item = Vouched> + '_ {
    bundle.header().vouches.iter().map(|vouch| Vouched {
        author: vouch.author,
        hash: vouch.hash,
        by: AuthorId::of_key(&vouch.by),
    })
}

/// Whether a bundle is meant for this store at all.
fn addressed(bundle: &Checked, scene: &Scene<'_>) -> Result<(), BundleError> {
    let header = bundle.header();
    if header.plan_id != scene.plan.id {
        return Err(BundleError::WrongPlan {
            theirs: header.plan_id.clone(),
            ours: scene.plan.id.clone(),
        });
    }
    if header.district != scene.plan.district {
        return Err(BundleError::WrongDistrict {
            theirs: header.district.to_string(),
            ours: scene.plan.district.to_string(),
        });
    }
    if !header.to.as_str().is_empty() && header.to != *scene.unit {
        return Err(BundleError::NotForUs {
            to: header.to.to_string(),
        });
    }
    Ok(())
}

/// The first thing a known author does that it may not do.
fn overstep(bundle: &Checked, trust: &Trust) -> Option<BundleError> {
    let beyond = bundle
        .claims
        .iter()
        .find(|(claim, _)| trust.knows(&claim.author) && !trust.allows(claim))?;
    let (claim, seq) = beyond;
    Some(BundleError::Oversteps {
        author: claim.author,
        seq: *seq,
        what: words(&claim.act),
    })
}

fn words(act: &Act) -> String {
    match act {
        Act::Enter(unit) | Act::Approve(unit) => unit.to_string(),
        Act::EnterOnBehalf(unit) | Act::ApproveOnBehalf(unit) => format!("{unit} on behalf"),
        Act::Return => "return".to_owned(),
        Act::Close => "lock".to_owned(),
        Act::Govern => "enrol".to_owned(),
        Act::Keep | Act::Impersonate => "epoch".to_owned(),
    }
}

/// True for a figure that a lock or approval has not seen.
pub(super) fn unseen(bodies: &[&Body], author: &AuthorId, seq: u64) -> bool {
    let frontiers = bodies.iter().filter_map(|body| match body {
        Body::Lock { frontier, .. } | Body::Approve { frontier, .. } => Some(frontier),
        _ => None,
    });
    frontiers.into_iter().any(|frontier| {
        !frontier
            .iter()
            .any(|(seen, last, _)| seen == author && seq <= *last)
    })
}

/// The cell of a subject, without rows.
pub(super) fn figure_cell(subject: &Subject) -> Option<&CellKey> {
    match subject {
        Subject::Cell(cell) if cell.row.is_none() => Some(cell),
        _ => None,
    }
}
