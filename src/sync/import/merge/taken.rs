//! The entries taken by a merge: 8 bytes of the hash of each, by author and number.

use std::collections::BTreeMap;

use crate::ledger::{AuthorId, EntryRef, Recorded};

/// The entries taken. An author has several runs where several bundles continue its log, or branches of it.
#[derive(Default)]
pub(in crate::sync) struct TakenEntries(BTreeMap<AuthorId, Vec<HashRun>>);

/// The hashes of entries with consecutive numbers.
struct HashRun {
    first: u64,
    hashes: Vec<[u8; 8]>,
}

impl HashRun {
    fn next(&self) -> u64 {
        let length = u64::try_from(self.hashes.len()).unwrap_or(u64::MAX);
        self.first.saturating_add(length)
    }

    fn has(&self, entry: &EntryRef) -> bool {
        let at = entry.seq.checked_sub(self.first);
        let at = at.and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.hashes.get(at)) == Some(&entry.h8)
    }
}

impl TakenEntries {
    /// Begins a run of entries that are about to come.
    pub(in crate::sync) fn begin_run(&mut self, author: AuthorId, first: u64, last: u64) {
        let count = last.saturating_sub(first).saturating_add(1);
        let hashes = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
        self.0
            .entry(author)
            .or_default()
            .push(HashRun { first, hashes });
    }

    /// Notes an entry; those of one run come in order.
    pub(in crate::sync) fn note(&mut self, recorded: &Recorded) {
        let pieces = self.0.entry(recorded.author).or_default();
        if pieces.last().is_none_or(|last| last.next() != recorded.seq) {
            let (first, hashes) = (recorded.seq, Vec::new());
            pieces.push(HashRun { first, hashes });
        }
        if let Some(piece) = pieces.last_mut() {
            piece.hashes.push(recorded.hash.short());
        }
    }

    /// Whether an entry was taken.
    pub(in crate::sync) fn has(&self, entry: &EntryRef) -> bool {
        let pieces = self.0.get(&entry.author).into_iter().flatten();
        pieces.into_iter().any(|piece| piece.has(entry))
    }
}
