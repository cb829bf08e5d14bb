//! A folder without a store: which unit, who, then the form of the current period.

use crate::app::go_to;
use crate::app::input::command::{Command, Context};
use crate::app::input::list::{edit_line, step_of};
use crate::app::input::text_line::TextLine;
use crate::app::message::Request;
use crate::app::overlays::picker::{Item, Picker};
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::{State, Tone};
use crate::base::Message;
use crate::plan::{Plan, UnitId};
use crate::service::open::NewStore;
use crate::service::permission::role_for;

/// How far the first run is.
#[derive(Debug)]
pub enum FirstRunStep {
    /// Whose figures are typed here?
    Unit,
    /// Who types them?
    Name,
    /// The store is being made.
    Making,
}

/// The first-run page.
#[derive(Debug)]
pub struct FirstRun {
    /// Where in it.
    pub step: FirstRunStep,
    /// All units that owe a form, of all dates.
    pub units: Picker<UnitId>,
    /// The clerk's name.
    pub name: TextLine,
    /// The unit chosen.
    pub unit: Option<UnitId>,
}

impl FirstRun {
    /// Lists the units of all dates with their years (`settled.md` 13); `authority` is what the
    /// office of a unit is called.
    pub fn new(plan: &Plan, authority: &str) -> Self {
        use chrono::Datelike;
        let items = plan
            .units
            .iter()
            .filter(|unit| !plan.periods_of(unit).is_empty())
            .map(|unit| {
                let years = match unit.valid.to {
                    Some(to) => format!("{}–{}", unit.valid.from.year(), to.year()),
                    None => format!("{}–", unit.valid.from.year()),
                };
                let code = unit.code.as_deref().unwrap_or_default();
                let detail = if code.is_empty() {
                    years
                } else {
                    format!("{code}  {years}")
                };
                Item {
                    value: unit.id.clone(),
                    label: unit.name.clone(),
                    detail,
                    also: go_to::other_names(plan, unit, authority),
                }
            })
            .collect();
        Self {
            step: FirstRunStep::Unit,
            units: Picker::new(items),
            name: TextLine::new(60),
            unit: None,
        }
    }

    /// The answers, once they are complete.
    pub fn answers(&self, plan: &Plan) -> Option<NewStore> {
        let unit = self.unit.clone()?;
        let name = crate::base::text::clean(&self.name.text(), 60);
        if name.is_empty() {
            return None;
        }
        let role = role_for(plan, &unit);
        Some(NewStore { unit, name, role })
    }
}

impl ScreenLike for FirstRun {
    fn contexts(&self) -> &'static [Context] {
        &[Context::List, Context::Text]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        match (&self.step, command) {
            (FirstRunStep::Unit, Command::Accept) => {
                if let Some(item) = self.units.chosen() {
                    self.unit = Some(item.value.clone());
                    self.step = FirstRunStep::Name;
                }
            }
            (FirstRunStep::Unit, _) => {
                if let Some(by) = step_of(command) {
                    self.units.step(by);
                } else if edit_line(&mut self.units.filter, command) {
                    self.units.refilter();
                } else {
                    return Handled::No;
                }
            }
            (FirstRunStep::Name, Command::Accept) => match self.answers(&state.plan) {
                Some(answers) => {
                    self.step = FirstRunStep::Making;
                    state.say(Tone::Info, Message::new("first.making"));
                    state.open(Request::Create(answers));
                }
                None => state.say(Tone::Warning, Message::new("first.name_needed")),
            },
            (FirstRunStep::Name | FirstRunStep::Making, Command::Cancel) => {
                self.step = FirstRunStep::Unit;
            }
            (FirstRunStep::Name, _) if edit_line(&mut self.name, command) => {}
            (FirstRunStep::Name | FirstRunStep::Making, _) => return Handled::No,
        }
        Handled::Yes
    }

    fn character(&mut self, _state: &mut State, character: char) {
        match self.step {
            FirstRunStep::Unit => {
                self.units.filter.insert(character);
                self.units.refilter();
            }
            FirstRunStep::Name => self.name.insert(character),
            FirstRunStep::Making => {}
        }
    }

    fn paste(&mut self, _state: &mut State, text: &str) {
        match self.step {
            FirstRunStep::Unit => {
                self.units.filter.insert_str(text);
                self.units.refilter();
            }
            FirstRunStep::Name => self.name.insert_str(text),
            FirstRunStep::Making => {}
        }
    }
}
