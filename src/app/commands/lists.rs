//! Home, findings, history and help: lists with a cursor.

use super::super::command::Command;
use super::super::msg::Effect;
use super::super::state::{App, Screen};
use super::{go, write};

/// How far a command moves a list's cursor; pages are ten lines, which fits every size.
pub(super) fn step_of(command: Command) -> Option<isize> {
    match command {
        Command::ListUp => Some(-1),
        Command::ListDown => Some(1),
        Command::ListPageUp => Some(-10),
        Command::ListPageDown => Some(10),
        Command::ListHome => Some(isize::MIN / 2),
        Command::ListEnd => Some(isize::MAX / 2),
        _ => None,
    }
}

pub(super) fn run(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    if let Some(by) = step_of(command) {
        step(app, by);
        return Some(Vec::new());
    }
    match command {
        Command::Accept => Some(accept(app)),
        Command::ConfirmFinding => {
            let Some(Screen::Findings(list)) = app.screens.last() else {
                return None;
            };
            let (key, finding) = list.items.get(list.selected)?.clone();
            let mut effects = go::to_cell(app, &key, &finding.cell.field);
            effects.extend(write::ask_reason(app, &key, &finding));
            Some(effects)
        }
        _ => None,
    }
}

fn step(app: &mut App, by: isize) {
    let clamp = |at: usize, count: usize| at.saturating_add_signed(by).min(count.saturating_sub(1));
    match app.screens.last_mut() {
        Some(Screen::Home(home)) => home.selected = clamp(home.selected, home.forms.len()),
        Some(Screen::Findings(list)) => list.selected = clamp(list.selected, list.items.len()),
        Some(Screen::History(list)) => list.selected = clamp(list.selected, list.entries.len()),
        // The page's length is known where it is drawn; it never scrolls past its end there.
        Some(Screen::Help(help)) => help.top = clamp(help.top, 400),
        _ => {}
    }
}

fn accept(app: &mut App) -> Vec<Effect> {
    match app.screen() {
        Screen::Home(home) => {
            let key = home.forms.get(home.selected).map(|form| form.key.clone());
            key.map(|key| app.open_form(&key)).unwrap_or_default()
        }
        Screen::Findings(list) => match list.items.get(list.selected).cloned() {
            Some((key, finding)) => go::to_cell(app, &key, &finding.cell.field),
            None => Vec::new(),
        },
        Screen::History(list) => {
            let cell = list
                .entries
                .get(list.selected)
                .and_then(|entry| entry.recorded.entry.subject.cell().cloned());
            cell.map(|cell| go::to_cell(app, &cell.form, &cell.id.field))
                .unwrap_or_default()
        }
        Screen::Help(_) => {
            app.screens.pop();
            Vec::new()
        }
        _ => Vec::new(),
    }
}
