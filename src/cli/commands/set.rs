//! `set`: the same write path as a typed cell, all or nothing.

use clap::Args;

use std::collections::BTreeSet;

use crate::base::{Message, text};
use crate::check;
use crate::cli::args::OneForm;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::ledger::typed;
use crate::plan::{FieldId, Severity};
use crate::service::edit::{self, EditError, Unreadable};
use crate::service::forms::LoadedForm;
use crate::store::{Change, Seen};

/// Arguments of `set`.
#[derive(Debug, Args)]
pub(crate) struct Set {
    #[command(flatten)]
    form: OneForm,
    #[arg(value_name = "FIELD=VALUE", required_unless_present = "note")]
    cells: Vec<String>,
    #[arg(long, value_name = "FIELD=TEXT")]
    note: Vec<String>,
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[arg(long)]
    keep_invalid: bool,
}

pub(crate) fn run(settings: &Settings, args: &Set, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let mut opened = settings.write()?;
    opened.remark_on_clock(out)?;
    let plan = opened.plan.clone();
    let found = find::form(&opened.store, &plan, &args.form)?;
    let changes = changes(&found, args)?;
    if changes.is_empty() {
        out.say(&Message::new("cli.done.set_nothing"))?;
    } else {
        let count = changes.len();
        opened.commit(settings, changes)?;
        out.say(&Message::new("cli.done.set").with("count", count))?;
    }
    let now = find::form(&opened.store, &plan, &args.form)?;
    let touched: BTreeSet<FieldId> = pairs(&args.cells)?
        .into_iter()
        .map(|(f, _)| FieldId::new(&f))
        .collect();
    Ok(report(&now, &touched, out))
}

/// Says what is wrong or unusual at the cells that were set.
fn report(found: &LoadedForm<'_>, touched: &BTreeSet<FieldId>, out: &mut Out<'_>) -> Exit {
    let findings = check::findings(&found.context());
    let concerned = findings.iter().filter(|finding| {
        touched.contains(&finding.cell.field)
            || finding.also.iter().any(|c| touched.contains(&c.field))
    });
    let mut hard = false;
    for finding in concerned {
        hard |= finding.severity == Severity::Hard;
        let key = match finding.severity {
            Severity::Hard => "cli.finding.hard",
            Severity::Soft if finding.overridden.is_some() => continue,
            Severity::Soft => "cli.finding.soft",
        };
        out.aside(
            &Message::new(key)
                .with("field", finding.cell.field.as_str())
                .with("message", finding.message.clone()),
        );
    }
    if hard { Exit::NeedsPerson } else { Exit::Done }
}

/// All changes, cells and notes, or the first reason why not.
fn changes(found: &LoadedForm<'_>, args: &Set) -> Result<Vec<Change>, Failure> {
    let mut inputs = Vec::new();
    for (name, value) in pairs(&args.cells)? {
        inputs.push((find::field(found.plan, &name)?, value));
    }
    let unreadable = if args.keep_invalid {
        Unreadable::Keep
    } else {
        Unreadable::Refuse
    };
    let reason = text::clean(&args.reason, typed::TEXT_LIMIT);
    let mut changes = edit::set_cells(
        found.plan,
        &found.form,
        &found.key,
        &inputs,
        (unreadable, &reason),
    )
    .map_err(|error| refused(&error))?;
    for (name, words) in pairs(&args.note)? {
        let field = find::field(found.plan, &name)?;
        let cell = found.key.cell(field);
        if found.form.note(&cell.id.field) != text::clean(&words, typed::TEXT_LIMIT) {
            changes.push(edit::set_note(cell, &words, Seen::Current));
        }
    }
    Ok(changes)
}

/// `FIELD=VALUE` words as pairs, each field once.
fn pairs(words: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for word in words {
        let (field, value) = word.split_once('=').ok_or_else(|| {
            Failure::usage(Message::new("cli.error.no_equals").with("word", word.as_str()))
        })?;
        if pairs.iter().any(|(had, _)| had == field) {
            let message = Message::new("cli.error.twice").with("field", field);
            return Err(Failure::usage(message));
        }
        pairs.push((field.to_owned(), value.to_owned()));
    }
    Ok(pairs)
}

fn refused(error: &EditError) -> Failure {
    match error {
        EditError::NotOnForm(field) => {
            Failure::usage(Message::new("cli.error.not_on_form").with("field", field.as_str()))
        }
        EditError::Unreadable {
            field,
            typed,
            problem,
        } => Failure::new(
            Exit::Refused,
            Message::new("cli.error.unreadable")
                .with("field", field.as_str())
                .with("problem", problem.message(typed)),
        ),
        EditError::NeedsReason(field) => Failure::new(
            Exit::Refused,
            Message::new("cli.error.needs_reason").with("field", field.as_str()),
        ),
    }
}
