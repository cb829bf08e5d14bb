//! Whether the store may go on writing under its present author.

use std::collections::BTreeMap;

use super::Merge;
use crate::store::StoreError;

impl Merge<'_, '_> {
    /// The authors of this store of whose logs another store has more, or something else, than is
    /// here once the bundles are taken, with how far it has them: this store was put back from an
    /// older image, or is a copy, and its witness went back with it. With each, who says so: nothing
    /// proves it, and nothing but a new author comes of it.
    pub(in crate::sync) fn find_behind(&mut self) -> Result<(), StoreError> {
        let mut behind = BTreeMap::new();
        for (bundle, progress) in self.bundles.iter().zip(&self.progress) {
            if !progress.believed {
                continue;
            }
            let by = bundle.header().signed_by();
            for (author, seq, hash) in &bundle.header().have {
                let possible = (1..u64::MAX).contains(seq);
                if possible && self.trust.is_own(author) && !self.known(author, *seq, hash)? {
                    let most = behind.entry(*author).or_insert((*seq, by));
                    *most = (*seq, by).max(*most);
                }
            }
        }
        self.behind = behind;
        Ok(())
    }

    /// True when the store must go on as another author before anything more is typed: its own log
    /// has come back longer than it is, another store has more of it, or a number that would be
    /// given next is one that all stores leave out. What is typed under such a number would show
    /// here and count nowhere.
    pub(in crate::sync) fn is_outlived(&self) -> Result<bool, StoreError> {
        let Some(writer) = self.seeds.writer else {
            return Ok(false);
        };
        let taken = |progress: &super::BundleState| {
            let mut pieces = progress.pieces.iter();
            pieces.any(|(_, piece)| piece.author == writer)
        };
        if self.behind.contains_key(&writer) || self.progress.iter().any(taken) {
            return Ok(true);
        }
        let end = self.tips_of(&writer)?.iter().map(|tip| tip.0).max();
        let end = end.unwrap_or(0);
        let left_out = self.trust.left_out().get(&writer);
        Ok(left_out.is_some_and(|ranges| ranges.iter().any(|(_, to)| *to > end)))
    }
}
