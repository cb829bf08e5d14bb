//! The store as the rooms above use it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod world;

use nhaplieu::ledger::{Body, Content, Origin, RowId, Subject};
use nhaplieu::plan::FieldId;
use nhaplieu::store::StoreReader;
use nhaplieu::store::{
    Action, Change, Direction, LogFilter, Seen, Store, StoreError, create, open,
};
use tempfile::tempdir;
use world::{action, cell, edge, form, id, init, number, peopled, plan, reopened, set, types};

fn content(store: &impl Store, field: &str) -> Content {
    let form = store.form(&form("xa-a", "2023")).unwrap();
    form.content(FieldId::new(field))
}

fn undo(store: &mut impl Store, n: u64, direction: Direction) -> Result<(), StoreError> {
    let plan = store.undo_plan(&id("lan"), direction)?;
    let mut action = action("lan", n, plan.changes);
    action.origin = plan.origin;
    store.commit(&action).map(|_| ())
}

#[test]
fn a_new_store_begins_with_its_epoch_its_plan_and_its_first_person() {
    let dir = tempdir().unwrap();
    let store = create(&dir.path().join("kho"), &init(), &edge()).unwrap();
    let info = store.info().unwrap();
    assert_eq!((info.plan_id.as_str(), info.plan_version), ("thu", 3));
    assert_eq!((info.schema, info.seq, info.counter), (1, 3, 0));
    assert_eq!(store.plan_bytes().unwrap(), world::PLAN_BYTES);
    assert_eq!(store.actors().unwrap(), vec![init().actor]);
    let kinds: Vec<_> = store
        .log(&LogFilter::default())
        .unwrap()
        .into_iter()
        .map(|line| line.recorded.entry.body.kind())
        .collect();
    assert_eq!(kinds, ["actor", "plan_install", "epoch_start"]);
    assert_eq!(store.unsent().unwrap(), (0, None));
}

/// One entry under a clock that was years ahead orders what follows it, and dates nothing but itself.
#[test]
fn each_entry_shows_the_wall_clock_it_was_written_by() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    let first = types(1, "so_01", "1").wall;
    let ahead = first + 12 * 365 * 86_400_000;
    let walls = [first, ahead, first + 1_000, first + 2_000];
    for (at, wall) in walls.iter().enumerate() {
        let at = u64::try_from(at).unwrap();
        let typed = types(at, &format!("so_0{at}"), "1");
        let action = Action {
            wall: *wall,
            ..typed
        };
        store.commit(&action).unwrap();
        assert_eq!(store.info().unwrap().last_written, Some(*wall));
    }
    let filter = LogFilter {
        limit: Some(4),
        ..LogFilter::default()
    };
    for store in [store.log(&filter), reopened(dir.path()).log(&filter)] {
        let log = store.unwrap();
        let shown: Vec<u64> = log.iter().rev().map(|l| l.recorded.entry.wall()).collect();
        assert_eq!(shown, walls, "in the order in which they were written");
        let clocks = log.iter().rev().map(|l| l.recorded.entry.clock);
        assert!(clocks.is_sorted());
    }
    let form = store.form(&form("xa-a", "2023")).unwrap();
    let head = form.cells[&FieldId::new("so_03").into()].shown().unwrap();
    assert_eq!(head.wall, walls[3]);
    assert_eq!(store.unsent().unwrap(), (4, Some(first)));
    assert_eq!(store.verify().unwrap().differences, Vec::<String>::new());
}

#[test]
fn what_was_typed_is_there_after_opening_again() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    let before = store.counter().unwrap();
    let committed = store.commit(&types(1, "so_01", "105")).unwrap();
    assert_eq!(committed.counter, before + 1);
    assert_eq!(store.counter().unwrap(), committed.counter);
    assert_eq!(store.unsent().unwrap().0, 1);
    drop(store);

    let store = reopened(dir.path());
    assert_eq!(content(&store, "so_01"), number("105"));
    assert_eq!(content(&store, "so_02"), Content::Blank);
    assert_eq!(store.form_keys().unwrap(), vec![form("xa-a", "2023")]);
    assert_eq!(store.counter().unwrap(), committed.counter);
    let log = store
        .log(&LogFilter {
            limit: Some(1),
            ..LogFilter::default()
        })
        .unwrap();
    assert_eq!(log[0].recorded, committed.entries[0]);
    assert_eq!(log[0].before, vec![]);
}

#[test]
fn a_cells_history_shows_what_each_entry_changed() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    for (n, figure) in [(1, "105"), (2, "106"), (3, "107")] {
        store.commit(&types(n, "so_01", figure)).unwrap();
        store.commit(&types(n + 10, "so_02", figure)).unwrap();
    }
    let filter = LogFilter {
        unit: Some(form("xa-a", "2023").unit),
        period: Some(form("xa-a", "2023").period),
        field: Some(FieldId::new("so_01")),
        limit: None,
    };
    let told: Vec<_> = store
        .log(&filter)
        .unwrap()
        .into_iter()
        .map(|line| (line.recorded.entry.body, line.before))
        .collect();
    let value = |figure: &str| Body::SetValue(number(figure));
    assert_eq!(
        told,
        vec![
            (value("107"), vec![value("106")]),
            (value("106"), vec![value("105")]),
            (value("105"), vec![]),
        ]
    );
    let unit_only = LogFilter {
        field: None,
        period: None,
        ..filter
    };
    assert_eq!(store.log(&unit_only).unwrap().len(), 6);
}

#[test]
fn undo_and_redo_walk_through_restarts() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    for (n, figure) in [(1, "1"), (2, "2"), (3, "3")] {
        store.commit(&types(n, "so_01", figure)).unwrap();
    }
    undo(&mut store, 4, Direction::Undo).unwrap();
    assert_eq!(content(&store, "so_01"), number("2"));
    drop(store);
    let mut store = reopened(dir.path());
    undo(&mut store, 5, Direction::Undo).unwrap();
    undo(&mut store, 6, Direction::Undo).unwrap();
    assert_eq!(content(&store, "so_01"), Content::Blank);
    assert!(matches!(
        undo(&mut store, 7, Direction::Undo),
        Err(StoreError::NothingToUndo)
    ));
    undo(&mut store, 8, Direction::Redo).unwrap();
    assert_eq!(content(&store, "so_01"), number("1"));
    undo(&mut store, 9, Direction::Redo).unwrap();
    undo(&mut store, 10, Direction::Undo).unwrap();
    undo(&mut store, 11, Direction::Redo).unwrap();
    undo(&mut store, 12, Direction::Redo).unwrap();
    assert_eq!(content(&store, "so_01"), number("3"));
    undo(&mut store, 13, Direction::Undo).unwrap();
    assert_eq!(content(&store, "so_01"), number("2"));
    store.commit(&types(14, "so_02", "9")).unwrap();
    assert!(matches!(
        undo(&mut store, 15, Direction::Redo),
        Err(StoreError::NothingToUndo)
    ));
    undo(&mut store, 16, Direction::Undo).unwrap();
    assert_eq!(content(&store, "so_02"), Content::Blank);
    undo(&mut store, 17, Direction::Undo).unwrap();
    assert_eq!(content(&store, "so_01"), number("1"));
    let line = &store
        .log(&LogFilter {
            limit: Some(1),
            ..LogFilter::default()
        })
        .unwrap()[0];
    assert!(matches!(line.recorded.entry.origin, Origin::UndoOf(_)));
}

#[test]
fn undo_refuses_what_another_replaced() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    store.commit(&types(1, "so_01", "1")).unwrap();
    let on_behalf = set(&cell("xa-a", "2023", "so_01"), number("2"));
    store.commit(&action("phong", 2, vec![on_behalf])).unwrap();
    match store.undo_plan(&id("lan"), Direction::Undo) {
        Err(StoreError::Changed { by }) => assert_eq!(by, "phong"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_row_of_a_field_that_is_no_list_is_not_written() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    let mut row = cell("xa-a", "2023", "so_01");
    row.id.row = Some(RowId([1; 16]));
    let refused = store.commit(&action("lan", 1, vec![set(&row, number("5"))]));
    assert!(matches!(refused, Err(StoreError::Refused(_))));
}

#[test]
fn one_undo_takes_back_a_whole_action() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    let paste = ["so_01", "so_02", "so_03"]
        .map(|field| set(&cell("xa-a", "2023", field), number("5")))
        .to_vec();
    store.commit(&action("lan", 1, paste)).unwrap();
    let note = Change {
        subject: Subject::Note(cell("xa-a", "2023", "so_01")),
        body: Body::Note("theo sổ".to_owned()),
        reason: String::new(),
        seen: Seen::Current,
    };
    store.commit(&action("lan", 2, vec![note])).unwrap();
    undo(&mut store, 3, Direction::Undo).unwrap();
    let form_key = form("xa-a", "2023");
    assert_eq!(
        store.form(&form_key).unwrap().note(FieldId::new("so_01")),
        ""
    );
    undo(&mut store, 4, Direction::Undo).unwrap();
    for field in ["so_01", "so_02", "so_03"] {
        assert_eq!(content(&store, field), Content::Blank);
    }
}

#[test]
fn an_action_is_written_whole_or_not_at_all() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    let seq = store.info().unwrap().seq;
    let good = set(&cell("xa-a", "2023", "so_01"), number("5"));
    let bad = set(&cell("xa-a", "2023", "so_02"), number("5.5"));
    let half: Action = action("lan", 1, vec![good.clone(), bad]);
    let whole = action("lan", 2, vec![good]);
    let outcomes = store.commit_all(&[half, whole]).unwrap();
    assert!(matches!(outcomes[0], Err(StoreError::Refused(_))));
    assert!(outcomes[1].is_ok());
    assert_eq!(store.info().unwrap().seq, seq + 1);
    assert_eq!(content(&store, "so_02"), Content::Blank);
}

#[test]
fn a_store_that_is_there_or_is_not() {
    let dir = tempdir().unwrap();
    assert!(matches!(
        open(dir.path(), &edge()),
        Err(StoreError::Missing(_))
    ));
    drop(create(dir.path(), &init(), &edge()).unwrap());
    assert!(matches!(
        create(dir.path(), &init(), &edge()),
        Err(StoreError::Exists(_))
    ));
    let mut store = open(dir.path(), &edge()).unwrap();
    store.use_plan(plan()).unwrap();
}

#[test]
fn a_change_that_cites_another_subject_is_refused_and_writes_nothing() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    let other = store.commit(&types(1, "so_02", "105")).unwrap().entries[0].reference();
    let counter = store.counter().unwrap();
    for (n, body) in (2..).zip([Body::SetValue(number("7")), Body::Resolve(number("7"))]) {
        let change = Change {
            subject: Subject::Cell(cell("xa-a", "2023", "so_01")),
            body,
            reason: "theo sổ".to_owned(),
            seen: Seen::Heads(vec![other]),
        };
        let refused = store.commit(&action("lan", n, vec![change])).unwrap_err();
        assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    }
    assert_eq!(store.counter().unwrap(), counter);
    // An older entry of the cell itself may be cited: what came since stays beside it.
    let mine = store.commit(&types(11, "so_01", "1")).unwrap().entries[0].reference();
    store.commit(&types(12, "so_01", "2")).unwrap();
    let change = Change {
        seen: Seen::Heads(vec![mine]),
        ..set(&cell("xa-a", "2023", "so_01"), number("3"))
    };
    store.commit(&action("lan", 13, vec![change])).unwrap();
}
