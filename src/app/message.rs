//! What the outside tells the app, and what the app asks of the outside. Both are data: the
//! terminal driver executes them, tests read and write them.
//!
//! Every request carries an id, every answer returns it. An answer is taken by whoever still waits
//! for that id; one that nobody waits for is dropped. A failure belongs to its request.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::input::key::Key;
pub use super::request_id::RequestId;
use super::sync_message::{SyncAnswer, SyncRequest, WorkProgress};
use crate::base::Message;
use crate::check::Finding;
use crate::ledger::{Actor, ActorId, CellKey, Content, Form, FormKey, Origin, People, Recorded};
use crate::plan::{RuleId, UnitId};
use crate::service::open::NewStore;
use crate::service::overview::FormSummary;
use crate::service::receipts::Confirmation;
use crate::store::{Change, Committed, Direction, LogEntry, LogFilter};
use crate::sync::held::conflicts::Conflict;

/// A terminal's size in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// Why a paste could not be taken whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasteFault {
    /// It is longer than any text here may be.
    TooLong,
    /// Its end never came.
    Cut,
}

/// What happens to the app.
#[derive(Debug)]
pub enum Msg {
    /// A key went down.
    Key(Key),
    /// A bracketed paste arrived.
    Paste(String),
    /// A paste could not be taken whole, so nothing of it was.
    PasteRefused(PasteFault),
    /// The terminal has this size now.
    Resize(Size),
    /// A request was answered.
    Answer {
        /// Which.
        id: RequestId,
        /// With what, or why not.
        result: Result<Reply, Trouble>,
    },
    /// Something nobody asked for happened at the store.
    News(News),
    /// The terminal is gone, or the program was asked to end.
    Gone,
}

/// What the app wants done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the store; the answer comes back as [`Msg::Answer`] with the same id.
    Ask {
        /// The request's number.
        id: RequestId,
        /// What is asked.
        request: Request,
    },
    /// Stop long work; nothing of it is done then.
    Interrupt(RequestId),
    /// Keep the cursor's position and unfinished text beside the store, in case the terminal dies;
    /// others see by it who is in which form. `None` outside of forms.
    Keep(Option<Draft>),
    /// Draw every cell again.
    Redraw,
    /// End the program; everything committed is on disk or on its way there.
    Quit,
}

/// A question or order to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Open the store: at the start, or again after a failure.
    Open,
    /// Make the store of a first run, and open it.
    Create(NewStore),
    /// Write changes as one action.
    Commit {
        /// How they came about.
        origin: Origin,
        /// What changes.
        changes: Vec<Change>,
    },
    /// Take the last action back, or do it again.
    Undo(Direction),
    /// One form with the forms that its checks look back on.
    Form(FormKey),
    /// The forms that a unit owes.
    Overview(UnitId),
    /// Every finding of these forms; of all there are where none is named.
    Findings(Vec<FormKey>),
    /// The log.
    History(LogFilter),
    /// The conflict in a cell.
    Conflict(CellKey),
    /// Something about other stores.
    Sync(SyncRequest),
}

/// Which thread answers a request; each answers in the order asked, none waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Opens the store and commits.
    Writer,
    /// Answers questions from read transactions of its own.
    Reader,
    /// Does what may take long: files, imports, exports.
    LongWork,
}

impl Request {
    /// True where carrying it out may change what the store holds.
    pub fn may_change(&self) -> bool {
        match self {
            Self::Open
            | Self::Form(_)
            | Self::Overview(_)
            | Self::Findings(_)
            | Self::History(_)
            | Self::Conflict(_) => false,
            Self::Sync(request) => request.may_change(),
            Self::Create(_) | Self::Commit { .. } | Self::Undo(_) => true,
        }
    }

    /// The thread that answers it.
    pub fn lane(&self) -> Lane {
        match self {
            Self::Open | Self::Create(_) | Self::Commit { .. } | Self::Undo(_) => Lane::Writer,
            Self::Form(_)
            | Self::Overview(_)
            | Self::Findings(_)
            | Self::History(_)
            | Self::Conflict(_) => Lane::Reader,
            Self::Sync(_) => Lane::LongWork,
        }
    }
}

/// The answer to a request that was not refused.
#[derive(Debug)]
pub enum Reply {
    /// The folder has no store yet.
    NoStore,
    /// The store is open.
    Opened(Box<Opened>),
    /// An action is on disk.
    Committed(Box<Committed>),
    /// An undo or redo is on disk.
    Undone(Box<Undone>),
    /// Forms as the store has them: the one asked for, and those its checks look back on.
    Forms(Box<ReadForms>),
    /// The forms of a unit, chronological.
    Overview(ReadEach<FormSummary>),
    /// Findings by form.
    Findings(ReadEach<Vec<Finding>>),
    /// A log, latest first.
    History(Vec<LogEntry>),
    /// The conflict in a cell; `None` where all agree.
    Conflict(Option<Box<Conflict>>),
    /// Something about other stores.
    Sync(SyncAnswer),
}

/// Something of several forms; one that cannot be read hides no other.
#[derive(Debug)]
pub struct ReadEach<T> {
    /// What was read, in order.
    pub read: Vec<(FormKey, T)>,
    /// Forms that cannot be read.
    pub unreadable: Vec<FormKey>,
}

impl<T> Default for ReadEach<T> {
    fn default() -> Self {
        Self {
            read: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}

/// Forms read in one consistent state.
#[derive(Debug, Default)]
pub struct ReadForms {
    /// The store's commit counter in that state.
    pub counter: u64,
    /// The forms; one without entries is empty.
    pub forms: BTreeMap<FormKey, Form>,
    /// Forms looked back on that cannot be read.
    pub unreadable: Vec<FormKey>,
}

/// What happens at the store without being asked for.
#[derive(Debug)]
pub enum News {
    /// Another session committed something.
    Changed,
    /// Who else is here, and what is unsent, when either has changed.
    Session(SessionStatus),
    /// The machine's clock is behind the last entry written here, which was written at that time
    /// (milliseconds since 1970-01-01 UTC).
    ClockBehind(u64),
    /// How far long work is.
    Progress(WorkProgress),
    /// The full check of the store found that something differs from its history.
    Damaged(Message),
    /// A store that could not be opened has been opened.
    Opened(Box<Opened>),
    /// A store that could not be opened cannot be opened for another reason now.
    NotOpened(Trouble),
    /// What stood in the way of writing has gone.
    Writable,
    /// The file that is open is no longer the store's, and why.
    Lost(Message),
    /// What was written goes on under another author, and why.
    NewEpoch(Message),
    /// A thread of the program failed for a reason that is a fault of the program; the detail is
    /// technical.
    Fault(String),
}

/// What the app learns when the store is open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The catalogue the store keeps.
    pub plan: std::sync::Arc<crate::plan::Plan>,
    /// Who types.
    pub actor: Actor,
    /// The unit the store was made for.
    pub unit: UnitId,
    /// The day it is in the plan's time zone.
    pub today: NaiveDate,
    /// What was unfinished when an earlier session died.
    pub draft: Option<Draft>,
    /// True when no other process can share the store.
    pub sole: bool,
    /// Why the store can only be read; `None` where it can be written.
    pub read_only: Option<Message>,
    /// What a person must know before the first change goes on under another author, or once one
    /// has; `None` where the store goes on as it was.
    pub epoch: Option<Message>,
}

/// What was being typed when the terminal was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Where.
    pub cell: CellKey,
    /// What for.
    pub purpose: DraftPurpose,
    /// The unfinished text; empty when nothing was being typed.
    pub text: String,
}

/// What an unfinished text was to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftPurpose {
    /// The content of the cell.
    Content,
    /// The note on the cell.
    Note,
    /// The reason that confirms a soft finding.
    Reason {
        /// The finding's rule.
        rule: RuleId,
        /// The values judged.
        judged: String,
    },
    /// The reason that ends a conflict with this text as the content.
    Resolve {
        /// The content as typed.
        typed: String,
    },
    /// Why the form is returned.
    Return,
}

/// Another session and the form it has open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Who.
    pub actor: ActorId,
    /// In which form.
    pub form: FormKey,
}

/// Who else is here and what is unsent: what every screen may show of the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionStatus {
    /// The other sessions that have a form open.
    pub others: Vec<Presence>,
    /// Changes no other store has acknowledged, and when the oldest was made (milliseconds since
    /// 1970-01-01 UTC).
    pub unsent: (u64, Option<u64>),
    /// Up to which of the entries written here the district has confirmed to have them.
    pub confirmed: Option<Confirmation>,
    /// Who the people are that wrote the entries.
    pub people: Arc<People>,
}

/// What an undo or redo wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Undo or redo.
    pub direction: Direction,
    /// The cells whose content it changed, each with what it held before and holds now.
    pub cells: Vec<UndoneCell>,
    /// The first cell concerned, to go to.
    pub cell: Option<CellKey>,
    /// The entries.
    pub entries: Vec<Recorded>,
    /// The store's commit counter after it.
    pub counter: u64,
    /// What [`SessionStatus::unsent`] is after it.
    pub unsent: (u64, Option<u64>),
}

/// One cell that an undo or redo changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoneCell {
    /// The cell.
    pub cell: CellKey,
    /// What it held before.
    pub old: Content,
    /// What it holds now.
    pub new: Content,
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In words.
    pub message: Message,
    /// What it means for the work.
    pub kind: TroubleKind,
}

/// What a trouble means for the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// This one request was refused; everything else goes on.
    Refused,
    /// The store could not do it. For a write: nothing can be written until it is opened again.
    Failed,
    /// Long work was stopped by the person; nothing was changed.
    Stopped,
}
