//! `return`, `approve`, `lock`, `reopen`: what the district does with a form handed in.

use clap::Args;

use crate::base::{Message, text};
use crate::cli::args::OneForm;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::ledger::typed::TEXT_LIMIT;
use crate::ledger::{Body, Recorded, Subject};
use crate::plan::Plan;
use crate::service::forms::key_of;
use crate::service::workflow::{Step, take_step};

/// What is said when the step was taken.
fn done(step: Step) -> &'static str {
    match step {
        Step::Return => "cli.done.returned",
        Step::Approve => "cli.done.approved",
        Step::Lock => "cli.done.locked",
        Step::Reopen => "cli.done.reopened",
    }
}

/// Arguments of `return`.
#[derive(Debug, Args)]
pub(crate) struct Return {
    #[command(flatten)]
    form: OneForm,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Arguments of `approve`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    form: OneForm,
}

/// Arguments of `lock`.
#[derive(Debug, Args)]
pub(crate) struct Lock {
    #[command(flatten)]
    form: OneForm,
}

/// Arguments of `reopen`.
#[derive(Debug, Args)]
pub(crate) struct Reopen {
    #[command(flatten)]
    form: OneForm,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) fn return_form(
    settings: &Settings,
    args: &Return,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    run(settings, &args.form, (Step::Return, &args.reason), out)
}

pub(crate) fn approve(
    settings: &Settings,
    args: &Approve,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    run(settings, &args.form, (Step::Approve, ""), out)
}

pub(crate) fn lock(settings: &Settings, args: &Lock, out: &mut Out<'_>) -> Result<Exit, Failure> {
    run(settings, &args.form, (Step::Lock, ""), out)
}

pub(crate) fn reopen(
    settings: &Settings,
    args: &Reopen,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    run(settings, &args.form, (Step::Reopen, &args.reason), out)
}

fn run(
    settings: &Settings,
    form: &OneForm,
    (step, reason): (Step, &str),
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let mut opened = settings.write()?;
    opened.remark_on_clock(out)?;
    let (unit, period) = find::unit_and_period(&opened.plan, form)?;
    let key = key_of(unit, period);
    let reason = text::clean(reason, TEXT_LIMIT);
    let caller = settings.caller(&opened.plan);
    let written = take_step(&mut opened.store, &caller, &key, (step, &reason))?;
    out.say(
        &Message::new(done(step))
            .with("unit", &unit.name)
            .with("period", period.name()),
    )?;
    for recorded in &written {
        vouched_for(&opened.plan, recorded, out)?;
    }
    Ok(Exit::Done)
}

/// The first digits of what was approved or locked: of each owner its part, of a lock the whole.
fn vouched_for(plan: &Plan, recorded: &Recorded, out: &mut Out<'_>) -> Result<(), Failure> {
    let message = match (&recorded.entry.subject, &recorded.entry.body) {
        (Subject::Approval(_, owner), Body::Approve { part, .. }) => {
            let name = plan.unit(owner).map(|unit| unit.name.clone());
            let message = Message::new("cli.done.approved_part").with("hash", part.first_digits());
            match name {
                Some(name) => message.with("owner", &name),
                None => message.with("owner", owner.as_str()),
            }
        }
        (_, Body::Lock { content, .. }) => {
            Message::new("cli.show.hash").with("hash", content.whole().first_digits())
        }
        _ => return Ok(()),
    };
    out.say(&message)
}
