//! The screens without a terminal: the same app, the same code of the threads behind it answering
//! at once or when told to, a fixed clock, day and size, keys as a script, a screen as plain text.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel};

use chrono::NaiveDate;
use nhaplieu::app::forms::FormView;
use nhaplieu::app::input::key::{Code, Key};
use nhaplieu::app::input::keymap::Keymap;
use nhaplieu::app::message::{Effect, Lane, News, Reply, Request, RequestId, Size};
use nhaplieu::app::screens::Screen;
use nhaplieu::app::screens::form::FormScreen;
use nhaplieu::app::state::Tone;
use nhaplieu::app::{App, Msg, update};
use nhaplieu::base::Lang;
use nhaplieu::ledger::{Content, Form, FormKey, Origin};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};
use nhaplieu::service::edit::{Unreadable, set_cells};
use nhaplieu::store::{Change, LogFilter};
use nhaplieu::term::backend::long_work::LongWorkThread;
use nhaplieu::term::backend::orders::{KnownCounter, LongWorkOrder, OtherLanes, ReaderOrder};
use nhaplieu::term::backend::reader::ReaderThread;
use nhaplieu::term::backend::writer::WriterThread;
use nhaplieu::term::backend::{Environment, StopFlag};
use nhaplieu::ui::texts::Texts;
use nhaplieu::ui::theme::{Palette, Theme};
use nhaplieu::ui::{Glyphs, TerminalCursor, Ui};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;

use super::contrast::assert_legible;
use super::disk::Faults;
use super::office::{Office, clock, opener, random};

/// The size of most terminals.
pub(crate) const SMALL: (u16, u16) = (80, 24);
/// A roomy one.
pub(crate) const LARGE: (u16, u16) = (120, 40);

thread_local! {
    /// The language of whoever sits down without choosing one.
    pub(crate) static LANGUAGE: Cell<Lang> = const { Cell::new(Lang::Vi) };
}

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
    /// What goes wrong.
    pub(crate) faults: Arc<Faults>,
}

impl Default for Sitting {
    fn default() -> Self {
        Self {
            size: SMALL,
            keymap: Keymap::shipped("default").unwrap(),
            lang: LANGUAGE.get(),
            glyphs: Glyphs::Unicode,
            today: NaiveDate::from_ymd_opt(2023, 11, 22).unwrap(),
            pid: 100,
            sole: false,
            faults: Arc::default(),
        }
    }
}

/// One session of the screens: the app, and the three threads' code driven one order at a time.
pub(crate) struct ScreenSession {
    pub(crate) app: App,
    ui: Ui,
    writer: WriterThread,
    reader: ReaderThread,
    long_work: LongWorkThread,
    /// Handles that the writer gives the other two.
    to_reader: Receiver<ReaderOrder>,
    to_long_work: Receiver<LongWorkOrder>,
    inbox: Receiver<Msg>,
    /// What waits for the writer.
    orders: VecDeque<(RequestId, Request)>,
    /// What waits for the reader and for long work.
    questions: VecDeque<(RequestId, Request)>,
    terminal: Terminal<TestBackend>,
    /// Whether requests are answered at once.
    answering: bool,
    /// What goes wrong at the store.
    pub(crate) faults: Arc<Faults>,
    /// True once the program has ended.
    pub(crate) ended: bool,
    /// The number of the long work that is to stop.
    pub(crate) stop: StopFlag,
    next_id: u64,
    _folder: Rc<TempDir>,
}

impl ScreenSession {
    pub(crate) fn open(office: &Office, actor: &str, sitting: Sitting) -> Self {
        let (width, height) = sitting.size;
        let texts = Arc::new(Texts::load(sitting.lang));
        let (app, first) = App::new(
            Arc::clone(&office.plan),
            sitting.keymap,
            texts.clone(),
            (sitting.lang, sitting.today),
            Size { width, height },
        );
        let faults = sitting.faults;
        let opener = opener(
            office,
            actor,
            (sitting.pid, sitting.sole, sitting.today),
            Arc::clone(&faults),
        );
        let (answers, inbox) = channel();
        let (reader, to_reader) = channel();
        let (long_work, to_long_work) = channel();
        let stop = StopFlag::default();
        let environment = Environment { clock, random };
        let known = KnownCounter::default();
        let look = reader.clone();
        let lanes = OtherLanes { reader, long_work };
        let mut desk = Self {
            app,
            ui: Ui {
                texts,
                theme: Theme::new(Palette::Colour),
                glyphs: sitting.glyphs,
            },
            writer: WriterThread::new(
                opener,
                environment,
                answers.clone(),
                lanes,
                KnownCounter::clone(&known),
            ),
            reader: ReaderThread::new(answers.clone(), known),
            long_work: LongWorkThread::new(environment, answers, StopFlag::clone(&stop), look),
            to_reader,
            to_long_work,
            inbox,
            orders: VecDeque::new(),
            questions: VecDeque::new(),
            terminal: Terminal::new(TestBackend::new(width, height)).unwrap(),
            answering: true,
            faults,
            ended: false,
            stop,
            next_id: 1 << 40,
            _folder: Rc::clone(&office.folder),
        };
        desk.carry_out(first);
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
                Effect::Ask { id, request } if request.lane() == Lane::Writer => {
                    self.orders.push_back((id, request));
                }
                Effect::Ask { id, request } => self.questions.push_back((id, request)),
                Effect::Keep(draft) => self.reader.take(ReaderOrder::Keep(draft)),
                Effect::Interrupt(work) => self.stop.store(work.0, Ordering::SeqCst),
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

    /// The writer carries the first order out (with the commits behind it) and no more.
    pub(crate) fn write_one(&mut self) -> &mut Self {
        self.writer.answer_next(&mut self.orders);
        self.take_answers();
        self
    }

    /// The question at that place of the queue is answered, whatever stands before it.
    pub(crate) fn read_one(&mut self, place: usize) -> &mut Self {
        if let Some((id, question)) = self.questions.remove(place) {
            self.give_handles();
            match question.lane() {
                Lane::LongWork => self.long_work.take(LongWorkOrder::Do(id, question)),
                _ => self.reader.take(ReaderOrder::Ask(id, question)),
            }
            self.take_answers();
        }
        self
    }

    /// The writer carries its orders out, and its answers are still on their way.
    pub(crate) fn writes_unheard(&mut self) -> Vec<Msg> {
        self.take_answers();
        self.writer.answer_next(&mut self.orders);
        self.inbox.try_iter().collect()
    }

    /// The question at that place is answered, and the answer is still on its way.
    pub(crate) fn reads_unheard(&mut self, place: usize) -> Vec<Msg> {
        self.take_answers();
        if let Some((id, question)) = self.questions.remove(place) {
            self.reader.take(ReaderOrder::Ask(id, question));
        }
        self.inbox.try_iter().collect()
    }

    /// The store answers the first order, or where there is none the first question.
    pub(crate) fn answer_one(&mut self) -> &mut Self {
        if self.orders.is_empty() {
            self.read_one(0)
        } else {
            self.write_one()
        }
    }

    /// What waits for the writer.
    pub(crate) fn orders(&self) -> impl ExactSizeIterator<Item = &Request> {
        self.orders.iter().map(|(_, order)| order)
    }

    /// What waits for the reader and for long work.
    pub(crate) fn asked(&self) -> impl ExactSizeIterator<Item = &Request> {
        self.questions.iter().map(|(_, question)| question)
    }

    /// How many questions wait for the reader or for long work.
    pub(crate) fn questions(&self) -> usize {
        self.questions.len()
    }

    /// True while something waits for the store.
    pub(crate) fn waits(&self) -> bool {
        !self.orders.is_empty() || !self.questions.is_empty()
    }

    fn settle(&mut self) {
        self.take_answers();
        while self.waits() {
            self.answer_one();
        }
    }

    /// The other threads take the handles that the writer gave them.
    fn give_handles(&mut self) {
        while let Ok(order) = self.to_reader.try_recv() {
            self.reader.take(order);
        }
        while let Ok(order) = self.to_long_work.try_recv() {
            self.long_work.take(order);
        }
    }

    fn take_answers(&mut self) {
        self.give_handles();
        while let Ok(msg) = self.inbox.try_recv() {
            let effects = update(&mut self.app, msg);
            self.carry_out(effects);
        }
    }

    /// A second passes: the reader looks at what others did, and a store that could not be opened
    /// is tried again.
    pub(crate) fn a_second_later(&mut self) -> &mut Self {
        self.writer.try_again();
        self.take_answers();
        self.reader.take(ReaderOrder::Look);
        self.settle();
        self
    }

    /// The disk begins or ceases to refuse writes.
    pub(crate) fn disk_fails(&mut self, failing: bool) -> &mut Self {
        self.faults.disk_full.store(failing, Ordering::SeqCst);
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
        let changes =
            set_cells(&self.app.state.plan, &Form::default(), &key, &inputs, how).unwrap();
        self.commit(Origin::Set, changes)
    }

    /// Changes come in by another way.
    pub(crate) fn commit(&mut self, origin: Origin, changes: Vec<Change>) -> &mut Self {
        self.next_id += 1;
        let commit = Request::Commit { origin, changes };
        self.orders.push_back((RequestId(self.next_id), commit));
        self.settle();
        self.reader.take(ReaderOrder::Look);
        self.tell(Msg::News(News::Changed))
    }

    /// The form walk on top.
    pub(crate) fn form(&self) -> &FormScreen {
        match self.app.screen() {
            Screen::Form(form) => form,
            other => unreachable!("no form on top but {other:?}"),
        }
    }

    /// What stands in the form on top.
    pub(crate) fn view(&self) -> &FormView {
        self.form().view(&self.app.state).unwrap()
    }

    /// What a cell of the form on top holds, as the store has it.
    pub(crate) fn content(&self, field: &str) -> Content {
        self.view().base.content(FieldId::new(field))
    }

    /// The text that is being typed.
    pub(crate) fn typed(&self) -> String {
        self.form().typed_text()
    }

    /// The field under the cursor.
    pub(crate) fn field(&self) -> String {
        self.form().field_id(self.view()).unwrap().to_string()
    }

    /// Puts the cursor on a field.
    pub(crate) fn at(&mut self, field: &str) -> &mut Self {
        let field = FieldId::new(field);
        let Screen::Form(form) = self.app.screens.top_mut() else {
            unreachable!("no form on top");
        };
        assert!(form.go_to_field(&self.app.state, &field), "{field}");
        self
    }

    /// What was just said, in words.
    pub(crate) fn said(&self) -> Option<(Tone, String)> {
        let notice = self.app.state.notice.as_ref()?;
        Some((notice.tone, self.ui.say(&self.app, &notice.message)))
    }

    /// The terminal gets another size.
    pub(crate) fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal.backend_mut().resize(width, height);
        self.tell(Msg::Resize(Size { width, height }))
    }

    /// The screen as a person sees it, which must be legible on every terminal.
    pub(crate) fn screen(&mut self) -> String {
        let (ui, app) = (&self.ui, &self.app);
        self.terminal.draw(|frame| ui.view(app, frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        assert_legible(buffer);
        let width = usize::from(buffer.area.width).max(1);
        let rows = buffer.content.chunks(width).map(|row| {
            let (mut text, mut covered) = (String::new(), 0);
            for symbol in row.iter().map(ratatui::buffer::Cell::symbol) {
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

    /// Where the terminal's cursor stands, and the row of the screen it stands in.
    pub(crate) fn cursor(&self) -> (Option<TerminalCursor>, String) {
        let Size { width, height } = self.app.state.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let cursor = self.ui.paint(&self.app, &mut buffer);
        let row = match cursor {
            Some(TerminalCursor::Caret(place) | TerminalCursor::Selection(place)) => place.y,
            None => return (None, String::new()),
        };
        let cells = (0..width).filter_map(|x| Some(buffer.cell((x, row))?.symbol()));
        (cursor, cells.collect())
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

    /// How many entries of the log the filter finds.
    pub(crate) fn log(&mut self, filter: LogFilter) -> usize {
        self.settle();
        self.next_id += 1;
        let id = RequestId(self.next_id);
        self.reader
            .take(ReaderOrder::Ask(id, Request::History(filter)));
        let answer = self.inbox.try_recv();
        match answer {
            Ok(Msg::Answer {
                result: Ok(Reply::History(entries)),
                ..
            }) => entries.len(),
            other => unreachable!("{other:?}"),
        }
    }

    /// Ends the session in good order.
    pub(crate) fn close(mut self) {
        self.settle();
        self.reader.end();
    }
}
