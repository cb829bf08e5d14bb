//! `return`, `approve`, `lock`, `reopen`: what the district does with a form handed in.

use crate::base::{Message, text};
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::site::Site;
use crate::ledger::typed::TEXT_LIMIT;
use crate::service::forms::key_of;
use crate::service::workflow::{Step, take_step};
use crate::ui::words;

/// What is said when the step was taken.
fn done(step: Step) -> &'static str {
    match step {
        Step::Return => "cli.done.returned",
        Step::Approve => "cli.done.approved",
        Step::Lock => "cli.done.locked",
        Step::Reopen => "cli.done.reopened",
    }
}

pub(crate) fn run(
    site: &Site,
    step: Step,
    form: &args::OneForm,
    reason: &str,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let mut desk = site.write()?;
    let (unit, period) = find::unit_and_period(&desk.plan, form)?;
    let key = key_of(unit, period);
    let reason = text::clean(reason, TEXT_LIMIT);
    let caller = site.caller(&desk.plan);
    take_step(&mut desk.store, &caller, &key, (step, &reason))?;
    out.say(
        &Message::new(done(step))
            .with("unit", &unit.name)
            .with("period", words::period(period)),
    )?;
    Ok(Exit::Done)
}
