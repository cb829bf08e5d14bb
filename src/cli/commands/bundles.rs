//! `bundles`: what the store keeps of bundles: what came in, what waits for what, whose key nobody
//! has compared, what was refused, and what the others have confirmed.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::bundle::{self, BundleDrop, BundleShow, BundleUndo};
use crate::base::Message;
use crate::cli::args::AnswerFormat;
use crate::cli::bundle_lines::{day, imported_line, number, say_held, state, unit_name};
use crate::cli::changes::{CountsShape, UnknownAuthorShape};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::cli::shapes::moment;
use crate::plan::Plan;
use crate::store::StoreReader;
use crate::store::exchange::Held;
use crate::sync::held::status::{self, BundleStatus, HeldStatus, Imported, Receipt};
use crate::sync::import::plan::BundleOutcome;

/// Arguments of `bundles`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Bundles {
    #[command(flatten)]
    format: AnswerFormat,
    #[command(subcommand)]
    command: Option<BundlesCommand>,
}

/// Commands below `bundles`.
#[derive(Debug, Subcommand)]
pub(crate) enum BundlesCommand {
    Show(BundleShow),
    Undo(BundleUndo),
    Drop(BundleDrop),
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    imported: Vec<ImportedShape>,
    waiting: Vec<HeldShape>,
    quarantine: Vec<HeldShape>,
    refused: Vec<HeldShape>,
    confirmed: Vec<ConfirmedShape>,
}

#[derive(Serialize)]
struct ImportedShape {
    root: String,
    from: Option<String>,
    signed_by: String,
    at: String,
    by: String,
    counts: CountsShape,
    changes: usize,
}

#[derive(Serialize)]
struct HeldShape {
    root: String,
    from: Option<String>,
    since: String,
    size: u64,
    entries: u32,
    message: String,
    missing: Vec<GapShape>,
    strangers: Vec<UnknownAuthorShape>,
}

#[derive(Serialize)]
struct GapShape {
    author: String,
    name: String,
    have: u64,
    needs: u64,
}

#[derive(Serialize)]
struct ConfirmedShape {
    unit: String,
    author: String,
    created: String,
    has: u64,
    of: u64,
}

pub(crate) fn run(settings: &Settings, args: &Bundles, out: &mut Out<'_>) -> Result<Exit, Failure> {
    match &args.command {
        None => list(settings, &args.format, out),
        Some(BundlesCommand::Show(args)) => bundle::show(settings, args, out),
        Some(BundlesCommand::Undo(args)) => bundle::undo(settings, args, out),
        Some(BundlesCommand::Drop(args)) => bundle::release(settings, args, out),
    }
}

fn list(settings: &Settings, args: &AnswerFormat, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let opened = settings.read()?;
    let unit = opened.store.info()?.unit;
    let caller = settings.caller(&opened.plan);
    let kept = status::all(&opened.store, &caller.import_context(&unit))?;
    if args.json {
        out.json(&answer(&kept, out))?;
    } else {
        print(&opened.plan, &kept, out)?;
    }
    // Evidence waits for nobody: it is kept until a person lets it go.
    let person = kept.held.iter().any(|w| w.bundle.held != Held::Refused);
    Ok(if person {
        Exit::NeedsPerson
    } else {
        Exit::Done
    })
}

fn answer(kept: &BundleStatus, out: &Out<'_>) -> Answer {
    let held = |why: Held| {
        let of = kept.held.iter().filter(|one| one.bundle.held == why);
        of.map(|one| held_shape(one, out)).collect()
    };
    Answer {
        schema: "nhaplieu.bundles/1",
        imported: kept.imported.iter().map(imported_shape).collect(),
        waiting: held(Held::Waiting),
        quarantine: held(Held::Quarantine),
        refused: held(Held::Refused),
        confirmed: kept.confirmed.iter().map(confirmed_shape).collect(),
    }
}

fn imported_shape(one: &Imported) -> ImportedShape {
    ImportedShape {
        root: one.root.to_string(),
        from: one.from.as_ref().map(ToString::to_string),
        signed_by: one.signer.to_string(),
        at: moment(one.wall),
        by: one.by.to_string(),
        counts: CountsShape::of(&one.counts()),
        changes: one.details.as_ref().map_or(0, |d| d.changes.len()),
    }
}

fn held_shape(one: &HeldStatus, out: &Out<'_>) -> HeldShape {
    let gaps = match &one.outcome {
        Some(BundleOutcome::Waiting(gaps)) => gaps.as_slice(),
        _ => &[],
    };
    HeldShape {
        root: one.bundle.root.to_string(),
        from: one.header.as_ref().map(|header| header.from.to_string()),
        since: moment(one.bundle.wall),
        size: one.bundle.size,
        entries: one.header.as_ref().map_or(0, |header| header.entries),
        message: out.texts.say(&state(one)),
        missing: gaps
            .iter()
            .map(|gap| GapShape {
                author: gap.author.to_string(),
                name: gap.name.clone(),
                have: gap.have,
                needs: gap.needs,
            })
            .collect(),
        strangers: one
            .unknown_authors
            .iter()
            .map(UnknownAuthorShape::of)
            .collect(),
    }
}

fn confirmed_shape(one: &Receipt) -> ConfirmedShape {
    ConfirmedShape {
        unit: one.unit.to_string(),
        author: one.author.to_string(),
        created: moment(one.created),
        has: one.has,
        of: one.of,
    }
}

fn print(plan: &Plan, kept: &BundleStatus, out: &mut Out<'_>) -> Result<(), Failure> {
    for one in &kept.imported {
        out.say(&imported_line(plan, one, out))?;
    }
    for one in &kept.held {
        say_held(plan, one, out)?;
    }
    for one in &kept.confirmed {
        out.say(
            &Message::new("cli.bundles.confirmed")
                .with("unit", unit_name(plan, Some(&one.unit), out))
                .with("has", number(one.has))
                .with("of", number(one.of))
                .with("day", day(plan, one.created)),
        )?;
    }
    if *kept == BundleStatus::default() {
        out.say(&Message::new("cli.bundles.none"))?;
    }
    Ok(())
}
