//! Keys and definitions.

use crate::app::input::command::{Command, Context};
use crate::app::input::list::step_of;
use crate::app::navigation::Go;
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::State;
use crate::plan::FieldId;

/// The page's length is known where it is drawn, and it never scrolls past its end there.
const FARTHEST: usize = 400;

/// The help page.
#[derive(Debug, Default)]
pub struct Help {
    /// The field whose indicator is explained.
    pub field: Option<FieldId>,
    /// Where the keys that it explains are looked up: on the screen below.
    pub contexts: Vec<Context>,
    /// The first line shown.
    pub top: usize,
}

impl ScreenLike for Help {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Help, Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            self.top = self.top.saturating_add_signed(by).min(FARTHEST);
            return Handled::Yes;
        }
        if command == Command::Accept {
            state.go(Go::Back);
            return Handled::Yes;
        }
        Handled::No
    }
}
