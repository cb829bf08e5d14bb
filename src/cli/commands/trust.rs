//! `enrol`, `revoke`: whom the district's stores believe. Before a key is believed two people
//! compare its digits over the phone.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use crate::app::meeting::{Admission, Asking, may_take_in};
use crate::base::Message;
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::files;
use crate::cli::out::Out;
use crate::cli::setup;
use crate::cli::site::{Desk, Site, read_file};
use crate::ledger::{AuthorId, Origin};
use crate::store::Store;
use crate::store::exchange::Exchange;
use crate::sync::authors;
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};
use crate::sync::bundle::key_file::{FIRST, KeyFile};
use crate::sync::{Unwatched, VerifiedBundle};

pub(crate) fn enrol(site: &Site, args: &args::Enrol, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let (asking, mut desk) = if args.file.exists() {
        (asking(site, args)?, site.write()?)
    } else {
        let desk = site.write()?;
        (kept(&desk, &args.file)?, desk)
    };
    let digits = fingerprint(&asking.key);
    let label = desk.plan.unit(&asking.unit).map(|unit| unit.name.clone());
    out.aside(
        &Message::new("cli.enrol.digits")
            .with("unit", label.unwrap_or_default())
            .with("name", asking.name.as_str())
            .with("digits", digits.to_string()),
    );
    if !args.yes {
        compare(&digits, out)?;
    }
    may_take_in(&desk.store, &site.actor)?;
    let (own, author) = (desk.store.info()?.unit, asking.author());
    match asking.admitted(&desk.plan, &own) {
        Admission::Pin(key) => {
            desk.store.pin(&key, setup::wall())?;
            out.say(&Message::new("cli.done.pinned"))?;
        }
        Admission::Enrol(change) => {
            desk.commit(site, Origin::Set, vec![change])?;
            let done = Message::new("cli.done.enrolled");
            out.say(&done.with("author", author.to_string()))?;
        }
    }
    then(&mut desk, site, out)
}

/// What was in quarantine for want of this key comes in now. The enrolment is done whatever becomes
/// of it.
fn then(desk: &mut Desk, site: &Site, out: &mut Out<'_>) -> Result<Exit, Failure> {
    Ok(match super::import::try_again(desk, site, out)? {
        Exit::Refused => Exit::NeedsPerson,
        exit => exit,
    })
}

/// The signer of a bundle in quarantine, by the first digits of its root: the stick may be gone.
fn kept(desk: &Desk, named: &Path) -> Result<Asking, Failure> {
    let id = named.to_str().unwrap_or_default();
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_hexdigit()) {
        let message = Message::new("cli.error.no_file").with("file", named.display().to_string());
        return Err(Failure::usage(message));
    }
    let bundle = VerifiedBundle::read(super::bundle::held_bytes(desk, id)?)?;
    Ok(signer(&bundle))
}

/// The key of a key file, or of the store that signed a bundle.
fn asking(site: &Site, args: &args::Enrol) -> Result<Asking, Failure> {
    let file = &args.file;
    let bytes = read_file(file)?;
    if bytes.starts_with(FIRST.as_bytes()) {
        let found = KeyFile::read(&bytes).map_err(|error| {
            let key = match error {
                crate::sync::bundle::key_file::KeyFileError::NotAKeyFile => {
                    "sync.key.not_a_key_file"
                }
                crate::sync::bundle::key_file::KeyFileError::Line(_) => "cli.error.key_file",
                crate::sync::bundle::key_file::KeyFileError::BadSignature => {
                    "sync.key.bad_signature"
                }
            };
            Failure::new(Exit::Refused, Message::new(key)).because(error)
        })?;
        return Ok(Asking {
            unit: found.unit,
            name: found.name,
            key: found.key,
        });
    }
    Ok(signer(&files::read((file, &site.dir), &Unwatched)?))
}

fn signer(bundle: &VerifiedBundle) -> Asking {
    let header = bundle.header();
    Asking {
        unit: header.from.clone(),
        name: header.from.to_string(),
        key: header.signer,
    }
}

/// Asks for the digits that the other side reads out.
fn compare(digits: &Fingerprint, out: &mut Out<'_>) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(Message::new("cli.error.no_digits")));
    }
    out.aside(&Message::new("cli.enrol.ask"));
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    if read.is_ok() && digits.matches(typed.trim()) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        Message::new("cli.error.other_digits"),
    ))
}

pub(crate) fn revoke(site: &Site, args: &args::Revoke, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let mut desk = site.write()?;
    let authors = desk.store.authors()?;
    let found: Vec<AuthorId> = authors
        .into_iter()
        .filter(|author| !args.author.is_empty() && author.to_string().starts_with(&args.author))
        .collect();
    let [author] = found.as_slice() else {
        let message = Message::new("cli.error.no_author").with("author", args.author.as_str());
        return Err(Failure::usage(message));
    };
    if *author == desk.store.info()?.author {
        return Err(Failure::usage(Message::new("cli.error.own_author")));
    }
    let mut last = 0;
    desk.store.weigh(&mut |ground| {
        let tips = ground.tips(author)?;
        last = tips.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
        Ok(())
    })?;
    let last_good = args.last_good.unwrap_or(last);
    let change = authors::revoke(*author, last_good, &args.reason);
    desk.commit(site, Origin::Set, vec![change])?;
    out.say(
        &Message::new("cli.done.revoked")
            .with("author", author.to_string())
            .with("last", last_good.to_string()),
    )?;
    Ok(Exit::Done)
}
