//! Progress of work that goes through many entries: how far it is, and whether it is to stop.
//! Whoever stops it finds everything as it was.

use std::fmt::Debug;
use std::ops::ControlFlow;

/// Which part of an import is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// A file is read through.
    Read,
    /// What it changes is found out; begins anew where others have written meanwhile.
    Weigh,
    /// It is written; not yet on disk when all are done.
    Write,
}

/// Receives how far long work has come, and may end it.
pub trait Progress: Debug {
    /// `done` entries of `of` are through this step: told at its begin, then every few thousand
    /// entries, then at its end. [`ControlFlow::Break`] ends the work, and nothing is changed.
    fn look(&self, step: Phase, done: u64, of: u64) -> ControlFlow<()>;
}

/// Ignores progress and never ends the work.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn look(&self, _: Phase, _: u64, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Entries between two looks: some milliseconds of work.
const EVERY: u64 = 4_096;

/// The work was ended by whoever receives its progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Counts the entries of one phase and reports them every few thousand.
#[derive(Debug)]
pub struct ProgressMeter<'w> {
    watch: &'w dyn Progress,
    step: Phase,
    done: u64,
    of: u64,
}

impl<'w> ProgressMeter<'w> {
    /// Begins a step of `of` entries.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn begin(watch: &'w dyn Progress, step: Phase, of: u64) -> Result<Self, Stopped> {
        let meter = Self {
            watch,
            step,
            done: 0,
            of,
        };
        meter.look().map(|()| meter)
    }

    /// Counts one more entry.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn one(&mut self) -> Result<(), Stopped> {
        self.done = self.done.saturating_add(1);
        if self.done.is_multiple_of(EVERY) && self.done < self.of {
            return self.look();
        }
        Ok(())
    }

    /// Reports the phase as done.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn end(&mut self) -> Result<(), Stopped> {
        self.done = self.of;
        self.look()
    }

    fn look(&self) -> Result<(), Stopped> {
        match self.watch.look(self.step, self.done, self.of) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stopped),
        }
    }
}
