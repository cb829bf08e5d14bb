//! `return`, `approve`, `lock`, `reopen`: what the district does with a form handed in.

use crate::base::{Message, text};
use crate::cli::args;
use crate::cli::failure::{Exit, Failure, MOVED};
use crate::cli::find::{self, Found};
use crate::cli::out::Out;
use crate::cli::site::{Desk, Site};
use crate::ledger::typed::TEXT_LIMIT;
use crate::ledger::{Body, Origin, Subject};
use crate::plan::UnitId;
use crate::store::{Change, Seen};
use crate::sync::import;
use crate::ui::words;

/// How often a step is tried: another session's figure, on whatever form, moves the store under an
/// approval, which must state all that is in it. Each time the form is read again.
const TRIES: usize = 5;

/// Which step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Sent back, with a reason.
    Return,
    /// Approved by the owners of its measures.
    Approve,
    /// Closed.
    Lock,
    /// Opened again, with a reason.
    Reopen,
}

impl Step {
    /// The step of the kind's own words in the log.
    fn done(self) -> &'static str {
        match self {
            Self::Return => "cli.done.returned",
            Self::Approve => "cli.done.approved",
            Self::Lock => "cli.done.locked",
            Self::Reopen => "cli.done.reopened",
        }
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
    let plan = desk.plan.clone();
    let reason = text::clean(reason, TEXT_LIMIT);
    let mut tries = TRIES;
    let found = loop {
        let found = find::form(&desk.store, &plan, form)?;
        let changes = changes(site, &desk, step, &found, &reason)?;
        match desk.commit(site, Origin::Set, changes) {
            Ok(_) => break found,
            Err(failure) if failure.message == Message::new(MOVED) && tries > 1 => tries -= 1,
            Err(failure) => return Err(failure),
        }
    };
    out.say(
        &Message::new(step.done())
            .with("unit", &found.unit.name)
            .with("period", words::period(found.period)),
    )?;
    Ok(Exit::Done)
}

fn changes(
    site: &Site,
    desk: &Desk,
    step: Step,
    found: &Found<'_>,
    reason: &str,
) -> Result<Vec<Change>, Failure> {
    Ok(match step {
        Step::Return => vec![on_form(found, Body::Return, reason)],
        Step::Reopen => vec![on_form(found, Body::Reopen, reason)],
        Step::Lock => {
            let (content, frontier) = seen(desk, found)?;
            vec![on_form(found, Body::Lock { content, frontier }, reason)]
        }
        Step::Approve => approvals(site, desk, found)?,
    })
}

fn on_form(found: &Found<'_>, body: Body, reason: &str) -> Change {
    Change {
        subject: Subject::Form(found.key.clone()),
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    }
}

/// The content as it stands, and how far each log has been seen.
fn seen(
    desk: &Desk,
    found: &Found<'_>,
) -> Result<(crate::ledger::Hash, crate::ledger::entry::Frontier), Failure> {
    Ok((super::show::hash(found), import::frontier(&desk.store)?))
}

/// One approval for each owner of a measure fed by the form that the person may speak for.
fn approvals(site: &Site, desk: &Desk, found: &Found<'_>) -> Result<Vec<Change>, Failure> {
    let person = crate::store::Store::actors(&desk.store)?
        .into_iter()
        .find(|actor| actor.id == site.actor);
    let speaks = |owner: &UnitId| {
        person.as_ref().is_some_and(|person| {
            person.role == crate::ledger::Role::Coordinator || person.units.contains(owner)
        })
    };
    let owners = crate::figures::owners_on(found.plan, found.unit, found.period);
    let owners: Vec<UnitId> = owners.into_keys().filter(speaks).collect();
    if owners.is_empty() {
        let message = Message::new("cli.error.not_permitted").with("actor", site.actor.as_str());
        return Err(Failure::new(Exit::NotPermitted, message));
    }
    let (content, frontier) = seen(desk, found)?;
    Ok(owners
        .into_iter()
        .map(|owner| Change {
            subject: Subject::Approval(found.key.clone(), owner),
            body: Body::Approve {
                content,
                frontier: frontier.clone(),
            },
            reason: String::new(),
            seen: Seen::Current,
        })
        .collect())
}
