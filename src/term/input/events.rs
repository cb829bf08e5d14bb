//! Reads the terminal's events on a thread of its own and sends them on as messages, one at a time:
//! no debounce, no guess that fast typing is a paste. The end of the input ends the program.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event};

use super::keys;
use crate::app::message::{Msg, Size};

/// The longest paste that is taken (`server.md`, pitfall 7).
const PASTE_LIMIT: usize = 1 << 20;
/// How often a silent terminal is looked at to see whether it is still there.
const ALIVE: Duration = Duration::from_secs(30);

/// Reads events on a thread of its own until the terminal or the app is gone.
pub(crate) fn listen(to: Sender<Msg>) {
    thread::spawn(move || {
        while let Some(messages) = next() {
            for message in messages {
                if to.send(message).is_err() {
                    return;
                }
            }
        }
        // Nobody listens when the app ended first.
        let _ = to.send(Msg::Gone);
    });
}

/// The messages of the next event; `None` at the end of the input.
fn next() -> Option<Vec<Msg>> {
    loop {
        match event::poll(ALIVE) {
            Ok(true) => {
                return event::read()
                    .ok()
                    .map(|event| message_of(event).into_iter().collect());
            }
            Ok(false) if is_gone() => return None,
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// True when standard input is no terminal any more: its other side was closed.
#[cfg(unix)]
fn is_gone() -> bool {
    rustix::termios::tcgetwinsize(rustix::stdio::stdin()).is_err()
}

#[cfg(not(unix))]
fn is_gone() -> bool {
    false
}

/// The message of an event, if it means anything to the app.
fn message_of(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => keys::key_of(key).map(Msg::Key),
        Event::Paste(text) if text.len() > PASTE_LIMIT => Some(Msg::PasteTooLong),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(width, height) => Some(Msg::Resize(Size { width, height })),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_past_the_limit_is_refused_whole() {
        let long = "1".repeat(PASTE_LIMIT + 1);
        assert!(matches!(
            message_of(Event::Paste(long)),
            Some(Msg::PasteTooLong)
        ));
    }
}
