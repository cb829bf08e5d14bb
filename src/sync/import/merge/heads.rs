//! The heads of the subjects that the entries taken are about, whatever order the entries come in.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::ranges::{each_of_pieces, pieces_by_range};
use super::{Merge, RejectedBundle, SubjectChange};
use crate::ledger::heads::{self, MergingHeads};
use crate::ledger::{AuthorId, EntryRef, FormKey, Head, Heads, PlanRef, Recorded, Subject};
use crate::store::exchange::subject_digest;
use crate::store::{StoreError, counts};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::limits;

impl Merge<'_, '_> {
    /// Takes an entry of a bundle into the heads of its subject.
    pub(in crate::sync) fn entry(
        &mut self,
        at: usize,
        recorded: &Recorded,
    ) -> Result<(), StoreError> {
        let entry = &recorded.entry;
        self.taken.note(recorded);
        if entry.clock.millis > self.context.wall.saturating_add(limits::AHEAD) {
            *self.ahead.entry(recorded.author).or_insert(0) += 1;
        } else {
            self.clock = self.clock.max(entry.clock);
        }
        let key = entry.subject.key();
        let replaced = self.note_arrival(&recorded.reference(), &key)?;
        let known_plan = entry.subject.form().is_none() || self.knows_plan(&entry.plan)?;
        if !known_plan && let Some(state) = self.states.get_mut(at) {
            state.counts.held += 1;
        }
        if !counts(&self.trust, recorded, |_| known_plan) {
            return Ok(());
        }
        let view = self.view(&key, &entry.subject)?;
        let cited = entry.replaces.iter();
        let other: Vec<EntryRef> = cited
            .filter(|cited| !view.merging.remove(cited))
            .copied()
            .collect();
        if !replaced {
            view.merging.add(Head::of(recorded.reference(), entry));
        }
        if view.by.last() != Some(&at) {
            view.by.push(at);
        }
        if !other.is_empty() {
            let digest = subject_digest(&key);
            for cited in other {
                if !self.is_here(&cited)? {
                    self.early.insert((cited, digest));
                }
            }
        }
        Ok(())
    }

    /// Gives each subject its heads, once all that can be taken is.
    pub(in crate::sync) fn settle_heads(&mut self) {
        for view in self.views.values_mut() {
            let merging = std::mem::replace(&mut view.merging, MergingHeads::of(&Heads::default()));
            view.new = merging.into();
        }
    }

    /// Finds the bundles by which subjects would have more heads than an import may leave them
    /// with: of each such subject the one that brings most of its heads. Where only what counts
    /// has changed, the heads are nobody's doing here, and stay.
    pub(in crate::sync) fn too_many_heads(&self) -> Result<Vec<RejectedBundle>, StoreError> {
        let over = |view: &&SubjectChange| {
            let (old, new) = (view.old.all().len(), view.new.all().len());
            new > heads::MOST && new > old
        };
        let mut brought: BTreeMap<EntryRef, &Subject> = BTreeMap::new();
        for view in self.views.values().filter(over) {
            let heads = view.new.all().iter();
            brought.extend(heads.map(|head| (head.entry, &view.subject)));
        }
        if brought.is_empty() {
            return Ok(Vec::new());
        }
        // How many heads of each subject each bundle brings, and the first of them.
        let mut shares: BTreeMap<&Subject, BTreeMap<usize, (u64, AuthorId, u64)>> = BTreeMap::new();
        self.each_taken(&mut |at, recorded| {
            if let Some(subject) = brought.get(&recorded.reference()) {
                let shares = shares.entry(subject).or_default();
                let first = (0, recorded.author, recorded.seq);
                shares.entry(at).or_insert(first).0 += 1;
            }
            Ok(())
        })?;
        let mut rejected = BTreeMap::new();
        for (subject, shares) in shares {
            let most = shares.into_iter().max_by_key(|(at, share)| (share.0, *at));
            if let Some((bundle, (heads, author, seq))) = most {
                let subject = subject.clone();
                rejected.entry(bundle).or_insert(RejectedBundle {
                    bundle,
                    error: BundleError::TooManyHeads {
                        author,
                        seq,
                        heads,
                        what: named(&subject),
                    },
                });
            }
        }
        Ok(rejected.into_values().collect())
    }

    /// Notes that an entry has come; true when an entry on its subject replaces it already.
    fn note_arrival(&mut self, entry: &EntryRef, subject: &[u8]) -> Result<bool, StoreError> {
        let mut citing = self.snapshot.cited_early(entry)?;
        let all = (*entry, [0; 16])..=(*entry, [0xff; 16]);
        let ours: Vec<(EntryRef, [u8; 16])> = self.early.range(all).copied().collect();
        for cited in ours {
            self.early.remove(&cited);
            citing.push(cited.1);
        }
        if citing.is_empty() {
            return Ok(false);
        }
        self.come.insert(*entry);
        Ok(citing.contains(&subject_digest(subject)))
    }

    /// Whether a cited entry is in the store or among those taken.
    fn is_here(&self, cited: &EntryRef) -> Result<bool, StoreError> {
        Ok(self.taken.has(cited) || self.snapshot.has_cited(cited)?)
    }

    /// Whether the store has a plan.
    fn knows_plan(&mut self, plan: &PlanRef) -> Result<bool, StoreError> {
        if let Some(known) = self.plans.get(&plan.h8) {
            return Ok(*known);
        }
        let known = self.snapshot.knows_plan(plan)?;
        self.plans.insert(plan.h8, known);
        Ok(known)
    }

    /// The change of a subject, begun where there is none yet.
    fn view(&mut self, key: &[u8], subject: &Subject) -> Result<&mut SubjectChange, StoreError> {
        match self.views.entry(key.to_vec()) {
            Entry::Occupied(view) => Ok(view.into_mut()),
            Entry::Vacant(place) => {
                let old = self.snapshot.heads(place.key())?;
                Ok(place.insert(SubjectChange {
                    subject: subject.clone(),
                    merging: MergingHeads::of(&old),
                    new: Heads::default(),
                    old,
                    by: Vec::new(),
                }))
            }
        }
    }

    /// Whether it has changed which entries of the store count.
    pub(in crate::sync) fn counts_anew(&self) -> bool {
        self.before.left_out() != self.trust.left_out()
    }

    /// Where it has changed which entries count, computes the heads of the subjects concerned anew from
    /// all their entries.
    pub(in crate::sync) fn recount(&mut self) -> Result<(), StoreError> {
        if !self.counts_anew() {
            return Ok(());
        }
        let changed: BTreeSet<AuthorId> = self
            .before
            .left_out()
            .keys()
            .chain(self.trust.left_out().keys())
            .filter(|author| {
                self.before.left_out().get(author) != self.trust.left_out().get(author)
            })
            .copied()
            .collect();
        let mut subjects: BTreeMap<Subject, Vec<Recorded>> = BTreeMap::new();
        self.each_of_all(&mut |recorded| {
            if changed.contains(&recorded.author) && recorded.entry.subject.form().is_some() {
                subjects.entry(recorded.entry.subject.clone()).or_default();
            }
            Ok(())
        })?;
        let trust = &self.trust;
        self.each_of_all(&mut |recorded| {
            if let Some(entries) = subjects.get_mut(&recorded.entry.subject) {
                let known = self.snapshot.knows_plan(&recorded.entry.plan)?;
                if counts(trust, recorded, |_| known) {
                    entries.push(recorded.clone());
                }
            }
            Ok(())
        })?;
        for (subject, entries) in subjects {
            let heads = Heads::of_entries(entries.iter());
            self.view(&subject.key(), &subject)?.new = heads;
        }
        Ok(())
    }

    /// Shows every entry of the store and every entry taken.
    pub(in crate::sync) fn each_of_all(
        &self,
        look: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.snapshot.each_entry(look)?;
        self.each_taken(&mut |_, recorded| look(recorded))
    }

    /// Shows every entry taken, with the index of its bundle.
    pub(in crate::sync) fn each_taken(
        &self,
        look: &mut dyn FnMut(usize, &Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for (at, (bundle, state)) in self.bundles.iter().zip(&self.states).enumerate() {
            for (index, pieces) in pieces_by_range(&state.pieces) {
                each_of_pieces(bundle, index, &pieces, &mut |recorded| look(at, recorded))?;
            }
        }
        Ok(())
    }

    /// The heads of a subject before and after the merge.
    pub(in crate::sync) fn before_and_after(
        &self,
        subject: &Subject,
    ) -> Result<(Heads, Heads), StoreError> {
        let key = subject.key();
        if let Some(view) = self.views.get(&key) {
            return Ok((view.old.clone(), view.new.clone()));
        }
        let heads = self.snapshot.heads(&key)?;
        Ok((heads.clone(), heads))
    }
}

/// The name of a subject in a refusal.
fn named(subject: &Subject) -> String {
    let form = |form: &FormKey| format!("{} {}", form.unit, form.period);
    match subject {
        Subject::Cell(cell) | Subject::Note(cell) | Subject::Confirm(cell, _) => {
            format!("{} {}", form(&cell.form), cell.id)
        }
        Subject::Form(key) | Subject::Approval(key, _) => form(key),
        Subject::Author(author) => author.to_string(),
        Subject::Actor(id) => id.to_string(),
        Subject::Plan => "plan".to_owned(),
    }
}
