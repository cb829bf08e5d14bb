//! The ranges of a bundle: which of them continue a log that the store has, and are taken.

use std::collections::{BTreeMap, BTreeSet};

use super::{Merge, MergeError, Obstacle, RejectedBundle};
use crate::ledger::{AuthorId, EntryRef, Hash, Recorded, Trust};
use crate::store::exchange::known_log::{LogStep, StepKind, WithheldRun};
use crate::store::exchange::{self, LogPiece, Tip};
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
            if self.has_all(bundle, index, range)? {
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

    /// Whether a log is known to go through there: by an entry, or by a run that is withheld.
    pub(in crate::sync) fn known(
        &self,
        author: &AuthorId,
        seq: u64,
        hash: &Hash,
    ) -> Result<bool, StoreError> {
        if self.holds(author, seq, hash)? {
            return Ok(true);
        }
        let ends_there = |run: &WithheldRun| (run.last, run.hash) == (seq, *hash);
        let taken = self.withheld.get(author).into_iter().flatten();
        Ok(taken
            .chain(&self.snapshot.withheld(author)?)
            .any(ends_there))
    }

    /// Whether an entry is in the store or among those taken.
    fn holds(&self, author: &AuthorId, seq: u64, hash: &Hash) -> Result<bool, StoreError> {
        let (author, h8) = (*author, hash.short());
        let taken = self.taken.has(&EntryRef { author, seq, h8 });
        Ok(taken || self.snapshot.holds(&author, seq, hash)?)
    }

    /// Whether something of a log is withheld from the store.
    fn has_gaps(&self, author: &AuthorId) -> Result<bool, StoreError> {
        Ok(self.withheld.contains_key(author) || !self.snapshot.withheld(author)?.is_empty())
    }

    /// Whether a range brings nothing. Of a log without gaps all before a known entry is here.
    fn has_all(
        &self,
        bundle: &VerifiedBundle,
        index: usize,
        range: &Range,
    ) -> Result<bool, StoreError> {
        let author = range.author();
        if !self.known(&author, range.last, &range.hash)? {
            return Ok(false);
        }
        if range.withheld.is_empty() && !self.has_gaps(&author)? {
            return Ok(true);
        }
        for run in &range.withheld {
            if !self.known(&author, run.last(), &run.hash)? {
                return Ok(false);
            }
        }
        let mut all = true;
        bundle.each(index, range.first, &mut |recorded| {
            all = all && self.holds(&author, recorded.seq, &recorded.hash)?;
            Ok(())
        })?;
        Ok(all)
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

    /// Takes the entries of a range that are not here yet, and the runs that it leaves out.
    fn take(
        &mut self,
        at: usize,
        bundle: &'b VerifiedBundle,
        index: usize,
        range: &Range,
    ) -> Result<(), MergeError> {
        let author = range.author();
        // Without gaps everything after the first new entry is new.
        let whole = range.withheld.is_empty() && !self.has_gaps(&author)?;
        let mut pieces: Vec<LogPiece> = Vec::new();
        let mut before_run: BTreeMap<u64, Hash> = BTreeMap::new();
        let mut rejected = None;
        bundle.each(index, range.first, &mut |recorded| {
            let next = recorded.seq.saturating_add(1);
            if range.run_at(next).is_some() {
                before_run.insert(next, recorded.hash);
            }
            let may_be_known = !whole || pieces.is_empty();
            if may_be_known && self.holds(&author, recorded.seq, &recorded.hash)? {
                self.counted(at, index, |counts| counts.known += 1);
                return Ok(());
            }
            if rejected.is_none()
                && let Err(fault) = fits_plan(self.context.plan, &recorded.entry)
            {
                rejected = Some(misfit(author, recorded.seq, &fault));
            }
            if pieces.is_empty() && whole {
                self.taken.begin_run(author, recorded.seq, range.last);
                self.attach(recorded)?;
            }
            match pieces.last_mut() {
                Some(piece) if piece.last + 1 == recorded.seq => {
                    (piece.last, piece.hash) = (recorded.seq, recorded.hash);
                }
                _ => pieces.push(LogPiece {
                    author,
                    first: recorded.seq,
                    last: recorded.seq,
                    hash: recorded.hash,
                }),
            }
            self.entry(at, recorded)?;
            Ok(self.meter.one()?)
        })?;
        if let Some(error) = rejected {
            let bundle = at;
            return Err(RejectedBundle { bundle, error }.into());
        }
        let runs = self.new_runs(range, &before_run)?;
        let new = |piece: &LogPiece| piece.last.saturating_sub(piece.first) + 1;
        let new: u64 = pieces.iter().map(new).sum();
        self.counted(at, index, |counts| counts.new += new);
        if let Some(state) = self.states.get_mut(at) {
            let pieces = pieces.into_iter().map(|piece| (index, piece));
            state.pieces.extend(pieces);
            state.runs.extend(&runs);
        }
        if whole {
            if let Some(tips) = self.tips.get_mut(&author) {
                tips.push((range.last, range.hash));
            }
            return Ok(());
        }
        self.withheld.entry(author).or_default().extend(runs);
        Ok(self.find_ends(&author)?)
    }

    /// The runs of a range that say something new of its log.
    fn new_runs(
        &self,
        range: &Range,
        before_run: &BTreeMap<u64, Hash>,
    ) -> Result<Vec<WithheldRun>, StoreError> {
        let author = range.author();
        let mut known = self.snapshot.withheld(&author)?;
        known.extend(self.withheld.get(&author).into_iter().flatten());
        let (mut new, mut before) = (Vec::new(), (range.first, range.previous));
        for run in &range.withheld {
            let previous = if run.first == before.0 {
                before.1
            } else {
                before_run.get(&run.first).copied().unwrap_or(Hash::ZERO)
            };
            let found = WithheldRun {
                author,
                first: run.first,
                previous,
                last: run.last(),
                hash: run.hash,
            };
            let shorter = |other: &WithheldRun| {
                (other.last, other.hash) == (found.last, found.hash) && other.first >= found.first
            };
            if !known.iter().any(shorter) && !self.holds(&author, found.last, &found.hash)? {
                new.push(found);
            }
            before = (found.last.saturating_add(1), found.hash);
        }
        Ok(new)
    }

    /// Finds the ends of a log with gaps from all that is known of it.
    fn find_ends(&mut self, author: &AuthorId) -> Result<(), StoreError> {
        let before = self.tips_of(author)?.len();
        let mut steps = Vec::new();
        for (bundle, state) in self.bundles.iter().zip(&self.states) {
            for (index, pieces) in pieces_by_range(&state.pieces) {
                let of_range = bundle.header().ranges.get(index);
                if of_range.is_none_or(|range| range.author() != *author) {
                    continue;
                }
                each_of_pieces(bundle, index, &pieces, &mut |recorded| {
                    steps.push(LogStep {
                        kind: StepKind::Entry,
                        first: recorded.seq,
                        previous: recorded.previous,
                        last: recorded.seq,
                        hash: recorded.hash,
                    });
                    Ok(())
                })?;
            }
        }
        let runs = self.withheld.get(author).into_iter().flatten();
        steps.extend(runs.map(WithheldRun::step));
        let log = exchange::known_log(self.snapshot, author, steps)?;
        let ends = log.ends();
        if let Some(fork) = log.fork()
            && ends.len() > before
        {
            self.copies.entry(*author).or_insert(fork);
        }
        self.tips.insert(*author, ends);
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

/// The pieces of a bundle that were taken, by their range.
pub(super) fn pieces_by_range(pieces: &[(usize, LogPiece)]) -> BTreeMap<usize, Vec<LogPiece>> {
    let mut by_range: BTreeMap<usize, Vec<LogPiece>> = BTreeMap::new();
    for (index, piece) in pieces {
        by_range.entry(*index).or_default().push(*piece);
    }
    by_range
}

/// Shows the entries of a range that stand in these pieces of it, which are in order.
pub(super) fn each_of_pieces(
    bundle: &VerifiedBundle,
    index: usize,
    pieces: &[LogPiece],
    look: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Some(first) = pieces.first() else {
        return Ok(());
    };
    let mut at = 0;
    bundle.each(index, first.first, &mut |recorded| {
        while pieces
            .get(at)
            .is_some_and(|piece| piece.last < recorded.seq)
        {
            at += 1;
        }
        match pieces.get(at) {
            Some(piece) if piece.first <= recorded.seq => look(recorded),
            _ => Ok(()),
        }
    })
}
