//! What all screens share: the plan, the session, the forms, the unanswered writes, what was just
//! said. No terminal, no clock, no file.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;

use super::forms::{Forms, Loading};
use super::input::keymap::Keymap;
use super::message::{
    Effect, Opened, Request, RequestId, SessionStatus, Size, Trouble, TroubleKind,
};
use super::navigation::Go;
use super::outbox::Outbox;
use super::overlays::Overlay;
use super::sync_message::{SyncRequest, WorkProgress};
use crate::base::{Label, Lang, Message};
use crate::ledger::actor::Right;
use crate::ledger::{FormKey, FormStatus, Origin};
use crate::plan::{Period, Plan, UnitId};
use crate::store::{Change, Direction};

/// What all screens share.
#[derive(Debug)]
pub struct State {
    /// The catalogue in force.
    pub plan: Arc<Plan>,
    /// The language of the screens.
    pub lang: Lang,
    /// Today, for deadlines and default periods.
    pub today: NaiveDate,
    /// The terminal's size.
    pub size: Size,
    /// The effective keys.
    pub keymap: Keymap,
    /// The words of lists that are searched.
    pub words: Arc<dyn Words>,
    /// Who types and where; `None` until the store is open.
    pub session: Option<Opened>,
    /// Who else is here, and what is unsent.
    pub status: SessionStatus,
    /// Whether the store can be written.
    pub health: Health,
    /// Unanswered writes.
    pub outbox: Outbox,
    /// Forms that screens show.
    pub forms: Forms,
    /// What lies on top of the screen.
    pub overlay: Option<Overlay>,
    /// What was just said; gone with the next key.
    pub notice: Option<Notice>,
    /// Long work under way, which Esc stops.
    pub running: Option<WorkProgress>,
    /// Whether the program is about to end.
    pub leaving: Leaving,
    /// A fault of the program that was met, in technical words.
    pub fault: Option<String>,
    /// The folder whose bundles were listed last; `None` for the store's own inbox.
    pub folder: Option<PathBuf>,
    /// Forms that are read again before failed writes are tried again.
    pub(super) recovering: BTreeSet<FormKey>,
    /// The request to open the store, while it is unanswered.
    pub(super) opening: Option<RequestId>,
    /// Long work that waits for what was typed before it.
    waiting_work: Option<(RequestId, SyncRequest)>,
    next_id: RequestId,
    effects: Vec<Effect>,
    go: VecDeque<Go>,
}

/// Where the app finds the words of what is searched by typing: the palette, lists.
pub trait Words: std::fmt::Debug + Send + Sync {
    /// The words of a key of the texts.
    fn word(&self, key: &str) -> String;

    /// A message in words.
    fn sentence(&self, message: &Message) -> String;
}

/// Whether the store can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It can.
    Good,
    /// It cannot, and why; what was saved stays saved.
    Failed(Message),
}

/// Whether the program is about to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It goes on.
    No,
    /// It ends when everything typed is on disk.
    WhenSaved,
    /// The terminal is gone: it ends when everything typed is on its way to the disk.
    TerminalGone,
}

/// A line said to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it is to be taken.
    pub tone: Tone,
    /// What it says.
    pub message: Message,
}

/// How a notice is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something went well or is worth knowing.
    Info,
    /// Something was not done.
    Warning,
}

impl State {
    /// The state before the store has answered.
    pub fn new(
        plan: Arc<Plan>,
        keymap: Keymap,
        words: Arc<dyn Words>,
        (lang, today): (Lang, NaiveDate),
        size: Size,
    ) -> Self {
        Self {
            plan,
            lang,
            today,
            size,
            keymap,
            words,
            session: None,
            status: SessionStatus::default(),
            health: Health::Good,
            outbox: Outbox::default(),
            forms: Forms::default(),
            overlay: None,
            notice: None,
            running: None,
            leaving: Leaving::No,
            fault: None,
            folder: None,
            recovering: BTreeSet::new(),
            opening: None,
            waiting_work: None,
            next_id: RequestId(1),
            effects: Vec::new(),
            go: VecDeque::new(),
        }
    }

    /// The number of the next request.
    pub(super) fn number(&mut self) -> RequestId {
        let id = self.next_id;
        self.next_id = RequestId(id.0 + 1);
        id
    }

    /// Asks the store; whoever asks keeps the id and waits for it.
    pub fn ask(&mut self, request: Request) -> RequestId {
        let id = self.number();
        self.effects.push(Effect::Ask { id, request });
        id
    }

    /// Has something done outside.
    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What is to be done outside, and no longer waits here.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Goes somewhere when the screen that asks for it has done its part.
    pub fn go(&mut self, to: Go) {
        self.go.push_back(to);
    }

    /// The next way to go.
    pub(super) fn next_way(&mut self) -> Option<Go> {
        self.go.pop_front()
    }

    /// Says something until the next key.
    pub fn say(&mut self, tone: Tone, message: Message) {
        self.notice = Some(Notice { tone, message });
    }

    /// Writes changes as one action: on the screens at once, to the store as soon as it can.
    pub fn write(&mut self, origin: Origin, changes: Vec<Change>) -> RequestId {
        let id = self.number();
        let subjects: Vec<_> = changes.iter().map(|c| c.subject.clone()).collect();
        self.outbox.add(id, origin, changes);
        self.forms.wrote(&self.plan, &self.outbox, &subjects);
        id
    }

    /// Takes the latest action back, or does it again.
    pub(super) fn undo(&mut self, direction: Direction) {
        let id = self.number();
        self.outbox.add_undo(id, direction);
    }

    /// Asks to open, or to make and open, the store.
    pub(super) fn open(&mut self, request: Request) {
        self.opening = Some(self.ask(request));
    }

    /// Asks for a form that a screen shows.
    pub fn read_form(&mut self, key: &FormKey) {
        let id = self.ask(Request::Form(key.clone()));
        self.forms.asked(id, key);
    }

    /// Begins long work; until it is answered only Esc and leaving mean anything. It waits until
    /// everything typed before is on disk: what is sent away must hold it. `None` where that
    /// cannot be, because the store cannot be written.
    pub fn begin(&mut self, work: SyncRequest) -> Option<RequestId> {
        if self.health != Health::Good && !self.outbox.is_empty() {
            self.say(Tone::Warning, Message::new("trouble.unsaved_first"));
            return None;
        }
        let id = self.number();
        self.waiting_work = Some((id, work));
        self.running = Some(WorkProgress {
            work: id,
            step: None,
            done: 0,
            of: 0,
        });
        Some(id)
    }

    /// Asks for long work that waited, once everything typed before it is on disk.
    pub(super) fn start_work(&mut self) {
        if self.outbox.is_empty()
            && let Some((id, work)) = self.waiting_work.take()
        {
            let request = Request::Sync(work);
            self.effect(Effect::Ask { id, request });
        }
    }

    /// Has long work stopped; nothing of it is done then.
    pub(super) fn stop_work(&mut self, id: RequestId) {
        if self.waiting_work.take().is_some() {
            self.running = None;
            self.say(Tone::Info, Message::new("sync_page.stopped"));
        } else {
            self.effect(Effect::Interrupt(id));
        }
    }

    /// In which capacity the person may write into a form; `None` when they may only read.
    pub fn right(&self, form: &FormKey) -> Option<Right> {
        self.session.as_ref()?.actor.may_write(&form.unit)
    }

    /// True when the person may write into the form; otherwise says why not. A form that could
    /// not be read is not written into: what a figure there would supersede is not known.
    pub fn may_change(&mut self, key: &FormKey) -> bool {
        let view = self.forms.view(key);
        let status = view.map(|view| view.status);
        let unread = view.and_then(|view| match &view.loading {
            Loading::Failed(why) => Some(why.clone()),
            Loading::Asked | Loading::There => None,
        });
        let read_only = self
            .session
            .as_ref()
            .and_then(|session| session.read_only.clone());
        let message = if let Some(why) = read_only.or(unread) {
            why
        } else if self.right(key).is_none() {
            let unit = self.plan.unit(&key.unit).map(|unit| unit.name.clone());
            Message::new("form.only_reading").with("unit", unit.unwrap_or_default())
        } else if status == Some(FormStatus::Locked) {
            Message::new("trouble.locked")
        } else {
            return true;
        };
        self.say(Tone::Warning, message);
        false
    }

    /// The unit whose forms the home page lists.
    pub fn home_unit(&self) -> Option<&UnitId> {
        self.session.as_ref().map(|session| &session.unit)
    }

    /// The name of a period as a label, for lists that are searched.
    pub(super) fn period_label(&self, period: &Period) -> Label {
        Label::same(&self.words.sentence(&period.name()))
    }

    /// A text of the interface as a label, for lists that are searched.
    pub fn label(&self, key: &str) -> Label {
        Label::same(&self.words.word(key))
    }

    /// The store cannot be written: said until it can; nothing is undone or left meanwhile.
    pub(super) fn failed(&mut self, why: Message) {
        self.health = Health::Failed(why);
        self.outbox.forget_undos();
        if self.waiting_work.take().is_some() {
            self.running = None;
        }
        if self.leaving == Leaving::WhenSaved {
            self.leaving = Leaving::No;
        }
    }

    /// Says why a request was not carried out; a store that failed to write is remembered.
    pub(super) fn not_written(&mut self, trouble: Trouble) {
        match trouble.kind {
            TroubleKind::Failed => self.failed(trouble.message),
            TroubleKind::Refused | TroubleKind::Stopped => {
                // What was refused is said before the program may end.
                self.leaving = Leaving::No;
                self.say(Tone::Warning, trouble.message);
            }
        }
    }
}
