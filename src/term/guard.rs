//! The terminal as it was found, given back whatever happens: at the end, on an error, on a panic,
//! while the session is stopped.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};

/// What a terminal sends is settled, whatever the program before left behind: cursor keys and
/// keypad send what stands on them, the mouse and the window nothing, a paste its brackets.
const SETTLED: &[u8] = b"\x1b[?1l\x1b>\x1b[?1000;1002;1003;1004l\x1b[?2004h";
/// A paste comes without brackets again.
const UNSETTLED: &[u8] = b"\x1b[?2004l";

/// True while the terminal is ours; whoever sets it back first gives the terminal back, once.
static OURS: AtomicBool = AtomicBool::new(false);
/// True once the session is over: nothing takes the terminal again.
static OVER: AtomicBool = AtomicBool::new(false);

/// The terminal in raw mode on its alternate screen, until dropped.
#[derive(Debug)]
pub(super) struct Guard(());

impl Guard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none, or it cannot be set.
    pub(super) fn enter() -> io::Result<Self> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // Only the thread whose panic ends the program leaves the screen; the store's thread
            // catches its own.
            if std::thread::current().name() == Some("main") {
                OVER.store(true, Ordering::SeqCst);
                give_back();
            }
            if !OURS.load(Ordering::SeqCst) {
                before(info);
            }
        }));
        take()?;
        Ok(Self(()))
    }
}

/// Gives the terminal back because the session is about to be stopped.
#[cfg(unix)]
pub(super) fn before_stop() {
    give_back();
}

/// Takes the terminal again after the session was stopped: the shell set it as it likes it.
#[cfg(unix)]
pub(super) fn after_stop() {
    if OVER.load(Ordering::SeqCst) {
        return;
    }
    // Raw mode is not set where it is believed to be.
    let _ = disable_raw_mode();
    // A terminal that is gone is noticed by who reads it.
    let _ = take();
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    let mut bytes = Vec::new();
    queue!(
        bytes,
        EnterAlternateScreen,
        // The Linux console has no other screen to change to.
        Clear(ClearType::All),
        cursor::Hide
    )?;
    bytes.extend(SETTLED);
    io::stdout().write_all(&bytes)?;
    io::stdout().flush()
}

impl Drop for Guard {
    fn drop(&mut self) {
        OVER.store(true, Ordering::SeqCst);
        give_back();
    }
}

fn give_back() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut bytes = UNSETTLED.to_vec();
    let queued = queue!(
        bytes,
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
