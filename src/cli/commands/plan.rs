//! `plan show`: the catalogue in force. `plan check`: a catalogue file judged, with line numbers.

use clap::{Args, Subcommand};

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::base::Message;
use crate::cli::args::{AnswerFormat, FileArg};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::{self, Settings};
use crate::cli::shapes::period_kind;
use crate::plan::{self, Collector, FieldType, Formula, Measure, Plan, ProblemSeverity, RollUp};
use crate::service::open;
use crate::store::{self, StoreError};

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(subcommand)]
    command: PlanCommand,
}

/// Commands below `plan`.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    Show(AnswerFormat),
    Check(FileArg),
}

pub(crate) fn run(
    settings: &Settings,
    args: &PlanArgs,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    match &args.command {
        PlanCommand::Show(format) => show(settings, format, out),
        PlanCommand::Check(file) => check(&file.file, out),
    }
}

fn check(file: &Path, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let problems = plan::check(&settings::read_file(file)?);
    let name = file.display().to_string();
    let mut errors = 0;
    for problem in &problems {
        let key = match problem.severity {
            ProblemSeverity::Error => "cli.plan.error",
            ProblemSeverity::Warning => "cli.plan.warning",
        };
        errors += usize::from(problem.severity == ProblemSeverity::Error);
        let line = Message::new(key)
            .with("file", name.as_str())
            .with("line", problem.line.to_string())
            .with("column", problem.column.to_string())
            .with("message", problem.message.clone());
        out.say(&line)?;
    }
    let key = if errors > 0 {
        "cli.plan.refused"
    } else {
        "cli.plan.good"
    };
    out.say(
        &Message::new(key)
            .with("file", name.as_str())
            .with("errors", errors)
            .with("warnings", problems.len() - errors),
    )?;
    Ok(if errors > 0 {
        Exit::Refused
    } else {
        Exit::Done
    })
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    plan: Head,
    units: Vec<UnitLine>,
    fields: Vec<FieldLine>,
    measures: Vec<MeasureLine>,
    periods: Vec<PeriodLine>,
}

#[derive(Serialize)]
struct Head {
    id: String,
    version: u32,
    title: String,
    hash: String,
    utc_offset: String,
}

#[derive(Serialize)]
struct UnitLine {
    id: String,
    code: Option<String>,
    name: String,
    kind: String,
    valid_from: String,
    valid_to: Option<String>,
}

#[derive(Serialize)]
struct FieldLine {
    id: String,
    objective: u8,
    label: String,
    #[serde(rename = "type")]
    kind: String,
    unit: String,
    collected_by: Vec<String>,
    periods: Vec<&'static str>,
}

#[derive(Serialize)]
struct MeasureLine {
    id: String,
    indicator: String,
    label: String,
    numerator: String,
    denominator: String,
    scale: u32,
    op: &'static str,
    target: String,
    owner: Option<String>,
    roll_up: &'static str,
}

#[derive(Serialize)]
struct PeriodLine {
    id: String,
    kind: &'static str,
    from: String,
    to: String,
    cut_off: String,
    due: String,
}

fn show(settings: &Settings, format: &AnswerFormat, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let plan = in_force(settings, out)?;
    let lang = out.texts.lang();
    if format.json {
        out.json(&answered(settings, &plan, lang))?;
        return Ok(Exit::Done);
    }
    out.line(plan.title.get(lang))?;
    out.say(
        &Message::new("cli.plan.head")
            .with("id", plan.id.as_str())
            .with("version", plan.version.to_string())
            .with("units", plan.units.len())
            .with("fields", plan.fields.len())
            .with("measures", plan.measures.len())
            .with("periods", plan.periods.len()),
    )?;
    for unit in &plan.units {
        let code = unit.code.as_deref().unwrap_or("-");
        let to = unit.valid.to.map_or_else(String::new, |to| to.to_string());
        out.line(&format!(
            "{}  {code}  {}  {} – {to}",
            unit.id,
            unit.name.get(lang),
            unit.valid.from
        ))?;
    }
    for measure in &plan.measures {
        out.line(&format!(
            "{}  {}  {} {}{}",
            measure.id,
            measure.short.get(lang),
            measure.op.sign(),
            measure.target.display(),
            measure.suffix.get(lang)
        ))?;
    }
    for field in &plan.fields {
        out.line(&format!("{}  {}", field.id, field.label.get(lang)))?;
    }
    Ok(Exit::Done)
}

/// The store's plan; where there is no store, the one a new store would begin with.
fn in_force(settings: &Settings, out: &Out<'_>) -> Result<Arc<Plan>, Failure> {
    if settings.plan_file.is_some() {
        return Ok(settings.new_plan(out.texts)?.0);
    }
    match store::open_read_only(&settings.dir, &settings.edge()?) {
        Ok(store) => Ok(open::plan_in_force(&store)?),
        Err(StoreError::Missing(_)) => Ok(settings.new_plan(out.texts)?.0),
        Err(error) => Err(error.into()),
    }
}

fn answered(settings: &Settings, plan: &Plan, lang: crate::base::Lang) -> Answer {
    Answer {
        schema: "nhaplieu.plan/1",
        plan: Head {
            id: plan.id.clone(),
            version: plan.version,
            title: plan.title.get(lang).to_owned(),
            hash: crate::ledger::Hash(plan.hash).to_string(),
            utc_offset: plan.utc_offset.to_string(),
        },
        units: plan
            .units
            .iter()
            .map(|unit| UnitLine {
                id: unit.id.to_string(),
                code: unit.code.clone(),
                name: unit.name.get(lang).to_owned(),
                kind: unit.kind.clone(),
                valid_from: unit.valid.from.to_string(),
                valid_to: unit.valid.to.map(|to| to.to_string()),
            })
            .collect(),
        fields: plan
            .fields
            .iter()
            .map(|field| line_of(field, lang))
            .collect(),
        measures: plan
            .measures
            .iter()
            .map(|measure| measure_line(settings, plan, measure, lang))
            .collect(),
        periods: plan
            .periods
            .iter()
            .map(|period| PeriodLine {
                id: period.id.to_string(),
                kind: period_kind(period.kind),
                from: period.from.to_string(),
                to: period.to.to_string(),
                cut_off: period.cut_off.to_string(),
                due: period.due.to_string(),
            })
            .collect(),
    }
}

fn line_of(field: &plan::Field, lang: crate::base::Lang) -> FieldLine {
    FieldLine {
        id: field.id.to_string(),
        objective: field.objective,
        label: field.label.get(lang).to_owned(),
        kind: match field.kind {
            FieldType::Count => "count".to_owned(),
            FieldType::Decimal(places) => format!("decimal({places})"),
            FieldType::Text => "text".to_owned(),
        },
        unit: field.unit.get(lang).to_owned(),
        collected_by: field
            .collected_by
            .iter()
            .map(|by| match by {
                Collector::Group(group) => group.clone(),
                Collector::Unit(unit) => unit.to_string(),
            })
            .collect(),
        periods: field
            .periods
            .iter()
            .map(|kind| period_kind(*kind))
            .collect(),
    }
}

fn measure_line(
    settings: &Settings,
    plan: &Plan,
    measure: &Measure,
    lang: crate::base::Lang,
) -> MeasureLine {
    let (numerator, denominator) = formula(&measure.formula);
    // Owners change over time: the one of today, else the last one.
    let owner = plan
        .owner_on(measure, settings.today(plan))
        .or_else(|| measure.owners.last().map(|owner| &owner.unit));
    MeasureLine {
        id: measure.id.to_string(),
        indicator: measure.indicator.clone(),
        label: measure.short.get(lang).to_owned(),
        numerator,
        denominator,
        scale: measure.scale,
        op: measure.op.ascii(),
        target: measure.target.to_string(),
        owner: owner.map(ToString::to_string),
        roll_up: match measure.roll_up {
            RollUp::RatioOfSums => "ratio_of_sums",
            RollUp::Count => "count",
            RollUp::Single => "single",
        },
    }
}

/// Numerator and denominator as the plan's design writes them.
fn formula(formula: &Formula) -> (String, String) {
    let sum = |fields: &[plan::FieldId]| {
        let ids: Vec<&str> = fields.iter().map(plan::FieldId::as_str).collect();
        ids.join(" + ")
    };
    match formula {
        Formula::Sums {
            numerator,
            denominator,
        } => (sum(numerator), sum(denominator)),
        Formula::Agencies(pairs) => {
            let named = |of: fn(&(plan::FieldId, plan::FieldId)) -> &plan::FieldId| {
                pairs.iter().map(|p| of(p).to_string()).collect::<Vec<_>>()
            };
            (
                format!("count({} >= 1)", named(|pair| &pair.1).join(", ")),
                format!("count({})", named(|pair| &pair.0).join(", ")),
            )
        }
        Formula::UnitsEvery {
            kind,
            field,
            at_least,
        } => (
            format!(
                "count(unit, every {}, {field} >= {at_least})",
                period_kind(*kind)
            ),
            "count(unit)".to_owned(),
        ),
        Formula::SubPeriods {
            kind,
            field,
            at_least,
        } => (
            format!("count({}, {field} >= {at_least})", period_kind(*kind)),
            format!("count({})", period_kind(*kind)),
        ),
    }
}
