//! What an import would change, as data: shown before anything is changed, and kept of it after.

use std::collections::BTreeMap;

use crate::base::bytes::{BadBytes, Reader, put_text};
use crate::base::{Decimal, Message};
use crate::ledger::{ActorId, AuthorId, CellId, CellKey, Content, FormKey, Hash, RowId, Trust};
use crate::plan::{FieldId, PeriodId, UnitId};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::bundle::header::Range;

/// How many of each class (`sync.md` 7). Entries, but cells in conflict and suspicions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken, or to be taken.
    pub new: u64,
    /// Here already.
    pub known: u64,
    /// Something before them is missing.
    pub waiting: u64,
    /// Cells whose people must now settle.
    pub conflicts: u64,
    /// On forms approved or locked before they came.
    pub late: u64,
    /// Taken, but not counted until their plan is here.
    pub held: u64,
    /// In bundles refused or in quarantine.
    pub refused: u64,
    /// See [`Suspicion`].
    pub suspicious: u64,
}

impl Counts {
    /// In the order of their classes' names in the texts.
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

/// One figure as it was and as it will be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureChange {
    /// Where.
    pub cell: CellKey,
    /// What is shown before.
    pub old: Content,
    /// What is shown after.
    pub new: Content,
    /// Whether people must settle it.
    pub conflict: ConflictChange,
    /// Whether its form had been approved or locked before.
    pub timing: Timing,
}

/// Whether a figure comes in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    /// Nobody has approved its form.
    #[default]
    InTime,
    /// Somebody has, without having seen it ("đến sau khi duyệt").
    Late,
}

/// How a cell stands after an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictChange {
    /// All agree.
    None,
    /// In conflict now, and not before.
    Begins,
    /// In conflict before and after.
    Continues,
}

/// A field's sum over all units that have it, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// In which period.
    pub period: PeriodId,
    /// Of which field.
    pub field: FieldId,
    /// Before.
    pub before: Decimal,
    /// After.
    pub after: Decimal,
}

/// What is missing before a bundle can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Whose log.
    pub author: AuthorId,
    /// What people call it; empty for an unknown one.
    pub name: String,
    /// Up to which number it is here.
    pub have: u64,
    /// Up to which it is needed.
    pub needs: u64,
}

impl Gap {
    /// What is missing before a range can be taken, where its author's log goes up to `have` here.
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

/// What a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Entries from more than 48 h ahead.
    Clock {
        /// Whose.
        author: AuthorId,
        /// How many.
        count: u64,
    },
    /// A figure ten times or a tenth of what it was.
    Jump(CellKey),
    /// One number with two entries: a store was copied or went back.
    Copy {
        /// Whose.
        author: AuthorId,
        /// The first such number.
        seq: u64,
    },
    /// Another store has more of a log of this store than is here: this one was put back from an
    /// older image.
    Behind {
        /// Which of this store's authors.
        author: AuthorId,
        /// How far the other has it.
        seq: u64,
        /// Who says so.
        by: AuthorId,
    },
}

/// What becomes of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BundleOutcome {
    /// All of it that is new is taken.
    Taken,
    /// It was taken before; nothing changes.
    Already {
        /// When, in milliseconds since 1970-01-01 UTC.
        wall: u64,
        /// By whom.
        by: ActorId,
    },
    /// What can be is taken, the rest waits.
    Waiting(Vec<Gap>),
    /// These authors are not known; what stands in the bundle without them is taken.
    Quarantined(Vec<AuthorId>),
    /// None of it is taken.
    Refused(BundleError),
}

impl BundleOutcome {
    /// What people read.
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

/// An author nobody has enrolled, as a bundle shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAuthor {
    /// Whose entries or signature they are.
    pub author: AuthorId,
    /// The digits to compare over the phone.
    pub digits: Fingerprint,
    /// The unit it says it is; only the signer of a bundle says so, and nothing vouches for it.
    pub says: Option<UnitId>,
}

/// One bundle of an import.
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

/// What an import changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportPlan {
    /// Each bundle, those that had waited in the store included.
    pub bundles: Vec<BundlePlan>,
    /// All together.
    pub counts: Counts,
    /// Every figure that will show otherwise or come into conflict.
    pub changes: Vec<FigureChange>,
    /// The sums those figures stand in.
    pub totals: Vec<Total>,
    /// Forms whose workflow has moved.
    pub forms: Vec<FormKey>,
    /// What a person should look at.
    pub suspicions: Vec<Suspicion>,
}

impl ImportPlan {
    /// Why bundles were refused.
    pub fn refusals(&self) -> impl Iterator<Item = (&BundlePlan, &BundleError)> {
        self.bundles
            .iter()
            .filter_map(|bundle| match &bundle.outcome {
                BundleOutcome::Refused(error) => Some((bundle, error)),
                _ => None,
            })
    }
}

/// What is kept of an import: its counts and the figures it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// See [`Counts`].
    pub counts: Counts,
    /// See [`ImportPlan::changes`].
    pub changes: Vec<FigureChange>,
}

/// The layout of [`Details`].
const DETAILS_VERSION: u8 = 2;
/// The layout before it, which did not say what came late.
const DETAILS_V1: u8 = 1;
/// Marks a late figure beside how it is in conflict.
const LATE: u8 = 0x10;
/// Marks a cell of a repeating list; the 16 bytes of its row follow.
const ROW: u8 = 0x20;

impl Details {
    /// Together with what the rest of the same bundle brought later: each figure from what it was
    /// first to what it became last.
    #[must_use]
    pub fn then(mut self, later: Self) -> Self {
        self.counts.add(&later.counts);
        self.counts.known = later.counts.known;
        self.counts.waiting = later.counts.waiting;
        self.counts.refused = later.counts.refused;
        let mut cells: BTreeMap<CellKey, FigureChange> = std::mem::take(&mut self.changes)
            .into_iter()
            .map(|change| (change.cell.clone(), change))
            .collect();
        for change in later.changes {
            let first = cells.remove(&change.cell);
            let old = first.map_or_else(|| change.old.clone(), |first| first.old);
            cells.insert(change.cell.clone(), FigureChange { old, ..change });
        }
        self.changes.extend(cells.into_values());
        self
    }

    /// As it is stored.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = vec![DETAILS_VERSION];
        for (_, count) in self.counts.all() {
            out.extend(count.to_le_bytes());
        }
        for change in &self.changes {
            put_text(&mut out, change.cell.form.unit.as_str());
            put_text(&mut out, change.cell.form.period.as_str());
            put_text(&mut out, change.cell.id.field.as_str());
            change.old.put(&mut out, Decimal::to_string);
            change.new.put(&mut out, Decimal::to_string);
            let conflict = match change.conflict {
                ConflictChange::None => 0,
                ConflictChange::Begins => 1,
                ConflictChange::Continues => 2,
            };
            let late = match change.timing {
                Timing::InTime => 0,
                Timing::Late => LATE,
            };
            match &change.cell.id.row {
                None => out.push(conflict | late),
                Some(row) => {
                    out.push(conflict | late | ROW);
                    out.extend(row.0);
                }
            }
        }
        out
    }

    /// As it was stored.
    ///
    /// # Errors
    /// Where it is not in its layout.
    pub fn read(bytes: &[u8]) -> Result<Self, BadBytes> {
        let mut reader = Reader::new(bytes);
        if !matches!(reader.u8("version")?, DETAILS_V1 | DETAILS_VERSION) {
            return Err(reader.bad("version"));
        }
        let mut count = || reader.u64("count");
        let counts = Counts {
            new: count()?,
            known: count()?,
            waiting: count()?,
            conflicts: count()?,
            late: count()?,
            held: count()?,
            refused: count()?,
            suspicious: count()?,
        };
        let mut changes = Vec::new();
        while !reader.is_empty() {
            let unit = UnitId::new(reader.text("unit")?);
            let period = PeriodId::new(reader.text("period")?);
            let field = FieldId::new(reader.text("field")?);
            let (old, new) = (Content::take(&mut reader)?, Content::take(&mut reader)?);
            let marks = reader.u8("conflict")?;
            let row = match marks & ROW {
                0 => None,
                _ => Some(RowId(reader.array("row")?)),
            };
            let form = FormKey { unit, period };
            changes.push(FigureChange {
                cell: form.cell(CellId { field, row }),
                old,
                new,
                conflict: match marks & !(LATE | ROW) {
                    0 => ConflictChange::None,
                    1 => ConflictChange::Begins,
                    2 => ConflictChange::Continues,
                    _ => return Err(reader.bad("conflict")),
                },
                timing: match marks & LATE {
                    0 => Timing::InTime,
                    _ => Timing::Late,
                },
            });
        }
        Ok(Self { counts, changes })
    }
}
