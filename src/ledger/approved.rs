//! What was approved or locked: the figures as they stood within the frontier that the approval
//! states, whatever came later. Equal on every store that holds what the frontier names, and
//! proved there by the content hash the approval carries (`sync.md` 3).

use std::collections::{BTreeMap, BTreeSet};

use super::actor::ActorId;
use super::cell::CellId;
use super::chain::{AuthorId, Hash};
use super::content::Content;
use super::content_parts::{ContentHash, ContentPart};
use super::entry::{Body, Clock, Frontier, Recorded};
use super::heads::{Head, Heads};
use super::subject::Subject;
use super::trust::Trust;
use crate::plan::UnitId;

/// The side that approved: one owner, or the coordinator by a lock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Approver {
    /// An owner, for the fields that feed its measures.
    Owner(UnitId),
    /// The coordinator, for the whole form: a lock.
    Coordinator,
}

/// An approval or lock that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The side that approved.
    pub by: Approver,
    /// The id of the approving entry.
    pub entry: Hash,
    /// The person who approved.
    pub actor: ActorId,
    /// The entry's place in the order of what people see.
    pub clock: Clock,
    /// When the entry was written by its writer's wall clock, which people are shown.
    pub wall: u64,
    /// The content hash of what was approved: of an owner its part, of a lock the whole. Paper
    /// shows its first 8 hex digits.
    pub content: Hash,
    /// The frontier: up to where the approver had seen each author's log.
    pub frontier: Frontier,
    /// Whether the figures in this store give that content hash.
    pub proof: Proof,
}

/// Whether what was approved can be shown here as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The figures within the frontier give the hash that was approved.
    Given,
    /// The parts of the form that this store gets give their hashes; other parts that were approved
    /// are withheld from it and are proved elsewhere.
    Withheld,
    /// They do not give it yet: something the approval had seen has not come, or another plan is
    /// needed.
    Awaited,
}

impl Proof {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Withheld => "withheld",
            Self::Awaited => "awaited",
        }
    }
}

/// How much of a form has been approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalLevel {
    /// Approved by some of the owners whose measures the form feeds.
    SomeOwners,
    /// Approved by every such owner.
    EveryOwner,
    /// Locked by the coordinator.
    Locked,
}

/// The approvals of a form that hold and the figures they approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// The approvals that hold; a lock stands alone.
    pub approvals: Vec<Approval>,
    /// How much of the form they cover together.
    pub reach: ApprovalLevel,
    /// Each approved cell as it was approved; where two owners speak for one cell, as the
    /// later one saw it.
    pub cells: BTreeMap<CellId, Content>,
}

/// A figure that shows otherwise than it was approved ("đến sau khi duyệt").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateFigure {
    /// The cell.
    pub cell: CellId,
    /// The content as approved.
    pub old: Content,
    /// The content as it shows now.
    pub new: Content,
    /// The entry that says so; `None` where nothing stands any more.
    pub head: Option<Head>,
}

impl Approved {
    /// The figures that came after, in the order of their cells.
    pub fn late(&self, cells: &BTreeMap<CellId, Heads>) -> Vec<LateFigure> {
        // A row that was added since was blank then.
        let spoken_for = |cell: &&CellId| {
            let field = CellId::figure(&cell.field);
            !self.cells.contains_key(*cell) && self.cells.contains_key(&field)
        };
        let added = cells.keys().filter(spoken_for);
        let added = added.map(|cell| (cell, &Content::Blank));
        let of = |(cell, old): (&CellId, &Content)| {
            let heads = cells.get(cell).map(Heads::all).unwrap_or_default();
            let says = |head: &Head| head.body.content().cloned().unwrap_or_default();
            let head = heads.iter().find(|head| says(head) != *old);
            let new = head.map(says).unwrap_or_default();
            (new != *old && (head.is_some() || heads.is_empty())).then(|| LateFigure {
                cell: cell.clone(),
                old: old.clone(),
                new,
                head: head.cloned(),
            })
        };
        let mut late: Vec<LateFigure> = self.cells.iter().chain(added).filter_map(of).collect();
        late.sort_by(|a, b| a.cell.cmp(&b.cell));
        late
    }
}

/// The set of entries that a frontier covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontierEntries {
    /// For logs with one end: every entry up to this number.
    upto: BTreeMap<AuthorId, u64>,
    /// For logs that have branched: exactly these entries.
    on_branches: BTreeSet<(AuthorId, u64, Hash)>,
}

impl FrontierEntries {
    /// Follows each line of a frontier back where its log has branched; `previous` gives the hash
    /// before an entry, `None` where that entry is not here.
    ///
    /// # Errors
    /// What `previous` gives.
    pub fn of<E>(
        frontier: &Frontier,
        branched: impl Fn(&AuthorId) -> Result<bool, E>,
        mut previous: impl FnMut(&AuthorId, u64, &Hash) -> Result<Option<Hash>, E>,
    ) -> Result<Self, E> {
        let mut sight = Self::default();
        for (author, last, hash) in frontier {
            if !branched(author)? {
                let upto = sight.upto.entry(*author).or_default();
                *upto = (*upto).max(*last);
                continue;
            }
            let (mut seq, mut hash) = (*last, *hash);
            while let Some(before) = previous(author, seq, &hash)? {
                if !sight.on_branches.insert((*author, seq, hash)) || seq <= 1 {
                    break;
                }
                (seq, hash) = (seq - 1, before);
            }
        }
        Ok(sight)
    }

    /// True for an entry within the frontier.
    pub fn contains(&self, recorded: &Recorded) -> bool {
        let at = (recorded.author, recorded.seq, recorded.hash);
        self.upto
            .get(&recorded.author)
            .is_some_and(|last| recorded.seq <= *last)
            || self.on_branches.contains(&at)
    }

    /// Selects the control entries that decided what counted then. Epochs are facts and stay;
    /// a later revocation or rejection does not reach back into what was approved.
    pub fn controls(&self, controls: &[Recorded]) -> Vec<Recorded> {
        let then = |control: &&Recorded| {
            matches!(control.entry.body, Body::EpochStart { .. }) || self.contains(control)
        };
        controls.iter().filter(then).cloned().collect()
    }
}

/// The heads of a form's cells as of an approval: over the entries its frontier covers only.
pub fn cells_within<'a>(
    stamp: &Recorded,
    entries: impl IntoIterator<Item = &'a Recorded>,
    sight: &FrontierEntries,
    trust: &Trust,
) -> BTreeMap<CellId, Heads> {
    let Some(form) = stamp.entry.subject.form() else {
        return BTreeMap::new();
    };
    let mut by_cell: BTreeMap<&CellId, Vec<&Recorded>> = BTreeMap::new();
    for recorded in entries {
        // A figure under a plan newer than the approver's could not be read by it.
        let read = recorded.entry.plan.version <= stamp.entry.plan.version
            && sight.contains(recorded)
            && !trust.leaves_out(&recorded.author, recorded.seq);
        if let Subject::Cell(cell) = &recorded.entry.subject
            && cell.form == *form
            && read
        {
            by_cell.entry(&cell.id).or_default().push(recorded);
        }
    }
    by_cell
        .into_iter()
        .map(|(cell, entries)| (cell.clone(), Heads::of_entries(entries.into_iter())))
        .collect()
}

/// The frontier that an approval or lock states; `None` for other bodies.
pub fn frontier(body: &Body) -> Option<&Frontier> {
    match body {
        Body::Approve { frontier, .. } | Body::Lock { frontier, .. } => Some(frontier),
        _ => None,
    }
}

/// What an approval or lock says was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovedContent {
    /// An owner's part, with its hash.
    Part(ContentPart, Hash),
    /// The whole form.
    Whole(ContentHash),
}

impl ApprovedContent {
    /// What an entry on that side's subject states; `None` where its body is another side's.
    pub fn of(by: &Approver, body: &Body) -> Option<Self> {
        match (by, body) {
            (Approver::Owner(owner), Body::Approve { part, .. }) => {
                Some(Self::Part(ContentPart::Owner(owner.clone()), *part))
            }
            (Approver::Coordinator, Body::Lock { content, .. }) => {
                Some(Self::Whole(content.clone()))
            }
            _ => None,
        }
    }

    /// How far a form's content proves it, where the parts `withheld` cannot be proved.
    pub fn proof(&self, content: &ContentHash, withheld: &BTreeSet<ContentPart>) -> Proof {
        let (given, not_contradicted) = match self {
            Self::Part(part, hash) => (
                content.parts().get(part) == Some(hash),
                withheld.contains(part),
            ),
            Self::Whole(stated) => (stated == content, stated.agrees(content, withheld)),
        };
        match (given, not_contradicted) {
            (true, _) => Proof::Given,
            (false, true) => Proof::Withheld,
            (false, false) => Proof::Awaited,
        }
    }

    /// The hash that people compare: of the part or of the whole.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Part(_, hash) => *hash,
            Self::Whole(stated) => stated.whole(),
        }
    }
}

/// Returns true while an owner's approval holds: a return or reopening that it had not seen ends
/// it, a later submission does not.
pub fn holds<'a>(sight: &FrontierEntries, steps: impl IntoIterator<Item = &'a Recorded>) -> bool {
    !steps
        .into_iter()
        .any(|step| matches!(step.entry.body, Body::Return | Body::Reopen) && !sight.contains(step))
}
