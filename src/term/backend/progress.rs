//! How far long work is, told to the screen; and the screen's word that it is to stop.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crate::app::message::{Msg, News, RequestId};
use crate::app::sync_message::WorkProgress;
use crate::sync::{Phase, Progress};

/// How long work lasts before anything is said of it, and how often then.
const PATIENCE: Duration = Duration::from_millis(300);

/// The number of the long work that is to stop: written by the screen, read by the work.
pub type StopFlag = Arc<AtomicU64>;

/// Tells the screen how far one piece of work is, and stops it when the screen says so.
#[derive(Debug)]
pub(super) struct ProgressReporter<'a> {
    work: RequestId,
    answers: &'a Sender<Msg>,
    stop: &'a StopFlag,
    said: Cell<Instant>,
}

impl<'a> ProgressReporter<'a> {
    /// Begins to watch the work of that number.
    pub(super) fn new(work: RequestId, answers: &'a Sender<Msg>, stop: &'a StopFlag) -> Self {
        Self {
            work,
            answers,
            stop,
            said: Cell::new(Instant::now()),
        }
    }
}

impl Progress for ProgressReporter<'_> {
    fn look(&self, step: Phase, done: u64, of: u64) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) == self.work.0 {
            return ControlFlow::Break(());
        }
        if self.said.get().elapsed() >= PATIENCE {
            self.said.set(Instant::now());
            let progress = WorkProgress {
                work: self.work,
                step: Some(step),
                done,
                of,
            };
            // The screens are gone only when the program ends.
            let _ = self.answers.send(Msg::News(News::Progress(progress)));
        }
        ControlFlow::Continue(())
    }
}
