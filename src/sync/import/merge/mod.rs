//! The merge: what bundles change in a store, computed on one consistent state of it and without
//! writing. Previews and imports use the same function, and so do tests over a model of a store.
//!
//! The outcome does not depend on the order of the bundles: each is tried again until none of
//! them brings anything more.

mod epoch;
mod have;
mod heads;
mod ranges;
mod taken;

use std::collections::{BTreeMap, BTreeSet};

use taken::TakenEntries;

use crate::ledger::heads::MergingHeads;
use crate::ledger::trust::{Succession, TrustAnchors};
use crate::ledger::{AuthorId, Clock, EntryRef, Heads, Recorded, Subject, Trust};
use crate::store::StoreError;
use crate::store::exchange::known_log::WithheldRun;
use crate::store::exchange::progress::{Phase, ProgressMeter, Stopped};
use crate::store::exchange::{LogPiece, PeerLog, Snapshot, Tip};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::import::context::ImportContext;
use crate::sync::import::plan::{Counts, Gap};
use crate::sync::import::policy::{addressed, overstep, sent_by_its_signer, withholds};

/// The heads of a subject before and after the merge.
pub(in crate::sync) struct SubjectChange {
    /// The subject.
    pub(in crate::sync) subject: Subject,
    /// Its heads before.
    pub(in crate::sync) old: Heads,
    /// Its heads after; known once all bundles are merged.
    pub(in crate::sync) new: Heads,
    /// Its heads as the entries come.
    merging: MergingHeads,
    /// The indices of the bundles whose entries are about it; none where only it has changed which
    /// entries count.
    pub(in crate::sync) by: Vec<usize>,
}

/// Whom a preview assumes to be trusted.
pub(in crate::sync) enum Assumption {
    /// An author, by an enrolment entry that nobody has written.
    Enrolled(Box<Recorded>),
    /// An author as the district's, as if its key were pinned.
    District(AuthorId),
}

/// Why a bundle cannot be taken whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sync) enum Obstacle {
    /// Nothing of it may be taken.
    Refused(BundleError),
    /// These authors are not known.
    Unknown(BTreeSet<AuthorId>),
    /// Entries before its own are missing.
    Gaps(Vec<Gap>),
}

/// How far the merge of one bundle has come.
#[derive(Default)]
pub(in crate::sync) struct BundleState {
    /// Why the rest of it cannot be taken.
    pub(in crate::sync) obstacle: Option<Obstacle>,
    /// The ranges that are taken or known already, by their indices.
    pub(in crate::sync) done: BTreeSet<usize>,
    /// The pieces taken, with the index of their range: those of one range in the order of their numbers.
    pub(in crate::sync) pieces: Vec<(usize, LogPiece)>,
    /// The runs that it leaves out and that were not known.
    pub(in crate::sync) runs: Vec<WithheldRun>,
    /// How many entries of each class.
    pub(in crate::sync) counts: Counts,
    /// Whether its signer is trusted.
    pub(in crate::sync) believed: bool,
}

/// A bundle of which nothing may be taken, found after some of it was: the merge starts again without it.
pub(in crate::sync) struct RejectedBundle {
    /// Its index.
    pub(in crate::sync) bundle: usize,
    /// Why.
    pub(in crate::sync) error: BundleError,
}

/// Why the merge stopped.
pub(in crate::sync) enum MergeError {
    /// The store failed, or the merge was interrupted.
    Store(StoreError),
    /// These bundles must be left out.
    Rejected(Vec<RejectedBundle>),
}

impl From<RejectedBundle> for MergeError {
    fn from(rejected: RejectedBundle) -> Self {
        Self::Rejected(vec![rejected])
    }
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

/// A merge: what it is computed from, and what it has found so far.
pub(in crate::sync) struct Merge<'a, 'b> {
    /// The state of the store.
    pub(in crate::sync) snapshot: &'a dyn Snapshot,
    /// Where and when it happens.
    pub(in crate::sync) context: ImportContext<'a>,
    /// The bundles.
    pub(in crate::sync) bundles: &'a [&'b VerifiedBundle],
    /// How far each of them has come, in the same order.
    pub(in crate::sync) states: Vec<BundleState>,
    seeds: TrustAnchors,
    controls: Vec<Recorded>,
    vouched: Vec<Succession>,
    /// Whom the store trusts before.
    pub(in crate::sync) before: Trust,
    /// Whom it trusts with what is taken.
    pub(in crate::sync) trust: Trust,
    /// The ends of the logs that have moved.
    tips: BTreeMap<AuthorId, Vec<Tip>>,
    /// The entries taken.
    taken: TakenEntries,
    /// The runs left out of them that were not known, by author.
    withheld: BTreeMap<AuthorId, Vec<WithheldRun>>,
    /// The plans asked for, and whether the store has each.
    plans: BTreeMap<[u8; 8], bool>,
    /// The subjects that the entries taken are about, by their keys.
    pub(in crate::sync) views: BTreeMap<Vec<u8>, SubjectChange>,
    /// Entries cited before they came, with the digest of the citing subject.
    pub(in crate::sync) early: BTreeSet<(EntryRef, [u8; 16])>,
    /// Entries that had been cited before they came.
    pub(in crate::sync) come: BTreeSet<EntryRef>,
    /// Authors whose clock is too far ahead, with how many entries show it.
    pub(in crate::sync) ahead: BTreeMap<AuthorId, u64>,
    /// Authors whose log has a second branch, with the number it begins at.
    pub(in crate::sync) copies: BTreeMap<AuthorId, u64>,
    /// What the signer of each bundle has proved to have, in the order of the bundles.
    proved: Vec<Vec<PeerLog>>,
    /// See [`Self::find_behind`].
    pub(in crate::sync) behind: BTreeMap<AuthorId, (u64, AuthorId)>,
    /// The latest clock that may be adopted.
    pub(in crate::sync) clock: Clock,
    meter: ProgressMeter<'a>,
}

impl<'a, 'b> Merge<'a, 'b> {
    /// Merges what can be taken of all bundles but those in `refused`.
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
            meter: ProgressMeter::begin(context.progress, Phase::Weigh, all)?,
            snapshot,
            context,
            bundles,
            states: bundles.iter().map(|_| BundleState::default()).collect(),
            seeds,
            controls,
            vouched,
            trust: before.clone(),
            before,
            tips: BTreeMap::new(),
            taken: TakenEntries::default(),
            withheld: BTreeMap::new(),
            plans: BTreeMap::new(),
            views: BTreeMap::new(),
            early: BTreeSet::new(),
            come: BTreeSet::new(),
            ahead: BTreeMap::new(),
            copies: BTreeMap::new(),
            proved: Vec::new(),
            behind: BTreeMap::new(),
            clock: Clock::default(),
        };
        for (at, error) in refused {
            merge.obstruct(*at, Obstacle::Refused(error.clone()));
        }
        while merge.round()? {}
        merge.prove_have()?;
        merge.find_behind()?;
        merge.settle_heads();
        merge.recount()?;
        let rejected = merge.too_many_heads()?;
        if !rejected.is_empty() {
            return Err(MergeError::Rejected(rejected));
        }
        merge.meter.end()?;
        Ok(merge)
    }

    /// Tries every bundle once; true when any of them brought something.
    fn round(&mut self) -> Result<bool, MergeError> {
        let mut moved = false;
        for at in 0..self.bundles.len() {
            let refused = self
                .states
                .get(at)
                .is_some_and(|p| matches!(p.obstacle, Some(Obstacle::Refused(_))));
            if !refused {
                moved |= self.merge_bundle(at)?;
            }
        }
        Ok(moved)
    }

    fn obstruct(&mut self, at: usize, obstacle: Obstacle) {
        if let Some(state) = self.states.get_mut(at) {
            state.obstacle = Some(obstacle);
        }
    }

    /// Tries one bundle; true when it brought something.
    fn merge_bundle(&mut self, at: usize) -> Result<bool, MergeError> {
        let Some(bundle) = self.bundles.get(at).copied() else {
            return Ok(false);
        };
        if let Err(error) = addressed(bundle.header(), &self.context) {
            self.obstruct(at, Obstacle::Refused(error));
            return Ok(false);
        }
        let trust = self.trust_with(bundle)?;
        let signer = bundle.header().signed_by();
        if trust.revoked(&signer).is_some() && !trust.is_own(&signer) {
            self.obstruct(at, Obstacle::Refused(BundleError::Revoked(signer)));
            return Ok(false);
        }
        if !trust.knows(&signer) {
            self.obstruct(at, Obstacle::Unknown(BTreeSet::from([signer])));
            return Ok(false);
        }
        if let Err(error) = withholds(bundle.header(), &trust) {
            self.obstruct(at, Obstacle::Refused(error));
            return Ok(false);
        }
        let lies = || sent_by_its_signer(bundle.header(), &trust, &self.context).err();
        if let Some(error) = overstep(bundle, &trust, &self.context).or_else(lies) {
            self.obstruct(at, Obstacle::Refused(error));
            return Ok(false);
        }
        if let Some(state) = self.states.get_mut(at) {
            state.believed = true;
        }
        self.ranges(at, bundle, trust)
    }

    /// Whom the store trusts with the bundle's entries on authors, as far as these connect to its logs.
    fn trust_with(&self, bundle: &VerifiedBundle) -> Result<Trust, StoreError> {
        let mut connected = Vec::new();
        for (index, control) in &bundle.summary().controls {
            let range = bundle.header().ranges.get(*index);
            let connects = range.map_or(Ok(false), |range| self.connects(range))?;
            if connects && !self.controls.contains(control) {
                connected.push(control.clone());
            }
        }
        let mut vouched = self.vouched.clone();
        vouched.extend(
            bundle
                .header()
                .vouched()
                .filter(|vouch| !self.vouched.contains(vouch)),
        );
        if connected.is_empty() && vouched.len() == self.vouched.len() {
            return Ok(self.trust.clone());
        }
        let all = self.controls.iter().chain(&connected);
        Ok(Trust::new(&self.seeds, all, &vouched))
    }

    /// Keeps the entries on authors that were taken from a bundle, for the bundles after it.
    fn learn_trust(&mut self, bundle: &VerifiedBundle) {
        let before = (self.controls.len(), self.vouched.len());
        for (_, control) in &bundle.summary().controls {
            if self.taken.has(&control.reference()) && !self.controls.contains(control) {
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
