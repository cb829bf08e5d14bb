//! The home page: what is due, what is incomplete, what came back; then what is done.

use crate::app::input::command::{Command, Context};
use crate::app::input::list::{ListCursor, step_of};
use crate::app::message::{Reply, Request, RequestId, Trouble};
use crate::app::navigation::Go;
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::State;
use crate::base::Message;
use crate::ledger::FormKey;
use crate::plan::PeriodId;
use crate::service::overview::{FormSummary, HomeForms, in_home_order};

/// The home page.
#[derive(Debug, Default)]
pub struct Home {
    /// The forms the unit owes, in the order of the page.
    pub forms: HomeForms,
    /// Whether the forms of long ago are listed one by one.
    pub old: Old,
    /// The line under the cursor.
    pub cursor: ListCursor<HomeItem>,
    /// False until the store has answered.
    pub loaded: bool,
    /// Forms that cannot be read; the others can.
    pub unreadable: Vec<FormKey>,
    /// Why the forms could not be read.
    pub failed: Option<Message>,
    asked: Option<RequestId>,
}

/// A line of the home page that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HomeItem {
    /// A form.
    Form(FormKey),
    /// The line that stands for the forms of long ago, folded or not.
    Old,
}

/// Whether the forms of long ago are listed one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Old {
    /// One line stands for all of them.
    #[default]
    Folded,
    /// They are listed below that line.
    Listed,
}

impl Home {
    /// The lines that can be chosen, from top to bottom.
    pub fn items(&self) -> Vec<HomeItem> {
        let form = |form: &FormSummary| HomeItem::Form(form.key.clone());
        let mut items: Vec<HomeItem> = self.forms.to_do.iter().map(form).collect();
        if !self.forms.old.is_empty() {
            items.push(HomeItem::Old);
            if self.old == Old::Listed {
                items.extend(self.forms.old.iter().map(form));
            }
        }
        items.extend(self.forms.done.iter().map(form));
        items
    }

    /// The form under the cursor.
    pub fn form_under_cursor(&self) -> Option<&FormSummary> {
        let Some(HomeItem::Form(key)) = self.cursor.item() else {
            return None;
        };
        let forms = &self.forms;
        let mut all = forms.to_do.iter().chain(&forms.old).chain(&forms.done);
        all.find(|form| form.key == *key)
    }

    /// At first the cursor stands on the form of the present period: that is the work of the day,
    /// whatever else is overdue above it.
    fn start_at(&mut self, current: Option<&PeriodId>) {
        let items = self.items();
        let of_today = |item: &HomeItem| match item {
            HomeItem::Form(key) => Some(&key.period) == current,
            HomeItem::Old => false,
        };
        if self.cursor.item().is_none()
            && let Some(at) = items.iter().position(of_today)
            && let Some(item) = items.get(at).cloned()
        {
            self.cursor.select(at, item);
        }
        self.cursor.settle(items.into_iter());
    }
}

impl ScreenLike for Home {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Home, Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            let items = self.items().into_iter();
            self.cursor.step(by, items);
            return Handled::Yes;
        }
        if command == Command::Accept {
            match self.cursor.item() {
                Some(HomeItem::Form(key)) => state.go(Go::Form(key.clone(), None)),
                Some(HomeItem::Old) => {
                    self.old = match self.old {
                        Old::Folded => Old::Listed,
                        Old::Listed => Old::Folded,
                    };
                }
                None => {}
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
                let unit = state.home_unit().and_then(|id| state.plan.unit(id));
                let current = unit.and_then(|unit| state.plan.current_period(unit, state.today));
                let current = current.map(|current| current.period.id.clone());
                self.forms = in_home_order(&state.plan, state.today, current.as_ref(), summaries);
                self.unreadable = forms.unreadable;
                self.failed = None;
                self.loaded = true;
                self.start_at(current.as_ref());
            }
            Ok(_) => {}
            Err(trouble) => self.failed = Some(trouble.message),
        }
    }

    fn awaits(&self, _state: &State) -> bool {
        !self.loaded && self.failed.is_none()
    }
}
