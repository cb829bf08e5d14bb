//! A range of a bundle: a piece of one author's log, with the runs of it that are not carried. Byte by
//! byte in `docs/bundle-format.md`.

use crate::base::bytes::{BadBytes, Reader};
use crate::ledger::{AuthorId, Hash};
use crate::sync::bundle::list::{list, put_count};

/// A piece of an author's log. Its entries stand in the chunks, but for the runs withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The author's key.
    pub key: [u8; 32],
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
    /// The hash before the first.
    pub previous: Hash,
    /// The hash of the last.
    pub hash: Hash,
    /// The author's signature over author, last number and its hash.
    pub signature: [u8; 64],
    /// The runs of entries that are not carried, in order.
    pub withheld: Vec<Run>,
}

/// Bytes of a range without runs in a header.
pub const RANGE: usize = 180;
/// Bytes of a run.
pub const RUN: usize = 44;

/// Entries of a range that a bundle does not carry: they do not concern its receiver, or it has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first number.
    pub first: u64,
    /// How many entries.
    pub count: u32,
    /// The hash of the last of them, from which the chain goes on.
    pub hash: Hash,
}

impl Run {
    /// The last number.
    pub fn last(&self) -> u64 {
        self.first
            .saturating_add(u64::from(self.count))
            .saturating_sub(1)
    }
}

impl Range {
    /// The author of the entries.
    pub fn author(&self) -> AuthorId {
        AuthorId::of_key(&self.key)
    }

    /// The number of entries that are carried.
    pub fn count(&self) -> u64 {
        let all = self.last.saturating_sub(self.first).saturating_add(1);
        let without = |run: &Run| u64::from(run.count);
        all.saturating_sub(self.withheld.iter().map(without).sum())
    }

    /// The run that begins with that number.
    pub fn run_at(&self, seq: u64) -> Option<&Run> {
        let at = self.withheld.binary_search_by_key(&seq, |run| run.first);
        at.ok().and_then(|at| self.withheld.get(at))
    }

    /// Whether nothing but the bundle's signer vouches for a part of it: entries before a run. What
    /// follows the last run is proved by the author's signature, and so is the hash it goes on from.
    pub fn rests_on_signer(&self) -> bool {
        let mut at = self.first;
        for run in &self.withheld {
            if run.first != at {
                return true;
            }
            at = run.last().saturating_add(1);
        }
        false
    }

    /// Whether numbers and hashes can be those of a piece of a log.
    pub(super) fn is_possible(&self) -> bool {
        let begins = self.first == 1;
        if self.first == 0
            || self.last < self.first
            || self.last == u64::MAX
            || begins != (self.previous == Hash::ZERO)
        {
            return false;
        }
        let mut free = self.first;
        for run in &self.withheld {
            let last = run.first.checked_add(u64::from(run.count));
            let Some(next) = last.filter(|next| *next <= self.last + 1) else {
                return false;
            };
            let ends = next == self.last + 1;
            if run.count == 0
                || run.first < free
                || run.hash == Hash::ZERO
                || ends && run.hash != self.hash
            {
                return false;
            }
            free = next;
        }
        true
    }

    /// Writes it as it stands in a header.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.key);
        out.extend(self.first.to_le_bytes());
        out.extend(self.last.to_le_bytes());
        out.extend(self.previous.0);
        out.extend(self.hash.0);
        out.extend(self.signature);
        put_count(out, self.withheld.len());
        for run in &self.withheld {
            out.extend(run.first.to_le_bytes());
            out.extend(run.count.to_le_bytes());
            out.extend(run.hash.0);
        }
    }

    /// Reads it.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, BadBytes> {
        Ok(Self {
            key: reader.array("range")?,
            first: reader.u64("range")?,
            last: reader.u64("range")?,
            previous: Hash(reader.array("range")?),
            hash: Hash(reader.array("range")?),
            signature: reader.array("range")?,
            withheld: list(reader, "withheld", |reader| {
                Ok(Run {
                    first: reader.u64("withheld")?,
                    count: reader.u32("withheld")?,
                    hash: Hash(reader.array("withheld")?),
                })
            })?,
        })
    }
}
