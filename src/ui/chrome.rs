//! What every screen has: the title line, rules, the message lines, the keys that work now.

use super::appearance::Ui;
use super::canvas::Canvas;
use super::width;
use crate::app::App;
use crate::app::input::command::Command;
use crate::app::state::{Health, Tone};
use crate::base::Message;

/// Rows below the body: a rule, three message lines, the keys.
pub const BELOW: usize = 5;
/// Rows above the body: the title and a rule.
pub const ABOVE: usize = 2;

/// How many rows the body has.
pub(super) fn body_height(height: usize) -> usize {
    height.saturating_sub(ABOVE + BELOW)
}

/// [`title`] with the end of its right part marked, as far as it fits: what is overdue.
pub(super) fn marked_title(
    ui: &Ui,
    canvas: &mut Canvas<'_>,
    left: &str,
    (right, marked): (&str, &str),
) {
    title(ui, canvas, left, right);
    let (end, room) = (canvas.width().saturating_sub(1), width::width(marked));
    let start = end.saturating_sub(room);
    canvas.put_block(start, 0, room, marked, ui.theme.hard());
}

/// Draws the title line with a left and a right part. The left part gets what it needs up to two
/// fifths of the line, the right part the rest of what it needs.
pub(super) fn title(ui: &Ui, canvas: &mut Canvas<'_>, left: &str, right: &str) {
    let total = canvas.width();
    let kept = width::width(left).min(total * 2 / 5);
    let right = width::fit(right, total.saturating_sub(kept + 4));
    let left_room = total.saturating_sub(width::width(&right) + 3);
    canvas.put(
        1,
        0,
        left_room,
        &width::fit_middle(left, left_room),
        ui.theme.title(),
    );
    canvas.put_right(
        total.saturating_sub(1),
        0,
        total.saturating_sub(2),
        &right,
        ui.theme.text(),
    );
    canvas.rule(1, "─", ui.theme.rule());
}

/// Draws the rule above the message lines and the keys below them.
pub(super) fn foot(ui: &Ui, app: &App, canvas: &mut Canvas<'_>, commands: &[Command]) {
    let all: Vec<Hint<'_>> = commands
        .iter()
        .map(|command| (std::slice::from_ref(command), command.hint_key()))
        .collect();
    foot_with(ui, app, canvas, &all);
}

/// Draws the rule and the keys with words of the screen's own; where the store cannot be written,
/// the way back comes first.
pub(super) fn foot_with(ui: &Ui, app: &App, canvas: &mut Canvas<'_>, hints: &[Hint<'_>]) {
    canvas.rule(canvas.height().saturating_sub(BELOW), "─", ui.theme.rule());
    let way_back: Hint<'_> = (&[Command::Reopen], Command::Reopen.hint_key());
    let failed = app.state.health != Health::Good;
    let all: Vec<Hint<'_>> = failed
        .then_some(way_back)
        .into_iter()
        .chain(hints.iter().copied())
        .collect();
    keys(ui, app, canvas, &all);
}

/// One entry of the last line: commands that belong together, and the word for them.
pub(super) type Hint<'a> = (&'a [Command], &'static str);

/// Draws the last line: the keys of these commands, as many as fit.
pub(super) fn keys(ui: &Ui, app: &App, canvas: &mut Canvas<'_>, all: &[Hint<'_>]) {
    let y = canvas.height().saturating_sub(1);
    canvas.clear(0, y, canvas.width(), 1);
    let mut x = 1;
    let contexts = app.contexts();
    for (commands, word) in all {
        let names: Vec<String> = commands
            .iter()
            .filter_map(|command| app.state.keymap.first_key(*command, &contexts))
            .map(crate::app::input::key::Key::display)
            .collect();
        if names.is_empty() {
            continue;
        }
        let (key, word) = (names.join("/"), ui.t(word));
        let needed = width::width(&key) + 1 + width::width(word);
        if x + needed + 1 > canvas.width() {
            break;
        }
        x += canvas.put(x, y, needed, &key, ui.theme.title()) + 1;
        x += canvas.put(x, y, needed, word, ui.theme.text()) + 3;
    }
}

/// How many message lines there are.
pub(super) const MESSAGES: usize = 3;

/// Draws one of the message lines (0 to 2).
pub(super) fn message(
    canvas: &mut Canvas<'_>,
    line: usize,
    text: &str,
    style: ratatui::style::Style,
) {
    let y = canvas.height().saturating_sub(BELOW - 1) + line;
    let room = canvas.width().saturating_sub(2);
    canvas.put(1, y, room, text, style);
}

/// Draws, in the lowest message lines, what was just said or that the store cannot be written;
/// returns how many lines that took, at most two.
pub(super) fn notice(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) -> usize {
    if let Some(running) = app.state.running {
        message(
            canvas,
            MESSAGES - 1,
            &progress(ui, app, running),
            ui.theme.title(),
        );
        return 1;
    }
    let (text, style) = match (&app.state.health, &app.state.notice) {
        (Health::Failed(why), _) => (format!("✖ {}", ui.say(app, why)), ui.theme.hard()),
        (Health::Good, Some(notice)) => {
            let (sign, style) = match notice.tone {
                Tone::Info => ("✓", ui.theme.text()),
                Tone::Warning => ("!", ui.theme.soft()),
            };
            (format!("{sign} {}", ui.say(app, &notice.message)), style)
        }
        (Health::Good, None) => return 0,
    };
    let lines = width::wrap(&text, canvas.width().saturating_sub(2), MESSAGES - 1);
    for (at, line) in lines.iter().enumerate() {
        message(canvas, MESSAGES - lines.len() + at, line, style);
    }
    lines.len()
}

/// How far long work is and how to stop it: "Đang đọc 12.288/145.000 lần sửa (8 %)".
fn progress(ui: &Ui, app: &App, running: crate::app::sync_message::WorkProgress) -> String {
    use crate::sync::Phase;
    let key = match running.step {
        None => return ui.t("sync_page.running").to_owned(),
        Some(Phase::Read) => "sync_page.running_read",
        Some(Phase::Weigh) => "sync_page.running_weigh",
        Some(Phase::Write) => "sync_page.running_write",
    };
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let percent = running.done.saturating_mul(100) / running.of.max(1);
    let said = Message::new(key)
        .with("done", number(running.done))
        .with("of", number(running.of))
        .with("percent", number(percent.min(100)));
    ui.say(app, &said)
}

/// Draws a sentence where a page's rows would stand.
pub(super) fn instead(ui: &Ui, app: &App, canvas: &mut Canvas<'_>, said: &Message) {
    let text = ui.say(app, said);
    let room = canvas.width().saturating_sub(6);
    for (at, line) in width::wrap(&text, room, 4).iter().enumerate() {
        canvas.put(3, ABOVE + 1 + at, room, line, ui.theme.text());
    }
}
