//! `import`: what came from other stores, taken in one transaction; or, dry, only said. Without a
//! file it tries again what waits in the store.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::base::Message;
use crate::cli::args::AnswerFormat;
use crate::cli::bundle_lines;
use crate::cli::changes::{
    self, ChangeShape, CountsShape, SuspicionShape, TotalShape, UnknownAuthorShape, outcome_name,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::files;
use crate::cli::out::Out;
use crate::cli::progress::ProgressLine;
use crate::cli::settings::{OpenStore, Settings};
use crate::plan::Plan;
use crate::service::import::{self, ReadFiles};
use crate::sync::import::plan::{BundleOutcome, BundlePlan, ImportPlan, UnreadFile};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[arg(value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    format: AnswerFormat,
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    applied: bool,
    plan: CountsShape,
    changes: Vec<ChangeShape>,
    totals: Vec<TotalShape>,
    suspicions: Vec<SuspicionShape>,
    bundles: Vec<BundleShape>,
    unread: Vec<UnreadShape>,
}

#[derive(Serialize)]
struct UnreadShape {
    file: String,
    message: String,
}

#[derive(Serialize)]
struct BundleShape {
    root: String,
    signed_by: String,
    from: String,
    fate: &'static str,
    message: String,
    strangers: Vec<UnknownAuthorShape>,
}

pub(crate) fn run(settings: &Settings, args: &Import, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let progress = ProgressLine::begin(out.texts);
    let read = files::read_all((&args.files, &settings.dir), &progress, out)?;
    let mut opened = settings.write()?;
    let caller = settings.watched(&opened.plan, &progress);
    let planned = if args.dry_run {
        import::preview(&opened.store, &caller, &read)?
    } else {
        import::apply(&mut opened.store, &caller, &read)?
    };
    drop(progress);
    if args.files.is_empty() && planned.bundles.is_empty() && !args.format.json {
        out.say(&Message::new("cli.import.nothing_waits"))?;
        return Ok(Exit::Done);
    }
    if args.format.json {
        out.json(&answer(&opened.plan, &planned, !args.dry_run, out))?;
    } else {
        let kept = if args.dry_run { Kept::No } else { Kept::Yes };
        print(&opened, &planned, kept, out)?;
        let key = if args.dry_run {
            "cli.import.would"
        } else {
            "cli.import.done"
        };
        say_counts(key, &planned, out)?;
    }
    Ok(exit(&planned))
}

/// Imports what waits in the store, after it began to believe a key.
///
/// # Errors
/// A failure of the store: then nothing was written.
pub(crate) fn try_again(
    opened: &mut OpenStore,
    settings: &Settings,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let caller = settings.caller(&opened.plan);
    let planned = import::apply(&mut opened.store, &caller, &ReadFiles::default())?;
    if planned.bundles.is_empty() {
        return Ok(Exit::Done);
    }
    print(opened, &planned, Kept::Yes, out)?;
    say_counts("cli.import.done", &planned, out)?;
    Ok(exit(&planned))
}

fn exit(planned: &ImportPlan) -> Exit {
    if planned.refusals().next().is_some() {
        return Exit::Refused;
    }
    let counts = &planned.counts;
    let person = counts.conflicts + counts.waiting + counts.late + counts.suspicious;
    let quarantined = |bundle: &BundlePlan| matches!(bundle.outcome, BundleOutcome::Quarantined(_));
    if person > 0 || !planned.unread.is_empty() || planned.bundles.iter().any(quarantined) {
        Exit::NeedsPerson
    } else {
        Exit::Done
    }
}

fn answer(plan: &Plan, planned: &ImportPlan, applied: bool, out: &Out<'_>) -> Answer {
    let bundle = |bundle: &BundlePlan| BundleShape {
        root: bundle.root.to_string(),
        signed_by: bundle.signer.to_string(),
        from: bundle.from.to_string(),
        fate: outcome_name(&bundle.outcome),
        message: out.texts.say(&bundle.outcome.message()),
        strangers: bundle
            .unknown_authors
            .iter()
            .map(UnknownAuthorShape::of)
            .collect(),
    };
    let unread = |file: &UnreadFile| UnreadShape {
        file: file.path.display().to_string(),
        message: out.texts.say(&file.why),
    };
    Answer {
        schema: "nhaplieu.import/1",
        applied: applied && planned.counts.new > 0,
        plan: CountsShape::of(&planned.counts),
        changes: planned.changes.iter().map(ChangeShape::of).collect(),
        totals: changes::totals(planned),
        suspicions: changes::suspicions(plan, planned, out),
        bundles: planned.bundles.iter().map(bundle).collect(),
        unread: planned.unread.iter().map(unread).collect(),
    }
}

/// Whether a bundle in quarantine lies in the store now, so that it can be named.
#[derive(Clone, Copy)]
enum Kept {
    Yes,
    No,
}

fn print(
    opened: &OpenStore,
    planned: &ImportPlan,
    kept: Kept,
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    for bundle in &planned.bundles {
        out.say(
            &Message::new("cli.import.bundle")
                .with("from", bundle.from.as_str())
                .with("fate", bundle.outcome.message()),
        )?;
        if let BundleOutcome::Waiting(gaps) = &bundle.outcome {
            bundle_lines::say_gaps(gaps, out)?;
        }
        let id = bundle_lines::short(&bundle.root);
        let id = match kept {
            Kept::Yes => Some(id.as_str()),
            Kept::No => None,
        };
        bundle_lines::say_unknown_authors(&opened.plan, (id, &bundle.unknown_authors), out)?;
    }
    changes::say_changes(&opened.plan, &planned.changes, out)?;
    changes::say_effects(&opened.plan, planned, out)
}

/// The classes that are not empty, in one line.
///
/// # Errors
/// When nobody can take the answer.
fn say_counts(key: &'static str, planned: &ImportPlan, out: &mut Out<'_>) -> Result<(), Failure> {
    let counts = bundle_lines::counts(&planned.counts, out);
    out.say(&Message::new(key).with("counts", counts))
}
