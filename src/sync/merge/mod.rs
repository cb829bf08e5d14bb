//! What bundles change in a store, decided on one consistent state of it. Pure: the same
//! function answers the preview, writes inside the transaction, and runs in tests over a model.
//!
//! The outcome does not depend on the order of the bundles: each is tried again until none of
//! them brings anything more.

mod epoch;
mod fresh;
mod heads;

use std::collections::{BTreeMap, BTreeSet};

use fresh::Fresh;

use crate::ledger::trust::{Seeds, Vouched};
use crate::ledger::{ActorId, AuthorId, Clock, EntryRef, Hash, Heads, Recorded, Subject, Trust};
use crate::plan::{Plan, UnitId};
use crate::store::exchange::{Ground, Piece, Tip};
use crate::store::watch::{Meter, Step, Stopped, Watch};
use crate::store::{StoreError, fits};
use crate::sync::check::Checked;
use crate::sync::error::BundleError;
use crate::sync::gate::{addressed, overstep};
use crate::sync::header::Range;
use crate::sync::plan::{Counts, Gap};

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
    /// Is told how far it is, and may end it.
    pub watch: &'a dyn Watch,
}

/// A subject before and after.
pub(in crate::sync) struct View {
    pub(in crate::sync) subject: Subject,
    pub(in crate::sync) old: Heads,
    pub(in crate::sync) new: Heads,
    /// The bundles whose entries are about it, in their order; none where only what counts has
    /// changed.
    pub(in crate::sync) by: Vec<usize>,
}

/// Whom a preview supposes to be believed.
pub(in crate::sync) enum Supposed {
    /// An author, by an enrolment that nobody has written.
    Enrolled(Box<Recorded>),
    /// The district's key, as if it were pinned.
    District(AuthorId),
}

/// What stands between a bundle and being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sync) enum Hindrance {
    Refused(BundleError),
    Unknown(BTreeSet<AuthorId>),
    Gaps(Vec<Gap>),
}

/// How far one bundle has got.
#[derive(Default)]
pub(in crate::sync) struct Progress {
    pub(in crate::sync) hindrance: Option<Hindrance>,
    /// Ranges dealt with.
    done: BTreeSet<usize>,
    pub(in crate::sync) pieces: Vec<(usize, Piece)>,
    pub(in crate::sync) counts: Counts,
    /// Whether its signer is believed.
    pub(in crate::sync) believed: bool,
}

/// An entry that does not fit the plan it names: its bundle must not be taken at all.
pub(in crate::sync) struct Misfit {
    pub(in crate::sync) bundle: usize,
    pub(in crate::sync) error: BundleError,
}

/// Why the merge stopped.
pub(in crate::sync) enum Stop {
    Store(StoreError),
    Misfit(Misfit),
}

impl From<Stopped> for Stop {
    fn from(stopped: Stopped) -> Self {
        Self::Store(stopped.into())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The state of a merge.
pub(in crate::sync) struct Merge<'a, 'b> {
    pub(in crate::sync) ground: &'a dyn Ground,
    pub(in crate::sync) scene: Scene<'a>,
    pub(in crate::sync) bundles: &'a [&'b Checked],
    pub(in crate::sync) progress: Vec<Progress>,
    seeds: Seeds,
    controls: Vec<Recorded>,
    vouched: Vec<Vouched>,
    pub(in crate::sync) before: Trust,
    pub(in crate::sync) trust: Trust,
    tips: BTreeMap<AuthorId, Vec<Tip>>,
    fresh: Fresh,
    /// The plans asked for, and whether each is here.
    plans: BTreeMap<[u8; 8], bool>,
    pub(in crate::sync) views: BTreeMap<Vec<u8>, View>,
    pub(in crate::sync) early: BTreeSet<(EntryRef, [u8; 16])>,
    pub(in crate::sync) come: BTreeSet<EntryRef>,
    pub(in crate::sync) ahead: BTreeMap<AuthorId, u64>,
    pub(in crate::sync) copies: BTreeMap<AuthorId, u64>,
    /// See [`Self::find_behind`].
    pub(in crate::sync) behind: BTreeMap<AuthorId, u64>,
    pub(in crate::sync) clock: Clock,
    meter: Meter<'a>,
}

impl<'a, 'b> Merge<'a, 'b> {
    /// Takes what can be taken of all bundles but those in `refused`.
    pub(in crate::sync) fn run(
        ground: &'a dyn Ground,
        scene: Scene<'a>,
        bundles: &'a [&'b Checked],
        refused: &BTreeMap<usize, BundleError>,
        supposed: Option<&Supposed>,
    ) -> Result<Self, Stop> {
        let (mut seeds, mut controls) = (ground.seeds()?, ground.controls()?);
        match supposed {
            Some(Supposed::Enrolled(entry)) => controls.push(entry.as_ref().clone()),
            Some(Supposed::District(author)) => drop(seeds.pinned.insert(*author)),
            None => {}
        }
        let vouched = ground.vouched()?;
        let before = Trust::new(&seeds, &controls, &vouched);
        let of = |bundle: &&Checked| u64::from(bundle.header().entries);
        let all = bundles.iter().map(of).sum();
        let mut merge = Self {
            meter: Meter::begin(scene.watch, Step::Weigh, all)?,
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
            fresh: Fresh::default(),
            plans: BTreeMap::new(),
            views: BTreeMap::new(),
            early: BTreeSet::new(),
            come: BTreeSet::new(),
            ahead: BTreeMap::new(),
            copies: BTreeMap::new(),
            behind: BTreeMap::new(),
            clock: Clock::default(),
        };
        for (at, error) in refused {
            merge.hinder(*at, Hindrance::Refused(error.clone()));
        }
        while merge.round()? {}
        merge.find_behind()?;
        merge.recount()?;
        merge.meter.end()?;
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
        let (author, h8) = (*author, hash.short());
        let fresh = self.fresh.has(&EntryRef { author, seq, h8 });
        Ok(fresh || self.ground.holds(&author, seq, hash)?)
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
            if self.fresh.has(&control.reference()) && !self.controls.contains(control) {
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

    pub(in crate::sync) fn tips_of(&self, author: &AuthorId) -> Result<Vec<Tip>, StoreError> {
        match self.tips.get(author) {
            Some(tips) => Ok(tips.clone()),
            None => self.ground.tips(author),
        }
    }

    /// The logs whose ends have moved, as far as they have several.
    pub(in crate::sync) fn forks(&self) -> BTreeMap<AuthorId, Vec<Tip>> {
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
                self.fresh.make_place(author, recorded.seq, range.last);
                self.attach(recorded)?;
            }
            self.entry(at, recorded)?;
            Ok(self.meter.one()?)
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
}

fn vouches(bundle: &Checked) -> impl Iterator<Item = Vouched> + '_ {
    bundle.header().vouches.iter().map(|vouch| Vouched {
        author: vouch.author,
        hash: vouch.hash,
        by: AuthorId::of_key(&vouch.by),
    })
}
