//! The state machine of the screens: `update(&mut App, Msg) -> Vec<Effect>`. No terminal, no
//! clock, no file.

pub mod ahead;
mod answers;
pub mod command;
pub mod commands;
pub mod first_run;
pub mod form;
pub mod key;
pub mod keymap;
pub mod line;
pub mod meeting;
pub mod msg;
pub mod overlay;
pub mod picker;
pub mod prompt;
pub mod rows;
pub mod state;
pub mod trouble;
pub mod update;

pub use msg::{Effect, Msg, Size};
pub use state::App;
pub use update::update;
