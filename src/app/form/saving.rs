//! Writes on their way to the disk: shown at once, called saved only when the store has answered.
//!
//! `base` is what the store has said, `form` is `base` with the unanswered writes on top. At most
//! one unanswered write per subject leaves the program: what a second one supersedes is only
//! known when the first is answered, and guessing it would make a conflict of one's own making.

use std::collections::BTreeSet;

use super::FormState;
use crate::app::msg::{Effect, Request, Ticket, Trouble, TroubleKind};
use crate::ledger::{Body, EntryRef, Form, Heads, Origin, Recorded, Subject};
use crate::plan::{FieldId, Plan};
use crate::store::{Change, Committed, Seen};

/// Whether the last write of a cell is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveState {
    /// On its way: `…`.
    Waiting,
    /// The commit returned: "đã lưu".
    OnDisk,
    /// The store could not take it: shown, not saved.
    Unsaved,
}

/// Whether a write was handed to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It waits for an earlier write of the same subject.
    Held,
    /// The store has it.
    Handed,
    /// The store could not take it; it stays on the screen and is tried again once the store can.
    Failed,
}

/// Whether writes that the store could not take are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not yet.
    No,
    /// As soon as the store has said what it holds now.
    WithNextAnswer,
}

/// One write that has not been answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Its name.
    pub ticket: Ticket,
    /// How it came about.
    pub origin: Origin,
    /// What it changes.
    pub changes: Vec<Change>,
    /// Whether the store has it.
    pub sent: Sent,
}

impl FormState {
    /// Takes a write on: on the screen at once, to the store by [`FormState::hand_over`].
    pub fn write(&mut self, plan: &Plan, ticket: Ticket, origin: Origin, changes: Vec<Change>) {
        for change in &changes {
            if let Some(cell) = change.subject.cell() {
                self.saved.insert(cell.id.field.clone(), SaveState::Waiting);
            }
        }
        self.writes.push(Write {
            ticket,
            origin,
            changes,
            sent: Sent::Held,
        });
        self.show_writes();
        self.judge(plan);
    }

    /// Hands over every write before `barrier` that no earlier unanswered one holds back.
    pub fn hand_over(&mut self, barrier: Option<Ticket>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for at in 0..self.writes.len() {
            let (earlier, rest) = self.writes.split_at_mut(at);
            let Some(write) = rest.first_mut() else {
                continue;
            };
            let held_back = earlier.iter().any(|other| share_a_subject(other, write));
            let behind = barrier.is_some_and(|barrier| write.ticket > barrier);
            if write.sent != Sent::Held || held_back || behind {
                continue;
            }
            write.sent = Sent::Handed;
            effects.push(Effect::Ask(Request::Commit {
                ticket: write.ticket,
                origin: write.origin,
                changes: write.changes.clone(),
            }));
        }
        effects
    }

    /// The store answered a write: the truth grows by it, or it is taken off the screen. Returns
    /// the trouble to be said, if any.
    pub fn answered(
        &mut self,
        plan: &Plan,
        ticket: Ticket,
        result: Result<Box<Committed>, Trouble>,
    ) -> Option<Trouble> {
        let at = self
            .writes
            .iter()
            .position(|write| write.ticket == ticket)?;
        let failed = matches!(&result, Err(t) if t.kind == TroubleKind::Failed);
        if let (true, Some(write)) = (failed, self.writes.get_mut(at)) {
            // What was typed stays on the screen, marked, until the store can take it.
            write.sent = Sent::Failed;
            for field in fields_of(write) {
                self.saved.insert(field, SaveState::Unsaved);
            }
            return result.err();
        }
        let before = self.said_of(at);
        let write = self.writes.remove(at);
        let trouble = match result {
            Ok(committed) => {
                self.settle_all(&committed.entries);
                None
            }
            Err(trouble) => Some(trouble),
        };
        for field in fields_of(&write) {
            let waits = self
                .writes
                .iter()
                .any(|other| fields_of(other).any(|f| f == field));
            if trouble.is_some() {
                self.saved.remove(&field);
            } else if !waits {
                self.saved.insert(field, SaveState::OnDisk);
            }
        }
        self.show_writes();
        // Mostly the store only confirms what is shown and judged already.
        if trouble.is_some() || before != bodies(&self.form, &write) {
            self.judge(plan);
        }
        trouble
    }

    /// What the subjects of a write say now.
    fn said_of(&self, write: usize) -> Vec<Vec<Body>> {
        let write = self.writes.get(write);
        write
            .map(|write| bodies(&self.form, write))
            .unwrap_or_default()
    }

    /// Takes in what this session wrote by other ways than typing: an undo, a redo.
    pub fn wrote(&mut self, plan: &Plan, entries: &[Recorded]) {
        self.settle_all(entries);
        self.live = None;
        self.show_writes();
        self.judge(plan);
    }

    /// Writes that the store could not take are made ready again, except what it holds after all.
    pub(super) fn try_again(&mut self) {
        if self.retry == Retry::No {
            return;
        }
        self.retry = Retry::No;
        let base = &self.base;
        for write in self.writes.iter_mut().filter(|w| w.sent == Sent::Failed) {
            write.sent = Sent::Held;
            write.changes.retain(|change| {
                let there = base.heads(&change.subject).and_then(Heads::shown);
                there.is_none_or(|head| head.body != change.body)
            });
        }
        self.writes.retain(|write| !write.changes.is_empty());
        let waits: BTreeSet<FieldId> = self.writes.iter().flat_map(fields_of).collect();
        for (field, state) in &mut self.saved {
            *state = if waits.contains(field) {
                SaveState::Waiting
            } else {
                SaveState::OnDisk
            };
        }
    }

    /// True while something typed is not yet on disk.
    pub fn is_waiting(&self) -> bool {
        !self.writes.is_empty()
    }

    /// True while a write is on its way to the disk.
    pub fn awaits_disk(&self) -> bool {
        self.writes.iter().any(|write| write.sent == Sent::Handed)
    }

    /// Lays the unanswered writes over what the store has said.
    pub(super) fn show_writes(&mut self) {
        let waiting = self.writes.iter().flat_map(|write| {
            let changes = write.changes.iter();
            changes.map(|change| change.provisional(write.origin))
        });
        self.form = self.base.with(waiting);
    }

    fn settle_all(&mut self, entries: &[Recorded]) {
        for recorded in entries {
            self.settle(recorded);
        }
    }

    /// The entry is on disk: it joins the truth, and a write held behind it supersedes it.
    fn settle(&mut self, recorded: &Recorded) {
        let subject = &recorded.entry.subject;
        if subject.form().is_none_or(|form| *form != self.key) {
            return;
        }
        self.base.record(recorded);
        let held = self
            .writes
            .iter_mut()
            .filter(|write| write.sent == Sent::Held);
        if let (Some((field, seen)), Some(cell)) = (&mut self.seen, subject.cell())
            && *field == cell.id.field
            && matches!(subject, Subject::Cell(_))
        {
            supersede(seen, recorded);
        }
        for change in held.flat_map(|write| &mut write.changes) {
            if change.subject != recorded.entry.subject {
                continue;
            }
            if let Seen::Heads(seen) = &mut change.seen {
                supersede(seen, recorded);
            }
        }
    }
}

/// What stands in the place of what an entry of one's own superseded.
fn supersede(seen: &mut Vec<EntryRef>, recorded: &Recorded) {
    seen.retain(|r| !recorded.entry.replaces.contains(r));
    seen.push(recorded.reference());
}

fn share_a_subject(a: &Write, b: &Write) -> bool {
    a.changes
        .iter()
        .any(|x| b.changes.iter().any(|y| x.subject == y.subject))
}

fn fields_of(write: &Write) -> impl Iterator<Item = FieldId> {
    write
        .changes
        .iter()
        .filter_map(|c| c.subject.cell())
        .map(|cell| cell.id.field.clone())
}

/// What each subject of a write says in a form.
fn bodies(form: &Form, write: &Write) -> Vec<Vec<Body>> {
    let said = |heads: &Heads| heads.all().iter().map(|head| head.body.clone()).collect();
    let changes = write.changes.iter();
    changes
        .map(|change| form.heads(&change.subject).map(said).unwrap_or_default())
        .collect()
}
