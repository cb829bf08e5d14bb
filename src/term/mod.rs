//! The terminal: raw mode with a guard, events to messages, frames to bytes, the store's thread.

pub mod backend;
mod guard;
mod input;
pub mod output;
pub mod presence_file;
pub mod run;
mod signals;

use crate::app::message::Size;

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
