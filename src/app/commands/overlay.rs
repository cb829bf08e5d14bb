//! Keys while something lies on top: lists, text boxes, the summary.

use super::super::command::Command;
use super::super::form::Way;
use super::super::line::Line;
use super::super::msg::Effect;
use super::super::prompt::{Prompt, Purpose};
use super::super::state::{Allowed, App, Overlay, ReasonChoice, Tone};
use super::lists::step_of;
use super::{asking, go, write};
use crate::base::Message;
use crate::ledger::{CellKey, typed};
use crate::plan::RuleId;

pub(super) fn run(app: &mut App, command: Command) -> Vec<Effect> {
    let Some(overlay) = &mut app.overlay else {
        return Vec::new();
    };
    if let Some(by) = step_of(command)
        && !matches!(overlay, Overlay::Prompt(_))
    {
        overlay.step(by);
        return Vec::new();
    }
    if let Some(line) = overlay.line_mut()
        && edit_line(line, command)
    {
        overlay.refilter();
        return Vec::new();
    }
    match command {
        Command::Cancel => {
            app.overlay = None;
            Vec::new()
        }
        Command::Accept => accept(app),
        Command::ProblemNext if matches!(overlay, Overlay::Finish(_)) => {
            app.overlay = None;
            let plan = app.plan.clone();
            if app
                .form_mut()
                .is_some_and(|form| !form.go_to_problem(&plan, Way::Forward))
            {
                app.say(Tone::Info, Message::new("form.no_problem"));
            }
            Vec::new()
        }
        Command::Quit => super::quit(app),
        Command::Redraw => vec![Effect::Redraw],
        _ => Vec::new(),
    }
}

fn accept(app: &mut App) -> Vec<Effect> {
    match app.overlay.take() {
        Some(Overlay::Prompt(prompt)) => {
            let effects = write::prompted(app, &prompt);
            let refused = app.notice.as_ref().is_some_and(|n| n.tone == Tone::Warning);
            if refused && app.overlay.is_none() {
                app.overlay = Some(Overlay::Prompt(prompt));
            }
            effects
        }
        Some(Overlay::Palette(picker)) => match picker.chosen() {
            Some(item) => super::run(app, item.value),
            None => Vec::new(),
        },
        Some(Overlay::GoTo(picker) | Overlay::Find(picker)) => match picker.chosen() {
            Some(item) => go::to(app, item.value.clone()),
            None => Vec::new(),
        },
        Some(Overlay::Allowed(_, picker)) => match picker.chosen().map(|item| &item.value) {
            Some(Allowed::Content(content, origin)) => write::put(app, content, *origin),
            Some(Allowed::Typing) => super::form::edit_in_place(app),
            None => Vec::new(),
        },
        Some(Overlay::Reasons {
            cell,
            rule,
            judged,
            said: _,
            picker,
        }) => match picker.chosen().map(|item| item.value.clone()) {
            Some(choice) => reason(app, cell, rule, judged, choice),
            None => Vec::new(),
        },
        Some(Overlay::Finish(summary)) => {
            if summary.may_submit() {
                write::submit(app, &summary)
            } else {
                app.overlay = Some(Overlay::Finish(summary));
                Vec::new()
            }
        }
        Some(Overlay::Leave) => super::leave(app),
        Some(Overlay::Places(purpose, picker)) => match picker.chosen() {
            Some(item) => asking::placed(app, purpose, item.value.clone()),
            None => Vec::new(),
        },
        Some(Overlay::Ask { asked, .. }) => asking::agreed(&asked),
        None => Vec::new(),
    }
}

/// Confirms a finding with a listed reason, or asks for one in free words.
fn reason(
    app: &mut App,
    cell: CellKey,
    rule: RuleId,
    judged: String,
    choice: ReasonChoice,
) -> Vec<Effect> {
    match choice {
        ReasonChoice::Listed(reason) => {
            let reason = (reason.as_str().to_owned(), String::new());
            write::confirm(app, cell, rule, judged, reason)
        }
        ReasonChoice::Words => {
            app.overlay = Some(Overlay::Prompt(Prompt {
                purpose: Purpose::Reason { cell, rule, judged },
                title: Message::new("prompt.reason"),
                line: Line::new(typed::TEXT_LIMIT),
            }));
            Vec::new()
        }
    }
}

/// Carries a text command out on a line; false for any other command.
pub(super) fn edit_line(line: &mut Line, command: Command) -> bool {
    match command {
        Command::LineLeft => line.left(),
        Command::LineRight => line.right(),
        Command::LineHome => line.home(),
        Command::LineEnd => line.end(),
        Command::LineBackspace => line.backspace(),
        Command::LineDelete => line.delete(),
        Command::LineWordLeft => line.word_left(),
        Command::LineWordRight => line.word_right(),
        Command::LineDeleteWord => line.delete_word(),
        Command::LineClear => line.clear(),
        _ => return false,
    }
    true
}
