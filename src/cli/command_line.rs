//! The whole command line: the global options and the commands.

use std::ffi::OsString;

use clap::{CommandFactory, Parser};

use super::args::Global;
use super::commands::Command;
use super::help;
use crate::base::Lang;
use crate::ui::texts::Texts;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "nhaplieu", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Gives the definitions of all commands, with their help in the language of `texts`.
pub(crate) fn definitions(texts: &Texts) -> clap::Command {
    help::worded(Cli::command(), texts)
}

/// The language asked for before anything is parsed, so that even a slip on the command line is
/// answered in it: `--lang`, then the environment's word, then Vietnamese.
pub(crate) fn lang_of(args: &[OsString], variable: Option<&str>) -> Lang {
    let mut told = None;
    let mut words = args.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => told = words.next(),
            Some(rest) if rest.starts_with('=') => told = rest.get(1..),
            _ => {}
        }
    }
    match told.or(variable) {
        Some("en") => Lang::En,
        _ => Lang::Vi,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &clap::Command, missing: &mut Vec<String>) {
        let about = command.get_about().map(ToString::to_string);
        let after = command.get_after_help().map(ToString::to_string);
        for words in [about, after].into_iter().flatten() {
            if words.contains("cli.") {
                missing.push(words);
            }
        }
        for arg in command.get_arguments() {
            let words = arg.get_help().map(ToString::to_string).unwrap_or_default();
            if words.is_empty() || words.starts_with("cli.") {
                missing.push(format!("{} {}", command.get_name(), arg.get_id()));
            }
        }
        for sub in command.get_subcommands() {
            walk(sub, missing);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_words_in_both_languages() {
        for lang in [Lang::Vi, Lang::En] {
            let mut missing = Vec::new();
            walk(&definitions(&Texts::load(lang)), &mut missing);
            assert_eq!(missing, Vec::<String>::new());
        }
    }

    #[test]
    fn the_definitions_hold_together() {
        definitions(&Texts::load(Lang::Vi)).debug_assert();
    }
}
