//! Who changed what, when, from what to what, why.

use crate::app::App;
use crate::app::input::command::Command;
use crate::app::navigation::ListScope;
use crate::app::screens::history::HistoryList;
use crate::ledger::typed;
use crate::ledger::{Body, Subject};
use crate::store::{Contested, LogEntry};
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE};
use crate::ui::{finding, width, words};

const HINTS: &[Command] = &[
    Command::Accept,
    Command::ListDown,
    Command::Cancel,
    Command::PaletteOpen,
    Command::HelpOpen,
];

/// Columns of a person's name.
const WHO: usize = 18;

/// Draws the history.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, list: &HistoryList, canvas: &mut Canvas<'_>) {
    let title = format!(
        "{} · {}",
        ui.t("history.title"),
        words::scope_name(ui, app, &list.scope)
    );
    chrome::title(ui, canvas, &title, "");
    if let Some(why) = &list.failed {
        chrome::instead(ui, app, canvas, why);
    } else if list.loaded && list.entries.is_empty() {
        canvas.put(
            3,
            ABOVE + 1,
            canvas.width(),
            ui.t("history.none"),
            ui.theme.text(),
        );
    }
    let height = chrome::body_height(canvas.height());
    let top = (list.cursor.position() + 1).saturating_sub(height);
    for (place, entry) in list.entries.iter().enumerate().skip(top).take(height) {
        let here = place == list.cursor.position();
        let text = line(ui, app, list, entry);
        let style = if here {
            ui.theme.cursor()
        } else {
            ui.theme.text()
        };
        canvas.put(
            1,
            ABOVE + place - top,
            1,
            if here { "▸" } else { " " },
            ui.theme.title(),
        );
        canvas.put(3, ABOVE + place - top, canvas.width() - 4, &text, style);
        if here {
            canvas.select(3, ABOVE + place - top);
        }
    }
    if let Some(entry) = list.entries.get(list.cursor.position()) {
        detail(ui, app, &list.scope, entry, canvas);
    }
    chrome::notice(ui, app, canvas);
    chrome::foot(ui, app, canvas, HINTS);
}

fn line(ui: &Ui, app: &App, list: &HistoryList, entry: &LogEntry) -> String {
    let recorded = &entry.recorded.entry;
    let who = words::person_name(app, (&entry.recorded.author, &recorded.actor));
    let who = width::left(who, WHO);
    let when = app.state.plan.short_time(recorded.wall());
    let what = match (&list.scope, recorded.subject.cell()) {
        (ListScope::Cell(_), _) | (_, None) => String::new(),
        (_, Some(cell)) => {
            let label = app
                .state
                .plan
                .field(&cell.id.field)
                .map(|f| f.short.get(app.state.lang));
            format!(
                "{} ",
                width::left(label.unwrap_or(cell.id.field.as_str()), 26)
            )
        }
    };
    let mark = match entry.contested {
        Contested::Never => String::new(),
        Contested::Once => format!("  ⚑ {}", ui.t("history.was_in_conflict")),
    };
    format!("{when}  {who}  {what}{}{mark}", change(ui, app, entry))
}

/// "62 → 63", or the step that was taken.
fn change(ui: &Ui, app: &App, entry: &LogEntry) -> String {
    let recorded = &entry.recorded.entry;
    let blank = || ui.t("history.blank").to_owned();
    let show = |body: &Body| match body {
        Body::SetValue(content) | Body::Resolve(content) => {
            let text = typed::show(content);
            if text.is_empty() { blank() } else { text }
        }
        Body::Note(text) => text.clone(),
        _ => String::new(),
    };
    let before: Vec<String> = entry.before.iter().map(show).collect();
    let before = if before.is_empty() {
        blank()
    } else {
        before.join(" / ")
    };
    match (&recorded.subject, &recorded.body) {
        (Subject::Cell(_), body) => format!("{before} → {}", show(body)),
        (Subject::Note(_), body) => {
            format!("{}: {before} → {}", ui.t("history.note"), show(body))
        }
        (subject, body) => {
            let state = &app.state;
            ui.texts.say(&words::step(
                &state.plan,
                &state.status.people,
                subject,
                body,
            ))
        }
    }
}

/// The whole of the entry under the cursor: how it came about, why, its number.
fn detail(ui: &Ui, app: &App, scope: &ListScope, entry: &LogEntry, canvas: &mut Canvas<'_>) {
    let recorded = &entry.recorded;
    let mut first = vec![change(ui, app, entry), ui.t(origin_key(entry)).to_owned()];
    if recorded.entry.flags & crate::ledger::entry::FLAG_ON_BEHALF != 0 {
        first.push(ui.t("history.on_behalf").to_owned());
    }
    if entry.contested == Contested::Once {
        first.push(ui.t("history.was_in_conflict").to_owned());
    }
    chrome::message(canvas, 0, &first.join(" · "), ui.theme.text());
    let why = match &recorded.entry.body {
        Body::Confirm {
            reason,
            words,
            judged,
        } => {
            format!("{} ({judged})", finding::reason(app, reason, words))
        }
        _ => recorded.entry.note.clone(),
    };
    let mut second = Vec::new();
    if let (ListScope::All | ListScope::Unit(_), Some(form)) =
        (scope, recorded.entry.subject.form())
    {
        second.push(words::scope_name(ui, app, &ListScope::Form(form.clone())));
    }
    let state = &app.state;
    let by = (&recorded.author, &recorded.entry.actor);
    let who = words::person(&state.status.people, (&state.plan, state.lang), by);
    second.push(who);
    if !why.is_empty() {
        second.push(why);
    }
    let author: String = recorded.author.to_string().chars().take(8).collect();
    second.push(format!("{author}:{}", recorded.seq));
    let second = second.join(" · ");
    chrome::message(canvas, 1, &second, ui.theme.text());
}

fn origin_key(entry: &LogEntry) -> &'static str {
    use crate::ledger::Origin;
    match entry.recorded.entry.origin {
        Origin::Typed => "origin.typed",
        Origin::Set => "origin.set",
        Origin::Copied => "origin.copied",
        Origin::Paste => "origin.paste",
        Origin::Table => "origin.table",
        Origin::Import => "origin.import",
        Origin::UndoOf(_) => "origin.undo",
        Origin::RedoOf(_) => "origin.redo",
        Origin::Demo => "origin.demo",
    }
}
