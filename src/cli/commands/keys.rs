//! `keys`: the effective keys. `keys check`: a keymap file judged.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::app::input::keymap::{Keymap, KeymapProblem};
use crate::base::Message;
use crate::cli::args::{AnswerFormat, FileArg};
use crate::cli::failure::{Exit, Failure};
use crate::cli::keymap;
use crate::cli::out::Out;
use crate::cli::settings::{self, Settings};
use crate::ui::width;

/// Arguments of `keys`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Keys {
    #[command(flatten)]
    format: AnswerFormat,
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    #[command(subcommand)]
    command: Option<KeysCommand>,
}

/// Commands below `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    Check(FileArg),
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    keymap: String,
    keys: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    context: &'static str,
    command: &'static str,
    keys: Vec<String>,
    label: String,
}

pub(crate) fn run(settings: &Settings, args: &Keys, out: &mut Out<'_>) -> Result<Exit, Failure> {
    if let Some(KeysCommand::Check(file)) = &args.command {
        return check(file, out);
    }
    let keymap = keymap::effective(settings, out.texts)?;
    if args.markdown {
        let table = keymap.markdown(|key| out.texts.get(key).to_owned());
        out.line(table.trim())?;
    } else if args.format.json {
        out.json(&answer(&keymap, out))?;
    } else {
        print(&keymap, out)?;
    }
    Ok(Exit::Done)
}

fn answer(keymap: &Keymap, out: &Out<'_>) -> Answer {
    let line = |row: crate::app::input::keymap::HelpRow| Line {
        context: row.context.name(),
        command: row.command.id(),
        keys: row.keys.iter().map(ToString::to_string).collect(),
        label: out.texts.get(row.command.doc_key()).to_owned(),
    };
    Answer {
        schema: "nhaplieu.keys/1",
        keymap: keymap.name.clone(),
        keys: keymap.rows().into_iter().map(line).collect(),
    }
}

fn print(keymap: &Keymap, out: &mut Out<'_>) -> Result<(), Failure> {
    let mut last = None;
    for row in keymap.rows() {
        if last != Some(row.context) {
            let heading = out.texts.get(row.context.heading_key()).to_owned();
            out.line(&heading)?;
            last = Some(row.context);
        }
        let keys: Vec<String> = row.keys.iter().map(|key| key.display()).collect();
        let doc = out.texts.get(row.command.doc_key());
        let line = format!(
            "  {} {} {doc}",
            width::left(&keys.join(", "), 24),
            width::left(row.command.id(), 22)
        );
        out.line(&line)?;
    }
    Ok(())
}

fn check(args: &FileArg, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let bytes = settings::read_file(&args.file)?;
    let name = args.file.display().to_string();
    let problems = keymap::problems(&bytes);
    for KeymapProblem { line, message } in &problems {
        let said = Message::new("cli.keys.problem")
            .with("file", name.as_str())
            .with("line", line.to_string())
            .with("message", message.clone());
        out.say(&said)?;
    }
    let key = if problems.is_empty() {
        "cli.keys.good"
    } else {
        "cli.keys.refused"
    };
    out.say(
        &Message::new(key)
            .with("file", name.as_str())
            .with("count", problems.len()),
    )?;
    Ok(if problems.is_empty() {
        Exit::Done
    } else {
        Exit::Refused
    })
}
