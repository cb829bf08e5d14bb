//! Bundles that no honest program writes: their entries say anything, and are chained, counted and
//! signed as they must be.

#![allow(dead_code, reason = "each test target uses its own part")]

use ed25519_dalek::{Signer, SigningKey};
use nhaplieu::ledger::chain::{checkpoint_words, link};
use nhaplieu::ledger::{AuthorId, Entry, EntryRef, Hash, Recorded};
use nhaplieu::store::exchange::entry_bytes;
use nhaplieu::sync::{Header, Range, VerifiedBundle};

use crate::seal;

/// One log of a bundle: its range and the bytes of its entries.
#[derive(Clone)]
struct Log {
    range: Range,
    entries: Vec<Vec<u8>>,
}

/// An author who goes on where a bundle of its own ends.
#[derive(Clone)]
pub(crate) struct Forger {
    pub(crate) header: Header,
    key: SigningKey,
    logs: Vec<Log>,
    own: usize,
    /// The last honest entry: what else an entry says where a test does not care.
    pub(crate) like: Entry,
}

impl Forger {
    /// The author of a bundle, with its key.
    pub(crate) fn of(bundle: &[u8], seed: &[u8]) -> Self {
        let key = SigningKey::from_bytes(seed.try_into().unwrap());
        let public = key.verifying_key().to_bytes();
        let read = VerifiedBundle::read(bundle.to_vec()).unwrap();
        let header = read.header().clone();
        let mut like = None;
        let mut logs = Vec::new();
        for (index, range) in header.ranges.iter().enumerate() {
            let mut entries = Vec::new();
            read.each(index, range.first, &mut |recorded| {
                if range.key == public {
                    like = Some(recorded.entry.clone());
                }
                entries.push(entry_bytes(&recorded.entry));
                Ok(())
            })
            .unwrap();
            let range = range.clone();
            logs.push(Log { range, entries });
        }
        let own = logs.iter().rposition(|log| log.range.key == public);
        Self {
            header,
            key,
            own: own.unwrap(),
            logs,
            like: like.unwrap(),
        }
    }

    /// The author.
    pub(crate) fn author(&self) -> AuthorId {
        self.logs[self.own].range.author()
    }

    /// The number of the last entry.
    pub(crate) fn last(&self) -> u64 {
        self.logs[self.own].range.last
    }

    /// Adds an entry to the log.
    pub(crate) fn says(&mut self, entry: Entry) -> Recorded {
        let log = &mut self.logs[self.own];
        let bytes = entry_bytes(&entry);
        let (author, seq, previous) = (log.range.author(), log.range.last + 1, log.range.hash);
        let hash = link(&author, seq, &previous, &bytes);
        log.entries.push(bytes);
        (log.range.last, log.range.hash) = (seq, hash);
        Recorded {
            author,
            seq,
            previous,
            hash,
            entry,
        }
    }

    /// Adds an entry that says this and is otherwise as the last honest one, citing nothing.
    pub(crate) fn adds(&mut self, change: impl FnOnce(&mut Entry)) -> EntryRef {
        let mut entry = self.like.clone();
        entry.replaces.clear();
        change(&mut entry);
        self.says(entry).reference()
    }

    /// Carries the log of another author too.
    pub(crate) fn relays(&mut self, other: &Self) {
        let mut log = other.logs[other.own].clone();
        other.sign(&mut log.range);
        self.logs.push(log);
    }

    /// Begins the log anew after its first `keep` entries.
    pub(crate) fn back_to(&self, keep: u64) -> Self {
        let mut back = self.clone();
        let log = &mut back.logs[self.own];
        let author = log.range.author();
        log.entries.truncate(usize::try_from(keep).unwrap());
        (log.range.last, log.range.hash) = (keep, Hash::ZERO);
        for (seq, bytes) in (1..).zip(&log.entries) {
            log.range.hash = link(&author, seq, &log.range.hash, bytes);
        }
        back
    }

    /// Carries its own log from number `first` on only.
    pub(crate) fn from(&self, first: u64) -> Self {
        let mut later = self.clone();
        let log = &mut later.logs[self.own];
        let author = log.range.author();
        for seq in log.range.first..first {
            let bytes = log.entries.remove(0);
            log.range.previous = link(&author, seq, &log.range.previous, &bytes);
        }
        log.range.first = first;
        later
    }

    fn sign(&self, range: &mut Range) {
        let words = checkpoint_words(&range.author(), range.last, &range.hash);
        range.signature = self.key.sign(&words).to_bytes();
    }

    /// The bundle of all its logs.
    pub(crate) fn bundle(&self) -> Vec<u8> {
        let mut logs = self.logs.clone();
        self.sign(&mut logs[self.own].range);
        let mut raws: Vec<Vec<u8>> = vec![Vec::new()];
        for bytes in logs.iter().flat_map(|log| &log.entries) {
            if raws.last().unwrap().len() + bytes.len() + 4 > 256 << 10 {
                raws.push(Vec::new());
            }
            let raw = raws.last_mut().unwrap();
            raw.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            raw.extend(bytes);
        }
        let mut header = self.header.clone();
        header.raw = raws.iter().map(|raw| raw.len() as u64).sum();
        let entries: usize = logs.iter().map(|log| log.entries.len()).sum();
        header.entries = u32::try_from(entries).unwrap();
        header.ranges = logs.into_iter().map(|log| log.range).collect();
        let sign = |words: &[u8]| self.key.sign(words).to_bytes();
        seal::sealed(&header.bytes(), &raws, sign)
    }

    /// The same, read through.
    pub(crate) fn read(&self) -> VerifiedBundle {
        VerifiedBundle::read(self.bundle()).unwrap()
    }
}
