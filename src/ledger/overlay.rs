//! What is typed, waits to be saved or is only supposed, laid over what a form holds.
//!
//! There is one way to reach the heads of a subject in a form and one way to lay a change over
//! them, so that checks, figures and screens see a typed, a waiting and a saved figure alike.

use super::actor::ActorId;
use super::chain::{AuthorId, EntryRef};
use super::entry::{Body, Clock, Origin, Recorded};
use super::form::Form;
use super::heads::{Head, Heads};
use super::subject::Subject;

/// A change that has no entry yet.
#[derive(Clone, Copy, Debug)]
pub struct Provisional<'a> {
    /// What it is about.
    pub subject: &'a Subject,
    /// What it says.
    pub body: &'a Body,
    /// How it came about.
    pub origin: Origin,
    /// Its reason; empty for none.
    pub reason: &'a str,
}

impl Form {
    /// The heads of a subject; `None` for one without entries and for what belongs to no form.
    pub fn heads(&self, subject: &Subject) -> Option<&Heads> {
        match subject {
            Subject::Cell(cell) => self.cells.get(&cell.id),
            Subject::Note(cell) => self.notes.get(&cell.id),
            Subject::Confirm(cell, rule) => self.confirms.get(&(cell.id.clone(), rule.clone())),
            Subject::Form(_) => Some(&self.workflow),
            Subject::Approval(_, owner) => self.approvals.get(owner),
            Subject::Actor(_) | Subject::Author(_) | Subject::Plan => None,
        }
        .filter(|heads| !heads.all().is_empty())
    }

    /// Gives a subject these heads, none taking its entry away. What belongs to no form is left out.
    pub fn set_heads(&mut self, subject: Subject, heads: Heads) {
        match subject {
            Subject::Cell(cell) => put(&mut self.cells, cell.id, heads),
            Subject::Note(cell) => put(&mut self.notes, cell.id, heads),
            Subject::Confirm(cell, rule) => put(&mut self.confirms, (cell.id, rule), heads),
            Subject::Form(_) => self.workflow = heads,
            Subject::Approval(_, owner) => put(&mut self.approvals, owner, heads),
            Subject::Actor(_) | Subject::Author(_) | Subject::Plan => {}
        }
    }

    /// Takes in an entry that was just written; one that is here already changes nothing.
    pub fn record(&mut self, recorded: &Recorded) {
        let (reference, subject) = (recorded.reference(), &recorded.entry.subject);
        let before = self.heads(subject).cloned().unwrap_or_default();
        if !before.references().contains(&reference) {
            self.set_heads(subject.clone(), before.with(reference, &recorded.entry));
        }
    }

    /// Lays a change over the form: its subject says only this.
    pub fn lay(&mut self, change: Provisional<'_>) {
        let heads = Heads::new(vec![change.head()]);
        self.set_heads(change.subject.clone(), heads);
    }

    /// The form as it would be with these changes, the later ones on top.
    #[must_use]
    pub fn with<'a>(&self, changes: impl IntoIterator<Item = Provisional<'a>>) -> Self {
        let mut form = self.clone();
        for change in changes {
            form.lay(change);
        }
        form
    }
}

impl Provisional<'_> {
    /// A head that stands for the change until its entry is known; it cites no entry.
    fn head(&self) -> Head {
        Head {
            entry: EntryRef {
                author: AuthorId([0; 16]),
                seq: 0,
                h8: [0; 8],
            },
            body: self.body.clone(),
            clock: Clock::default(),
            wall: 0,
            actor: ActorId::fold(""),
            origin: self.origin,
            flags: 0,
            note: self.reason.to_owned(),
        }
    }
}

/// Puts heads under a key, or takes the key away where there are none.
fn put<K: Ord>(map: &mut std::collections::BTreeMap<K, Heads>, key: K, heads: Heads) {
    if heads.all().is_empty() {
        map.remove(&key);
    } else {
        map.insert(key, heads);
    }
}
