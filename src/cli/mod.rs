//! The command line: definitions, one file per command, wording of errors, exit codes.

mod args;
mod changes;
mod commands;
mod failure;
mod files;
mod find;
mod invent;
mod keymap;
mod out;
mod progress;
mod screens;
mod setup;
mod shapes;
mod site;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::FromArgMatches;

use args::{Cli, Command};
use failure::{Exit, Failure};
use out::Out;
use site::Site;

use crate::service::workflow::Step;
use crate::ui::Glyphs;
use crate::ui::texts::Texts;

/// Runs the program on these words of the command line.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    site::read_ahead();
    let words: Vec<OsString> = words.into_iter().collect();
    let variable = std::env::var("NHAPLIEU_LANG").ok();
    let lang = args::lang_of(&words, variable.as_deref());
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
    let matches = words::command(texts)
        .try_get_matches_from(words)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    match matches {
        Ok(cli) => Ok(Some(cli)),
        Err(error) => match words::slip(&error) {
            words::Slip::Page(page) => out.page(page.as_bytes()).map(|()| None),
            words::Slip::Wrong(failure) => Err(failure),
        },
    }
}

fn carry_out(cli: &Cli, texts: &Arc<Texts>, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let site = Site::resolve(&cli.global, texts.lang())?;
    let keymap = cli.global.keymap.as_deref();
    match &cli.command {
        None => screens::run(&site, &cli.global, texts),
        Some(Command::Init(args)) => commands::init::run(&site, args, out),
        Some(Command::Set(args)) => commands::set::run(&site, args, out),
        Some(Command::Show(args)) => commands::show::run(&site, args, out),
        Some(Command::Check(args)) => commands::check::run(&site, args, out),
        Some(Command::Submit(args)) => commands::submit::run(&site, args, out),
        Some(Command::Return(args)) => {
            commands::workflow::run(&site, Step::Return, &args.form, &args.reason, out)
        }
        Some(Command::Approve(form)) => {
            commands::workflow::run(&site, Step::Approve, form, "", out)
        }
        Some(Command::Lock(form)) => commands::workflow::run(&site, Step::Lock, form, "", out),
        Some(Command::Reopen(args)) => {
            commands::workflow::run(&site, Step::Reopen, &args.form, &args.reason, out)
        }
        Some(Command::Export(args)) => commands::export::run(&site, args, out),
        Some(Command::Import(args)) => commands::import::run(&site, args, out),
        Some(Command::Inspect(args)) => commands::inspect::run(args, out),
        Some(Command::Bundles(args)) => commands::bundles::run(&site, args, out),
        Some(Command::Enrol(args)) => commands::trust::enrol(&site, args, out),
        Some(Command::Revoke(args)) => commands::trust::revoke(&site, args, out),
        Some(Command::Conflicts(args)) => commands::disputes::list(&site, args, out),
        Some(Command::Resolve(args)) => commands::disputes::resolve(&site, args, out),
        Some(Command::Status(args)) => commands::status::run(&site, args, out),
        Some(Command::Log(args)) => commands::log::run(&site, args, out),
        Some(Command::Verify(args)) => commands::verify::run(&site, args, out),
        Some(Command::Plan(args)) => commands::plan::run(&site, args, out),
        Some(Command::Keys(args)) => commands::keys::run(&site, keymap, args, out),
        Some(Command::Demo) => commands::demo::run(&site, out),
        Some(Command::Completions(args)) => commands::shells::completions(args, out),
        Some(Command::Man(args)) => commands::shells::man(args, out),
    }
}
