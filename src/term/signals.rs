//! SIGHUP, SIGTERM and SIGINT end the program in order: unfinished text is kept, the terminal given
//! back. (In raw mode Ctrl+C is a key, not a signal.)

use std::sync::mpsc::Sender;

use crate::app::message::Msg;

/// Tells the app when the system asks it to end.
#[cfg(unix)]
pub(super) fn listen(to: Sender<Msg>) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGTERM, SIGINT]) else {
        // Without handlers the system's own apply: the program ends, the store is safe.
        return;
    };
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if to.send(Msg::Gone).is_err() {
                return;
            }
        }
    });
}

/// Other systems end a program without asking; the store is safe.
#[cfg(not(unix))]
pub(super) fn listen(_to: Sender<Msg>) {}
