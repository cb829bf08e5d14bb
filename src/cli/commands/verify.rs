//! `verify`: every byte checked, everything derived compared with what the entries give.

use clap::Args;
use serde::Serialize;

use crate::base::Message;
use crate::cli::args::AnswerFormat;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::ledger::AuthorId;
use crate::store::StoreReader;
use crate::store::{self};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    format: AnswerFormat,
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    clean: bool,
    entries: u64,
    views: u64,
    withheld: Vec<Withheld>,
    differences: Vec<String>,
}

#[derive(Serialize)]
struct Withheld {
    author: String,
    entries: u64,
}

pub(crate) fn run(settings: &Settings, args: &Verify, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let edge = settings.edge()?;
    // A store that can only be read is still checked, all but redb's own look at its pages.
    settings.refuse_other_plan()?;
    let store = store::open_if_possible_for_writing(&settings.dir, &edge)?;
    let report = store.verify()?;
    let clean = report.differences.is_empty();
    if args.format.json {
        out.json(&Answer {
            schema: "nhaplieu.verify/1",
            clean,
            entries: report.entries,
            views: report.views,
            withheld: report.withheld.iter().map(withheld).collect(),
            differences: report.differences,
        })?;
    } else {
        for difference in &report.differences {
            out.line(difference)?;
        }
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        for (author, entries) in &report.withheld {
            out.say(
                &Message::new("cli.done.withheld")
                    .with("author", author.to_string())
                    .with("entries", number(*entries)),
            )?;
        }
        let key = if clean {
            "cli.done.verified"
        } else {
            "cli.done.differences"
        };
        out.say(
            &Message::new(key)
                .with("entries", number(report.entries))
                .with("views", number(report.views))
                .with("count", report.differences.len()),
        )?;
    }
    Ok(if clean { Exit::Done } else { Exit::Failed })
}

fn withheld((author, entries): &(AuthorId, u64)) -> Withheld {
    Withheld {
        author: author.to_string(),
        entries: *entries,
    }
}
