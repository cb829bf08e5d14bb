//! The terminal: raw mode with a guard, events to messages, frames to bytes, the store's thread.

pub mod beside;
pub mod events;
mod folders;
pub mod guard;
mod inbox;
pub mod meeting;
mod pencil;
mod questions;
mod receipts;
pub mod run;
pub mod screen;
pub mod signals;
mod told;
pub mod worker;

use crate::app::msg::Size;

/// The terminal's size now; 80x24 where it does not say.
pub fn size() -> Size {
    match crossterm::terminal::size() {
        Ok((width, height)) if width > 0 && height > 0 => Size { width, height },
        _ => Size {
            width: 80,
            height: 24,
        },
    }
}

/// True when both standard input and output are a terminal.
pub fn is_there() -> bool {
    use std::io::IsTerminal;
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}
