//! The Windows console: its events, read on a thread of their own, become messages one at a time.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use crossterm::event::{self, Event};

use super::backlog::{Backlog, Turn};
use super::keys;
use super::sequences::Keyboard;
use crate::app::message::{Msg, PasteFault};

/// The longest paste that is taken (`server.md`, pitfall 7).
const PASTE_LIMIT: usize = 1 << 20;

/// Reads events until the console or the app is gone.
pub(crate) fn listen(to: Sender<Msg>, _keyboard: Keyboard, backlog: Backlog) {
    thread::spawn(move || {
        while let Some(message) = next() {
            let Some(message) = message else { continue };
            if backlog.wait_for_room(&message, || false) == Turn::Never || to.send(message).is_err()
            {
                return;
            }
        }
        // Nobody listens when the app ended first.
        let _ = to.send(Msg::Gone);
    });
}

/// The message of the next event, if it means anything; `None` at the end of the input.
fn next() -> Option<Option<Msg>> {
    loop {
        match event::read() {
            Ok(event) => return Some(message_of(event)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// The message of an event, if it means anything to the app.
fn message_of(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => keys::key_of(key).map(Msg::Key),
        Event::Paste(text) if text.len() > PASTE_LIMIT => {
            Some(Msg::PasteRefused(PasteFault::TooLong))
        }
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(width, height) => Some(Msg::Resize(crate::term::drawn_size(width, height))),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}
