//! The loop: messages in, effects out, one frame after each batch of messages. Nothing runs and
//! nothing is written while nobody types.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::backend::fault::detail_of;
use super::backend::long_work::LongWorkThread;
use super::backend::orders::{KnownCounter, LongWorkOrder, OtherLanes, ReaderOrder};
use super::backend::reader::ReaderThread;
use super::backend::writer::WriterThread;
use super::backend::{Environment, Opener, StopFlag};
use super::guard::Guard;
use super::input::{Backlog, Keyboard};
use super::output::TerminalScreen;
use super::{input, signals};
use crate::app::message::{Draft, Effect, Lane, Msg, Request, RequestId};
use crate::app::state::Leaving;
use crate::app::{App, update};
use crate::ui::Ui;

/// How long a frame waits for the store; no finger notices.
const ANSWER: Duration = Duration::from_millis(8);
/// How long the first frame waits for the store, so that it is drawn once and whole.
const FIRST_ANSWER: Duration = Duration::from_millis(120);

/// How long messages are taken without a frame in between.
const WITHOUT_FRAME: Duration = Duration::from_millis(50);

/// Everything the screens need from the edge.
pub struct Setup {
    /// Which keyboard is at the other end.
    pub keyboard: Keyboard,
    /// The app, and what it asks first.
    pub app: (App, Vec<Effect>),
    /// How it is drawn.
    pub ui: Ui,
    /// How the store is opened.
    pub opener: Opener,
    /// Clock and random bytes.
    pub environment: Environment,
}

/// How the screens ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The person left, or the terminal is gone.
    Well,
    /// After a fault of the program, in technical words; what was saved stays saved.
    AfterFault(String),
}

/// Opens the screens and stays until the person leaves or the terminal is gone.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub fn start(setup: Setup) -> io::Result<Ended> {
    let (to_loop, messages) = channel();
    let guard = Guard::enter()?;
    let stop = StopFlag::default();
    let threads = Threads::start(setup.opener, setup.environment, &to_loop, &stop);
    let backlog = Backlog::default();
    input::listen(to_loop.clone(), setup.keyboard, Backlog::clone(&backlog));
    signals::listen(to_loop);
    let (app, first) = setup.app;
    let size = app.state.size;
    let size = ratatui::layout::Size::new(size.width, size.height);
    let mut screens = Loop {
        app,
        ui: setup.ui,
        screen: TerminalScreen::new(out()?, size),
        threads,
        draft: None,
        asked: Instant::now(),
        stop,
        backlog,
        held: VecDeque::new(),
    };
    let result = catch_unwind(AssertUnwindSafe(|| screens.run(first, &messages)));
    drop(guard);
    let fault = screens.app.state.fault.take();
    // What was committed is written before the program ends.
    screens.threads.end();
    match result {
        Ok(done) => done.map(|()| fault.map_or(Ended::Well, Ended::AfterFault)),
        Err(panic) => Ok(Ended::AfterFault(detail_of(panic.as_ref()))),
    }
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

/// The threads behind the screens, and how orders reach them.
struct Threads {
    writer: Sender<(RequestId, Request)>,
    reader: Sender<ReaderOrder>,
    long_work: Sender<LongWorkOrder>,
    running: Vec<JoinHandle<()>>,
}

impl Threads {
    fn start(
        opener: Opener,
        environment: Environment,
        answers: &Sender<Msg>,
        stop: &StopFlag,
    ) -> Self {
        let known = KnownCounter::default();
        let (to_writer, orders) = channel();
        let (to_reader, questions) = channel();
        let (to_long_work, work) = channel();
        let lanes = OtherLanes {
            reader: to_reader.clone(),
            long_work: to_long_work.clone(),
        };
        let writer = WriterThread::new(
            opener,
            environment,
            answers.clone(),
            lanes,
            KnownCounter::clone(&known),
        );
        let reader = ReaderThread::new(answers.clone(), known);
        let long_work = LongWorkThread::new(
            environment,
            answers.clone(),
            StopFlag::clone(stop),
            to_reader.clone(),
        );
        Self {
            writer: to_writer,
            reader: to_reader,
            long_work: to_long_work,
            running: vec![
                thread::spawn(move || writer.run(&orders)),
                thread::spawn(move || reader.run(&questions)),
                thread::spawn(move || long_work.run(&work)),
            ],
        }
    }

    fn ask(&self, id: RequestId, request: Request) {
        // The threads end only after the loop does.
        let _ = match request.lane() {
            Lane::Writer => self.writer.send((id, request)).is_ok(),
            Lane::Reader => self.reader.send(ReaderOrder::Ask(id, request)).is_ok(),
            Lane::LongWork => self.long_work.send(LongWorkOrder::Do(id, request)).is_ok(),
        };
    }

    fn keep(&self, draft: Option<Draft>) {
        let _ = self.reader.send(ReaderOrder::Keep(draft));
    }

    /// Waits until everything that was ordered is done.
    fn end(self) {
        drop((self.writer, self.reader, self.long_work));
        for thread in self.running {
            let _ = thread.join();
        }
    }
}

struct Loop<W: Write> {
    app: App,
    ui: Ui,
    screen: TerminalScreen<W>,
    threads: Threads,
    /// The unfinished text, which is kept as soon as it is drawn.
    draft: Option<KeptDraft>,
    /// When the store was asked last for something that is shown.
    asked: Instant,
    stop: StopFlag,
    /// Counts what was typed and not yet taken.
    backlog: Backlog,
    /// What was typed further ahead than the app takes in, in order.
    held: VecDeque<Msg>,
}

/// What is to be kept beside the store, or that nothing is unfinished.
struct KeptDraft(Option<Draft>);

/// Whether the loop goes on.
#[derive(PartialEq, Eq)]
enum LoopState {
    Running,
    Ended,
}

impl<W: Write> Loop<W> {
    fn run(&mut self, first: Vec<Effect>, messages: &Receiver<Msg>) -> io::Result<()> {
        self.carry_out(first);
        let result = self.go_on(messages);
        self.keep_draft();
        result
    }

    fn go_on(&mut self, messages: &Receiver<Msg>) -> io::Result<()> {
        if self.await_store(messages, FIRST_ANSWER) == LoopState::Ended {
            return Ok(());
        }
        self.draw()?;
        while let Ok(message) = messages.recv() {
            if self.take(message) == LoopState::Ended {
                break;
            }
            let begun = Instant::now();
            while begun.elapsed() < WITHOUT_FRAME
                && let Ok(message) = messages.try_recv()
            {
                if self.take(message) == LoopState::Ended {
                    return Ok(());
                }
            }
            if self.await_store(messages, ANSWER) == LoopState::Ended {
                return Ok(());
            }
            self.draw()?;
        }
        Ok(())
    }

    /// Waits a moment for what the store was asked: on a fast disk a page is then drawn once, with
    /// what is on it, and a cell once, as saved. On a slow one the next key does not wait again.
    fn await_store(&mut self, messages: &Receiver<Msg>, patience: Duration) -> LoopState {
        while self.app.awaits_store()
            && let Some(left) = patience.checked_sub(self.asked.elapsed())
            && let Ok(message) = messages.recv_timeout(left)
        {
            if self.take(message) == LoopState::Ended {
                return LoopState::Ended;
            }
        }
        LoopState::Running
    }

    /// Takes a message in, and what was held back before it as far as there is room for it.
    fn take(&mut self, message: Msg) -> LoopState {
        if input::is_typed(&message) {
            self.held.push_back(message);
        } else if self.take_now(message) == LoopState::Ended {
            return LoopState::Ended;
        }
        while self.app.has_room_ahead()
            && let Some(typed) = self.held.pop_front()
        {
            self.backlog.taken(&typed);
            if self.take_now(typed) == LoopState::Ended {
                return LoopState::Ended;
            }
        }
        LoopState::Running
    }

    fn take_now(&mut self, message: Msg) -> LoopState {
        if let Msg::Resize(size) = &message {
            let size = ratatui::layout::Size::new(size.width, size.height);
            self.screen.resize(size);
        }
        let effects = update(&mut self.app, message);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> LoopState {
        for effect in effects {
            match effect {
                Effect::Ask { id, request } => {
                    self.asked = Instant::now();
                    self.threads.ask(id, request);
                }
                Effect::Keep(draft) => self.draft = Some(KeptDraft(draft)),
                Effect::Interrupt(work) => self.stop.store(work.0, Ordering::Relaxed),
                Effect::Redraw => self.screen.redraw(),
                Effect::Quit => return LoopState::Ended,
            }
        }
        LoopState::Running
    }

    /// Has the unfinished text kept, after the frame that shows it: nobody waits for that.
    fn keep_draft(&mut self) {
        if let Some(KeptDraft(draft)) = self.draft.take() {
            self.threads.keep(draft);
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        // Nobody is there to see; what is on its way to the disk is still waited for.
        if self.app.state.leaving == Leaving::TerminalGone {
            return Ok(());
        }
        self.screen.draw(&self.ui, &self.app)?;
        self.keep_draft();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::input::key::{Code, Key};
    use crate::app::input::keymap::Keymap;
    use crate::app::message::{Reply, Size};
    use crate::app::screens::Screen;
    use crate::base::Lang;
    use crate::plan;
    use crate::ui::Glyphs;
    use crate::ui::texts::Texts;
    use crate::ui::theme::{Palette, Theme};

    /// A loop before the store has answered, and the number of the question.
    fn before_the_store() -> (Loop<io::Sink>, RequestId) {
        let plan = Arc::new(plan::parse(plan::embedded()).unwrap());
        let texts = Arc::new(Texts::load(Lang::En));
        let today = chrono::NaiveDate::from_ymd_opt(2023, 11, 22).unwrap();
        let size = Size {
            width: 80,
            height: 24,
        };
        let keymap = Keymap::shipped("default").unwrap();
        let (app, asked) = App::new(plan, keymap, texts.clone(), (Lang::En, today), size);
        let Some(Effect::Ask { id, .. }) = asked.first() else {
            unreachable!("{asked:?}");
        };
        let id = *id;
        let ui = Ui {
            texts,
            theme: Theme::new(Palette::Mono),
            glyphs: Glyphs::Unicode,
        };
        let threads = Threads {
            writer: channel().0,
            reader: channel().0,
            long_work: channel().0,
            running: Vec::new(),
        };
        let screens = Loop {
            app,
            ui,
            screen: TerminalScreen::new(io::sink(), ratatui::layout::Size::new(80, 24)),
            threads,
            draft: None,
            asked: Instant::now(),
            stop: StopFlag::default(),
            backlog: Backlog::default(),
            held: VecDeque::new(),
        };
        (screens, id)
    }

    #[test]
    fn what_is_typed_far_ahead_waits_whole_and_in_order_and_a_hang_up_does_not() {
        let key = |c| Msg::Key(Key::plain(Code::Char(c)));
        let (mut screens, id) = before_the_store();
        for _ in 0..4_096 {
            screens.take(key('\u{8}'));
        }
        for c in "ngoc".chars() {
            screens.take(key(c));
        }
        assert_eq!(screens.held.len(), 4);
        let result = Ok(Reply::NoStore);
        screens.take(Msg::Answer { id, result });
        assert!(screens.held.is_empty() && screens.app.has_room_ahead());
        let Screen::FirstRun(page) = screens.app.screen() else {
            unreachable!("{:?}", screens.app.screen());
        };
        assert_eq!(page.units.filter.text(), "ngoc");

        let (mut screens, _) = before_the_store();
        for _ in 0..5_000 {
            screens.take(key('1'));
        }
        assert!(screens.take(Msg::Gone) == LoopState::Ended);
    }
}
