//! The first-run page's keys.

use super::super::command::Command;
use super::super::first_run::{FirstRun, Step};
use super::super::msg::{Effect, Request};
use super::super::state::{App, Screen, Tone};
use super::overlay::edit_line;
use crate::base::Message;

pub(super) fn run(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    let plan = app.plan.clone();
    let Some(Screen::FirstRun(page)) = app.screens.last_mut() else {
        return None;
    };
    match (&page.step, command) {
        (Step::Unit, Command::Accept) => {
            if let Some(item) = page.units.chosen() {
                page.unit = Some(item.value.clone());
                page.step = Step::Name;
            }
            Some(Vec::new())
        }
        (Step::Unit, _) => {
            if let Some(by) = super::lists::step_of(command) {
                page.units.step(by);
                return Some(Vec::new());
            }
            if edit_line(&mut page.units.filter, command) {
                page.units.refilter();
                return Some(Vec::new());
            }
            None
        }
        (Step::Name, Command::Accept) => {
            let Some(answers) = page.answers(&plan) else {
                app.say(Tone::Warning, Message::new("first.name_needed"));
                return Some(Vec::new());
            };
            page.step = Step::Making;
            app.say(Tone::Info, Message::new("first.making"));
            Some(vec![Effect::Ask(Request::Create(answers))])
        }
        (Step::Name | Step::Making, Command::Cancel) => {
            page.step = Step::Unit;
            Some(Vec::new())
        }
        (Step::Name, _) => edit_line(&mut page.name, command).then(Vec::new),
        (Step::Making, _) => None,
    }
}

pub(super) fn character(page: &mut FirstRun, character: char) {
    match page.step {
        Step::Unit => {
            page.units.filter.insert(character);
            page.units.refilter();
        }
        Step::Name => {
            page.name.insert(character);
        }
        Step::Making => {}
    }
}

pub(super) fn paste(page: &mut FirstRun, text: &str) {
    match page.step {
        Step::Unit => {
            page.units.filter.insert_str(text);
            page.units.refilter();
        }
        Step::Name => {
            page.name.insert_str(text);
        }
        Step::Making => {}
    }
}
