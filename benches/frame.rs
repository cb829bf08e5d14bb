//! What one key costs inside the program: the update, the picture, the bytes. Prints medians; no
//! verdict. `cargo bench --bench frame`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench says what it measured"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use nhaplieu::app::key::{Code, Key};
use nhaplieu::app::keymap::Keymap;
use nhaplieu::app::msg::{Opened, Reply};
use nhaplieu::app::{App, Msg, Size, update};
use nhaplieu::base::Lang;
use nhaplieu::check::Past;
use nhaplieu::ledger::{Actor, ActorId, Form, FormKey, Role};
use nhaplieu::plan::{PeriodId, UnitId};
use nhaplieu::term::backend::WireBackend;
use nhaplieu::ui::texts::Texts;
use nhaplieu::ui::theme::{Palette, Theme};
use nhaplieu::ui::{Glyphs, Ui};
use ratatui::Terminal;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
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
            past: Box::new(Past::default()),
        }),
    );
    let ui = Ui {
        texts,
        theme: Theme::new(Palette::Colour),
        glyphs: Glyphs::Unicode,
    };
    let backend = WireBackend::new(std::io::sink(), ratatui::layout::Size::new(80, 24));
    let Ok(mut terminal) = Terminal::new(backend) else {
        return;
    };
    let (mut updates, mut digit_draws) = (Vec::new(), Vec::new());
    let (mut enters, mut enter_draws) = (Vec::new(), Vec::new());
    for cell in 0..50 {
        for code in [
            Code::Char('1'),
            Code::Char('2'),
            Code::Char('3'),
            Code::Enter,
        ] {
            let begin = Instant::now();
            update(&mut app, Msg::Key(Key::plain(code)));
            let spent = begin.elapsed();
            let begin = Instant::now();
            if terminal.draw(|frame| ui.view(&app, frame)).is_err() {
                return;
            }
            let drawn = begin.elapsed();
            if code == Code::Enter {
                enters.push(spent);
                enter_draws.push(drawn);
            } else if cell > 2 {
                updates.push(spent);
                digit_draws.push(drawn);
            }
        }
    }
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
