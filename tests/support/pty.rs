//! The real program in a pseudo terminal, seen through a terminal emulator: what a person sees
//! and does, and what happens to the process behind it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test target uses its own part; a helper that fails fails its test"
)]

use std::io::{ErrorKind, Read, Write};
use std::num::NonZero;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Pty, open};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};

/// How long something that must come may take on a busy machine. Only a test that fails waits.
const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(3);

pub(crate) const ENTER: &str = "\r";
pub(crate) const ESC: &str = "\x1b";
pub(crate) const DOWN: &str = "\x1b[B";
pub(crate) const UP: &str = "\x1b[A";
pub(crate) const F4: &str = "\x1bOS";
pub(crate) const F5: &str = "\x1b[15~";
pub(crate) const F10: &str = "\x1b[21~";
pub(crate) const CTRL_N: &str = "\x0e";
pub(crate) const CTRL_Q: &str = "\x11";

/// The program, with nothing of the environment but what a test gives it.
pub(crate) fn program(store: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nhaplieu"));
    command
        .args(words)
        .env_clear()
        .env("HOME", store.parent().unwrap())
        .env("TERM", "xterm-256color")
        .env("NHAPLIEU_STORE", store)
        .env("NHAPLIEU_TODAY", "2023-11-22")
        .current_dir(store.parent().unwrap());
    command
}

/// Runs the program without a terminal.
pub(crate) fn run(store: &Path, words: &[&str]) -> Output {
    program(store, words).stdin(Stdio::null()).output().unwrap()
}

/// The JSON answer of a command that succeeds.
pub(crate) fn json(store: &Path, words: &[&str]) -> serde_json::Value {
    let output = run(store, words);
    assert!(output.status.success(), "{words:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `verify` finds nothing.
pub(crate) fn sound(store: &Path) {
    let output = run(store, &["verify"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// The figure `show` gives for a field, or its state where there is none.
pub(crate) fn figure(store: &Path, unit: &str, field: &str) -> String {
    let shown = json(
        store,
        &["show", "--json", "--unit", unit, "--period", "2023"],
    );
    let cells = shown["cells"].as_array().unwrap();
    let cell = cells.iter().find(|cell| cell["field"] == field).unwrap();
    for key in ["value", "text"] {
        if let Some(text) = cell[key].as_str() {
            return text.to_owned();
        }
    }
    cell["state"].as_str().unwrap().to_owned()
}

/// Makes the store of a commune.
pub(crate) fn commune(store: &Path) {
    let output = run(
        store,
        &["init", "--unit", "ngoc-thien", "--as", "Nguyễn Thị Lan"],
    );
    assert!(output.status.success(), "{output:?}");
}

/// A running program on a screen.
pub(crate) struct Terminal {
    pty: Option<Pty>,
    child: Child,
    screen: vt100::Parser,
    written: usize,
}

impl Terminal {
    /// Starts the program on a screen of 80x24.
    pub(crate) fn start(store: &Path, words: &[&str]) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(24, 80)).unwrap();
        // So that a look at the screen never waits.
        let flags = rustix::fs::fcntl_getfl(&pty).unwrap();
        rustix::fs::fcntl_setfl(&pty, flags | OFlags::NONBLOCK).unwrap();
        let command = pty_process::blocking::Command::from(program(store, words));
        Self::of(pty, command.spawn(pts).unwrap())
    }

    /// Starts the program on a screen that is not the terminal of its session: nobody tells it
    /// when the screen goes away (`setsid`, `su -c`).
    pub(crate) fn start_unowned(store: &Path, words: &[&str]) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(24, 80)).unwrap();
        let flags = rustix::fs::fcntl_getfl(&pty).unwrap();
        rustix::fs::fcntl_setfl(&pty, flags | OFlags::NONBLOCK).unwrap();
        let end = || Stdio::from(pts.as_fd().try_clone_to_owned().unwrap());
        let mut command = program(store, words);
        command.stdin(end()).stdout(end()).stderr(end());
        Self::of(pty, command.spawn().unwrap())
    }

    fn of(pty: Pty, child: Child) -> Self {
        Self {
            child,
            pty: Some(pty),
            screen: vt100::Parser::new(side(24), side(80), 0),
            written: 0,
        }
    }

    /// The screen is as a program before left it.
    pub(crate) fn left_behind(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
    }

    /// The screen now, with its cursor and modes.
    pub(crate) fn screen(&mut self) -> &vt100::Screen {
        self.look();
        self.screen.screen()
    }

    /// The window gets another size; the emulator stays as it is.
    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        let pty = self.pty.as_ref().unwrap();
        pty.resize(Size::new(rows, columns)).unwrap();
    }

    /// Waits until the program has written more than so many bytes.
    #[track_caller]
    pub(crate) fn until_written(&mut self, before: usize) {
        let begun = Instant::now();
        while self.written() <= before {
            assert!(begun.elapsed() < PATIENCE, "nothing was written");
            std::thread::sleep(PAUSE);
        }
    }

    /// The terminal's line, whose modes a shell sets.
    pub(crate) fn line_of(&self) -> &Pty {
        self.pty.as_ref().unwrap()
    }

    /// Starts it on the form of 2023 of the store's own commune.
    pub(crate) fn on_form(store: &Path, words: &[&str]) -> Self {
        let mut terminal = Self::start(store, words);
        terminal.until("VIỆC CẦN LÀM");
        terminal.press(ENTER);
        terminal.until("/54");
        terminal
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends keys; bytes that are one write arrive as one.
    pub(crate) fn press(&mut self, keys: &str) {
        self.send(keys.as_bytes());
    }

    pub(crate) fn send(&mut self, keys: &[u8]) {
        let mut left = keys;
        let begun = Instant::now();
        while !left.is_empty() && begun.elapsed() < PATIENCE {
            match self.pty.as_mut().unwrap().write(left) {
                Ok(written) => left = &left[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.look(),
                // The program has ended; what it left behind is what the test asks about.
                Err(_) => return,
            }
        }
    }

    /// Sends as much as the line takes now.
    pub(crate) fn pour(&mut self, keys: &[u8]) {
        let mut left = keys;
        while let Ok(written) = self.pty.as_mut().unwrap().write(left)
            && written > 0
        {
            left = &left[written..];
        }
    }

    /// Takes in what the program has written.
    pub(crate) fn look(&mut self) {
        let mut buffer = [0; 1 << 14];
        let Some(pty) = &mut self.pty else { return };
        loop {
            match pty.read(&mut buffer) {
                Ok(length) if length > 0 => {
                    self.written += length;
                    self.screen.process(&buffer[..length]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                _ => break,
            }
        }
    }

    /// How many bytes the program has written so far.
    pub(crate) fn written(&mut self) -> usize {
        self.look();
        self.written
    }

    /// What stands on the screen now.
    pub(crate) fn text(&mut self) -> String {
        self.look();
        self.screen.screen().contents()
    }

    /// Waits until this stands on the screen.
    #[track_caller]
    pub(crate) fn until(&mut self, text: &str) {
        self.until_that(text, |screen| screen.contains(text));
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub(crate) fn until_that(&mut self, what: &str, holds: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if holds(&self.text()) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("never on the screen: {what}\n{}", self.text());
    }

    /// Waits until the screen, with its cursor and modes, is as it should be.
    #[track_caller]
    pub(crate) fn until_screen(&mut self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let begun = Instant::now();
        while !holds(self.screen()) {
            assert!(begun.elapsed() < PATIENCE, "never: {what}\n{}", self.text());
            std::thread::sleep(PAUSE);
        }
    }

    /// The line of the screen with this on it.
    pub(crate) fn line(&mut self, with: &str) -> String {
        let text = self.text();
        text.lines()
            .find(|line| line.contains(with))
            .unwrap_or_default()
            .to_owned()
    }

    /// Asks the process to end, as the system does when it shuts down.
    pub(crate) fn terminate(&mut self) {
        self.signal(Signal::TERM);
    }

    pub(crate) fn signal(&mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Closes the terminal, as a window or a connection that goes away.
    pub(crate) fn hang_up(&mut self) {
        self.pty = None;
    }

    /// Waits until the process has ended by itself.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            self.look();
            std::thread::sleep(PAUSE);
        }
        panic!("the process did not end by itself");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Only a test that failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn side(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap()
}

/// Types without entering, loses the session in some way, and finds everything again.
/// Waits until a text being typed stands beside the store.
pub(crate) fn until_kept(store: &std::path::Path, text: &str) {
    let kept = || {
        let sessions = std::fs::read_dir(store.join("sessions")).unwrap();
        let files = sessions.filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok());
        files
            .into_iter()
            .any(|file| file.contains(&format!("\"{text}\"")))
    };
    let mut tries = 500;
    while !kept() {
        tries -= 1;
        assert!(tries > 0, "never kept: {text}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
