//! What the writers of the bundles prove to have of each log.

use std::collections::BTreeMap;

use super::Merge;
use crate::ledger::chain::checkpoint_words;
use crate::ledger::{AuthorId, Body};
use crate::store::StoreError;
use crate::store::exchange::PeerLog;
use crate::sync::bundle::container;
use crate::sync::bundle::have::HaveLine;
use crate::sync::bundle::header::Header;

impl Merge<'_, '_> {
    /// Verifies what the signers of the bundles that are believed say they have: a line without the
    /// signature of the log's author counts for nothing. Lines that the store has kept of the same signer
    /// were verified when they came.
    pub(in crate::sync) fn prove_have(&mut self) -> Result<(), StoreError> {
        let mut keys: BTreeMap<AuthorId, [u8; 32]> = BTreeMap::new();
        for control in &self.controls {
            if let Body::EpochStart { public_key, .. } = control.entry.body {
                keys.insert(AuthorId::of_key(&public_key), public_key);
            }
        }
        let mut proved = Vec::new();
        for (bundle, state) in self.bundles.iter().zip(&self.states) {
            let header = bundle.header();
            if !state.believed {
                proved.push(Vec::new());
                continue;
            }
            let ranges = header.ranges.iter().map(|range| range.key);
            for key in ranges.chain([header.signer]) {
                keys.insert(AuthorId::of_key(&key), key);
            }
            let before = self.snapshot.peer(&header.signed_by())?;
            let before = before.map(|peer| peer.have).unwrap_or_default();
            let mut lines: Vec<PeerLog> = Vec::new();
            for line in &header.have.lines {
                let log = said(line);
                let key = keys.get(&line.author);
                if before.binary_search(&log).is_ok() || key.is_some_and(|key| signed(line, key)) {
                    lines.push(log);
                }
            }
            lines.sort_unstable();
            lines.dedup();
            proved.push(lines);
        }
        self.proved = proved;
        Ok(())
    }

    /// What the signer of a bundle has, as far as it is proved: what this bundle says, and what it said
    /// before of authors that this one says nothing of.
    pub(in crate::sync) fn has(
        &self,
        at: usize,
        header: &Header,
        before: &[PeerLog],
    ) -> Vec<PeerLog> {
        let now = self.proved.get(at).cloned().unwrap_or_default();
        let have = &header.have;
        let silent = |log: &&PeerLog| {
            let outside = log.author < have.from || have.to < log.author;
            outside && !have.lines.iter().any(|line| line.author == log.author)
        };
        let mut all: Vec<PeerLog> = before.iter().filter(silent).cloned().collect();
        all.extend(now);
        all.sort_unstable();
        all
    }
}

fn said(line: &HaveLine) -> PeerLog {
    PeerLog {
        author: line.author,
        last: line.last,
        hash: line.hash,
        missing: line.missing.clone(),
    }
}

fn signed(line: &HaveLine, key: &[u8; 32]) -> bool {
    let words = checkpoint_words(&line.author, line.last, &line.hash);
    container::verify(key, &words, &line.signature).is_ok()
}
