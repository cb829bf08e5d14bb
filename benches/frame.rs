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

use nhaplieu::app::key::{Code, Key};
use nhaplieu::app::keymap::Keymap;
use nhaplieu::app::msg::{Around, Effect, Opened, Reply, Request};
use nhaplieu::app::{App, Msg, Size, update};
use nhaplieu::base::Lang;
use nhaplieu::check::PastForms;
use nhaplieu::ledger::{
    ActionId, Actor, ActorId, AuthorId, Clock, Entry, Form, FormKey, Hash, PlanRef, Recorded, Role,
};
use nhaplieu::plan::{PeriodId, Plan, UnitId};
use nhaplieu::store::Committed;
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

/// What the store's thread would answer: the commits are on disk, one more change is unsent.
fn answers(effects: &[Effect], number: u64) -> Vec<Reply> {
    let mut answers = Vec::new();
    for effect in effects {
        let Effect::Ask(Request::Commit {
            ticket,
            origin,
            changes,
        }) = effect
        else {
            continue;
        };
        let entries = changes.iter().map(|change| Recorded {
            author: AuthorId([1; 16]),
            seq: number,
            previous: Hash([0; 32]),
            hash: Hash([2; 32]),
            entry: Entry {
                flags: 0,
                clock: Clock::default(),
                actor: ActorId::fold("lan"),
                plan: PlanRef::default(),
                subject: change.subject.clone(),
                body: change.body.clone(),
                replaces: Vec::new(),
                note: String::new(),
                action: ActionId([0; 16]),
                origin: *origin,
            },
        });
        answers.push(Reply::Committed {
            ticket: *ticket,
            result: Ok(Box::new(Committed {
                entries: entries.collect(),
                counter: number,
                unsent: (number, Some(0)),
            })),
        });
        answers.push(Reply::Around(Around {
            others: Vec::new(),
            unsent: (number, Some(0)),
            confirmed: None,
        }));
    }
    answers
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

/// The app with an empty form of a commune's year on top.
fn begun(plan: Arc<Plan>, keymap: Keymap, texts: &Arc<Texts>) -> App {
    let size = Size {
        width: 80,
        height: 24,
    };
    let today = chrono::NaiveDate::from_ymd_opt(2023, 11, 22).unwrap_or_default();
    let mut app = App::new(plan, keymap, texts.clone(), (Lang::Vi, today), size);
    let unit = UnitId::new("ngoc-thien");
    let actor = Actor {
        id: ActorId::fold("lan"),
        name: "Lan".into(),
        role: Role::Clerk,
        units: vec![unit.clone()],
    };
    update(&mut app, Msg::Reply(Reply::NoStore));
    let opened = Opened {
        today,
        plan: app.plan.clone(),
        actor,
        unit: unit.clone(),
        draft: None,
        sole: false,
    };
    update(&mut app, Msg::Reply(Reply::Opened(Box::new(opened))));
    let key = FormKey {
        unit,
        period: PeriodId::new("2023"),
    };
    update(
        &mut app,
        Msg::Reply(Reply::Form {
            key,
            form: Box::new(Form::default()),
            past: Box::new(PastForms::default()),
        }),
    );
    app
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

    let mut app = begun(plan, keymap, &texts);
    let ui = Ui {
        texts,
        theme: Theme::new(Palette::Colour),
        glyphs: Glyphs::Unicode,
    };
    let wire = Wire::default();
    let mut screen = TerminalScreen::new(wire.clone(), ratatui_core::layout::Size::new(80, 24));
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
                for answer in answers(&effects, cell + 1) {
                    update(&mut app, Msg::Reply(answer));
                }
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
