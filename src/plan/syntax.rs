//! Places where a plan file is no TOML, said as the slip that people make there: a date as they
//! write it elsewhere, a decimal comma, quotation marks of a word processor, one bracket for two.
//!
//! The reader of TOML names what it expected, which invites the wrong mend; so the line it
//! stopped at is looked at again. What follows a slip is only its consequence and is not said.

mod header;
mod line;

use self::line::Slip;
use super::problem::Problems;
use super::reader::visible;
use crate::base::Message;

/// One stop of the TOML reader: where, and its own words.
pub(super) struct Stop<'e> {
    /// The byte it stopped at.
    pub(super) at: usize,
    /// What it said, in English.
    pub(super) said: &'e str,
}

/// Notes every slip that is recognised, and of the other stops only the first.
pub(super) fn note(text: &str, stops: &[Stop<'_>], problems: &Problems) {
    let headers = header::single(text);
    for wrong in &headers {
        let message = Message::new("plan.problem.syntax.one_bracket")
            .with("key", wrong.name)
            .with("lines", wrong.lines.join(", "));
        problems.error(wrong.at, message);
    }
    let doubled = |stop: &&Stop<'_>| headers.is_empty() || !stop.said.contains(DUPLICATE);
    let mut looked_at = None;
    let mut first = headers.is_empty();
    for stop in stops.iter().filter(doubled) {
        let start = line_start(text, stop.at);
        if looked_at == Some(start) {
            continue;
        }
        looked_at = Some(start);
        match line::slip(text.get(start..).unwrap_or_default()) {
            Some((at, slip)) => problems.error(start + at, in_words(slip)),
            None if first => problems.error(stop.at, unrecognised(text, stop)),
            None => {}
        }
        first = false;
    }
}

/// What the TOML reader calls a name given twice.
const DUPLICATE: &str = "duplicate key";

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    before.rfind('\n').map_or(0, |newline| newline + 1)
}

fn in_words(slip: Slip) -> Message {
    let with = |key: &'static str, wrong: &str, right: &str| {
        Message::new(key)
            .with("value", visible(wrong))
            .with("right", visible(right))
    };
    match slip {
        Slip::Date { wrong, right } => with("plan.problem.syntax.date", &wrong, &right),
        Slip::NoSuchDate(wrong) => with("plan.problem.syntax.no_such_date", &wrong, ""),
        Slip::DecimalComma { wrong, right } => {
            with("plan.problem.syntax.decimal_comma", &wrong, &right)
        }
        Slip::Thousands { wrong, right } => with("plan.problem.syntax.thousands", &wrong, &right),
        Slip::Number { wrong, right } => with("plan.problem.syntax.number", &wrong, &right),
        Slip::Flag { wrong, right } => with("plan.problem.syntax.flag", &wrong, right),
        Slip::CurlyQuotes { right } => with("plan.problem.syntax.curly_quotes", "", &right),
        Slip::NoQuotes { right } => with("plan.problem.syntax.no_quotes", "", &right),
        Slip::OpenQuote => Message::new("plan.problem.syntax.open_quote"),
        Slip::Colon { key } => with("plan.problem.syntax.colon", &key, ""),
        Slip::Semicolon => Message::new("plan.problem.syntax.semicolon"),
        Slip::NoComma => Message::new("plan.problem.syntax.no_comma"),
    }
}

fn unrecognised(text: &str, stop: &Stop<'_>) -> Message {
    if stop.said.contains(DUPLICATE) {
        let rest = text.get(stop.at..).unwrap_or_default();
        let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let key: String = rest.chars().take_while(|c| name(*c)).collect();
        return Message::new("plan.problem.syntax.twice").with("key", visible(&key));
    }
    let key = if stop.said.contains("missing comma") {
        "plan.problem.syntax.no_comma"
    } else if stop.said.contains("unclosed") || stop.said.contains("missing closing") {
        "plan.problem.syntax.no_bracket"
    } else {
        "plan.problem.syntax.other"
    };
    Message::new(key)
}
