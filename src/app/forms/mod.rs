//! The one cache of forms: what the store said of each, with the unanswered writes on top. Every
//! screen that shows a form reads it here, so the same figure shows the same everywhere.

pub mod layout;
mod summary;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::message::{ReadForms, RequestId, Trouble};
use super::outbox::{Outbox, PendingWrite, WriteState};
use crate::ledger::{
    Body, CellId, EntryRef, Form, FormKey, Heads, PastForms, Provisional, Recorded, Subject,
};
use crate::plan::Plan;
use crate::store::{Change, Seen};

pub use layout::{FormLayout, FormRow, Section};
pub use view::{FormView, Loading, SaveState};

/// A form as the store said it, and as it shows with the unanswered writes on top.
#[derive(Debug, Default)]
struct KnownForm {
    base: Arc<Form>,
    shown: Arc<Form>,
    /// The store's commit counter at the latest own commit that concerns the form: an answer read
    /// before that is out of date.
    settled_at: u64,
    /// The store's commit counter when it said what it has of the form; `None` until it has.
    read_at: Option<u64>,
    /// Cells whose last write was answered "on disk" while the form is known.
    on_disk: BTreeSet<CellId>,
}

/// What an answer with forms did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The form is up to date.
    Current,
    /// The answer is older than what was committed meanwhile: the form must be read again.
    OutOfDate,
    /// Nobody waits for it.
    NotWaited,
}

/// All forms that any screen shows, and those that they are compared with.
#[derive(Debug, Default)]
pub struct Forms {
    known: BTreeMap<FormKey, KnownForm>,
    views: BTreeMap<FormKey, FormView>,
    /// Reads under way, by number.
    asked: BTreeMap<RequestId, FormKey>,
}

impl Forms {
    /// The form as screens show it, once it was opened.
    pub fn view(&self, key: &FormKey) -> Option<&FormView> {
        self.views.get(key)
    }

    /// Adds a form that a screen is about to show. One that is known already shows at once. Quarters
    /// and months that ended before `today` count.
    pub fn open(&mut self, plan: &Plan, outbox: &Outbox, key: &FormKey, today: NaiveDate) {
        if self.views.contains_key(key) {
            return;
        }
        let Some(mut view) = FormView::new(plan, key, today) else {
            return;
        };
        let read = |form: &FormKey| {
            self.known
                .get(form)
                .is_some_and(|known| known.read_at.is_some())
        };
        if read(key) && view.past_keys.iter().all(read) {
            view.loading = Loading::There;
        }
        self.views.insert(key.clone(), view);
        self.refresh(plan, outbox, &BTreeSet::from([key.clone()]));
    }

    /// Notes that the form was asked for; only the latest such request of a form is waited for.
    pub fn asked(&mut self, id: RequestId, key: &FormKey) {
        self.asked.retain(|_, other| other != key);
        self.asked.insert(id, key.clone());
    }

    /// The form that a request asked for, while it is waited for.
    pub fn waits_for(&self, id: RequestId) -> Option<&FormKey> {
        self.asked.get(&id)
    }

    /// Takes in what the store has.
    pub fn take_in(
        &mut self,
        plan: &Plan,
        outbox: &Outbox,
        id: RequestId,
        read: ReadForms,
    ) -> Taken {
        let Some(key) = self.asked.remove(&id) else {
            return Taken::NotWaited;
        };
        let mut touched = BTreeSet::new();
        let mut out_of_date = false;
        for (form, content) in read.forms {
            let known = self.known.entry(form.clone()).or_default();
            if read.counter < known.settled_at {
                out_of_date |= form == key;
                continue;
            }
            known.base = Arc::new(content);
            known.read_at = Some(read.counter);
            touched.insert(form);
        }
        if out_of_date {
            self.refresh(plan, outbox, &touched);
            return Taken::OutOfDate;
        }
        if let Some(view) = self.views.get_mut(&key) {
            view.loading = Loading::There;
        }
        touched.insert(key);
        self.refresh(plan, outbox, &touched);
        Taken::Current
    }

    /// The store was opened again, perhaps in an older state that somebody put back: what it says
    /// from now on holds, however far it had got before.
    pub fn read_all_anew(&mut self) {
        for known in self.known.values_mut() {
            known.settled_at = 0;
        }
        self.asked.clear();
    }

    /// The form could not be read; what was shown of it stays.
    pub fn not_read(&mut self, id: RequestId, why: Trouble) {
        let key = self.asked.remove(&id);
        if let Some(view) = key.and_then(|key| self.views.get_mut(&key))
            && view.loading != Loading::There
        {
            view.loading = Loading::Failed(why.message);
        }
    }

    /// Shows a write that was just taken on.
    pub fn wrote(&mut self, plan: &Plan, outbox: &Outbox, subjects: &[Subject]) {
        for subject in subjects {
            if let Some(cell) = subject.cell()
                && let Some(known) = self.known.get_mut(&cell.form)
            {
                known.on_disk.remove(&cell.id);
            }
        }
        self.refresh(plan, outbox, &forms_of(subjects.iter()));
    }

    /// Own entries are on disk: what the store said grows by them.
    pub fn settle(&mut self, plan: &Plan, outbox: &Outbox, entries: &[Recorded], counter: u64) {
        for recorded in entries {
            let subject = &recorded.entry.subject;
            let Some(known) = subject.form().and_then(|form| self.known.get_mut(form)) else {
                continue;
            };
            known.settled_at = known.settled_at.max(counter);
            if let Some(cell) = subject.cell() {
                known.on_disk.insert(cell.id.clone());
            }
            // What was read later holds the entry already, or what others made of it since.
            if known.read_at.is_none_or(|read_at| read_at < counter) {
                Arc::make_mut(&mut known.base).record(recorded);
            }
        }
        let subjects = entries.iter().map(|recorded| &recorded.entry.subject);
        self.refresh(plan, outbox, &forms_of(subjects));
    }

    /// A write was refused: it no longer shows.
    pub fn refused(&mut self, plan: &Plan, outbox: &Outbox, write: &PendingWrite) {
        let subjects = write.changes.iter().map(|change| &change.subject);
        self.refresh(plan, outbox, &forms_of(subjects));
    }

    /// The entry of a change that the store holds already. A head that the change was made upon is
    /// not it: a conflict resolved to the side that shows is still to be written.
    pub fn holds(&self, change: &Change) -> Option<EntryRef> {
        let known = self.known.get(change.subject.form()?)?;
        let heads = known.base.heads(&change.subject)?.all().iter();
        let made_upon = |entry: &EntryRef| match &change.seen {
            Seen::Heads(seen) => seen.contains(entry),
            _ => false,
        };
        heads
            .filter(|head| !made_upon(&head.entry))
            .find(|head| said(&head.body) == said(&change.body))
            .map(|head| head.entry)
    }

    /// Brings forms up to date after their base or their unanswered writes have changed, and every
    /// view that looks back on them.
    pub fn refresh(&mut self, plan: &Plan, outbox: &Outbox, touched: &BTreeSet<FormKey>) {
        let mut changed = BTreeSet::new();
        for key in touched {
            let known = self.known.entry(key.clone()).or_default();
            let shown = laid_over(&known.base, outbox, key);
            // Mostly the store only confirms what is shown and judged already.
            if !says_the_same(&known.shown, &shown) {
                changed.insert(key.clone());
            }
            known.shown = shown;
        }
        for (key, view) in &mut self.views {
            let own = touched.contains(key);
            let looks_back = view.past_keys.iter().any(|past| touched.contains(past));
            if !own && !looks_back {
                continue;
            }
            let known = self.known.get(key);
            view.base = known.map(|known| known.base.clone()).unwrap_or_default();
            view.shown = known.map(|known| known.shown.clone()).unwrap_or_default();
            view.saves = saves(known, outbox, key);
            let judged_anew = changed.contains(key)
                || !view.judged
                || view.past_keys.iter().any(|past| changed.contains(past));
            if judged_anew {
                view.past = past_of(&self.known, &view.past_keys);
                view.judge(plan);
            }
        }
    }

    /// Forgets forms that no screen shows and that no unanswered write concerns.
    pub fn keep_only(&mut self, shown: &BTreeSet<FormKey>, outbox: &Outbox) {
        self.views.retain(|key, _| shown.contains(key));
        let mut wanted: BTreeSet<&FormKey> = self.views.keys().collect();
        wanted.extend(self.views.values().flat_map(|view| &view.past_keys));
        self.known
            .retain(|key, _| wanted.contains(key) || outbox.concerns(key));
        self.asked
            .retain(|_, key| shown.contains(key) || outbox.concerns(key));
    }

    /// The forms that screens show.
    pub fn shown(&self) -> impl Iterator<Item = &FormKey> {
        self.views.keys()
    }
}

fn forms_of<'a>(subjects: impl Iterator<Item = &'a Subject>) -> BTreeSet<FormKey> {
    subjects
        .filter_map(|subject| subject.form().cloned())
        .collect()
}

/// The form with its unanswered writes laid over what the store said, later ones on top.
fn laid_over(base: &Arc<Form>, outbox: &Outbox, key: &FormKey) -> Arc<Form> {
    if !outbox.concerns(key) {
        return base.clone();
    }
    let mut form = Form::clone(base);
    for (_, write) in outbox.of_form(key) {
        let here = |change: &&Change| change.subject.form() == Some(key);
        for change in write.changes.iter().filter(here) {
            // It stays on top until the store has answered.
            form.lay(Provisional {
                subject: &change.subject,
                body: &change.body,
                origin: write.origin,
                reason: &change.reason,
            });
        }
    }
    Arc::new(form)
}

/// How far the last write of each cell has come.
fn saves(known: Option<&KnownForm>, outbox: &Outbox, key: &FormKey) -> BTreeMap<CellId, SaveState> {
    let on_disk = known.map(|known| &known.on_disk).into_iter().flatten();
    let mut saves: BTreeMap<CellId, SaveState> = on_disk
        .map(|cell| (cell.clone(), SaveState::OnDisk))
        .collect();
    for (_, write) in outbox.of_form(key) {
        let state = match write.state {
            WriteState::Failed => SaveState::Unsaved,
            WriteState::Held | WriteState::Handed => SaveState::Waiting,
        };
        for cell in write
            .changes
            .iter()
            .filter_map(|change| change.subject.cell())
        {
            if cell.form == *key {
                saves.insert(cell.id.clone(), state);
            }
        }
    }
    saves
}

fn past_of(known: &BTreeMap<FormKey, KnownForm>, keys: &BTreeSet<FormKey>) -> PastForms {
    let forms = keys.iter().filter_map(|key| {
        let known = known.get(key)?;
        Some((key.period.clone(), known.shown.clone()))
    });
    PastForms {
        forms: forms.collect(),
    }
}

/// What a body says, a resolved value like a typed one.
fn said(body: &Body) -> (Option<&crate::ledger::Content>, Option<&Body>) {
    match body.content() {
        Some(content) => (Some(content), None),
        None => (None, Some(body)),
    }
}

/// True when two states of a form say the same, whoever wrote it: nothing is to be judged anew.
fn says_the_same(a: &Arc<Form>, b: &Arc<Form>) -> bool {
    fn same<K: Ord>(a: &BTreeMap<K, Heads>, b: &BTreeMap<K, Heads>) -> bool {
        a.len() == b.len()
            && a.iter()
                .zip(b)
                .all(|((x, ours), (y, theirs))| x == y && alike(ours, theirs))
    }
    fn alike(a: &Heads, b: &Heads) -> bool {
        let (a, b) = (a.all(), b.all());
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| said(&x.body) == said(&y.body))
    }
    Arc::ptr_eq(a, b)
        || same(&a.cells, &b.cells)
            && same(&a.notes, &b.notes)
            && same(&a.confirms, &b.confirms)
            && alike(&a.workflow, &b.workflow)
            && same(&a.approvals, &b.approvals)
            && a.approved == b.approved
}
