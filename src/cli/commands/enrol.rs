//! `enrol`: believes a key, after two people compared its digits over the phone.

use clap::Args;

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use crate::base::Message;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Out;
use crate::cli::settings::{OpenStore, Settings, read_file};
use crate::cli::{files, of_unit};
use crate::service::admission::{self, Admitted, Applicant};
use crate::service::permission::role_for;
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};
use crate::sync::bundle::key_file::{self, KeyFile};
use crate::sync::{NoProgress, VerifiedBundle};

/// Arguments of `enrol`.
#[derive(Debug, Args)]
pub(crate) struct Enrol {
    #[arg(value_name = "FILE|ID")]
    file: PathBuf,
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(settings: &Settings, args: &Enrol, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let (applicant, mut opened) = if args.file.exists() {
        (applicant(settings, args)?, settings.write()?)
    } else {
        let opened = settings.write()?;
        (kept(&opened, &args.file)?, opened)
    };
    let digits = fingerprint(&applicant.key);
    let label = opened
        .plan
        .unit(&applicant.unit)
        .map(|unit| unit.name.clone());
    out.aside(
        &Message::new("cli.enrol.digits")
            .with("unit", label.unwrap_or_default())
            .with("name", applicant.name.as_str())
            .with("digits", digits.to_string()),
    );
    let role = of_unit::role(role_for(&opened.plan, &applicant.unit));
    out.aside(&Message::new("cli.enrol.role").with("role", role));
    let today = settings.today(&opened.plan);
    if let Some(ended) = of_unit::not_in_force(&opened.plan, &applicant.unit, today) {
        out.aside(&ended);
    }
    if !args.yes {
        compare(&digits, out)?;
    }
    let author = applicant.author().to_string();
    let done = match admission::admit(&mut opened.store, &settings.caller(&opened.plan), applicant)?
    {
        Admitted::AsDistrict => Message::new("cli.done.pinned"),
        Admitted::Enrolled => Message::new("cli.done.enrolled").with("author", author),
    };
    out.say(&done)?;
    then(&mut opened, settings, out)
}

/// Takes in what was in quarantine for want of this key. The enrolment is done whatever becomes of
/// that.
fn then(opened: &mut OpenStore, settings: &Settings, out: &mut Out<'_>) -> Result<Exit, Failure> {
    Ok(match super::import::try_again(opened, settings, out)? {
        Exit::Refused => Exit::NeedsPerson,
        exit => exit,
    })
}

/// Finds the signer of a bundle in quarantine by the first digits of its root: the stick may be gone.
fn kept(opened: &OpenStore, named: &Path) -> Result<Applicant, Failure> {
    let id = named.to_str().unwrap_or_default();
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_hexdigit()) {
        let message = Message::new("cli.error.no_file").with("file", named.display().to_string());
        return Err(Failure::usage(message));
    }
    let bundle = VerifiedBundle::read(super::bundle::held_bytes(opened, id)?)?;
    Ok(Applicant::of_bundle(&bundle))
}

/// The key of a key file, or of the store that signed a bundle.
fn applicant(settings: &Settings, args: &Enrol) -> Result<Applicant, Failure> {
    let file = &args.file;
    let length = std::fs::metadata(file).map_or(0, |meta| meta.len());
    // A bundle may be larger than any file that is read whole here.
    if length <= key_file::LIMIT as u64 {
        let bytes = read_file(file)?;
        if KeyFile::is_one(&bytes) {
            return Ok(Applicant::of_key_file(&bytes)?);
        }
    }
    let bundle = files::read((file, &settings.dir), &NoProgress)?;
    Ok(Applicant::of_bundle(&bundle))
}

/// Asks for the digits that the other side reads out, and compares them.
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
