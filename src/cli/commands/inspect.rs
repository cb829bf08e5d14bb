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
use crate::sync::bundle::fingerprint::fingerprint;

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
    let bundle = files::read((&args.file, &std::env::temp_dir()), &NoProgress)?;
    let header = bundle.header();
    let digits = fingerprint(&header.signer).to_string();
    if args.format.json {
        out.json(&InspectAnswer {
            schema: "nhaplieu.inspect/1",
            whole: true,
            signed_by: header.signed_by().to_string(),
            digits,
            // Only a store knows whom it trusts; this command needs none.
            trusted: None,
            from: header.from.to_string(),
            to: header.receiver().map(ToString::to_string),
            created: moment(header.created),
            plan: header.plan_id.clone(),
            plan_version: header.plan_version,
            entries: header.entries,
            ranges: header
                .ranges
                .iter()
                .map(|range| RangeShape {
                    author: range.author().to_string(),
                    first: range.first,
                    last: range.last,
                })
                .collect(),
            units: bundle.units().iter().map(ToString::to_string).collect(),
        })?;
        return Ok(Exit::Done);
    }
    let to = match header.receiver() {
        Some(unit) => unit.to_string(),
        None => out.texts.get("cli.inspect.anyone").to_owned(),
    };
    out.say(
        &Message::new("cli.inspect.head")
            .with("from", header.from.as_str())
            .with("to", to)
            .with("created", moment(header.created))
            .with("entries", usize::try_from(header.entries).unwrap_or(0))
            .with("digits", digits),
    )?;
    for range in &header.ranges {
        out.line(&format!(
            "  {} {}–{}",
            range.author(),
            range.first,
            range.last
        ))?;
    }
    Ok(Exit::Done)
}
