//! The content hash of a form and where a form stands by it.

use std::collections::{BTreeMap, BTreeSet};

use nhaplieu::base::Decimal;
use nhaplieu::ledger::approved::{ApprovedContent, Proof};
use nhaplieu::ledger::content_hash::{FormParts, content_hash};
use nhaplieu::ledger::workflow::status;
use nhaplieu::ledger::{
    Body, CellId, Content, ContentHash, ContentPart, Form, FormStatus, Hash, Head, Heads, Subject,
};
use nhaplieu::plan::{FieldId, Formula, Plan, UnitId};

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

/// The fields of the form in these tests: the first feeds a measure of CCTK, the next three feed
/// measures of P-YT, the second both, and the last none.
const FIELDS: [&str; 5] = ["gio_nu", "be_trai", "be_gai", "tu_vong_me", "gd_mo_ta"];

/// The shipped plan with only these fields, all in the form of a commune.
fn plan() -> Plan {
    let mut plan = shipped();
    plan.hash = [7; 32];
    let commune = plan.field(&FieldId::new("be_trai")).unwrap().clone();
    plan.fields
        .retain(|field| FIELDS.contains(&field.id.as_str()));
    for field in &mut plan.fields {
        field.collected_by = commune.collected_by.clone();
    }
    for measure in &mut plan.measures {
        if measure.id.as_str() == "3.1" {
            measure.formula = Formula::Sums {
                numerator: vec![FieldId::new("gio_nu")],
                denominator: vec![FieldId::new("be_trai")],
            };
        }
    }
    plan.reindex()
}

fn parts_of(contents: &[(&str, &[Content])]) -> ContentHash {
    content_hash(&plan(), &form(), &cells(contents))
}

fn hash_of(contents: &[(&str, &[Content])]) -> String {
    parts_of(contents).whole().to_string()
}

/// The bytes of a part, put together by hand.
struct ByHand(Vec<u8>);

impl ByHand {
    /// A part under its owner's id.
    fn part(owner: &str) -> Self {
        let mut bytes = b"nhaplieu/content/v1".to_vec();
        bytes.extend([7; 32]);
        Self(bytes).text("ngoc-thien").text("2023").text(owner)
    }

    fn text(mut self, text: &str) -> Self {
        let length = u32::try_from(text.len()).unwrap();
        self.0.extend(length.to_le_bytes());
        self.0.extend(text.as_bytes());
        self
    }

    fn content(mut self, state: u8, text: &str) -> Self {
        self.0.push(state);
        self.text(text)
    }

    fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.0).as_bytes()
    }
}

/// Frozen: submissions, approvals and printed reports cite it (`settled.md` 7 and 35).
#[test]
fn the_hash_of_a_content_is_frozen() {
    let text = |words: &str| Content::Text(words.to_owned());
    let found = parts_of(&[
        ("be_gai", &[value(57)]),
        ("be_trai", &[value(64), value(63)]),
        ("gd_mo_ta", &[text("Kế hoạch")]),
        ("gio_nu", &[Content::Value(Decimal::parse("16.1").unwrap())]),
        ("tu_vong_me", &[Content::NoneOccurred]),
    ]);
    let of_none = ByHand::part("").text("gd_mo_ta").content(2, "Kế hoạch");
    let boys = |part: ByHand| part.text("be_trai").content(1, "63").content(1, "64");
    let cctk = boys(ByHand::part("CCTK")).text("gio_nu").content(1, "1610");
    let health = boys(ByHand::part("P-YT").text("be_gai").content(1, "57"))
        .text("tu_vong_me")
        .content(3, "");
    let owner = |id: &str| ContentPart::Owner(UnitId::new(id));
    let expected = [
        (ContentPart::NoMeasure, of_none),
        (owner("CCTK"), cctk),
        (owner("P-YT"), health),
    ];
    let mut whole = b"nhaplieu/content-parts/v1".to_vec();
    for (part, bytes) in &expected {
        assert_eq!(found.parts()[part], Hash(bytes.hash()), "{part:?}");
        let id = part.owner_id();
        whole.extend(u32::try_from(id.len()).unwrap().to_le_bytes());
        whole.extend(id.as_bytes());
        whole.extend(bytes.hash());
    }
    assert_eq!(found.parts().len(), expected.len());
    assert_eq!(found.whole(), Hash(*blake3::hash(&whole).as_bytes()));
    assert_eq!(
        found.whole().to_string(),
        "37033ebd7f71bd8aa7c1a4373a22c6da5c639d2859cb17f72942fdaf5aafdc4d"
    );
}

/// A field changes the parts of the owners it feeds, and no other.
#[test]
fn a_field_changes_the_parts_that_it_stands_in() {
    let before = parts_of(&[]);
    let cases: [(&str, &[&str]); 5] = [
        ("gio_nu", &["CCTK"]),
        ("be_trai", &["CCTK", "P-YT"]),
        ("be_gai", &["P-YT"]),
        ("tu_vong_me", &["P-YT"]),
        ("gd_mo_ta", &[""]),
    ];
    for (field, expected) in cases {
        let after = parts_of(&[(field, &[Content::Unavailable])]);
        let parts = before.parts().iter();
        let changed: Vec<&str> = parts
            .filter(|(part, hash)| after.parts().get(*part) != Some(*hash))
            .map(|(part, _)| part.owner_id())
            .collect();
        assert_eq!(changed, expected, "{field}");
        assert_ne!(before.whole(), after.whole(), "{field}");
    }
}

/// A store that does not get a part compares the others.
#[test]
fn what_is_withheld_is_not_compared() {
    let owner = |id: &str| ContentPart::Owner(UnitId::new(id));
    let submitted = parts_of(&[("gio_nu", &[value(1)]), ("be_gai", &[value(2)])]);
    let submit = Body::Submit {
        content: submitted.clone(),
        blanks: 0,
        unconfirmed: 0,
        overridden: 0,
    };
    let step = recorded(1, 1, Subject::Form(form()), submit, vec![], 1);
    let mut seen = Form {
        workflow: Heads::default().with(step.reference(), &step.entry),
        withheld: [ContentPart::NoMeasure, owner("CCTK")].into(),
        ..Form::default()
    };
    let health = parts_of(&[("be_gai", &[value(2)])]);
    assert_eq!(seen.status(&health), FormStatus::Submitted);
    assert_eq!(
        seen.whole_hash(&health),
        Some(submitted.whole()),
        "as the submission states it"
    );
    let other = parts_of(&[("be_gai", &[value(3)])]);
    assert_eq!(seen.status(&other), FormStatus::ChangedAfterSubmit);
    assert_eq!(seen.whole_hash(&other), None, "nothing here can tell it");
    seen.withheld.clear();
    assert_eq!(seen.status(&health), FormStatus::ChangedAfterSubmit);
    assert_eq!(seen.whole_hash(&health), Some(health.whole()));

    let part = submitted.parts()[&owner("P-YT")];
    let approved = ApprovedContent::Part(owner("P-YT"), part);
    let locked = ApprovedContent::Whole(submitted.clone());
    let none = BTreeSet::new();
    let most: BTreeSet<ContentPart> = [ContentPart::NoMeasure, owner("CCTK")].into();
    let all: BTreeSet<ContentPart> = submitted.parts().keys().cloned().collect();
    let cases = [
        (&approved, &health, &none, Proof::Given),
        (&approved, &other, &none, Proof::Awaited),
        (&approved, &other, &most, Proof::Awaited),
        (&approved, &other, &all, Proof::Withheld),
        (&locked, &submitted, &none, Proof::Given),
        (&locked, &submitted, &most, Proof::Given),
        (&locked, &health, &none, Proof::Awaited),
        (&locked, &health, &most, Proof::Withheld),
        (&locked, &other, &most, Proof::Awaited),
    ];
    for (stated, content, withheld, proof) in cases {
        assert_eq!(stated.proof(content, withheld), proof, "{withheld:?}");
    }
}

/// Who gets which parts of whose form.
#[test]
fn the_parts_that_a_store_does_not_get() {
    let plan = plan();
    let parts = FormParts::of(&plan, &form());
    let withheld = |unit: &str| -> Vec<String> {
        let parts = parts.withheld_from(&UnitId::new(unit), &plan, &form());
        parts
            .iter()
            .map(|part| part.owner_id().to_owned())
            .collect()
    };
    for all in ["P-LDTBXH", "huyen-tan-yen", "ngoc-thien", "tinh"] {
        assert!(withheld(all).is_empty(), "{all}");
    }
    assert_eq!(withheld("P-YT"), ["", "CCTK"]);
    assert_eq!(withheld("CCTK"), ["", "P-YT"]);
    for none in ["lam-cot", "P-NV"] {
        assert_eq!(withheld(none), ["", "CCTK", "P-YT"], "{none}");
    }
    let merged = plan
        .changes
        .iter()
        .find(|change| change.from == form().unit)
        .unwrap();
    assert!(withheld(merged.to.as_str()).is_empty(), "its successor");
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
    let now = &parts_of(&[]);
    let before = &parts_of(&[("be_gai", &[value(1)])]);
    let submit = |content: &ContentHash| Body::Submit {
        content: content.clone(),
        blanks: 0,
        unconfirmed: 0,
        overridden: 0,
    };
    let lock = Body::Lock {
        content: before.clone(),
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
        assert_eq!(
            status(&workflow, now, &BTreeSet::new()),
            *expected,
            "{bodies:?}"
        );
        assert_eq!(expected.name(), *name);
    }
}
