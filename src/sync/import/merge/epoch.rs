//! Whether the store must begin a new epoch: its log exists elsewhere further than here.

use std::collections::BTreeMap;

use super::Merge;
use crate::store::StoreError;

impl Merge<'_, '_> {
    /// Finds the authors of this store of whose logs another store has more, or other entries, than is
    /// here with what is taken: this store was restored from an older image or is a copy, and its witness
    /// was too. Notes how far the other has the log and who says so: with this store's own signature, or it
    /// counts for nothing.
    pub(in crate::sync) fn find_behind(&mut self) -> Result<(), StoreError> {
        let mut behind = BTreeMap::new();
        for (bundle, proved) in self.bundles.iter().zip(&self.proved) {
            let by = bundle.header().signed_by();
            for log in proved {
                let (author, seq) = (log.author, log.last);
                let possible = (1..u64::MAX).contains(&seq);
                if possible && self.trust.is_own(&author) && !self.known(&author, seq, &log.hash)? {
                    let most = behind.entry(author).or_insert((seq, by));
                    *most = (seq, by).max(*most);
                }
            }
        }
        self.behind = behind;
        Ok(())
    }

    /// Whether the store must begin a new epoch before anything more is entered: its own log has come
    /// back longer than it is here, another store has more of it, or a number that would be given next
    /// is one that all stores leave out. What is entered under such a number would show here and count
    /// nowhere.
    pub(in crate::sync) fn needs_new_epoch(&self) -> Result<bool, StoreError> {
        let Some(writer) = self.seeds.writer else {
            return Ok(false);
        };
        let taken = |state: &super::BundleState| {
            let mut pieces = state.pieces.iter();
            pieces.any(|(_, piece)| piece.author == writer)
        };
        if self.behind.contains_key(&writer) || self.states.iter().any(taken) {
            return Ok(true);
        }
        let end = self.tips_of(&writer)?.iter().map(|tip| tip.0).max();
        let end = end.unwrap_or(0);
        let left_out = self.trust.left_out().get(&writer);
        Ok(left_out.is_some_and(|ranges| ranges.iter().any(|(_, to)| *to > end)))
    }
}
