//! `bundles show`, `undo`, `drop`: one bundle that the store keeps something of, named by the first
//! digits of its root.

use clap::Args;

use std::io::{BufRead, IsTerminal};

use serde::Serialize;

use crate::base::{Message, text};
use crate::cli::args::AnswerFormat;
use crate::cli::bundle_lines::{counts, imported_line, say_held, short, state};
use crate::cli::changes::{self, ChangeShape, CountsShape, SuspicionShape, TotalShape};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::{OpenStore, Settings};
use crate::cli::shapes::moment;
use crate::ledger::{Hash, typed};
use crate::plan::Plan;
use crate::service::import;
use crate::service::permission::may_take_in;
use crate::service::withdraw::{self, Withdrawn};
use crate::store::StoreReader;
use crate::store::exchange::ExchangeReader;
use crate::store::exchange::HeldBundle;
use crate::sync::ImportContext;
use crate::sync::held::status::{self, HeldStatus, Imported};
use crate::sync::import::plan::ImportPlan;

/// Arguments of `bundles show`.
#[derive(Debug, Args)]
pub(crate) struct BundleShow {
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    format: AnswerFormat,
}

/// Arguments of `bundles undo`.
#[derive(Debug, Args)]
pub(crate) struct BundleUndo {
    #[arg(value_name = "ID")]
    id: String,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Arguments of `bundles drop`.
#[derive(Debug, Args)]
pub(crate) struct BundleDrop {
    #[arg(value_name = "ID")]
    id: String,
    #[arg(long)]
    yes: bool,
}

/// Fewest digits that may stand for a bundle: fewer are a slip.
const LEAST: usize = 4;

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    root: String,
    from: Option<String>,
    /// `imported`, or `kept`: then what follows is a preview and nothing has changed.
    state: &'static str,
    at: String,
    message: Option<String>,
    counts: CountsShape,
    changes: Vec<ChangeShape>,
    totals: Vec<TotalShape>,
    suspicions: Vec<SuspicionShape>,
}

/// What the store has of one bundle.
enum Found {
    Imported(Box<Imported>),
    Held(Box<HeldStatus>),
}

/// Finds the one bundle whose root begins with `id`. Of a bundle that came in partly, the part that
/// still waits is found.
fn find(opened: &OpenStore, context: &ImportContext<'_>, id: &str) -> Result<Found, Failure> {
    let told = id.to_ascii_lowercase();
    let named = |root: &Hash| told.len() >= LEAST && root.to_string().starts_with(&told);
    let mut held = status::held(&opened.store, context)?;
    held.retain(|one| named(&one.bundle.root));
    let mut imported = status::imported(&opened.store)?;
    imported.retain(|one| named(&one.root));
    imported.retain(|one| held.iter().all(|other| other.bundle.root != one.root));
    match (held.pop(), imported.pop()) {
        (Some(one), None) if held.is_empty() => Ok(Found::Held(Box::new(one))),
        (None, Some(one)) if imported.is_empty() => Ok(Found::Imported(Box::new(one))),
        _ => Err(Failure::usage(
            Message::new("cli.error.no_bundle").with("id", id),
        )),
    }
}

/// Reads the kept bundle whose root begins with `id`.
///
/// # Errors
/// When there is not exactly one, or the store cannot be read.
pub(super) fn held_bytes(opened: &OpenStore, id: &str) -> Result<Vec<u8>, Failure> {
    let mut all: Vec<HeldBundle> = Vec::new();
    opened.store.with_snapshot(&mut |ground| {
        all = ground.held()?;
        Ok(())
    })?;
    let told = id.to_ascii_lowercase();
    all.retain(|one| told.len() >= LEAST && one.root.to_string().starts_with(&told));
    let bytes = match all.as_slice() {
        [one] => opened.store.held_bytes(&one.root)?,
        _ => None,
    };
    bytes.ok_or_else(|| Failure::usage(Message::new("cli.error.no_bundle").with("id", id)))
}

pub(super) fn show(
    settings: &Settings,
    args: &BundleShow,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let opened = settings.read()?;
    let unit = opened.store.info()?.unit;
    let caller = settings.caller(&opened.plan);
    let context = caller.import_context(&unit);
    match find(&opened, &context, &args.id)? {
        Found::Imported(one) => show_imported(&opened.plan, &one, args, out),
        Found::Held(one) => {
            let preview = import::preview_held(&opened.store, &caller, &one.bundle)?;
            let Some(planned) = preview else {
                say_held(&opened.plan, &one, out)?;
                return Ok(Exit::NeedsPerson);
            };
            show_held(&opened.plan, &one, &planned, (args, out))?;
            Ok(Exit::Done)
        }
    }
}

fn show_imported(
    plan: &Plan,
    one: &Imported,
    args: &BundleShow,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let changed = one.details.as_ref().map(|d| d.changes.as_slice());
    let changed = changed.unwrap_or_default();
    if args.format.json {
        out.json(&Answer {
            schema: "nhaplieu.bundle/1",
            root: one.root.to_string(),
            from: one.from.as_ref().map(ToString::to_string),
            state: "imported",
            at: moment(one.wall),
            message: None,
            counts: CountsShape::of(&one.counts()),
            changes: changed.iter().map(ChangeShape::of).collect(),
            totals: Vec::new(),
            suspicions: Vec::new(),
        })?;
        return Ok(Exit::Done);
    }
    out.say(&imported_line(plan, one, out))?;
    changes::say_changes(plan, changed, out)?;
    Ok(Exit::Done)
}

fn show_held(
    plan: &Plan,
    one: &HeldStatus,
    planned: &ImportPlan,
    (args, out): (&BundleShow, &mut Out<'_>),
) -> Result<(), Failure> {
    if args.format.json {
        return out.json(&Answer {
            schema: "nhaplieu.bundle/1",
            root: one.bundle.root.to_string(),
            from: one.header.as_ref().map(|header| header.from.to_string()),
            state: "kept",
            at: moment(one.bundle.wall),
            message: Some(out.texts.say(&state(one))),
            counts: CountsShape::of(&planned.counts),
            changes: planned.changes.iter().map(ChangeShape::of).collect(),
            totals: changes::totals(planned),
            suspicions: changes::suspicions(plan, planned, out),
        });
    }
    say_held(plan, one, out)?;
    changes::say_changes(plan, &planned.changes, out)?;
    changes::say_effects(plan, planned, out)?;
    let counts = counts(&planned.counts, out);
    out.say(&Message::new("cli.bundles.would").with("counts", counts))
}

pub(super) fn undo(
    settings: &Settings,
    args: &BundleUndo,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let reason = text::clean(&args.reason, typed::TEXT_LIMIT);
    if reason.is_empty() {
        return Err(Failure::usage(Message::new("cli.error.undo_reason")));
    }
    let mut opened = settings.write()?;
    may_take_in(&opened.store, &settings.actor)?;
    let root = {
        let unit = opened.store.info()?.unit;
        match find(
            &opened,
            &settings.caller(&opened.plan).import_context(&unit),
            &args.id,
        )? {
            Found::Imported(one) => one.root,
            Found::Held(one) => {
                let id = short(&one.bundle.root);
                let message = Message::new("cli.error.not_imported").with("id", id);
                return Err(Failure::usage(message));
            }
        }
    };
    let id = short(&root);
    let mut exit = Exit::Done;
    let caller = settings.caller(&opened.plan);
    let done = match withdraw::take_back(&mut opened.store, &caller, &root, &reason)? {
        Withdrawn::AsIfNever => Message::new("cli.done.as_if_never").with("id", id),
        Withdrawn::Restored { figures, left } => {
            let done = match figures {
                0 => Message::new("cli.done.nothing_to_restore"),
                count => Message::new("cli.done.restored").with("count", count),
            };
            if left > 0 {
                exit = Exit::NeedsPerson;
            }
            withdraw::with_left(done.with("id", id), left)
        }
    };
    out.say(&done)?;
    Ok(exit)
}

/// Carries out `bundles drop`: lets a kept bundle go.
pub(super) fn release(
    settings: &Settings,
    args: &BundleDrop,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let mut opened = settings.write()?;
    may_take_in(&opened.store, &settings.actor)?;
    let found = {
        let unit = opened.store.info()?.unit;
        find(
            &opened,
            &settings.caller(&opened.plan).import_context(&unit),
            &args.id,
        )?
    };
    let one = match found {
        Found::Held(one) => one,
        Found::Imported(one) => {
            let id = short(&one.root);
            let message = Message::new("cli.error.imported").with("id", id);
            return Err(Failure::new(Exit::Refused, message));
        }
    };
    let id = short(&one.bundle.root);
    say_held(&opened.plan, &one, out)?;
    if !args.yes {
        out.flush()?;
        asked(&id, out)?;
    }
    let caller = settings.caller(&opened.plan);
    withdraw::release(&mut opened.store, &caller, &one.bundle.root)?;
    out.say(&Message::new("cli.done.dropped").with("id", id))?;
    Ok(Exit::Done)
}

/// Asks for the first digits again: what is let go is not in the store any more.
fn asked(id: &str, out: &mut Out<'_>) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(Message::new("cli.error.drop_yes")));
    }
    let first: String = id.chars().take(LEAST).collect();
    out.aside(&Message::new("cli.bundles.ask").with("id", first.as_str()));
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    if read.is_ok() && typed.trim() == first {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        Message::new("cli.error.not_dropped"),
    ))
}
