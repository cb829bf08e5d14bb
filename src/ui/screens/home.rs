//! The home page: what is due, what is incomplete, what came back; then what is done.

use crate::app::App;
use crate::app::input::command::Command;
use crate::app::screens::home::{Home, HomeItem, Old};
use crate::base::Message;
use crate::ledger::FormStatus;
use crate::service::overview::FormSummary;
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE, Hint};
use crate::ui::words::{DeadlineLength, Due};
use crate::ui::{width, words};

const HINTS: &[Hint<'_>] = &[
    (&[Command::Accept], "hint.accept"),
    (&[Command::SyncOpen], "hint.sync.open"),
    (&[Command::HelpOpen], "hint.help.open"),
    (&[Command::Cancel], "hint.quit"),
    (&[Command::PaletteOpen], "hint.palette.open"),
    (&[Command::GoTo], "hint.go.to"),
    (&[Command::FindingsAll], "hint.findings.all"),
    (&[Command::HistoryAll], "hint.history.all"),
];

/// Where the findings and the state of a form begin.
const BEHIND: usize = 43;

/// Draws the home page.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, home: &Home, canvas: &mut Canvas<'_>) {
    head(ui, app, canvas);
    if let Some(why) = &home.failed {
        chrome::instead(ui, app, canvas, why);
    } else if home.loaded {
        body(ui, app, home, canvas);
    } else {
        canvas.put(
            2,
            ABOVE,
            canvas.width(),
            ui.t("screen.opening"),
            ui.theme.text(),
        );
    }
    let all_saved = home.loaded && app.state.outbox.is_empty();
    let noticed = chrome::notice(ui, app, canvas) > 0;
    let returned = !noticed && returned(ui, app, home, canvas);
    if !noticed && !returned && all_saved {
        let text = format!("✓ {}", ui.t("home.all_saved"));
        chrome::message(canvas, 2, &text, ui.theme.text());
        let session = app.state.session.as_ref();
        if session.is_some_and(|session| session.sole) {
            chrome::message(canvas, 1, ui.t("home.sole"), ui.theme.text());
        }
    }
    let below = if returned { chrome::MESSAGES - 1 } else { 0 };
    unsent(ui, app, below, canvas);
    chrome::foot_with(ui, app, canvas, HINTS);
}

fn head(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) {
    let unit = app.state.home_unit().and_then(|id| app.state.plan.unit(id));
    let unit = unit
        .map(|u| u.name.get(app.state.lang).to_owned())
        .unwrap_or_default();
    let who = app
        .state
        .session
        .as_ref()
        .map(|s| s.actor.name.clone())
        .unwrap_or_default();
    let left = format!("nhaplieu   {unit} · {who}");
    chrome::title(ui, canvas, &left, &today(ui, app));
}

/// The day: "thứ Tư 22/11/2023".
fn today(ui: &Ui, app: &App) -> String {
    use chrono::Datelike;
    let key = match app.state.today.weekday() {
        chrono::Weekday::Mon => "weekday.mon",
        chrono::Weekday::Tue => "weekday.tue",
        chrono::Weekday::Wed => "weekday.wed",
        chrono::Weekday::Thu => "weekday.thu",
        chrono::Weekday::Fri => "weekday.fri",
        chrono::Weekday::Sat => "weekday.sat",
        chrono::Weekday::Sun => "weekday.sun",
    };
    format!("{} {}", ui.t(key), app.state.today.format("%d/%m/%Y"))
}

/// One row of the page: a heading, a form, the line for the forms of long ago, or a sentence.
enum HomeRow<'a> {
    Heading(&'static str),
    Form(&'a FormSummary),
    Old,
    Gap,
    Plain(&'static str),
    Unreadable(usize),
    /// One line of what is to be known of the author that writes here now.
    Epoch(String),
}

/// At most so many lines are taken by what is to be known of the author that writes here now.
const EPOCH_LINES: usize = 3;

fn rows<'a>(ui: &Ui, app: &App, home: &'a Home, columns: usize) -> Vec<HomeRow<'a>> {
    let mut rows = Vec::new();
    let session = app.state.session.as_ref();
    if let Some(epoch) = session.and_then(|session| session.epoch.as_ref()) {
        let lines = width::wrap(&ui.say(app, epoch), columns, EPOCH_LINES);
        rows.extend(lines.into_iter().map(HomeRow::Epoch));
        rows.push(HomeRow::Gap);
    }
    if let Some(unit) = app.state.home_unit().and_then(|id| app.state.plan.unit(id))
        && app
            .state
            .plan
            .current_period(unit, app.state.today)
            .is_some_and(|current| current.plan_over)
    {
        rows.push(HomeRow::Plain("home.plan_over"));
        rows.push(HomeRow::Gap);
    }
    if !home.unreadable.is_empty() {
        rows.extend((0..home.unreadable.len()).map(HomeRow::Unreadable));
        rows.push(HomeRow::Gap);
    }
    rows.push(HomeRow::Heading("home.to_do"));
    rows.extend(home.forms.to_do.iter().map(HomeRow::Form));
    if home.forms.to_do.is_empty() {
        rows.push(HomeRow::Plain(nothing_to_do(app)));
    }
    if !home.forms.old.is_empty() {
        rows.push(HomeRow::Old);
        if home.old == Old::Listed {
            rows.extend(home.forms.old.iter().map(HomeRow::Form));
        }
    }
    if !home.forms.done.is_empty() {
        rows.push(HomeRow::Gap);
        rows.push(HomeRow::Heading("home.done"));
        rows.extend(home.forms.done.iter().map(HomeRow::Form));
    }
    rows
}

/// Why nothing is to do: all is done, or the first period is still to come.
fn nothing_to_do(app: &App) -> &'static str {
    let unit = app.state.home_unit().and_then(|id| app.state.plan.unit(id));
    let periods = unit.map(|unit| app.state.plan.periods_of(unit));
    let mut periods = periods.unwrap_or_default().into_iter();
    let to_come = periods.len() > 0 && periods.all(|period| period.from > app.state.today);
    if to_come {
        "home.not_begun"
    } else {
        "home.nothing_to_do"
    }
}

/// True for the row under the cursor.
fn chosen(home: &Home, row: &HomeRow<'_>) -> bool {
    match (home.cursor.item(), row) {
        (Some(HomeItem::Form(key)), HomeRow::Form(form)) => *key == form.key,
        (Some(HomeItem::Old), HomeRow::Old) => true,
        _ => false,
    }
}

fn body(ui: &Ui, app: &App, home: &Home, canvas: &mut Canvas<'_>) {
    let rows = rows(ui, app, home, canvas.width().saturating_sub(6));
    let height = chrome::body_height(canvas.height());
    let at = rows.iter().position(|row| chosen(home, row));
    let top = at.map_or(0, |at| (at + 2).saturating_sub(height));
    for (offset, line) in rows.iter().skip(top).take(height).enumerate() {
        let y = ABOVE + offset;
        match line {
            HomeRow::Heading(key) => {
                canvas.put(1, y, canvas.width(), ui.t(key), ui.theme.title());
            }
            HomeRow::Plain(key) => {
                canvas.put(3, y, canvas.width() - 4, ui.t(key), ui.theme.text());
            }
            HomeRow::Epoch(line) => {
                canvas.put(3, y, canvas.width() - 4, line, ui.theme.text());
            }
            HomeRow::Unreadable(place) => {
                if let Some(key) = home.unreadable.get(*place) {
                    let text = words::unreadable(ui, app, key);
                    canvas.put(1, y, canvas.width() - 2, &text, ui.theme.hard());
                }
            }
            HomeRow::Form(form) => row(ui, app, form, chosen(home, line), canvas, y),
            HomeRow::Old => {
                let key = match home.old {
                    Old::Folded => "home.old",
                    Old::Listed => "home.old_listed",
                };
                let said = Message::new(key).with("count", home.forms.old.len());
                let style = if chosen(home, line) {
                    canvas.put(1, y, 1, "▸", ui.theme.title());
                    canvas.select(3, y);
                    ui.theme.title()
                } else {
                    ui.theme.text()
                };
                let text = ui.say(app, &said);
                canvas.put(3, y, canvas.width().saturating_sub(4), &text, style);
            }
            HomeRow::Gap => {}
        }
    }
}

/// One form: its period, how much is filled, its findings, its state.
fn row(ui: &Ui, app: &App, form: &FormSummary, here: bool, canvas: &mut Canvas<'_>, y: usize) {
    let Some(period) = app.state.plan.period(&form.key.period) else {
        return;
    };
    let style = if here {
        ui.theme.title()
    } else {
        ui.theme.text()
    };
    if here {
        canvas.put(1, y, 1, "▸", style);
        canvas.select(3, y);
    }
    let name = Message::new("home.report").with("period", words::period_inside(ui, period));
    canvas.put(3, y, 24, &ui.say(app, &name), style);
    let filled = Message::new("home.filled")
        .with("filled", form.filled)
        .with("expected", form.expected);
    canvas.put(27, y, BEHIND - 28, &ui.say(app, &filled), ui.theme.text());
    let mut x = BEHIND;
    for (sign, count, style) in [
        ("✖", form.hard, ui.theme.hard()),
        ("!", form.soft, ui.theme.soft()),
    ] {
        if count > 0 {
            x += canvas.put(x, y, 8, &format!("{sign} {count}"), style) + 2;
        }
    }
    let room = canvas.width().saturating_sub(x + 1);
    let said = [
        DeadlineLength::Full,
        DeadlineLength::Short,
        DeadlineLength::Days,
    ]
    .map(|length| state(ui, app, form, period, length));
    let fits = |due: &&Due| width::width(&due.text) <= room;
    let due = said.iter().find(fits).unwrap_or(&said[2]);
    if due.overdue {
        canvas.put_block(x, y, room, &due.text, ui.theme.hard());
    } else {
        canvas.put(x, y, room, &due.text, ui.theme.text());
    }
}

/// The state of a form: the deadline while it is to do, else the step of the workflow and its day.
fn state(
    ui: &Ui,
    app: &App,
    form: &FormSummary,
    period: &crate::plan::Period,
    length: DeadlineLength,
) -> Due {
    let step = form.step.as_ref().map(|step| step.at);
    let mut due = words::due(ui, app, period, (form.status, step), length);
    let word = words::status_word(ui, form.status);
    match form.status {
        FormStatus::Returned => {
            let reason = form.step.as_ref().map_or("", |step| step.reason.as_str());
            due.text = format!("{word}: {reason}");
        }
        FormStatus::ChangedAfterSubmit | FormStatus::Approved => {
            due.text = format!("{word} · {}", due.text);
        }
        FormStatus::Draft | FormStatus::Submitted | FormStatus::Locked => {}
    }
    if form.late > 0 {
        due.text = format!("{} · {}", due.text, words::late(ui, form.late));
    }
    due
}

/// Draws how much is not sent, and up to where the district has confirmed what was.
fn unsent(ui: &Ui, app: &App, row: usize, canvas: &mut Canvas<'_>) {
    let (count, oldest) = app.state.status.unsent;
    let mut said = Vec::new();
    if count > 0 {
        let since = oldest
            .map(|oldest| app.state.plan.short_day(oldest))
            .unwrap_or_default();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let message = Message::new("home.unsent")
            .with("count", count)
            .with("since", since);
        said.push(ui.say(app, &message));
    }
    if let Some(confirmed) = app.state.status.confirmed {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let key = if confirmed.has >= confirmed.of {
            "home.confirmed_all"
        } else {
            "home.confirmed"
        };
        let message = Message::new(key)
            .with("has", number(confirmed.has))
            .with("of", number(confirmed.of));
        said.push(ui.say(app, &message));
    }
    chrome::message(canvas, row, &said.join(" "), ui.theme.text());
}

/// Says of the returned form under the cursor who returned it and why, above what is unsent.
fn returned(ui: &Ui, app: &App, home: &Home, canvas: &mut Canvas<'_>) -> bool {
    let here = home.form_under_cursor();
    let Some((form, step)) = here.and_then(|form| Some((form, form.step.as_ref()?))) else {
        return false;
    };
    let Some(period) = app.state.plan.period(&form.key.period) else {
        return false;
    };
    if form.status != FormStatus::Returned {
        return false;
    }
    let columns = canvas.width().saturating_sub(2);
    let said = words::returned(ui, app, period, step).join(" ");
    for (at, line) in width::wrap(&said, columns, chrome::MESSAGES - 1)
        .iter()
        .enumerate()
    {
        chrome::message(canvas, at, line, ui.theme.text());
    }
    true
}
