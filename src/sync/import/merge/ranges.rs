//! The ranges of a bundle: which of them continue a log that the store has, and are taken.

use std::collections::{BTreeMap, BTreeSet};

use super::{Merge, MergeError, Obstacle, RejectedBundle};
use crate::ledger::{AuthorId, EntryRef, Hash, Recorded, Trust};
use crate::store::exchange::{LogPiece, Tip};
use crate::store::{PlanFault, StoreError, fits_plan};
use crate::sync::bundle::error::{BundleError, PlanPart};
use crate::sync::bundle::range::Range;
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::import::plan::{Counts, Gap};

impl<'b> Merge<'_, 'b> {
    /// Takes the ranges that connect; the others become the obstacle of the bundle. True when one was taken.
    pub(in crate::sync) fn ranges(
        &mut self,
        at: usize,
        bundle: &'b VerifiedBundle,
        trust: Trust,
    ) -> Result<bool, MergeError> {
        let mut moved = false;
        let (mut unknown, mut gaps) = (BTreeSet::new(), Vec::new());
        let before = std::mem::replace(&mut self.trust, trust);
        for (index, range) in bundle.header().ranges.iter().enumerate() {
            if self.states.get(at).is_some_and(|p| p.done.contains(&index)) {
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
        self.learn_trust(bundle);
        let obstacle = match (unknown.is_empty(), gaps.is_empty()) {
            (true, true) => None,
            (false, _) => Some(Obstacle::Unknown(unknown)),
            (true, false) => Some(Obstacle::Gaps(gaps)),
        };
        if let Some(state) = self.states.get_mut(at) {
            state.obstacle = obstacle;
        }
        Ok(moved)
    }

    /// Whether an entry is in the store or among those taken.
    pub(in crate::sync) fn known(
        &self,
        author: &AuthorId,
        seq: u64,
        hash: &Hash,
    ) -> Result<bool, StoreError> {
        let (author, h8) = (*author, hash.short());
        let taken = self.taken.has(&EntryRef { author, seq, h8 });
        Ok(taken || self.snapshot.holds(&author, seq, hash)?)
    }

    /// Whether the entry before a range is here.
    pub(in crate::sync) fn connects(&self, range: &Range) -> Result<bool, StoreError> {
        if range.first == 1 {
            return Ok(true);
        }
        self.known(&range.author(), range.first - 1, &range.previous)
    }

    /// Marks a range as done and counts it.
    fn counted(&mut self, at: usize, index: usize, count: impl FnOnce(&mut Counts)) {
        if let Some(state) = self.states.get_mut(at) {
            state.done.insert(index);
            count(&mut state.counts);
        }
    }

    /// What is missing before a range.
    fn gap(&self, range: &Range) -> Result<Gap, StoreError> {
        let have = self.tips_of(&range.author())?.iter().map(|tip| tip.0).max();
        Ok(Gap::before(range, have, &self.trust))
    }

    /// The ends of an author's log, with what is taken.
    pub(in crate::sync) fn tips_of(&self, author: &AuthorId) -> Result<Vec<Tip>, StoreError> {
        match self.tips.get(author) {
            Some(tips) => Ok(tips.clone()),
            None => self.snapshot.tips(author),
        }
    }

    /// The logs whose ends have moved and that have several ends.
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

    /// Takes the entries of a range that are not here yet.
    fn take(
        &mut self,
        at: usize,
        bundle: &'b VerifiedBundle,
        index: usize,
        range: &Range,
    ) -> Result<(), MergeError> {
        let author = range.author();
        let mut first = None;
        let mut rejected = None;
        bundle.each(index, range.first, &mut |recorded| {
            if first.is_none() && self.known(&author, recorded.seq, &recorded.hash)? {
                self.counted(at, index, |counts| counts.known += 1);
                return Ok(());
            }
            if rejected.is_none()
                && let Err(fault) = fits_plan(self.context.plan, &recorded.entry)
            {
                rejected = Some(misfit(author, recorded.seq, &fault));
            }
            if first.is_none() {
                first = Some(recorded.seq);
                self.taken.begin_run(author, recorded.seq, range.last);
                self.attach(recorded)?;
            }
            self.entry(at, recorded)?;
            Ok(self.meter.one()?)
        })?;
        if let Some(error) = rejected {
            let bundle = at;
            return Err(RejectedBundle { bundle, error }.into());
        }
        let first = first.unwrap_or(range.first);
        let piece = LogPiece {
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
        if let Some(state) = self.states.get_mut(at) {
            state.pieces.push((index, piece));
        }
        Ok(())
    }

    /// Continues a log: at one of its ends, or from further back as a second branch.
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
}

/// The refusal for an entry that does not fit the plan it was written under.
fn misfit(author: AuthorId, seq: u64, fault: &PlanFault) -> BundleError {
    let what = fault.to_string();
    let part = match fault {
        PlanFault::Unit(_) => PlanPart::Unit,
        PlanFault::Period(_) => PlanPart::Period,
        PlanFault::Field(_) => PlanPart::Field,
        PlanFault::Cell(_) => PlanPart::Cell,
        PlanFault::Version(_) => PlanPart::Version,
        PlanFault::Content(..) => return BundleError::Unfit { author, seq, what },
    };
    BundleError::PlanLacks {
        author,
        seq,
        part,
        what,
    }
}
