//! The folders are the architecture: imports point one way, each library stays in its room, and
//! no sentence for people stands in code. Reads the sources as text.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod circles;
mod modules;
mod names;
mod root;
mod tokens;
mod unused;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use nhaplieu::base::Lang;
use nhaplieu::ui::texts::Texts;

/// Each room with those it may know of; what stands further right knows all to its left.
const ROOMS: [(&str, &[&str]); 12] = [
    ("base", &[]),
    ("plan", &["base"]),
    ("ledger", &["base", "plan"]),
    ("check", &["base", "plan", "ledger"]),
    ("figures", &["base", "plan", "ledger"]),
    ("store", &["base", "plan", "ledger", "check", "figures"]),
    (
        "sync",
        &["base", "plan", "ledger", "check", "figures", "store"],
    ),
    (
        "service",
        &[
            "base", "plan", "ledger", "check", "figures", "store", "sync",
        ],
    ),
    (
        "app",
        &[
            "base", "plan", "ledger", "check", "figures", "store", "sync", "service",
        ],
    ),
    (
        "ui",
        &[
            "base", "plan", "ledger", "check", "figures", "store", "sync", "service", "app",
        ],
    ),
    (
        "term",
        &[
            "base", "plan", "ledger", "check", "figures", "store", "sync", "service", "app", "ui",
        ],
    ),
    (
        "cli",
        &[
            "base", "plan", "ledger", "check", "figures", "store", "sync", "service", "app", "ui",
            "term",
        ],
    ),
];

/// Where a library may be named: a room, or one file.
const LIBRARIES: [(&str, &[&str]); 12] = [
    ("strsim", &["plan/near.rs"]),
    ("base64", &["sync/bundle/text_armour.rs"]),
    ("bincode", &["store/format/codec.rs"]),
    ("redb", &["store/"]),
    (
        "ed25519_dalek",
        &["store/identity/key.rs", "sync/bundle/container.rs"],
    ),
    ("zstd", &["sync/"]),
    ("crossterm", &["term/"]),
    ("ratatui", &["ui/", "term/"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("signal_hook", &["term/"]),
    ("getrandom", &["cli/"]),
];

/// What reads the clock, the environment or the home folder belongs to the edge.
const EDGE: [(&str, &[&str]); 5] = [
    ("std::env::", &["cli/", "main.rs"]),
    ("SystemTime::now", &["cli/"]),
    ("Local::now", &["cli/"]),
    ("Instant::now", &["term/"]),
    // A day is one of the plan's time zone; only JSON carries moments in UTC.
    ("from_timestamp", &["base/moment.rs", "cli/shapes.rs"]),
];

/// A source file: its path inside `src`, and its text without tests and comments.
struct Source {
    path: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut found = Vec::new();
    gather(&root, &root, &mut found);
    assert!(found.len() > 100, "{}", found.len());
    found
}

fn gather(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let own = text.split("#[cfg(test)]").next().unwrap();
            let code: Vec<&str> = own
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            let inside = path.strip_prefix(root).unwrap();
            found.push(Source {
                path: inside.to_string_lossy().replace('\\', "/"),
                code: code.join("\n"),
            });
        }
    }
}

impl Source {
    fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap()
    }

    /// The rooms it names, by `crate::room` or by climbing out of its own with `super`.
    fn names(&self) -> BTreeSet<String> {
        let mut named = BTreeSet::new();
        for part in self.code.split("crate::").skip(1) {
            if let Some(group) = part.strip_prefix('{') {
                let group = group.split(';').next().unwrap();
                named.extend(outer_names(group));
            } else {
                named.insert(first_word(part));
            }
        }
        let depth = self.path.matches('/').count() - usize::from(self.path.ends_with("mod.rs"));
        let climb = "super::".repeat(depth + 1);
        for part in self.code.split(&climb).skip(1) {
            named.insert(first_word(part));
        }
        named
    }
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The names at the outer level of a braced import.
fn outer_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut word) = (0, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth <= 0 => {
                names.push(first_word(word.trim()));
                word.clear();
            }
            _ if depth == 0 => word.push(c),
            _ => {}
        }
    }
    names.push(first_word(word.trim()));
    names
}

#[test]
fn imports_point_one_way() {
    let rooms: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let room = source.room().to_owned();
        if !rooms.contains_key(room.as_str()) {
            assert!(
                ["lib", "main"].contains(&room.as_str()),
                "unknown room {room}"
            );
            continue;
        }
        for named in source.names() {
            let known = rooms.contains_key(named.as_str());
            if known && named != room && !rooms[room.as_str()].contains(&named.as_str()) {
                wrong.push(format!("{} names {named}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn each_library_stays_in_its_room_and_the_outside_at_the_edge() {
    let mut wrong = Vec::new();
    for source in sources() {
        let allowed = |places: &[&str]| places.iter().any(|place| source.path.starts_with(place));
        for (library, places) in LIBRARIES {
            let used = [format!("{library}::"), format!("use {library}")]
                .iter()
                .any(|word| has_word(&source.code, word));
            if used && !allowed(places) {
                wrong.push(format!("{} uses {library}", source.path));
            }
        }
        for (call, places) in EDGE {
            if source.code.contains(call) && !allowed(places) {
                wrong.push(format!("{} calls {call}", source.path));
            }
        }
        let float = has_word(&source.code, "f64") || has_word(&source.code, "f32");
        if float && source.room() != "ui" {
            wrong.push(format!("{} uses a float", source.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// True when `word` stands in the text and is not the end of a longer name.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !inside(before) && (word.ends_with(':') || !inside(after))
    })
}

/// The string literals of some code, joined over line ends.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some((_, after)) = rest.split_once('"') {
        let mut text = String::new();
        let mut chars = after.char_indices();
        let mut end = after.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '"' => {
                    end = at + 1;
                    break;
                }
                _ => text.push(c),
            }
        }
        found.push(text);
        rest = after.get(end..).unwrap_or_default();
    }
    found
}

/// Files whose words are no sentences: numbers in words are grammar, a table of its own; the words
/// of a plan's targets are read there and said to nobody.
const GRAMMAR: [&str; 2] = ["ui/numerals.rs", "plan/lint/target_words.rs"];

#[test]
fn no_sentence_for_people_stands_in_code() {
    let mut wrong = Vec::new();
    for source in sources() {
        if GRAMMAR.contains(&source.path.as_str()) {
            continue;
        }
        // What thiserror says is technical and stands after the sentence, in brackets.
        let technical: BTreeSet<String> = source
            .code
            .lines()
            .filter(|line| line.trim_start().starts_with("#[error("))
            .flat_map(literals)
            .collect();
        let code: Vec<&str> = source
            .code
            .lines()
            .filter(|line| !line.contains("reason = \"") && !line.contains("b'\"'"))
            .collect();
        for text in literals(&code.join("\n")) {
            let vietnamese = text.chars().any(is_vietnamese) && text.contains(' ');
            let words = text.split_whitespace().count();
            let sentence = words >= 4
                && text.starts_with(|c: char| c.is_ascii_uppercase())
                && !text.contains("::");
            if (vietnamese || sentence) && !technical.contains(&text) {
                wrong.push(format!("{}: {text:?}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// A letter of Vietnamese that English does not have.
fn is_vietnamese(c: char) -> bool {
    use unicode_normalization::UnicodeNormalization;
    let mut parts = c.nfd();
    let letter = parts.next().is_some_and(|base| base.is_ascii_alphabetic());
    matches!(c, 'đ' | 'Đ') || (letter && parts.next().is_some())
}

#[test]
fn both_languages_have_the_same_keys_and_places() {
    let places = |text: &str| -> BTreeSet<String> {
        let parts = text.split('{').skip(1);
        parts
            .filter_map(|p| p.split_once('}').map(|(name, _)| name))
            // The words for one and for many are the language's own.
            .map(|name| name.split('|').next().unwrap_or(name).to_owned())
            .collect()
    };
    let (vi, en) = (Texts::load(Lang::Vi), Texts::load(Lang::En));
    let keys = |texts: &Texts| -> BTreeSet<String> { texts.keys().map(str::to_owned).collect() };
    assert_eq!(keys(&vi), keys(&en));
    assert!(keys(&vi).len() > 400);
    for key in keys(&vi) {
        assert_eq!(places(vi.get(&key)), places(en.get(&key)), "{key}");
        assert!(
            !vi.get(&key).trim().is_empty() || key.ends_with("near"),
            "{key}"
        );
    }
}

#[test]
fn every_key_that_code_names_has_its_words() {
    let texts = Texts::load(Lang::Vi);
    let keys: BTreeSet<&str> = texts.keys().collect();
    let mut missing = Vec::new();
    // In the plan's room `label` reads a key of the file.
    for source in sources().into_iter().filter(|s| s.room() != "plan") {
        for marker in ["Message::new(", ".t(", "texts.get(", ".label("] {
            for part in source.code.split(marker).skip(1) {
                let part = part.trim_start();
                let Some(named) = part.strip_prefix('"').and_then(|p| p.split('"').next()) else {
                    continue;
                };
                if !keys.contains(named) {
                    missing.push(format!("{}: {named}", source.path));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
