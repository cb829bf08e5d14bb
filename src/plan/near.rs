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
    let wanted = key(wrong);
    let length = wanted.chars().count();
    let allowed = (length / 3).max(1);
    let candidates = candidates.into_iter().take(MAX_CANDIDATES);
    let mut found: Vec<(usize, Reverse<usize>, &str)> = candidates
        .filter_map(|candidate| {
            let have = key(candidate);
            if have.chars().count().abs_diff(length) > allowed {
                return None;
            }
            let pairs = wanted.chars().zip(have.chars());
            let same_start = pairs.take_while(|(a, b)| a == b).count();
            // A letter more, less or other, or two neighbours that changed places.
            let distance = strsim::osa_distance(&wanted, &have);
            (distance <= allowed).then_some((distance, Reverse(same_start), candidate))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, name)| name).collect()
}

/// How many letters of what was typed are other than in a name, or in the end of it ("ngoc thein"
/// and "Xã Ngọc Thiện": one); `None` where that is more than a slip, a letter in four.
pub fn slips(typed: &str, name: &str) -> Option<usize> {
    let (wanted, have) = (fold(typed), fold(name));
    let letters = wanted.chars().count();
    let ends = have.match_indices(' ').map(|(at, _)| at + 1).chain([0]);
    let ends = ends.filter_map(|at| have.get(at..));
    let fewest = ends.map(|end| strsim::osa_distance(&wanted, end)).min()?;
    (fewest <= letters / 4).then_some(fewest)
}

/// Names longer than this are compared by their beginning, so that no file costs much time.
const MAX_LENGTH: usize = 64;

/// No real plan has more names of a kind; a hostile file gets no suggestions beyond them.
const MAX_CANDIDATES: usize = 2_000;

/// What of a name is compared.
fn key(name: &str) -> String {
    let letters = fold(name).replace(' ', "");
    letters.chars().take(MAX_LENGTH).collect()
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
