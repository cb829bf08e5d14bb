//! `export`, `import`, `inspect`: figures that travel as files.

use std::path::PathBuf;

use serde::Serialize;

use crate::base::Message;
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::setup;
use crate::cli::shapes::{figure_and_text, moment};
use crate::cli::site::{Desk, Site};
use crate::ledger::typed;
use crate::store::Store;
use crate::store::exchange::Exchange;
use crate::sync::export::{self, ExportError, Order};
use crate::sync::file::{self, Dress, FileError};
use crate::sync::keyfile::KeyFile;
use crate::sync::plan::{Fate, ImportPlan};
use crate::sync::{BundleError, Checked, Scene, Scope, import, inspect};

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Self::new(Exit::Refused, error.message()).because(error)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let exit = match &error {
            FileError::Bundle(_) => Exit::Refused,
            FileError::Io { .. } | FileError::Differs(_) => Exit::Failed,
        };
        Self::new(exit, error.message()).because(error)
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Bundle(error) => error.into(),
        }
    }
}

/// Reads a bundle through; a file that is not there is wrong usage.
pub(super) fn read(path: &std::path::Path) -> Result<Checked, Failure> {
    if !path.exists() {
        let named = Message::new("cli.error.no_file").with("file", path.display().to_string());
        return Err(Failure::usage(named));
    }
    Ok(Checked::read(file::read(path)?)?)
}

pub(crate) fn export(site: &Site, args: &args::Export, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let desk = site.write()?;
    if args.key {
        return key_file(&desk, site, args, out);
    }
    let to = match &args.to {
        Some(name) => Some(find::unit(&desk.plan, name, None)?.id.clone()),
        None => None,
    };
    let order = Order {
        plan: &desk.plan,
        to: to.as_ref(),
        scope: if args.since_all {
            Scope::All
        } else {
            Scope::Since
        },
        wall: setup::wall(),
    };
    let planned = export::plan(&desk.store, &order)?;
    let bundle = export::bundle(&desk.store, &order, &planned)?;
    let dress = if args.armour {
        Dress::Armour
    } else {
        Dress::Plain
    };
    file::write(&args.output, &bundle, dress)?;
    let entries = usize::try_from(planned.entries()).unwrap_or(usize::MAX);
    out.say(
        &Message::new("cli.done.exported")
            .with("file", args.output.display().to_string())
            .with("entries", entries),
    )?;
    out.say(&Message::new("sync.file.written"))?;
    Ok(Exit::Done)
}

/// Writes what the coordinator needs to enrol this store.
fn key_file(
    desk: &Desk,
    site: &Site,
    args: &args::Export,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let info = desk.store.info()?;
    let people = desk.store.actors()?;
    let name = people.iter().find(|actor| actor.id == site.actor);
    let (key, _) = desk.store.sign(b"")?;
    let file = KeyFile {
        unit: info.unit,
        name: name.map(|actor| actor.name.clone()).unwrap_or_default(),
        key,
    };
    let (_, signature) = desk.store.sign(&file.words())?;
    std::fs::write(&args.output, file.write(&signature)).map_err(|error| {
        let path = args.output.display().to_string();
        Failure::from(FileError::Io {
            path: PathBuf::from(path),
            error,
        })
    })?;
    out.say(&Message::new("cli.done.key").with("digits", file.fingerprint().to_string()))?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct ImportAnswer {
    schema: &'static str,
    applied: bool,
    plan: CountsShape,
    changes: Vec<ChangeShape>,
    bundles: Vec<BundleShape>,
}

#[derive(Serialize)]
struct CountsShape {
    new: u64,
    known: u64,
    waiting: u64,
    conflicts: u64,
    late: u64,
    held: u64,
    refused: u64,
    suspicious: u64,
}

#[derive(Serialize)]
struct ChangeShape {
    unit: String,
    period: String,
    field: String,
    old: Option<String>,
    new: Option<String>,
    old_state: &'static str,
    new_state: &'static str,
}

#[derive(Serialize)]
struct BundleShape {
    root: String,
    signed_by: String,
    from: String,
    fate: &'static str,
    message: String,
}

pub(crate) fn import(site: &Site, args: &args::Import, out: &mut Out<'_>) -> Result<Exit, Failure> {
    // All are read before the store is touched: a file that is none refuses the whole command.
    let mut bundles = Vec::new();
    for path in &args.files {
        bundles.push(read(path)?);
    }
    let mut desk = site.write()?;
    let unit = desk.store.info()?.unit;
    let scene = Scene {
        plan: &desk.plan,
        unit: &unit,
        by: &site.actor,
        wall: setup::wall(),
    };
    let planned = if args.dry_run {
        import::plan(&desk.store, &scene, &bundles)?
    } else {
        import::apply(&mut desk.store, &scene, &bundles)?
    };
    if args.answer.json {
        out.json(&answer(&planned, !args.dry_run, out))?;
    } else {
        print(&desk, &planned, args.dry_run, out)?;
    }
    if planned.refusals().next().is_some() {
        return Ok(Exit::Refused);
    }
    let person = planned.counts.conflicts + planned.counts.waiting + planned.counts.suspicious;
    let quarantined = planned
        .bundles
        .iter()
        .any(|bundle| matches!(bundle.fate, Fate::Quarantined(_)));
    Ok(if person > 0 || quarantined {
        Exit::NeedsPerson
    } else {
        Exit::Done
    })
}

fn answer(planned: &ImportPlan, applied: bool, out: &Out<'_>) -> ImportAnswer {
    let counts = &planned.counts;
    ImportAnswer {
        schema: "nhaplieu.import/1",
        applied: applied && counts.new > 0,
        plan: CountsShape {
            new: counts.new,
            known: counts.known,
            waiting: counts.waiting,
            conflicts: counts.conflicts,
            late: counts.late,
            held: counts.held,
            refused: counts.refused,
            suspicious: counts.suspicious,
        },
        changes: planned
            .changes
            .iter()
            .map(|change| {
                let said = |content| {
                    let (value, text) = figure_and_text(content);
                    value.or(text)
                };
                ChangeShape {
                    unit: change.cell.form.unit.to_string(),
                    period: change.cell.form.period.to_string(),
                    field: change.cell.field.to_string(),
                    old: said(&change.old),
                    new: said(&change.new),
                    old_state: change.old.state(),
                    new_state: change.new.state(),
                }
            })
            .collect(),
        bundles: planned
            .bundles
            .iter()
            .map(|bundle| BundleShape {
                root: bundle.root.to_string(),
                signed_by: bundle.signer.to_string(),
                from: bundle.from.to_string(),
                fate: fate_name(&bundle.fate),
                message: out.texts.say(&bundle.fate.message()),
            })
            .collect(),
    }
}

fn fate_name(fate: &Fate) -> &'static str {
    match fate {
        Fate::Taken => "taken",
        Fate::Already { .. } => "already",
        Fate::Waiting(_) => "waiting",
        Fate::Quarantined(_) => "quarantined",
        Fate::Refused(_) => "refused",
    }
}

fn print(desk: &Desk, planned: &ImportPlan, dry: bool, out: &mut Out<'_>) -> Result<(), Failure> {
    let lang = out.texts.lang();
    for bundle in &planned.bundles {
        let line = Message::new("cli.import.bundle")
            .with("from", bundle.from.as_str())
            .with("fate", bundle.fate.message());
        out.say(&line)?;
        if let Fate::Waiting(gaps) = &bundle.fate {
            let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            for gap in gaps {
                out.say(
                    &Message::new("sync.gap.line")
                        .with("whom", gap.name.as_str())
                        .with("have", number(gap.have))
                        .with("needs", number(gap.needs)),
                )?;
            }
        }
    }
    for change in &planned.changes {
        let field = desk.plan.field(&change.cell.field);
        let label = field.map_or(change.cell.field.as_str(), |f| f.short.get(lang));
        let show = |content: &_| match typed::show(content, lang) {
            empty if empty.is_empty() => "·".to_owned(),
            shown => shown,
        };
        out.line(&format!(
            "  {} {}  {label}: {} → {}",
            change.cell.form.unit,
            change.cell.form.period,
            show(&change.old),
            show(&change.new)
        ))?;
    }
    let counts = planned
        .counts
        .all()
        .into_iter()
        .filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(key, count)| format!("{} {count}", out.texts.get(key)))
        .collect();
    let key = if dry {
        "cli.import.would"
    } else {
        "cli.import.done"
    };
    out.say(&Message::new(key).with("counts", counts.join(", ")))
}

#[derive(Serialize)]
struct InspectAnswer {
    schema: &'static str,
    whole: bool,
    signed_by: String,
    digits: String,
    trusted: Option<bool>,
    from: String,
    to: Option<String>,
    created: String,
    plan: String,
    plan_version: u32,
    entries: u32,
    ranges: Vec<RangeShape>,
    units: Vec<String>,
}

#[derive(Serialize)]
struct RangeShape {
    author: String,
    first: u64,
    last: u64,
}

pub(crate) fn inspect(args: &args::Inspect, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let found = inspect::of(&read(&args.file)?);
    if args.answer.json {
        out.json(&InspectAnswer {
            schema: "nhaplieu.inspect/1",
            whole: true,
            signed_by: found.signed_by.to_string(),
            digits: found.fingerprint.to_string(),
            // Only a store knows whom it trusts; this command needs none.
            trusted: None,
            from: found.from.to_string(),
            to: found.to.as_ref().map(ToString::to_string),
            created: moment(found.created),
            plan: found.plan.0,
            plan_version: found.plan.1,
            entries: found.entries,
            ranges: found
                .ranges
                .iter()
                .map(|piece| RangeShape {
                    author: piece.author.to_string(),
                    first: piece.first,
                    last: piece.last,
                })
                .collect(),
            units: found.units.iter().map(ToString::to_string).collect(),
        })?;
        return Ok(Exit::Done);
    }
    let to = match &found.to {
        Some(unit) => unit.to_string(),
        None => out.texts.get("cli.inspect.anyone").to_owned(),
    };
    out.say(
        &Message::new("cli.inspect.head")
            .with("from", found.from.as_str())
            .with("to", to)
            .with("created", moment(found.created))
            .with("entries", usize::try_from(found.entries).unwrap_or(0))
            .with("digits", found.fingerprint.to_string()),
    )?;
    for piece in &found.ranges {
        out.line(&format!(
            "  {} {}–{}",
            piece.author, piece.first, piece.last
        ))?;
    }
    Ok(Exit::Done)
}
