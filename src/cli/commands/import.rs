//! `import`: what came from another store, taken in one transaction; or, dry, only said.

use serde::Serialize;

use super::bundles;
use crate::base::Message;
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::setup;
use crate::cli::shapes::figure_and_text;
use crate::cli::site::{Desk, Site};
use crate::ledger::typed;
use crate::store::Store;
use crate::sync::plan::{Fate, ImportPlan};
use crate::sync::{Scene, Unwatched, import};

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

pub(crate) fn run(site: &Site, args: &args::Import, out: &mut Out<'_>) -> Result<Exit, Failure> {
    // All are read before the store is touched: a file that is none refuses the whole command.
    let mut read = Vec::new();
    for path in &args.files {
        read.push(bundles::read(path)?);
    }
    let mut desk = site.write()?;
    let unit = desk.store.info()?.unit;
    let scene = Scene {
        plan: &desk.plan,
        unit: &unit,
        by: &site.actor,
        wall: setup::wall(),
        watch: &Unwatched,
    };
    let planned = if args.dry_run {
        import::plan(&desk.store, &scene, &read)?
    } else {
        import::apply(&mut desk.store, &scene, &read)?
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
