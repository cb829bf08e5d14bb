//! The plan of an import: what it would change, as data, before anything is changed.

use std::path::PathBuf;

use crate::base::{Decimal, Message};
use crate::ledger::{ActorId, AuthorId, CellKey, Content, FormKey, Hash, Trust};
use crate::plan::{FieldId, PeriodId, UnitId};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::bundle::range::Range;

/// How many entries of each class, and how many conflicts and suspicions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries taken or to be taken.
    pub new: u64,
    /// Entries that the store has already.
    pub known: u64,
    /// Entries before which others are missing.
    pub waiting: u64,
    /// Cells that come into conflict.
    pub conflicts: u64,
    /// Entries on forms that were approved or locked before they came.
    pub late: u64,
    /// Entries taken, but not counted until their plan is here.
    pub held: u64,
    /// Entries in bundles refused or in quarantine.
    pub refused: u64,
    /// What a person should look at, see [`Suspicion`].
    pub suspicious: u64,
}

impl Counts {
    /// The counts with the keys of their names in the texts.
    pub fn all(&self) -> [(&'static str, u64); 8] {
        [
            ("sync.class.new", self.new),
            ("sync.class.known", self.known),
            ("sync.class.waiting", self.waiting),
            ("sync.class.conflicts", self.conflicts),
            ("sync.class.late", self.late),
            ("sync.class.held", self.held),
            ("sync.class.refused", self.refused),
            ("sync.class.suspicious", self.suspicious),
        ]
    }

    pub(in crate::sync) fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.known += other.known;
        self.waiting += other.waiting;
        self.conflicts += other.conflicts;
        self.late += other.late;
        self.held += other.held;
        self.refused += other.refused;
        self.suspicious += other.suspicious;
    }
}

/// A cell whose figure shows otherwise after an import or comes into conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureChange {
    /// The cell.
    pub cell: CellKey,
    /// What it shows before.
    pub old: Content,
    /// What it shows after.
    pub new: Content,
    /// How its conflict changes.
    pub conflict: ConflictChange,
    /// Whether its form was approved or locked before.
    pub timing: Timing,
}

/// Whether a figure comes before its form is approved or locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    /// Its form is not approved, or with this figure.
    #[default]
    InTime,
    /// Its form was approved or locked without it ("đến sau khi duyệt").
    Late,
}

/// How an import changes the conflict of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictChange {
    /// There is none after it.
    None,
    /// It begins.
    Begins,
    /// It was there before and goes on.
    Continues,
}

/// The sum of a field over all units, before and after an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The period.
    pub period: PeriodId,
    /// The field.
    pub field: FieldId,
    /// The sum before.
    pub before: Decimal,
    /// The sum after.
    pub after: Decimal,
}

/// Entries that are missing before a bundle can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Their author.
    pub author: AuthorId,
    /// The author's name; empty for an unknown one.
    pub name: String,
    /// The last number that is here.
    pub have: u64,
    /// The last number that is missing.
    pub needs: u64,
}

impl Gap {
    /// The key of the sentence that says it: entries are missing; or there are as many and others,
    /// because the log has branched (`sync.md` 5) and this branch is not here.
    pub fn key(&self) -> &'static str {
        if self.have < self.needs {
            "sync.gap.line"
        } else {
            "sync.gap.branch"
        }
    }

    /// The gap before a range, where its author's log goes up to `have` here.
    pub(in crate::sync) fn before(range: &Range, have: Option<u64>, trust: &Trust) -> Self {
        let author = range.author();
        let rights = trust.rights(&author);
        Self {
            author,
            name: rights.map_or_else(String::new, |rights| rights.name.clone()),
            have: have.unwrap_or(0),
            needs: range.first - 1,
        }
    }
}

/// Something unusual in an import that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Entries whose clock is more than 48 h ahead.
    Clock {
        /// Whose.
        author: AuthorId,
        /// How many.
        count: u64,
    },
    /// A figure ten times or a tenth of what it was.
    Jump(CellKey),
    /// Two entries under one number: a store was copied or restored from an older image.
    Copy {
        /// Whose.
        author: AuthorId,
        /// The first such number.
        seq: u64,
    },
    /// Another store has more of a log of this store than is here: this one was restored from an older
    /// image.
    Behind {
        /// The author of this store.
        author: AuthorId,
        /// Up to which number the other has its log.
        seq: u64,
        /// The author of the other store.
        by: AuthorId,
    },
}

/// What becomes of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BundleOutcome {
    /// All its new entries are taken.
    Taken,
    /// It was imported before; nothing changes.
    Already {
        /// When, in milliseconds since 1970-01-01 UTC.
        wall: u64,
        /// By whom.
        by: ActorId,
    },
    /// What can be taken is, and the rest waits for missing entries.
    Waiting(Vec<Gap>),
    /// These authors are not known; what can be taken without them is.
    Quarantined(Vec<AuthorId>),
    /// Nothing of it is taken.
    Refused(BundleError),
}

impl BundleOutcome {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Taken => Message::new("sync.outcome.taken"),
            Self::Already { .. } => Message::new("sync.outcome.already"),
            Self::Waiting(_) => Message::new("sync.outcome.waiting"),
            Self::Quarantined(_) => Message::new("sync.outcome.quarantined"),
            Self::Refused(error) => error.message(),
        }
    }
}

/// An author that nobody has enrolled, as a bundle shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAuthor {
    /// The author.
    pub author: AuthorId,
    /// The fingerprint of its key.
    pub digits: Fingerprint,
    /// The unit that the signer of a bundle says it writes for; nothing vouches for that.
    pub says: Option<UnitId>,
}

/// What an import does with one bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundlePlan {
    /// Its name.
    pub root: Hash,
    /// Who signed it.
    pub signer: AuthorId,
    /// From which unit's store.
    pub from: UnitId,
    /// When it was written, by its writer's clock.
    pub created: u64,
    /// What becomes of it.
    pub outcome: BundleOutcome,
    /// How many of its entries are of each class; conflicts and suspicions are of the whole.
    pub counts: Counts,
    /// Its unknown authors, where it is in quarantine.
    pub unknown_authors: Vec<UnknownAuthor>,
}

/// A file that was given with others and is no bundle that can be read: it is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadFile {
    /// Its path.
    pub path: PathBuf,
    /// Why.
    pub why: Message,
}

/// The plan of an import: what it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportPlan {
    /// The bundles, with those that waited in the store.
    pub bundles: Vec<BundlePlan>,
    /// The counts of all bundles together.
    pub counts: Counts,
    /// Every figure that will show otherwise or comes into conflict.
    pub changes: Vec<FigureChange>,
    /// The sums that change with them.
    pub totals: Vec<Total>,
    /// Forms whose workflow moves.
    pub forms: Vec<FormKey>,
    /// What a person should look at.
    pub suspicions: Vec<Suspicion>,
    /// The files given with the bundles that are left out.
    pub unread: Vec<UnreadFile>,
}

impl ImportPlan {
    /// The bundles that are refused, and why.
    pub fn refusals(&self) -> impl Iterator<Item = (&BundlePlan, &BundleError)> {
        self.bundles
            .iter()
            .filter_map(|bundle| match &bundle.outcome {
                BundleOutcome::Refused(error) => Some((bundle, error)),
                _ => None,
            })
    }
}
