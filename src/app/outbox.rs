//! Every write of the program that the store has not answered, whichever screen made it.
//!
//! Writes go to the store in the order in which they were made, so that an undo takes back the
//! latest. At most one unanswered write per subject is there: what a second one supersedes is known
//! only when the first is answered, and guessing it would make a conflict of one's own making. An
//! undo goes to the store when everything typed before it is answered, and what is typed after it
//! waits for its answer.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::message::{Request, RequestId};
use crate::ledger::{EntryRef, FormKey, Origin, Recorded, Subject};
use crate::store::{Change, Direction, Seen};

/// Whether a write was handed to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteState {
    /// It waits for an earlier write of one of its subjects, or for an undo.
    Held,
    /// The store has it and has not answered.
    Handed,
    /// The store could not take it; it is tried again once the store can be written.
    Failed,
}

/// One write that has not been answered: the changes of one user action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingWrite {
    /// How the changes came about.
    pub origin: Origin,
    /// What changes.
    pub changes: Vec<Change>,
    /// Whether the store has it.
    pub state: WriteState,
    /// How many of its subjects have an earlier unanswered write.
    blocked: usize,
}

/// An undo or redo that has not been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingUndo {
    /// Its place among the writes.
    pub id: RequestId,
    /// Undo or redo.
    pub direction: Direction,
    handed: bool,
}

/// All unanswered writes, undos and redos, in the order in which they were made.
#[derive(Debug, Default)]
pub struct Outbox {
    writes: BTreeMap<RequestId, PendingWrite>,
    /// The unanswered writes of each subject, oldest first.
    of_subject: HashMap<Subject, VecDeque<RequestId>>,
    /// The unanswered writes of each form.
    of_form: HashMap<FormKey, BTreeSet<RequestId>>,
    /// The writes that are held.
    held: BTreeSet<RequestId>,
    /// The writes that the store could not take.
    failed: BTreeSet<RequestId>,
    undos: VecDeque<PendingUndo>,
}

impl Outbox {
    /// Takes a write on.
    pub fn add(&mut self, id: RequestId, origin: Origin, changes: Vec<Change>) {
        let mut blocked = 0;
        for subject in subjects(&changes) {
            let queue = self.of_subject.entry(subject.clone()).or_default();
            blocked += usize::from(!queue.is_empty());
            queue.push_back(id);
            if let Some(form) = subject.form() {
                self.of_form.entry(form.clone()).or_default().insert(id);
            }
        }
        self.held.insert(id);
        let write = PendingWrite {
            origin,
            changes,
            state: WriteState::Held,
            blocked,
        };
        self.writes.insert(id, write);
    }

    /// Takes an undo or redo on.
    pub fn add_undo(&mut self, id: RequestId, direction: Direction) {
        self.undos.push_back(PendingUndo {
            id,
            direction,
            handed: false,
        });
    }

    /// Gives what the store can take now: writes in the order made, or the undo they precede.
    pub fn hand_over(&mut self) -> Vec<(RequestId, Request)> {
        let mut handed = Vec::new();
        while let Some(id) = self.next_to_hand() {
            self.held.remove(&id);
            if let Some(write) = self.writes.get_mut(&id) {
                write.state = WriteState::Handed;
                let request = Request::Commit {
                    origin: write.origin,
                    changes: write.changes.clone(),
                };
                handed.push((id, request));
            }
        }
        let first = self.writes.keys().next().copied();
        if let Some(undo) = self.undos.front_mut()
            && !undo.handed
            && first.is_none_or(|first| first > undo.id)
        {
            undo.handed = true;
            handed.push((undo.id, Request::Undo(undo.direction)));
        }
        handed
    }

    /// The first held write, unless something before it must be answered first.
    fn next_to_hand(&self) -> Option<RequestId> {
        let first = *self.held.first()?;
        let waits_for_undo = self.undos.front().is_some_and(|undo| undo.id < first);
        let blocked = self
            .writes
            .get(&first)
            .is_none_or(|write| write.blocked > 0);
        let stopped = waits_for_undo || blocked || !self.failed.is_empty();
        (!stopped).then_some(first)
    }

    /// True for a write that is here.
    pub fn has(&self, id: RequestId) -> bool {
        self.writes.contains_key(&id)
    }

    /// Takes an answered write out; the next ones of its subjects become ready.
    pub fn take(&mut self, id: RequestId) -> Option<PendingWrite> {
        let write = self.writes.remove(&id)?;
        self.held.remove(&id);
        self.failed.remove(&id);
        for subject in subjects(&write.changes) {
            if let Some(form) = subject.form()
                && let Some(ids) = self.of_form.get_mut(form)
            {
                ids.remove(&id);
                if ids.is_empty() {
                    self.of_form.remove(form);
                }
            }
            self.leave_queue(subject, id);
        }
        Some(write)
    }

    fn leave_queue(&mut self, subject: &Subject, id: RequestId) {
        let Some(queue) = self.of_subject.get_mut(subject) else {
            return;
        };
        let was_first = queue.front() == Some(&id);
        queue.retain(|other| *other != id);
        let next = queue.front().copied().filter(|_| was_first);
        if queue.is_empty() {
            self.of_subject.remove(subject);
        }
        if let Some(write) = next.and_then(|next| self.writes.get_mut(&next)) {
            write.blocked = write.blocked.saturating_sub(1);
        }
    }

    /// Marks a write that the store failed to take: it stays, and so does its place before later
    /// writes of its subjects.
    pub fn fail(&mut self, id: RequestId) {
        if let Some(write) = self.writes.get_mut(&id) {
            write.state = WriteState::Failed;
            self.failed.insert(id);
        }
    }

    /// An entry of this session is on disk: a write that waits for its subject supersedes it.
    pub fn settled(&mut self, recorded: &Recorded) {
        let Some(queue) = self.of_subject.get(&recorded.entry.subject) else {
            return;
        };
        for id in queue {
            let Some(write) = self.writes.get_mut(id) else {
                continue;
            };
            if write.state == WriteState::Handed {
                continue;
            }
            let changes = write.changes.iter_mut();
            for change in changes.filter(|change| change.subject == recorded.entry.subject) {
                if let Seen::Heads(seen) = &mut change.seen {
                    supersede(seen, recorded);
                }
            }
        }
    }

    /// Makes writes that failed ready again. `there` gives the entry of a change that the store
    /// holds after all: it is not written twice, and later writes of its subject supersede it.
    pub fn retry(&mut self, there: impl Fn(&Change) -> Option<EntryRef>) {
        for id in std::mem::take(&mut self.failed) {
            let Some(write) = self.take(id) else { continue };
            let (kept, dropped): (Vec<Change>, Vec<Change>) = write
                .changes
                .into_iter()
                .partition(|change| there(change).is_none());
            for change in dropped {
                if let Some(entry) = there(&change) {
                    self.held_after_all(&change, entry);
                }
            }
            if !kept.is_empty() {
                self.put_back(id, write.origin, kept);
            }
        }
    }

    fn held_after_all(&mut self, written: &Change, entry: EntryRef) {
        let Some(queue) = self.of_subject.get(&written.subject) else {
            return;
        };
        for id in queue {
            let changes = self.writes.get_mut(id).into_iter();
            for change in changes.flat_map(|write| &mut write.changes) {
                if change.subject == written.subject
                    && let (Seen::Heads(seen), Seen::Heads(before)) =
                        (&mut change.seen, &written.seen)
                {
                    seen.retain(|reference| !before.contains(reference));
                    seen.push(entry);
                }
            }
        }
    }

    /// Puts a write back to the place its number gives it.
    fn put_back(&mut self, id: RequestId, origin: Origin, changes: Vec<Change>) {
        let behind = self.writes.split_off(&id);
        for queue in self.of_subject.values_mut() {
            queue.retain(|other| *other < id);
        }
        self.of_subject.retain(|_, queue| !queue.is_empty());
        self.add(id, origin, changes);
        for (other, write) in behind {
            self.add(other, write.origin, write.changes);
            if write.state != WriteState::Held {
                self.held.remove(&other);
            }
            if let Some(again) = self.writes.get_mut(&other) {
                again.state = write.state;
            }
        }
    }

    /// The undo or redo that was answered.
    pub fn take_undo(&mut self, id: RequestId) -> Option<PendingUndo> {
        let at = self.undos.iter().position(|undo| undo.id == id)?;
        self.undos.remove(at)
    }

    /// Forgets undos and redos that wait: the store cannot be written, and what they would take
    /// back later would be another action than the one the person saw.
    pub fn forget_undos(&mut self) {
        self.undos.clear();
    }

    /// The unanswered writes of a form, oldest first.
    pub fn of_form(&self, form: &FormKey) -> impl Iterator<Item = (RequestId, &PendingWrite)> {
        let ids = self.of_form.get(form).into_iter().flatten();
        ids.filter_map(|id| Some((*id, self.writes.get(id)?)))
    }

    /// True while a write of the form is unanswered.
    pub fn concerns(&self, form: &FormKey) -> bool {
        self.of_form.contains_key(form)
    }

    /// The forms with a write that the store could not take.
    pub fn failed_forms(&self) -> BTreeSet<FormKey> {
        let failed = self.failed.iter().filter_map(|id| self.writes.get(id));
        let changes = failed.flat_map(|write| &write.changes);
        changes
            .filter_map(|change| change.subject.form().cloned())
            .collect()
    }

    /// How many changes are not yet on disk.
    pub fn changes(&self) -> usize {
        self.writes.values().map(|write| write.changes.len()).sum()
    }

    /// True when everything is answered.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.undos.is_empty()
    }

    /// True while something was not handed to the store yet.
    pub fn holds_back(&self) -> bool {
        !self.held.is_empty() || self.undos.iter().any(|undo| !undo.handed)
    }

    /// True while the store has a write or undo that it has not answered.
    pub fn awaits_answer(&self) -> bool {
        self.writes
            .values()
            .any(|write| write.state == WriteState::Handed)
            || self.undos.iter().any(|undo| undo.handed)
    }

    /// True when something was written after `id` and is unanswered.
    pub fn went_on_after(&self, id: RequestId) -> bool {
        self.writes
            .keys()
            .next_back()
            .is_some_and(|last| *last > id)
    }
}

/// The subjects of some changes, each once.
fn subjects(changes: &[Change]) -> BTreeSet<&Subject> {
    changes.iter().map(|change| &change.subject).collect()
}

/// What a later write of this session supersedes once an earlier one is on disk: that entry in the
/// place of what it superseded itself.
pub fn supersede(seen: &mut Vec<EntryRef>, recorded: &Recorded) {
    let entry = recorded.reference();
    seen.retain(|reference| *reference != entry && !recorded.entry.replaces.contains(reference));
    seen.push(entry);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Body, Content};
    use crate::plan::{FieldId, PeriodId, UnitId};

    fn form(unit: &str) -> FormKey {
        FormKey {
            unit: UnitId::new(unit),
            period: PeriodId::new("2023"),
        }
    }

    fn change(unit: &str, field: &str) -> Change {
        Change {
            subject: Subject::Cell(form(unit).cell(FieldId::new(field))),
            body: Body::SetValue(Content::NoneOccurred),
            reason: String::new(),
            seen: Seen::Heads(Vec::new()),
        }
    }

    fn outbox(writes: &[(u64, &[&str])]) -> Outbox {
        let mut outbox = Outbox::default();
        for (id, fields) in writes {
            let changes = fields.iter().map(|field| change("xa", field)).collect();
            outbox.add(RequestId(*id), Origin::Typed, changes);
        }
        outbox
    }

    fn handed(outbox: &mut Outbox) -> Vec<u64> {
        let handed = outbox.hand_over();
        handed.into_iter().map(|(id, _)| id.0).collect()
    }

    #[test]
    fn writes_go_in_order_and_one_per_subject_at_a_time() {
        let mut outbox = outbox(&[(1, &["a"]), (2, &["b", "c"]), (3, &["c"]), (4, &["d"])]);
        assert_eq!(
            handed(&mut outbox),
            [1, 2],
            "3 waits for 2, and 4 for its turn"
        );
        outbox.take(RequestId(1));
        assert!(handed(&mut outbox).is_empty());
        outbox.take(RequestId(2));
        assert_eq!(handed(&mut outbox), [3, 4]);
        assert!(!outbox.holds_back() && outbox.awaits_answer());
    }

    #[test]
    fn an_undo_waits_for_what_was_typed_before_it_and_holds_what_comes_after() {
        let mut outbox = outbox(&[(1, &["a"])]);
        outbox.add_undo(RequestId(2), Direction::Undo);
        outbox.add(RequestId(3), Origin::Typed, vec![change("xa", "b")]);
        assert_eq!(handed(&mut outbox), [1]);
        outbox.take(RequestId(1));
        assert_eq!(handed(&mut outbox), [2]);
        assert!(handed(&mut outbox).is_empty());
        assert!(outbox.take_undo(RequestId(2)).is_some());
        assert_eq!(handed(&mut outbox), [3]);
    }

    #[test]
    fn what_failed_is_tried_again_in_its_place() {
        let mut outbox = outbox(&[(1, &["a"]), (2, &["b"]), (3, &["a"])]);
        assert_eq!(handed(&mut outbox), [1, 2]);
        outbox.fail(RequestId(1));
        outbox.take(RequestId(2));
        assert!(handed(&mut outbox).is_empty(), "nothing overtakes it");
        assert_eq!(outbox.failed_forms(), BTreeSet::from([form("xa")]));
        outbox.retry(|_| None);
        assert_eq!(handed(&mut outbox), [1]);
        outbox.take(RequestId(1));
        assert_eq!(handed(&mut outbox), [3]);
    }

    #[test]
    fn what_the_store_holds_after_all_is_not_written_twice() {
        let entry = EntryRef {
            author: crate::ledger::AuthorId([1; 16]),
            seq: 7,
            h8: [0; 8],
        };
        let mut outbox = outbox(&[(1, &["a"]), (2, &["a"])]);
        handed(&mut outbox);
        outbox.fail(RequestId(1));
        outbox.retry(|_| Some(entry));
        let [(RequestId(2), Request::Commit { changes, .. })] = &outbox.hand_over()[..] else {
            panic!("the second write goes alone");
        };
        assert_eq!(changes[0].seen, Seen::Heads(vec![entry]));
    }

    #[test]
    fn what_concerns_a_form_is_found_by_the_form() {
        let mut outbox = outbox(&[(1, &["a", "b"])]);
        outbox.add(RequestId(2), Origin::Typed, vec![change("huyen", "a")]);
        assert_eq!(outbox.of_form(&form("huyen")).count(), 1);
        assert_eq!(outbox.changes(), 3);
        outbox.take(RequestId(2));
        assert!(!outbox.concerns(&form("huyen")) && outbox.concerns(&form("xa")));
    }
}
