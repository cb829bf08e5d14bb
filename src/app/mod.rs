//! The state machine of the screens: `update(&mut App, Msg) -> Vec<Effect>`. No terminal, no
//! clock, no file.
//!
//! [`state`] is what all screens share: among it [`forms`], what the store has said with the
//! unanswered writes of [`outbox`] on top. [`screens`] are values with one interface that hold
//! cursors and what is being typed; [`update`](mod@update) brings keys and answers to them.

mod answers;
mod everywhere;
pub mod forms;
mod go_to;
pub mod input;
pub mod machine;
pub mod message;
pub mod navigation;
pub mod outbox;
pub mod overlays;
mod reasons;
mod request_id;
mod router;
pub mod screens;
pub mod state;
pub mod sync_message;
pub mod update;

pub use machine::App;
pub use message::{Effect, Msg, Size};
pub use update::update;
