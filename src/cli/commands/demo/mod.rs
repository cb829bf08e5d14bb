//! `demo`: a new store filled with invented figures of all units and years, marked as invented.

mod figures;

use chrono::NaiveDate;
use clap::Args;

use crate::base::Message;
use crate::check::PastForms;
use crate::cli::environment;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::ledger::{ActionId, ActorId, Body, Form, FormKey, Origin, Role, Subject};
use crate::plan::{FieldId, Period, Plan, Unit};
use crate::service::forms::{LoadedForm, key_of};
use crate::service::open::{NewStore, PlanFile};
use crate::service::workflow::submission;
use crate::store::StoreReader;
use crate::store::{Action, Change, RedbStore, Seen, Store};
use figures::Sizes;

/// Arguments of `demo`: none.
#[derive(Debug, Args)]
pub(crate) struct Demo {}

/// Of so many units, one is late with its present form.
const LATE: i64 = 5;

pub(crate) fn run(settings: &Settings, _: &Demo, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let (plan, plan_bytes) = settings.new_plan(out.texts)?;
    let new = NewStore {
        unit: plan.coordinator.clone(),
        name: out.texts.get("cli.demo.coordinator").to_owned(),
        role: Role::Coordinator,
    };
    let plan_file = PlanFile {
        plan: &plan,
        bytes: &plan_bytes,
    };
    let mut store = settings.create(&new, plan_file)?;
    let (sizes, today) = (Sizes::shipped(), settings.today(&plan));
    let (mut forms, mut cells) = (0, 0);
    for unit in &plan.units {
        let begun = plan.periods_of(unit).into_iter();
        let begun: Vec<&Period> = begun.filter(|p| p.from <= today).collect();
        if begun.is_empty() {
            continue;
        }
        let person = person(&mut store, settings, unit, out)?;
        let mut actions = Vec::new();
        for period in begun {
            let mut fill = Fill {
                plan: &plan,
                today,
                unit,
                period,
                person: &person,
                source: out.texts.get("cli.demo.source"),
            };
            let made = fill.actions(&sizes);
            forms += usize::from(!made.is_empty());
            cells += made.first().map_or(0, |action| action.changes.len());
            actions.extend(made);
        }
        for outcome in store.commit_all(&actions)? {
            outcome?;
        }
    }
    out.say(
        &Message::new("cli.done.demo")
            .with("dir", settings.dir.display().to_string())
            .with("forms", forms)
            .with("cells", cells),
    )?;
    Ok(Exit::Done)
}

/// Lets a unit's invented person in; the coordinator is there already.
fn person(
    store: &mut RedbStore,
    settings: &Settings,
    unit: &Unit,
    out: &Out<'_>,
) -> Result<ActorId, Failure> {
    if store.info()?.unit == unit.id {
        return Ok(settings.actor.clone());
    }
    let id = ActorId::fold(&unit.id.as_str().to_lowercase());
    let name = Message::new("cli.demo.person").with("unit", &unit.name);
    let change = Change {
        subject: Subject::Actor(id.clone()),
        body: Body::Actor {
            name: out.texts.say(&name),
            role: Role::Clerk,
            units: vec![unit.id.clone()],
            disabled: false,
        },
        reason: String::new(),
        seen: Seen::Current,
    };
    store.commit(&action(&settings.actor, vec![change]))?;
    Ok(id)
}

fn action(actor: &ActorId, changes: Vec<Change>) -> Action {
    Action {
        id: ActionId(environment::action_bytes()),
        actor: actor.clone(),
        origin: Origin::Demo,
        wall: environment::now(),
        changes,
    }
}

/// One form to be filled.
struct Fill<'a> {
    plan: &'a Plan,
    /// The day it is.
    today: NaiveDate,
    unit: &'a Unit,
    period: &'a Period,
    person: &'a ActorId,
    /// The source that invented published values name.
    source: &'a str,
}

impl Fill<'_> {
    /// The figures, then handing them in where the period is over and the unit is in time.
    fn actions(&mut self, sizes: &Sizes) -> Vec<Action> {
        let key = key_of(self.unit, self.period);
        let open = self.period.due >= self.today;
        let late = figures::pick(
            &["late", self.unit.id.as_str(), self.period.id.as_str()],
            LATE,
        );
        let invented = figures::form(self.plan, self.unit, self.period, sizes);
        let figures = &invented.cells;
        // In a period that is still open some have begun, some have not, some are done.
        let take = match (open, late) {
            (false, _) | (true, 1 | 2) => figures.len(),
            (true, 0) => 0,
            (true, _) => figures.len() * 2 / 3,
        };
        let changes: Vec<Change> = self
            .plan
            .form_fields(self.unit, self.period)
            .into_iter()
            .filter_map(|field| Some((&field.id, figures.get(&field.id)?)))
            .take(take)
            .flat_map(|(field, content)| {
                let noted = invented.noted.contains(field);
                let body = Body::SetValue(content.clone());
                let note = noted.then(|| Body::Note(self.source.to_owned()));
                std::iter::once(Self::change(&key, field, body))
                    .chain(note.map(|body| Self::change(&key, field, body)))
            })
            .collect();
        if changes.is_empty() {
            return Vec::new();
        }
        let submit = take == figures.len() && (late != 3 || !open);
        let handed_in = submit.then(|| self.submission(&key, &changes)).flatten();
        let mut actions = vec![action(self.person, changes)];
        actions.extend(handed_in.map(|change| action(self.person, vec![change])));
        actions
    }

    /// A figure in a cell, or a note on it.
    fn change(key: &FormKey, field: &FieldId, body: Body) -> Change {
        let cell = key.cell(field.clone());
        let subject = match body {
            Body::Note(_) => Subject::Note(cell),
            _ => Subject::Cell(cell),
        };
        Change {
            subject,
            body,
            reason: String::new(),
            seen: Seen::Current,
        }
    }

    /// Handing in the form as it will stand; `None` while a hard finding is in the way.
    fn submission(&self, key: &FormKey, changes: &[Change]) -> Option<Change> {
        let laid = changes
            .iter()
            .map(|change| change.provisional(Origin::Demo));
        let loaded = LoadedForm {
            plan: self.plan,
            unit: self.unit,
            period: self.period,
            key: key.clone(),
            form: Form::default().with(laid),
            past: PastForms::default(),
        };
        submission(&loaded).1
    }
}
