//! What lies on top of a screen: lists to choose from, text boxes, the summary before handing in.

use ratatui::style::Style;

use super::appearance::Ui;
use super::canvas::Canvas;
use super::chrome::{self, Hint};
use super::screens::form::finding_named;
use super::width;
use crate::app::command::Command;
use crate::app::line::Line;
use crate::app::meeting::FolderUse;
use crate::app::picker::Picker;
use crate::app::prompt::Prompt;
use crate::app::state::{AllowedTitle, App, Health, Overlay};
use crate::base::Message;
use crate::service::workflow::Summary;

/// Draws what lies on top; returns where the caret stands, if text is typed there.
pub fn draw(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) -> Option<(usize, usize)> {
    match app.overlay.as_ref()? {
        Overlay::Prompt(prompt) => Some(text_box(ui, app, prompt, canvas)),
        Overlay::Palette(picker) => Some(list_box(ui, app, "palette.title", picker, canvas)),
        Overlay::GoTo(picker) => Some(list_box(ui, app, "goto.title", picker, canvas)),
        Overlay::Find(picker) => Some(list_box(ui, app, "find.title", picker, canvas)),
        Overlay::Allowed(AllowedTitle::Emptiness, picker) => {
            Some(list_box(ui, app, "empty.title", picker, canvas))
        }
        Overlay::Allowed(AllowedTitle::Everything, picker) => {
            Some(list_box(ui, app, "allowed.title", picker, canvas))
        }
        Overlay::Reasons { said, picker, .. } => {
            let title = Message::new("reason.title").with("finding", said.clone());
            Some(titled_list(ui, app, &ui.say(app, &title), picker, canvas))
        }
        Overlay::Finish(summary) => {
            finish(ui, app, summary, canvas);
            None
        }
        Overlay::Leave => {
            leave(ui, app, canvas);
            None
        }
        Overlay::Places(FolderUse::Inbox, picker) => {
            Some(list_box(ui, app, "meet.which_folder", picker, canvas))
        }
        Overlay::Places(FolderUse::Export(_), picker) => {
            Some(list_box(ui, app, "meet.write_where", picker, canvas))
        }
        Overlay::Ask { title, said, .. } => {
            ask(ui, app, (title, said), canvas);
            None
        }
    }
}

/// Whether to end the program, and what would be lost: nothing, or what the store could not take.
fn leave(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) {
    let unsaved = app.forms().map(|form| form.writes.len()).sum::<usize>();
    let failed = app.health != Health::Good && unsaved > 0;
    let (key, style) = if failed {
        ("leave.unsaved", ui.theme.hard())
    } else {
        ("leave.saved", ui.theme.text())
    };
    let said = ui.say(app, &Message::new(key).with("count", unsaved));
    let (x, y, columns) = frame(ui, canvas, ui.t("leave.title"), 2);
    for (at, line) in width::wrap(&said, columns, 2).iter().enumerate() {
        canvas.put(x, y + at, columns, line, style);
    }
    let keys: [Hint<'_>; 2] = [
        (&[Command::Accept], "hint.quit"),
        (&[Command::Cancel], "hint.stay"),
    ];
    chrome::keys(ui, app, canvas, &keys);
}

/// A question that Enter answers with yes, and what yes means.
fn ask(ui: &Ui, app: &App, (title, said): (&Message, &Message), canvas: &mut Canvas<'_>) {
    let (x, y, columns) = frame(ui, canvas, &ui.say(app, title), 2);
    let said = ui.say(app, said);
    for (at, line) in width::wrap(&said, columns, 2).iter().enumerate() {
        canvas.put(x, y + at, columns, line, ui.theme.text());
    }
    let keys: [Hint<'_>; 2] = [
        (&[Command::Accept], "hint.yes"),
        (&[Command::Cancel], "hint.no"),
    ];
    chrome::keys(ui, app, canvas, &keys);
}

/// A box with a title over the lower part of the screen; returns its inside: x, y, columns.
fn frame(ui: &Ui, canvas: &mut Canvas<'_>, title: &str, rows: usize) -> (usize, usize, usize) {
    let columns = canvas.width();
    let rows = rows.min(canvas.height().saturating_sub(4));
    let top = canvas.height().saturating_sub(rows + 3);
    canvas.clear(0, top, columns, rows + 3);
    canvas.rule(top, "─", ui.theme.quiet());
    let title = width::fit(title, columns.saturating_sub(8));
    canvas.put(2, top, columns - 4, &format!(" {title} "), ui.theme.title());
    canvas.rule(top + rows + 1, "─", ui.theme.quiet());
    (2, top + 1, columns.saturating_sub(4))
}

fn list_box<T: Clone>(
    ui: &Ui,
    app: &App,
    title: &'static str,
    picker: &Picker<T>,
    canvas: &mut Canvas<'_>,
) -> (usize, usize) {
    titled_list(ui, app, ui.t(title), picker, canvas)
}

fn titled_list<T: Clone>(
    ui: &Ui,
    app: &App,
    title: &str,
    picker: &Picker<T>,
    canvas: &mut Canvas<'_>,
) -> (usize, usize) {
    let rows = (picker.shown().len() + 1).clamp(4, canvas.height().saturating_sub(6));
    let (x, y, columns) = frame(ui, canvas, title, rows);
    let caret = self::picker(ui, app, picker, canvas, (x, y), (columns, rows));
    let keys: [Hint<'_>; 3] = [
        (&[Command::Accept], "hint.choose"),
        (&[Command::ListUp, Command::ListDown], "hint.move"),
        (&[Command::Cancel], "hint.no"),
    ];
    chrome::keys(ui, app, canvas, &keys);
    caret
}

/// Draws a list with its filter line on top; returns where the caret stands.
pub fn picker<T: Clone>(
    ui: &Ui,
    app: &App,
    picker: &Picker<T>,
    canvas: &mut Canvas<'_>,
    (x, y): (usize, usize),
    (columns, rows): (usize, usize),
) -> (usize, usize) {
    let prompt = ui.t("list.filter");
    let used = canvas.put(x, y, columns, prompt, ui.theme.quiet()) + 1;
    let caret = line_box(
        ui,
        &picker.filter,
        canvas,
        (x + used, y),
        columns.saturating_sub(used),
    );
    let room = rows.saturating_sub(1);
    let top = (picker.selected() + 1).saturating_sub(room);
    let items = picker.shown();
    if items.len() == 0 {
        canvas.put(
            x + 2,
            y + 1,
            columns,
            ui.t("list.nothing"),
            ui.theme.quiet(),
        );
    }
    for (place, item) in items.enumerate().skip(top).take(room) {
        let row = y + 1 + place - top;
        let here = place == picker.selected();
        let detail = width::fit(&item.detail, columns / 2);
        let label_room = columns.saturating_sub(width::width(&detail) + 4);
        let style = if here {
            ui.theme.cursor()
        } else {
            ui.theme.text()
        };
        canvas.put(x, row, 1, if here { "▸" } else { " " }, ui.theme.title());
        let label = width::fit_middle(item.label.get(app.lang), label_room);
        canvas.put(x + 2, row, label_room, &label, style);
        canvas.put_right(x + columns, row, columns, &detail, ui.theme.quiet());
    }
    caret
}

/// Draws one line of typed text; returns where the caret stands.
pub fn line_box(
    ui: &Ui,
    line: &Line,
    canvas: &mut Canvas<'_>,
    (x, y): (usize, usize),
    columns: usize,
) -> (usize, usize) {
    let shown = line.window(columns.saturating_sub(1));
    canvas.put(
        x,
        y,
        columns,
        &width::left(&shown.text, columns),
        ui.theme.text(),
    );
    (x + shown.caret, y)
}

/// From how few characters left on a text box says how many.
const NEARLY_FULL: usize = 200;

fn text_box(ui: &Ui, app: &App, prompt: &Prompt, canvas: &mut Canvas<'_>) -> (usize, usize) {
    let rows = 5.min(canvas.height().saturating_sub(6)).max(1);
    let (x, y, columns) = frame(ui, canvas, &ui.say(app, &prompt.title), rows);
    let (lines, caret) = prompt.line.wrapped(columns);
    let top = (caret.1 + 1).saturating_sub(rows);
    for (offset, line) in lines.iter().skip(top).take(rows).enumerate() {
        canvas.put(x, y + offset, columns, line, ui.theme.text());
    }
    if let Some((key, style)) = match prompt.line.room() {
        0 => Some(("prompt.full", ui.theme.soft())),
        1..NEARLY_FULL => Some(("prompt.room", ui.theme.quiet())),
        _ => None,
    } {
        let said = Message::new(key).with("count", prompt.line.room());
        let text = format!(" {} ", ui.say(app, &said));
        let rule = canvas.height().saturating_sub(2);
        canvas.put_right(x + columns, rule, columns, &text, style);
    }
    let keys: [Hint<'_>; 2] = [
        (&[Command::Accept], "hint.save"),
        (&[Command::Cancel], "hint.no"),
    ];
    chrome::keys(ui, app, canvas, &keys);
    (x + caret.0, y + caret.1 - top)
}

/// How many blanks and which come first, how many states, how many findings of each kind.
fn counts(ui: &Ui, app: &App, summary: &Summary) -> Vec<(String, Style)> {
    let say = |message: Message| (ui.say(app, &message), ui.theme.text());
    let count = |key: &'static str, n: usize| Message::new(key).with("count", n);
    let mut blanks = say(count("finish.blanks", summary.blanks.len()));
    let names: Vec<&str> = summary
        .blanks
        .iter()
        .filter_map(|id| app.plan.field(id))
        .map(|field| field.short.get(app.lang))
        .take(8)
        .collect();
    if !names.is_empty() {
        blanks.0 = format!("{} · {}", blanks.0, names.join("; "));
    }
    let mut lines = vec![blanks];
    if summary.none_occurred + summary.unavailable + summary.not_applicable > 0 {
        let states = Message::new("finish.states")
            .with("none", summary.none_occurred)
            .with("unavailable", summary.unavailable)
            .with("not_applicable", summary.not_applicable);
        lines.push(say(states));
    }
    for (key, n) in [
        ("finish.hard", summary.hard.len()),
        ("finish.open", summary.open.len()),
        ("finish.confirmed", summary.confirmed.len()),
    ] {
        lines.push(say(count(key, n)));
    }
    lines
}

/// What F10 shows: blanks, findings, confirmations; then how to hand in.
fn finish(ui: &Ui, app: &App, summary: &Summary, canvas: &mut Canvas<'_>) {
    let mut lines = counts(ui, app, summary);
    let findings = summary
        .hard
        .iter()
        .chain(&summary.open)
        .chain(&summary.confirmed);
    let room = canvas.height().saturating_sub(6 + lines.len() + 1);
    lines.extend(
        findings
            .take(room)
            .map(|finding| finding_named(ui, app, finding)),
    );
    let (x, y, columns) = frame(ui, canvas, ui.t("finish.title"), lines.len() + 1);
    for (offset, (text, style)) in lines.iter().enumerate() {
        canvas.put(x, y + offset, columns, text, *style);
    }
    let verdict = if summary.may_submit() {
        "finish.may"
    } else {
        "finish.may_not"
    };
    let style = if summary.may_submit() {
        ui.theme.good()
    } else {
        ui.theme.hard()
    };
    canvas.put(x, y + lines.len(), columns, ui.t(verdict), style);
    let (submit, see, stay): (Hint<'_>, Hint<'_>, Hint<'_>) = (
        (&[Command::Accept], "hint.submit"),
        (&[Command::ProblemNext], "hint.problem.next"),
        (&[Command::Cancel], "hint.stay"),
    );
    if summary.may_submit() {
        chrome::keys(ui, app, canvas, &[submit, see, stay]);
    } else {
        chrome::keys(ui, app, canvas, &[see, stay]);
    }
}
