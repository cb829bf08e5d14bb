//! `conflicts`, `resolve`: cells for which people gave different figures. Code never resolves.

use serde::Serialize;

use crate::base::{Message, text};
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::shapes::{figure_and_text, moment, row};
use crate::cli::site::Site;
use crate::ledger::{Content, typed};
use crate::service::conflicts::{self, side_named};
use crate::sync::held::conflicts::{self as in_conflict, Conflict};

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
    author: String,
    at: String,
    reason: String,
}

pub(crate) fn list(site: &Site, args: &args::Answer, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let desk = site.read()?;
    let found = in_conflict::all(&desk.store)?;
    let conflicts: Vec<ConflictShape> = found.iter().map(conflict).collect();
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

fn conflict(dispute: &Conflict) -> ConflictShape {
    let said = |content: &Content| {
        let (value, text) = figure_and_text(content);
        value.or(text)
    };
    let base = dispute.base.as_ref();
    let sides = dispute.heads.all().iter().enumerate();
    let sides = sides.filter_map(|(at, head)| {
        let content = head.body.content()?;
        Some(Side {
            id: conflicts::side_id(dispute, at, head),
            value: said(content),
            state: content.state(),
            actor: head.actor.to_string(),
            author: head.entry.author.to_string(),
            at: moment(head.clock.millis),
            reason: head.note.clone(),
        })
    });
    ConflictShape {
        unit: dispute.cell.form.unit.to_string(),
        period: dispute.cell.form.period.to_string(),
        field: dispute.cell.id.field.to_string(),
        row: row(&dispute.cell.id),
        base: base.and_then(|base| base.entry.body.content().and_then(said)),
        heads: sides.collect(),
    }
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
    let cell = found.key.cell(field.clone());
    let dispute = in_conflict::of(&desk.store, &cell)?;
    let (Some(dispute), Some(kind)) = (dispute, kind) else {
        let message = Message::new("cli.error.no_conflict").with("field", field.as_str());
        return Err(Failure::usage(message));
    };
    let content = match (&args.take, &args.value) {
        (Some(id), _) => side_named(&dispute, id).ok_or_else(|| {
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
    let change = dispute.settled(content, &reason, dispute.heads.references());
    desk.commit(site, vec![change])?;
    out.say(&Message::new("cli.done.resolved").with("field", field.as_str()))?;
    Ok(Exit::Done)
}
