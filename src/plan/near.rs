//! The nearest known name to a mistyped one, for "did you mean".

use std::cmp::Reverse;

use crate::base::text::fold;

/// The candidate that was most probably meant; `None` when nothing is near enough.
pub(super) fn nearest<'c>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let mut near = near(wrong, candidates);
    (!near.is_empty()).then(|| near.swap_remove(0))
}

/// Candidates near to what was typed, the nearest first; a third of the letters may differ.
pub(super) fn near<'c>(wrong: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    let wanted: Vec<char> = key(wrong).chars().take(MAX_LENGTH).collect();
    let allowed = (wanted.len() / 3).max(1);
    let candidates = candidates.into_iter().take(MAX_CANDIDATES);
    let mut found: Vec<(usize, Reverse<usize>, &str)> = candidates
        .filter_map(|candidate| {
            let have: Vec<char> = key(candidate).chars().take(MAX_LENGTH).collect();
            if have.len().abs_diff(wanted.len()) > allowed {
                return None;
            }
            let same_start = wanted.iter().zip(&have).take_while(|(a, b)| a == b).count();
            let distance = distance(&wanted, &have);
            (distance <= allowed).then_some((distance, Reverse(same_start), candidate))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, name)| name).collect()
}

/// Names longer than this are compared by their beginning, so that no file costs much time.
const MAX_LENGTH: usize = 64;

/// No real plan has more names of a kind; a hostile file gets no suggestions beyond them.
const MAX_CANDIDATES: usize = 2_000;

fn key(name: &str) -> String {
    fold(name).replace(' ', "")
}

/// Edits (a letter more, less, other, or two neighbours changed places) between two names.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, to) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, j) + usize::from(from != to);
            let mut best = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        let names = ["be_trai", "be_gai", "dan_so_nam", "dan_so_nu", "tin_bai"];
        for (wrong, wanted) in [
            ("be_tria", Some("be_trai")),
            ("begai", Some("be_gai")),
            ("dan_so_n", Some("dan_so_nu")),
            ("Tin_bài", Some("tin_bai")),
            ("chuyen_muc", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, names), wanted, "{wrong}");
        }
        assert_eq!(near("dan_so_na", names), ["dan_so_nam", "dan_so_nu"]);
    }
}
