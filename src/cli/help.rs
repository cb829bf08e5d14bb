//! The command line in words: help pages and slips, from the texts. clap's own sentences are
//! English and stand in code; none of them reaches a person.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction};

use super::failure::Failure;
use crate::base::{self, Message};
use crate::ui::texts::Texts;

/// Gives the commands their help in the language of `texts`.
pub(crate) fn worded(command: clap::Command, texts: &Texts) -> clap::Command {
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .global(true);
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version);
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help)
        .arg(version)
        .propagate_version(false);
    word(command, texts, "nhaplieu")
}

/// Gives a command, its arguments and the commands below it their words; `path` names it in the
/// keys of the texts (`plan_check`).
fn word(command: clap::Command, texts: &Texts, path: &str) -> clap::Command {
    let say = |key: String| texts.get(&key).to_owned();
    let example = say(format!("cli.example.{path}"));
    let after = format!("{}\n  {example}", texts.get("cli.help.example"));
    let usage = texts.get("cli.help.usage");
    let template = format!("{{about}}\n\n{usage}\n  {{usage}}\n\n{{all-args}}{{after-help}}\n");
    let heading = |arg: &Arg| {
        let key = match (arg.is_positional(), arg.is_global_set()) {
            (true, _) => "cli.help.arguments",
            (false, true) => "cli.help.global",
            (false, false) => "cli.help.options",
        };
        texts.get(key).to_owned()
    };
    command
        .about(say(format!("cli.command.{path}")))
        .after_help(after)
        // A wrapper script may have named the store already; the last word holds.
        .args_override_self(true)
        .help_template(StyledStr::from(template))
        .subcommand_help_heading(texts.get("cli.help.commands").to_owned())
        .subcommand_value_name("COMMAND")
        .mut_args(|arg| {
            let heading = heading(&arg);
            let help = argument(texts, path, arg.get_id().as_str());
            let arg = arg.help(help).help_heading(heading);
            if arg.get_action().takes_values() {
                arg.hide_env(true)
                    .hide_default_value(true)
                    .hide_possible_values(true)
            } else {
                arg
            }
        })
        .mut_subcommands(|sub| {
            let below = match path {
                "nhaplieu" => sub.get_name().to_owned(),
                _ => format!("{path}_{}", sub.get_name()),
            };
            word(sub, texts, &below)
        })
}

/// An argument's words: its own for this command, else those it has everywhere.
fn argument(texts: &Texts, path: &str, id: &str) -> String {
    let own = format!("cli.arg.{path}_{id}");
    let common = format!("cli.arg.{id}");
    let words = texts.get(&own);
    if words == own {
        texts.get(&common).to_owned()
    } else {
        words.to_owned()
    }
}

/// What clap could not parse: a request for a page on standard output, or a wrong command line.
pub(crate) enum ParseFailure {
    /// Help or version was asked for.
    Page(String),
    /// The command line is wrong.
    Wrong(Failure),
}

/// Puts an error of clap into words of the texts.
pub(crate) fn parse_failure(error: &clap::Error) -> ParseFailure {
    let rendered = error.render().to_string();
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return ParseFailure::Page(rendered);
    }
    let part = |kind| error.get(kind).map(joined).unwrap_or_default();
    let argument = part(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => Message::new("cli.usage.unknown_argument")
            .with("arg", argument)
            .with("near", near(part(ContextKind::SuggestedArg))),
        ErrorKind::InvalidSubcommand => Message::new("cli.usage.unknown_command")
            .with("command", part(ContextKind::InvalidSubcommand))
            .with("near", near(part(ContextKind::SuggestedSubcommand))),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => {
            Message::new("cli.usage.bad_value")
                .with("value", part(ContextKind::InvalidValue))
                .with("arg", argument)
        }
        ErrorKind::MissingRequiredArgument => {
            Message::new("cli.usage.missing_argument").with("arg", argument)
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Message::new("cli.usage.missing_command")
        }
        ErrorKind::ArgumentConflict => Message::new("cli.usage.conflict")
            .with("arg", argument)
            .with("other", part(ContextKind::PriorArg)),
        _ => Message::new("cli.usage.other"),
    };
    let failure = Failure::usage(message);
    // Only where the sentence above does not say all of it.
    if error.kind() != ErrorKind::ValueValidation {
        return ParseFailure::Wrong(failure);
    }
    let detail = rendered.lines().next().unwrap_or_default();
    ParseFailure::Wrong(failure.because(detail.trim_start_matches("error: ")))
}

/// "Did you mean …", where something comes near.
fn near(suggestion: String) -> base::Arg {
    if suggestion.is_empty() {
        base::Arg::from("")
    } else {
        Message::new("cli.error.near")
            .with("near", suggestion)
            .into()
    }
}

fn joined(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        _ => String::new(),
    }
}
