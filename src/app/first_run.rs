//! A folder without a store: which unit, who, then the form of the current period.

use super::line::Line;
use super::picker::{Item, Picker};
use crate::plan::{Plan, UnitId};
use crate::service::open::NewStore;
use crate::service::permission::role_for;

/// The steps of the first run.
#[derive(Debug)]
pub enum Step {
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
    pub step: Step,
    /// All units that owe a form, of all dates.
    pub units: Picker<UnitId>,
    /// The clerk's name.
    pub name: Line,
    /// The unit chosen.
    pub unit: Option<UnitId>,
}

impl FirstRun {
    /// Lists the units of all dates with their years (`settled.md` 13).
    pub fn new(plan: &Plan) -> Self {
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
                }
            })
            .collect();
        Self {
            step: Step::Unit,
            units: Picker::new(items),
            name: Line::new(60),
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
