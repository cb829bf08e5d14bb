//! The words people read, as data: one file per language and subject, the same keys in both.

use std::borrow::Cow;
use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::app::input::command::{Command, Context};
use crate::app::input::key::Key;
use crate::app::input::keymap::Keymap;
use crate::base::{Arg, Decimal, Lang, Message};

/// The texts of one language.
#[derive(Debug)]
pub struct Texts {
    lang: Lang,
    by_key: HashMap<String, Cow<'static, str>>,
}

macro_rules! files {
    ($dir:literal) => {
        [
            include_str!(concat!("texts/", $dir, "/check.toml")),
            include_str!(concat!("texts/", $dir, "/cli.toml")),
            include_str!(concat!("texts/", $dir, "/keys.toml")),
            include_str!(concat!("texts/", $dir, "/plan.toml")),
            include_str!(concat!("texts/", $dir, "/screens.toml")),
            include_str!(concat!("texts/", $dir, "/sync.toml")),
            include_str!(concat!("texts/", $dir, "/sync_page.toml")),
        ]
    };
}

impl crate::app::state::Words for Texts {
    fn word(&self, key: &str) -> String {
        self.get(key).to_owned()
    }

    fn sentence(&self, message: &Message) -> String {
        self.say(message)
    }
}

impl Texts {
    /// Reads the texts of `lang`.
    pub fn load(lang: Lang) -> Self {
        let files = match lang {
            Lang::Vi => files!("vi"),
            Lang::En => files!("en"),
        };
        let mut by_key = HashMap::with_capacity(512);
        for file in files {
            // A test parses every file; a table that does not parse could only be empty here.
            let table = DeTable::parse(file).map(Spanned::into_inner);
            flatten("", table.unwrap_or_default(), &mut by_key);
        }
        Self { lang, by_key }
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The text of a key; the key itself where there is none.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.by_key.get(key).map_or(key, AsRef::as_ref)
    }

    /// All keys, for the test that compares the languages.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }

    /// A message in words: every `{name}` of its text replaced by its argument, `{name|one|many}`
    /// by the first word where the argument is 1 and by the second where it is not, and
    /// `{key:command}` by the key of the default map.
    pub fn say(&self, message: &Message) -> String {
        self.say_with(message, &default_key)
    }

    /// [`Texts::say`] where every `{key:command}` becomes the key that `key` names for it.
    pub fn say_with(&self, message: &Message, key: &dyn Fn(&str) -> String) -> String {
        let mut rest = self.get(message.key);
        let mut out = String::with_capacity(rest.len() + 16);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            let (name, forms) = match name.split_once('|') {
                Some((name, forms)) => (name, forms.split_once('|')),
                None => (name, None),
            };
            let arg = message.args.iter().find(|(have, _)| *have == name);
            match (name.strip_prefix("key:"), arg) {
                (Some(command), _) => out.push_str(&key(command)),
                (None, Some((_, arg))) if forms.is_some() => {
                    let (one, many) = forms.unwrap_or_default();
                    let single = matches!(arg, Arg::Number(n) if *n == Decimal::whole(1));
                    out.push_str(if single { one } else { many });
                }
                (None, Some((_, arg))) => out.push_str(&self.arg(arg, key)),
                (None, None) => out.push_str(name),
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    fn arg(&self, arg: &Arg, key: &dyn Fn(&str) -> String) -> String {
        match (arg, self.lang) {
            (Arg::Text(text), _) => text.clone(),
            (Arg::Label(label), lang) => label.get(lang).to_owned(),
            (Arg::Number(value), _) => value.display(),
            (Arg::Ratio(ratio, places), _) => ratio.display(*places),
            (Arg::Message(part), _) => self.say_with(part, key),
            (Arg::Date(date), _) => date.format("%d/%m/%Y").to_string(),
        }
    }
}

/// The name of the key that orders a command in the default map.
fn default_key(id: &str) -> String {
    let map = Keymap::shipped("default").unwrap_or_default();
    let key = Command::parse(id).and_then(|command| {
        let mut contexts = Context::ALL.into_iter();
        contexts.find_map(|context| map.first_key(command, &[context]))
    });
    key.map_or_else(|| id.to_owned(), Key::display)
}

fn flatten(prefix: &str, table: DeTable<'static>, into: &mut HashMap<String, Cow<'static, str>>) {
    for (key, value) in table {
        let key = key.get_ref();
        let path = if prefix.is_empty() {
            key.to_string()
        } else {
            format!("{prefix}.{key}")
        };
        match value.into_inner() {
            DeValue::Table(inner) => flatten(&path, inner, into),
            DeValue::String(text) => {
                into.insert(path, text);
            }
            _ => {}
        }
    }
}
