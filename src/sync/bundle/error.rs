//! Why a bundle is refused: one error for each thing a person can do something different about.
//! Nothing was changed in any of these cases.

use crate::base::bytes::BadBytes;
use crate::base::{Arg, ErrorKind, Message};
use crate::ledger::AuthorId;
use crate::ledger::heads::MOST;
use crate::store::exchange::progress::Stopped;
use crate::sync::bundle::encryption::Encryption;
use crate::sync::bundle::other_format::FileFormat;

/// What was larger than [`crate::sync::bundle::limits`] allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The file.
    File,
    /// The header.
    Header,
    /// The number of chunks.
    Chunks,
    /// A chunk before compression.
    Chunk,
    /// All chunks before compression.
    Raw,
    /// The number of entries.
    Entries,
    /// The window of a zstd frame.
    Window,
}

impl Limit {
    /// The key of its name in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::File => "sync.limit.file",
            Self::Header => "sync.limit.header",
            Self::Chunks => "sync.limit.chunks",
            Self::Chunk => "sync.limit.chunk",
            Self::Raw => "sync.limit.raw",
            Self::Entries => "sync.limit.entries",
            Self::Window => "sync.limit.window",
        }
    }
}

/// How a bundle was altered on its way, so that it cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// Its bytes were treated as text: line ends translated, bits or zeros taken away.
    Bytes,
    /// It is text, and what mail or chat did to it cannot be undone.
    Text,
    /// It is text without its beginning.
    Beginning,
}

/// What an entry names that the plan it was written under does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanPart {
    /// A unit.
    Unit,
    /// A period.
    Period,
    /// A field.
    Field,
    /// A cell of that form: the plan has the field, but not there.
    Cell,
    /// The version it states.
    Version,
}

impl PlanPart {
    /// All parts.
    pub const ALL: [Self; 5] = [
        Self::Unit,
        Self::Period,
        Self::Field,
        Self::Cell,
        Self::Version,
    ];

    /// The key of its name in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unit => "sync.plan_part.unit",
            Self::Period => "sync.plan_part.period",
            Self::Field => "sync.plan_part.field",
            Self::Cell => "sync.plan_part.cell",
            Self::Version => "sync.plan_part.version",
        }
    }
}

/// Why a bundle is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It is no bundle.
    #[error("not a bundle")]
    NotABundle,
    /// The file ends before the bundle does.
    #[error("truncated: {have} of {need} bytes")]
    Truncated {
        /// Bytes there.
        have: u64,
        /// Bytes the bundle has; the least it can have where not even that can be read.
        need: u64,
    },
    /// The file is as long as the bundle, but its end was never written: the stick was pulled too early.
    #[error("only zeros from byte {from}")]
    ZeroTail {
        /// Where the zeros begin.
        from: u64,
    },
    /// The file has more bytes than the bundle.
    #[error("{extra} bytes after the end")]
    Trailing {
        /// How many.
        extra: u64,
    },
    /// It was altered on its way.
    #[error("altered on its way: {0:?}")]
    Altered(Alteration),
    /// A text holds more than one.
    #[error("more than one bundle")]
    Several,
    /// It is a file of another program.
    #[error("a file of format {0}")]
    OtherFormat(FileFormat),
    /// It is encrypted by another program.
    #[error("encrypted by {0}")]
    Encrypted(Encryption),
    /// It is written for a newer reader.
    #[error("needs a reader of format {needs}")]
    TooNew {
        /// The least format it needs.
        needs: u16,
    },
    /// It needs a capability that this program does not have.
    #[error("needs capabilities {0:#x}")]
    Capability(u32),
    /// It holds an entry that this program does not know and must not pass over.
    #[error("unknown critical entry {entry} in chunk {chunk}")]
    UnknownCritical {
        /// Which chunk, from 0.
        chunk: u32,
        /// Which entry in it, from 0.
        entry: u32,
    },
    /// It is larger than a bundle may be.
    #[error("too large: {what:?}")]
    TooLarge {
        /// What.
        what: Limit,
    },
    /// The bytes are not those that were written.
    #[error("root hash differs")]
    RootMismatch,
    /// The signature is not the signer's.
    #[error("bad signature")]
    BadSignature,
    /// The log of an author is not vouched for by that author's key.
    #[error("bad checkpoint of {0}")]
    BadCheckpoint(AuthorId),
    /// It is whole and signed, but not in the layout.
    #[error("malformed at {at} of {}: {what}", chunk_name(*.chunk))]
    Malformed {
        /// Which chunk, from 0; `None` for the header.
        chunk: Option<u32>,
        /// Which byte of it, before compression.
        at: u64,
        /// What was being read.
        what: &'static str,
    },
    /// It holds a text that cannot be shown as it is.
    #[error("hostile text at {position} of entry {entry} in {}", chunk_name(*.chunk))]
    HostileText {
        /// Which chunk, from 0; `None` for the header.
        chunk: Option<u32>,
        /// Which entry in it, from 0.
        entry: u32,
        /// Which character of the text, from 0.
        position: u32,
    },
    /// It is for another plan.
    #[error("plan {theirs} where {ours} is in force")]
    WrongPlan {
        /// The bundle's.
        theirs: String,
        /// The store's.
        ours: String,
    },
    /// It is for another district.
    #[error("district {theirs} where this is {ours}")]
    WrongDistrict {
        /// The bundle's.
        theirs: String,
        /// The store's.
        ours: String,
    },
    /// It is for another receiver.
    #[error("for {to}")]
    NotForUs {
        /// Whom it is for.
        to: String,
    },
    /// It is a whole copy, and not everything concerns the unit of this store.
    #[error("a whole copy")]
    WholeCopy,
    /// It withholds entries of a log, and nobody who may do so vouches for what it leaves out.
    #[error("signer {0} withholds entries and is not the district")]
    Withholds(AuthorId),
    /// The signer's rights have ended.
    #[error("signer {0} is revoked")]
    Revoked(AuthorId),
    /// An entry of it is outside its author's units or roles.
    #[error("entry {seq} of {author} oversteps: {what}")]
    Oversteps {
        /// Whose entry.
        author: AuthorId,
        /// Which.
        seq: u64,
        /// A unit, or what it tries to do.
        what: String,
    },
    /// An entry of it names what the plan it was written under does not have.
    #[error("entry {seq} of {author}: the plan has no such {part:?}: {what}")]
    PlanLacks {
        /// Whose entry.
        author: AuthorId,
        /// Which.
        seq: u64,
        /// What kind of thing.
        part: PlanPart,
        /// Its name.
        what: String,
    },
    /// An entry of it gives a cell what the plan does not allow there.
    #[error("entry {seq} of {author} does not fit its cell: {what}")]
    Unfit {
        /// Whose entry.
        author: AuthorId,
        /// Which.
        seq: u64,
        /// The cell and the state of its content.
        what: String,
    },
    /// With it something would have more heads than an import may leave it with (`settled.md` 29).
    #[error("{heads} heads of {what}, the first by entry {seq} of {author}")]
    TooManyHeads {
        /// Whose is the first of its heads there.
        author: AuthorId,
        /// Which entry that is.
        seq: u64,
        /// How many heads it brings.
        heads: u64,
        /// Of what.
        what: String,
    },
    /// It says to come from a unit that its signer does not write for.
    #[error("{signer} signs for {units}, not for {from}")]
    WrongSender {
        /// Who signed it.
        signer: AuthorId,
        /// The unit it says to come from.
        from: String,
        /// The units of the signer.
        units: String,
    },
    /// The waiting room is full.
    #[error("waiting room is full")]
    RoomFull,
    /// Its file could no longer be read, or has changed since it was read through.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// Whoever watched the work ended it.
    #[error("interrupted")]
    Interrupted,
}

impl From<Stopped> for BundleError {
    fn from(_: Stopped) -> Self {
        Self::Interrupted
    }
}

fn chunk_name(chunk: Option<u32>) -> String {
    chunk.map_or_else(|| "the header".to_owned(), |at| format!("chunk {at}"))
}

impl BundleError {
    /// The error for bytes of the header that are not in the layout.
    pub(in crate::sync) fn header(bad: BadBytes) -> Self {
        Self::malformed(None, bad.at, bad.what)
    }

    /// The error for bytes that are not in the layout.
    pub(in crate::sync) fn malformed(chunk: Option<u32>, at: usize, what: &'static str) -> Self {
        Self::Malformed {
            chunk,
            at: u64::try_from(at).unwrap_or(u64::MAX),
            what,
        }
    }

    /// The error for a file that ends before the bundle does.
    pub(in crate::sync) fn truncated(have: usize, need: u64) -> Self {
        let have = u64::try_from(have).unwrap_or(u64::MAX);
        Self::Truncated { have, need }
    }

    /// The error for a file whose end was never written.
    pub(in crate::sync) fn zero_tail(from: usize) -> Self {
        let from = u64::try_from(from).unwrap_or(u64::MAX);
        Self::ZeroTail { from }
    }

    /// True for what an honest program never writes: the bundle is kept as evidence.
    pub fn is_evidence(&self) -> bool {
        matches!(
            self,
            Self::Oversteps { .. }
                | Self::PlanLacks { .. }
                | Self::Unfit { .. }
                | Self::TooManyHeads { .. }
                | Self::WrongSender { .. }
        )
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable(_) => ErrorKind::Failed,
            Self::Interrupted => ErrorKind::Interrupted,
            _ => ErrorKind::Refused,
        }
    }

    /// The sentence for people: what happened, what was not lost, what to do next.
    pub fn message(&self) -> Message {
        match self {
            Self::NotABundle => Message::new("sync.error.not_a_bundle"),
            Self::Truncated { have: 0, .. } => Message::new("sync.error.empty"),
            Self::Truncated { have, need } => Message::new("sync.error.truncated")
                .with("have", count(*have))
                .with("need", count(*need)),
            Self::ZeroTail { from } => {
                Message::new("sync.error.zero_tail").with("from", count(*from))
            }
            Self::Trailing { extra } => {
                Message::new("sync.error.trailing").with("extra", count(*extra))
            }
            Self::Altered(how) => Message::new(match how {
                Alteration::Bytes => "sync.error.altered_bytes",
                Alteration::Text => "sync.error.altered_text",
                Alteration::Beginning => "sync.error.altered_beginning",
            }),
            Self::Several => Message::new("sync.error.several"),
            Self::OtherFormat(format) => Message::new(match format {
                FileFormat::Packed(_) => "sync.error.packed",
                FileFormat::Document(_) => "sync.error.document",
            })
            .with("format", format.to_string()),
            Self::Encrypted(by) => {
                Message::new("sync.error.encrypted").with("program", by.to_string())
            }
            Self::TooNew { .. } | Self::Capability(_) | Self::UnknownCritical { .. } => {
                Message::new("sync.error.too_new").with("detail", self.to_string())
            }
            Self::TooLarge { what } => {
                Message::new("sync.error.too_large").with("what", Message::new(what.key()))
            }
            Self::RootMismatch => Message::new("sync.error.root_mismatch"),
            Self::BadSignature | Self::BadCheckpoint(_) => {
                Message::new("sync.error.bad_signature").with("detail", self.to_string())
            }
            Self::Malformed { .. } => {
                Message::new("sync.error.malformed").with("detail", self.to_string())
            }
            Self::HostileText { position, .. } => Message::new("sync.error.hostile_text")
                .with("position", count(u64::from(*position)))
                .with("detail", self.to_string()),
            other => other.refusal(),
        }
    }

    fn refusal(&self) -> Message {
        match self {
            Self::WrongPlan { theirs, ours } => Message::new("sync.error.wrong_plan")
                .with("theirs", theirs.as_str())
                .with("ours", ours.as_str()),
            Self::WrongDistrict { theirs, ours } => Message::new("sync.error.wrong_district")
                .with("theirs", theirs.as_str())
                .with("ours", ours.as_str()),
            Self::NotForUs { to } => Message::new("sync.error.not_for_us").with("to", to.as_str()),
            Self::WholeCopy => Message::new("sync.error.whole_copy"),
            Self::Withholds(author) => {
                Message::new("sync.error.withholds").with("author", author.to_string())
            }
            Self::Revoked(author) => {
                Message::new("sync.error.revoked").with("author", author.to_string())
            }
            Self::Oversteps { author, seq, what } => Message::new("sync.error.oversteps")
                .with("author", author.to_string())
                .with("seq", count(*seq))
                .with("what", what.as_str()),
            Self::PlanLacks {
                author,
                seq,
                part,
                what,
            } => Message::new("sync.error.plan_lacks")
                .with("author", author.to_string())
                .with("seq", count(*seq))
                .with("what", Message::new(part.key()).with("name", what.as_str())),
            Self::Unfit { author, seq, what } => Message::new("sync.error.unfit")
                .with("author", author.to_string())
                .with("seq", count(*seq))
                .with("what", what.as_str()),
            Self::TooManyHeads {
                author,
                heads,
                what,
                ..
            } => Message::new("sync.error.too_many_heads")
                .with("author", author.to_string())
                .with("heads", count(*heads))
                .with("most", MOST)
                .with("what", what.as_str()),
            Self::WrongSender {
                signer,
                from,
                units,
            } => Message::new("sync.error.wrong_sender")
                .with("author", signer.to_string())
                .with("from", from.as_str())
                .with("units", units.as_str()),
            Self::Interrupted => Message::new("sync.error.interrupted"),
            Self::Unreadable(why) => {
                Message::new("sync.error.unreadable").with("why", why.as_str())
            }
            _ => Message::new("sync.error.room_full"),
        }
    }
}

fn count(value: u64) -> Arg {
    Arg::from(usize::try_from(value).unwrap_or(usize::MAX))
}
