//! The room `ledger`: a cell's state is a function of the set of its entries, whatever the order
//! they come in; keys and hashes that files and chains rest on do not change.

#![cfg(test)]

mod support;

use std::collections::BTreeMap;

use nhaplieu::base::Decimal;
use nhaplieu::ledger::content_hash::content_hash;
use nhaplieu::ledger::subject::SubjectKind;
use nhaplieu::ledger::workflow::status;
use nhaplieu::ledger::{
    ActorId, AuthorId, Body, CellId, CellKey, Clock, Content, EntryRef, FormKey, FormStatus, Hash,
    Head, Heads, Recorded, RowId, Subject, chain,
};
use nhaplieu::plan::{FieldId, PeriodId, RuleId, UnitId};
use proptest::prelude::*;
use support::{recorded, shipped};

fn form() -> FormKey {
    FormKey {
        unit: UnitId::new("ngoc-thien"),
        period: PeriodId::new("2023"),
    }
}

fn cell(field: &str) -> CellKey {
    CellKey::new(&form().unit, &form().period, &FieldId::new(field))
}

fn value(number: i64) -> Content {
    Content::Value(Decimal::whole(number))
}

// --- heads ---------------------------------------------------------------------------------

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

// --- keys, chain, clock --------------------------------------------------------------------

fn subject() -> impl Strategy<Value = Subject> {
    let id = "[a-z0-9_.-]{0,12}|[\\PC]{0,8}";
    let row = prop::option::of(any::<[u8; 16]>());
    (id, id, id, id, row, 0u8..8, any::<[u8; 16]>()).prop_map(
        |(unit, period, field, other, row, kind, author)| {
            let form = FormKey {
                unit: UnitId::new(&unit),
                period: PeriodId::new(&period),
            };
            let cell = form.cell(CellId {
                field: FieldId::new(&field),
                row: row.map(RowId),
            });
            match kind {
                0 => Subject::Cell(cell),
                1 => Subject::Note(cell),
                2 => Subject::Confirm(cell, RuleId::new(&other)),
                3 => Subject::Form(form),
                4 => Subject::Approval(form, UnitId::new(&other)),
                5 => Subject::Actor(ActorId::fold(&other)),
                6 => Subject::Author(AuthorId(author)),
                _ => Subject::Plan,
            }
        },
    )
}

proptest! {
    #[test]
    fn keys_read_back_and_tell_subjects_apart(one in subject(), other in subject()) {
        prop_assert_eq!(Subject::from_key(&one.key()), Ok(one.clone()));
        prop_assert_eq!(one.key() == other.key(), one == other);
        // No key begins another, or a range of one subject would catch a second.
        prop_assert!(one == other || !other.key().starts_with(&one.key()));
        if let Subject::Cell(cell) = &one {
            prop_assert!(one.key().starts_with(&Subject::form_prefix(SubjectKind::Cell, &cell.form)));
        }
    }

    #[test]
    fn any_bytes_are_a_key_of_ours_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(subject) = Subject::from_key(&bytes) {
            prop_assert_eq!(subject.key(), bytes);
        }
    }

    #[test]
    fn a_clock_never_goes_back(
        walls in prop::collection::vec(prop_oneof![0u64..10, Just(u64::MAX)], 1..50),
        millis in 0u64..10,
        counter in prop_oneof![Just(0u16), Just(u16::MAX - 1)],
    ) {
        let mut clock = Clock { millis, counter };
        for wall in walls {
            let next = clock.tick(wall);
            let at_the_end = clock.millis == u64::MAX && clock.counter == u16::MAX;
            prop_assert!(next > clock || at_the_end);
            prop_assert!(next.millis >= wall);
            clock = next;
        }
    }
}

/// Frozen: chains written by any released version must hash the same for ever.
#[test]
fn the_hash_of_an_entry_is_frozen() {
    let author = AuthorId([1; 16]);
    let mut by_hand = b"nhaplieu/entry/v1".to_vec();
    by_hand.extend([1; 16]);
    by_hand.extend(3u64.to_le_bytes());
    by_hand.extend([2; 32]);
    by_hand.extend(b"bytes");
    let link = chain::link(&author, 3, &Hash([2; 32]), b"bytes");
    assert_eq!(link.to_string(), blake3::hash(&by_hand).to_string());
    assert_eq!(
        link.to_string(),
        "dc481c4bc3a14bb04e24a79d78f4606ace2871af76ee69b767472558539df8c5"
    );
}

// --- content hash --------------------------------------------------------------------------

fn cells(contents: &[(&str, &[Content])]) -> BTreeMap<CellId, Heads> {
    let heads = |field: &str, contents: &[Content]| {
        let one = |(at, content): (usize, &Content)| {
            let author = u8::try_from(at).unwrap();
            let body = Body::SetValue(content.clone());
            let entry = recorded(author, 1, Subject::Cell(cell(field)), body, vec![], 1);
            Head::of(entry.reference(), &entry.entry)
        };
        Heads::new(contents.iter().enumerate().map(one).collect())
    };
    contents
        .iter()
        .map(|(field, contents)| (FieldId::new(field).into(), heads(field, contents)))
        .collect()
}

const FIELDS: [&str; 6] = [
    "gio_nu",
    "be_trai",
    "be_gai",
    "gd_mo_ta",
    "tu_vong_me",
    "hdnd_ld",
];

fn hash_of(contents: &[(&str, &[Content])]) -> String {
    let mut plan = shipped();
    plan.hash = [7; 32];
    let ids = FIELDS.map(FieldId::new);
    let ids: Vec<&FieldId> = ids.iter().collect();
    content_hash(&plan, &form(), &ids, &cells(contents)).to_string()
}

/// Frozen: submissions and printed reports cite it (`settled.md` 7).
#[test]
fn the_hash_of_a_content_is_frozen() {
    let text = |words: &str| Content::Text(words.to_owned());
    let hash = hash_of(&[
        ("be_gai", &[value(57)]),
        ("be_trai", &[value(64), value(63)]),
        ("gd_mo_ta", &[text("Kế hoạch")]),
        ("gio_nu", &[Content::Value(Decimal::parse("16.1").unwrap())]),
        ("tu_vong_me", &[Content::NoneOccurred]),
    ]);
    let mut by_hand = b"nhaplieu/content/v1".to_vec();
    by_hand.extend([7; 32]);
    let mut part = |bytes: &[u8], state: Option<u8>| {
        by_hand.extend(state);
        by_hand.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        by_hand.extend(bytes);
    };
    part(b"ngoc-thien", None);
    part(b"2023", None);
    part(b"be_gai", None);
    part(b"57", Some(1));
    part(b"be_trai", None);
    part(b"63", Some(1));
    part(b"64", Some(1));
    part(b"gd_mo_ta", None);
    part("Kế hoạch".as_bytes(), Some(2));
    part(b"gio_nu", None);
    part(b"1610", Some(1));
    part(b"hdnd_ld", None);
    part(b"", Some(0));
    part(b"tu_vong_me", None);
    part(b"", Some(3));
    assert_eq!(hash, blake3::hash(&by_hand).to_string());
    assert_eq!(
        hash,
        "7d02930f89274acf17ee7fc67ff1d90609bff8a3e3d1e1a04e136c2fea38558b"
    );
}

#[test]
fn every_difference_of_content_shows_in_the_hash() {
    let states: Vec<Vec<Content>> = vec![
        vec![Content::Blank],
        vec![value(0)],
        vec![value(10)],
        vec![Content::NoneOccurred],
        vec![Content::Unavailable],
        vec![Content::NotApplicable],
        vec![Content::Invalid("10".to_owned())],
        vec![value(10), value(0)],
        vec![value(10), Content::Blank],
    ];
    let hashes: Vec<String> = states.iter().map(|s| hash_of(&[("be_trai", s)])).collect();
    for (at, hash) in hashes.iter().enumerate() {
        assert_eq!(
            hashes.iter().position(|other| other == hash),
            Some(at),
            "{:?}",
            states[at]
        );
    }
    // but not who was first, nor whether two agreed
    assert_eq!(
        hash_of(&[("be_trai", &[value(10), value(0)])]),
        hash_of(&[("be_trai", &[value(0), value(10)])])
    );
    assert_eq!(
        hash_of(&[("be_trai", &[value(10), value(10)])]),
        hash_of(&[("be_trai", &[value(10)])])
    );
}

// --- workflow ------------------------------------------------------------------------------

#[test]
fn the_status_of_a_form() {
    let (now, before) = (Hash([1; 32]), Hash([2; 32]));
    let submit = |content| Body::Submit {
        content,
        blanks: 0,
        unconfirmed: 0,
        overridden: 0,
    };
    let lock = Body::Lock {
        content: before,
        frontier: vec![],
    };
    let steps: &[(&[Body], FormStatus, &str)] = &[
        (&[], FormStatus::Draft, "draft"),
        (&[submit(now)], FormStatus::Submitted, "submitted"),
        (
            &[submit(before)],
            FormStatus::ChangedAfterSubmit,
            "changed_after_submit",
        ),
        (
            &[submit(now), Body::Return],
            FormStatus::Returned,
            "returned",
        ),
        (
            &[submit(before), Body::Return, submit(now)],
            FormStatus::Submitted,
            "submitted",
        ),
        (&[submit(now), lock.clone()], FormStatus::Locked, "locked"),
        (
            &[submit(now), lock, Body::Reopen],
            FormStatus::Draft,
            "draft",
        ),
    ];
    for (bodies, expected, name) in steps {
        let mut workflow = Heads::default();
        for (at, body) in bodies.iter().enumerate() {
            let seq = u64::try_from(at).unwrap() + 1;
            let seen = workflow.references();
            let step = recorded(1, seq, Subject::Form(form()), body.clone(), seen, seq);
            workflow = workflow.with(step.reference(), &step.entry);
        }
        assert_eq!(status(&workflow, &now), *expected, "{bodies:?}");
        assert_eq!(expected.name(), *name);
    }
}
