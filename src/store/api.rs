//! What the rest of the program may ask of a store: the questions of [`StoreReader`], the writes
//! of [`Store`], and the types they speak in. Traits, so that another way of keeping (an owner
//! process behind a socket) could stand in for redb.

use std::path::PathBuf;

use crate::ledger::{
    ActionId, Actor, ActorId, AuthorId, Body, CellKey, EntryRef, Form, FormKey, Hash, Origin,
    People, Provisional, Recorded, Subject,
};
use crate::plan::{FieldId, PeriodId, UnitId};
pub use crate::store::error::{KeyFault, Replacement, StoreError};

/// Everything one user action changes: one transaction, all or nothing, one undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its id, random, made at the edge.
    pub id: ActionId,
    /// Who acts.
    pub actor: ActorId,
    /// How it came about.
    pub origin: Origin,
    /// Wall clock, milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// What changes.
    pub changes: Vec<Change>,
}

/// One change of one subject, as a person makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// About what.
    pub subject: Subject,
    /// What it says.
    pub body: Body,
    /// Why; empty for none.
    pub reason: String,
    /// What the person had seen of the subject.
    pub seen: Seen,
}

impl Change {
    /// The change as it is laid over a form until the store has answered.
    pub fn provisional(&self, origin: Origin) -> Provisional<'_> {
        Provisional {
            subject: &self.subject,
            body: &self.body,
            origin,
            reason: &self.reason,
        }
    }
}

/// Which entries a change supersedes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Exactly these heads, as they stood on the screen. What has come since is not superseded:
    /// both stay, as a conflict that people see.
    Heads(Vec<EntryRef>),
    /// Exactly these, and the change is refused with [`StoreError::Changed`] when others have
    /// come since (undo, redo).
    Only(Vec<EntryRef>),
    /// Whatever stands when the transaction begins (`set`, workflow commands).
    Current,
}

/// The entries that a commit wrote, and where the store stands after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The entries written, in the order of the changes.
    pub entries: Vec<Recorded>,
    /// The store's commit counter after it.
    pub counter: u64,
    /// What [`StoreReader::unsent`] says after it.
    pub unsent: (u64, Option<u64>),
}

/// Which entries a log is asked for; `None` does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Of this unit.
    pub unit: Option<UnitId>,
    /// Of this period.
    pub period: Option<PeriodId>,
    /// Of this field.
    pub field: Option<FieldId>,
    /// At most so many, the latest.
    pub limit: Option<usize>,
}

/// One entry of a log, with what its subject said before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// The entry.
    pub recorded: Recorded,
    /// What the cell, note or confirmation said before, as this entry's writer saw it;
    /// empty for the first, several when it superseded several.
    pub before: Vec<Body>,
    /// Whether a person had to settle it against another.
    pub contested: Contested,
}

/// Whether an entry once stood in a conflict ("từng bất đồng"): it keeps the mark for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contested {
    /// It never did, as far as anybody settled it.
    #[default]
    Never,
    /// A person chose between it and others.
    Once,
}

/// The changes by which an action is taken back or done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoPlan {
    /// The action it takes back or does again.
    pub of: ActionId,
    /// The changes to commit, with [`Origin::UndoOf`] or [`Origin::RedoOf`] and `Seen::Only`.
    pub origin: Origin,
    /// The changes.
    pub changes: Vec<Change>,
    /// The first cell concerned, to go to.
    pub cell: Option<CellKey>,
}

/// Whether an action is taken back or done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Take back.
    Undo,
    /// Do again.
    Redo,
}

/// Facts about a store: its author, its plan, its schema, how far it has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreInfo {
    /// The author of what is written here now.
    pub author: AuthorId,
    /// Which plan is in force: id, version, BLAKE3 of its file.
    pub plan_id: String,
    /// Its version.
    pub plan_version: u32,
    /// BLAKE3 of its file.
    pub plan_hash: Hash,
    /// The stored schema.
    pub schema: u32,
    /// The unit the store was made for.
    pub unit: UnitId,
    /// Commit counter.
    pub counter: u64,
    /// Highest own sequence number.
    pub seq: u64,
    /// What the wall clock showed when that entry was written: milliseconds since 1970-01-01 UTC;
    /// `None` where the entry cannot be read.
    pub last_written: Option<u64>,
    /// True when no other process can share this store (file system without locks).
    pub sole: bool,
    /// Whether it can be written now.
    pub access: Access,
    /// Whether it goes on as the author it was.
    pub epoch: EpochState,
}

/// Whether a store goes on as the author that wrote in it last (`settled.md` 28).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochState {
    /// It does.
    Same,
    /// The next change that is written begins a new epoch; looking begins none.
    Due(EpochCause),
    /// A change written since the store was opened has begun one.
    Begun(EpochCause),
}

/// Why a store goes on under another author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochCause {
    /// It was last written on another machine or in another file: it may be a copy.
    Elsewhere,
    /// It is older than what its witness has seen: an older copy was put back.
    RolledBack,
    /// The key of its author is not in the folder.
    NoKey,
}

/// Whether a store can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It can.
    Write,
    /// Every write is refused with [`StoreError::ReadOnly`] until [`Store::reopen`] succeeds.
    ReadOnly(ReadOnlyReason),
}

/// Why a store is open for reading only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// It was asked for.
    Asked,
    /// The folder or the file may not be written.
    NotWritable,
    /// Another process has the store and does not let go.
    Held {
        /// Who, as far as known.
        by: String,
    },
    /// The writer's key cannot be used.
    Key {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        fault: KeyFault,
    },
    /// A write failed because the disk was full.
    DiskFull,
    /// Reading or writing failed, in technical words.
    Failed(String),
    /// What was read is not what was written, in technical words.
    Damaged(String),
}

/// How much `verify` compared, and the differences it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Entries read and hashed.
    pub entries: u64,
    /// Cells, notes, confirmations and forms compared with what the entries give.
    pub views: u64,
    /// The logs of which entries are withheld from this store, with how many. What is here of them is
    /// proved all the same.
    pub withheld: Vec<(AuthorId, u64)>,
    /// Differences, each in technical words; empty when the store is clean.
    pub differences: Vec<String>,
}

/// The forms asked for, each with its own outcome: a damaged form does not hide the others.
pub type Forms = Vec<(FormKey, Result<Form, StoreError>)>;

/// Questions about one store. Each is answered from one consistent state, and none waits for a
/// commit under way.
pub trait StoreReader {
    /// Gives the facts about this store.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn info(&self) -> Result<StoreInfo, StoreError>;

    /// Gives the bytes of the plan in force.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError>;

    /// Reads these forms, in their order and in one consistent state.
    ///
    /// # Errors
    /// When the store cannot be read; a form whose digest does not match its cells is an error
    /// in its own place only.
    fn forms(&self, keys: &[FormKey]) -> Result<Forms, StoreError>;

    /// Reads the forms of one period that have entries, of all units.
    ///
    /// # Errors
    /// As [`StoreReader::forms`].
    fn forms_of_period(&self, period: &PeriodId) -> Result<Forms, StoreError>;

    /// Reads the forms of one unit that have entries, of all periods.
    ///
    /// # Errors
    /// As [`StoreReader::forms`].
    fn forms_of_unit(&self, unit: &UnitId) -> Result<Forms, StoreError>;

    /// Everything kept of one form.
    ///
    /// # Errors
    /// When the store cannot be read, or the form's digest does not match its cells.
    fn form(&self, form: &FormKey) -> Result<Form, StoreError> {
        let mut found = self.forms(std::slice::from_ref(form))?;
        found
            .pop()
            .map_or_else(|| Ok(Form::default()), |(_, form)| form)
    }

    /// Lists the forms that have entries.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn form_keys(&self) -> Result<Vec<FormKey>, StoreError>;

    /// Lists the history, latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn log(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError>;

    /// Works out what an undo or redo by `actor` would do now.
    ///
    /// # Errors
    /// [`StoreError::NothingToUndo`]; [`StoreError::Changed`] where a later entry replaced it.
    fn undo_plan(&self, actor: &ActorId, direction: Direction) -> Result<UndoPlan, StoreError>;

    /// Lists the people the store knows.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn actors(&self) -> Result<Vec<Actor>, StoreError>;

    /// Names the people who wrote in the logs kept here, those of other stores included.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn people(&self) -> Result<People, StoreError>;

    /// Reads the commit counter; cheap, to notice other sessions' commits.
    ///
    /// # Errors
    /// When the store cannot be read; [`StoreError::Replaced`] when the file that is open is no
    /// longer the store's, or is older than it was.
    fn counter(&self) -> Result<u64, StoreError>;

    /// Counts the own entries that no other store has acknowledged, and says when the oldest was
    /// made (milliseconds since 1970-01-01 UTC).
    ///
    /// # Errors
    /// When the store cannot be read.
    fn unsent(&self) -> Result<(u64, Option<u64>), StoreError>;

    /// Checks every byte and compares every derived state with a rebuilt one. Commits wait
    /// while the file's pages are checked; reads do not.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    fn verify(&self) -> Result<VerifyReport, StoreError>;
}

/// A store that entries are written to.
pub trait Store: StoreReader {
    /// Writes an action: the one write path. Returns only after it is on disk.
    ///
    /// # Errors
    /// Any [`StoreError`]; then nothing was written.
    fn commit(&mut self, action: &Action) -> Result<Committed, StoreError> {
        let mut all = self.commit_all(std::slice::from_ref(action))?;
        all.pop()
            .unwrap_or_else(|| Err(StoreError::Refused("empty".into())))
    }

    /// Writes actions that waited together, in one transaction. An action that is refused
    /// (permission, conflict, lock) is left out and reported in its place; the others stand.
    ///
    /// # Errors
    /// A failure of the store itself: then none was written.
    fn commit_all(
        &mut self,
        actions: &[Action],
    ) -> Result<Vec<Result<Committed, StoreError>>, StoreError>;

    /// Opens the file for writing again after a failure. What can be read stays readable until
    /// the new opening has succeeded.
    ///
    /// # Errors
    /// Why it still cannot be written.
    fn reopen(&self) -> Result<(), StoreError>;

    /// Looks whether what stood in the way of writing has gone: another process that held the
    /// store, a mode that was mended, a file that is back in its place. Waits for nobody.
    /// Asked once a second while nothing can be written; changes nothing while it cannot.
    fn revive(&self) -> Revival;

    /// Runs the engine's check through the whole file when the last one is over a day old or
    /// the last session ended uncleanly, and no other session is open (`settled.md` 1). For a
    /// handle of its own, after the program has started: 5, 40, 390 ms at 10^4, 10^5, 10^6 rows.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]; then the store is read-only.
    fn check_if_due(&self, wall: u64) -> Result<CheckOutcome, StoreError>;
}

/// Whether a store that could not be written can be again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revival {
    /// Nothing was in the way, or only what a person has to settle.
    NotWaiting,
    /// Something still is.
    Waiting,
    /// It can be written from now on.
    Revived,
}

/// What became of a check that may have been due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The last is recent and the last end was clean, or the store is not open for writing.
    NotDue,
    /// Other sessions are open; they would stand still meanwhile.
    NotAlone,
    /// All pages are as they were written.
    Clean,
    /// Something was wrong and the engine repaired it.
    Repaired,
}
