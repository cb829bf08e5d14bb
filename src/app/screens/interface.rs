//! What every screen can be asked, and what it can be told.

use crate::app::input::command::{Command, Context};
use crate::app::message::{Draft, Reply, RequestId, Trouble};
use crate::app::overlays::Answered;
use crate::app::state::State;
use crate::ledger::{CellKey, FormKey, Recorded};

/// Whether a screen took a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Handled {
    /// It did.
    Yes,
    /// It means the same on every screen, or nothing here.
    No,
}

/// What every screen can be asked. Where a screen does nothing of its own, the default stands.
pub trait ScreenLike {
    /// Where keys are looked up, the most particular first; the context of everywhere comes last
    /// by itself.
    fn contexts(&self) -> &'static [Context];

    /// Where the keys that the help page lists are looked up.
    fn help_contexts(&self) -> &'static [Context] {
        self.contexts()
    }

    /// Carries a command out.
    fn command(&mut self, _state: &mut State, _command: Command) -> Handled {
        Handled::No
    }

    /// Takes a character that is no command.
    fn character(&mut self, _state: &mut State, _character: char) {}

    /// Takes a bracketed paste.
    fn paste(&mut self, _state: &mut State, _text: &str) {}

    /// Takes what an overlay of this screen was closed with.
    fn chosen(&mut self, _state: &mut State, _answer: Answered) {}

    /// Asks for what the screen shows, anew.
    fn refresh(&mut self, _state: &mut State) {}

    /// True while the screen waits for the answer to that request.
    fn waits_for(&self, _id: RequestId) -> bool {
        false
    }

    /// Takes the answer to a request that it waits for.
    fn answer(&mut self, _state: &mut State, _id: RequestId, _result: Result<Reply, Trouble>) {}

    /// Learns that a write was answered: with its entries, or why not.
    fn written(
        &mut self,
        _state: &mut State,
        _id: RequestId,
        _result: Result<&[Recorded], &Trouble>,
    ) {
    }

    /// True while the screen cannot know yet where a key would go.
    fn awaits(&self, _state: &State) -> bool {
        false
    }

    /// Brings what depends on anything else up to date; called after every message.
    fn settle(&mut self, _state: &mut State) {}

    /// The form that is shown, where one is.
    fn form(&self) -> Option<&FormKey> {
        None
    }

    /// The cell under the cursor, where there is one.
    fn cell(&self, _state: &State) -> Option<CellKey> {
        None
    }

    /// What a lost terminal would lose here; `None` where nothing is typed.
    fn draft(&self, _state: &State) -> Option<Draft> {
        None
    }
}
