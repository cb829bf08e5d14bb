//! What a person means by a unit, a period, a field: ids, or a failure that lists what may have
//! been meant.

use super::args::OneForm;
use super::failure::Failure;
use crate::base::Message;
use crate::plan::{FieldId, LookupError, Period, Plan, Unit};
use crate::service::forms::{self, LoadedForm};
use crate::store::Store;

/// Finds the form that the options name and reads it with its past.
///
/// # Errors
/// Unknown or ambiguous names, a form that the unit does not owe, a store that cannot be read.
pub(crate) fn form<'p>(
    store: &dyn Store,
    plan: &'p Plan,
    names: &OneForm,
) -> Result<LoadedForm<'p>, Failure> {
    let (unit, period) = unit_and_period(plan, names)?;
    Ok(forms::load(store, plan, (unit, period))?)
}

/// Finds the unit and the period that the options name.
///
/// # Errors
/// Unknown or ambiguous names, a form that the unit does not owe.
pub(crate) fn unit_and_period<'p>(
    plan: &'p Plan,
    names: &OneForm,
) -> Result<(&'p Unit, &'p Period), Failure> {
    let period = period(plan, &names.period)?;
    let unit = unit(plan, &names.unit, Some(period))?;
    if !plan.periods_of(unit).iter().any(|p| p.id == period.id) {
        let message = Message::new("cli.error.nothing_owed")
            .with("unit", &unit.name)
            .with("period", period.name_inside());
        return Err(Failure::usage(message));
    }
    Ok((unit, period))
}

/// Finds the unit and the period that optional options name.
///
/// # Errors
/// Unknown or ambiguous names.
pub(crate) fn asked<'p>(
    plan: &'p Plan,
    (unit_name, period_name): (&Option<String>, &Option<String>),
) -> Result<(Option<&'p Unit>, Option<&'p Period>), Failure> {
    let in_force = period_name.as_ref().map(|name| period(plan, name));
    let in_force = in_force.transpose()?;
    let found = unit_name.as_ref().map(|name| unit(plan, name, in_force));
    Ok((found.transpose()?, in_force))
}

/// Finds a period by its name.
///
/// # Errors
/// Unknown, with those that come near.
pub(crate) fn period<'p>(plan: &'p Plan, name: &str) -> Result<&'p Period, Failure> {
    let found = plan.find_period(name).map_err(|lookup| {
        let near = candidates(&lookup, ToString::to_string);
        no_such("cli.error.period", name, &near)
    })?;
    plan.period(&found)
        .ok_or_else(|| no_such("cli.error.period", name, ""))
}

/// Finds a unit by its name, among those in force in the period.
///
/// # Errors
/// Unknown or ambiguous, with those that come near or that bear the name.
pub(crate) fn unit<'p>(
    plan: &'p Plan,
    name: &str,
    in_force: Option<&Period>,
) -> Result<&'p Unit, Failure> {
    let told = |id: &crate::plan::UnitId| match plan.unit(id) {
        Some(unit) => format!("{id} ({})", unit.name.vi),
        None => id.to_string(),
    };
    let found = plan
        .find_unit(name, in_force)
        .map_err(|lookup| match &lookup {
            LookupError::Ambiguous(_) => {
                no_such("cli.error.unit_ambiguous", name, &candidates(&lookup, told))
            }
            LookupError::Unknown { .. } => {
                no_such("cli.error.unit", name, &candidates(&lookup, told))
            }
        })?;
    plan.unit(&found)
        .ok_or_else(|| no_such("cli.error.unit", name, ""))
}

/// Finds a field by its id.
///
/// # Errors
/// Unknown, with those that come near.
pub(crate) fn field(plan: &Plan, name: &str) -> Result<FieldId, Failure> {
    plan.find_field(name).map_err(|lookup| {
        let near = candidates(&lookup, ToString::to_string);
        no_such("cli.error.field", name, &near)
    })
}

fn candidates<Id>(lookup: &LookupError<Id>, say: impl Fn(&Id) -> String) -> String {
    let (LookupError::Unknown { near: ids } | LookupError::Ambiguous(ids)) = lookup;
    ids.iter().map(say).collect::<Vec<_>>().join(", ")
}

/// "No such …", with what comes near where there is something.
fn no_such(key: &'static str, name: &str, near: &str) -> Failure {
    let message = Message::new(key).with("name", name);
    let message = if near.is_empty() {
        message.with("near", "")
    } else {
        message.with("near", Message::new("cli.error.near").with("near", near))
    };
    Failure::usage(message)
}
