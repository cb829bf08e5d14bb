//! Which authors are trusted, computed from the control entries: enrolments, revocations,
//! rejections and epochs. Pure: signatures have been verified by those who read the file.
//!
//! Trust anchors are the store's own epochs and the district's key, pinned by a person. Only they
//! and the epochs they vouch for may enrol, revoke and reject; a role of coordinator alone does
//! not.

mod claim;

use std::collections::{BTreeMap, BTreeSet};

use claim::epoch;
pub use claim::{Act, Claim};

use crate::ledger::actor::Role;
use crate::ledger::chain::{AuthorId, Hash};
use crate::ledger::entry::{Body, Recorded};
use crate::ledger::subject::Subject;
use crate::plan::UnitId;

/// The authors that a store trusts without an entry that says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustAnchors {
    /// The author that writes in this store now.
    pub writer: Option<AuthorId>,
    /// The district's keys that a person has compared.
    pub pinned: BTreeSet<AuthorId>,
}

/// A new epoch whose first entry the key of the one before it has signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Succession {
    /// The new author.
    pub author: AuthorId,
    /// The hash of its first entry.
    pub hash: Hash,
    /// The author before it.
    pub by: AuthorId,
}

/// The rights of an author: the sum of all its enrolments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The units it may write.
    pub units: BTreeSet<UnitId>,
    /// The roles it may use.
    pub roles: Vec<Role>,
    /// The name that people give it.
    pub name: String,
}

/// Which authors are trusted, with which rights, and which of their entries are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    own: BTreeSet<AuthorId>,
    roots: BTreeSet<AuthorId>,
    governors: BTreeSet<AuthorId>,
    rights: BTreeMap<AuthorId, Rights>,
    /// Entries left out, from and to.
    left_out: BTreeMap<AuthorId, BTreeSet<(u64, u64)>>,
    /// The last good number of each revoked author.
    revoked: BTreeMap<AuthorId, u64>,
}

impl Trust {
    /// Computes trust from the entries on [`Subject::Author`], in any order, with duplicates;
    /// others are passed over.
    pub fn new<'a>(
        seeds: &TrustAnchors,
        entries: impl IntoIterator<Item = &'a Recorded, IntoIter: Clone>,
        vouched: &[Succession],
    ) -> Self {
        let entries = entries.into_iter();
        let epochs = Epochs::of(entries.clone());
        let own = epochs.with_former(seeds.writer);
        // A key that a person compared is believed in whom it goes on from, as in all it says:
        // whoever meets the district only now can read what it wrote before its new epoch.
        let pinned = epochs.with_former(seeds.pinned.iter().copied());
        // Whom a person compared, or who writes in the district's own store.
        let chosen = if seeds.pinned.is_empty() {
            seeds.writer.into_iter().collect()
        } else {
            seeds.pinned.clone()
        };
        // Twice: a revocation ends what the revoked one says after, and what it vouches for.
        let mut trust = Self::default();
        for _ in 0..2 {
            let revoked = trust.revoked;
            let roots = epochs.closure(&pinned, vouched, &revoked);
            let kin = epochs.closure(&own, vouched, &revoked);
            let context = ControlContext {
                family: epochs.closure(&chosen, vouched, &revoked),
                epochs: &epochs,
                revoked: &revoked,
            };
            trust = Self {
                governors: roots.union(&kin).copied().collect(),
                roots,
                own: own.clone(),
                ..Self::default()
            };
            for entry in entries.clone() {
                trust.apply(entry, &context);
            }
        }
        let enrolled: Vec<(AuthorId, Rights)> = trust.rights.clone().into_iter().collect();
        for (author, rights) in enrolled {
            let kin = epochs.closure(&BTreeSet::from([author]), vouched, &trust.revoked);
            for heir in kin.into_iter().filter(|heir| *heir != author) {
                trust.grant(heir, &rights);
            }
        }
        trust
    }

    fn apply(&mut self, recorded: &Recorded, context: &ControlContext<'_>) {
        let (Subject::Author(about), by) = (recorded.entry.subject.clone(), recorded.author) else {
            return;
        };
        let ends = matches!(
            recorded.entry.body,
            Body::Revoke { .. } | Body::RejectRange { .. }
        );
        let too_late = context
            .revoked
            .get(&by)
            .is_some_and(|last| recorded.seq > *last);
        // What ends an author's own rights stands behind its last good entry.
        if !self.governors.contains(&by) || too_late && !(ends && about == by) {
            return;
        }
        if ends && !self.may_end(by, about, context) {
            return;
        }
        match &recorded.entry.body {
            Body::Enrol { units, roles, name } => {
                let rights = Rights {
                    units: units.iter().cloned().collect(),
                    roles: roles.clone(),
                    name: name.clone(),
                };
                self.grant(about, &rights);
            }
            Body::Revoke { last_good } => {
                let last = self.revoked.entry(about).or_insert(*last_good);
                *last = (*last).min(*last_good);
                let from = last_good.saturating_add(1);
                self.left_out
                    .entry(about)
                    .or_default()
                    .insert((from, u64::MAX));
            }
            Body::RejectRange { from, to } => {
                self.left_out.entry(about).or_default().insert((*from, *to));
            }
            _ => {}
        }
    }

    /// A key that was left behind, perhaps because it was stolen, ends nothing of those who go on
    /// from it; and nobody outside their family ends those whom a person compared.
    fn may_end(&self, by: AuthorId, about: AuthorId, context: &ControlContext<'_>) -> bool {
        let family = |author: &AuthorId| context.family.contains(author);
        if family(&about) && !family(&by) {
            return false;
        }
        let goes_on_from = context.epochs.with_former([about]);
        by == about || !self.governors.contains(&about) || !goes_on_from.contains(&by)
    }

    fn grant(&mut self, author: AuthorId, given: &Rights) {
        let rights = self.rights.entry(author).or_default();
        rights.units.extend(given.units.iter().cloned());
        for role in &given.roles {
            if !rights.roles.contains(role) {
                rights.roles.push(*role);
            }
        }
        // The longest name, then the last in order: independent of the order of arrival.
        if (given.name.len(), &given.name) > (rights.name.len(), &rights.name) {
            rights.name.clone_from(&given.name);
        }
    }

    /// The epochs of this store.
    pub fn own(&self) -> &BTreeSet<AuthorId> {
        &self.own
    }

    /// True for an epoch of this store.
    pub fn is_own(&self, author: &AuthorId) -> bool {
        self.own.contains(author)
    }

    /// True for a key of the district: pinned, gone on from by one that is, or vouched for by one.
    pub fn is_root(&self, author: &AuthorId) -> bool {
        self.roots.contains(author)
    }

    /// True when no district's key is pinned: then this store is the district's, or alone.
    pub fn is_rootless(&self) -> bool {
        self.roots.iter().all(|root| self.own.contains(root))
    }

    /// True for every author whose entries may be taken at all.
    pub fn knows(&self, author: &AuthorId) -> bool {
        self.governors.contains(author) || self.rights.contains_key(author)
    }

    /// True for those who may enrol, revoke and reject: keys of the district, epochs of this store,
    /// and those they vouch for.
    pub fn governs(&self, author: &AuthorId) -> bool {
        self.governors.contains(author)
    }

    /// What an author was enrolled for.
    pub fn rights(&self, author: &AuthorId) -> Option<&Rights> {
        self.rights.get(author)
    }

    /// All enrolled authors.
    pub fn enrolled(&self) -> impl Iterator<Item = (&AuthorId, &Rights)> {
        self.rights.iter()
    }

    /// The last good number of a revoked author.
    pub fn revoked(&self, author: &AuthorId) -> Option<u64> {
        self.revoked.get(author).copied()
    }

    /// True for an entry on a form that all stores leave out.
    pub fn leaves_out(&self, author: &AuthorId, seq: u64) -> bool {
        self.left_out
            .get(author)
            .is_some_and(|ranges| ranges.iter().any(|(from, to)| (*from..=*to).contains(&seq)))
    }

    /// What is left out, by author: from and to.
    pub fn left_out(&self) -> &BTreeMap<AuthorId, BTreeSet<(u64, u64)>> {
        &self.left_out
    }

    /// Whether an author may do what it does.
    pub fn allows(&self, claim: &Claim) -> bool {
        if matches!(claim.act, Act::Impersonate | Act::WithoutReason) {
            return false;
        }
        if self.governors.contains(&claim.author) {
            return true;
        }
        let Some(rights) = self.rights.get(&claim.author) else {
            return false;
        };
        let has = |roles: &[Role]| roles.iter().any(|role| rights.roles.contains(role));
        let entering = [Role::Clerk, Role::Owner, Role::Coordinator];
        match &claim.act {
            Act::Enter(unit) => rights.units.contains(unit) && has(&entering),
            Act::Approve(owner) => {
                rights.units.contains(owner) && has(&[Role::Owner, Role::Coordinator])
            }
            Act::Return => has(&[Role::Owner, Role::Coordinator]),
            Act::EnterOnBehalf(_) | Act::ApproveOnBehalf(_) | Act::Close => {
                has(&[Role::Coordinator])
            }
            Act::OwnStore => true,
            Act::Administer | Act::Impersonate | Act::WithoutReason => false,
        }
    }
}

/// What a control entry is judged by.
struct ControlContext<'a> {
    /// Those a person compared, and the epochs they vouch for.
    family: BTreeSet<AuthorId>,
    epochs: &'a Epochs,
    /// Who was found revoked before, and after which number.
    revoked: &'a BTreeMap<AuthorId, u64>,
}

/// How authors begin, as they say themselves.
struct Epochs(BTreeMap<AuthorId, BTreeSet<(Hash, Option<AuthorId>)>>);

impl Epochs {
    fn of<'a>(entries: impl Iterator<Item = &'a Recorded>) -> Self {
        let mut epochs: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for recorded in entries {
            if let Body::EpochStart { continues, .. } = recorded.entry.body
                && epoch(recorded) == Act::OwnStore
            {
                let start = (recorded.hash, continues);
                epochs.entry(recorded.author).or_default().insert(start);
            }
        }
        Self(epochs)
    }

    /// Those authors and all they go on from.
    fn with_former(&self, authors: impl IntoIterator<Item = AuthorId>) -> BTreeSet<AuthorId> {
        let mut all = BTreeSet::new();
        let mut open: Vec<AuthorId> = authors.into_iter().collect();
        while let Some(author) = open.pop() {
            // Who begins twice says two things of where it comes from: neither is believed.
            let starts = self.0.get(&author).filter(|starts| starts.len() == 1);
            if all.insert(author) {
                let starts = starts.into_iter().flatten();
                open.extend(starts.filter_map(|(_, continues)| *continues));
            }
        }
        all
    }

    /// Those authors and the epochs they vouch for, unless their rights have ended.
    fn closure(
        &self,
        seeds: &BTreeSet<AuthorId>,
        vouched: &[Succession],
        revoked: &BTreeMap<AuthorId, u64>,
    ) -> BTreeSet<AuthorId> {
        let mut all = seeds.clone();
        loop {
            let heirs: Vec<AuthorId> = vouched
                .iter()
                .filter(|vouch| all.contains(&vouch.by) && !all.contains(&vouch.author))
                .filter(|vouch| !revoked.contains_key(&vouch.by))
                .filter(|vouch| self.begins(vouch))
                .map(|vouch| vouch.author)
                .collect();
            if heirs.is_empty() {
                return all;
            }
            all.extend(heirs);
        }
    }

    fn begins(&self, vouch: &Succession) -> bool {
        self.0
            .get(&vouch.author)
            .is_some_and(|starts| starts.contains(&(vouch.hash, Some(vouch.by))))
    }
}
