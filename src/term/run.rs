//! The loop: messages in, effects out, one frame after each batch of messages. Nothing runs and
//! nothing is written while nobody types.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::guard::Guard;
use super::meeting::Stop;
use super::output::TerminalScreen;
use super::worker::{Edge, Opener, Worker};
use super::{input, signals};
use crate::app::msg::{Effect, Msg, Request};
use crate::app::state::{App, Leaving};
use crate::app::update;
use crate::plan::Plan;
use crate::ui::Ui;

/// How long a frame waits for the store; no finger notices.
const ANSWER: Duration = Duration::from_millis(8);
/// How long the first frame waits for the store, so that it is drawn once and whole.
const FIRST_ANSWER: Duration = Duration::from_millis(120);

/// Everything the screens need from the edge.
pub struct Setup {
    /// The app, waiting for its store.
    pub app: App,
    /// How it is drawn.
    pub ui: Ui,
    /// The catalogue, for the store's thread.
    pub plan: Arc<Plan>,
    /// How the store is opened.
    pub opener: Opener,
    /// Clock and random bytes.
    pub edge: Edge,
}

/// Opens the screens and stays until the person leaves or the terminal is gone.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub fn start(setup: Setup) -> io::Result<()> {
    let (to_loop, messages) = channel();
    let guard = Guard::enter()?;
    let stop = Stop::clone(&setup.edge.stop);
    let requests = start_worker(setup.plan, setup.opener, setup.edge, to_loop.clone());
    input::listen(to_loop.clone());
    signals::listen(to_loop);
    let size = ratatui_core::layout::Size::new(setup.app.size.width, setup.app.size.height);
    let Requests { sender, thread } = requests;
    let result = Loop {
        app: setup.app,
        ui: setup.ui,
        screen: TerminalScreen::new(out()?, size),
        requests: sender,
        draft: None,
        asked: Instant::now(),
        stop,
    }
    .run(&messages);
    drop(guard);
    // What was committed is written before the program ends: the worker drains its requests.
    let _ = thread.join();
    result
}

/// Standard output without the standard library's buffer, which ends at every line: a frame is
/// one write.
#[cfg(unix)]
fn out() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// Standard output; elsewhere its handle alone does not write Vietnamese.
#[cfg(not(unix))]
fn out() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

struct Requests {
    sender: Sender<Request>,
    thread: thread::JoinHandle<()>,
}

fn start_worker(plan: Arc<Plan>, opener: Opener, edge: Edge, answers: Sender<Msg>) -> Requests {
    let (sender, requests) = channel();
    let thread = thread::spawn(move || Worker::new(plan, opener, edge, answers).run(&requests));
    Requests { sender, thread }
}

struct Loop<W: Write> {
    app: App,
    ui: Ui,
    screen: TerminalScreen<W>,
    requests: Sender<Request>,
    /// The unfinished text, which is kept as soon as it is drawn.
    draft: Option<Request>,
    /// When the store was asked last for something that is shown.
    asked: Instant,
    stop: Stop,
}

/// Whether the loop goes on.
#[derive(PartialEq, Eq)]
enum Go {
    On,
    Out,
}

impl<W: Write> Loop<W> {
    fn run(mut self, messages: &Receiver<Msg>) -> io::Result<()> {
        let result = self.go_on(messages);
        self.keep_draft();
        result
    }

    fn go_on(&mut self, messages: &Receiver<Msg>) -> io::Result<()> {
        if self.await_store(messages, FIRST_ANSWER) == Go::Out {
            return Ok(());
        }
        self.draw()?;
        while let Ok(message) = messages.recv() {
            if self.take(message) == Go::Out {
                break;
            }
            while let Ok(message) = messages.try_recv() {
                if self.take(message) == Go::Out {
                    return Ok(());
                }
            }
            if self.await_store(messages, ANSWER) == Go::Out {
                return Ok(());
            }
            self.draw()?;
        }
        Ok(())
    }

    /// Waits a moment for what the store was asked: on a fast disk a page is then drawn once, with
    /// what is on it, and a cell once, as saved. On a slow one the next key does not wait again.
    fn await_store(&mut self, messages: &Receiver<Msg>, patience: Duration) -> Go {
        while self.app.awaits_store()
            && let Some(left) = patience.checked_sub(self.asked.elapsed())
            && let Ok(message) = messages.recv_timeout(left)
        {
            if self.take(message) == Go::Out {
                return Go::Out;
            }
        }
        Go::On
    }

    fn take(&mut self, message: Msg) -> Go {
        if let Msg::Resize(size) = &message {
            let size = ratatui_core::layout::Size::new(size.width, size.height);
            self.screen.resize(size);
        }
        for effect in update(&mut self.app, message) {
            match effect {
                Effect::Ask(draft @ Request::Draft(_)) => self.draft = Some(draft),
                Effect::Ask(request) => {
                    self.asked = Instant::now();
                    self.ask(request);
                }
                Effect::Interrupt(job) => self.stop.store(job.0, Ordering::Relaxed),
                Effect::Redraw => self.screen.redraw(),
                Effect::Quit => return Go::Out,
            }
        }
        Go::On
    }

    fn ask(&self, request: Request) {
        // The worker ends only after this loop does.
        let _ = self.requests.send(request);
    }

    /// Has the unfinished text kept, after the frame that shows it: nobody waits for that.
    fn keep_draft(&mut self) {
        if let Some(draft) = self.draft.take() {
            self.ask(draft);
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        // Nobody is there to see; what is on its way to the disk is still waited for.
        if self.app.leaving == Leaving::TerminalGone {
            return Ok(());
        }
        self.screen.draw(&self.ui, &self.app)?;
        self.keep_draft();
        Ok(())
    }
}
