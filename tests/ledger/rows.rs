//! Cells of repeating lists go the same way as figures: into the form, its findings, its content
//! hash, what came after an approval, and what is kept of an import.

use std::collections::BTreeMap;

use nhaplieu::check;
use nhaplieu::ledger::approved::{ApprovalLevel, Approved};
use nhaplieu::ledger::content_hash::content_hash;
use nhaplieu::ledger::{
    ActorId, AuthorId, Body, CellId, Clock, Content, ContentPart, Context, EntryRef, Form, Head,
    Heads, Origin, PastForms, Provisional, RowId, Subject,
};
use nhaplieu::plan::{FieldId, UnitId};
use nhaplieu::sync::import::details::Details;
use nhaplieu::sync::import::plan::{ConflictChange, Counts, FigureChange, Timing};

use crate::support::shipped;
use crate::{form as key, value as number};

fn row(field: &str, row: u8) -> CellId {
    CellId {
        field: FieldId::new(field),
        row: Some(RowId([row; 16])),
    }
}

fn heads(contents: &[Content]) -> Heads {
    let head = |(at, content): (u8, &Content)| Head {
        entry: EntryRef {
            author: AuthorId([at; 16]),
            seq: 1,
            h8: [at; 8],
        },
        body: Body::SetValue(content.clone()),
        clock: Clock::default(),
        wall: 0,
        actor: ActorId::fold("lan"),
        origin: Origin::Typed,
        flags: 0,
        note: String::new(),
    };
    Heads::new((0..).zip(contents).map(head).collect())
}

fn form(cells: &[(CellId, &[Content])]) -> Form {
    let cells = cells.iter();
    Form {
        cells: cells
            .map(|(cell, contents)| (cell.clone(), heads(contents)))
            .collect(),
        ..Form::default()
    }
}

fn hash(cells: &[(CellId, &[Content])]) -> String {
    let mut plan = shipped();
    plan.hash = [7; 32];
    let fields = ["be_trai", "be_gai"];
    plan.fields
        .retain(|field| fields.contains(&field.id.as_str()));
    let content = content_hash(&plan.reindex(), &key(), &form(cells).cells);
    let part = ContentPart::Owner(UnitId::new("P-YT"));
    content.parts()[&part].to_string()
}

/// Frozen, as the bytes of figures are.
#[test]
fn a_row_is_hashed_after_the_figure_of_its_field() {
    let cells: [(CellId, &[Content]); 4] = [
        (FieldId::new("be_gai").into(), &[number(57)]),
        (row("be_gai", 2), &[number(5)]),
        (row("be_gai", 1), &[number(4), number(3)]),
        (row("be_gai", 3), &[Content::Blank]),
    ];
    let mut by_hand = b"nhaplieu/content/v1".to_vec();
    by_hand.extend([7; 32]);
    for part in [
        b"\x0a\0\0\0ngoc-thien".as_slice(),
        b"\x04\0\0\x002023",
        b"\x04\0\0\0P-YT",
        b"\x06\0\0\0be_gai\x01\x02\0\0\x0057",
        b"\x06\0\0\0be_gai\xff\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01",
        b"\x01\x01\0\0\x003\x01\x01\0\0\x004",
        b"\x06\0\0\0be_gai\xff\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02",
        b"\x01\x01\0\0\x005",
        b"\x07\0\0\0be_trai\x00\0\0\0\0",
    ] {
        by_hand.extend(part);
    }
    assert_eq!(hash(&cells), blake3::hash(&by_hand).to_string());
}

#[test]
fn rows_never_hash_like_figures_or_other_rows() {
    let all: [&[(CellId, &[Content])]; 6] = [
        &[],
        &[(FieldId::new("be_gai").into(), &[number(5)])],
        &[(row("be_gai", 1), &[number(5)])],
        &[(row("be_gai", 2), &[number(5)])],
        &[(row("be_trai", 1), &[number(5)])],
        &[(row("be_gai", 1), &[number(5), Content::Blank])],
    ];
    let hashes: BTreeMap<String, usize> = all.iter().map(|cells| hash(cells)).zip(0..).collect();
    assert_eq!(hashes.len(), all.len());
    assert_eq!(hash(&[(row("be_gai", 1), &[Content::Blank])]), hash(&[]));
}

#[test]
fn what_a_row_holds_is_found_at_the_row() {
    let plan = shipped();
    let form = form(&[
        (row("be_gai", 1), &[Content::Invalid("5O".to_owned())]),
        (row("be_gai", 2), &[number(1), number(2)]),
        (row("be_gai", 3), &[number(1)]),
    ]);
    let past = PastForms::default();
    let ctx = Context {
        plan: &plan,
        unit: plan.unit(&key().unit).unwrap(),
        period: plan.period(&key().period).unwrap(),
        form: &form,
        past: &past,
    };
    let at = |finding: &check::Finding| (finding.rule.to_string(), finding.cell.clone());
    let found: Vec<_> = check::findings(&ctx).iter().map(at).collect();
    let expected = [
        ("invalid".to_owned(), row("be_gai", 1)),
        ("conflict".to_owned(), row("be_gai", 2)),
    ];
    assert_eq!(found, expected);
    let form = form.with([Provisional {
        subject: &Subject::Cell(key().cell(row("be_gai", 3))),
        body: &Body::SetValue(Content::Invalid("x1".to_owned())),
        origin: Origin::Typed,
        reason: "",
    }]);
    let ctx = Context { form: &form, ..ctx };
    let typed = check::findings_at(&ctx, &row("be_gai", 3));
    let typed: Vec<_> = typed.iter().map(at).collect();
    assert_eq!(typed, [("invalid".to_owned(), row("be_gai", 3))]);
}

#[test]
fn a_row_that_comes_after_an_approval_is_late() {
    let approved = Approved {
        approvals: Vec::new(),
        reach: ApprovalLevel::Locked,
        cells: [
            (FieldId::new("be_gai").into(), Content::Blank),
            (row("be_gai", 1), number(4)),
        ]
        .into(),
    };
    let now = form(&[
        (row("be_gai", 1), &[number(4)]),
        (row("be_gai", 2), &[number(5)]),
        (row("be_trai", 1), &[number(6)]),
    ]);
    let late = approved.late(&now.cells);
    let late: Vec<_> = late.into_iter().map(|l| (l.cell, l.old, l.new)).collect();
    assert_eq!(late, [(row("be_gai", 2), Content::Blank, number(5))]);
}

#[test]
fn the_report_of_an_import_names_the_row() {
    let change = |cell: CellId, timing| FigureChange {
        cell: key().cell(cell),
        old: Content::Blank,
        new: number(5),
        conflict: ConflictChange::Begins,
        timing,
    };
    let details = Details {
        counts: Counts::default(),
        changes: vec![
            change(row("be_gai", 1), Timing::Late),
            change(FieldId::new("be_gai").into(), Timing::InTime),
            change(row("be_gai", 2), Timing::InTime),
        ],
    };
    assert_eq!(Details::read(&details.bytes()), Ok(details));
}
