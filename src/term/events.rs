//! What the terminal sends becomes messages, one at a time: no debounce, no guess that fast typing
//! is a paste. The end of the input ends the program.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::key::{Code, Key, Mods};
use crate::app::msg::{Msg, Size};

/// The longest paste that is taken (`server.md`, pitfall 7).
pub const PASTE_LIMIT: usize = 1 << 20;
/// How often a silent terminal is looked at to see whether it is still there.
const ALIVE: Duration = Duration::from_secs(30);

/// Reads events on a thread of its own until the terminal or the app is gone.
pub fn listen(to: Sender<Msg>) {
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
                    .map(|event| of(event).into_iter().collect());
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
fn of(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => of_key(key).map(Msg::Key),
        Event::Paste(text) if text.len() > PASTE_LIMIT => Some(Msg::PasteTooLong),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(width, height) => Some(Msg::Resize(Size { width, height })),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

/// A key that went down; releases, media keys and the like are nothing.
fn of_key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let mut mods = Mods::NONE;
    for (held, our) in [
        (KeyModifiers::CONTROL, Mods::CTRL),
        (KeyModifiers::ALT, Mods::ALT),
        (KeyModifiers::SHIFT, Mods::SHIFT),
    ] {
        if event.modifiers.contains(held) {
            mods = mods.and(our);
        }
    }
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::F(number) => Code::F(number),
        KeyCode::Enter => Code::Enter,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => {
            mods = mods.and(Mods::SHIFT);
            Code::Tab
        }
        KeyCode::Esc => Code::Esc,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key::new(code, mods))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        of_key(KeyEvent::new(code, modifiers)).map(|key| key.to_string())
    }

    #[test]
    fn keys_have_one_name_each() {
        assert_eq!(
            key(KeyCode::BackTab, KeyModifiers::SHIFT).as_deref(),
            Some("shift+tab")
        );
        assert_eq!(
            key(KeyCode::Char('h'), KeyModifiers::CONTROL).as_deref(),
            Some("backspace")
        );
        assert_eq!(
            key(KeyCode::F(8), KeyModifiers::SHIFT).as_deref(),
            Some("shift+f8")
        );
        assert_eq!(
            key(KeyCode::Char('Đ'), KeyModifiers::SHIFT).as_deref(),
            Some("Đ")
        );
    }

    #[test]
    fn a_release_is_no_key() {
        let mut event = KeyEvent::new(KeyCode::Char('1'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(of_key(event), None);
    }

    #[test]
    fn a_paste_past_the_limit_is_refused_whole() {
        let long = "1".repeat(PASTE_LIMIT + 1);
        assert!(matches!(of(Event::Paste(long)), Some(Msg::PasteTooLong)));
    }
}
