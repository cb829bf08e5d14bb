//! Every finding of a form or of the store; Enter goes to the cell.

use crate::app::input::command::{Command, Context};
use crate::app::input::list::{ListCursor, step_of};
use crate::app::message::{Reply, Request, RequestId, Trouble};
use crate::app::navigation::{Go, ListScope};
use crate::app::reasons::ask_reason;
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::State;
use crate::base::Message;
use crate::check::Finding;
use crate::ledger::{CellKey, FormKey};
use crate::plan::RuleId;

/// Which finding: of which form, at which cell, by which rule.
type FindingKey = (CellKey, RuleId);

/// A list of findings.
#[derive(Debug)]
pub struct FindingsList {
    /// Whose forms.
    pub scope: ListScope,
    /// The findings, form by form.
    pub items: Vec<(FormKey, Finding)>,
    /// The line under the cursor, by its finding.
    pub cursor: ListCursor<FindingKey>,
    /// False until the store has answered.
    pub loaded: bool,
    /// Forms that cannot be read; the findings of the others are all here.
    pub unreadable: Vec<FormKey>,
    /// Why the findings could not be read.
    pub failed: Option<Message>,
    asked: Option<RequestId>,
}

impl FindingsList {
    /// A list that is not filled yet.
    pub fn new(scope: ListScope) -> Self {
        Self {
            scope,
            items: Vec::new(),
            cursor: ListCursor::default(),
            loaded: false,
            unreadable: Vec::new(),
            failed: None,
            asked: None,
        }
    }

    fn keys(&self) -> impl Iterator<Item = FindingKey> + use<> {
        let key = |(form, finding): &(FormKey, Finding)| {
            let cell = CellKey {
                form: form.clone(),
                id: finding.cell.clone(),
            };
            (cell, finding.rule.clone())
        };
        let keys: Vec<FindingKey> = self.items.iter().map(key).collect();
        keys.into_iter()
    }

    fn under_cursor(&self) -> Option<&(FormKey, Finding)> {
        self.items.get(self.cursor.position())
    }
}

impl ScreenLike for FindingsList {
    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            let keys = self.keys();
            self.cursor.step(by, keys);
            return Handled::Yes;
        }
        let Some((form, finding)) = self.under_cursor() else {
            return match command {
                Command::Accept | Command::ConfirmFinding => Handled::Yes,
                _ => Handled::No,
            };
        };
        let cell = CellKey {
            form: form.clone(),
            id: finding.cell.clone(),
        };
        match command {
            Command::Accept => state.go(Go::Cell(cell)),
            Command::ConfirmFinding => {
                state.go(Go::Cell(cell));
                ask_reason(state, form, finding);
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn refresh(&mut self, state: &mut State) {
        let forms = match &self.scope {
            ListScope::Form(key) => vec![key.clone()],
            ListScope::Cell(cell) => vec![cell.form.clone()],
            ListScope::Unit(_) | ListScope::All => Vec::new(),
        };
        self.asked = Some(state.ask(Request::Findings(forms)));
    }

    fn waits_for(&self, id: RequestId) -> bool {
        self.asked == Some(id)
    }

    fn answer(&mut self, _state: &mut State, _id: RequestId, result: Result<Reply, Trouble>) {
        self.asked = None;
        match result {
            Ok(Reply::Findings(found)) => {
                self.unreadable = found.unreadable;
                let items = found.read.into_iter();
                self.items = items
                    .flat_map(|(key, findings)| findings.into_iter().map(move |f| (key.clone(), f)))
                    .collect();
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
