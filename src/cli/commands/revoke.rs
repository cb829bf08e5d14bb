//! `revoke`: ends the rights of an author.

use clap::Args;

use crate::base::Message;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::ledger::AuthorId;
use crate::store::exchange::ExchangeReader;
use crate::store::{EpochState, StoreReader};
use crate::sync::authors;

/// Arguments of `revoke`.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[arg(value_name = "AUTHOR")]
    author: String,
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[arg(long, value_name = "N")]
    last_good: Option<u64>,
}

pub(crate) fn run(settings: &Settings, args: &Revoke, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let mut opened = settings.write()?;
    let authors = opened.store.authors()?;
    let found: Vec<AuthorId> = authors
        .into_iter()
        .filter(|author| !args.author.is_empty() && author.to_string().starts_with(&args.author))
        .collect();
    let [author] = found.as_slice() else {
        let message = Message::new("cli.error.no_author").with("author", args.author.as_str());
        return Err(Failure::usage(message));
    };
    let info = opened.store.info()?;
    // In a copy this very change is written under another author, and the old one can be left.
    if *author == info.author && !matches!(info.epoch, EpochState::Due(_)) {
        return Err(Failure::usage(Message::new("cli.error.own_author")));
    }
    let mut last = 0;
    opened.store.with_snapshot(&mut |ground| {
        let tips = ground.tips(author)?;
        last = tips.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
        Ok(())
    })?;
    let last_good = args.last_good.unwrap_or(last);
    let change = authors::revoke(*author, last_good, &args.reason);
    opened.commit(settings, vec![change])?;
    out.say(
        &Message::new("cli.done.revoked")
            .with("author", author.to_string())
            .with("last", last_good.to_string()),
    )?;
    Ok(Exit::Done)
}
