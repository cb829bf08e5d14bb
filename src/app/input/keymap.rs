//! Which key orders what: a shipped map, overlaid by the user's own few lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use toml::de::{DeTable, DeValue};

use super::command::{Command, Context};
use super::key::{Code, Key};
use crate::base::Message;
use crate::plan::FieldType;

/// The shipped maps by name.
const SHIPPED: &[(&str, &str)] = &[
    ("default", include_str!("../../../keymaps/default.toml")),
    ("numpad", include_str!("../../../keymaps/numpad.toml")),
    ("plain", include_str!("../../../keymaps/plain.toml")),
];

/// The word that takes a key away.
const NONE: &str = "none";

/// What the keypad's point types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keypad {
    /// Itself.
    #[default]
    AsTyped,
    /// The decimal comma, at once and visibly, in a decimal field (`settled.md` 25).
    DecimalComma,
}

impl Keypad {
    /// The character that stands in the cell for the one typed.
    pub fn translate(self, typed: char, field: FieldType, so_far: &str) -> char {
        let decimal = matches!(field, FieldType::Decimal(_));
        let begun = so_far.ends_with(|c: char| c.is_ascii_digit());
        if self == Self::DecimalComma && typed == '.' && decimal && begun && !so_far.contains(',') {
            ','
        } else {
            typed
        }
    }
}

/// The effective keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    /// Its name.
    pub name: String,
    /// What the keypad's point types.
    pub keypad: Keypad,
    bindings: BTreeMap<(Context, Key), Command>,
    /// The same the other way round, because every frame names keys.
    keys: BTreeMap<(Command, Context), Vec<Key>>,
}

/// One line of help: a command and the keys that order it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpRow {
    /// Where.
    pub context: Context,
    /// What.
    pub command: Command,
    /// By which keys.
    pub keys: Vec<Key>,
}

/// What is wrong in a keymap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub message: Message,
}

impl Keymap {
    /// A shipped map; `None` for an unknown name.
    pub fn shipped(name: &str) -> Option<Self> {
        let (name, text) = SHIPPED.iter().find(|(have, _)| *have == name)?;
        let mut map = Self {
            name: (*name).to_owned(),
            ..Self::default()
        };
        // A test reads every shipped file; a problem could only leave a key out here.
        map.overlay(text).ok();
        Some(map)
    }

    /// The names of the shipped maps.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// Lays a file's lines over this map.
    ///
    /// # Errors
    /// Every problem of the file; then nothing is changed.
    pub fn overlay(&mut self, text: &str) -> Result<(), Vec<KeymapProblem>> {
        let (mut next, mut problems) = (self.clone(), Vec::new());
        let line_at = |at: usize| text.get(..at).map_or(1, |t| t.matches('\n').count() + 1);
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let line = line_at(error.span().map_or(0, |span| span.start));
                let message = Message::new("keymap.syntax").with("detail", error.message());
                return Err(vec![KeymapProblem { line, message }]);
            }
        };
        for (name, value) in &table {
            let at = line_at(name.span().start);
            let mut problem = |message| problems.push(KeymapProblem { line: at, message });
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("name", DeValue::String(name)) => {
                    next.name = crate::base::text::clean(name, 40);
                }
                ("keypad", DeValue::String(word)) if word == "decimal_comma" => {
                    next.keypad = Keypad::DecimalComma;
                }
                ("keypad", DeValue::String(word)) if word == "as_typed" => {
                    next.keypad = Keypad::AsTyped;
                }
                (section, DeValue::Table(lines)) => match Context::parse(section) {
                    Some(context) => {
                        for (key, value) in lines {
                            let result = next.bind(context, key.get_ref(), value.get_ref());
                            if let Err(message) = result {
                                let line = line_at(key.span().start);
                                problems.push(KeymapProblem { line, message });
                            }
                        }
                    }
                    None => problem(named("keymap.unknown_context", section)),
                },
                (other, _) => problem(named("keymap.unknown_entry", other)),
            }
        }
        if problems.is_empty() {
            *self = next;
            Ok(())
        } else {
            problems.sort_by_key(|problem| problem.line);
            Err(problems)
        }
    }

    fn bind(&mut self, context: Context, name: &str, value: &DeValue<'_>) -> Result<(), Message> {
        let key = Key::parse(name);
        let unusable = ["ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+["].contains(&name);
        if unusable || key.is_some_and(Key::is_unusable) {
            return Err(named("keymap.unusable_key", name));
        }
        let key = key.ok_or_else(|| named("keymap.unknown_key", name))?;
        let bare = key.character();
        let writes = bare.is_some_and(|c| c.is_alphanumeric() || context.takes_text());
        if writes {
            return Err(named("keymap.bare_character", name));
        }
        let DeValue::String(id) = value else {
            return Err(named("keymap.not_a_command", name));
        };
        if id == NONE {
            self.unbind(context, key);
            return Ok(());
        }
        let command = Command::parse(id).ok_or_else(|| named("keymap.unknown_command", id))?;
        if !command.works_in(context) {
            let message = named("keymap.wrong_context", id).with("context", context.name());
            return Err(message);
        }
        self.unbind(context, key);
        self.bindings.insert((context, key), command);
        self.keys.entry((command, context)).or_default().push(key);
        Ok(())
    }

    fn unbind(&mut self, context: Context, key: Key) {
        if let Some(command) = self.bindings.remove(&(context, key))
            && let Some(keys) = self.keys.get_mut(&(command, context))
        {
            keys.retain(|have| *have != key);
        }
    }

    /// The command of a key in the first of these contexts that binds it.
    pub fn lookup(&self, contexts: &[Context], key: Key) -> Option<Command> {
        contexts
            .iter()
            .find_map(|context| self.bindings.get(&(*context, key)).copied())
    }

    /// The key to show for a command: the shortest name that still reaches it here.
    pub fn first_key(&self, command: Command, contexts: &[Context]) -> Option<Key> {
        self.reaching(command, contexts)
            .min_by_key(|key| (rank(*key), *key))
    }

    /// Every key that reaches a command here, F-keys and named keys before Ctrl.
    fn keys_of(&self, command: Command, contexts: &[Context]) -> Vec<Key> {
        let mut keys: Vec<Key> = self.reaching(command, contexts).collect();
        keys.sort_by_key(|key| (rank(*key), *key));
        keys.dedup();
        keys
    }

    fn reaching(&self, command: Command, contexts: &[Context]) -> impl Iterator<Item = Key> {
        contexts
            .iter()
            .filter_map(move |context| self.keys.get(&(command, *context)))
            .flatten()
            .copied()
            .filter(move |key| self.lookup(contexts, *key) == Some(command))
    }

    /// The commands of these contexts that have keys, in the order of the table.
    pub fn rows_for(&self, contexts: &[Context]) -> Vec<HelpRow> {
        Command::all()
            .filter_map(|command| {
                let keys = self.keys_of(command, contexts);
                let context = contexts.iter().copied().find(|c| command.works_in(*c))?;
                (!keys.is_empty()).then_some(HelpRow {
                    context,
                    command,
                    keys,
                })
            })
            .collect()
    }

    /// Every binding, context by context.
    pub fn rows(&self) -> Vec<HelpRow> {
        Context::ALL
            .into_iter()
            .flat_map(|context| {
                Command::all().filter_map(move |command| {
                    let keys: Vec<Key> = self
                        .bindings
                        .iter()
                        .filter(|((c, _), bound)| *c == context && **bound == command)
                        .map(|((_, key), _)| *key)
                        .collect();
                    (!keys.is_empty()).then_some(HelpRow {
                        context,
                        command,
                        keys,
                    })
                })
            })
            .collect()
    }

    /// The key table in Markdown; `say` gives the words of a key of the texts.
    pub fn markdown(&self, say: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        let mut last = None;
        for row in self.rows() {
            if last != Some(row.context) {
                let heading = say(row.context.heading_key());
                // Writing into memory does not fail.
                let _ = write!(out, "\n**{heading}**\n\n| | |\n|---|---|\n");
                last = Some(row.context);
            }
            let mut keys = row.keys.clone();
            keys.sort_by_key(|key| (rank(*key), *key));
            let keys: Vec<String> = keys.iter().map(|key| key.display()).collect();
            let what = say(row.command.doc_key());
            let _ = writeln!(out, "| {} | {what} |", keys.join(", "));
        }
        out
    }
}

fn named(key: &'static str, name: &str) -> Message {
    Message::new(key).with("name", crate::base::text::visible(name))
}

/// Enter and F-keys are shown before Ctrl combinations.
fn rank(key: Key) -> u8 {
    match (key.code, key.mods) {
        (Code::Enter, super::key::Mods::NONE) => 0,
        // A map that binds a character of the keypad is one for that hand.
        (Code::Char(_), super::key::Mods::NONE) => 1,
        (Code::F(_), super::key::Mods::NONE) => 2,
        (_, super::key::Mods::NONE) => 3,
        (Code::F(_), _) => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_map_reads_without_a_problem() {
        for (name, text) in SHIPPED {
            let mut map = Keymap::default();
            assert_eq!(map.overlay(text), Ok(()), "{name}");
            assert_eq!(map.name, *name);
        }
    }

    #[test]
    fn plain_has_no_function_keys_and_reaches_every_palette_command_or_the_palette() {
        let plain = Keymap::shipped("plain").unwrap();
        for (_, key) in plain.bindings.keys() {
            assert!(!matches!(key.code, Code::F(_)), "{key}");
            assert!(!key.mods.has(super::super::key::Mods::ALT), "{key}");
        }
        let everywhere = [Context::Form, Context::Global];
        assert!(plain.first_key(Command::PaletteOpen, &everywhere).is_some());
        for command in Command::all().filter(|c| c.works_in(Context::Form)) {
            let reachable =
                plain.first_key(command, &[Context::Form, Context::Edit, Context::Global]);
            assert!(
                reachable.is_some() || command.in_palette(),
                "{}",
                command.id()
            );
        }
    }

    #[test]
    fn every_function_key_has_a_twin() {
        let map = Keymap::shipped("default").unwrap();
        for ((context, key), command) in &map.bindings {
            if matches!(key.code, Code::F(_)) {
                let keys = map.keys_of(*command, &[*context, Context::Global]);
                let twin = keys.iter().any(|k| !matches!(k.code, Code::F(_)));
                assert!(twin || command.in_palette(), "{key} {}", command.id());
            }
        }
    }

    #[test]
    fn a_users_lines_lie_over_the_shipped_ones() {
        let mut map = Keymap::shipped("default").unwrap();
        map.overlay("[form]\nf9 = \"cell.note\"\n\"ctrl+n\" = \"none\"\n")
            .unwrap();
        let form = [Context::Form, Context::Global];
        assert_eq!(
            map.lookup(&form, Key::parse("f9").unwrap()),
            Some(Command::NoteCell)
        );
        assert_eq!(map.lookup(&form, Key::parse("ctrl+n").unwrap()), None);
        assert_eq!(
            map.first_key(Command::NoteCell, &form).unwrap().display(),
            "F9"
        );
    }

    #[test]
    fn bad_files_are_refused_whole_with_every_line() {
        let bad = "[form]\nf9 = \"cell.nothing\"\nq = \"cell.note\"\n\"ctrl+j\" = \"cell.note\"\n\
                   f99 = \"cell.note\"\nf3 = \"list.up\"\n[grid]\nf1 = \"quit\"\n";
        let mut map = Keymap::shipped("default").unwrap();
        let before = map.clone();
        let problems = map.overlay(bad).unwrap_err();
        let found: Vec<(usize, &str)> = problems.iter().map(|p| (p.line, p.message.key)).collect();
        assert_eq!(
            found,
            [
                (2, "keymap.unknown_command"),
                (3, "keymap.bare_character"),
                (4, "keymap.unusable_key"),
                (5, "keymap.unknown_key"),
                (6, "keymap.wrong_context"),
                (7, "keymap.unknown_context"),
            ]
        );
        assert_eq!(map, before);
    }

    #[test]
    fn the_keypads_point_becomes_a_comma_only_where_decimals_are_typed() {
        let pad = Keypad::DecimalComma;
        assert_eq!(pad.translate('.', FieldType::Decimal(2), "12"), ',');
        assert_eq!(pad.translate('.', FieldType::Decimal(2), ""), '.');
        assert_eq!(pad.translate('.', FieldType::Count, "12"), '.');
        assert_eq!(
            Keypad::AsTyped.translate('.', FieldType::Decimal(2), "12"),
            '.'
        );
    }
}
