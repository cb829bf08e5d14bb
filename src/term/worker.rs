//! The store's own thread: a slow disk never holds a key back. Requests are answered in the
//! order given; commits that queue up share one transaction.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::meeting::{self, Meetings, Stop};
use crate::app::meeting::Meet;
use crate::app::meeting::Met;
use crate::app::msg::{
    Around, Draft, Msg, Opened, Presence, Reply, Request, Ticket, TroubleKind, Undone,
};
use crate::app::trouble::trouble;
use crate::base::Message;
use crate::ledger::{ActionId, ActorId, Origin};
use crate::plan::{Plan, UnitId};
use crate::service::folder::Folders;
use crate::service::open::NewStore;
use crate::service::receipts::Receipts;
use crate::service::{forms, overview};
use crate::store::exchange::Exchange;
use crate::store::{Action, Change, Direction, StoreError};

/// How often other sessions and their commits are looked for.
const POLL: Duration = Duration::from_secs(1);

/// What a session leaves beside the store while it lives.
pub trait Presences: Send {
    /// Keeps place and unfinished text, without waiting for the disk; `None` outside of forms.
    fn keep(&mut self, draft: Option<&Draft>);
    /// The other live sessions.
    fn others(&self) -> Vec<Presence>;
    /// The session ends well: nothing is unfinished.
    fn end(&mut self);
}

/// An open store and who works with it.
pub struct Keeping {
    /// The store.
    pub store: Box<dyn Exchange + Send>,
    /// Where bundles lie.
    pub folders: Folders,
    /// The session's traces beside it.
    pub presence: Box<dyn Presences>,
    /// What the app learns.
    pub opened: Opened,
}

/// Opens the store, or makes the one of a first run.
pub type Opener = Box<dyn FnMut(Option<&NewStore>) -> Result<Keeping, StoreError> + Send>;

/// What the thread gets from the edge.
pub struct Edge {
    /// Milliseconds since 1970-01-01 UTC.
    pub clock: fn() -> u64,
    /// Random bytes for action ids.
    pub random: fn() -> [u8; 16],
    /// The number of the long work that is to stop.
    pub stop: Stop,
}

/// The thread's state.
pub struct Worker {
    plan: Arc<Plan>,
    opener: Opener,
    edge: Edge,
    answers: Sender<Msg>,
    actor: Option<ActorId>,
    keeping: Option<Keeping>,
    counter: u64,
    around: Around,
    receipts: Receipts,
    meetings: Meetings,
}

impl Worker {
    /// A worker that has not opened anything yet.
    pub fn new(plan: Arc<Plan>, opener: Opener, edge: Edge, answers: Sender<Msg>) -> Self {
        Self {
            plan,
            opener,
            edge,
            answers,
            actor: None,
            keeping: None,
            counter: 0,
            around: Around::default(),
            receipts: Receipts::default(),
            meetings: Meetings::default(),
        }
    }

    /// Opens the store, then answers until the requests end.
    pub fn run(mut self, requests: &Receiver<Request>) {
        self.begin();
        let mut queue = VecDeque::new();
        let mut looked = Instant::now();
        loop {
            match requests.recv_timeout(POLL.saturating_sub(looked.elapsed())) {
                Ok(request) => queue.push_back(request),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while !queue.is_empty() {
                queue.extend(requests.try_iter());
                self.answer_next(&mut queue);
            }
            // Also while somebody types without a pause.
            if looked.elapsed() >= POLL {
                self.look_around();
                looked = Instant::now();
            }
        }
        self.end();
    }

    /// Opens the store, or says that there is none yet.
    pub fn begin(&mut self) {
        self.open(None);
    }

    /// Answers the first request of the queue. The commits that follow a first one share its
    /// transaction; the drafts between them, of which only the last still says anything, wait.
    pub fn answer_next(&mut self, queue: &mut VecDeque<Request>) {
        let mut batch = Vec::new();
        let mut draft = None;
        loop {
            match queue.pop_front() {
                Some(Request::Commit {
                    ticket,
                    origin,
                    changes,
                }) => batch.push((ticket, origin, changes)),
                Some(Request::Draft(kept)) => draft = Some(kept),
                Some(other) if batch.is_empty() && draft.is_none() => {
                    return self.answer(other);
                }
                Some(other) => {
                    queue.push_front(other);
                    break;
                }
                None => break,
            }
        }
        if let (Some(draft), Some(keeping)) = (draft, &mut self.keeping) {
            keeping.presence.keep(draft.as_ref());
        }
        if !batch.is_empty() {
            self.commit(batch);
        }
    }

    /// Notices what other sessions did: their commits, their coming, going and moving.
    pub fn look_around(&mut self) {
        let Some(keeping) = &self.keeping else { return };
        if let Ok(counter) = keeping.store.counter()
            && counter != self.counter
        {
            self.counter = counter;
            self.tell(Reply::Changed);
        }
        self.tell_around();
    }

    /// The session ends in good order.
    pub fn end(&mut self) {
        if let Some(keeping) = &mut self.keeping {
            keeping.presence.end();
        }
    }

    /// Says who else is here and what is unsent, when either has changed.
    fn tell_around(&mut self) {
        let Some(keeping) = &self.keeping else { return };
        let around = Around {
            others: keeping.presence.others(),
            unsent: keeping.store.unsent().unwrap_or(self.around.unsent),
            confirmed: self.receipts.look(keeping.store.as_ref(), &self.plan),
        };
        self.around_is(around);
    }

    fn around_is(&mut self, around: Around) {
        if around != self.around {
            self.around = around.clone();
            self.tell(Reply::Around(around));
        }
    }

    fn tell(&self, reply: Reply) {
        // The screens are gone only when the program ends; then nobody needs the answer.
        let _ = self.answers.send(Msg::Reply(reply));
    }

    fn open(&mut self, new: Option<&NewStore>) {
        match (self.opener)(new) {
            Ok(keeping) => {
                let opened = keeping.opened.clone();
                self.actor = Some(opened.actor.id.clone());
                self.plan = opened.plan.clone();
                self.counter = keeping.store.counter().unwrap_or(0);
                self.keeping = Some(keeping);
                self.tell(Reply::Opened(Box::new(opened)));
                self.tell_around();
            }
            Err(StoreError::Missing(_)) if new.is_none() => self.tell(Reply::NoStore),
            Err(error) => self.tell(Reply::Trouble(trouble(&error))),
        }
    }

    fn answer(&mut self, request: Request) {
        let reply = match request {
            Request::Create(new) => return self.open(Some(&new)),
            Request::Reopen => return self.reopen(),
            Request::Meet(meet) => return self.meet(meet),
            Request::Undo(direction) => self.undo(direction),
            Request::Form(key) => self.with_store(|store| {
                let (form, past) = forms::read(store, &self.plan, &key)?;
                Ok(Reply::Form {
                    key,
                    form: Box::new(form),
                    past: Box::new(past),
                })
            }),
            Request::Overview(unit) => self.with_store(|store| self.overview(store, unit)),
            Request::Findings(keys) => self.with_store(|store| {
                let found = forms::findings(store, &self.plan, keys)?.into_iter();
                let found = found.map(|(key, found)| Ok((key, found?)));
                found.collect::<Result<_, _>>().map(Reply::Findings)
            }),
            Request::History(filter) => self.with_store(|store| {
                Ok(Reply::History {
                    entries: store.log(&filter)?,
                    filter: filter.clone(),
                })
            }),
            // Taken by `answer_next`, which gathers them.
            Request::Commit { .. } | Request::Draft(_) => return,
        };
        match reply {
            Ok(reply) => self.tell(reply),
            Err(error) => self.tell(Reply::Trouble(trouble(&error))),
        }
    }

    fn overview(&self, store: &dyn Exchange, unit: UnitId) -> Result<Reply, StoreError> {
        let forms = match self.plan.unit(&unit) {
            Some(unit) => overview::overview(store, &self.plan, unit)?
                .into_iter()
                .map(|(_, summary)| summary)
                .collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        Ok(Reply::Overview { unit, forms })
    }

    fn with_store(
        &self,
        ask: impl FnOnce(&dyn Exchange) -> Result<Reply, StoreError>,
    ) -> Result<Reply, StoreError> {
        match &self.keeping {
            Some(keeping) => ask(keeping.store.as_ref()),
            None => Err(StoreError::Io(String::new())),
        }
    }

    /// Something about other stores; what it commits is noticed like any own commit.
    fn meet(&mut self, meet: Meet) {
        let (Some(keeping), Some(actor)) = (&mut self.keeping, &self.actor) else {
            return self.tell(Reply::Met(Met::Refused(Message::new("screen.opening"))));
        };
        let around = meeting::Around {
            plan: &self.plan,
            actor,
            folders: &keeping.folders,
            clock: self.edge.clock,
            random: self.edge.random,
            answers: &self.answers,
            stop: &self.edge.stop,
        };
        let store = keeping.store.as_mut();
        let answer = self.meetings.answer(meet, store, &around);
        match answer {
            Ok(done) => {
                self.tell_around();
                self.tell(Reply::Met(done));
            }
            Err(error) => {
                let trouble = trouble(&error);
                // First, so that the page no longer waits.
                self.tell(Reply::Met(Met::Refused(trouble.message.clone())));
                if trouble.kind == TroubleKind::Failed {
                    self.tell(Reply::Trouble(trouble));
                }
            }
        }
    }

    fn commit(&mut self, batch: Vec<(Ticket, Origin, Vec<Change>)>) {
        let tickets: Vec<Ticket> = batch.iter().map(|(ticket, ..)| *ticket).collect();
        let actions: Option<Vec<Action>> = batch
            .into_iter()
            .map(|(_, origin, changes)| self.action(origin, changes))
            .collect();
        let written = match (&mut self.keeping, actions) {
            (Some(keeping), Some(actions)) => keeping.store.commit_all(&actions),
            _ => Err(StoreError::Io(String::new())),
        };
        match written {
            Ok(results) => {
                // Told first, so that one frame shows the cell as saved and the new count.
                if let Some(committed) = results.iter().rev().find_map(|r| r.as_ref().ok()) {
                    let unsent = committed.unsent;
                    self.around_is(Around {
                        unsent,
                        ..self.around.clone()
                    });
                }
                for (ticket, result) in tickets.into_iter().zip(results) {
                    if let Ok(committed) = &result {
                        self.own_commit(committed.counter);
                    }
                    let result = result.map(Box::new).map_err(|error| trouble(&error));
                    self.tell(Reply::Committed { ticket, result });
                }
            }
            Err(error) => {
                for ticket in tickets {
                    self.tell(Reply::Committed {
                        ticket,
                        result: Err(trouble(&error)),
                    });
                }
            }
        }
    }

    fn action(&self, origin: Origin, changes: Vec<Change>) -> Option<Action> {
        Some(Action {
            id: ActionId((self.edge.random)()),
            actor: self.actor.clone()?,
            origin,
            wall: (self.edge.clock)(),
            changes,
        })
    }

    /// A counter that jumps by more than our own commit says that others have committed, too.
    fn own_commit(&mut self, counter: u64) {
        if counter > self.counter + 1 {
            self.tell(Reply::Changed);
        }
        self.counter = self.counter.max(counter);
    }

    fn undo(&mut self, direction: Direction) -> Result<Reply, StoreError> {
        let Some(actor) = self.actor.clone() else {
            return Err(StoreError::NothingToUndo);
        };
        let result = self
            .undo_now(&actor, direction)
            .map(Box::new)
            .map_err(|error| trouble(&error));
        self.tell_around();
        Ok(Reply::Undone { direction, result })
    }

    fn undo_now(&mut self, actor: &ActorId, direction: Direction) -> Result<Undone, StoreError> {
        let Some(keeping) = &self.keeping else {
            return Err(StoreError::NothingToUndo);
        };
        let plan = keeping.store.undo_plan(actor, direction)?;
        let action = self
            .action(plan.origin, plan.changes)
            .ok_or(StoreError::NothingToUndo)?;
        let Some(keeping) = &mut self.keeping else {
            return Err(StoreError::NothingToUndo);
        };
        let committed = keeping.store.commit(&action)?;
        self.own_commit(committed.counter);
        Ok(Undone {
            cell: plan.cell,
            entries: committed.entries,
        })
    }

    fn reopen(&mut self) {
        self.keeping = None;
        match (self.opener)(None) {
            Ok(keeping) => {
                self.keeping = Some(keeping);
                self.tell(Reply::Recovered);
                self.tell_around();
            }
            Err(error) => self.tell(Reply::Trouble(trouble(&error))),
        }
    }
}
