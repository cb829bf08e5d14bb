//! What the terminal sends, as messages of the app.

mod backlog;
#[cfg(not(unix))]
mod console;
mod decoder;
#[cfg(not(unix))]
mod keys;
mod paste;
mod sequences;
#[cfg(unix)]
mod stdin;

pub(super) use backlog::{Backlog, is_typed};
#[cfg(not(unix))]
pub(super) use console::listen;
pub use decoder::Decoder;
pub use sequences::Keyboard;
#[cfg(unix)]
pub(super) use stdin::listen;
