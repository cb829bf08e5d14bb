//! What is said of bundles, line by line: where one comes from, how it stands, what it waits for,
//! whose key nobody has compared.

use super::failure::Failure;
use super::out::Out;
use crate::base::Message;
use crate::ledger::Hash;
use crate::plan::{Plan, UnitId};
use crate::sync::held::status::{HeldStatus, Imported};
use crate::sync::import::plan::{BundleOutcome, Counts, Gap, UnknownAuthor};

/// Says what would become of a kept bundle now.
pub(crate) fn state(one: &HeldStatus) -> Message {
    match &one.outcome {
        // Since it was put there its signer was enrolled, or what it missed has come.
        Some(BundleOutcome::Taken | BundleOutcome::Already { .. }) => {
            Message::new("cli.bundles.ready")
        }
        Some(outcome) => outcome.message(),
        None => Message::new("cli.bundles.unread"),
    }
}

/// Says what an import brought, from whom, when, and who imported it.
pub(crate) fn imported_line(plan: &Plan, one: &Imported, out: &Out<'_>) -> Message {
    Message::new("cli.bundles.imported")
        .with("id", short(&one.root))
        .with("from", unit_name(plan, one.from.as_ref(), out))
        .with("day", day(plan, one.wall))
        .with("by", one.by.as_str())
        .with("counts", counts(&one.counts(), out))
}

/// Prints a kept bundle: since when it is kept, from whom it is, and what it waits for.
///
/// # Errors
/// When nobody can take the answer.
pub(crate) fn say_held(plan: &Plan, one: &HeldStatus, out: &mut Out<'_>) -> Result<(), Failure> {
    let from = one.header.as_ref().map(|header| &header.from);
    let id = short(&one.bundle.root);
    out.say(
        &Message::new("cli.bundles.held")
            .with("id", id.as_str())
            .with("from", unit_name(plan, from, out))
            .with("day", day(plan, one.bundle.wall))
            .with("state", state(one)),
    )?;
    if let Some(BundleOutcome::Waiting(gaps)) = &one.outcome {
        say_gaps(gaps, out)?;
    }
    say_unknown_authors(plan, (Some(&id), &one.unknown_authors), out)
}

/// Lists how many entries fell into each class, leaving empty classes out.
pub(crate) fn counts(counts: &Counts, out: &Out<'_>) -> String {
    let some = counts.all().into_iter().filter(|(_, count)| *count > 0);
    let said: Vec<String> = some
        .map(|(key, count)| format!("{} {count}", out.texts.get(key)))
        .collect();
    if said.is_empty() {
        out.texts.get("cli.import.no_counts").to_owned()
    } else {
        said.join(", ")
    }
}

/// The day of a moment in the plan's time zone.
pub(crate) fn day(plan: &Plan, millis: u64) -> chrono::NaiveDate {
    plan.day(millis).unwrap_or_default()
}

/// Prints which entries a bundle misses, and whose they are.
///
/// # Errors
/// When nobody can take the answer.
pub(crate) fn say_gaps(gaps: &[Gap], out: &mut Out<'_>) -> Result<(), Failure> {
    for gap in gaps {
        let whom = match gap.name.as_str() {
            "" => gap.author.to_string(),
            name => name.to_owned(),
        };
        out.say(
            &Message::new(gap.key())
                .with("whom", whom)
                .with("have", number(gap.have))
                .with("needs", number(gap.needs)),
        )?;
    }
    Ok(())
}

/// The name of a unit; its id where the plan does not know it.
pub(crate) fn unit_name(plan: &Plan, unit: Option<&UnitId>, out: &Out<'_>) -> String {
    match unit.map(|unit| (unit, plan.unit(unit))) {
        Some((_, Some(unit))) => unit.name.get(out.texts.lang()).to_owned(),
        Some((unit, None)) => unit.to_string(),
        None => "?".to_owned(),
    }
}

/// The first hex digits of a bundle's name, enough for people.
pub(crate) fn short(root: &Hash) -> String {
    root.to_string().chars().take(12).collect()
}

/// Prints the digits to compare for each unknown author, and what to do then; `id` names the bundle where
/// the store keeps it.
///
/// # Errors
/// When nobody can take the answer.
pub(crate) fn say_unknown_authors(
    plan: &Plan,
    (id, strangers): (Option<&str>, &[UnknownAuthor]),
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    for stranger in strangers {
        let digits = stranger.digits.to_string();
        // Only the signer says who it is and can be enrolled by its bundle; whoever else stands
        // in it is just a key.
        let message = match (&stranger.says, id) {
            (None, _) => {
                Message::new("cli.bundles.relayed").with("author", stranger.author.to_string())
            }
            (Some(_), Some(id)) => Message::new("cli.bundles.digits").with("id", id),
            (Some(_), None) => Message::new("cli.bundles.digits_dry"),
        };
        let unit = unit_name(plan, stranger.says.as_ref(), out);
        out.say(&message.with("unit", unit).with("digits", digits))?;
    }
    Ok(())
}

/// A count as it stands in messages.
pub(crate) fn number(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
