//! `conflicts`, `resolve`: cells for which people gave different figures. Code never resolves.

use std::collections::HashMap;

use serde::Serialize;

use crate::app::edit::{self, Typed};
use crate::base::{Message, text};
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::shapes::{figure_and_text, moment};
use crate::cli::site::Site;
use crate::ledger::{CellKey, Content, EntryRef, Hash, Heads, Origin, typed};
use crate::store::{LogFilter, Store};
use crate::sync::import;

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    conflicts: Vec<Conflict>,
}

#[derive(Serialize)]
struct Conflict {
    unit: String,
    period: String,
    field: String,
    base: Option<String>,
    heads: Vec<Side>,
}

#[derive(Serialize)]
struct Side {
    id: String,
    value: Option<String>,
    state: &'static str,
    actor: String,
    author: String,
    at: String,
    reason: String,
}

pub(crate) fn list(site: &Site, args: &args::Answer, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let desk = site.read()?;
    let found = import::conflicts(&desk.store)?;
    let mut conflicts = Vec::new();
    for (cell, heads) in &found {
        conflicts.push(conflict(&desk.store, cell, heads)?);
    }
    let any = !conflicts.is_empty();
    if args.json {
        out.json(&Answer {
            schema: "nhaplieu.conflicts/1",
            conflicts,
        })?;
    } else {
        for conflict in &conflicts {
            out.line(&format!(
                "{} {} {}",
                conflict.unit, conflict.period, conflict.field
            ))?;
            for side in &conflict.heads {
                let value = side.value.as_deref().unwrap_or(side.state);
                let id = side.id.get(..12).unwrap_or(&side.id);
                out.line(&format!("  {id}  {value}  {}  {}", side.actor, side.at))?;
            }
        }
        out.say(&Message::new("cli.conflicts.sum").with("count", conflicts.len()))?;
    }
    Ok(if any { Exit::NeedsPerson } else { Exit::Done })
}

/// The full ids of the entries on a cell, and what they said.
fn entries(
    store: &dyn Store,
    cell: &CellKey,
) -> Result<HashMap<EntryRef, (Hash, Vec<Content>)>, Failure> {
    let log = store.log(&LogFilter {
        unit: Some(cell.form.unit.clone()),
        period: Some(cell.form.period.clone()),
        field: Some(cell.field.clone()),
        limit: None,
    })?;
    Ok(log
        .into_iter()
        .map(|line| {
            let before = line
                .before
                .iter()
                .filter_map(|body| body.content().cloned());
            let told = (line.recorded.hash, before.collect());
            (line.recorded.reference(), told)
        })
        .collect())
}

fn conflict(store: &dyn Store, cell: &CellKey, heads: &Heads) -> Result<Conflict, Failure> {
    let entries = entries(store, cell)?;
    let said = |content: &Content| {
        let (value, text) = figure_and_text(content);
        value.or(text)
    };
    // What all sides started from: the first thing one of them replaced.
    let before = heads
        .all()
        .iter()
        .filter_map(|head| entries.get(&head.entry))
        .find_map(|(_, before)| before.last());
    let sides = heads.all().iter().filter_map(|head| {
        let content = head.body.content()?;
        Some(Side {
            id: match entries.get(&head.entry) {
                Some((hash, _)) => hash.to_string(),
                None => head.entry.to_string(),
            },
            value: said(content),
            state: content.state(),
            actor: head.actor.to_string(),
            author: head.entry.author.to_string(),
            at: moment(head.clock.millis),
            reason: head.note.clone(),
        })
    });
    Ok(Conflict {
        unit: cell.form.unit.to_string(),
        period: cell.form.period.to_string(),
        field: cell.field.to_string(),
        base: before.and_then(said),
        heads: sides.collect(),
    })
}

pub(crate) fn resolve(
    site: &Site,
    args: &args::Resolve,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let mut desk = site.write()?;
    let plan = desk.plan.clone();
    let found = find::form(&desk.store, &plan, &args.form)?;
    let field = find::field(&plan, &args.field)?;
    let kind = plan.field(&field).map(|f| f.kind);
    let heads = found.form.cells.get(&field).filter(|h| h.in_conflict());
    let (Some(heads), Some(kind)) = (heads, kind) else {
        let message = Message::new("cli.error.no_conflict").with("field", field.as_str());
        return Err(Failure::usage(message));
    };
    let cell = CellKey {
        form: found.key.clone(),
        field: field.clone(),
        row: None,
    };
    let content = match (&args.take, &args.value) {
        (Some(id), _) => taken(&desk.store, &cell, heads, id)?,
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
    let change = edit::resolve_cell(&found.form, &cell, content, &reason, Typed::OnScreen);
    desk.commit(site, Origin::Set, vec![change])?;
    out.say(&Message::new("cli.done.resolved").with("field", field.as_str()))?;
    Ok(Exit::Done)
}

/// The content of the side that the id names.
fn taken(store: &dyn Store, cell: &CellKey, heads: &Heads, id: &str) -> Result<Content, Failure> {
    let entries = entries(store, cell)?;
    let named = |entry: &EntryRef| {
        let hash = entries.get(entry).map(|(hash, _)| hash.to_string());
        hash.is_some_and(|hash| !id.is_empty() && hash.starts_with(id)) || entry.to_string() == id
    };
    let mut sides = heads.all().iter().filter(|head| named(&head.entry));
    match (sides.next(), sides.next()) {
        (Some(head), None) => Ok(head.body.content().cloned().unwrap_or_default()),
        _ => Err(Failure::usage(
            Message::new("cli.error.no_side").with("id", id),
        )),
    }
}
