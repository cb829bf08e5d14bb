//! `check`: all findings, of a form, a unit, a period or the whole store.

use clap::Args;
use serde::Serialize;

use crate::base::Message;
use crate::check;
use crate::cli::args::AnswerFormat;
use crate::cli::damage::{DamagedForm, DamagedForms};
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::{OpenStore, Settings};
use crate::cli::shapes::PlacedFinding;
use crate::ledger::FormKey;
use crate::plan::Severity;
use crate::service::forms;
use crate::store::StoreReader;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    #[command(flatten)]
    format: AnswerFormat,
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    findings: Vec<PlacedFinding>,
    damaged: Vec<DamagedForm>,
}

pub(crate) fn run(settings: &Settings, args: &Check, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let opened = settings.read()?;
    let (mut found, mut damaged) = (Vec::new(), DamagedForms::default());
    let (mut hard, mut soft) = (0_usize, 0_usize);
    for key in wanted(&opened, args)? {
        let (Some(unit), Some(period)) =
            (opened.plan.unit(&key.unit), opened.plan.period(&key.period))
        else {
            continue;
        };
        let loaded = forms::load(&opened.store, &opened.plan, (unit, period));
        let Some(loaded) = damaged.pass(loaded, (unit, period), out)? else {
            continue;
        };
        let findings = check::findings(&loaded.context());
        let open = |wanted| {
            let open = findings.iter().filter(|f| f.overridden.is_none());
            open.filter(|f| f.severity == wanted).count()
        };
        hard += open(Severity::Hard);
        soft += open(Severity::Soft);
        if !args.format.json && !findings.is_empty() {
            out.say(
                &Message::new("cli.check.form")
                    .with("unit", &unit.name)
                    .with("period", period.name()),
            )?;
        }
        for finding in &findings {
            if !args.format.json {
                let key = match (finding.severity, &finding.overridden) {
                    (Severity::Hard, _) => "cli.finding.hard",
                    (Severity::Soft, None) => "cli.finding.soft",
                    (Severity::Soft, Some(_)) => "cli.finding.confirmed",
                };
                let line = Message::new(key)
                    .with("field", finding.cell.field.as_str())
                    .with("message", finding.message.clone());
                out.say(&line)?;
            }
            found.push(PlacedFinding::of(&loaded.key, finding, out.texts));
        }
    }
    let exit = damaged.exit(if hard > 0 {
        Exit::NeedsPerson
    } else {
        Exit::Done
    });
    if args.format.json {
        out.json(&Answer {
            schema: "nhaplieu.check/1",
            findings: found,
            damaged: damaged.0,
        })?;
    } else {
        let sum = Message::new("cli.check.sum")
            .with("hard", hard)
            .with("soft", soft);
        out.say(&sum)?;
    }
    Ok(exit)
}

/// The forms asked about, of those that have entries.
fn wanted(opened: &OpenStore, args: &Check) -> Result<Vec<FormKey>, Failure> {
    let (unit, period) = find::asked(&opened.plan, (&args.unit, &args.period))?;
    let mut keys = opened.store.form_keys()?;
    keys.retain(|key| {
        unit.is_none_or(|unit| unit.id == key.unit)
            && period.is_none_or(|period| period.id == key.period)
    });
    Ok(keys)
}
