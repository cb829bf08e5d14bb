//! The thread that answers questions from read transactions of its own, and looks once a second
//! at what other sessions did.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::PresenceKeeper;
use super::fault::guarded;
use super::orders::{KnownCounter, ReaderOrder};
use super::refusal::trouble;
use crate::app::message::{
    Msg, News, ReadEach, ReadForms, Reply, Request, RequestId, SessionStatus, Trouble,
};
use crate::ledger::{FormKey, People};
use crate::plan::Plan;
use crate::service::folder::FolderState;
use crate::service::open::epoch_begun;
use crate::service::receipts::Receipts;
use crate::service::{forms, overview};
use crate::store::exchange::Exchange;
use crate::store::{Revival, StoreError};
use crate::sync::held::conflicts;

/// How often other sessions and their commits are looked for.
const POLL: Duration = Duration::from_secs(1);

struct ReaderSession {
    store: Box<dyn Exchange + Send>,
    plan: Arc<Plan>,
    presence: Box<dyn PresenceKeeper>,
}

/// The thread's state.
pub struct ReaderThread {
    answers: Sender<Msg>,
    known: KnownCounter,
    open: Option<ReaderSession>,
    status: SessionStatus,
    /// The commit counter when the screens were told of it last.
    told_at: u64,
    receipts: Receipts,
    people: Arc<People>,
    /// True once the screens were told that the open file is no longer the store's.
    lost: bool,
    /// True once they were told of the epoch that a change has begun.
    told_epoch: bool,
    /// The folder that screen 6 showed last.
    folder: Option<FolderState>,
}

impl ReaderThread {
    /// A reader that has no store yet.
    pub fn new(answers: Sender<Msg>, known: KnownCounter) -> Self {
        Self {
            answers,
            known,
            open: None,
            status: SessionStatus::default(),
            told_at: 0,
            receipts: Receipts::default(),
            people: Arc::default(),
            lost: false,
            told_epoch: false,
            folder: None,
        }
    }

    /// Answers until the orders end.
    pub fn run(mut self, orders: &Receiver<ReaderOrder>) {
        let mut looked = Instant::now();
        loop {
            let order = match self.open {
                // Nothing is there to look at.
                None => orders.recv().map_err(RecvTimeoutError::from),
                Some(_) => orders.recv_timeout(POLL.saturating_sub(looked.elapsed())),
            };
            match order {
                Ok(order) => self.take(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Also while somebody types without a pause.
            if looked.elapsed() >= POLL {
                self.look_around();
                looked = Instant::now();
            }
        }
        self.end();
    }

    /// Carries one order out.
    pub fn take(&mut self, order: ReaderOrder) {
        match order {
            ReaderOrder::Use {
                store,
                plan,
                presence,
            } => {
                if let Some(before) = &mut self.open {
                    before.presence.end();
                }
                self.open = Some(ReaderSession {
                    store,
                    plan,
                    presence,
                });
                self.learn_people();
                self.tell_status();
            }
            ReaderOrder::Ask(id, question) => self.answer(id, question),
            ReaderOrder::Look => {
                self.learn_people();
                self.look_around();
            }
            ReaderOrder::Watch(folder) => self.folder = Some(folder),
            ReaderOrder::Keep(draft) => {
                if let Some(open) = &mut self.open {
                    open.presence.keep(draft.as_ref());
                }
            }
        }
    }

    /// Notices what other sessions did: their commits, their coming, going and moving.
    fn look_around(&mut self) {
        let answers = self.answers.clone();
        // The screens have learnt of a fault; the next look may go well.
        let _ = guarded(&answers, || {
            self.look_at_file();
            if self.folder.as_mut().is_some_and(FolderState::has_changed) {
                self.tell(News::Changed);
            }
            self.tell_status();
        });
    }

    /// Reads anew who the people are; only an import or another session can bring one. Where they
    /// cannot be read, their ids stand for them.
    fn learn_people(&mut self) {
        if let Some(open) = &self.open
            && let Ok(people) = open.store.people()
            && people != *self.people
        {
            self.people = Arc::new(people);
        }
    }

    /// Looks at how far the file has got, whether it is still the store's, and whether it can be
    /// written again where it could not.
    fn look_at_file(&mut self) {
        let Some(open) = &self.open else { return };
        match open.store.counter() {
            Ok(counter) => {
                let revived = open.store.revive() == Revival::Revived;
                if self.known.fetch_max(counter, Ordering::Relaxed) < counter {
                    self.learn_people();
                    self.tell(News::Changed);
                }
                let found = std::mem::take(&mut self.lost);
                if revived || found {
                    self.tell(News::Writable);
                }
            }
            Err(error @ StoreError::Replaced { .. }) if !self.lost => {
                self.lost = true;
                self.tell(News::Lost(trouble(&error).message));
            }
            Err(_) => {}
        }
        self.tell_epoch();
    }

    /// Says once that a change went on under another author.
    fn tell_epoch(&mut self) {
        let Some(open) = &self.open else { return };
        let info = open.store.info().ok();
        if let Some(epoch) = info.as_ref().and_then(epoch_begun)
            && !std::mem::replace(&mut self.told_epoch, true)
        {
            self.tell(News::NewEpoch(epoch));
        }
    }

    /// The session ends in good order.
    pub fn end(&mut self) {
        if let Some(open) = &mut self.open {
            open.presence.end();
        }
    }

    fn tell(&self, news: News) {
        // The screens are gone only when the program ends; then nobody needs the answer.
        let _ = self.answers.send(Msg::News(news));
    }

    /// Says who else is here and what is unsent, when either has changed.
    fn tell_status(&mut self) {
        let Some(open) = &self.open else { return };
        let counter = open.store.counter().unwrap_or(0);
        let status = SessionStatus {
            others: open.presence.others(),
            unsent: open.store.unsent().unwrap_or(self.status.unsent),
            confirmed: self.receipts.look(open.store.as_ref(), &open.plan),
            people: Arc::clone(&self.people),
        };
        // What the screens know of it may have changed with each commit of their own.
        if status != self.status || counter != self.told_at {
            self.status = status.clone();
            self.told_at = counter;
            self.tell(News::Session(status));
        }
    }

    fn answer(&mut self, id: RequestId, question: Request) {
        let answers = self.answers.clone();
        let result = guarded(&answers, || self.reply(question));
        let result: Result<Reply, Trouble> =
            result.and_then(|done| done.map_err(|error| trouble(&error)));
        let _ = self.answers.send(Msg::Answer { id, result });
    }

    fn reply(&self, question: Request) -> Result<Reply, StoreError> {
        let Some(open) = &self.open else {
            return Err(StoreError::Io(String::new()));
        };
        let (store, plan) = (open.store.as_ref(), open.plan.as_ref());
        match question {
            Request::Form(key) => read_forms(store, plan, &key),
            Request::Overview(unit) => {
                let forms = match plan.unit(&unit) {
                    Some(unit) => overview::overview(store, plan, unit)?,
                    None => Vec::new(),
                };
                Ok(Reply::Overview(each_whole(forms)))
            }
            Request::Findings(keys) => {
                let found = forms::findings(store, plan, keys)?;
                Ok(Reply::Findings(each_whole(found)))
            }
            Request::History(filter) => Ok(Reply::History(store.log(&filter)?)),
            Request::Conflict(cell) => {
                let conflict = conflicts::of(store, &cell)?;
                Ok(Reply::Conflict(conflict.map(Box::new)))
            }
            // Other orders go to other threads.
            _ => Err(StoreError::Refused("lane".to_owned())),
        }
    }
}

/// Reads forms together with the commit counter of the state they are read in. While commits come
/// faster than forms are read, the counter is the lowest it can be.
fn at_one_counter(
    store: &dyn Exchange,
    keys: &[FormKey],
) -> Result<(u64, crate::store::Forms), StoreError> {
    let mut tries = 8;
    loop {
        let before = store.counter()?;
        let found = store.forms(keys)?;
        tries -= 1;
        if tries == 0 || store.counter()? == before {
            return Ok((before, found));
        }
    }
}

/// What could be read of several forms, and which could not: these hide no other.
fn each_whole<T>(found: forms::PerForm<T>) -> ReadEach<T> {
    let mut each = ReadEach::default();
    for (key, outcome) in found {
        match outcome {
            Ok(what) => each.read.push((key, what)),
            Err(_) => each.unreadable.push(key),
        }
    }
    each
}

/// A form and the forms that its checks look back on, in one state. One of the latter that cannot
/// be read is left out and said; the form itself must be whole.
fn read_forms(store: &dyn Exchange, plan: &Plan, key: &FormKey) -> Result<Reply, StoreError> {
    let mut keys = vec![key.clone()];
    if let (Some(unit), Some(period)) = (plan.unit(&key.unit), plan.period(&key.period)) {
        keys.extend(forms::past_keys(plan, unit, period));
    }
    let (counter, found) = at_one_counter(store, &keys)?;
    let mut read = ReadForms {
        counter,
        ..ReadForms::default()
    };
    for (form, content) in found {
        match content {
            Ok(content) => {
                read.forms.insert(form, content);
            }
            Err(error) if form == *key => return Err(error),
            Err(_) => read.unreadable.push(form),
        }
    }
    Ok(Reply::Forms(Box::new(read)))
}
