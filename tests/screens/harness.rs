//! The screens without a terminal: the same app, the same store thread's code answering at once,
//! a fixed clock, day and size, keys as a script, a screen as plain text.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};

use chrono::NaiveDate;
use nhaplieu::app::key::{Code, Key};
use nhaplieu::app::keymap::Keymap;
use nhaplieu::app::msg::{Effect, Reply, Request, Size, Ticket};
use nhaplieu::app::state::{HistoryList, Scope, Screen, Tone};
use nhaplieu::app::{App, Msg, update};
use nhaplieu::base::Lang;
use nhaplieu::ledger::{Content, Form, FormKey, Origin};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};
use nhaplieu::service::edit::{Unreadable, set_cells};
use nhaplieu::store::{Change, LogFilter};
use nhaplieu::term::meeting::Stop;
use nhaplieu::term::worker::{Edge, Worker};
use nhaplieu::ui::texts::Texts;
use nhaplieu::ui::theme::{Palette, Theme};
use nhaplieu::ui::{Glyphs, Ui};
use ratatui_core::backend::TestBackend;
use ratatui_core::terminal::Terminal;
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;

use super::office::{Office, clock, opener, random};

/// The size of most terminals.
pub(crate) const SMALL: (u16, u16) = (80, 24);
/// A roomy one.
pub(crate) const LARGE: (u16, u16) = (120, 40);

/// How somebody sits before the screens.
pub(crate) struct Sitting {
    pub(crate) size: (u16, u16),
    pub(crate) keymap: Keymap,
    pub(crate) lang: Lang,
    pub(crate) glyphs: Glyphs,
    pub(crate) today: NaiveDate,
    pub(crate) pid: u32,
    /// A file system without locks.
    pub(crate) sole: bool,
}

impl Default for Sitting {
    fn default() -> Self {
        Self {
            size: SMALL,
            keymap: Keymap::shipped("default").unwrap(),
            lang: Lang::Vi,
            glyphs: Glyphs::Unicode,
            today: NaiveDate::from_ymd_opt(2023, 11, 22).unwrap(),
            pid: 100,
            sole: false,
        }
    }
}

/// One session of the screens.
pub(crate) struct Desk {
    pub(crate) app: App,
    ui: Ui,
    worker: Worker,
    inbox: Receiver<Msg>,
    queue: VecDeque<Request>,
    terminal: Terminal<TestBackend>,
    failing: Arc<AtomicBool>,
    /// Whether requests are answered at once.
    answering: bool,
    /// How many transactions the store was asked for.
    pub(crate) transactions: Arc<AtomicUsize>,
    /// True once the program has ended.
    pub(crate) ended: bool,
    /// The number of the long work that is to stop.
    pub(crate) stop: Stop,
    next_seed: u64,
    _folder: Rc<TempDir>,
}

impl Desk {
    pub(crate) fn open(office: &Office, actor: &str, sitting: Sitting) -> Self {
        let (width, height) = sitting.size;
        let texts = Arc::new(Texts::load(sitting.lang));
        let app = App::new(
            Arc::clone(&office.plan),
            sitting.keymap,
            texts.clone(),
            (sitting.lang, sitting.today),
            Size { width, height },
        );
        let failing = Arc::new(AtomicBool::new(false));
        let transactions = Arc::default();
        let opener = opener(
            office,
            actor,
            (sitting.pid, sitting.sole, sitting.today),
            (Arc::clone(&failing), Arc::clone(&transactions)),
        );
        let (answers, inbox) = channel();
        let stop = Stop::default();
        let edge = Edge {
            clock,
            random,
            stop: Stop::clone(&stop),
        };
        let mut desk = Self {
            app,
            ui: Ui {
                texts,
                theme: Theme::new(Palette::Colour),
                glyphs: sitting.glyphs,
            },
            worker: Worker::new(Arc::clone(&office.plan), opener, edge, answers),
            inbox,
            queue: VecDeque::new(),
            terminal: Terminal::new(TestBackend::new(width, height)).unwrap(),
            failing,
            answering: true,
            transactions,
            ended: false,
            stop,
            next_seed: 1 << 40,
            _folder: Rc::clone(&office.folder),
        };
        desk.worker.begin();
        desk.settle();
        desk
    }

    /// Presses keys: `"<F8>12<Enter>"`; a name stands in angle brackets, all else is typed.
    pub(crate) fn keys(&mut self, script: &str) -> &mut Self {
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>'));
            let key = if let Some((name, tail)) = named {
                rest = tail;
                Key::parse(&name.to_lowercase()).unwrap_or_else(|| unreachable!("no key {name}"))
            } else {
                rest = &rest[c.len_utf8()..];
                Key::plain(Code::Char(c))
            };
            self.tell(Msg::Key(key));
        }
        self
    }

    /// Something happens to the app.
    pub(crate) fn tell(&mut self, msg: Msg) -> &mut Self {
        let effects = update(&mut self.app, msg);
        self.carry_out(effects);
        if self.answering {
            self.settle();
        }
        self
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(request) => self.queue.push_back(request),
                Effect::Interrupt(job) => self.stop.store(job.0, Ordering::SeqCst),
                Effect::Redraw => {}
                Effect::Quit => self.ended = true,
            }
        }
    }

    /// The store stops answering: what is asked waits.
    pub(crate) fn hold(&mut self) -> &mut Self {
        self.answering = false;
        self
    }

    /// The store answers everything that waits, and from now on at once.
    pub(crate) fn release(&mut self) -> &mut Self {
        self.answering = true;
        self.settle();
        self
    }

    /// The store answers the first request (with the commits behind it) and no more.
    pub(crate) fn answer_one(&mut self) -> &mut Self {
        self.worker.answer_next(&mut self.queue);
        self.take_answers();
        self
    }

    /// What waits for the store.
    pub(crate) fn waiting(&self) -> &VecDeque<Request> {
        &self.queue
    }

    fn settle(&mut self) {
        self.take_answers();
        while !self.queue.is_empty() {
            self.worker.answer_next(&mut self.queue);
            self.take_answers();
        }
    }

    fn take_answers(&mut self) {
        while let Ok(msg) = self.inbox.try_recv() {
            let effects = update(&mut self.app, msg);
            self.carry_out(effects);
        }
    }

    /// A second passes: the store's thread looks at what others did.
    pub(crate) fn a_second_later(&mut self) -> &mut Self {
        self.worker.look_around();
        self.settle();
        self
    }

    /// The disk begins or ceases to refuse writes.
    pub(crate) fn disk_fails(&mut self, failing: bool) -> &mut Self {
        self.failing.store(failing, Ordering::SeqCst);
        self
    }

    /// Figures come in by another way: `"be_trai=63 be_gai=57"`.
    pub(crate) fn figures(&mut self, unit: &str, period: &str, cells: &str) -> &mut Self {
        let key = FormKey {
            unit: UnitId::new(unit),
            period: PeriodId::new(period),
        };
        let inputs: Vec<(FieldId, String)> = cells
            .split_whitespace()
            .map(|cell| cell.split_once('=').unwrap())
            .map(|(field, text)| (FieldId::new(field), text.to_owned()))
            .collect();
        let how = (Unreadable::Keep, "");
        let changes = set_cells(&self.app.plan, &Form::default(), &key, &inputs, how).unwrap();
        self.commit(Origin::Set, changes)
    }

    /// Changes come in by another way.
    pub(crate) fn commit(&mut self, origin: Origin, changes: Vec<Change>) -> &mut Self {
        self.next_seed += 1;
        self.queue.push_back(Request::Commit {
            ticket: Ticket(self.next_seed),
            origin,
            changes,
        });
        self.settle();
        self.tell(Msg::Reply(Reply::Changed))
    }

    /// What a cell of the form on top holds, as the store has it.
    pub(crate) fn content(&self, field: &str) -> Content {
        self.app.form().unwrap().base.content(FieldId::new(field))
    }

    /// The field under the cursor.
    pub(crate) fn field(&self) -> String {
        let form = self.app.form().unwrap();
        form.page.cells[form.cursor].to_string()
    }

    /// Puts the cursor on a field.
    pub(crate) fn at(&mut self, field: &str) -> &mut Self {
        let field = FieldId::new(field);
        assert!(self.app.form_mut().unwrap().go_to_field(&field), "{field}");
        self
    }

    /// What was just said, in words.
    pub(crate) fn said(&self) -> Option<(Tone, String)> {
        let notice = self.app.notice.as_ref()?;
        Some((notice.tone, self.ui.say(&self.app, &notice.message)))
    }

    /// The terminal gets another size.
    pub(crate) fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal.backend_mut().resize(width, height);
        self.tell(Msg::Resize(Size { width, height }))
    }

    /// The screen as a person sees it.
    pub(crate) fn screen(&mut self) -> String {
        let (ui, app) = (&self.ui, &self.app);
        self.terminal.draw(|frame| ui.view(app, frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width).max(1);
        let rows = buffer.content.chunks(width).map(|row| {
            let (mut text, mut covered) = (String::new(), 0);
            for symbol in row.iter().map(ratatui_core::buffer::Cell::symbol) {
                if covered == 0 {
                    text.push_str(symbol);
                    covered = UnicodeWidthStr::width(symbol).max(1);
                }
                covered -= 1;
            }
            text.trim_end().to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    /// Every grapheme on the screen.
    pub(crate) fn symbols(&mut self) -> Vec<String> {
        self.screen();
        let buffer = self.terminal.backend().buffer();
        buffer
            .content
            .iter()
            .map(|cell| cell.symbol().to_owned())
            .collect()
    }

    /// How many entries the store holds.
    pub(crate) fn log(&mut self, filter: LogFilter) -> usize {
        let asked = HistoryList {
            scope: Scope::All,
            filter: filter.clone(),
            entries: Vec::new(),
            selected: 0,
            loaded: false,
        };
        let screens = &mut self.app.screens;
        screens.push(Screen::History(asked));
        self.queue.push_back(Request::History(filter));
        self.settle();
        match self.app.screens.pop() {
            Some(Screen::History(list)) => list.entries.len(),
            _ => 0,
        }
    }

    /// Ends the session in good order.
    pub(crate) fn close(mut self) {
        self.settle();
        self.worker.end();
    }
}
