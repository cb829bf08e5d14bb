//! `resolve`: a person settles the conflict of a cell, and says why. Code never does.

use clap::Args;

use crate::base::{Message, text};
use crate::cli::args::OneForm;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::ledger::typed;
use crate::service::conflicts::side_named;
use crate::sync::held::conflicts;

/// Arguments of `resolve`.
#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    form: OneForm,
    #[arg(value_name = "FIELD")]
    field: String,
    #[arg(long, value_name = "ID", required_unless_present = "value")]
    take: Option<String>,
    #[arg(long, value_name = "V", conflicts_with = "take")]
    value: Option<String>,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) fn run(settings: &Settings, args: &Resolve, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let mut opened = settings.write()?;
    let plan = opened.plan.clone();
    let found = find::form(&opened.store, &plan, &args.form)?;
    let field = find::field(&plan, &args.field)?;
    let kind = plan.field(&field).map(|f| f.kind);
    let cell = found.key.cell(field.clone());
    let conflict = conflicts::of(&opened.store, &cell)?;
    let (Some(conflict), Some(kind)) = (conflict, kind) else {
        let message = Message::new("cli.error.no_conflict").with("field", field.as_str());
        return Err(Failure::usage(message));
    };
    let content = match (&args.take, &args.value) {
        (Some(id), _) => side_named(&conflict, id).ok_or_else(|| {
            Failure::usage(Message::new("cli.error.no_side").with("id", id.as_str()))
        })?,
        (None, value) => {
            let typed = value.clone().unwrap_or_default();
            let reading = typed::read(&typed, kind);
            if let Some(problem) = &reading.problem {
                let message = Message::new("cli.error.unreadable")
                    .with("field", field.as_str())
                    .with("problem", problem.message(&typed));
                return Err(Failure::new(Exit::Refused, message));
            }
            reading.content
        }
    };
    let reason = text::clean(&args.reason, typed::TEXT_LIMIT);
    if reason.is_empty() {
        let message = Message::new("cli.error.needs_reason").with("field", field.as_str());
        return Err(Failure::usage(message));
    }
    let change = conflict.settled(content, &reason, conflict.heads.references());
    opened.commit(settings, vec![change])?;
    out.say(&Message::new("cli.done.resolved").with("field", field.as_str()))?;
    Ok(Exit::Done)
}
