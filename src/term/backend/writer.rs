//! The thread that opens the store and commits: orders are carried out in the order given; commits
//! that queue up share one transaction.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::fault::guarded;
use super::orders::{KnownCounter, LongWorkOrder, OtherLanes, ReaderOrder};
use super::refusal::{read_only, trouble};
use super::{Environment, OpenOrder, Opener};
use crate::app::message::{
    Msg, News, Opened, Reply, Request, RequestId, Trouble, Undone, UndoneCell,
};
use crate::ledger::{ActionId, ActorId, Body, Content, Origin, Subject};
use crate::service::open::epoch_due;
use crate::service::standing;
use crate::store::exchange::Exchange;
use crate::store::{Action, Change, Committed, Direction, StoreError};

/// The thread's state.
pub struct WriterThread {
    opener: Opener,
    environment: Environment,
    answers: Sender<Msg>,
    lanes: OtherLanes,
    known: KnownCounter,
    open: Option<OpenedStore>,
    /// Why the store could not be opened, while that may pass by itself.
    closed: Option<StoreError>,
}

/// How often a store that could not be opened is tried again.
const AGAIN: Duration = Duration::from_secs(1);

struct OpenedStore {
    store: Box<dyn Exchange + Send>,
    /// What the app was told.
    opened: Opened,
}

impl WriterThread {
    /// A writer that has not opened anything yet.
    pub fn new(
        opener: Opener,
        environment: Environment,
        answers: Sender<Msg>,
        lanes: OtherLanes,
        known: KnownCounter,
    ) -> Self {
        Self {
            opener,
            environment,
            answers,
            lanes,
            known,
            open: None,
            closed: None,
        }
    }

    /// Carries orders out until they end.
    pub fn run(mut self, orders: &Receiver<(RequestId, Request)>) {
        let mut queue = VecDeque::new();
        loop {
            let order = match self.closed {
                // While it is open nothing here wakes up by itself.
                None => orders.recv().map_err(RecvTimeoutError::from),
                Some(_) => orders.recv_timeout(AGAIN),
            };
            match order {
                Ok(order) => queue.push_back(order),
                Err(RecvTimeoutError::Timeout) => self.try_again(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while !queue.is_empty() {
                queue.extend(orders.try_iter());
                self.answer_next(&mut queue);
            }
        }
    }

    /// Carries the first order of the queue out; the commits that follow a first one share its
    /// transaction.
    pub fn answer_next(&mut self, queue: &mut VecDeque<(RequestId, Request)>) {
        let mut batch = Vec::new();
        while let Some((id, order)) = queue.pop_front() {
            match order {
                Request::Commit { origin, changes } => batch.push((id, origin, changes)),
                other if batch.is_empty() => return self.answer(id, other),
                other => {
                    queue.push_front((id, other));
                    break;
                }
            }
        }
        if !batch.is_empty() {
            self.commit(batch);
        }
    }

    fn tell(&self, id: RequestId, result: Result<Reply, Trouble>) {
        // The screens are gone only when the program ends; then nobody needs the answer.
        let _ = self.answers.send(Msg::Answer { id, result });
    }

    fn answer(&mut self, id: RequestId, order: Request) {
        let answers = self.answers.clone();
        let result = guarded(&answers, || match order {
            Request::Open => self.open(OpenOrder::Open),
            Request::Create(new) => self.open(OpenOrder::Create(&new)),
            Request::Undo(direction) => self.undo(direction),
            // Other orders go to other threads.
            _ => Err(StoreError::Refused("lane".to_owned())),
        });
        let result = result.and_then(|done| done.map_err(|error| trouble(&error)));
        let opened = matches!(result, Ok(Reply::Opened(_)));
        self.tell(id, result);
        if opened {
            let now = (self.environment.clock)();
            let behind = self.open.as_ref();
            let behind = behind.and_then(|open| clock_behind(open.store.as_ref(), now));
            self.say_clock(behind);
        }
    }

    fn say_clock(&self, behind: Option<u64>) {
        if let Some(last) = behind {
            let _ = self.answers.send(Msg::News(News::ClockBehind(last)));
        }
    }

    /// Tries once more to open a store that could not be opened; whoever mended the folder, or let
    /// go of the store, need not press a key here.
    pub fn try_again(&mut self) {
        if self.closed.is_none() || self.open.is_some() {
            return;
        }
        let (answers, before) = (self.answers.clone(), self.closed.clone());
        // A fault is told by itself, and ends the trying.
        let Ok(tried) = guarded(&answers, || self.open(OpenOrder::OpenIfFree)) else {
            self.closed = None;
            return;
        };
        let news = match tried {
            Ok(Reply::Opened(opened)) => News::Opened(opened),
            Ok(_) => return,
            Err(error) => {
                let same = |before: StoreError| before.to_string() == error.to_string();
                if before.is_some_and(same) {
                    return;
                }
                News::NotOpened(trouble(&error))
            }
        };
        // The screens are gone only when the program ends.
        let _ = answers.send(Msg::News(news));
    }

    /// Opens the store, or opens it again after a failure; what could be read stays readable.
    fn open(&mut self, how: OpenOrder<'_>) -> Result<Reply, StoreError> {
        if let (Some(open), OpenOrder::Open) = (&mut self.open, how) {
            open.store.reopen()?;
            let info = open.store.info()?;
            open.opened.read_only = read_only(&info);
            open.opened.epoch = epoch_due(&info);
            // It may be an older state that was put back: then the counter has gone back, too.
            self.known.store(info.counter, Ordering::Relaxed);
            return Ok(Reply::Opened(Box::new(open.opened.clone())));
        }
        let opened = (self.opener)(how);
        let error = opened.as_ref().err().filter(|error| error.may_pass());
        self.closed = error.cloned();
        let opened = match (opened, how) {
            (Err(StoreError::Missing(_)), OpenOrder::Open) => return Ok(Reply::NoStore),
            (opened, _) => opened?,
        };
        let counter = opened.store.counter().unwrap_or(0);
        self.known.store(counter, Ordering::Relaxed);
        // The other threads end only after this one.
        let _ = self.lanes.long_work.send(LongWorkOrder::Use {
            store: opened.store.handle(),
            plan: Arc::clone(&opened.opened.plan),
            actor: opened.opened.actor.id.clone(),
            folders: opened.folders,
        });
        let _ = self.lanes.reader.send(ReaderOrder::Use {
            store: opened.store.handle(),
            plan: Arc::clone(&opened.opened.plan),
            presence: opened.presence,
        });
        let told = opened.opened.clone();
        self.open = Some(OpenedStore {
            store: opened.store,
            opened: opened.opened,
        });
        Ok(Reply::Opened(Box::new(told)))
    }

    fn commit(&mut self, batch: Vec<(RequestId, Origin, Vec<Change>)>) {
        let (ids, actions): (Vec<RequestId>, Vec<_>) = batch
            .into_iter()
            .map(|(id, origin, changes)| (id, (origin, changes)))
            .unzip();
        let answers = self.answers.clone();
        let written = guarded(&answers, || self.commit_all(actions));
        let written = written.and_then(|done| done.map_err(|error| trouble(&error)));
        match written {
            Ok(Written { outcomes, behind }) => {
                for (id, result) in ids.into_iter().zip(outcomes) {
                    if let Ok(done) = &result {
                        self.own_commit(done.counter);
                    }
                    let result = result.map(|done| Reply::Committed(Box::new(done)));
                    self.tell(id, result.map_err(|error| trouble(&error)));
                }
                self.say_clock(behind);
            }
            Err(trouble) => {
                for id in ids {
                    self.tell(id, Err(trouble.clone()));
                }
            }
        }
    }

    fn commit_all(&mut self, actions: Vec<(Origin, Vec<Change>)>) -> Result<Written, StoreError> {
        let environment = self.environment;
        let Some(OpenedStore { store, opened }) = &mut self.open else {
            return Err(StoreError::Io(String::new()));
        };
        let actor = &opened.actor.id;
        let actions: Vec<Action> = actions
            .into_iter()
            .map(|(origin, changes)| action(environment, actor, origin, changes))
            .collect();
        // Asked before, because the last entry is one of these afterwards.
        let first = actions.first();
        let behind = first.and_then(|action| clock_behind(store.as_ref(), action.wall));
        let outcomes = store.commit_all(&actions)?;
        Ok(Written { outcomes, behind })
    }

    /// A counter that jumps by more than our own commit says that others have committed, too.
    fn own_commit(&self, counter: u64) {
        let known = self.known.fetch_max(counter, Ordering::Relaxed);
        if counter > known + 1 {
            let _ = self.answers.send(Msg::News(News::Changed));
        }
    }

    fn undo(&mut self, direction: Direction) -> Result<Reply, StoreError> {
        let environment = self.environment;
        let Some(OpenedStore { store, opened }) = &mut self.open else {
            return Err(StoreError::NothingToUndo);
        };
        let actor = &opened.actor.id;
        let plan = store.undo_plan(actor, direction)?;
        let cells = undone_cells(store.as_ref(), &plan.changes)?;
        let action = action(environment, actor, plan.origin, plan.changes);
        let behind = clock_behind(store.as_ref(), action.wall);
        let done = store.commit(&action)?;
        self.say_clock(behind);
        self.own_commit(done.counter);
        Ok(Reply::Undone(Box::new(Undone {
            direction,
            cells,
            cell: plan.cell,
            entries: done.entries,
            counter: done.counter,
            unsent: done.unsent,
        })))
    }
}

/// What became of actions that were written together.
struct Written {
    /// The outcome of each, in their order.
    outcomes: Vec<Result<Committed, StoreError>>,
    /// The time of the last entry before them, where the machine's clock is behind it.
    behind: Option<u64>,
}

/// What the wall clock showed at the last entry of the store, where `now` is behind it.
fn clock_behind(store: &dyn Exchange, now: u64) -> Option<u64> {
    standing::clock_behind(&store.info().ok()?, now)
}

fn action(
    environment: Environment,
    actor: &ActorId,
    origin: Origin,
    changes: Vec<Change>,
) -> Action {
    Action {
        id: ActionId((environment.random)()),
        actor: actor.clone(),
        origin,
        wall: (environment.clock)(),
        changes,
    }
}

/// The cells whose content the changes are about to replace, with what they hold now.
fn undone_cells(store: &dyn Exchange, changes: &[Change]) -> Result<Vec<UndoneCell>, StoreError> {
    let mut cells = Vec::new();
    for change in changes {
        if let (Subject::Cell(cell), Body::SetValue(new) | Body::Resolve(new)) =
            (&change.subject, &change.body)
        {
            let form = store.form(&cell.form)?;
            let heads = form.heads(&change.subject);
            let old: Content = heads.map(crate::ledger::Heads::content).unwrap_or_default();
            cells.push(UndoneCell {
                cell: cell.clone(),
                old,
                new: new.clone(),
            });
        }
    }
    Ok(cells)
}
