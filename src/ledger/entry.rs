//! An entry: one immutable change by one person to one subject. `sync.md` 1, `settled.md` 3-5.

use super::actor::{ActorId, Role};
use super::chain::{AuthorId, EntryRef, Hash};
use super::content::Content;
use super::content_parts::ContentHash;
use super::subject::Subject;
use crate::plan::UnitId;

/// A hybrid logical clock: orders what people see, never decides what is true. It never goes back,
/// so one entry written under a clock that was ahead leaves it ahead; what people are shown as the
/// time of an entry is [`Entry::wall`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock {
    /// Milliseconds since 1970-01-01 UTC, never behind the clock on the writer's wall.
    pub millis: u64,
    /// Counts within one millisecond.
    pub counter: u16,
}

impl Clock {
    /// The next reading: never behind `self`, at least `wall` milliseconds.
    #[must_use]
    pub fn tick(self, wall: u64) -> Self {
        if wall > self.millis {
            return Self {
                millis: wall,
                counter: 0,
            };
        }
        match self.counter.checked_add(1) {
            Some(counter) => Self {
                millis: self.millis,
                counter,
            },
            None => Self {
                millis: self.millis.saturating_add(1),
                counter: 0,
            },
        }
    }
}

/// The id that all entries of one user action share: what one undo takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub [u8; 16]);

impl std::fmt::Display for ActionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// The plan an entry was made under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PlanRef {
    /// The plan's version.
    pub version: u32,
    /// The first bytes of its file's BLAKE3.
    pub h8: [u8; 8],
}

/// How a change came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Typed into a cell.
    Typed,
    /// By the `set` command.
    Set,
    /// Copied from an earlier period.
    Copied,
    /// Pasted.
    Paste,
    /// From a spreadsheet.
    Table,
    /// By an import.
    Import,
    /// Takes that action back.
    UndoOf(ActionId),
    /// Does that undone action again.
    RedoOf(ActionId),
    /// Invented, for demonstration.
    Demo,
}

impl Origin {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Set => "set",
            Self::Copied => "copied",
            Self::Paste => "paste",
            Self::Table => "table",
            Self::Import => "import",
            Self::UndoOf(_) => "undo",
            Self::RedoOf(_) => "redo",
            Self::Demo => "demo",
        }
    }
}

/// The last entry of each author's log that an approval or lock has seen.
pub type Frontier = Vec<(AuthorId, u64, Hash)>;

/// What a change says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A cell holds this now.
    SetValue(Content),
    /// The note on a cell; empty takes it away.
    Note(String),
    /// A person ended a conflict; the reason stands in the entry's note.
    Resolve(Content),
    /// A soft finding is confirmed for exactly these judged values; empty `reason` withdraws it.
    Confirm {
        /// The values judged, as the finding prints them; another value brings it back.
        judged: String,
        /// Id of a plan's reason, or empty.
        reason: String,
        /// Free words, or empty.
        words: String,
    },
    /// A form is handed in as it stands.
    Submit {
        /// Its content hash, all parts.
        content: ContentHash,
        /// Blank numeric cells.
        blanks: u32,
        /// Soft findings without a reason.
        unconfirmed: u32,
        /// Soft findings with one.
        overridden: u32,
    },
    /// A form is sent back; the reason stands in the entry's note.
    Return,
    /// One owner, named by the subject, approves the fields that feed its measures.
    Approve {
        /// The hash of its own part of the form's content.
        part: Hash,
        /// What the approver had seen.
        frontier: Frontier,
    },
    /// A form is closed.
    Lock {
        /// Its content hash, all parts.
        content: ContentHash,
        /// What the locker had seen.
        frontier: Frontier,
    },
    /// A form is opened again; the reason stands in the entry's note.
    Reopen,
    /// The coordinator admits an author.
    Enrol {
        /// The units it may write.
        units: Vec<UnitId>,
        /// The roles it may use.
        roles: Vec<Role>,
        /// The name that people give it.
        name: String,
    },
    /// The coordinator ends an author's rights after this entry.
    Revoke {
        /// The last good number.
        last_good: u64,
    },
    /// This plan is in force in the store; its bytes are kept under the hash.
    PlanInstall {
        /// The plan's id.
        id: String,
        /// The plan's version.
        version: u32,
        /// BLAKE3 of its file.
        hash: Hash,
    },
    /// An author begins.
    EpochStart {
        /// Its Ed25519 public key.
        public_key: [u8; 32],
        /// The author this one continues, after a copy or restore.
        continues: Option<AuthorId>,
    },
    /// A person's name, role and units from now on.
    Actor {
        /// The name that people read.
        name: String,
        /// What they may do.
        role: Role,
        /// The units they may do it for.
        units: Vec<UnitId>,
        /// True once the person may no longer write.
        disabled: bool,
    },
    /// Entries of an author that all machines are to leave out.
    RejectRange {
        /// First number left out.
        from: u64,
        /// Last number left out.
        to: u64,
    },
    /// An entry of a newer program: kept and relayed, not understood.
    Unknown {
        /// Its kind byte.
        kind: u8,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Body {
    /// The name of the kind in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SetValue(_) => "set_value",
            Self::Note(_) => "note",
            Self::Resolve(_) => "resolve",
            Self::Confirm { .. } => "confirm",
            Self::Submit { .. } => "submit",
            Self::Return => "return",
            Self::Approve { .. } => "approve",
            Self::Lock { .. } => "lock",
            Self::Reopen => "reopen",
            Self::Enrol { .. } => "enrol",
            Self::Revoke { .. } => "revoke",
            Self::PlanInstall { .. } => "plan_install",
            Self::EpochStart { .. } => "epoch_start",
            Self::Actor { .. } => "actor",
            Self::RejectRange { .. } => "reject_range",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// False for an entry of a newer program: it is kept and relayed and changes no heads, neither
    /// by citing nor by being cited (`sync.md` 1).
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }

    /// All texts in it that people have written.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, three, name) = match self {
            Self::SetValue(Content::Text(t) | Content::Invalid(t))
            | Self::Resolve(Content::Text(t) | Content::Invalid(t))
            | Self::Note(t) => (Some(t), None, None),
            Self::Confirm {
                judged,
                reason,
                words,
            } => (None, Some([judged, reason, words]), None),
            Self::Enrol { name, .. } | Self::Actor { name, .. } => (None, None, Some(name)),
            _ => (None, None, None),
        };
        let texts = one
            .into_iter()
            .chain(three.into_iter().flatten())
            .chain(name);
        texts.map(String::as_str)
    }

    /// The content, for the kinds that give a cell one.
    pub fn content(&self) -> Option<&Content> {
        match self {
            Self::SetValue(content) | Self::Resolve(content) => Some(content),
            _ => None,
        }
    }
}

/// One change, without its place in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Bit 0: a reader that does not know the kind must not go on without it.
    pub flags: u8,
    /// Its place in the order of what people see.
    pub clock: Clock,
    /// Milliseconds by which the writer's wall clock stood behind `clock`; never more than its
    /// milliseconds.
    pub lag: u64,
    /// The person who wrote it.
    pub actor: ActorId,
    /// The plan it was written under.
    pub plan: PlanRef,
    /// The subject it is about.
    pub subject: Subject,
    /// The change.
    pub body: Body,
    /// The entries of the same subject that this one supersedes, as its writer saw them.
    pub replaces: Vec<EntryRef>,
    /// The reason; empty for none.
    pub note: String,
    /// The user action it belongs to.
    pub action: ActionId,
    /// How it came about.
    pub origin: Origin,
}

impl Entry {
    /// What the writer's wall clock showed, which people are shown: milliseconds since 1970-01-01
    /// UTC.
    pub fn wall(&self) -> u64 {
        self.clock.millis.saturating_sub(self.lag)
    }
}

/// Bit 0 of [`Entry::flags`].
pub const FLAG_CRITICAL: u8 = 1;
/// Bit 1 of [`Entry::flags`]: written by the coordinator on behalf of the unit ("nhập thay").
pub const FLAG_ON_BEHALF: u8 = 2;

/// The most bytes of an entry as it is stored: with its length it fills a chunk of a bundle.
pub const ENTRY_BYTES: usize = (256 << 10) - 4;
/// The most entries that one may cite. An honest one cites the heads its writer saw, which are
/// few; each citation is looked up by whoever shows the entry.
pub const CITATIONS: usize = 1_024;

/// An entry with its position in its author's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The author of the log.
    pub author: AuthorId,
    /// Its number in the log, from 1.
    pub seq: u64,
    /// The hash of the entry before it.
    pub previous: Hash,
    /// Its own hash, which is its id.
    pub hash: Hash,
    /// The change.
    pub entry: Entry,
}

impl Recorded {
    /// The reference by which other entries cite it.
    pub fn reference(&self) -> EntryRef {
        EntryRef {
            author: self.author,
            seq: self.seq,
            h8: self.hash.short(),
        }
    }
}
