//! The command line: definitions, one file per command, wording of errors, exit codes.

mod args;
mod bundle_lines;
mod changes;
mod command_line;
mod commands;
mod damage;
mod environment;
mod failure;
mod files;
mod find;
mod help;
mod keymap;
mod of_unit;
mod out;
mod progress;
mod screens;
mod settings;
mod shapes;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::FromArgMatches;

use command_line::Cli;
use failure::{Exit, Failure};
use out::Out;
use settings::Settings;

use crate::ui::Glyphs;
use crate::ui::texts::Texts;

/// Runs the program on these words of the command line.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    settings::read_ahead();
    let words: Vec<OsString> = words.into_iter().collect();
    let variable = std::env::var("NHAPLIEU_LANG").ok();
    let lang = command_line::lang_of(&words, variable.as_deref());
    let texts = Arc::new(Texts::load(lang));
    let glyphs = if words.iter().any(|word| word == "--ascii") {
        Glyphs::Ascii
    } else {
        Glyphs::Unicode
    };
    let mut out = Out::standard(&texts, glyphs);
    let done = parsed(&words, &texts, &mut out).and_then(|cli| match cli {
        Some(cli) => carry_out(&cli, &texts, &mut out),
        None => Ok(Exit::Done),
    });
    let done = done.and_then(|exit| out.flush().map(|()| exit));
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if failure.exit != Exit::Done {
                out.fail(&failure);
            }
            failure.exit.into()
        }
    }
}

/// The command line read; `None` when it asked for a page of help, which was shown.
fn parsed(words: &[OsString], texts: &Texts, out: &mut Out<'_>) -> Result<Option<Cli>, Failure> {
    let matches = command_line::definitions(texts)
        .try_get_matches_from(words)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    match matches {
        Ok(cli) => Ok(Some(cli)),
        Err(error) => match help::parse_failure(&error) {
            help::ParseFailure::Page(page) => out.page(page.as_bytes()).map(|()| None),
            help::ParseFailure::Wrong(failure) => Err(failure),
        },
    }
}

fn carry_out(cli: &Cli, texts: &Arc<Texts>, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let command = cli.command.as_ref().map(commands::Command::name);
    let definitions = (
        command_line::definitions as fn(&Texts) -> clap::Command,
        command,
    );
    let settings = Settings::resolve(&cli.global, texts.lang(), definitions)?;
    let Some(command) = &cli.command else {
        return screens::run(&settings, &cli.global, texts);
    };
    let done = command.run(&settings, out);
    // Also where the command failed after that.
    if let Some(epoch) = settings.epoch_begun() {
        out.aside(&epoch);
    }
    done
}
