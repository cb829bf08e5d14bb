//! The whole state of the screens. No terminal, no clock, no file.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;

use super::ahead::TypedAhead;
use super::first_run::FirstRun;
use super::form::FormState;
use super::keymap::Keymap;
use super::meeting::{DisputePage, Meeting, Preview, Running};
use super::msg::{Around, Draft, Opened, Size, Ticket};
pub use super::overlay::{Allowed, AllowedTitle, Overlay, ReasonChoice, Target};
use crate::base::{Lang, Message};
use crate::check::Finding;
use crate::ledger::actor::Right;
use crate::ledger::{CellKey, FormKey};
use crate::plan::{FieldId, Plan, UnitId};
use crate::service::overview::FormSummary;
use crate::store::{Direction, LogEntry, LogFilter};

/// The app.
#[derive(Debug)]
pub struct App {
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
    /// Who types and where; `None` until the store is open.
    pub session: Option<Opened>,
    /// What is open, the lowest first; never empty after the first answer.
    pub screens: Vec<Screen>,
    /// What lies on top of the screen.
    pub overlay: Option<Overlay>,
    /// What was just said; gone with the next key.
    pub notice: Option<Notice>,
    /// Whether the store can be written.
    pub health: Health,
    /// What was typed before the screen was there.
    pub ahead: TypedAhead,
    /// The number of the next write.
    pub next_ticket: Ticket,
    /// Who else is here, and what is unsent.
    pub around: Around,
    /// Undos and redos that have not been answered, oldest first.
    pub undos: VecDeque<Undoing>,
    /// Whether the program is about to end.
    pub leaving: Leaving,
    /// What was last kept against a lost terminal.
    pub last_draft: Option<Draft>,
    /// Long work of the store's thread, which Esc stops.
    pub running: Option<Running>,
    /// The folder whose bundles were listed last; `None` for the store's own inbox.
    pub folder: Option<PathBuf>,
    /// The words of lists that are searched.
    pub words: Arc<dyn Words>,
}

/// An undo or redo on its way: it follows what was typed before it, and what is typed after it
/// waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undoing {
    /// Its place among the writes.
    pub ticket: Ticket,
    /// Which way.
    pub direction: Direction,
    /// Whether the store has it.
    pub sent: super::form::Sent,
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

/// Where the app finds the words of what is searched by typing: the palette, lists.
pub trait Words: std::fmt::Debug + Send + Sync {
    /// The words of a key of the texts.
    fn word(&self, key: &str) -> String;
}

/// Whether the store can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It can.
    Good,
    /// It cannot, and why; what was saved stays saved.
    Failed(Message),
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

/// One screen.
#[derive(Debug)]
pub enum Screen {
    /// Waiting for the store.
    Opening,
    /// A folder without a store.
    FirstRun(FirstRun),
    /// What is due, incomplete, sent back.
    Home(Home),
    /// One form.
    Form(Box<FormState>),
    /// Findings of one form or of all.
    Findings(FindingsList),
    /// The history of a cell, a form or the store.
    History(HistoryList),
    /// Keys and definitions.
    Help(Help),
    /// Other stores: what to send, what came, what is disputed.
    Meeting(Box<Meeting>),
    /// What an import would change, or has changed.
    Preview(Box<Preview>),
    /// One cell in conflict.
    Dispute(Box<DisputePage>),
}

/// The home page.
#[derive(Debug, Default)]
pub struct Home {
    /// The forms the unit owes, in the order of the page.
    pub forms: Vec<FormSummary>,
    /// How many of them are work to do; the others are done or not yet open.
    pub to_do: usize,
    /// The line under the cursor.
    pub selected: usize,
    /// False until the store has answered.
    pub loaded: bool,
}

/// A list of findings.
#[derive(Debug)]
pub struct FindingsList {
    /// Whose forms.
    pub scope: Scope,
    /// The findings, form by form.
    pub items: Vec<(FormKey, Finding)>,
    /// The line under the cursor.
    pub selected: usize,
    /// False until the store has answered.
    pub loaded: bool,
}

/// How much a list covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One cell.
    Cell(CellKey),
    /// One form.
    Form(FormKey),
    /// One unit.
    Unit(UnitId),
    /// Everything in the store.
    All,
}

/// A list of entries.
#[derive(Debug)]
pub struct HistoryList {
    /// How much it covers.
    pub scope: Scope,
    /// The question that was asked.
    pub filter: LogFilter,
    /// The entries, latest first.
    pub entries: Vec<LogEntry>,
    /// The line under the cursor.
    pub selected: usize,
    /// False until the store has answered.
    pub loaded: bool,
}

/// The help page.
#[derive(Debug, Default)]
pub struct Help {
    /// The field whose indicator is explained.
    pub field: Option<FieldId>,
    /// The first line shown.
    pub top: usize,
}

impl App {
    /// An app that waits for its store.
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
            session: None,
            screens: vec![Screen::Opening],
            overlay: None,
            notice: None,
            health: Health::Good,
            ahead: TypedAhead::default(),
            next_ticket: Ticket(1),
            around: Around::default(),
            undos: VecDeque::new(),
            leaving: Leaving::No,
            last_draft: None,
            running: None,
            folder: None,
            words,
        }
    }

    /// The screen on top.
    pub fn screen(&self) -> &Screen {
        // Invariant: `screens` is never empty; popping stops at the last one.
        static OPENING: Screen = Screen::Opening;
        self.screens.last().unwrap_or(&OPENING)
    }

    /// The form on top, if the screen on top is one.
    pub fn form(&self) -> Option<&FormState> {
        match self.screens.last() {
            Some(Screen::Form(form)) => Some(form),
            _ => None,
        }
    }

    /// The form on top, to be changed.
    pub fn form_mut(&mut self) -> Option<&mut FormState> {
        match self.screens.last_mut() {
            Some(Screen::Form(form)) => Some(form),
            _ => None,
        }
    }

    /// The forms that are open, also below other screens.
    pub fn forms(&self) -> impl Iterator<Item = &FormState> {
        self.screens.iter().filter_map(|screen| match screen {
            Screen::Form(form) => Some(form.as_ref()),
            _ => None,
        })
    }

    /// The forms that are open, to be changed.
    pub fn forms_mut(&mut self) -> impl Iterator<Item = &mut FormState> {
        self.screens.iter_mut().filter_map(|screen| match screen {
            Screen::Form(form) => Some(form.as_mut()),
            _ => None,
        })
    }

    /// In which capacity the person may write into a form; `None` when they may only read.
    pub fn right(&self, form: &FormKey) -> Option<Right> {
        self.session.as_ref()?.actor.may_write(&form.unit)
    }

    /// Says something until the next key.
    pub fn say(&mut self, tone: Tone, message: Message) {
        self.notice = Some(Notice { tone, message });
    }

    /// A name for the next write.
    pub fn ticket(&mut self) -> Ticket {
        let ticket = self.next_ticket;
        self.next_ticket = Ticket(ticket.0 + 1);
        ticket
    }

    /// The unit whose forms the home page lists.
    pub fn home_unit(&self) -> Option<&UnitId> {
        self.session.as_ref().map(|session| &session.unit)
    }

    /// A label of the texts, for lists that are searched.
    pub fn label(&self, key: &str) -> crate::base::Label {
        crate::base::Label::same(&self.words.word(key))
    }

    /// Findings by form, as a list.
    pub fn listed(found: BTreeMap<FormKey, Vec<Finding>>) -> Vec<(FormKey, Finding)> {
        found
            .into_iter()
            .flat_map(|(key, findings)| findings.into_iter().map(move |f| (key.clone(), f)))
            .collect()
    }
}
