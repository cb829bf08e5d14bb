//! Pictures to bytes: which cells changed, and the escape sequences that show them.

mod ansi;
mod frame;

pub use frame::TerminalScreen;
