//! What one key costs inside the program: the update, the picture, the bytes. Prints medians; no
//! verdict. `cargo bench --bench frame`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench says what it measured"
)]

use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nhaplieu::app::input::key::{Code, Key};
use nhaplieu::app::input::keymap::Keymap;
use nhaplieu::app::message::{Draft, DraftPurpose, Effect, Opened, ReadEach, Reply, Request};
use nhaplieu::app::{App, Msg, Size, update};
use nhaplieu::base::Lang;
use nhaplieu::ledger::{
    ActionId, Actor, ActorId, AuthorId, Clock, Entry, FormKey, Hash, Origin, PlanRef, Recorded,
    Role,
};
use nhaplieu::plan::{FieldId, PeriodId, Plan, UnitId};
use nhaplieu::store::{Change, Committed};
use nhaplieu::term::output::TerminalScreen;
use nhaplieu::ui::texts::Texts;
use nhaplieu::ui::theme::{Palette, Theme};
use nhaplieu::ui::{Glyphs, Ui};

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Counts what a terminal would be sent.
#[derive(Clone, Debug, Default)]
struct Wire(Rc<Cell<usize>>);

impl Wire {
    fn take(&self) -> usize {
        self.0.replace(0)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What the store would answer: commits are on disk, forms are empty.
fn answers(effects: Vec<Effect>, number: u64, opened: &Opened) -> Vec<Msg> {
    let answer = |effect| {
        let Effect::Ask { id, request } = effect else {
            return None;
        };
        let reply = match request {
            Request::Open => Reply::Opened(Box::new(opened.clone())),
            Request::Commit { origin, changes } => committed(origin, &changes, number),
            Request::Form(_) => Reply::Forms(Box::default()),
            Request::Overview(_) => Reply::Overview(ReadEach::default()),
            _ => return None,
        };
        Some(Msg::Answer {
            id,
            result: Ok(reply),
        })
    };
    effects.into_iter().filter_map(answer).collect()
}

fn committed(origin: Origin, changes: &[Change], number: u64) -> Reply {
    let entries = changes.iter().map(|change| Recorded {
        author: AuthorId([1; 16]),
        seq: number,
        previous: Hash([0; 32]),
        hash: Hash([2; 32]),
        entry: Entry {
            flags: 0,
            clock: Clock::default(),
            lag: 0,
            actor: ActorId::fold("lan"),
            plan: PlanRef::default(),
            subject: change.subject.clone(),
            body: change.body.clone(),
            replaces: Vec::new(),
            note: String::new(),
            action: ActionId([0; 16]),
            origin,
        },
    });
    Reply::Committed(Box::new(Committed {
        entries: entries.collect(),
        counter: number,
        unsent: (number, Some(0)),
    }))
}

/// Three digits that a clerk might type into that cell: few leaders, parts smaller than wholes.
/// `FINDINGS=1` types 123 everywhere, which has something to say at most cells.
fn plausible(cell: u64) -> String {
    if std::env::var_os("FINDINGS").is_some() {
        return "123".to_owned();
    }
    let figure = match cell {
        2..6 => 3,
        _ => 900 - 14 * cell,
    };
    format!("{figure:03}")
}

/// What the app learns of a store whose clerk was in a commune's year.
fn opened(plan: &Arc<Plan>) -> Opened {
    let today = chrono::NaiveDate::from_ymd_opt(2023, 11, 22).unwrap_or_default();
    let unit = UnitId::new("ngoc-thien");
    let form = FormKey {
        unit: unit.clone(),
        period: PeriodId::new("2023"),
    };
    Opened {
        plan: Arc::clone(plan),
        actor: Actor {
            id: ActorId::fold("lan"),
            name: "Lan".into(),
            role: Role::Clerk,
            units: vec![unit.clone()],
        },
        unit,
        today,
        draft: Some(Draft {
            cell: form.cell(FieldId::new("dan_so_nam")),
            purpose: DraftPurpose::Content,
            text: String::new(),
        }),
        sole: false,
        read_only: None,
        epoch: None,
    }
}

/// The app with an empty form of a commune's year on top.
fn begun(opened: &Opened, keymap: Keymap, texts: &Arc<Texts>) -> App {
    let size = Size {
        width: 80,
        height: 24,
    };
    let today = opened.today;
    let plan = Arc::clone(&opened.plan);
    let (mut app, first) = App::new(plan, keymap, texts.clone(), (Lang::Vi, today), size);
    settle(&mut app, first, 0, opened);
    app
}

/// Answers everything that is asked.
fn settle(app: &mut App, effects: Vec<Effect>, number: u64, opened: &Opened) {
    let mut waiting = answers(effects, number, opened);
    while let Some(answer) = waiting.pop() {
        let effects = update(app, answer);
        waiting.extend(answers(effects, number, opened));
    }
}

fn main() {
    let begin = Instant::now();
    let plan = match nhaplieu::plan::parse(nhaplieu::plan::embedded()) {
        Ok(plan) => Arc::new(plan),
        Err(problems) => return eprintln!("{problems:?}"),
    };
    println!("plan    {:?}", begin.elapsed());
    let begin = Instant::now();
    let texts = Arc::new(Texts::load(Lang::Vi));
    println!("texts   {:?}", begin.elapsed());
    let begin = Instant::now();
    let keymap = Keymap::shipped("default").unwrap_or_default();
    println!("keymap  {:?}", begin.elapsed());

    let opened = opened(&plan);
    let mut app = begun(&opened, keymap, &texts);
    let ui = Ui {
        texts,
        theme: Theme::new(Palette::Colour),
        glyphs: Glyphs::Unicode,
    };
    let wire = Wire::default();
    let mut screen = TerminalScreen::new(wire.clone(), ratatui::layout::Size::new(80, 24));
    if screen.draw(&ui, &app).is_err() {
        return;
    }
    println!("first   {} bytes", wire.take());
    let (mut updates, mut digit_draws) = (Vec::new(), Vec::new());
    let (mut enters, mut enter_draws) = (Vec::new(), Vec::new());
    let mut per_cell = Vec::new();
    for cell in 0..50_u64 {
        let mut bytes = 0;
        let digits = plausible(cell);
        let keys = digits.chars().map(Code::Char).chain([Code::Enter]);
        for code in keys {
            let begin = Instant::now();
            let effects = update(&mut app, Msg::Key(Key::plain(code)));
            let spent = begin.elapsed();
            let begin = Instant::now();
            if screen.draw(&ui, &app).is_err() {
                return;
            }
            let drawn = begin.elapsed();
            bytes += wire.take();
            if code == Code::Enter {
                enters.push(spent);
                enter_draws.push(drawn);
                // The answer of the store comes a moment later, as a frame of its own.
                settle(&mut app, effects, cell + 1, &opened);
                if screen.draw(&ui, &app).is_err() {
                    return;
                }
                bytes += wire.take();
            } else if cell > 2 {
                updates.push(spent);
                digit_draws.push(drawn);
            }
        }
        per_cell.push(bytes);
    }
    let mean = per_cell.iter().sum::<usize>() / per_cell.len();
    if std::env::var_os("BYTES").is_some() {
        println!("{per_cell:?}");
    }
    per_cell.sort_unstable();
    println!(
        "bytes per cell of three digits: p50 {}, mean {mean}, most {}",
        per_cell.get(per_cell.len() / 2).unwrap_or(&0),
        per_cell.last().unwrap_or(&0)
    );
    println!(
        "digit   update {:?}, draw {:?}",
        median(updates),
        median(digit_draws)
    );
    println!(
        "Enter   update {:?}, draw {:?}",
        median(enters),
        median(enter_draws)
    );
}
