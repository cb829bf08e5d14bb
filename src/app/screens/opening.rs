//! Waiting for the store.

use crate::app::input::command::Context;
use crate::app::screens::interface::ScreenLike;
use crate::app::state::{Health, State};

/// The screen before the store has answered for the first time.
#[derive(Debug, Default)]
pub struct Opening;

impl ScreenLike for Opening {
    fn contexts(&self) -> &'static [Context] {
        &[]
    }

    fn awaits(&self, state: &State) -> bool {
        state.health == Health::Good
    }
}
