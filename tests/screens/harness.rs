//! The screens without a terminal: the same app, the same store thread's code answering at once,
//! a fixed clock, day and size, keys as a script, a screen as plain text.

use std::cell::Cell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use chrono::NaiveDate;
use nhaplieu::app::edit::{Unreadable, set_cells};
use nhaplieu::app::key::{Code, Key};
use nhaplieu::app::keymap::Keymap;
use nhaplieu::app::msg::{Effect, NewStore, Opened, Request, Size, Ticket};
use nhaplieu::app::state::Tone;
use nhaplieu::app::{App, Msg, update};
use nhaplieu::base::Lang;
use nhaplieu::ledger::{
    ActionId, Actor, ActorId, Body, Content, Form, FormKey, Origin, Role, Subject,
};
use nhaplieu::plan::{self, FieldId, PeriodId, Plan, UnitId};
use nhaplieu::store::{
    self, Action, Change, Committed, Direction, Init, LogEntry, LogFilter, RedbStore, Seen, Store,
    StoreError, StoreInfo, UndoPlan, VerifyReport,
};
use nhaplieu::term::beside::Beside;
use nhaplieu::term::worker::{Edge, Keeping, Opener, Worker};
use nhaplieu::ui::texts::Texts;
use nhaplieu::ui::theme::{Palette, Theme};
use nhaplieu::ui::{Glyphs, Ui};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tempfile::TempDir;

/// The size of most terminals.
pub(crate) const SMALL: (u16, u16) = (80, 24);
/// A roomy one.
pub(crate) const LARGE: (u16, u16) = (120, 40);

/// 2023-11-22 08:00 in Vietnam.
const MORNING: u64 = 1_700_614_800_000;

thread_local! {
    static MINUTES: Cell<u64> = const { Cell::new(0) };
    static ACTIONS: Cell<u64> = const { Cell::new(0) };
}

fn next(counter: &'static std::thread::LocalKey<Cell<u64>>) -> u64 {
    counter.with(|n| {
        n.set(n.get() + 1);
        n.get()
    })
}

fn clock() -> u64 {
    MORNING + next(&MINUTES) * 60_000
}

fn random() -> [u8; 16] {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&next(&ACTIONS).to_be_bytes());
    id
}

fn edge(pid: u32) -> store::Edge {
    store::Edge {
        pid,
        machine: "may-thu".to_owned(),
        seed: [7; 32],
        wall: MORNING,
        patience: Duration::from_secs(1),
    }
}

/// The shipped plan, read once.
pub(crate) fn shipped() -> Arc<Plan> {
    static PLAN: std::sync::OnceLock<Arc<Plan>> = std::sync::OnceLock::new();
    let read = || Arc::new(plan::parse(plan::embedded()).unwrap());
    Arc::clone(PLAN.get_or_init(read))
}

/// A store that several people share.
pub(crate) struct Office {
    folder: Rc<TempDir>,
    plan: Arc<Plan>,
    bytes: Vec<u8>,
}

impl Office {
    /// A folder without a store.
    pub(crate) fn bare() -> Self {
        Self {
            folder: Rc::new(tempfile::tempdir().unwrap()),
            plan: shipped(),
            bytes: plan::embedded().to_vec(),
        }
    }

    /// A store of the shipped plan, made by the coordinator; lan and hoa type for Ngọc Thiện.
    pub(crate) fn new() -> Self {
        let office = Self::bare();
        office.furnish();
        office
    }

    /// A store of another plan.
    pub(crate) fn of(plan: Plan, bytes: Vec<u8>) -> Self {
        let office = Self {
            plan: Arc::new(plan),
            bytes,
            ..Self::bare()
        };
        office.furnish();
        office
    }

    fn furnish(&self) {
        let coordinator = Actor {
            id: ActorId::parse("dau-moi").unwrap(),
            name: "Trần Văn Minh".to_owned(),
            role: Role::Coordinator,
            units: vec![self.plan.coordinator.clone()],
        };
        let init = Init {
            unit: self.plan.coordinator.clone(),
            actor: coordinator,
            plan: Arc::clone(&self.plan),
            plan_bytes: self.bytes.clone(),
            seed: [7; 32],
            action: ActionId(random()),
        };
        let mut store = store::create(&self.dir(), &init, &edge(1)).unwrap();
        let first = self.plan.units.iter().find(|unit| {
            unit.id.as_str() == "ngoc-thien" || !self.plan.periods_of(unit).is_empty()
        });
        let unit = self
            .plan
            .unit(&UnitId::new("ngoc-thien"))
            .or(first)
            .map(|unit| unit.id.clone())
            .unwrap();
        for (id, name, role) in [
            ("lan", "Nguyễn Thị Lan", Role::Clerk),
            ("hoa", "Lê Thị Hoa", Role::Clerk),
            ("xem", "Phạm Xem", Role::Viewer),
        ] {
            let change = Change {
                subject: Subject::Actor(ActorId::parse(id).unwrap()),
                body: Body::Actor {
                    name: name.to_owned(),
                    role,
                    units: vec![unit.clone()],
                    disabled: false,
                },
                reason: String::new(),
                seen: Seen::Current,
            };
            let action = Action {
                id: ActionId(random()),
                actor: ActorId::parse("dau-moi").unwrap(),
                origin: Origin::Set,
                wall: MORNING,
                changes: vec![change],
            };
            store.commit(&action).unwrap();
        }
    }

    pub(crate) fn dir(&self) -> std::path::PathBuf {
        self.folder.path().join("kho")
    }

    /// Somebody sits down before it.
    pub(crate) fn desk(&self, actor: &str) -> Desk {
        self.desk_with(actor, Sitting::default())
    }

    /// Somebody sits down before it in a particular way.
    pub(crate) fn desk_with(&self, actor: &str, sitting: Sitting) -> Desk {
        Desk::open(self, actor, sitting)
    }
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
    pub(crate) transactions: Arc<std::sync::atomic::AtomicUsize>,
    /// True once the program has ended.
    pub(crate) ended: bool,
    next_seed: u64,
    _folder: Rc<TempDir>,
}

impl Desk {
    fn open(office: &Office, actor: &str, sitting: Sitting) -> Self {
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
            (sitting.pid, sitting.sole),
            (Arc::clone(&failing), Arc::clone(&transactions)),
        );
        let (answers, inbox) = channel();
        let edge = Edge { clock, random };
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
                Key::parse(&name.to_lowercase()).unwrap_or_else(|| panic!("no key {name}"))
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
        self.tell(Msg::Reply(nhaplieu::app::msg::Reply::Changed))
    }

    /// What a cell of the form on top holds, as the store has it.
    pub(crate) fn content(&self, field: &str) -> Content {
        self.app.form().unwrap().base.content(&FieldId::new(field))
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
            let row: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
            row.trim_end().to_owned()
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

    /// Ends the session in good order.
    pub(crate) fn close(mut self) {
        self.settle();
        self.worker.end();
    }
}

/// Opens or makes the store of an office as the program does.
fn opener(
    office: &Office,
    actor: &str,
    (pid, sole): (u32, bool),
    (failing, transactions): (Arc<AtomicBool>, Arc<std::sync::atomic::AtomicUsize>),
) -> Opener {
    let (dir, plan, bytes) = (office.dir(), Arc::clone(&office.plan), office.bytes.clone());
    let actor = ActorId::parse(actor).unwrap();
    Box::new(move |new: Option<&NewStore>| {
        let mut store = match new {
            Some(new) => create(&dir, &plan, &bytes, &actor, new)?,
            None => store::open(&dir, &edge(pid))?,
        };
        store.use_plan(Arc::clone(&plan))?;
        let info = store.info()?;
        let (beside, draft) = Beside::begin(&dir, pid, &actor);
        let known = store.actors()?.into_iter().find(|a| a.id == actor).unwrap();
        Ok(Keeping {
            opened: Opened {
                plan: Arc::clone(&plan),
                actor: known,
                unit: info.unit,
                draft,
                sole,
            },
            presence: Box::new(beside),
            store: Box::new(Disk {
                store,
                failing: Arc::clone(&failing),
                transactions: Arc::clone(&transactions),
            }),
        })
    })
}

fn create(
    dir: &Path,
    plan: &Arc<Plan>,
    bytes: &[u8],
    actor: &ActorId,
    new: &NewStore,
) -> Result<RedbStore, StoreError> {
    let init = Init {
        unit: new.unit.clone(),
        actor: Actor {
            id: actor.clone(),
            name: new.name.clone(),
            role: new.role,
            units: vec![new.unit.clone()],
        },
        plan: Arc::clone(plan),
        plan_bytes: bytes.to_vec(),
        seed: [7; 32],
        action: ActionId(random()),
    };
    store::create(dir, &init, &edge(1))
}

/// A store whose disk can be made to refuse writes.
struct Disk {
    store: RedbStore,
    failing: Arc<AtomicBool>,
    transactions: Arc<std::sync::atomic::AtomicUsize>,
}

impl Store for Disk {
    fn info(&self) -> Result<StoreInfo, StoreError> {
        self.store.info()
    }
    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.store.plan_bytes()
    }
    fn commit_all(
        &mut self,
        actions: &[Action],
    ) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        if self.failing.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull);
        }
        self.transactions.fetch_add(1, Ordering::SeqCst);
        self.store.commit_all(actions)
    }
    fn form(&self, form: &FormKey) -> Result<Form, StoreError> {
        self.store.form(form)
    }
    fn form_keys(&self) -> Result<Vec<FormKey>, StoreError> {
        self.store.form_keys()
    }
    fn log(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log(filter)
    }
    fn undo_plan(&self, actor: &ActorId, way: Direction) -> Result<UndoPlan, StoreError> {
        self.store.undo_plan(actor, way)
    }
    fn actors(&self) -> Result<Vec<Actor>, StoreError> {
        self.store.actors()
    }
    fn counter(&self) -> Result<u64, StoreError> {
        self.store.counter()
    }
    fn unsent(&self) -> Result<(u64, Option<u64>), StoreError> {
        self.store.unsent()
    }
    fn verify(&mut self) -> Result<VerifyReport, StoreError> {
        self.store.verify()
    }
}
