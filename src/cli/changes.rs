//! What bundles change, for people and programs: the same shapes and lines for an import, its
//! preview and the report that is kept of it.

use serde::Serialize;

use super::failure::Failure;
use super::out::Out;
use super::shapes::{figure_and_text, row};
use crate::base::{Arg, Message};
use crate::ledger::{AuthorId, Content, typed};
use crate::plan::{FieldId, PeriodId, Plan};
use crate::sync::import::plan::{
    BundleOutcome, ConflictChange, Counts, FigureChange, ImportPlan, Suspicion, Timing,
    UnknownAuthor,
};

/// How many of each class.
#[derive(Debug, Serialize)]
pub(crate) struct CountsShape {
    new: u64,
    known: u64,
    waiting: u64,
    conflicts: u64,
    late: u64,
    held: u64,
    refused: u64,
    suspicious: u64,
}

impl CountsShape {
    pub(crate) fn of(counts: &Counts) -> Self {
        Self {
            new: counts.new,
            known: counts.known,
            waiting: counts.waiting,
            conflicts: counts.conflicts,
            late: counts.late,
            held: counts.held,
            refused: counts.refused,
            suspicious: counts.suspicious,
        }
    }
}

/// One figure before and after.
#[derive(Debug, Serialize)]
pub(crate) struct ChangeShape {
    unit: String,
    period: String,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    old: Option<String>,
    new: Option<String>,
    old_state: &'static str,
    new_state: &'static str,
    in_conflict: bool,
    /// Its form had been approved or locked before it came.
    late: bool,
}

impl ChangeShape {
    pub(crate) fn of(change: &FigureChange) -> Self {
        let said = |content| {
            let (value, text) = figure_and_text(content);
            value.or(text)
        };
        Self {
            unit: change.cell.form.unit.to_string(),
            period: change.cell.form.period.to_string(),
            field: change.cell.id.field.to_string(),
            row: row(&change.cell.id),
            old: said(&change.old),
            new: said(&change.new),
            old_state: change.old.state(),
            new_state: change.new.state(),
            in_conflict: change.conflict != ConflictChange::None,
            late: change.timing == Timing::Late,
        }
    }
}

/// A field's sum over all units before and after.
#[derive(Debug, Serialize)]
pub(crate) struct TotalShape {
    period: String,
    field: String,
    before: String,
    after: String,
}

/// Something a person should look at.
#[derive(Debug, Serialize)]
pub(crate) struct SuspicionShape {
    kind: &'static str,
    message: String,
}

/// An author nobody has enrolled.
#[derive(Debug, Serialize)]
pub(crate) struct UnknownAuthorShape {
    author: String,
    digits: String,
    says: Option<String>,
}

impl UnknownAuthorShape {
    pub(crate) fn of(stranger: &UnknownAuthor) -> Self {
        Self {
            author: stranger.author.to_string(),
            digits: stranger.digits.to_string(),
            says: stranger.says.as_ref().map(ToString::to_string),
        }
    }
}

/// The sums over all units that an import changes.
pub(crate) fn totals(planned: &ImportPlan) -> Vec<TotalShape> {
    let totals = planned.totals.iter().map(|total| TotalShape {
        period: total.period.to_string(),
        field: total.field.to_string(),
        before: total.before.to_string(),
        after: total.after.to_string(),
    });
    totals.collect()
}

/// What looks suspicious in an import.
pub(crate) fn suspicions(plan: &Plan, planned: &ImportPlan, out: &Out<'_>) -> Vec<SuspicionShape> {
    let shape = |suspicion: &Suspicion| SuspicionShape {
        kind: match suspicion {
            Suspicion::Clock { .. } => "clock",
            Suspicion::Jump(_) => "jump",
            Suspicion::Copy { .. } => "copy",
            Suspicion::Behind { .. } => "behind",
        },
        message: out.texts.say(&odd(plan, planned, suspicion, out)),
    };
    planned.suspicions.iter().map(shape).collect()
}

/// The name in JSON of what became of a bundle.
pub(crate) fn outcome_name(fate: &BundleOutcome) -> &'static str {
    match fate {
        BundleOutcome::Taken => "taken",
        BundleOutcome::Already { .. } => "already",
        BundleOutcome::Waiting(_) => "waiting",
        BundleOutcome::Quarantined(_) => "quarantined",
        BundleOutcome::Refused(_) => "refused",
    }
}

/// Prints each changed figure, old → new.
///
/// # Errors
/// When nobody can take the answer.
pub(crate) fn say_changes(
    plan: &Plan,
    changes: &[FigureChange],
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    for change in changes {
        let form = &change.cell.form;
        let label = label(plan, &change.cell.id.field, out);
        let (old, new) = (shown(&change.old), shown(&change.new));
        let mark = match change.conflict {
            ConflictChange::None => "",
            ConflictChange::Begins | ConflictChange::Continues => " ⚑",
        };
        let late = match change.timing {
            Timing::InTime => "",
            Timing::Late => out.texts.get("cli.import.late"),
        };
        out.line(&format!(
            "  {} {}  {label}: {old} → {new}{mark}{late}",
            form.unit, form.period
        ))?;
    }
    Ok(())
}

/// The name of a period inside a sentence; its id where the plan does not know it.
fn period_name(plan: &Plan, period: &PeriodId) -> Arg {
    match plan.period(period) {
        Some(period) => period.name_inside().into(),
        None => period.as_str().into(),
    }
}

/// Prints the sums that an import changes, and what looks suspicious in it.
///
/// # Errors
/// When nobody can take the answer.
pub(crate) fn say_effects(
    plan: &Plan,
    planned: &ImportPlan,
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    for total in &planned.totals {
        out.say(
            &Message::new("cli.import.total")
                .with("period", period_name(plan, &total.period))
                .with("field", label(plan, &total.field, out))
                .with("before", total.before)
                .with("after", total.after),
        )?;
    }
    for suspicion in &planned.suspicions {
        let message = odd(plan, planned, suspicion, out);
        out.say(&Message::new("cli.import.suspicion").with("what", message))?;
    }
    Ok(())
}

fn odd(plan: &Plan, planned: &ImportPlan, suspicion: &Suspicion, out: &Out<'_>) -> Message {
    let whom = |author: &AuthorId| {
        let of = planned.bundles.iter().find(|b| b.signer == *author);
        let unit = of.and_then(|bundle| plan.unit(&bundle.from));
        unit.map_or_else(
            || author.to_string(),
            |unit| unit.name.get(out.texts.lang()).to_owned(),
        )
    };
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    match suspicion {
        Suspicion::Clock { author, count } => Message::new("sync.suspicion.clock")
            .with("whom", whom(author))
            .with("count", number(*count)),
        Suspicion::Copy { author, seq } => Message::new("sync.suspicion.copy")
            .with("whom", whom(author))
            .with("seq", number(*seq)),
        Suspicion::Behind { seq, by, .. } => Message::new("sync.suspicion.behind")
            .with("whom", whom(by))
            .with("seq", number(*seq)),
        Suspicion::Jump(cell) => {
            let change = planned.changes.iter().find(|change| change.cell == *cell);
            let (old, new) = change.map_or_else(Default::default, |change| {
                (shown(&change.old), shown(&change.new))
            });
            let field = label(plan, &cell.id.field, out);
            Message::new("sync.suspicion.jump")
                .with(
                    "field",
                    format!("{} {}  {field}", cell.form.unit, cell.form.period),
                )
                .with("old", old)
                .with("new", new)
        }
    }
}

fn label(plan: &Plan, field: &FieldId, out: &Out<'_>) -> String {
    let found = plan.field(field);
    let label = found.map_or(field.as_str(), |f| f.short.get(out.texts.lang()));
    label.to_owned()
}

fn shown(content: &Content) -> String {
    match typed::show(content) {
        empty if empty.is_empty() => "·".to_owned(),
        shown => shown,
    }
}
