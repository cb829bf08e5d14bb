//! The content hash of a form as entries state it, in parts (`settled.md` 35; frozen): one for each
//! owner whose measures the form feeds and one for the fields of no measure. Submissions and locks
//! cite all parts, an owner's approval cites its own; so it stands when another owner's field
//! changes, and a store that does not get the other fields can still prove it.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Hash;
use crate::plan::UnitId;

/// A part of a form's content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentPart {
    /// The fields that feed no measure. It stands first, under an empty owner id.
    NoMeasure,
    /// The fields that feed the measures of this owner. A field that feeds measures of two owners
    /// stands in both their parts.
    Owner(UnitId),
}

impl ContentPart {
    /// The owner id by which parts are ordered and hashed; empty for [`Self::NoMeasure`].
    pub fn owner_id(&self) -> &str {
        match self {
            Self::NoMeasure => "",
            Self::Owner(owner) => owner.as_str(),
        }
    }

    /// The part with this owner id.
    pub fn of_owner_id(id: &str) -> Self {
        if id.is_empty() {
            Self::NoMeasure
        } else {
            Self::Owner(UnitId::new(id))
        }
    }
}

/// The hashes of all parts of a form's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentHash(BTreeMap<ContentPart, Hash>);

impl ContentHash {
    /// The hashes of the parts of a form.
    pub(super) fn new(parts: BTreeMap<ContentPart, Hash>) -> Self {
        Self(parts)
    }

    /// The hashes as an entry states them; `None` unless there is one for the fields of no
    /// measure.
    pub fn stated(parts: BTreeMap<ContentPart, Hash>) -> Option<Self> {
        parts
            .contains_key(&ContentPart::NoMeasure)
            .then_some(Self(parts))
    }

    /// The parts with their hashes, in order of owner id.
    pub fn parts(&self) -> &BTreeMap<ContentPart, Hash> {
        &self.0
    }

    /// The hash of the whole: of all parts in order of owner id. JSON carries its 64 hex digits,
    /// paper the first 8.
    pub fn whole(&self) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"nhaplieu/content-parts/v1");
        for (part, hash) in &self.0 {
            prefixed(&mut hasher, part.owner_id().as_bytes());
            hasher.update(&hash.0);
        }
        Hash(*hasher.finalize().as_bytes())
    }

    /// True when both say the same of every part but the `withheld` ones, which cannot be compared
    /// in a store that does not get their fields.
    pub fn agrees(&self, other: &Self, withheld: &BTreeSet<ContentPart>) -> bool {
        let all = self.0.keys().chain(other.0.keys());
        all.filter(|part| !withheld.contains(*part))
            .all(|part| self.0.get(part) == other.0.get(part))
    }
}

/// Hashes bytes behind their length (u32, little-endian).
pub(super) fn prefixed(hasher: &mut blake3::Hasher, part: &[u8]) {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    hasher.update(&length.to_le_bytes());
    hasher.update(part);
}
