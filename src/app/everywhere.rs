//! Commands that mean the same on every screen.

use super::go_to;
use super::input::command::{Command, Context};
use super::machine::App;
use super::message::{Effect, Request};
use super::navigation::{Go, ListScope};
use super::overlays::{Answered, Overlay, Target};
use super::screens::help::Help;
use super::state::{Health, Leaving, State, Tone};
use crate::base::Message;
use crate::store::Direction;

/// Carries out a command that the screen on top has left to everybody.
pub(super) fn run(app: &mut App, command: Command) {
    let top = app.screens.top().inner();
    let form = top.form().cloned();
    match command {
        Command::HelpOpen => {
            let cell = top.cell(&app.state);
            let mut contexts = top.help_contexts().to_vec();
            contexts.push(Context::Global);
            app.screens.push(Help {
                field: cell.map(|cell| cell.id.field),
                contexts,
                top: 0,
            });
        }
        Command::PaletteOpen => {
            let contexts = app.contexts();
            app.state.overlay = Some(go_to::palette(&app.state, &contexts));
        }
        Command::GoTo => {
            let everything = go_to::everything(&app.state, form.as_ref());
            app.state.overlay = Some(everything);
        }
        Command::HomeOpen => app.state.go(Go::Home),
        Command::SyncOpen => app.state.go(Go::Sync),
        Command::FindingsForm => {
            app.state
                .go(Go::Findings(form.map_or(ListScope::All, ListScope::Form)));
        }
        Command::FindingsAll => app.state.go(Go::Findings(ListScope::All)),
        Command::HistoryForm => {
            app.state
                .go(Go::History(form.map_or(ListScope::All, ListScope::Form)));
        }
        Command::HistoryAll => app.state.go(Go::History(ListScope::All)),
        Command::Undo => app.state.undo(Direction::Undo),
        Command::Redo => app.state.undo(Direction::Redo),
        Command::Reopen => app.state.open(Request::Open),
        Command::Redraw => app.state.effect(Effect::Redraw),
        Command::Quit => quit(&mut app.state),
        Command::Cancel => app.state.go(Go::Back),
        _ => {}
    }
}

/// Goes to what was chosen from a list: a field of the form on top, a period, a unit.
pub(super) fn go_to(app: &mut App, target: Target) {
    let form = app.screens.top().inner().form().cloned();
    match target {
        Target::Field(field) => {
            let top = app.screens.top_mut().inner_mut();
            top.chosen(&mut app.state, Answered::Field(field));
        }
        target => {
            if let Some(key) = go_to::form_of(&app.state, form.as_ref(), target) {
                app.state.go(Go::Form(key, None));
            }
        }
    }
}

/// Ends the program once everything typed is on disk. What the store could not take, or has not
/// taken yet, is said first, and left only after a yes.
pub(super) fn quit(state: &mut State) {
    if let Some(running) = state.running {
        // Stopped, it has changed nothing; nobody waits for its end.
        state.stop_work(running.work);
    }
    if matches!(state.overlay, Some(Overlay::Leave)) {
        return leave(state);
    }
    if state.outbox.is_empty() {
        state.leaving = Leaving::WhenSaved;
        return;
    }
    if state.health != Health::Good || state.leaving != Leaving::No {
        state.overlay = Some(Overlay::Leave);
        return;
    }
    state.leaving = Leaving::WhenSaved;
    state.say(Tone::Info, Message::new("leave.saving"));
}

/// The question whether to leave was answered with yes. While the store can be written, what is
/// typed is still waited for; else it is lost, as the question said.
pub(super) fn leave(state: &mut State) {
    if state.health == Health::Good {
        state.overlay = None;
        state.leaving = Leaving::WhenSaved;
    } else {
        state.effect(Effect::Quit);
    }
}
