//! `export`: what the other side has not confirmed, as a file; or this store's key.

use clap::Args;

use std::path::{Path, PathBuf};

use crate::base::Message;
use crate::cli::failure::{Exit, Failure};
use crate::cli::files;
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::{OpenStore, Settings};
use crate::service::export;
use crate::sync::Scope;
use crate::sync::bundle::file::{self, BundleEncoding, RealDisk};

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[arg(long, value_name = "UNIT")]
    to: Option<String>,
    #[arg(long)]
    since_all: bool,
    #[arg(long)]
    armour: bool,
    #[arg(long, conflicts_with_all = ["to", "since_all", "armour"])]
    key: bool,
    #[arg(short, long, value_name = "FILE|DIR")]
    output: PathBuf,
}

pub(crate) fn run(settings: &Settings, args: &Export, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let opened = settings.write()?;
    if args.key {
        return key_file(&opened, settings, args, out);
    }
    let to = match &args.to {
        Some(name) => Some(find::unit(&opened.plan, name, None)?.id.clone()),
        None => None,
    };
    let scope = if args.since_all {
        Scope::All
    } else {
        Scope::Since
    };
    let caller = settings.caller(&opened.plan);
    let prepared = export::prepare(&opened.store, &caller, to.as_ref(), scope)?;
    let encoding = if args.armour {
        BundleEncoding::Text
    } else {
        BundleEncoding::Binary
    };
    let entries = usize::try_from(prepared.entries).unwrap_or(usize::MAX);
    let done = Message::new(if entries == 0 {
        "cli.done.nothing_new"
    } else {
        "cli.done.exported"
    })
    .with("entries", entries);
    if files::is_stream(&args.output) {
        let [bundle] = prepared.files.as_slice() else {
            let count = prepared.files.len();
            let message = Message::new("cli.error.several_bundles").with("count", count);
            return Err(Failure::usage(message));
        };
        stream(&file::encoded(&bundle.bytes, encoding), out)?;
        out.aside(&done.with("file", Message::new("cli.done.standard_output")));
        return Ok(Exit::Done);
    }
    let mut written = Vec::new();
    for (at, bundle) in prepared.files.iter().enumerate() {
        let path = numbered(named(&args.output, &bundle.name)?, at, &args.output);
        file::write(&RealDisk, &path, &bundle.bytes, encoding)?;
        written.push(path.display().to_string());
    }
    out.say(&done.with("file", written.join(", ")))?;
    out.say(&Message::new("sync.file.written"))?;
    Ok(Exit::Done)
}

/// The file of the bundle at that place: of several for one file each after the first has its number.
fn numbered(path: PathBuf, place: usize, told: &Path) -> PathBuf {
    if place == 0 || told.is_dir() {
        return path;
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let point = if ending.is_empty() { "" } else { "." };
    path.with_file_name(format!("{stem}-{}{point}{ending}", place + 1))
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
    opened: &OpenStore,
    settings: &Settings,
    args: &Export,
    out: &mut Out<'_>,
) -> Result<Exit, Failure> {
    let (key, text) = export::key_file(&opened.store, &settings.caller(&opened.plan))?;
    let done = Message::new("cli.done.key").with("digits", key.fingerprint().to_string());
    if files::is_stream(&args.output) {
        stream(text.as_bytes(), out)?;
        out.aside(&done.with("file", Message::new("cli.done.standard_output")));
        return Ok(Exit::Done);
    }
    let path = named(&args.output, &key.file_name())?;
    file::put(&path, text.as_bytes())?;
    out.say(&done.with("file", path.display().to_string()))?;
    Ok(Exit::Done)
}

/// The file to write: in a folder, under its usual name. A device or a pipe is not replaced.
fn named(told: &Path, usual: &str) -> Result<PathBuf, Failure> {
    if told.is_dir() {
        return Ok(told.join(usual));
    }
    if told.exists() && !told.is_file() {
        let file = told.display().to_string();
        let message = Message::new("cli.error.not_a_file").with("file", file);
        return Err(Failure::usage(message));
    }
    Ok(told.to_owned())
}
