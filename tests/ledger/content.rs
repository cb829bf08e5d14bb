//! The content hash of a form and where a form stands by it.

use std::collections::BTreeMap;

use nhaplieu::base::Decimal;
use nhaplieu::ledger::content_hash::content_hash;
use nhaplieu::ledger::workflow::status;
use nhaplieu::ledger::{Body, CellId, Content, FormStatus, Hash, Head, Heads, Subject};
use nhaplieu::plan::FieldId;

use crate::support::{recorded, shipped};
use crate::{cell, form, value};

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
