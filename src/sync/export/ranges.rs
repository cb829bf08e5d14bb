//! The ranges of one log that a bundle carries: the entries that concern the receiver and that it does not
//! have, and runs for the rest. Wherever the author has signed the log before a run, a range ends, so
//! that the author's own signature proves what it carries.

use std::collections::BTreeMap;

use crate::ledger::{AuthorId, Hash};
use crate::store::StoreError;
use crate::store::exchange::known_log::{KnownLog, LogStep, StepKind};
use crate::store::exchange::{Checkpoint, Missing, PeerLog, Snapshot, Tip, known_log, read_entry};
use crate::sync::bundle::range::Run;
use crate::sync::export::concern::Concern;

/// From so many bytes before compression on a range ends where it can.
const LONG: u64 = 16 << 20;
/// From so many runs on too.
const MANY: usize = 4_096;

/// A range of a log that a bundle would carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingRange {
    /// The author of the log.
    pub author: AuthorId,
    /// The first number.
    pub first: u64,
    /// The hash before the first.
    pub(super) previous: Hash,
    /// The last number and its hash.
    pub tip: Tip,
    /// The author's signature over the last; `None` for the writer's own log, signed when it is written.
    pub(super) checkpoint: Option<Checkpoint>,
    /// The runs that are not carried.
    pub(super) withheld: Vec<Run>,
    /// How many entries it carries.
    pub(super) entries: u64,
    /// Their bytes before compression, with their lengths.
    pub(super) raw: u64,
}

/// Who writes a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The district: what it says of a log it passes on is believed by those who compared its key.
    District,
    /// Anybody else, who sends nothing that the author's signatures do not prove.
    Other,
}

/// What is known of a log and signed of it.
pub(super) struct SignedLog {
    author: AuthorId,
    known: KnownLog,
    /// The bytes of each entry that concerns the receiver, with their length before them.
    wanted: BTreeMap<Tip, u64>,
    /// What the author has signed of it; `None` for the writer's own log, of which it can sign all.
    signed: Option<BTreeMap<Tip, Checkpoint>>,
}

impl SignedLog {
    /// Reads a log of which its author has signed `points`, and which of its entries concern the receiver.
    pub(super) fn read(
        snapshot: &dyn Snapshot,
        author: AuthorId,
        own: &AuthorId,
        points: &[Checkpoint],
        concern: &mut Concern<'_>,
    ) -> Result<Self, StoreError> {
        let known = known_log(snapshot, &author, Vec::new())?;
        let mut wanted = BTreeMap::new();
        snapshot.each_of_log(&author, 1, &mut |entry| {
            let read = read_entry(entry.bytes);
            let read = read.map_err(|_| StoreError::Damaged("entry".to_owned()))?;
            if concern.concerns(&read.subject) {
                let bytes = u64::try_from(entry.bytes.len()).unwrap_or(u64::MAX);
                wanted.insert((entry.seq, *entry.hash), bytes.saturating_add(4));
            }
            Ok(())
        })?;
        let signed = points
            .iter()
            .map(|point| ((point.seq, point.hash), point.clone()));
        Ok(Self {
            author,
            known,
            wanted,
            signed: (author != *own).then(|| signed.collect()),
        })
    }

    /// The steps of each branch up to the last place that its author has signed.
    pub(super) fn branches(&self) -> Vec<Vec<LogStep>> {
        let mut branches: Vec<Vec<LogStep>> = Vec::new();
        for end in self.known.ends() {
            let mut steps = self.known.up_to(&end);
            let signed = |step: &LogStep| self.is_signed(&place(step));
            let upto = steps.iter().rposition(signed).map_or(0, |at| at + 1);
            steps.truncate(upto);
            if steps.first().is_some_and(|step| step.first == 1) && !branches.contains(&steps) {
                branches.push(steps);
            }
        }
        branches
    }

    /// The numbers before the end of a branch of which no entry is here.
    pub(super) fn missing(&self, end: &Tip) -> Vec<Missing> {
        self.known.missing(end)
    }

    fn is_signed(&self, place: &Tip) -> bool {
        let signed = self.signed.as_ref();
        signed.is_none_or(|signed| signed.contains_key(place))
    }

    /// The author's signature over a place, where it has to be passed on.
    pub(super) fn checkpoint(&self, place: &Tip) -> Option<Checkpoint> {
        self.signed.as_ref()?.get(place).cloned()
    }

    /// The ranges of a branch for a receiver that has `has` of it.
    pub(super) fn ranges(
        &self,
        steps: &[LogStep],
        has: Option<&PeerLog>,
        sender: Sender,
    ) -> Vec<OutgoingRange> {
        let wanted: Vec<bool> = self.wanted_of(steps, has, sender);
        let moved = has.is_none_or(|has| steps.last().is_some_and(|end| end.last > has.last));
        // Others learn how far the district's own log goes: it is in a new epoch otherwise.
        let tells = sender == Sender::District && self.signed.is_none() && moved;
        let Some(first) = wanted.iter().position(|wanted| *wanted).or_else(|| {
            let end = steps.len().checked_sub(1);
            end.filter(|_| tells)
        }) else {
            return Vec::new();
        };
        let begin = begin(steps.get(..first).unwrap_or_default(), has);
        let mut ranges = RangeBuilder::from(self, steps, begin);
        for (at, step) in steps.iter().enumerate().skip(begin) {
            if wanted.get(at).copied().unwrap_or(false) {
                ranges.carry(step, self.wanted.get(&place(step)).copied().unwrap_or(0));
            } else {
                ranges.pass_over(
                    step,
                    has.is_some_and(|has| place(step) == (has.last, has.hash)),
                );
            }
        }
        ranges.end(tells)
    }

    /// Which steps are carried: entries that concern the receiver, that it is not known to have, and that
    /// it will believe.
    fn wanted_of(&self, steps: &[LogStep], has: Option<&PeerLog>, sender: Sender) -> Vec<bool> {
        let has_it = |number: u64| {
            has.is_some_and(|has| {
                let gap = has.missing.partition_point(|gap| gap.last() < number);
                let missing = has.missing.get(gap).is_some_and(|gap| gap.first <= number);
                number <= has.last && !missing
            })
        };
        let mut wanted: Vec<bool> = steps
            .iter()
            .map(|step| {
                step.kind == StepKind::Entry
                    && self.wanted.contains_key(&place(step))
                    && !has_it(step.last)
            })
            .collect();
        if sender == Sender::Other {
            // What stands behind the last signature before a run nobody would believe of this writer.
            let mut proved = false;
            for (step, wanted) in steps.iter().zip(&mut wanted).rev() {
                proved = *wanted && (proved || self.is_signed(&place(step)));
                *wanted = proved;
            }
        }
        wanted
    }
}

/// The first step of the ranges: the receiver knows that the log goes through the place before it.
fn begin(before: &[LogStep], has: Option<&PeerLog>) -> usize {
    let Some(has) = has else { return 0 };
    let knows = |step: &LogStep| {
        let missing = |gap: &Missing| (gap.first..=gap.last()).contains(&step.last);
        place(step) == (has.last, has.hash)
            || step.kind == StepKind::Entry
                && step.last < has.last
                && !has.missing.iter().any(missing)
    };
    before.iter().rposition(knows).map_or(0, |at| at + 1)
}

/// Where a step leads to.
pub(super) fn place(step: &LogStep) -> Tip {
    (step.last, step.hash)
}

/// Ranges being put together, step by step.
struct RangeBuilder<'a> {
    log: &'a SignedLog,
    done: Vec<OutgoingRange>,
    /// Where the open range begins, and what it has so far.
    open: OutgoingRange,
    /// The place reached.
    at: Tip,
    /// The first number of the run that is being passed over.
    run: Option<u64>,
}

impl<'a> RangeBuilder<'a> {
    fn from(log: &'a SignedLog, steps: &[LogStep], begin: usize) -> Self {
        let at = begin.checked_sub(1).and_then(|before| steps.get(before));
        let at = at.map_or((0, Hash::ZERO), place);
        Self {
            log,
            done: Vec::new(),
            open: opened(log.author, at),
            at,
            run: None,
        }
    }

    /// Carries an entry.
    fn carry(&mut self, step: &LogStep, bytes: u64) {
        self.end_run();
        self.at = place(step);
        self.open.entries += 1;
        self.open.raw = self.open.raw.saturating_add(bytes);
        if self.open.raw > LONG || self.open.withheld.len() > MANY {
            self.close_if_signed();
        }
    }

    /// Passes over a step; `known` where the receiver knows that the log goes through its end.
    fn pass_over(&mut self, step: &LogStep, known: bool) {
        if self.run.is_none() {
            if self.open.entries > 0 {
                self.close_if_signed();
            }
            self.run = Some(step.first);
        }
        self.at = place(step);
        if known {
            self.end_run();
        }
    }

    fn end_run(&mut self) {
        let Some(first) = self.run.take() else {
            return;
        };
        let count = self.at.0.saturating_sub(first).saturating_add(1);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.open.withheld.push(Run {
            first,
            count,
            hash: self.at.1,
        });
    }

    /// Ends the open range here, where its author has signed the log.
    fn close_if_signed(&mut self) {
        if self.log.is_signed(&self.at) {
            self.close();
        }
    }

    fn close(&mut self) {
        let next = opened(self.log.author, self.at);
        let mut range = std::mem::replace(&mut self.open, next);
        range.tip = self.at;
        range.checkpoint = self.log.checkpoint(&self.at);
        self.done.push(range);
    }

    /// The ranges. What is passed over at the end is left out, unless it must be told.
    fn end(mut self, tells: bool) -> Vec<OutgoingRange> {
        if self.open.entries > 0 || tells && self.run.is_some() {
            self.end_run();
            self.close();
        }
        self.done
    }
}

fn opened(author: AuthorId, after: Tip) -> OutgoingRange {
    OutgoingRange {
        author,
        first: after.0.saturating_add(1),
        previous: after.1,
        tip: after,
        checkpoint: None,
        withheld: Vec::new(),
        entries: 0,
        raw: 0,
    }
}
