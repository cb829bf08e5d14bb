//! `log`: who changed what, when, from what to what, why.

use clap::Args;

use std::collections::HashMap;

use serde::Serialize;

use crate::base::Message;
use crate::cli::args::AnswerFormat;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::{OpenStore, Settings};
use crate::cli::shapes::{figure_and_text, moment, row};
use crate::ledger::{Body, EntryRef, Hash, People, entry::FLAG_ON_BEHALF, typed};
use crate::store::StoreReader;
use crate::store::{Contested, LogEntry, LogFilter};
use crate::ui::words;

/// Arguments of `log`.
#[derive(Debug, Args)]
pub(crate) struct Log {
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    format: AnswerFormat,
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    entries: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    id: String,
    /// By the wall clock of the machine it was written on.
    at: String,
    /// By the clock that orders entries, which is ahead of every clock that was ever ahead.
    ordered_at: String,
    actor: String,
    /// The name of the person; left out where nobody has told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    kind: &'static str,
    unit: Option<String>,
    period: Option<String>,
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    old: Option<String>,
    new: Option<String>,
    old_state: Option<&'static str>,
    new_state: Option<&'static str>,
    reason: String,
    replaces: Vec<String>,
    origin: &'static str,
    action: String,
    author: String,
    seq: u64,
    on_behalf: bool,
    was_in_conflict: bool,
}

pub(crate) fn run(settings: &Settings, args: &Log, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let opened = settings.read()?;
    let filter = filter(&opened, args)?;
    opened.remark_on_clock(out)?;
    let entries = opened.store.log(&filter)?;
    let people = opened.store.people()?;
    if args.format.json {
        let full: HashMap<EntryRef, Hash> = entries
            .iter()
            .map(|line| (line.recorded.reference(), line.recorded.hash))
            .collect();
        out.json(&Answer {
            schema: "nhaplieu.log/1",
            entries: entries
                .iter()
                .map(|entry| line(&people, entry, &full))
                .collect(),
        })?;
    } else {
        for entry in &entries {
            print((&opened, &people), entry, out)?;
        }
    }
    Ok(Exit::Done)
}

fn filter(opened: &OpenStore, args: &Log) -> Result<LogFilter, Failure> {
    let (unit, period) = find::asked(&opened.plan, (&args.unit, &args.period))?;
    let field = args.field.as_ref();
    let field = field.map(|name| find::field(&opened.plan, name));
    Ok(LogFilter {
        unit: unit.map(|unit| unit.id.clone()),
        period: period.map(|period| period.id.clone()),
        field: field.transpose()?,
        limit: args.limit,
    })
}

fn line(people: &People, entry: &LogEntry, full: &HashMap<EntryRef, Hash>) -> Line {
    let recorded = &entry.recorded;
    let (subject, body) = (&recorded.entry.subject, &recorded.entry.body);
    let form = subject.form();
    let before = entry.before.last();
    let replaces = recorded.entry.replaces.iter();
    Line {
        id: recorded.hash.to_string(),
        at: moment(recorded.entry.wall()),
        ordered_at: moment(recorded.entry.clock.millis),
        actor: recorded.entry.actor.to_string(),
        person: people
            .person(&recorded.author, &recorded.entry.actor)
            .map(|person| person.name.clone()),
        kind: body.kind(),
        unit: form.map(|form| form.unit.to_string()),
        period: form.map(|form| form.period.to_string()),
        field: subject.cell().map(|cell| cell.id.field.to_string()),
        row: subject.cell().and_then(|cell| row(&cell.id)),
        old: before.and_then(said),
        new: said(body),
        old_state: before.and_then(state),
        new_state: state(body),
        reason: reason(body, &recorded.entry.note),
        replaces: replaces
            .map(|at| match full.get(at) {
                Some(hash) => hash.to_string(),
                None => at.to_string(),
            })
            .collect(),
        origin: recorded.entry.origin.name(),
        action: recorded.entry.action.to_string(),
        author: recorded.author.to_string(),
        seq: recorded.seq,
        on_behalf: recorded.entry.flags & FLAG_ON_BEHALF != 0,
        was_in_conflict: entry.contested == Contested::Once,
    }
}

/// The canonical figure or the words that a body gives its subject.
fn said(body: &Body) -> Option<String> {
    match body {
        Body::Note(text) => Some(text.clone()),
        Body::Confirm { judged, .. } => Some(judged.clone()),
        body => {
            let (value, text) = figure_and_text(body.content()?);
            value.or(text)
        }
    }
}

fn state(body: &Body) -> Option<&'static str> {
    body.content().map(crate::ledger::Content::state)
}

/// Why: the entry's own reason, or the one a finding was confirmed with.
fn reason(body: &Body, note: &str) -> String {
    match body {
        Body::Confirm { reason, words, .. } if words.is_empty() => reason.clone(),
        Body::Confirm { words, .. } => words.clone(),
        _ => note.to_owned(),
    }
}

fn print(
    (opened, people): (&OpenStore, &People),
    entry: &LogEntry,
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    let recorded = &entry.recorded;
    let lang = out.texts.lang();
    let subject = &recorded.entry.subject;
    let by = (&recorded.author, &recorded.entry.actor);
    let place = subject
        .form()
        .map(|form| format!("{} {}", form.unit, form.period))
        .unwrap_or_default();
    let what = subject.cell().map(|cell| {
        let label = opened.plan.field(&cell.id.field).map(|f| f.short.get(lang));
        label.unwrap_or(cell.id.field.as_str()).to_owned()
    });
    let why = reason(&recorded.entry.body, &recorded.entry.note);
    let why = if why.is_empty() {
        String::new()
    } else {
        out.texts
            .say(&Message::new("cli.log.why").with("reason", why))
    };
    let contested = match entry.contested {
        Contested::Never => "",
        Contested::Once => out.texts.get("cli.log.was_in_conflict"),
    };
    let line = [
        opened.plan.short_time(recorded.entry.wall()),
        words::person(people, (&opened.plan, lang), by),
        place,
        what.unwrap_or_default(),
        changed((opened, people), entry, out),
        contested.to_owned(),
        why,
    ];
    let parts: Vec<&str> = line
        .iter()
        .map(|part| part.trim_end())
        .filter(|part| !part.is_empty())
        .collect();
    out.line(&parts.join("  "))
}

/// What was done, and for what is typed from what to what.
fn changed((opened, people): (&OpenStore, &People), entry: &LogEntry, out: &Out<'_>) -> String {
    let show = |body: &Body| match body.content() {
        Some(content) => match typed::show(content) {
            empty if empty.is_empty() => "·".to_owned(),
            shown => shown,
        },
        None => said(body).unwrap_or_default(),
    };
    let body = &entry.recorded.entry.body;
    let key = match body {
        Body::SetValue(_) => "cli.log.set_value",
        Body::Resolve(_) => "cli.log.resolve",
        Body::Note(_) => "history.note",
        _ => {
            let subject = &entry.recorded.entry.subject;
            return out
                .texts
                .say(&words::step(&opened.plan, people, subject, body));
        }
    };
    let kind = out.texts.get(key);
    let before: Vec<String> = entry.before.iter().map(show).collect();
    let before = if before.is_empty() {
        "·".to_owned()
    } else {
        before.join(" / ")
    };
    format!("{kind} {before} → {}", show(body))
}
