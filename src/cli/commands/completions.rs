//! `completions`: what a shell needs to complete commands, from the same definitions as the help
//! pages.

use clap::Args;

use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::Settings;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    #[arg(value_name = "SHELL")]
    shell: clap_complete::Shell,
}

pub(crate) fn run(
    settings: &Settings,
    args: &Completions,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut (settings.definitions)(out.texts),
        "nhaplieu",
        &mut script,
    );
    out.page(&script)?;
    Ok(Exit::Done)
}
