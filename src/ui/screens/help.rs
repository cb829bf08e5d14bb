//! The keys of the screen below, from the effective keymap, and the definition of the indicator
//! under the cursor.

use ratatui::style::Style;

use crate::app::App;
use crate::app::input::command::Command;
use crate::app::screens::Screen;
use crate::app::screens::help::Help;
use crate::base::Message;
use crate::plan::{Field, Measure};
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE};
use crate::ui::width;

const HINTS: &[Command] = &[Command::ListDown, Command::ListPageDown, Command::Cancel];

/// Draws the help page.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, help: &Help, canvas: &mut Canvas<'_>) {
    chrome::title(ui, canvas, ui.t("help.title"), &app.state.keymap.name);
    let lines = lines(ui, app, help, canvas.width().saturating_sub(2));
    let height = chrome::body_height(canvas.height()) + 3;
    let top = help.top.min(lines.len().saturating_sub(height));
    for (offset, (text, style)) in lines.iter().skip(top).take(height).enumerate() {
        canvas.put(1, ABOVE + offset, canvas.width() - 2, text, *style);
    }
    let more = lines.len().saturating_sub(top + height);
    if more > 0 {
        let said = Message::new("help.more").with("count", more);
        canvas.put_right(
            canvas.width() - 1,
            canvas.height() - 1,
            20,
            &ui.say(app, &said),
            ui.theme.text(),
        );
    }
    chrome::foot(ui, app, canvas, HINTS);
    let rule = canvas.height().saturating_sub(chrome::BELOW);
    draw_below(ui, canvas, rule, &lines, top);
}

/// Draws the text on where other screens have message lines, which the help page has not.
fn draw_below(
    ui: &Ui,
    canvas: &mut Canvas<'_>,
    rule: usize,
    lines: &[(String, Style)],
    top: usize,
) {
    canvas.clear(0, rule, canvas.width(), chrome::BELOW - 1);
    for y in rule..rule + chrome::BELOW - 2 {
        if let Some((text, style)) = lines.get(top + y - ABOVE) {
            canvas.put(1, y, canvas.width() - 2, text, *style);
        }
    }
    canvas.put(
        0,
        rule + chrome::BELOW - 2,
        canvas.width(),
        &"─".repeat(canvas.width()),
        ui.theme.rule(),
    );
}

/// All lines of the page, with their styles.
fn lines(ui: &Ui, app: &App, help: &Help, columns: usize) -> Vec<(String, Style)> {
    let mut out = Vec::new();
    if let Some(field) = help.field.as_ref().and_then(|id| app.state.plan.field(id)) {
        definition(ui, app, field, columns, &mut out);
    }
    out.push((ui.t("help.keys").to_owned(), ui.theme.title()));
    let on_findings = app
        .screens
        .iter()
        .any(|screen| matches!(screen, Screen::Findings(_) | Screen::Form(_)));
    for row in app.state.keymap.rows_for(&help.contexts) {
        if row.command == Command::ConfirmFinding && !on_findings {
            continue;
        }
        let keys: Vec<String> = row.keys.iter().map(|key| key.display()).collect();
        let keys = width::left(&keys.join(", "), 26);
        for (at, line) in width::wrap(ui.t(row.command.doc_key()), columns.saturating_sub(28), 3)
            .iter()
            .enumerate()
        {
            let head = if at == 0 {
                keys.clone()
            } else {
                " ".repeat(26)
            };
            out.push((format!("  {head}{line}"), ui.theme.text()));
        }
    }
    out.push((String::new(), ui.theme.text()));
    out.push((ui.t("help.typing").to_owned(), ui.theme.title()));
    for key in [
        "help.numbers",
        "help.empty_states",
        "help.signs",
        "help.saving",
    ] {
        let said = ui.say(app, &Message::new(key));
        for line in width::wrap(&said, columns.saturating_sub(2), 6) {
            out.push((format!("  {line}"), ui.theme.text()));
        }
    }
    out
}

/// Adds what the field is and each indicator that it feeds, in the plan's own words.
fn definition(ui: &Ui, app: &App, field: &Field, columns: usize, out: &mut Vec<(String, Style)>) {
    let lang = app.state.lang;
    let mut push = |text: &str, style: Style| {
        for line in width::wrap(text, columns, 8) {
            out.push((line, style));
        }
    };
    push(field.label.get(lang), ui.theme.title());
    if !field.note.is_empty() {
        push(field.note.get(lang), ui.theme.text());
    }
    let feeds = |measure: &&Measure| measure.components().contains(&&field.id);
    let mut said: Vec<&str> = Vec::new();
    for measure in app.state.plan.measures.iter().filter(feeds) {
        let Some(indicator) = app.state.plan.indicator(&measure.indicator) else {
            continue;
        };
        if said.contains(&indicator.id.as_str()) {
            continue;
        }
        said.push(&indicator.id);
        push(
            &format!("{} {}", indicator.id, indicator.text.get(lang)),
            ui.theme.text(),
        );
        if !measure.note.is_empty() {
            push(measure.note.get(lang), ui.theme.text());
        }
    }
    out.push((String::new(), ui.theme.text()));
}
