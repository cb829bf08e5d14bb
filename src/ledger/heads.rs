//! The state of a subject as a function of the set of its entries: those that no other entry of
//! the set replaces. Order of arrival, duplicates and clocks make no difference. `sync.md` 2.

use std::collections::{BTreeMap, BTreeSet};

use super::actor::ActorId;
use super::chain::EntryRef;
use super::content::Content;
use super::entry::{Body, Clock, Entry, FLAG_ON_BEHALF, Origin, Recorded};
use crate::base::Decimal;

/// A head: an entry that no other entry of its subject supersedes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The reference of the entry.
    pub entry: EntryRef,
    /// The content of the change.
    pub body: Body,
    /// Its place in the order of what people see.
    pub clock: Clock,
    /// When it was written by its writer's wall clock, which people are shown: milliseconds since
    /// 1970-01-01 UTC.
    pub wall: u64,
    /// The person who wrote it.
    pub actor: ActorId,
    /// How it came about.
    pub origin: Origin,
    /// Its flags.
    pub flags: u8,
    /// Its reason.
    pub note: String,
}

impl Head {
    /// Makes the head of an entry.
    pub fn of(reference: EntryRef, entry: &Entry) -> Self {
        Self {
            entry: reference,
            body: entry.body.clone(),
            clock: entry.clock,
            wall: entry.wall(),
            actor: entry.actor.clone(),
            origin: entry.origin,
            flags: entry.flags,
            note: entry.note.clone(),
        }
    }
}

/// The heads of one subject, the provisional one first; empty for a subject without entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    heads: Vec<Head>,
}

impl Heads {
    /// Makes heads from stored ones in any order.
    pub fn new(mut heads: Vec<Head>) -> Self {
        // The owning unit's own shows before what was entered on its behalf, then the latest by
        // (clock, author, seq). The flag is part of the entry, so every store orders alike.
        heads.sort_by_key(|head| {
            let on_behalf = head.flags & FLAG_ON_BEHALF != 0;
            (on_behalf, std::cmp::Reverse((head.clock, head.entry)))
        });
        heads.dedup_by(|a, b| a.entry == b.entry);
        Self { heads }
    }

    /// Computes the heads from all entries of one subject, in any order, with duplicates.
    pub fn of_entries<'a>(entries: impl Iterator<Item = &'a Recorded> + Clone) -> Self {
        let entries = entries.filter(|r| r.entry.body.is_known());
        let replaced: BTreeSet<EntryRef> = entries
            .clone()
            .flat_map(|r| r.entry.replaces.iter().copied())
            .collect();
        let heads = entries
            .filter(|r| !replaced.contains(&r.reference()))
            .map(|r| Head::of(r.reference(), &r.entry))
            .collect();
        Self::new(heads)
    }

    /// The heads after one more entry, which no known entry supersedes (a change made here and
    /// now).
    #[must_use]
    pub fn with(&self, reference: EntryRef, entry: &Entry) -> Self {
        let mut heads: Vec<Head> = self
            .heads
            .iter()
            .filter(|head| !entry.replaces.contains(&head.entry))
            .cloned()
            .collect();
        heads.push(Head::of(reference, entry));
        Self::new(heads)
    }

    /// The head shown: the only one, or the provisional one of a conflict.
    pub fn shown(&self) -> Option<&Head> {
        self.heads.first()
    }

    /// All heads, the shown one first.
    pub fn all(&self) -> &[Head] {
        &self.heads
    }

    /// The references of all heads: what a change made now replaces.
    pub fn references(&self) -> Vec<EntryRef> {
        self.heads.iter().map(|head| head.entry).collect()
    }

    /// The content of a cell: blank without entries, provisional in a conflict.
    pub fn content(&self) -> Content {
        self.shown()
            .and_then(|head| head.body.content())
            .cloned()
            .unwrap_or_default()
    }

    /// The figure of a cell for sums and comparisons: a value, or 0 where nothing occurred; `None`
    /// for every other state and in a conflict (`settled.md` 18, 34).
    pub fn figure(&self) -> Option<Decimal> {
        (!self.in_conflict()).then(|| self.content().figure())?
    }

    /// True when several heads say different things; equal heads are agreement.
    pub fn in_conflict(&self) -> bool {
        let mut bodies = self.heads.iter().map(|head| said(&head.body));
        let first = bodies.next();
        bodies.any(|other| Some(other) != first)
    }
}

/// The most heads that an import may leave a subject with (`settled.md` 29).
pub const MOST: usize = 64;

/// The heads of one subject while entries are merged into them, in any order: each entry and each
/// citation costs the same however many heads there are.
#[derive(Clone, Debug)]
pub enum MergingHeads {
    /// At most [`MOST`]: nearly every subject has one head, and an import has very many subjects.
    Few(Vec<Head>),
    /// More; all but [`MOST`] of them must be cited by what is still to come.
    Many(BTreeMap<EntryRef, Head>),
}

impl MergingHeads {
    /// Begins with what stands.
    pub fn of(heads: &Heads) -> Self {
        let mut merging = Self::Few(Vec::new());
        for head in heads.all() {
            merging.add(head.clone());
        }
        merging
    }

    /// Takes a head away because an entry cites it; `false` where it is none.
    pub fn remove(&mut self, cited: &EntryRef) -> bool {
        match self {
            Self::Few(heads) => match heads.iter().position(|head| head.entry == *cited) {
                Some(at) => {
                    heads.swap_remove(at);
                    true
                }
                None => false,
            },
            Self::Many(heads) => heads.remove(cited).is_some(),
        }
    }

    /// Adds a head; one that is there already changes nothing.
    pub fn add(&mut self, head: Head) {
        if let Self::Few(heads) = self
            && heads.len() >= MOST
        {
            let all = std::mem::take(heads).into_iter();
            *self = Self::Many(all.map(|head| (head.entry, head)).collect());
        }
        match self {
            Self::Few(heads) if heads.iter().any(|other| other.entry == head.entry) => {}
            Self::Few(heads) => {
                heads.reserve_exact(1);
                heads.push(head);
            }
            Self::Many(heads) => drop(heads.insert(head.entry, head)),
        }
    }
}

impl From<MergingHeads> for Heads {
    fn from(merging: MergingHeads) -> Self {
        match merging {
            MergingHeads::Few(heads) => Self::new(heads),
            MergingHeads::Many(heads) => Self::new(heads.into_values().collect()),
        }
    }
}

/// What two bodies are compared by: a resolved value agrees with a typed one.
fn said(body: &Body) -> (Option<&Content>, Option<&Body>) {
    match body.content() {
        Some(content) => (Some(content), None),
        None => (None, Some(body)),
    }
}
