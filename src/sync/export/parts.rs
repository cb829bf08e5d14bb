//! Several bundles where one cannot hold all: cut between ranges, in the order in which they connect.

use std::collections::BTreeSet;

use crate::ledger::AuthorId;
use crate::sync::bundle::header::Vouch;
use crate::sync::bundle::limits;
use crate::sync::bundle::range::{RANGE, RUN, Range};
use crate::sync::export::ranges::OutgoingRange;

/// Bytes of a vouch in a header.
const VOUCH: usize = 144;
/// Bytes of a header for vouches, of those that the rest of it leaves free.
const VOUCHES: usize = 96 << 10;
/// Bytes before compression that are safe to stay below the limit of a file.
const RAW: u64 = limits::FILE - (8 << 20);

/// Cuts ranges into bundles; there is always one. `free` bytes of a header are left.
pub(super) fn parts(pieces: &[OutgoingRange], free: usize) -> Vec<&[OutgoingRange]> {
    let room = free.saturating_sub(VOUCHES);
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut header, mut raw, mut entries) = (0_usize, 0_u64, 0_u64);
    for (at, piece) in pieces.iter().enumerate() {
        let bytes = RANGE + RUN * piece.withheld.len();
        let over = header + bytes > room
            || raw.saturating_add(piece.raw) > RAW
            || entries.saturating_add(piece.entries) > limits::ENTRIES;
        if over && at > begin {
            parts.extend(pieces.get(begin..at));
            (begin, header, raw, entries) = (at, 0, 0, 0);
        }
        header += bytes;
        raw = raw.saturating_add(piece.raw);
        entries = entries.saturating_add(piece.entries);
    }
    parts.extend(pieces.get(begin..));
    parts
}

/// The vouches that stand in a bundle: without its own the signer would be unknown, and so would be the
/// authors whose logs it carries; others where there is room.
pub(super) fn vouches(
    all: &[Vouch],
    ranges: &[Range],
    signer: &AuthorId,
    free: usize,
) -> Vec<Vouch> {
    let carried: BTreeSet<AuthorId> = ranges.iter().map(Range::author).collect();
    let bytes: usize = ranges
        .iter()
        .map(|range| RANGE + RUN * range.withheld.len())
        .sum();
    let most = free.saturating_sub(bytes) / VOUCH;
    let mut vouches: Vec<&Vouch> = all.iter().collect();
    let order = |vouch: &&Vouch| (vouch.author != *signer, !carried.contains(&vouch.author));
    vouches.sort_by_key(order);
    vouches.into_iter().take(most).cloned().collect()
}
