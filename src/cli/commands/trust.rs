//! `enrol`, `revoke`: whom the district's stores believe. Before a key is believed two people
//! compare its digits over the phone.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use crate::base::Message;
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::files;
use crate::cli::out::Out;
use crate::cli::site::{Desk, Site, read_file};
use crate::ledger::AuthorId;
use crate::service::admission::{self, Admitted, Applicant};
use crate::store::StoreReader;
use crate::store::exchange::ExchangeReader;
use crate::sync::authors;
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};
use crate::sync::bundle::key_file::FIRST;
use crate::sync::{Unwatched, VerifiedBundle};

pub(crate) fn enrol(site: &Site, args: &args::Enrol, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let (applicant, mut desk) = if args.file.exists() {
        (applicant(site, args)?, site.write()?)
    } else {
        let desk = site.write()?;
        (kept(&desk, &args.file)?, desk)
    };
    let digits = fingerprint(&applicant.key);
    let label = desk
        .plan
        .unit(&applicant.unit)
        .map(|unit| unit.name.clone());
    out.aside(
        &Message::new("cli.enrol.digits")
            .with("unit", label.unwrap_or_default())
            .with("name", applicant.name.as_str())
            .with("digits", digits.to_string()),
    );
    if !args.yes {
        compare(&digits, out)?;
    }
    let author = applicant.author().to_string();
    let done = match admission::admit(&mut desk.store, &site.caller(&desk.plan), applicant)? {
        Admitted::AsDistrict => Message::new("cli.done.pinned"),
        Admitted::Enrolled => Message::new("cli.done.enrolled").with("author", author),
    };
    out.say(&done)?;
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
fn kept(desk: &Desk, named: &Path) -> Result<Applicant, Failure> {
    let id = named.to_str().unwrap_or_default();
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_hexdigit()) {
        let message = Message::new("cli.error.no_file").with("file", named.display().to_string());
        return Err(Failure::usage(message));
    }
    let bundle = VerifiedBundle::read(super::bundle::held_bytes(desk, id)?)?;
    Ok(Applicant::of_bundle(&bundle))
}

/// The key of a key file, or of the store that signed a bundle.
fn applicant(site: &Site, args: &args::Enrol) -> Result<Applicant, Failure> {
    let file = &args.file;
    let bytes = read_file(file)?;
    if bytes.starts_with(FIRST.as_bytes()) {
        return Ok(Applicant::of_key_file(&bytes)?);
    }
    let bundle = files::read((file, &site.dir), &Unwatched)?;
    Ok(Applicant::of_bundle(&bundle))
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
    desk.commit(site, vec![change])?;
    out.say(
        &Message::new("cli.done.revoked")
            .with("author", author.to_string())
            .with("last", last_good.to_string()),
    )?;
    Ok(Exit::Done)
}
