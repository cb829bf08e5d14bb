//! What lies on top of a screen: lists to choose from, text boxes, the summary before handing in.

use ratatui::style::Style;

use super::appearance::Ui;
use super::canvas::Canvas;
use super::chrome::{self, ABOVE, Hint};
use super::{finding, widgets, width};
use crate::app::App;
use crate::app::input::command::Command;
use crate::app::overlays::picker::Picker;
use crate::app::overlays::prompt::{Prompt, Purpose};
use crate::app::overlays::{Allowed, AllowedTitle, Overlay};
use crate::app::screens::Screen;
use crate::app::state::{Health, Tone};
use crate::app::sync_message::FolderUse;
use crate::base::Message;
use crate::service::workflow::SubmissionSummary;

/// Draws what lies on top; returns where the caret stands, if text is typed there.
pub(super) fn draw(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) -> Option<(usize, usize)> {
    match app.state.overlay.as_ref()? {
        Overlay::Prompt(prompt) => Some(text_box(ui, app, prompt, canvas)),
        Overlay::Palette(picker) => {
            Some(widgets::list_box(ui, app, "palette.title", picker, canvas))
        }
        Overlay::GoTo(picker) => Some(widgets::list_box(ui, app, "goto.title", picker, canvas)),
        Overlay::Find(picker) => Some(widgets::list_box(ui, app, "find.title", picker, canvas)),
        Overlay::Allowed(AllowedTitle::Emptiness, picker) => {
            emptiness(ui, app, picker, canvas);
            None
        }
        Overlay::Allowed(AllowedTitle::Everything, picker) => {
            Some(widgets::list_box(ui, app, "allowed.title", picker, canvas))
        }
        Overlay::Reasons { said, picker, .. } => {
            let title = Message::new("reason.title").with("finding", said.clone());
            Some(widgets::titled_list(
                ui,
                app,
                &ui.say(app, &title),
                picker,
                canvas,
            ))
        }
        Overlay::Finish(summary) => {
            finish(ui, app, summary, canvas);
            None
        }
        Overlay::Leave => {
            leave(ui, app, canvas);
            None
        }
        Overlay::Folders(FolderUse::Inbox, picker) => Some(widgets::list_box(
            ui,
            app,
            "sync_page.which_folder",
            picker,
            canvas,
        )),
        Overlay::Folders(FolderUse::Export(_), picker) => Some(widgets::list_box(
            ui,
            app,
            "sync_page.write_where",
            picker,
            canvas,
        )),
        Overlay::Question { title, said, .. } => {
            ask(ui, app, (title, said), canvas);
            None
        }
    }
}

/// Draws why a cell has no figure, right below or above its row; each choice has its number.
fn emptiness(ui: &Ui, app: &App, picker: &Picker<Allowed>, canvas: &mut Canvas<'_>) {
    let rows = picker.shown().len() + 2;
    let lowest = canvas.height().saturating_sub(1);
    let cell = row_of_cell(app).unwrap_or(ABOVE);
    let top = if cell + 1 + rows <= lowest {
        cell + 1
    } else {
        cell.saturating_sub(rows)
    };
    canvas.clear(0, top, canvas.width(), rows);
    canvas.rule(top, "─", ui.theme.rule());
    canvas.rule(top + rows - 1, "─", ui.theme.rule());
    let title = format!(" {} ", ui.t("empty.title"));
    canvas.put(2, top, canvas.width(), &title, ui.theme.title());
    for (place, item) in picker.shown().enumerate() {
        let (y, here) = (top + 1 + place, place == picker.selected());
        let style = if here {
            ui.theme.cursor()
        } else {
            ui.theme.text()
        };
        canvas.put(2, y, 1, if here { "▸" } else { " " }, ui.theme.title());
        let text = format!("{}  {}", place + 1, item.label.get(app.state.lang));
        canvas.put(4, y, canvas.width().saturating_sub(5), &text, style);
        if here {
            canvas.select(4, y);
        }
    }
    let keys: [Hint<'_>; 3] = [
        (&[Command::Accept], "hint.choose"),
        (&[Command::ListUp, Command::ListDown], "hint.move"),
        (&[Command::Cancel], "hint.no"),
    ];
    chrome::keys(ui, app, canvas, &keys);
}

/// The row of the screen on which the cell under the cursor stands.
fn row_of_cell(app: &App) -> Option<usize> {
    let Screen::Form(form) = app.screen() else {
        return None;
    };
    let line = form.view(&app.state)?.layout.line_of(form.cursor);
    Some(ABOVE + line.checked_sub(form.top)?)
}

/// Draws the question whether to end the program, and what would be lost: nothing, or what the store could not take.
fn leave(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) {
    let unsaved = app.state.outbox.changes();
    let failed = app.state.health != Health::Good && unsaved > 0;
    let (key, style) = if failed {
        ("leave.unsaved", ui.theme.hard())
    } else {
        ("leave.saved", ui.theme.text())
    };
    let said = ui.say(app, &Message::new(key).with("count", unsaved));
    let (x, y, columns) = widgets::bottom_box(ui, canvas, ui.t("leave.title"), 2);
    for (at, line) in width::wrap(&said, columns, 2).iter().enumerate() {
        canvas.put(x, y + at, columns, line, style);
    }
    let keys: [Hint<'_>; 2] = [
        (&[Command::Accept], "hint.quit"),
        (&[Command::Cancel], "hint.stay"),
    ];
    chrome::keys(ui, app, canvas, &keys);
}

/// Draws a question that Enter answers with yes, and what yes means.
fn ask(ui: &Ui, app: &App, (title, said): (&Message, &Message), canvas: &mut Canvas<'_>) {
    let (x, y, columns) = widgets::bottom_box(ui, canvas, &ui.say(app, title), 2);
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

/// From how few characters left on a text box says how many.
const NEARLY_FULL: usize = 200;

/// Draws a box for a longer text; returns where the caret stands.
fn text_box(ui: &Ui, app: &App, prompt: &Prompt, canvas: &mut Canvas<'_>) -> (usize, usize) {
    let refused = refusal(ui, app, canvas.width().saturating_sub(4));
    let rows = 5.min(canvas.height().saturating_sub(6)).max(1);
    let title = ui.say(app, &prompt.title);
    let (x, y, columns) = widgets::bottom_box(ui, canvas, &title, rows);
    let rows = rows.saturating_sub(refused.len()).max(1);
    for (offset, line) in refused.iter().enumerate() {
        canvas.put(x, y + rows + offset, columns, line, ui.theme.soft());
    }
    let (lines, caret) = prompt.line.wrapped(columns);
    let top = (caret.1 + 1).saturating_sub(rows);
    for (offset, line) in lines.iter().skip(top).take(rows).enumerate() {
        canvas.put(x, y + offset, columns, line, ui.theme.text());
    }
    if let Some((key, style)) = match prompt.line.room() {
        0 => Some(("prompt.full", ui.theme.soft())),
        1..NEARLY_FULL => Some(("prompt.room", ui.theme.text())),
        _ => None,
    } {
        let said = Message::new(key).with("count", prompt.line.room());
        let text = format!(" {} ", ui.say(app, &said));
        let rule = canvas.height().saturating_sub(2);
        canvas.put_right(x + columns, rule, columns, &text, style);
    }
    let keys: [Hint<'_>; 2] = [
        (&[Command::Accept], accept_hint(&prompt.purpose)),
        (&[Command::Cancel], "hint.no"),
    ];
    chrome::keys(ui, app, canvas, &keys);
    (x + caret.0, y + caret.1 - top)
}

/// Why what was typed into the box was not taken: it stands in the box until the next key.
fn refusal(ui: &Ui, app: &App, columns: usize) -> Vec<String> {
    let notice = app.state.notice.as_ref();
    let Some(notice) = notice.filter(|notice| notice.tone == Tone::Warning) else {
        return Vec::new();
    };
    let said = format!("! {}", ui.say(app, &notice.message));
    width::wrap(&said, columns, 2)
}

/// What Enter does with the text: it keeps it, compares it, or confirms by it.
fn accept_hint(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Note(_) | Purpose::Words(_) => "hint.save",
        Purpose::Digits(..) | Purpose::FileDigits(..) => "hint.compare",
        Purpose::Folder(_) => "hint.choose",
        Purpose::Reason(_)
        | Purpose::Resolve(_)
        | Purpose::Settle(..)
        | Purpose::OtherFigure
        | Purpose::TakeBack(_)
        | Purpose::Return(_) => "hint.confirm",
    }
}

/// The first lines of the summary: how many blanks and which, how many states, how many findings
/// of each kind.
fn counts(ui: &Ui, app: &App, summary: &SubmissionSummary) -> Vec<(String, Style)> {
    let say = |message: Message| (ui.say(app, &message), ui.theme.text());
    let count = |key: &'static str, n: usize| Message::new(key).with("count", n);
    let mut blanks = say(count("finish.blanks", summary.blanks.len()));
    let names: Vec<&str> = summary
        .blanks
        .iter()
        .filter_map(|id| app.state.plan.field(id))
        .map(|field| field.short.get(app.state.lang))
        .take(8)
        .collect();
    if !names.is_empty() {
        blanks.0 = format!("{} · {}", blanks.0, names.join("; "));
    }
    let mut lines = vec![blanks];
    if !summary.unanswered.is_empty() {
        lines.push(say(count("finish.fill", summary.unanswered.len())));
    }
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

/// Draws the summary before handing in: blanks, findings, confirmations; then how to hand in.
fn finish(ui: &Ui, app: &App, summary: &SubmissionSummary, canvas: &mut Canvas<'_>) {
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
            .map(|finding| finding::with_cell(ui, app, finding)),
    );
    let (x, y, columns) = widgets::bottom_box(ui, canvas, ui.t("finish.title"), lines.len() + 1);
    for (offset, (text, style)) in lines.iter().enumerate() {
        canvas.put(x, y + offset, columns, text, *style);
    }
    let verdict = match (summary.unanswered.is_empty(), summary.hard.is_empty()) {
        (true, true) => "finish.may",
        (false, true) => "finish.unanswered",
        _ => "finish.may_not",
    };
    let style = if summary.may_submit() {
        ui.theme.text()
    } else {
        ui.theme.hard()
    };
    let verdict = match refusal(ui, app, columns).into_iter().next() {
        Some(refused) => refused,
        None => ui.t(verdict).to_owned(),
    };
    canvas.put(x, y + lines.len(), columns, &verdict, style);
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
