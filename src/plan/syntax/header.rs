//! Headings of sections that stand many times, written as one that stands once.

use crate::plan::reader::SECTIONS;

/// A heading of such a section with one bracket.
pub(super) struct SingleHeader {
    /// The section.
    pub(super) name: &'static str,
    /// Where it first stands so.
    pub(super) at: usize,
    /// All lines on which it does, from 1.
    pub(super) lines: Vec<String>,
}

/// Every section of [`SECTIONS`] that is headed `[name]` somewhere, in the order of the file.
pub(super) fn single(text: &str) -> Vec<SingleHeader> {
    let mut found: Vec<SingleHeader> = Vec::new();
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if let Some(name) = SECTIONS.into_iter().find(|name| heads(line, name)) {
            let number = (index + 1).to_string();
            match found.iter_mut().find(|known| known.name == name) {
                Some(known) => known.lines.push(number),
                None => found.push(SingleHeader {
                    name,
                    at,
                    lines: vec![number],
                }),
            }
        }
        at += line.len();
    }
    found
}

fn heads(line: &str, name: &str) -> bool {
    let inner = line
        .trim_start()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    inner.is_some_and(|(inner, rest)| {
        let rest = rest.trim();
        inner.trim() == name && (rest.is_empty() || rest.starts_with('#'))
    })
}
