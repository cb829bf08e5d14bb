//! How much of what was typed may wait: the rest stays with the terminal, so that neither memory
//! nor the time until a hang-up is heard grows with what is typed or pasted.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::app::message::Msg;

/// So many keys may wait; a paste waits alone.
const MOST: usize = 256;
/// How often the reader that waits looks whether the terminal is still there.
const LOOK: Duration = Duration::from_millis(500);

/// What was typed and not yet taken, in keys; shared between who reads and who takes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Backlog(Arc<(Mutex<usize>, Condvar)>);

/// Whether a message may be sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Now.
    Now,
    /// The terminal is gone.
    Never,
}

impl Backlog {
    /// Waits until there is room for a message, and counts it; looks meanwhile whether the
    /// terminal is `gone`.
    pub(super) fn wait_for_room(&self, message: &Msg, gone: impl Fn() -> bool) -> Turn {
        let weight = weight(message);
        let (waiting, taken) = &*self.0;
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while *waiting > 0 && *waiting + weight > MOST {
            let (now, wait) = taken
                .wait_timeout(waiting, LOOK)
                .unwrap_or_else(PoisonError::into_inner);
            if wait.timed_out() && gone() {
                return Turn::Never;
            }
            waiting = now;
        }
        *waiting += weight;
        Turn::Now
    }

    /// A message was taken: there is room for others.
    pub(crate) fn taken(&self, message: &Msg) {
        let weight = weight(message);
        if weight > 0 {
            let (waiting, taken) = &*self.0;
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            *waiting = waiting.saturating_sub(weight);
            taken.notify_one();
        }
    }
}

/// True for what the terminal sends: it waits its turn, while all else is taken at once.
pub(crate) fn is_typed(message: &Msg) -> bool {
    weight(message) > 0
}

fn weight(message: &Msg) -> usize {
    match message {
        Msg::Key(_) | Msg::PasteRefused(_) => 1,
        Msg::Paste(_) => MOST,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::key::{Code, Key};

    #[test]
    fn so_many_keys_wait_and_a_paste_waits_alone() {
        let backlog = Backlog::default();
        let key = Msg::Key(Key::plain(Code::Char('1')));
        let paste = Msg::Paste("1".repeat(1 << 20));
        for _ in 0..MOST {
            assert_eq!(backlog.wait_for_room(&key, || true), Turn::Now);
        }
        assert_eq!(backlog.wait_for_room(&key, || true), Turn::Never);
        backlog.taken(&key);
        assert_eq!(backlog.wait_for_room(&key, || true), Turn::Now);
        assert_eq!(backlog.wait_for_room(&paste, || true), Turn::Never);
        for _ in 0..MOST {
            backlog.taken(&key);
        }
        assert_eq!(backlog.wait_for_room(&paste, || true), Turn::Now);
        assert_eq!(backlog.wait_for_room(&key, || true), Turn::Never);
    }

    #[test]
    fn who_waits_for_room_goes_on_when_there_is_some() {
        let backlog = Backlog::default();
        let key = || Msg::Key(Key::plain(Code::Char('1')));
        let reader = Backlog::clone(&backlog);
        let (to, typed) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            for _ in 0..10 * MOST {
                assert_eq!(reader.wait_for_room(&key(), || false), Turn::Now);
                to.send(key()).unwrap();
            }
        });
        let taken = typed.iter().inspect(|message| backlog.taken(message));
        assert_eq!(taken.count(), 10 * MOST);
        thread.join().unwrap();
    }
}
