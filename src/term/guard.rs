//! The terminal as it was found, given back whatever happens: at the end, on an error, on a panic.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};

/// True while the terminal is ours; whoever sets it back first gives the terminal back, once.
static OURS: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode on its alternate screen, until dropped.
#[derive(Debug)]
pub(super) struct Guard(());

impl Guard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none, or it cannot be set.
    pub(super) fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        OURS.store(true, Ordering::SeqCst);
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // Only the thread whose panic ends the program leaves the screen; the store's thread
            // catches its own.
            if std::thread::current().name() == Some("main") {
                give_back();
            }
            if !OURS.load(Ordering::SeqCst) {
                before(info);
            }
        }));
        let mut bytes = Vec::new();
        queue!(
            bytes,
            EnterAlternateScreen,
            // The Linux console has no other screen to change to.
            Clear(ClearType::All),
            EnableBracketedPaste,
            cursor::Hide
        )?;
        io::stdout().write_all(&bytes)?;
        io::stdout().flush()?;
        Ok(Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

fn give_back() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut bytes = Vec::new();
    let queued = queue!(
        bytes,
        DisableBracketedPaste,
        // Where there is no other screen, ours does not stay behind.
        Clear(ClearType::All),
        cursor::MoveTo(0, 0),
        cursor::Show,
        LeaveAlternateScreen
    );
    // A terminal that is gone takes nothing back; there is nobody left to tell.
    let _ = queued.and_then(|()| io::stdout().write_all(&bytes));
    let _ = io::stdout().flush();
    let _ = disable_raw_mode();
}
