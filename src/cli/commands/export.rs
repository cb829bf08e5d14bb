//! `export`: what the other side has not confirmed, as a file; or this store's key.

use std::path::{Path, PathBuf};

use crate::base::Message;
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::files;
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::setup;
use crate::cli::site::{Desk, Site};
use crate::store::Store;
use crate::store::exchange::Exchange;
use crate::sync::bundle::file::{self, BundleEncoding};
use crate::sync::bundle::key_file::KeyFile;
use crate::sync::export::{self, ExportRequest};
use crate::sync::{BundleError, Scope};

pub(crate) fn run(site: &Site, args: &args::Export, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let desk = site.write()?;
    if args.key {
        return key_file(&desk, site, args, out);
    }
    let to = match &args.to {
        Some(name) => Some(find::unit(&desk.plan, name, None)?.id.clone()),
        None => None,
    };
    let request = ExportRequest {
        plan: &desk.plan,
        to: to.as_ref(),
        scope: if args.since_all {
            Scope::All
        } else {
            Scope::Since
        },
        wall: setup::wall(),
    };
    let planned = export::plan(&desk.store, &request)?;
    let bundle = export::bundle(&desk.store, &request, &planned)?;
    let encoding = if args.armour {
        BundleEncoding::Text
    } else {
        BundleEncoding::Binary
    };
    let entries = usize::try_from(planned.entries()).unwrap_or(usize::MAX);
    let done = Message::new(if entries == 0 {
        "cli.done.nothing_new"
    } else {
        "cli.done.exported"
    })
    .with("entries", entries);
    if files::is_stream(&args.output) {
        stream(&file::encoded(&bundle, encoding), out)?;
        out.aside(&done.with("file", Message::new("cli.done.standard_output")));
        return Ok(Exit::Done);
    }
    let path = named(&args.output, || file::name_of(&bundle))?;
    file::write(&path, &bundle, encoding)?;
    out.say(&done.with("file", path.display().to_string()))?;
    out.say(&Message::new("sync.file.written"))?;
    Ok(Exit::Done)
}

/// Writes to standard output, for another program to encrypt or to send.
///
/// # Errors
/// When not all of it could be handed over, which includes a pipe that was closed.
fn stream(bytes: &[u8], out: &mut Out<'_>) -> Result<(), Failure> {
    out.page(bytes)
        .and_then(|()| out.flush())
        .map_err(|failure| Failure {
            exit: Exit::Failed,
            ..failure
        })
}

/// Writes what the coordinator needs to enrol this store.
fn key_file(
    desk: &Desk,
    site: &Site,
    args: &args::Export,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let info = desk.store.info()?;
    let people = desk.store.actors()?;
    let name = people.iter().find(|actor| actor.id == site.actor);
    let (key, _) = desk.store.sign(b"")?;
    let file = KeyFile {
        unit: info.unit,
        name: name.map(|actor| actor.name.clone()).unwrap_or_default(),
        key,
    };
    let (_, signature) = desk.store.sign(&file.words())?;
    let text = file.write(&signature);
    let done = Message::new("cli.done.key").with("digits", file.fingerprint().to_string());
    if files::is_stream(&args.output) {
        stream(text.as_bytes(), out)?;
        out.aside(&done.with("file", Message::new("cli.done.standard_output")));
        return Ok(Exit::Done);
    }
    let path = named(&args.output, || Ok(file.file_name()))?;
    file::put(&path, text.as_bytes())?;
    out.say(&done.with("file", path.display().to_string()))?;
    Ok(Exit::Done)
}

/// The file to write: in a folder, under its usual name. A device or a pipe is not replaced.
fn named(
    told: &Path,
    usual: impl FnOnce() -> Result<String, BundleError>,
) -> Result<PathBuf, Failure> {
    if told.is_dir() {
        return Ok(told.join(usual()?));
    }
    if told.exists() && !told.is_file() {
        let file = told.display().to_string();
        let message = Message::new("cli.error.not_a_file").with("file", file);
        return Err(Failure::usage(message));
    }
    Ok(told.to_owned())
}
