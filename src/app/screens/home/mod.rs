//! The home page: what is due, what is incomplete, what came back; then what is done.

use crate::app::input::command::{Command, Context};
use crate::app::input::list::{ListCursor, step_of};
use crate::app::message::{Reply, Request, RequestId, Trouble};
use crate::app::navigation::Go;
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::State;
use crate::base::Message;
use crate::ledger::FormKey;
use crate::service::overview::{FormSummary, in_home_order};

/// The home page.
#[derive(Debug, Default)]
pub struct Home {
    /// The forms the unit owes, in the order of the page.
    pub forms: Vec<FormSummary>,
    /// How many of them are work to do; the others are done or not yet open.
    pub to_do: usize,
    /// The line under the cursor, by its form.
    pub cursor: ListCursor<FormKey>,
    /// False until the store has answered.
    pub loaded: bool,
    /// Forms that cannot be read; the others can.
    pub unreadable: Vec<FormKey>,
    /// Why the forms could not be read.
    pub failed: Option<Message>,
    asked: Option<RequestId>,
}

impl Home {
    fn keys(&self) -> impl Iterator<Item = FormKey> + use<> {
        let keys: Vec<FormKey> = self.forms.iter().map(|form| form.key.clone()).collect();
        keys.into_iter()
    }
}

impl ScreenLike for Home {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Home, Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            let keys = self.keys();
            self.cursor.step(by, keys);
            return Handled::Yes;
        }
        if command == Command::Accept {
            if let Some(key) = self.cursor.item() {
                state.go(Go::Form(key.clone(), None));
            }
            return Handled::Yes;
        }
        Handled::No
    }

    fn refresh(&mut self, state: &mut State) {
        if let Some(unit) = state.home_unit().cloned() {
            self.asked = Some(state.ask(Request::Overview(unit)));
        }
    }

    fn waits_for(&self, id: RequestId) -> bool {
        self.asked == Some(id)
    }

    fn answer(&mut self, state: &mut State, _id: RequestId, result: Result<Reply, Trouble>) {
        self.asked = None;
        match result {
            Ok(Reply::Overview(forms)) => {
                let summaries = forms.read.into_iter().map(|(_, summary)| summary).collect();
                (self.forms, self.to_do) = in_home_order(&state.plan, state.today, summaries);
                self.unreadable = forms.unreadable;
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
