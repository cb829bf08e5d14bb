//! One author's log as a store knows it: entries it holds, and runs of entries withheld from it, through
//! which it knows only that the log goes from one hash to another. What is derived here depends on the set
//! of these and not on the order in which they came.

use std::collections::BTreeMap;

use crate::ledger::{AuthorId, Hash};

/// The last entry of an author's log as far as somebody has it: its number and hash.
pub type Tip = (u64, Hash);

/// Consecutive numbers of a log whose entries a store does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The first.
    pub first: u64,
    /// How many.
    pub count: u32,
}

impl Missing {
    /// The last number.
    pub fn last(&self) -> u64 {
        self.first
            .saturating_add(u64::from(self.count))
            .saturating_sub(1)
    }
}

/// Whether the entries of a step are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    /// They are withheld.
    Withheld,
    /// It is one entry that is here.
    Entry,
}

/// A step of a log from one hash to another: an entry, or a run of entries that are withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogStep {
    /// Whether it is here.
    pub kind: StepKind,
    /// The first number.
    pub first: u64,
    /// The hash before the first.
    pub previous: Hash,
    /// The last number; of an entry the first again.
    pub last: u64,
    /// The hash of the last.
    pub hash: Hash,
}

impl LogStep {
    /// The number before it, and the hash there.
    fn before(&self) -> Tip {
        (self.first.saturating_sub(1), self.previous)
    }
}

/// A run of entries that a store knows of and was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WithheldRun {
    /// Whose log.
    pub author: AuthorId,
    /// The first number.
    pub first: u64,
    /// The hash before the first.
    pub previous: Hash,
    /// The last number.
    pub last: u64,
    /// The hash of the last.
    pub hash: Hash,
}

impl WithheldRun {
    /// The run as a step of its author's log.
    pub fn step(&self) -> LogStep {
        LogStep {
            kind: StepKind::Withheld,
            first: self.first,
            previous: self.previous,
            last: self.last,
            hash: self.hash,
        }
    }
}

/// A log as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct KnownLog {
    /// By where they lead to; of several that lead to one place the shortest.
    steps: BTreeMap<Tip, LogStep>,
    /// The first number that has two hashes.
    fork: Option<u64>,
}

impl KnownLog {
    /// The log of these steps, in any order.
    pub fn new(steps: impl IntoIterator<Item = LogStep>) -> Self {
        let mut log = Self::default();
        for step in steps {
            let place = log.steps.entry((step.last, step.hash)).or_insert(step);
            *place = (*place).max(step);
        }
        let mut before = None;
        for (number, _) in log.steps.keys() {
            if before == Some(*number) {
                log.fork = Some(*number);
                break;
            }
            before = Some(*number);
        }
        log
    }

    /// The first number with two hashes: a store was copied or put back.
    pub fn fork(&self) -> Option<u64> {
        self.fork
    }

    /// The ends of the log: one, or several where it has branches.
    pub fn ends(&self) -> Vec<Tip> {
        if self.fork.is_none() {
            return self.steps.keys().next_back().copied().into_iter().collect();
        }
        let mut ends = self.steps.clone();
        for step in self.steps.values() {
            ends.remove(&step.before());
        }
        ends.into_keys().collect()
    }

    /// The steps that lead to an end, from the earliest that is known. Without branches everything before
    /// it does, and a run is as short as what is known inside it allows.
    pub fn up_to(&self, end: &Tip) -> Vec<LogStep> {
        let mut steps: Vec<LogStep> = Vec::new();
        if self.fork.is_none() {
            for step in self.steps.range(..=*end).map(|(_, step)| *step) {
                let before = steps.last().map_or((0, Hash::ZERO), |s| (s.last, s.hash));
                steps.push(match step.kind {
                    StepKind::Entry => step,
                    StepKind::Withheld => LogStep {
                        first: before.0.saturating_add(1),
                        previous: before.1,
                        ..step
                    },
                });
            }
            return steps;
        }
        let mut at = *end;
        while let Some(step) = self.steps.get(&at) {
            steps.push(*step);
            at = step.before();
        }
        steps.reverse();
        steps
    }

    /// The numbers up to an end whose entries are not here.
    pub fn missing(&self, end: &Tip) -> Vec<Missing> {
        let mut missing: Vec<(u64, u64)> = Vec::new();
        let mut free = 1;
        for step in self.up_to(end) {
            let through = match step.kind {
                StepKind::Entry => step.last.saturating_sub(1),
                StepKind::Withheld => step.last,
            };
            match missing.last_mut() {
                Some(last) if free <= through && last.1.saturating_add(1) == free => {
                    last.1 = through;
                }
                _ if free <= through => missing.push((free, through)),
                _ => {}
            }
            free = step.last.saturating_add(1);
        }
        let piece = |(first, last): (u64, u64)| Missing {
            first,
            count: u32::try_from(last - first + 1).unwrap_or(u32::MAX),
        };
        missing.into_iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(of: u8) -> Hash {
        if of == 0 { Hash::ZERO } else { Hash([of; 32]) }
    }

    fn entry(number: u8) -> LogStep {
        step(StepKind::Entry, number, number)
    }

    fn run(first: u8, last: u8) -> LogStep {
        step(StepKind::Withheld, first, last)
    }

    fn step(kind: StepKind, first: u8, last: u8) -> LogStep {
        LogStep {
            kind,
            first: u64::from(first),
            previous: hash(first - 1),
            last: u64::from(last),
            hash: hash(last),
        }
    }

    fn gaps(log: &KnownLog) -> Vec<(u64, u64)> {
        let end = log.ends()[0];
        let missing = log.missing(&end);
        missing.iter().map(|m| (m.first, m.last())).collect()
    }

    #[test]
    fn holes_are_what_is_left_between_entries_whatever_came_first() {
        let runs = [run(2, 5), run(2, 8), run(6, 8), run(9, 12)];
        let log = KnownLog::new(runs.into_iter().chain([entry(1)]));
        assert_eq!(log.ends(), [(12, hash(12))]);
        assert_eq!(gaps(&log), [(2, 12)]);
        let filled = runs.into_iter().rev().chain([entry(6), entry(1), entry(7)]);
        let filled = KnownLog::new(filled);
        assert_eq!(filled.fork(), None);
        assert_eq!(gaps(&filled), [(2, 5), (8, 12)]);
        let steps = filled.up_to(&(12, hash(12)));
        let ends: Vec<(u64, u64)> = steps.iter().map(|s| (s.first, s.last)).collect();
        assert_eq!(ends, [(1, 1), (2, 5), (6, 6), (7, 7), (8, 8), (9, 12)]);
    }

    #[test]
    fn two_hashes_under_one_number_are_branches() {
        let mut other = entry(3);
        other.hash = hash(33);
        let log = KnownLog::new([entry(1), entry(2), entry(3), run(4, 6), other]);
        assert_eq!(log.fork(), Some(3));
        assert_eq!(log.ends(), [(3, hash(33)), (6, hash(6))]);
        let steps = log.up_to(&(3, hash(33)));
        assert_eq!(steps.len(), 3);
        assert_eq!(log.missing(&(3, hash(33))), []);
    }
}
