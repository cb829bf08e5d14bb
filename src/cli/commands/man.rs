//! `man`: a manual page, from the same definitions as the help pages.

use clap::Args;

use crate::base::Message;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::Settings;

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) fn run(settings: &Settings, args: &Man, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let mut command = (settings.definitions)(out.texts);
    command.build();
    let mut name = "nhaplieu".to_owned();
    for word in &args.command {
        let Some(below) = command.find_subcommand(word) else {
            let message = Message::new("cli.usage.unknown_command")
                .with("command", word.as_str())
                .with("near", "");
            return Err(Failure::usage(message));
        };
        name = format!("{name}-{word}");
        command = below.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command.name(name))
        .render(&mut page)
        .map_err(|error| {
            Failure::new(Exit::Failed, Message::new("cli.error.output")).because(error)
        })?;
    out.page(&page)?;
    Ok(Exit::Done)
}
