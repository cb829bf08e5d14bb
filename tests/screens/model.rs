//! The whole program driven by random keys, with a store that answers late, its questions in any
//! order, that fails and recovers: what the screens show as typed equals what a simple model says
//! at every step, and in the end the store holds exactly that.
//!
//! `NHAPLIEU_TORTURE=full cargo test --profile torture --test screens model` runs many more.

use std::collections::{BTreeMap, BTreeSet};

use nhaplieu::app::screens::Screen;
use nhaplieu::base::Decimal;
use nhaplieu::ledger::{CellId, Content, FormKey};
use nhaplieu::plan::FieldId;

use super::harness::{ScreenSession, Sitting};
use super::office::Office;

/// So many steps a script has.
const STEPS: u32 = 150;
/// How many fields at the head of the first form hold different figures of two terminals, in every
/// second script.
const DISPUTED: usize = 12;

/// A source of numbers that a seed determines.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 >> 33).unwrap() % below
    }
}

/// What a person has typed, and can take back.
#[derive(Default)]
struct Typed {
    cells: BTreeMap<(FormKey, FieldId), Content>,
    /// Own actions, oldest first: the cell, what it held before, and whether it was taken back.
    actions: Vec<(FormKey, FieldId, Content, bool)>,
    /// Cells in conflict, between which sides nobody has chosen yet.
    disputed: BTreeSet<(FormKey, FieldId)>,
    /// Whether the last own action ended a conflict; what taking that back does is told elsewhere.
    settled_last: bool,
}

impl Typed {
    fn content(&self, form: &FormKey, field: &FieldId) -> Content {
        let cell = (form.clone(), field.clone());
        self.cells.get(&cell).cloned().unwrap_or_default()
    }

    fn types(&mut self, form: &FormKey, field: &FieldId, content: Content) {
        let before = self.content(form, field);
        if before != content {
            let (form, field) = (form.clone(), field.clone());
            self.cells.insert((form.clone(), field.clone()), content);
            self.actions.push((form, field, before, false));
            self.settled_last = false;
        }
    }

    fn is_disputed(&self, form: &FormKey, field: &FieldId) -> bool {
        self.disputed.contains(&(form.clone(), field.clone()))
    }

    fn settles(&mut self, form: &FormKey, field: &FieldId, content: Content) {
        let cell = (form.clone(), field.clone());
        self.disputed.remove(&cell);
        self.cells.insert(cell, content);
        self.settled_last = true;
    }

    fn takes_back(&mut self) {
        let last = self.actions.iter_mut().rev().find(|action| !action.3);
        if let Some((form, field, before, undone)) = last {
            *undone = true;
            self.cells
                .insert((form.clone(), field.clone()), before.clone());
        }
    }
}

/// The form and field under the cursor, where a figure can be typed now.
fn here(desk: &ScreenSession) -> Option<(FormKey, FieldId)> {
    let Screen::Form(form) = desk.app.screen() else {
        return None;
    };
    let view = form.view(&desk.app.state).filter(|view| view.is_there())?;
    let field = form.field(view, &desk.app.state.plan)?;
    let free = desk.app.state.overlay.is_none() && field.kind.is_numeric();
    free.then(|| (form.key.clone(), field.id.clone()))
}

/// Every cell of the form on top shows what was typed in it, and nothing else does.
fn shows_what_was_typed(desk: &ScreenSession, typed: &Typed, trace: &[String]) {
    let Screen::Form(form) = desk.app.screen() else {
        return;
    };
    let Some(view) = form.view(&desk.app.state).filter(|view| view.is_there()) else {
        return;
    };
    for field in &view.layout.cells {
        let (shown, meant) = (view.content(field), typed.content(&form.key, field));
        let heads = view.shown.cells.get(&CellId::figure(field));
        if typed.is_disputed(&form.key, field) {
            let sides = heads.map_or(0, |heads| heads.all().len());
            assert_eq!(
                sides, 2,
                "{field}: one side of a conflict is gone\n{trace:#?}"
            );
            continue;
        }
        assert!(
            heads.is_none_or(|heads| !heads.in_conflict()),
            "{field}: a conflict of one's own making\n{trace:#?}"
        );
        assert_eq!(shown, meant, "{:?} {field}\n{trace:#?}", form.key);
    }
}

/// One thing that happens.
fn happens(
    desk: &mut ScreenSession,
    typed: &mut Typed,
    chance: &mut Chance,
    trace: &mut Vec<String>,
) {
    let mut press = |desk: &mut ScreenSession, keys: &str| {
        trace.push(keys.to_owned());
        desk.keys(keys);
    };
    match (chance.next(20), here(desk)) {
        (0..=6, Some((form, field))) if typed.is_disputed(&form, &field) => {
            let figure = [63, 64, 65][usize::try_from(chance.next(3)).unwrap()];
            typed.settles(&form, &field, Content::Value(Decimal::whole(figure)));
            press(desk, &format!("{figure}<Enter>so lai phieu<Enter>"));
        }
        (0..=5, Some((form, field))) => {
            let figure = chance.next(1000);
            let leave = [
                "<Enter>",
                "<Enter>",
                "<Enter>",
                "<Down>",
                "<Up>",
                "<F8>",
                "<Ctrl+PgUp>",
                "<Ctrl+PgDn>",
                "<F10><Esc>",
                "<Ctrl+F><Esc>",
                "<F5><Esc>",
                "<Ctrl+N><Esc>",
                "<F4><Esc>",
                "<Ctrl+G><Esc>",
            ];
            let leave = leave[usize::try_from(chance.next(14)).unwrap()];
            let content = Content::Value(Decimal::whole(i64::from(figure)));
            typed.types(&form, &field, content);
            press(desk, &format!("{figure}{leave}"));
        }
        (6, Some((form, field))) => {
            typed.types(&form, &field, Content::Blank);
            press(desk, "<Delete>");
        }
        (7, Some(_)) => press(desk, "5<Backspace><Esc>"),
        (8, Some(_)) => press(
            desk,
            ["<Down>", "<Up>", "<Home>", "<F8>"][usize::try_from(chance.next(4)).unwrap()],
        ),
        (9, Some(_)) => press(
            desk,
            ["<Ctrl+PgUp>", "<Ctrl+PgDn>"][usize::try_from(chance.next(2)).unwrap()],
        ),
        (10, Some(_)) => press(desk, "<Esc>"),
        (11, _) if matches!(desk.app.screen(), Screen::Home(home) if home.loaded) => {
            press(desk, "<Enter>");
        }
        (12, Some(_))
            if desk.app.state.outbox.is_empty() && is_well(desk) && !typed.settled_last =>
        {
            typed.takes_back();
            press(desk, "<Ctrl+Z>");
            desk.release().hold();
        }
        (13, _) => {
            trace.push("disk fails".to_owned());
            desk.disk_fails(true);
        }
        (14, _) => {
            desk.disk_fails(false);
            press(desk, "<Ctrl+R>");
        }
        (15 | 16, _) => {
            trace.push("write one".to_owned());
            desk.write_one();
        }
        (17..=19, _) => {
            let waiting = u32::try_from(desk.questions()).unwrap();
            let place = usize::try_from(chance.next(waiting.max(1))).unwrap();
            trace.push(format!("read {place}"));
            desk.read_one(place);
        }
        _ => {}
    }
}

/// What the first form holds when a script begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beginning {
    Empty,
    Disputed,
}

fn is_well(desk: &ScreenSession) -> bool {
    desk.app.state.health == nhaplieu::app::state::Health::Good
}

/// The first form typed in at two terminals at the same time, with different figures in some cells.
fn disputing(office: &Office, desk: &mut ScreenSession, typed: &mut Typed) {
    let beside = Sitting {
        pid: 200,
        ..Sitting::default()
    };
    let mut other = office.desk_with("lan", beside);
    other.keys("<Enter>");
    let fields = desk.view().layout.cells.clone();
    for field in fields.iter().take(DISPUTED).map(FieldId::as_str) {
        desk.at(field).keys("63");
        other.at(field).keys("64<Enter>");
        desk.a_second_later().keys("<Enter>");
        let cell = (desk.form().key.clone(), FieldId::new(field));
        typed.disputed.insert(cell);
    }
    desk.keys("<Ctrl+Home>");
    // The own sides are no actions of the script: it takes nothing back before it has typed.
    typed.settled_last = true;
}

fn script(seed: u64, beginning: Beginning) {
    let office = Office::commune("ngoc-thien", 7);
    let mut desk = office.desk("lan");
    let (mut typed, mut chance) = (Typed::default(), Chance(seed));
    let mut trace = vec![format!("seed {seed} {beginning:?}")];
    desk.keys("<Enter>");
    if beginning == Beginning::Disputed {
        disputing(&office, &mut desk, &mut typed);
    }
    desk.hold();
    for _ in 0..STEPS {
        happens(&mut desk, &mut typed, &mut chance, &mut trace);
        shows_what_was_typed(&desk, &typed, &trace);
    }
    // In the end the disk is well, and everything is answered.
    desk.disk_fails(false).keys("<Ctrl+R>").release();
    assert!(desk.app.state.outbox.is_empty(), "{trace:#?}");
    let forms: Vec<FormKey> = typed.cells.keys().map(|(form, _)| form.clone()).collect();
    for form in forms {
        desk.keys("<F5>");
        desk.keys(form.period.as_str()).keys("<Enter>");
        shows_what_was_typed(&desk, &typed, &trace);
        let view = desk.view();
        for (id, heads) in &view.base.cells {
            if typed.is_disputed(&view.key, &id.field) {
                assert_eq!(heads.all().len(), 2, "{id:?}\n{trace:#?}");
                continue;
            }
            assert_eq!(
                heads.content(),
                typed.content(&view.key, &id.field),
                "{trace:#?}"
            );
            assert_eq!(heads.all().len(), 1, "{id:?}\n{trace:#?}");
        }
    }
}

#[test]
fn what_is_typed_is_on_the_screen_or_in_the_store_whatever_the_store_does() {
    let scripts = if std::env::var("NHAPLIEU_TORTURE").is_ok_and(|size| size == "full") {
        2_000
    } else {
        15
    };
    for seed in 1..=scripts {
        let beginning = if seed % 2 == 0 {
            Beginning::Disputed
        } else {
            Beginning::Empty
        };
        script(u64::wrapping_mul(seed, 0x9e37_79b9_7f4a_7c15), beginning);
    }
}
