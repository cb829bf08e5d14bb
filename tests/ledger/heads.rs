//! Heads: a function of the set of entries, whatever the order they come in.

use nhaplieu::ledger::{AuthorId, Body, Clock, Content, EntryRef, Heads, Recorded, Subject};
use proptest::prelude::*;

use crate::support::recorded;
use crate::{cell, value};

/// One entry to be: whose, when, what, and which of the earlier ones its writer had seen.
#[derive(Clone, Debug)]
struct Plot {
    author: u8,
    millis: u64,
    number: i64,
    resolves: bool,
    seen: Vec<prop::sample::Index>,
}

fn plot() -> impl Strategy<Value = Plot> {
    let seen = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    (0u8..3, 0u64..5, 0i64..3, any::<bool>(), seen).prop_map(
        |(author, millis, number, resolves, seen)| Plot {
            author,
            millis,
            number,
            resolves,
            seen,
        },
    )
}

/// Entries on one cell in the order in which they were made; clocks lie freely.
fn history() -> impl Strategy<Value = Vec<Recorded>> {
    prop::collection::vec(plot(), 0..12).prop_map(|plots| {
        let mut made: Vec<Recorded> = Vec::new();
        for plot in plots {
            let seq = 1 + made
                .iter()
                .filter(|r| r.author == AuthorId([plot.author; 16]))
                .count();
            let mut replaces: Vec<EntryRef> = Vec::new();
            if !made.is_empty() {
                replaces.extend(plot.seen.iter().map(|at| at.get(&made).reference()));
            }
            let body = if plot.resolves {
                Body::Resolve(value(plot.number))
            } else {
                Body::SetValue(value(plot.number))
            };
            let subject = Subject::Cell(cell("be_trai"));
            let seq = u64::try_from(seq).unwrap();
            made.push(recorded(
                plot.author,
                seq,
                subject,
                body,
                replaces,
                plot.millis,
            ));
        }
        made
    })
}

/// The definition, word by word: those that no other replaces, the latest first.
fn by_definition(entries: &[Recorded]) -> Vec<EntryRef> {
    let mut heads: Vec<(Clock, EntryRef)> = Vec::new();
    for one in entries {
        let mut replaced = false;
        for other in entries {
            replaced |= other.entry.replaces.contains(&one.reference());
        }
        let head = (one.entry.clock, one.reference());
        if !replaced && !heads.contains(&head) {
            heads.push(head);
        }
    }
    heads.sort();
    heads.reverse();
    heads.into_iter().map(|(_, reference)| reference).collect()
}

proptest! {
    #[test]
    fn heads_are_what_nothing_replaces(entries in history()) {
        let heads = Heads::of_entries(entries.iter());
        prop_assert_eq!(heads.references(), by_definition(&entries));
    }

    #[test]
    fn order_and_duplicates_make_no_difference(
        (entries, arrived) in history().prop_flat_map(|entries| {
            let twice: Vec<Recorded> = entries.iter().chain(&entries).cloned().collect();
            (Just(entries), Just(twice).prop_shuffle())
        }),
        cut in any::<prop::sample::Index>(),
    ) {
        let once = Heads::of_entries(entries.iter());
        prop_assert_eq!(&once, &Heads::of_entries(arrived.iter()));
        // Two stores that met in either order, or in parts, hold the same.
        let cut = if arrived.is_empty() { 0 } else { cut.index(arrived.len()) };
        let (ours, theirs) = arrived.split_at(cut);
        prop_assert_eq!(&once, &Heads::of_entries(theirs.iter().chain(ours)));
        prop_assert_eq!(&once, &Heads::of_entries(ours.iter().chain(theirs).chain(ours)));
    }

    #[test]
    fn one_more_entry_at_a_time_gives_the_same(entries in history()) {
        let mut heads = Heads::default();
        for (at, one) in entries.iter().enumerate() {
            heads = heads.with(one.reference(), &one.entry);
            let so_far = entries.iter().take(at + 1);
            prop_assert_eq!(&heads, &Heads::of_entries(so_far));
        }
    }

    #[test]
    fn a_change_that_saw_everything_ends_every_conflict(entries in history()) {
        let heads = Heads::of_entries(entries.iter());
        let body = Body::Resolve(value(9));
        let last = recorded(9, 1, Subject::Cell(cell("be_trai")), body, heads.references(), 0);
        let after = heads.with(last.reference(), &last.entry);
        prop_assert!(!after.in_conflict());
        prop_assert_eq!(after.content(), value(9));
        prop_assert_eq!(after.references(), vec![last.reference()]);
    }
}

#[test]
fn equal_values_agree_and_different_ones_are_a_conflict() {
    let say = |author, body| recorded(author, 1, Subject::Cell(cell("be_trai")), body, vec![], 1);
    let typed = say(1, Body::SetValue(value(5)));
    for (other, conflict) in [
        (say(2, Body::SetValue(value(5))), false),
        (say(2, Body::Resolve(value(5))), false),
        (say(2, Body::SetValue(value(6))), true),
        // "không phát sinh" and 0 are equal in sums and different as states
        (say(2, Body::SetValue(Content::NoneOccurred)), true),
    ] {
        let heads = Heads::of_entries([&typed, &other].into_iter());
        assert_eq!(heads.in_conflict(), conflict, "{:?}", other.entry.body);
        assert_eq!(heads.all().len(), 2);
    }
}
