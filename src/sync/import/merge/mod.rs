//! What bundles change in a store, decided on one consistent state of it. Pure: the same
//! function answers the preview, writes inside the transaction, and runs in tests over a model.
//!
//! The outcome does not depend on the order of the bundles: each is tried again until none of
//! them brings anything more.

mod epoch;
mod fresh;
mod heads;
mod ranges;

use std::collections::{BTreeMap, BTreeSet};

use fresh::TakenEntries;

use crate::ledger::trust::{Succession, TrustAnchors};
use crate::ledger::{ActorId, AuthorId, Clock, EntryRef, Heads, Recorded, Subject, Trust};
use crate::plan::{Plan, UnitId};
use crate::store::StoreError;
use crate::store::exchange::progress::{Phase, Progress, ProgressMeter, Stopped};
use crate::store::exchange::{LogPiece, Snapshot, Tip};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::import::plan::{Counts, Gap};
use crate::sync::import::policy::{addressed, overstep};

/// Where and when an import happens.
#[derive(Clone, Copy, Debug)]
pub struct ImportContext<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The unit of this store.
    pub unit: &'a UnitId,
    /// Who imports.
    pub by: &'a ActorId,
    /// Wall clock, milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// Is told how far it is, and may end it.
    pub watch: &'a dyn Progress,
}

/// A subject before and after.
pub(in crate::sync) struct SubjectChange {
    pub(in crate::sync) subject: Subject,
    pub(in crate::sync) old: Heads,
    pub(in crate::sync) new: Heads,
    /// The bundles whose entries are about it, in their order; none where only what counts has
    /// changed.
    pub(in crate::sync) by: Vec<usize>,
}

/// Whom a preview supposes to be believed.
pub(in crate::sync) enum Assumption {
    /// An author, by an enrolment that nobody has written.
    Enrolled(Box<Recorded>),
    /// The district's key, as if it were pinned.
    District(AuthorId),
}

/// What stands between a bundle and being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sync) enum Obstacle {
    Refused(BundleError),
    Unknown(BTreeSet<AuthorId>),
    Gaps(Vec<Gap>),
}

/// How far one bundle has got.
#[derive(Default)]
pub(in crate::sync) struct BundleState {
    pub(in crate::sync) obstacle: Option<Obstacle>,
    /// Ranges dealt with.
    done: BTreeSet<usize>,
    pub(in crate::sync) pieces: Vec<(usize, LogPiece)>,
    pub(in crate::sync) counts: Counts,
    /// Whether its signer is believed.
    pub(in crate::sync) believed: bool,
}

/// An entry that does not fit the plan it names: its bundle must not be taken at all.
pub(in crate::sync) struct RejectedBundle {
    pub(in crate::sync) bundle: usize,
    pub(in crate::sync) error: BundleError,
}

/// Why the merge stopped.
pub(in crate::sync) enum MergeError {
    Store(StoreError),
    RejectedBundle(RejectedBundle),
}

impl From<Stopped> for MergeError {
    fn from(stopped: Stopped) -> Self {
        Self::Store(stopped.into())
    }
}

impl From<StoreError> for MergeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The state of a merge.
pub(in crate::sync) struct Merge<'a, 'b> {
    pub(in crate::sync) snapshot: &'a dyn Snapshot,
    pub(in crate::sync) context: ImportContext<'a>,
    pub(in crate::sync) bundles: &'a [&'b VerifiedBundle],
    pub(in crate::sync) progress: Vec<BundleState>,
    seeds: TrustAnchors,
    controls: Vec<Recorded>,
    vouched: Vec<Succession>,
    pub(in crate::sync) before: Trust,
    pub(in crate::sync) trust: Trust,
    tips: BTreeMap<AuthorId, Vec<Tip>>,
    fresh: TakenEntries,
    /// The plans asked for, and whether each is here.
    plans: BTreeMap<[u8; 8], bool>,
    pub(in crate::sync) views: BTreeMap<Vec<u8>, SubjectChange>,
    pub(in crate::sync) early: BTreeSet<(EntryRef, [u8; 16])>,
    pub(in crate::sync) come: BTreeSet<EntryRef>,
    pub(in crate::sync) ahead: BTreeMap<AuthorId, u64>,
    pub(in crate::sync) copies: BTreeMap<AuthorId, u64>,
    /// See [`Self::find_behind`].
    pub(in crate::sync) behind: BTreeMap<AuthorId, (u64, AuthorId)>,
    pub(in crate::sync) clock: Clock,
    meter: ProgressMeter<'a>,
}

impl<'a, 'b> Merge<'a, 'b> {
    /// Takes what can be taken of all bundles but those in `refused`.
    pub(in crate::sync) fn run(
        snapshot: &'a dyn Snapshot,
        context: ImportContext<'a>,
        bundles: &'a [&'b VerifiedBundle],
        refused: &BTreeMap<usize, BundleError>,
        assumed: Option<&Assumption>,
    ) -> Result<Self, MergeError> {
        let (mut seeds, mut controls) = (snapshot.seeds()?, snapshot.controls()?);
        match assumed {
            Some(Assumption::Enrolled(entry)) => controls.push(entry.as_ref().clone()),
            Some(Assumption::District(author)) => drop(seeds.pinned.insert(*author)),
            None => {}
        }
        let vouched = snapshot.vouched()?;
        let before = Trust::new(&seeds, &controls, &vouched);
        let of = |bundle: &&VerifiedBundle| u64::from(bundle.header().entries);
        let all = bundles.iter().map(of).sum();
        let mut merge = Self {
            meter: ProgressMeter::begin(context.watch, Phase::Weigh, all)?,
            snapshot,
            context,
            bundles,
            progress: bundles.iter().map(|_| BundleState::default()).collect(),
            seeds,
            controls,
            vouched,
            trust: before.clone(),
            before,
            tips: BTreeMap::new(),
            fresh: TakenEntries::default(),
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
            merge.obstruct(*at, Obstacle::Refused(error.clone()));
        }
        while merge.round()? {}
        merge.find_behind()?;
        merge.recount()?;
        merge.meter.end()?;
        Ok(merge)
    }

    /// Tries every bundle once; true when any of them brought something.
    fn round(&mut self) -> Result<bool, MergeError> {
        let mut moved = false;
        for at in 0..self.bundles.len() {
            let refused = self
                .progress
                .get(at)
                .is_some_and(|p| matches!(p.obstacle, Some(Obstacle::Refused(_))));
            if !refused {
                moved |= self.one(at)?;
            }
        }
        Ok(moved)
    }

    fn obstruct(&mut self, at: usize, obstacle: Obstacle) {
        if let Some(progress) = self.progress.get_mut(at) {
            progress.obstacle = Some(obstacle);
        }
    }

    fn one(&mut self, at: usize) -> Result<bool, MergeError> {
        let Some(bundle) = self.bundles.get(at).copied() else {
            return Ok(false);
        };
        if let Err(error) = addressed(bundle.header(), &self.context) {
            self.obstruct(at, Obstacle::Refused(error));
            return Ok(false);
        }
        let trust = self.believing(bundle)?;
        let signer = bundle.header().signed_by();
        if trust.revoked(&signer).is_some() && !trust.is_own(&signer) {
            self.obstruct(at, Obstacle::Refused(BundleError::Revoked(signer)));
            return Ok(false);
        }
        if !trust.knows(&signer) {
            self.obstruct(at, Obstacle::Unknown(BTreeSet::from([signer])));
            return Ok(false);
        }
        if let Some(error) = overstep(bundle, &trust) {
            self.obstruct(at, Obstacle::Refused(error));
            return Ok(false);
        }
        if let Some(progress) = self.progress.get_mut(at) {
            progress.believed = true;
        }
        self.ranges(at, bundle, trust)
    }

    /// What is believed once the bundle's word on authors is heard, as far as it connects.
    fn believing(&self, bundle: &VerifiedBundle) -> Result<Trust, StoreError> {
        let mut heard = Vec::new();
        for (index, control) in &bundle.summary().controls {
            let range = bundle.header().ranges.get(*index);
            let connects = range.map_or(Ok(false), |range| self.connects(range))?;
            if connects && !self.controls.contains(control) {
                heard.push(control.clone());
            }
        }
        let mut vouched = self.vouched.clone();
        vouched.extend(
            bundle
                .header()
                .vouched()
                .filter(|vouch| !self.vouched.contains(vouch)),
        );
        if heard.is_empty() && vouched.len() == self.vouched.len() {
            return Ok(self.trust.clone());
        }
        let all = self.controls.iter().chain(&heard);
        Ok(Trust::new(&self.seeds, all, &vouched))
    }

    /// Keeps the bundle's word on authors for those that follow.
    fn hear(&mut self, bundle: &VerifiedBundle) {
        let before = (self.controls.len(), self.vouched.len());
        for (_, control) in &bundle.summary().controls {
            if self.fresh.has(&control.reference()) && !self.controls.contains(control) {
                self.controls.push(control.clone());
            }
        }
        for vouch in bundle.header().vouched() {
            if !self.vouched.contains(&vouch) {
                self.vouched.push(vouch);
            }
        }
        if before != (self.controls.len(), self.vouched.len()) {
            self.trust = Trust::new(&self.seeds, &self.controls, &self.vouched);
        }
    }
}
