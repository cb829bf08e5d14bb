//! What the system tells the session. SIGHUP, SIGTERM and SIGINT end it in order: unfinished text
//! is kept, the terminal given back. (In raw mode Ctrl+C is a key, not a signal.) SIGTSTP stops it
//! with the terminal given back; SIGCONT goes on with it, drawn anew.

use std::sync::mpsc::Sender;

use crate::app::message::Msg;

/// Tells the app when the system asks it to end, and when its window is another one.
#[cfg(unix)]
pub(super) fn listen(to: Sender<Msg>) {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    use signal_hook::low_level::emulate_default_handler;

    use super::guard;

    let all = [SIGHUP, SIGTERM, SIGINT, SIGWINCH, SIGTSTP, SIGCONT];
    let Ok(mut signals) = signal_hook::iterator::Signals::new(all) else {
        // Without handlers the system's own apply: the program ends, the store is safe.
        return;
    };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let message = match signal {
                SIGTSTP => {
                    guard::before_stop();
                    // Stops here until SIGCONT.
                    let _ = emulate_default_handler(SIGTSTP);
                    continue;
                }
                SIGCONT => {
                    guard::after_stop();
                    Msg::Resize(super::size())
                }
                SIGWINCH => Msg::Resize(super::size()),
                _ => Msg::Gone,
            };
            if to.send(message).is_err() {
                return;
            }
        }
    });
}

/// Other systems end a program without asking; the store is safe.
#[cfg(not(unix))]
pub(super) fn listen(_to: Sender<Msg>) {}
