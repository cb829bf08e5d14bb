//! `init`: a store without screens.

use clap::{Args, ValueEnum};

use crate::base::{Message, text};
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::of_unit;
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::ledger::Role;
use crate::service::open::{NewStore, PlanFile};
use crate::service::permission::role_for;
use crate::store::StoreReader;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[arg(long, value_name = "UNIT")]
    unit: String,
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    #[arg(long, value_name = "ROLE")]
    role: Option<RoleName>,
}

/// A role by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    Clerk,
    Owner,
    Coordinator,
    Viewer,
}

/// Longest name of a person, in characters.
const NAME: usize = 60;

impl RoleName {
    fn role(self) -> Role {
        match self {
            Self::Clerk => Role::Clerk,
            Self::Owner => Role::Owner,
            Self::Coordinator => Role::Coordinator,
            Self::Viewer => Role::Viewer,
        }
    }
}

pub(crate) fn run(settings: &Settings, args: &Init, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let (plan, plan_bytes) = settings.new_plan(out.texts)?;
    let unit = find::unit(&plan, &args.unit, None)
        // A unit that has ended may still have figures to type in.
        .or_else(|failure| find_ended(&plan, &args.unit).ok_or(failure))?
        .id
        .clone();
    let name = text::clean(&args.name, NAME);
    if name.is_empty() {
        return Err(Failure::usage(Message::new("cli.error.no_name")));
    }
    let role = args
        .role
        .map_or_else(|| role_for(&plan, &unit), RoleName::role);
    let new = NewStore {
        unit: unit.clone(),
        name: name.clone(),
        role,
    };
    let file = PlanFile {
        plan: &plan,
        bytes: &plan_bytes,
    };
    let made = settings.create(&new, file)?;
    let label = plan.unit(&unit).map(|u| u.name.clone()).unwrap_or_default();
    out.say(
        &Message::new("cli.done.init")
            .with("dir", settings.dir.display().to_string())
            .with("unit", &label)
            .with("person", name)
            .with("author", made.info()?.author.to_string()),
    )?;
    let key = match args.role {
        Some(_) => "cli.done.init_role_given",
        None => "cli.done.init_role",
    };
    out.say(&Message::new(key).with("role", of_unit::role(role)))?;
    if let Some(ended) = of_unit::not_in_force(&plan, &unit, settings.today(&plan)) {
        out.say(&ended)?;
    }
    Ok(Exit::Done)
}

/// The one unit of any time that bears the name.
fn find_ended<'p>(plan: &'p crate::plan::Plan, name: &str) -> Option<&'p crate::plan::Unit> {
    let mut found: Vec<_> = plan
        .periods
        .iter()
        .filter_map(|period| plan.find_unit(name, Some(period)).ok())
        .collect();
    found.dedup();
    match found.as_slice() {
        [one] => plan.unit(one),
        _ => None,
    }
}
