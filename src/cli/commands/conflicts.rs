//! `conflicts`: cells for which people gave different figures.

use clap::Args;
use serde::Serialize;

use crate::base::{Lang, Message};
use crate::cli::args::AnswerFormat;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::cli::shapes::{figure_and_text, moment, row};
use crate::ledger::{Content, People};
use crate::plan::Plan;
use crate::service::conflicts;
use crate::store::StoreReader;
use crate::sync::held::conflicts::{self as in_conflict, Conflict};
use crate::ui::words;

/// Arguments of `conflicts`.
#[derive(Debug, Args)]
pub(crate) struct Conflicts {
    #[command(flatten)]
    format: AnswerFormat,
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    conflicts: Vec<ConflictShape>,
}

#[derive(Serialize)]
struct ConflictShape {
    unit: String,
    period: String,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    base: Option<String>,
    heads: Vec<Side>,
}

#[derive(Serialize)]
struct Side {
    id: String,
    value: Option<String>,
    state: &'static str,
    actor: String,
    /// The person for people: name and unit.
    #[serde(skip)]
    person: String,
    author: String,
    at: String,
    /// The same for people, in the plan's time zone.
    #[serde(skip)]
    shown_at: String,
    reason: String,
}

pub(crate) fn run(
    settings: &Settings,
    args: &Conflicts,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let opened = settings.read()?;
    let found = in_conflict::all(&opened.store)?;
    let people = opened.store.people()?;
    let conflicts: Vec<ConflictShape> = found
        .iter()
        .map(|found| conflict((&opened.plan, out.texts.lang()), &people, found))
        .collect();
    let any = !conflicts.is_empty();
    if args.format.json {
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
                out.line(&format!(
                    "  {id}  {value}  {}  {}",
                    side.person, side.shown_at
                ))?;
            }
        }
        out.say(&Message::new("cli.conflicts.sum").with("count", conflicts.len()))?;
    }
    Ok(if any { Exit::NeedsPerson } else { Exit::Done })
}

fn conflict((plan, lang): (&Plan, Lang), people: &People, conflict: &Conflict) -> ConflictShape {
    let said = |content: &Content| {
        let (value, text) = figure_and_text(content);
        value.or(text)
    };
    let base = conflict.base.as_ref();
    let sides = conflict.heads.all().iter().enumerate();
    let sides = sides.filter_map(|(at, head)| {
        let content = head.body.content()?;
        Some(Side {
            id: conflicts::side_id(conflict, at, head),
            value: said(content),
            state: content.state(),
            actor: head.actor.to_string(),
            person: words::person(people, (plan, lang), (&head.entry.author, &head.actor)),
            author: head.entry.author.to_string(),
            at: moment(head.wall),
            shown_at: plan.short_time(head.wall),
            reason: head.note.clone(),
        })
    });
    ConflictShape {
        unit: conflict.cell.form.unit.to_string(),
        period: conflict.cell.form.period.to_string(),
        field: conflict.cell.id.field.to_string(),
        row: row(&conflict.cell.id),
        base: base.and_then(|base| base.entry.body.content().and_then(said)),
        heads: sides.collect(),
    }
}
