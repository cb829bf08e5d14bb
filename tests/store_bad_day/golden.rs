//! The golden store of schema 1: made once, kept in the project, readable for ever.

use std::fs;
use std::path::{Path, PathBuf};

use nhaplieu::ledger::{
    AuthorId, Body, CellId, Content, ContentHash, ContentPart, Origin, Role, Subject,
    entry::Frontier,
};
use nhaplieu::plan::{FieldId, RuleId, UnitId};
use nhaplieu::store::StoreReader;
use nhaplieu::store::{
    Action, Change, Direction, LogFilter, RedbStore, SCHEMA, Seen, Store, create, open,
};
use nhaplieu::sync::import;
use tempfile::tempdir;

use crate::world::{action, cell, edge, form, id, init, number, plan, set};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store-v1")
}

fn change(subject: Subject, body: Body, reason: &str) -> Change {
    Change {
        subject,
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    }
}

/// Commits one change of `who`, the `n`th action.
fn one(store: &mut RedbStore, who: &str, n: u64, change: Change) {
    store.commit(&action(who, n, vec![change])).unwrap();
}

/// The content hash a step of the workflow must state: what the refusal of a wrong one would say
/// is not told, so it is computed as the screens do.
fn content_of(store: &RedbStore, key: &nhaplieu::ledger::FormKey) -> ContentHash {
    let stored = store.form(key).unwrap();
    nhaplieu::ledger::content_hash::content_hash(&plan(), key, &stored.cells)
}

fn contents() -> Vec<(&'static str, Content)> {
    vec![
        ("so_00", number("105")),
        ("so_01", Content::NoneOccurred),
        ("so_02", Content::Unavailable),
        ("so_03", Content::NotApplicable),
        ("so_04", Content::Invalid("12a".to_owned())),
        ("ti_le", number("12.34")),
        (
            "loi",
            Content::Text("Các xã phối hợp tốt với phòng".to_owned()),
        ),
    ]
}

fn fill(store: &mut RedbStore) {
    for (n, (field, content)) in (1..).zip(contents()) {
        one(store, "lan", n, set(&cell("xa-a", "2023", field), content));
    }
    let at = cell("xa-a", "2023", "so_00");
    let note = Body::Note("theo sổ hộ tịch".to_owned());
    one(
        store,
        "lan",
        20,
        change(Subject::Note(at.clone()), note, ""),
    );
    let confirm = Body::Confirm {
        judged: "105".to_owned(),
        reason: "khac".to_owned(),
        words: "đã hỏi lại thôn".to_owned(),
    };
    let subject = Subject::Confirm(at, RuleId::new("trend"));
    one(store, "lan", 21, change(subject, confirm, ""));
    undo_and_redo(store);
    dispute_and_resolve(store);
    workflow(store);
    trust(store);
}

fn undo_and_redo(store: &mut RedbStore) {
    one(
        store,
        "lan",
        30,
        set(&cell("xa-a", "2023", "so_05"), number("7")),
    );
    for (n, direction) in [
        (31, Direction::Undo),
        (32, Direction::Redo),
        (33, Direction::Undo),
    ] {
        let plan = store.undo_plan(&id("lan"), direction).unwrap();
        let mut action = action("lan", n, plan.changes);
        action.origin = plan.origin;
        store.commit(&action).unwrap();
    }
    for (n, origin) in [
        (34, Origin::Set),
        (35, Origin::Copied),
        (36, Origin::Paste),
        (37, Origin::Table),
        (38, Origin::Import),
        (39, Origin::Demo),
    ] {
        let field = format!("so_{n}");
        let changes = vec![set(&cell("xa-a", "2023-6T", &field), number("3"))];
        let action = Action {
            origin,
            ..action("lan", n, changes)
        };
        store.commit(&action).unwrap();
    }
}

/// Two people who had not seen each other's figure, and the office that decides.
fn dispute_and_resolve(store: &mut RedbStore) {
    for (n, (who, figure)) in (40..).zip([("lan", "41"), ("phong", "42")]) {
        for field in ["so_06", "so_07"] {
            let mut one = set(&cell("xa-a", "2023", field), number(figure));
            one.seen = Seen::Heads(Vec::new());
            store
                .commit(&action(
                    who,
                    n * 10 + u64::from(field == "so_07"),
                    vec![one],
                ))
                .unwrap();
        }
    }
    let at = Subject::Cell(cell("xa-a", "2023", "so_06"));
    let resolve = change(at, Body::Resolve(number("42")), "theo biên bản");
    one(store, "phong", 430, resolve);
}

fn workflow(store: &mut RedbStore) {
    let key = form("xa-b", "2023");
    one(
        store,
        "hoa",
        500,
        set(&cell("xa-b", "2023", "so_00"), number("9")),
    );
    let content = content_of(store, &key);
    let submit = Body::Submit {
        content: content.clone(),
        blanks: 41,
        unconfirmed: 1,
        overridden: 2,
    };
    let at = Subject::Form(key.clone());
    one(store, "hoa", 501, change(at.clone(), submit, ""));
    one(
        store,
        "phong",
        502,
        change(at.clone(), Body::Return, "thiếu ô"),
    );
    let frontier = |store: &RedbStore| -> Frontier { import::frontier(store).unwrap() };
    let approve = Body::Approve {
        part: content.parts()[&ContentPart::Owner(UnitId::new("phong"))],
        frontier: frontier(store),
    };
    let approval = Subject::Approval(key, UnitId::new("phong"));
    one(store, "phong", 503, change(approval, approve, ""));
    let frontier = frontier(store);
    let lock = Body::Lock { content, frontier };
    one(store, "phong", 504, change(at.clone(), lock, ""));
    one(store, "phong", 505, change(at, Body::Reopen, "sửa lỗi in"));
}

fn trust(store: &mut RedbStore) {
    let author = Subject::Author(AuthorId([9; 16]));
    let enrol = Body::Enrol {
        units: vec![UnitId::new("xa-b")],
        roles: vec![Role::Clerk, Role::Owner],
        name: "Xã B".to_owned(),
    };
    one(store, "phong", 600, change(author.clone(), enrol, ""));
    one(
        store,
        "phong",
        601,
        change(author.clone(), Body::RejectRange { from: 3, to: 4 }, ""),
    );
    one(
        store,
        "phong",
        602,
        change(author, Body::Revoke { last_good: 2 }, ""),
    );
}

/// Writes the fixture. Only ever for a new schema:
/// `cargo test --test store_bad_day -- --ignored make_the_golden_store`.
#[test]
#[ignore = "writes the golden store of a new schema"]
fn make_the_golden_store() {
    let dir = tempdir().unwrap();
    let at = dir.path().join("kho");
    let mut store = create(&at, &init(), &edge()).unwrap();
    for (n, (who, role, units)) in (1_000..).zip([
        ("lan", Role::Clerk, vec!["xa-a"]),
        ("hoa", Role::Clerk, vec!["xa-b", "xa-cu"]),
        ("y-te", Role::Owner, vec!["phong"]),
    ]) {
        let body = Body::Actor {
            name: format!("{who} (thử)"),
            role,
            units: units.into_iter().map(UnitId::new).collect(),
            disabled: who == "y-te",
        };
        one(
            &mut store,
            "phong",
            n,
            change(Subject::Actor(id(who)), body, ""),
        );
    }
    fill(&mut store);
    let report = store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new());
    drop(store);
    let to = fixture();
    fs::create_dir_all(&to).unwrap();
    for name in ["data.redb", "key", "witness"] {
        fs::copy(at.join(name), to.join(name)).unwrap();
    }
}

/// A copy that may be opened: in the project nothing is ever written.
fn copied(dir: &Path) -> RedbStore {
    fs::create_dir_all(dir.join("sessions")).unwrap();
    for name in ["data.redb", "key", "witness"] {
        fs::copy(fixture().join(name), dir.join(name)).unwrap();
    }
    crate::world::private(dir);
    let mut store = open(dir, &edge()).unwrap();
    store.use_plan(plan()).unwrap();
    store
}

#[test]
fn the_golden_store_of_schema_1_says_what_it_said() {
    let dir = tempdir().unwrap();
    let store = copied(dir.path());
    let found = store.form(&form("xa-a", "2023")).unwrap();
    for (field, content) in contents() {
        assert_eq!(found.content(FieldId::new(field)), content, "{field}");
    }
    assert_eq!(found.content(FieldId::new("so_05")), Content::Blank);
    assert_eq!(found.content(FieldId::new("so_06")), number("42"));
    assert!(found.cells[&CellId::from(FieldId::new("so_07"))].in_conflict());
    assert_eq!(found.note(FieldId::new("so_00")), "theo sổ hộ tịch");
    assert_eq!(found.confirms.len(), 1);
    let other = store.form(&form("xa-b", "2023")).unwrap();
    assert!(matches!(
        other.workflow.shown().map(|head| &head.body),
        Some(Body::Reopen)
    ));
    assert_eq!(other.approvals.len(), 1);
    assert_eq!(store.form_keys().unwrap().len(), 3);
    assert_eq!(store.actors().unwrap().len(), 3);
    assert_eq!(store.plan_bytes().unwrap(), crate::world::PLAN_BYTES);
    let report = store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new());
}

#[test]
fn the_golden_store_holds_every_kind_of_entry_under_the_hashes_it_had() {
    let dir = tempdir().unwrap();
    let store = copied(dir.path());
    let log = store.log(&LogFilter::default()).unwrap();
    let mut kinds: Vec<_> = log
        .iter()
        .map(|line| line.recorded.entry.body.kind())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "actor",
            "approve",
            "confirm",
            "enrol",
            "epoch_start",
            "lock",
            "note",
            "plan_install",
            "reject_range",
            "reopen",
            "resolve",
            "return",
            "revoke",
            "set_value",
            "submit",
        ]
    );
    let mut origins: Vec<_> = log
        .iter()
        .map(|line| line.recorded.entry.origin.name())
        .collect();
    origins.sort_unstable();
    origins.dedup();
    assert_eq!(
        origins,
        [
            "copied", "demo", "import", "paste", "redo", "set", "table", "typed", "undo"
        ]
    );
    let last = log
        .iter()
        .find(|line| line.recorded.entry.body == Body::Revoke { last_good: 2 })
        .unwrap();
    assert_eq!(last.recorded.hash.to_string(), LAST_HASH);
}

/// The hash of the last entry of the golden store: the whole chain before it hangs on it.
const LAST_HASH: &str = "dcba42ece39a1b03e8a087a5e22539503651fb01930d10569350a9d3b8735527";

#[test]
fn the_golden_store_goes_on_being_written() {
    let dir = tempdir().unwrap();
    let mut store = copied(dir.path());
    assert_eq!(store.info().unwrap().schema, SCHEMA);
    one(
        &mut store,
        "lan",
        9_000,
        set(&cell("xa-a", "2023", "so_00"), number("106")),
    );
    drop(store);
    let store = open(dir.path(), &edge()).unwrap();
    let found = store.form(&form("xa-a", "2023")).unwrap();
    assert_eq!(found.content(FieldId::new("so_00")), number("106"));
    assert_eq!(store.verify().unwrap().differences, Vec::<String>::new());
}
