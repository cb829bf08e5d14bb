//! One cell in conflict: what both started from, both sides, who, when and why.

use crate::app::App;
use crate::app::input::command::Command;
use crate::app::screens::conflict::ConflictPage;
use crate::base::Message;
use crate::ledger::Body;
use crate::ledger::entry::FLAG_ON_BEHALF;
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE, Hint};
use crate::ui::width;
use crate::ui::words::{self, cell_name, person_name, unit_name};

const HINTS: &[Hint<'_>] = &[
    (&[Command::Accept], "hint.sync.take"),
    (&[Command::ListUp, Command::ListDown], "hint.move"),
    (&[Command::Cancel], "hint.sync.later"),
    (&[Command::HelpOpen], "hint.help.open"),
];

/// Where the figure begins.
const FIGURE: usize = 18;
/// Columns of the figure.
const FIGURE_WIDTH: usize = 12;
/// Where the name of the person begins.
const WHO: usize = FIGURE + FIGURE_WIDTH + 2;
/// Where the moment begins.
const WHEN: usize = WHO + 20;

/// Draws one conflict.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, page: &ConflictPage, canvas: &mut Canvas<'_>) {
    let conflict = &page.conflict;
    let unit = unit_name(app, &conflict.cell.form.unit);
    let title = format!("{} · {unit}", ui.t("sync_page.conflict"));
    chrome::title(ui, canvas, &title, "");
    let place = cell_name(ui, app, &conflict.cell);
    let place = width::fit_middle(&place, canvas.width().saturating_sub(2));
    canvas.put(1, ABOVE, canvas.width(), &place, ui.theme.title());
    let below = sides(ui, app, page, ABOVE + 2, canvas);
    provisional(ui, app, page, below + 1, canvas);
    let columns = canvas.width().saturating_sub(2);
    let room = chrome::MESSAGES - chrome::notice(ui, app, canvas);
    let said = width::wrap(ui.t("sync_page.choose_side"), columns, room);
    for (at, line) in said.iter().enumerate() {
        chrome::message(canvas, at, line, ui.theme.text());
    }
    chrome::foot_with(ui, app, canvas, HINTS);
}

/// Draws what both started from, the sides, and a row for another figure; returns the first free
/// row.
fn sides(ui: &Ui, app: &App, page: &ConflictPage, y: usize, canvas: &mut Canvas<'_>) -> usize {
    for (x, key) in [
        (FIGURE, "sync_page.figure"),
        (WHO, "sync_page.who"),
        (WHEN, "sync_page.when"),
    ] {
        canvas.put(x, y, canvas.width(), ui.t(key), ui.theme.text());
    }
    let mut y = y + 1;
    let base = page.conflict.base.as_ref().map(|base| &base.entry);
    ConflictRow {
        label: ui.t("sync_page.base").to_owned(),
        here: false,
        figure: match base {
            Some(entry) => figure(ui, &entry.body),
            None => ui.t("history.blank").to_owned(),
        },
        who: page
            .conflict
            .base
            .as_ref()
            .map(|base| person_name(app, (&base.author, &base.entry.actor)).to_owned())
            .unwrap_or_default(),
        when: base
            .map(|entry| app.state.plan.short_time(entry.wall()))
            .unwrap_or_default(),
    }
    .draw(ui, canvas, y);
    for (at, side) in page.conflict.heads.all().iter().enumerate() {
        y += 1;
        let key = match side.flags & FLAG_ON_BEHALF {
            0 => "sync_page.side_own",
            _ => "sync_page.side_behalf",
        };
        ConflictRow {
            label: format!("{}  {}", at + 1, ui.t(key)),
            here: at == page.selected,
            figure: figure(ui, &side.body),
            who: person_name(app, (&side.entry.author, &side.actor)).to_owned(),
            when: app.state.plan.short_time(side.clock.millis),
        }
        .draw(ui, canvas, y);
        if !side.note.is_empty() {
            y += 1;
            let note = format!("\u{201c}{}\u{201d}", side.note);
            let room = canvas.width().saturating_sub(FIGURE + 1);
            canvas.put(FIGURE, y, room, &note, ui.theme.text());
        }
    }
    let other = page.conflict.heads.all().len();
    ConflictRow {
        label: format!("{}  {}", other + 1, ui.t("sync_page.other_figure")),
        here: other == page.selected,
        ..ConflictRow::default()
    }
    .draw(ui, canvas, y + 1);
    y + 2
}

fn figure(ui: &Ui, body: &Body) -> String {
    words::content(ui, &body.content().cloned().unwrap_or_default())
}

/// One of the figures to choose from, and who entered it.
#[derive(Default)]
struct ConflictRow {
    label: String,
    here: bool,
    figure: String,
    who: String,
    when: String,
}

impl ConflictRow {
    fn draw(&self, ui: &Ui, canvas: &mut Canvas<'_>, y: usize) {
        let style = if self.here {
            canvas.put(1, y, 1, "▸", ui.theme.title());
            canvas.select(3, y);
            ui.theme.cursor()
        } else {
            ui.theme.text()
        };
        canvas.put(3, y, FIGURE - 4, &self.label, style);
        canvas.put_right(FIGURE + FIGURE_WIDTH, y, FIGURE_WIDTH, &self.figure, style);
        canvas.put(WHO, y, WHEN - WHO - 1, &self.who, ui.theme.text());
        canvas.put(WHEN, y, 17, &self.when, ui.theme.text());
    }
}

/// Draws which figure is shown until the conflict is resolved: "Tạm hiển thị: 63. …"
fn provisional(ui: &Ui, app: &App, page: &ConflictPage, y: usize, canvas: &mut Canvas<'_>) {
    let content = page.conflict.heads.content();
    let said = Message::new("sync_page.provisional").with("value", words::content(ui, &content));
    let columns = canvas.width().saturating_sub(4);
    let lines = width::wrap(&ui.say(app, &said), columns, 2);
    for (at, line) in lines.iter().enumerate() {
        canvas.put(3, y + at, columns, line, ui.theme.text());
    }
}
