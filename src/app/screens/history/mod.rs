//! The history of a cell, a form or the store, latest first; Enter goes to the cell.

use crate::app::input::command::{Command, Context};
use crate::app::input::list::{ListCursor, step_of};
use crate::app::message::{Reply, Request, RequestId, Trouble};
use crate::app::navigation::{Go, ListScope};
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::State;
use crate::base::Message;
use crate::ledger::Hash;
use crate::store::{LogEntry, LogFilter};

/// So many entries are listed.
const MOST: usize = 500;

/// A list of entries.
#[derive(Debug)]
pub struct HistoryList {
    /// How much it covers.
    pub scope: ListScope,
    /// The entries, latest first.
    pub entries: Vec<LogEntry>,
    /// The line under the cursor, by its entry.
    pub cursor: ListCursor<Hash>,
    /// False until the store has answered.
    pub loaded: bool,
    /// Why the history could not be read.
    pub failed: Option<Message>,
    asked: Option<RequestId>,
}

impl HistoryList {
    /// A list that is not filled yet.
    pub fn new(scope: ListScope) -> Self {
        Self {
            scope,
            entries: Vec::new(),
            cursor: ListCursor::default(),
            loaded: false,
            failed: None,
            asked: None,
        }
    }

    fn filter(&self) -> LogFilter {
        let mut filter = LogFilter {
            limit: Some(MOST),
            ..LogFilter::default()
        };
        match &self.scope {
            ListScope::Cell(cell) => {
                filter.unit = Some(cell.form.unit.clone());
                filter.period = Some(cell.form.period.clone());
                filter.field = Some(cell.id.field.clone());
            }
            ListScope::Form(form) => {
                filter.unit = Some(form.unit.clone());
                filter.period = Some(form.period.clone());
            }
            ListScope::Unit(unit) => filter.unit = Some(unit.clone()),
            ListScope::All => {}
        }
        filter
    }

    fn keys(&self) -> impl Iterator<Item = Hash> + use<> {
        let keys: Vec<Hash> = self.entries.iter().map(|e| e.recorded.hash).collect();
        keys.into_iter()
    }
}

impl ScreenLike for HistoryList {
    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            let keys = self.keys();
            self.cursor.step(by, keys);
            return Handled::Yes;
        }
        if command != Command::Accept {
            return Handled::No;
        }
        let entry = self.entries.get(self.cursor.position());
        if let Some(cell) = entry.and_then(|entry| entry.recorded.entry.subject.cell()) {
            state.go(Go::Cell(cell.clone()));
        }
        Handled::Yes
    }

    fn refresh(&mut self, state: &mut State) {
        let filter = self.filter();
        self.asked = Some(state.ask(Request::History(filter)));
    }

    fn waits_for(&self, id: RequestId) -> bool {
        self.asked == Some(id)
    }

    fn answer(&mut self, _state: &mut State, _id: RequestId, result: Result<Reply, Trouble>) {
        self.asked = None;
        match result {
            Ok(Reply::History(entries)) => {
                self.entries = entries;
                self.failed = None;
                self.loaded = true;
                let keys = self.keys();
                self.cursor.settle(keys);
            }
            Ok(_) => {}
            Err(trouble) => self.failed = Some(trouble.message),
        }
    }

    fn awaits(&self, _state: &State) -> bool {
        !self.loaded && self.failed.is_none()
    }
}
