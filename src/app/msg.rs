//! What the outside tells the app, and what the app asks of the outside. Both are data: the
//! terminal driver executes them, tests read and write them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::key::Key;
use super::meeting::{Meet, Met};
use crate::base::Message;
use crate::check::{Finding, PastForms};
use crate::ledger::{Actor, ActorId, CellKey, Form, FormKey, Origin, Recorded};
use crate::plan::UnitId;
use crate::service::open::NewStore;
use crate::service::overview::FormSummary;
use crate::service::receipts::Confirmation;
use crate::store::{Change, Committed, Direction, LogEntry, LogFilter};

/// Names one write on its way to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// A size in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// What happens to the app.
#[derive(Debug)]
pub enum Msg {
    /// A key went down.
    Key(Key),
    /// A bracketed paste arrived.
    Paste(String),
    /// A paste was cut at its limit.
    PasteTooLong,
    /// The terminal has this size now.
    Resize(Size),
    /// The store answered.
    Reply(Reply),
    /// The terminal is gone, or the program was asked to end.
    Gone,
}

/// What the app wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the store thread; its answer comes back as [`Msg::Reply`].
    Ask(Request),
    /// Stop the long work of that number; nothing of it is done then.
    Interrupt(Ticket),
    /// Draw every cell again.
    Redraw,
    /// End the program; everything committed is on disk or on its way there.
    Quit,
}

/// What was being typed when the terminal was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Where.
    pub cell: CellKey,
    /// The unfinished text; empty when nothing was being typed.
    pub text: String,
}

/// A question or order to the store thread; orders are carried out in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Make the store of a first run.
    Create(NewStore),
    /// One form with what its checks look back on.
    Form(FormKey),
    /// The forms that a unit owes.
    Overview(UnitId),
    /// Write changes as one action.
    Commit {
        /// Comes back with the answer.
        ticket: Ticket,
        /// How they came about.
        origin: Origin,
        /// What changes.
        changes: Vec<Change>,
    },
    /// Take the last action back, or do it again.
    Undo(Direction),
    /// Every finding of these forms.
    Findings(Vec<FormKey>),
    /// The log.
    History(LogFilter),
    /// Keep the cursor's place and unfinished text beside the store, in case the terminal dies;
    /// others see by it who is in which form. `None` outside of forms.
    Draft(Option<Draft>),
    /// Try to open the store for writing again.
    Reopen,
    /// Something about other stores.
    Meet(Meet),
}

/// Another session and the form it has open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Who.
    pub actor: ActorId,
    /// In which form.
    pub form: FormKey,
}

/// What goes on around a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The other sessions that have a form open.
    pub others: Vec<Presence>,
    /// Changes no other store has acknowledged, and when the oldest was made (milliseconds since
    /// 1970-01-01 UTC).
    pub unsent: (u64, Option<u64>),
    /// Up to which of the entries written here the district has confirmed to have them.
    pub confirmed: Option<Confirmation>,
}

/// What an undo or redo wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The first cell concerned, to go to.
    pub cell: Option<CellKey>,
    /// The entries.
    pub entries: Vec<Recorded>,
}

/// Why the store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In words.
    pub message: Message,
    /// Whether writing still works.
    pub kind: TroubleKind,
}

/// What a trouble means for the rest of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// This one request was refused; everything else goes on.
    Refused,
    /// The store cannot be written until it is opened again.
    Failed,
}

/// The store thread's answers.
#[derive(Debug)]
pub enum Reply {
    /// The folder has no store yet.
    NoStore,
    /// The store is open.
    Opened(Box<Opened>),
    /// A form.
    Form {
        /// Which.
        key: FormKey,
        /// What is kept of it.
        form: Box<Form>,
        /// What its checks look back on.
        past: Box<PastForms>,
    },
    /// The forms of a unit.
    Overview {
        /// Whose.
        unit: UnitId,
        /// One line each, chronological.
        forms: Vec<FormSummary>,
    },
    /// An action is on disk, or was refused.
    Committed {
        /// Which.
        ticket: Ticket,
        /// What was written.
        result: Result<Box<Committed>, Trouble>,
    },
    /// An undo or redo is on disk, or was refused.
    Undone {
        /// Which way.
        direction: Direction,
        /// What was written.
        result: Result<Box<Undone>, Trouble>,
    },
    /// Findings by form.
    Findings(BTreeMap<FormKey, Vec<Finding>>),
    /// A log.
    History {
        /// What was asked.
        filter: LogFilter,
        /// Latest first.
        entries: Vec<LogEntry>,
    },
    /// Another session committed something.
    Changed,
    /// Who else is here and what is unsent, when either has changed.
    Around(Around),
    /// The store failed or cannot be opened.
    Trouble(Trouble),
    /// The store can be written again.
    Recovered,
    /// Something about other stores.
    Met(Met),
}

/// What the app learns when the store is open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The day it is in the plan's time zone.
    pub today: NaiveDate,
    /// The catalogue the store keeps.
    pub plan: std::sync::Arc<crate::plan::Plan>,
    /// Who types.
    pub actor: Actor,
    /// The unit the store was made for.
    pub unit: UnitId,
    /// What was unfinished when an earlier session died, and when it was kept.
    pub draft: Option<Draft>,
    /// True when no other process can share the store.
    pub sole: bool,
}
