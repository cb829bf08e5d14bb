//! Which keys are in force: a shipped map by name or a person's own file, and the store's own few
//! lines over it.

use std::path::Path;

use super::failure::{Exit, Failure};
use super::settings::{Settings, read_file};
use crate::app::input::keymap::{Keymap, KeymapProblem};
use crate::base::Message;
use crate::ui::texts::Texts;

/// The file of a person's own keys, in the store's folder.
const OWN: &str = "keymap.toml";

/// Gives the effective keys: `--keymap NAME|FILE`, else the default ones; where no file was named, the
/// store folder's `keymap.toml` lies over them.
///
/// # Errors
/// An unknown name, a file that cannot be read or has a mistake.
pub(crate) fn effective(settings: &Settings, texts: &Texts) -> Result<Keymap, Failure> {
    let default = || Keymap::shipped("default").unwrap_or_default();
    let (mut keymap, own) = match settings.keymap.as_deref() {
        None => (default(), settings.dir.join(OWN)),
        Some(name) => match Keymap::shipped(name) {
            Some(shipped) => (shipped, settings.dir.join(OWN)),
            None if Path::new(name).exists() => {
                let mut keymap = default();
                lay(&mut keymap, Path::new(name), texts)?;
                return Ok(keymap);
            }
            None => {
                let names = Keymap::names().collect::<Vec<_>>().join(", ");
                let message = Message::new("cli.error.no_keymap")
                    .with("name", name)
                    .with("names", names);
                return Err(Failure::usage(message));
            }
        },
    };
    if own.exists() {
        lay(&mut keymap, &own, texts)?;
    }
    Ok(keymap)
}

fn lay(keymap: &mut Keymap, file: &Path, texts: &Texts) -> Result<(), Failure> {
    let bytes = read_file(file)?;
    let problems = match std::str::from_utf8(&bytes) {
        Ok(text) => match keymap.overlay(text) {
            Ok(()) => return Ok(()),
            Err(problems) => problems,
        },
        Err(_) => problems(&bytes),
    };
    let name = file.display().to_string();
    let first = problems
        .first()
        .map(|p| format!("{name}:{}: {}", p.line, texts.say(&p.message)));
    let message = Message::new("cli.error.bad_keymap").with("file", name);
    Err(Failure::new(Exit::Refused, message).because(first.unwrap_or_default()))
}

/// Everything wrong with a keymap file.
pub(crate) fn problems(bytes: &[u8]) -> Vec<KeymapProblem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let mut keymap = Keymap::shipped("default").unwrap_or_default();
            keymap.overlay(text).err().unwrap_or_default()
        }
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = good.split(|byte| *byte == b'\n').count();
            let message = Message::new("plan.problem.not_utf8");
            vec![KeymapProblem { line, message }]
        }
    }
}
