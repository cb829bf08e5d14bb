//! Everything stored reads back, and the bytes of version 1 stay what they are.

use super::*;
use crate::base::Decimal;
use crate::ledger::{
    ActorId, CellKey, Content, ContentHash, ContentPart, EntryRef, Origin, Role, RowId,
};
use crate::plan::{FieldId, PeriodId, RuleId, UnitId};
use crate::store::format::codec::ContentV1;

fn entry(subject: Subject, body: Body) -> Entry {
    Entry {
        flags: 3,
        clock: Clock {
            millis: 1_700_000_000_000,
            counter: 7,
        },
        lag: 300,
        actor: ActorId::parse("lan").unwrap(),
        plan: PlanRef {
            version: 3,
            h8: [1, 2, 3, 4, 5, 6, 7, 8],
        },
        subject,
        body,
        replaces: vec![EntryRef {
            author: AuthorId([9; 16]),
            seq: 300,
            h8: [7; 8],
        }],
        note: "theo sổ của trạm".to_owned(),
        action: ActionId([5; 16]),
        origin: Origin::UndoOf(ActionId([6; 16])),
    }
}

fn cell(row: Option<RowId>) -> CellKey {
    let (unit, period) = (UnitId::new("xa-a"), PeriodId::new("2023"));
    let mut cell = CellKey::new(&unit, &period, &FieldId::new("so_01"));
    cell.id.row = row;
    cell
}

fn parts() -> ContentHash {
    let owner = |id: &str| ContentPart::Owner(UnitId::new(id));
    let parts = [
        (ContentPart::NoMeasure, Hash([4; 32])),
        (owner("ban"), Hash([5; 32])),
        (owner("phong"), Hash([6; 32])),
    ];
    ContentHash::stated(parts.into()).unwrap()
}

/// One entry of every kind and every content.
fn every_kind() -> Vec<Entry> {
    let (cell, form) = (cell(Some(RowId([3; 16]))), cell(None).form);
    let hash = Hash([4; 32]);
    let frontier = || vec![(AuthorId([1; 16]), 12, hash)];
    let units = || vec![UnitId::new("xa-a"), UnitId::new("xa-b")];
    let value = |text: &str| Content::Value(Decimal::parse(text).unwrap());
    let contents = [
        Content::Blank,
        value("105"),
        value("0"),
        value("12.345"),
        Content::Text("Hội LHPN xã".to_owned()),
        Content::NoneOccurred,
        Content::Unavailable,
        Content::NotApplicable,
        Content::Invalid("1,2,3".to_owned()),
    ];
    let mut all: Vec<Entry> = contents
        .into_iter()
        .flat_map(|content| {
            [Body::SetValue(content.clone()), Body::Resolve(content)]
                .map(|body| entry(Subject::Cell(cell.clone()), body))
        })
        .collect();
    let on_form = |body| entry(Subject::Form(form.clone()), body);
    let on_author = |body| entry(Subject::Author(AuthorId([2; 16])), body);
    all.extend([
        entry(
            Subject::Note(cell.clone()),
            Body::Note("ghi chú".to_owned()),
        ),
        entry(
            Subject::Confirm(cell.clone(), RuleId::new("slipped")),
            Body::Confirm {
                judged: "105 1050".to_owned(),
                reason: "tang-that".to_owned(),
                words: "đã hỏi trạm".to_owned(),
            },
        ),
        on_form(Body::Submit {
            content: parts(),
            blanks: 1,
            unconfirmed: 2,
            overridden: 3,
        }),
        on_form(Body::Return),
        entry(
            Subject::Approval(form.clone(), UnitId::new("phong")),
            Body::Approve {
                part: hash,
                frontier: frontier(),
            },
        ),
        on_form(Body::Lock {
            content: parts(),
            frontier: frontier(),
        }),
        on_form(Body::Reopen),
        on_author(Body::Enrol {
            units: units(),
            roles: vec![Role::Clerk, Role::Owner, Role::Coordinator, Role::Viewer],
            name: "Xã A".to_owned(),
        }),
        on_author(Body::Revoke { last_good: 9 }),
        entry(
            Subject::Plan,
            Body::PlanInstall {
                id: "thu".to_owned(),
                version: 3,
                hash,
            },
        ),
        on_author(Body::EpochStart {
            public_key: [8; 32],
            continues: Some(AuthorId([1; 16])),
        }),
        entry(
            Subject::Actor(ActorId::parse("lan").unwrap()),
            Body::Actor {
                name: "Nguyễn Thị Lan".to_owned(),
                role: Role::Clerk,
                units: units(),
                disabled: true,
            },
        ),
        on_author(Body::RejectRange { from: 3, to: 5 }),
        on_form(Body::Unknown {
            kind: 200,
            bytes: vec![0, 255, 1],
        }),
    ]);
    all
}

#[test]
fn every_kind_of_entry_reads_back_and_encodes_the_same_again() {
    for entry in every_kind() {
        let bytes = entry_bytes(&entry);
        let read = entry_from(&bytes).unwrap();
        assert_eq!(read, entry);
        assert_eq!(entry_bytes(&read), bytes);
        for cut in 0..bytes.len() {
            assert!(entry_from(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn the_bytes_of_version_1_are_frozen() {
    let hasher =
        every_kind()
            .iter()
            .map(entry_bytes)
            .fold(blake3::Hasher::new(), |mut hasher, bytes| {
                hasher.update(&bytes);
                hasher
            });
    let frozen = "4e43b1bff853d1ab33e4bfbeb324e1cb7d1c833151b8a93b4777c960fdff29c9";
    assert_eq!(hasher.finalize().to_hex().as_str(), frozen);
}

#[test]
fn views_read_back() {
    for entry in every_kind() {
        let at = EntryRef {
            author: AuthorId([1; 16]),
            seq: 2,
            h8: [3; 8],
        };
        let mut heads = vec![Head::of(at, &entry)];
        heads.push(Head::of(EntryRef { seq: 4, ..at }, &entry));
        let heads = Heads::new(heads);
        assert_eq!(view_from(&view_bytes(&heads)), Ok(heads));
    }
}

#[test]
fn a_view_of_more_and_larger_heads_than_any_import_may_leave_reads_back() {
    let mut note = entry(Subject::Note(cell(None)), Body::Note("ộ".repeat(4_000)));
    note.note = "ộ".repeat(4_000);
    let head = |seq| {
        let (author, h8) = (AuthorId([1; 16]), [3; 8]);
        Head::of(EntryRef { author, seq, h8 }, &note)
    };
    let heads = Heads::new((1..=300).map(head).collect());
    let bytes = view_bytes(&heads);
    assert!(bytes.len() > 4 << 20);
    assert_eq!(view_from(&bytes), Ok(heads));
    assert!(view_from(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn hostile_text_does_not_get_in() {
    for hostile in ["a\u{1b}[31m", "a\u{202e}b", "a\u{200b}", "a\nb"] {
        let note = entry(Subject::Note(cell(None)), Body::Note(hostile.to_owned()));
        assert!(matches!(
            entry_from(&entry_bytes(&note)),
            Err(CodecError::Hostile(1))
        ));
        let mut reason = entry(Subject::Note(cell(None)), Body::Note(String::new()));
        reason.note = hostile.to_owned();
        assert!(entry_from(&entry_bytes(&reason)).is_err());
    }
}

/// Other lists would say the same content by other bytes, or none of the fields of no measure.
#[test]
fn the_parts_of_a_content_have_one_order() {
    let (none, ban, phong) = (String::new(), "ban".to_owned(), "phong".to_owned());
    let lists = [
        vec![],
        vec![&ban],
        vec![&ban, &none],
        vec![&none, &phong, &ban],
        vec![&none, &ban, &ban],
        vec![&none, &none],
    ];
    for list in lists {
        let parts = list.iter().map(|owner| ((*owner).clone(), [4; 32]));
        let submit = encode(&SubmitV1 {
            parts: parts.clone().collect(),
            blanks: 0,
            unconfirmed: 0,
            overridden: 0,
        });
        let lock = encode(&LockV1 {
            parts: parts.collect(),
            frontier: Vec::new(),
        });
        let bad = Err(CodecError::Meaning("parts of the content"));
        assert_eq!(body_from(5, &submit), bad, "{list:?}");
        assert_eq!(body_from(8, &lock), bad, "{list:?}");
    }
}

#[test]
fn a_wall_clock_is_not_before_the_beginning_of_time() {
    let mut early = entry(Subject::Note(cell(None)), Body::Note(String::new()));
    early.lag = early.clock.millis;
    assert_eq!(entry_from(&entry_bytes(&early)).map(|e| e.wall()), Ok(0));
    early.lag += 1;
    let refused = entry_from(&entry_bytes(&early));
    assert_eq!(refused, Err(CodecError::Meaning("clock")));
}

#[test]
fn a_figure_has_one_spelling() {
    let padded = encode(&ValueV1 {
        content: ContentV1::Value {
            mantissa: 1050,
            scale: 1,
        },
    });
    assert_eq!(body_from(1, &padded), Err(CodecError::Meaning("figure")));
}
