//! `inspect`: what a bundle says of itself, without a store.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::base::Message;
use crate::cli::args::AnswerFormat;
use crate::cli::failure::{Exit, Failure};
use crate::cli::files;
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::cli::shapes::moment;
use crate::sync::NoProgress;
use crate::sync::import::inspect;

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    format: AnswerFormat,
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

pub(crate) fn run(_: &Settings, args: &Inspect, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let found = inspect::of(&files::read(
        (&args.file, &std::env::temp_dir()),
        &NoProgress,
    )?);
    if args.format.json {
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
