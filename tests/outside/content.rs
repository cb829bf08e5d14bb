//! What a form holds by its entries, and the hashes of that.

use std::collections::{BTreeMap, BTreeSet};

use super::Hash;
use super::entry::{Body, Cell, Cited, Content, Frontier, Subject};
use super::file::Recorded;
use super::plan::Plan;

/// The contents of each cell that no entry of it replaces, the one that shows first.
pub type Cells = BTreeMap<Cell, Vec<Content>>;

/// The cells of a form by the entries that `counts` of them.
pub fn cells(
    entries: &[Recorded],
    (unit, period): (&str, &str),
    counts: impl Fn(&Recorded) -> bool,
) -> Cells {
    let mut of_cell: BTreeMap<Cell, Vec<&Recorded>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| counts(entry)) {
        if let (Subject::Cell(cell), Body::Value(_) | Body::Resolve(_)) =
            (&entry.entry.subject, &entry.entry.body)
            && cell.unit == unit
            && cell.period == period
        {
            of_cell.entry(cell.clone()).or_default().push(entry);
        }
    }
    let of_cell = of_cell.into_iter();
    of_cell
        .map(|(cell, entries)| (cell, heads(&entries)))
        .collect()
}

/// The cells as somebody had seen them who states the last entry of each log.
pub fn cells_seen(entries: &[Recorded], form: (&str, &str), frontier: &Frontier) -> Cells {
    cells(entries, form, |entry| {
        let mut seen = frontier.iter();
        seen.any(|(author, last, _)| *author == entry.author && entry.number <= *last)
    })
}

fn heads(entries: &[&Recorded]) -> Vec<Content> {
    let replaced: BTreeSet<&Cited> = entries.iter().flat_map(|e| &e.entry.replaces).collect();
    let cited = |entry: &Recorded| -> Cited {
        let mut short = [0; 8];
        short.copy_from_slice(&entry.hash[..8]);
        (entry.author, entry.number, short)
    };
    let mut heads: Vec<&&Recorded> = entries
        .iter()
        .filter(|entry| !replaced.contains(&cited(entry)))
        .collect();
    heads.sort_by_key(|head| {
        let latest = (head.entry.clock, head.author, head.number);
        (head.entry.is_on_behalf(), std::cmp::Reverse(latest))
    });
    let content = |head: &&Recorded| match &head.entry.body {
        Body::Value(content) | Body::Resolve(content) => content.clone(),
        _ => Content::Blank,
    };
    heads.into_iter().map(content).collect()
}

/// The hash of each part of a form's content, by owner.
pub fn parts(plan: &Plan, form: (&str, &str), cells: &Cells) -> Vec<(String, Hash)> {
    let parts = plan.parts(form.0, form.1).into_iter();
    parts
        .map(|(owner, fields)| {
            let hash = part(plan, form, (&owner, &fields), cells);
            (owner, hash)
        })
        .collect()
}

/// The hash of the whole.
pub fn whole(parts: &[(String, Hash)]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"nhaplieu/content-parts/v1");
    for (owner, hash) in parts {
        text(&mut hasher, owner);
        hasher.update(hash);
    }
    *hasher.finalize().as_bytes()
}

fn part(
    plan: &Plan,
    (unit, period): (&str, &str),
    (owner, fields): (&str, &BTreeSet<String>),
    cells: &Cells,
) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"nhaplieu/content/v1");
    hasher.update(&plan.hash);
    for words in [unit, period, owner] {
        text(&mut hasher, words);
    }
    for field in fields {
        let of_field: Vec<(&Cell, &Vec<Content>)> = cells
            .iter()
            .filter(|(cell, _)| cell.field == *field)
            .collect();
        text(&mut hasher, field);
        let figure = of_field.iter().find(|(cell, _)| cell.row.is_none());
        let blank = vec![Content::Blank];
        let figure = figure.map_or(&blank, |(_, heads)| *heads);
        contents(&mut hasher, figure, plan.scale(field));
        for (cell, heads) in of_field {
            let Some(row) = cell.row else { continue };
            if heads.iter().all(|content| *content == Content::Blank) {
                continue;
            }
            text(&mut hasher, field);
            hasher.update(&[0xff]);
            hasher.update(&row);
            contents(&mut hasher, heads, plan.scale(field));
        }
    }
    *hasher.finalize().as_bytes()
}

fn contents(hasher: &mut blake3::Hasher, heads: &[Content], scale: u8) {
    let each: BTreeSet<Vec<u8>> = heads.iter().map(|content| coded(content, scale)).collect();
    for content in each {
        hasher.update(&content);
    }
}

/// State byte and text.
fn coded(content: &Content, scale: u8) -> Vec<u8> {
    let (state, text) = match content {
        Content::Blank => (0, String::new()),
        Content::Value(mantissa, own) => (1, figure(*mantissa, *own, scale)),
        Content::Text(text) => (2, text.clone()),
        Content::NoneOccurred => (3, String::new()),
        Content::Unavailable => (4, String::new()),
        Content::NotApplicable => (5, String::new()),
        Content::Invalid(text) => (6, text.clone()),
    };
    let length = u32::try_from(text.len()).unwrap();
    [&[state], &length.to_le_bytes()[..], text.as_bytes()].concat()
}

/// The integer at the field's scale; a figure with more places as it is written.
fn figure(mantissa: i64, own: u8, scale: u8) -> String {
    if let Some(up) = scale.checked_sub(own) {
        return (i128::from(mantissa) * 10_i128.pow(up.into())).to_string();
    }
    let digits = format!("{:0width$}", mantissa.abs(), width = usize::from(own) + 1);
    let (whole, places) = digits.split_at(digits.len() - usize::from(own));
    let sign = if mantissa < 0 { "-" } else { "" };
    format!("{sign}{whole}.{places}")
}

fn text(hasher: &mut blake3::Hasher, words: &str) {
    let length = u32::try_from(words.len()).unwrap();
    hasher.update(&length.to_le_bytes());
    hasher.update(words.as_bytes());
}
