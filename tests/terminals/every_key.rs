//! Every key that the keymaps use, from every terminal: whole, split at each byte, byte by byte.

use std::collections::BTreeSet;

use nhaplieu::app::input::key::Key;

use super::play::{Step, bytes, said};
use super::tables::{EVERYWHERE, TERMINALS, Terminal};

/// The keys that the keymaps name.
fn named_keys() -> BTreeSet<String> {
    let maps = [
        include_str!("../../keymaps/default.toml"),
        include_str!("../../keymaps/numpad.toml"),
        include_str!("../../keymaps/plain.toml"),
    ];
    let mut keys = BTreeSet::new();
    for map in maps {
        let map: toml::Table = map.parse().unwrap();
        for section in map.values().filter_map(toml::Value::as_table) {
            keys.extend(section.keys().cloned());
        }
    }
    assert!(keys.len() > 50, "{keys:?}");
    keys
}

/// What a terminal sends for a key; Ctrl with a letter is the same everywhere.
fn sequences(terminal: &Terminal, key: &str) -> Vec<String> {
    let tables = [EVERYWHERE, terminal.keys];
    let listed = tables
        .iter()
        .copied()
        .flatten()
        .filter(|(name, _)| *name == key);
    let mut found: Vec<String> = listed
        .flat_map(|(_, sequences)| sequences.iter().map(|sequence| (*sequence).to_owned()))
        .collect();
    if let Some(letter) = key.strip_prefix("ctrl+").filter(|letter| letter.len() == 1) {
        let byte = letter.bytes().map(|letter| char::from(letter & 0x1f));
        found.push(byte.collect());
    }
    found
}

/// Every way in which a line may cut a sequence.
fn splits(sequence: &[u8]) -> Vec<Vec<Step>> {
    let mut ways = vec![vec![bytes(sequence)]];
    for at in 1..sequence.len() {
        let (first, rest) = sequence.split_at(at);
        for pause in [0, 60] {
            ways.push(vec![bytes(first), Step::Pause(pause), bytes(rest)]);
        }
    }
    let apart = sequence
        .iter()
        .flat_map(|byte| [bytes([*byte]), Step::Pause(50)]);
    ways.push(apart.collect());
    ways
}

#[test]
fn every_terminal_sends_every_key_of_the_keymaps_or_is_known_not_to() {
    for terminal in TERMINALS {
        for key in named_keys() {
            let sends = !sequences(terminal, &key).is_empty();
            let without = terminal.without.contains(&key.as_str());
            assert!(sends != without, "{}: {key}", terminal.name);
        }
    }
}

#[test]
fn every_sequence_is_its_key_whole_split_and_byte_by_byte() {
    for terminal in TERMINALS {
        let listed = EVERYWHERE
            .iter()
            .chain(terminal.keys)
            .map(|(key, _)| (*key).to_owned());
        let keys: BTreeSet<String> = listed.chain(named_keys()).collect();
        for key in keys {
            assert!(key == "P" || Key::parse(&key).is_some(), "{key}");
            for sequence in sequences(terminal, &key) {
                for way in splits(sequence.as_bytes()) {
                    let said = said(terminal.keyboard, &way);
                    assert_eq!(said, [key.as_str()], "{}: {way:?}", terminal.name);
                }
            }
        }
    }
}

#[test]
fn between_two_figures_a_key_takes_nothing_of_either() {
    for terminal in TERMINALS {
        for (key, sequences) in EVERYWHERE.iter().chain(terminal.keys) {
            for sequence in *sequences {
                let stream = format!("12{sequence}34");
                let said = said(terminal.keyboard, &[bytes(stream)]);
                assert_eq!(
                    said,
                    ["1", "2", key, "3", "4"],
                    "{}: {sequence:?}",
                    terminal.name
                );
            }
        }
    }
}
