//! How far long work is: one line on standard error, only where a person looks at it, and only
//! once it has lasted a second (`interface.md` 2).
//!
//! Interrupting needs nothing here: the default of Ctrl+C ends the process, and what is on disk
//! is before or after, by the transaction.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use super::environment;
use crate::sync::{Phase, Progress};
use crate::ui::texts::Texts;

/// How long work lasts before anything is said of it, in milliseconds.
const DELAY: u64 = 1_000;
/// How long between two lines, in milliseconds.
const INTERVAL: u64 = 200;

/// Watches the work of one command.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    /// Of each step, in the language of the person; `None` where nobody looks.
    words: Option<[String; 3]>,
    begun: u64,
    /// When a line was last shown; 0 for never.
    shown: Cell<u64>,
}

impl ProgressLine {
    /// Begins to watch now; lines go to standard error where a person reads it.
    pub(crate) fn begin(texts: &Texts) -> Self {
        let words = ["read", "weigh", "write"];
        let words = words.map(|step| texts.get(&format!("cli.progress.{step}")).to_owned());
        Self {
            words: io::stderr().is_terminal().then_some(words),
            begun: environment::now(),
            shown: Cell::new(0),
        }
    }

    /// Gives the line to show at `now`; `None` while none is due.
    fn line(&self, now: u64, (step, done, of): (Phase, u64, u64)) -> Option<String> {
        let words = self.words.as_ref()?;
        let due = now >= self.begun.saturating_add(DELAY)
            && now >= self.shown.get().saturating_add(INTERVAL);
        let percent = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        let [read, weigh, write] = words;
        let words = match step {
            Phase::Read => read,
            Phase::Weigh => weigh,
            Phase::Write => write,
        };
        due.then(|| format!("\r{words} {percent} %\x1b[K"))
    }
}

impl Progress for ProgressLine {
    fn look(&self, step: Phase, done: u64, of: u64) -> ControlFlow<()> {
        let now = environment::now();
        if let Some(line) = self.line(now, (step, done, of)) {
            self.shown.set(now);
            // Whoever cannot be told goes without; the work goes on.
            let _ = io::stderr().write_all(line.as_bytes());
        }
        ControlFlow::Continue(())
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.shown.get() > 0 {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(words: Option<[String; 3]>) -> ProgressLine {
        ProgressLine {
            words,
            begun: 10_000,
            shown: Cell::new(0),
        }
    }

    #[test]
    fn what_is_short_or_unwatched_says_nothing() {
        let words = ["a", "b", "c"].map(str::to_owned);
        let at = (Phase::Weigh, 1, 4);
        assert_eq!(watched(None).line(20_000, at), None);
        let progress = watched(Some(words));
        assert_eq!(progress.line(10_999, at), None);
        let line = progress.line(11_000, at);
        assert_eq!(line.as_deref(), Some("\rb 25 %\x1b[K"));
        progress.shown.set(11_000);
        assert_eq!(progress.line(11_199, at), None);
        let line = progress.line(11_200, (Phase::Write, 0, 0));
        assert_eq!(line.as_deref(), Some("\rc 100 %\x1b[K"));
    }
}
