//! `status`: who has submitted, how complete, how many days are left, what is not yet sent.

use clap::Args;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::base::Message;
use crate::cli::args::AnswerFormat;
use crate::cli::damage::{DamagedForm, DamagedForms};
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::{OpenStore, Settings};
use crate::ledger::{AuthorId, Body, FormKey, FormStatus};
use crate::plan::{Period, Unit};
use crate::service::forms;
use crate::service::overview::{self, FormSummary};
use crate::store::{LogEntry, LogFilter, StoreError, StoreReader};
use crate::ui::{width, words};

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    #[command(flatten)]
    format: AnswerFormat,
}

/// Columns of a unit's name in the answer for people.
const NAME: usize = 40;
/// Columns of the other parts.
const PART: usize = 18;

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    units: Vec<Line>,
    damaged: Vec<DamagedForm>,
}

#[derive(Serialize)]
struct Line {
    unit: String,
    period: String,
    status: &'static str,
    filled: usize,
    expected: usize,
    hard: usize,
    soft: usize,
    late: usize,
    due: String,
    days_left: i64,
    /// `None` where the log cannot be read.
    unsent: Option<u64>,
}

pub(crate) fn run(settings: &Settings, args: &Status, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let opened = settings.read()?;
    opened.remark_on_clock(out)?;
    let unsent = unsent(&opened, out)?;
    let (mut lines, mut damaged) = (Vec::new(), DamagedForms::default());
    for (unit, period) in wanted(settings, &opened, args)? {
        let loaded = forms::load(&opened.store, &opened.plan, (unit, period));
        let Some(loaded) = damaged.pass(loaded, (unit, period), out)? else {
            continue;
        };
        let summary = overview::summarize(&loaded);
        let days_left = (summary.due - settings.today(&opened.plan)).num_days();
        if !args.format.json {
            print(unit, period, &summary, days_left, out)?;
        }
        lines.push(Line {
            unit: unit.id.to_string(),
            period: period.id.to_string(),
            status: summary.status.name(),
            filled: summary.filled,
            expected: summary.expected,
            hard: summary.hard,
            soft: summary.soft,
            late: summary.late,
            due: summary.due.to_string(),
            days_left,
            unsent: unsent
                .as_ref()
                .map(|unsent| unsent.get(&summary.key).copied().unwrap_or(0)),
        });
    }
    let exit = if unsent.is_some() {
        damaged.exit(Exit::Done)
    } else {
        Exit::Failed
    };
    if args.format.json {
        out.json(&Answer {
            schema: "nhaplieu.status/1",
            units: lines,
            damaged: damaged.0,
        })?;
    } else {
        let (count, _) = opened.store.unsent()?;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        out.say(&Message::new("cli.status.unsent").with("count", count))?;
    }
    Ok(exit)
}

fn print(
    unit: &Unit,
    period: &Period,
    summary: &FormSummary,
    days_left: i64,
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    let texts = out.texts;
    let name = width::left(&width::fit(unit.name.get(texts.lang()), NAME), NAME);
    let period = width::left(&texts.say(&period.name()), PART);
    let status = width::left(&texts.say(&words::status(summary.status)), PART);
    let handed_in = matches!(
        summary.status,
        FormStatus::Submitted | FormStatus::Approved | FormStatus::Locked
    );
    let key = match days_left {
        _ if handed_in => "cli.status.due",
        0 => "deadline.today",
        1.. => "deadline.left",
        _ => "deadline.late",
    };
    let days = usize::try_from(days_left.unsigned_abs()).unwrap_or(usize::MAX);
    let due = Message::new(key)
        .with("due", summary.due)
        .with("days", days);
    let filled = width::right(&format!("{}/{}", summary.filled, summary.expected), 6);
    let marks = format!("✖ {}  ! {}", summary.hard, summary.soft);
    let due = texts.say(&due);
    let late = match summary.late {
        0 => String::new(),
        count => format!(
            "  {}",
            texts.say(&Message::new("cli.status.late").with("count", count))
        ),
    };
    out.line(&format!(
        "{name} {period} {filled}  {status} {}  {due}{late}",
        width::left(&marks, 11)
    ))
}

/// Which forms are listed: all that are owed in the period asked for; without one, what the
/// store's own unit has begun or still owes, and where it consolidates, every other unit's
/// current form.
fn wanted<'d>(
    settings: &Settings,
    opened: &'d OpenStore,
    args: &Status,
) -> Result<Vec<(&'d Unit, &'d Period)>, Failure> {
    let plan = &opened.plan;
    if let Some(name) = &args.period {
        let period = find::period(plan, name)?;
        let owing = plan.units_in_force(period).into_iter();
        return Ok(owing
            .filter(|unit| !plan.form_fields(unit, period).is_empty())
            .map(|unit| (unit, period))
            .collect());
    }
    let touched: BTreeSet<FormKey> = opened.store.form_keys()?.into_iter().collect();
    let own = opened.store.info()?.unit;
    let everybody = own == plan.coordinator;
    let mut wanted = Vec::new();
    for unit in &plan.units {
        let current = plan
            .current_period(unit, settings.today(&opened.plan))
            .map(|c| &c.period.id);
        for period in plan.periods_of(unit) {
            let key = forms::key_of(unit, period);
            let open = unit.id == own
                && period.from <= settings.today(&opened.plan)
                && period.due >= settings.today(&opened.plan);
            let due_now = (unit.id == own || everybody) && current == Some(&period.id);
            if open || due_now || touched.contains(&key) {
                wanted.push((unit, period));
            }
        }
    }
    Ok(wanted)
}

/// Own entries by form that no other store has acknowledged: the last ones, by their numbers, and
/// not by any clock. `None`, after it was said, where the log is damaged: the forms may be whole all
/// the same.
fn unsent(
    opened: &OpenStore,
    out: &mut Out<'_>,
) -> Result<Option<BTreeMap<FormKey, u64>>, Failure> {
    let mut count = BTreeMap::new();
    let (unsent, _) = opened.store.unsent()?;
    if unsent == 0 {
        return Ok(Some(count));
    }
    let log = match opened.store.log(&LogFilter::default()) {
        Err(error @ StoreError::Damaged(_)) => {
            out.fail(&error.into());
            return Ok(None);
        }
        log => log?,
    };
    let own = own_authors(opened.store.info()?.author, &log);
    let mut on_forms: Vec<((usize, std::cmp::Reverse<u64>), &FormKey)> = log
        .iter()
        .map(|line| &line.recorded)
        .filter_map(|recorded| {
            let epoch = own.iter().position(|own| *own == recorded.author)?;
            let form = recorded.entry.subject.form()?;
            Some(((epoch, std::cmp::Reverse(recorded.seq)), form))
        })
        .collect();
    on_forms.sort_unstable_by_key(|(latest, _)| *latest);
    let unsent = usize::try_from(unsent).unwrap_or(usize::MAX);
    for (_, form) in on_forms.into_iter().take(unsent) {
        *count.entry(form.clone()).or_default() += 1;
    }
    Ok(Some(count))
}

/// The author that writes here now, and those that it goes on from, the latest first.
fn own_authors(now: AuthorId, log: &[LogEntry]) -> Vec<AuthorId> {
    let mut own = vec![now];
    while let Some(former) = log.iter().find_map(|line| match &line.recorded.entry.body {
        Body::EpochStart { continues, .. } if own.last() == Some(&line.recorded.author) => {
            *continues
        }
        _ => None,
    }) {
        // An author that goes on from itself is a forgery, and the walk ends.
        if own.contains(&former) {
            break;
        }
        own.push(former);
    }
    own
}
