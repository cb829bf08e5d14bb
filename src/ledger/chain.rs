//! The hash chain of one author: each entry is bound to all before it.

use std::fmt;

/// A BLAKE3-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash before the first entry of an author.
    pub const ZERO: Self = Self([0; 32]);

    /// The first eight bytes, as entries cite each other.
    pub fn short(&self) -> [u8; 8] {
        let mut out = [0; 8];
        out.copy_from_slice(&self.0[..8]);
        out
    }

    /// The first 8 hex digits, as on paper and read over the phone.
    pub fn first_digits(&self) -> String {
        let mut digits = self.to_string();
        digits.truncate(8);
        digits
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// One epoch of one store: the first 16 bytes of BLAKE3 of its public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthorId(pub [u8; 16]);

impl AuthorId {
    /// The author of a public key.
    pub fn of_key(public: &[u8; 32]) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&blake3::hash(public).as_bytes()[..16]);
        Self(id)
    }
}

impl fmt::Display for AuthorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for AuthorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..3].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// How one entry cites another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryRef {
    /// The author of the cited entry.
    pub author: AuthorId,
    /// Its number in the author's log, from 1.
    pub seq: u64,
    /// The first bytes of its hash: two branches of a copied store have the same `seq`.
    pub h8: [u8; 8],
}

impl fmt::Display for EntryRef {
    /// Prints `author:seq:h8` in hex, as JSON and `--take` carry it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.author, self.seq)?;
        self.h8.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// The hash of entry `seq`: over the author, the number, the hash before it and its bytes
/// (`sync.md` 1).
pub fn link(author: &AuthorId, seq: u64, previous: &Hash, bytes: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"nhaplieu/entry/v1");
    hasher.update(&author.0);
    hasher.update(&seq.to_le_bytes());
    hasher.update(&previous.0);
    hasher.update(bytes);
    Hash(*hasher.finalize().as_bytes())
}

/// What an author signs to vouch for its log up to an entry, or for the first entry of the
/// author that follows it (`docs/bundle-format.md`).
pub fn checkpoint_words(author: &AuthorId, seq: u64, hash: &Hash) -> Vec<u8> {
    let mut words = b"nhaplieu-checkpoint-v1".to_vec();
    words.extend(author.0);
    words.extend(seq.to_le_bytes());
    words.extend(hash.0);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_changes_the_hash() {
        let (author, previous) = (AuthorId([1; 16]), Hash([2; 32]));
        let base = link(&author, 3, &previous, b"x");
        assert_ne!(base, link(&AuthorId([9; 16]), 3, &previous, b"x"));
        assert_ne!(base, link(&author, 4, &previous, b"x"));
        assert_ne!(base, link(&author, 3, &Hash::ZERO, b"x"));
        assert_ne!(base, link(&author, 3, &previous, b"y"));
    }
}
