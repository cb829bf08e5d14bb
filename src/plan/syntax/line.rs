//! The slips that people make in one line, and what was probably meant.

use chrono::NaiveDate;

/// What was written instead of TOML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Slip {
    /// A date in another order, with other signs or without its zeros.
    Date { wrong: String, right: String },
    /// A day that no calendar has.
    NoSuchDate(String),
    /// `1,5`.
    DecimalComma { wrong: String, right: String },
    /// `1.000.000` or `12 000`.
    Thousands { wrong: String, right: String },
    /// `80%` and other numbers with a sign behind them.
    Number { wrong: String, right: String },
    /// `True`, `Đúng`.
    Flag { wrong: String, right: &'static str },
    /// “text”.
    CurlyQuotes { right: String },
    /// A text without quotation marks.
    NoQuotes { right: String },
    /// A text whose closing quotation mark is missing.
    OpenQuote,
    /// `key: value`.
    Colon { key: String },
    /// `;` between two entries.
    Semicolon,
    /// Two entries without a comma between them.
    NoComma,
}

/// Quotation marks of word processors.
const CURLY: [char; 9] = ['“', '”', '„', '‟', '‘', '’', '«', '»', '″'];

/// The first slip in the line that `text` begins with, and the byte it stands at.
pub(super) fn slip(text: &str) -> Option<(usize, Slip)> {
    let line = text.lines().next().unwrap_or_default();
    let mut at = 0;
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = line.get(at..).unwrap_or_default();
        let after = at + c.len_utf8();
        match c {
            '#' => return None,
            '"' | '\'' => match closed(rest, c) {
                Some(length) => at += length,
                None => return Some((at, Slip::OpenQuote)),
            },
            '=' => {
                let value = line.get(after..).unwrap_or_default();
                let start = after + value.len() - value.trim_start().len();
                if let Some(slip) = of_value(line.get(start..).unwrap_or_default()) {
                    return Some((start, slip));
                }
                at = after;
            }
            ';' => return Some((at, Slip::Semicolon)),
            ':' => {
                let key = line.get(..at).map(last_word).unwrap_or_default();
                return Some((at, Slip::Colon { key }));
            }
            c if CURLY.contains(&c) => {
                let right = between_curly(rest);
                return Some((at, Slip::CurlyQuotes { right }));
            }
            _ => at = after,
        }
    }
    None
}

/// The length of the text in quotation marks that `rest` begins with.
fn closed(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn last_word(before: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let trimmed = before.trim_end();
    let start = trimmed.rfind(|c| !word(c)).map_or(0, |at| at + 1);
    let start = (start..=trimmed.len()).find(|at| trimmed.is_char_boundary(*at));
    trimmed
        .get(start.unwrap_or(trimmed.len())..)
        .unwrap_or_default()
        .to_owned()
}

fn between_curly(rest: &str) -> String {
    let inner = rest.trim_start_matches(CURLY);
    let end = inner.find(|c| CURLY.contains(&c) || c == '"');
    inner
        .get(..end.unwrap_or(inner.len()))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// What is wrong with a value that is no text in quotation marks.
fn of_value(value: &str) -> Option<Slip> {
    let first = value.chars().next()?;
    if matches!(first, '"' | '\'' | '[' | '{' | '#') || CURLY.contains(&first) {
        return None;
    }
    if first.is_ascii_digit() {
        return of_number(value);
    }
    let bare = value.split([',', '}', ']', '#']).next().unwrap_or_default();
    if !matches!(first, '<' | '>' | '=' | '≤' | '≥') && bare.contains('=') {
        return Some(Slip::NoComma);
    }
    let bare = bare.trim();
    match bare.to_lowercase().as_str() {
        "true" | "false" if bare.chars().all(char::is_lowercase) => None,
        "true" | "đúng" | "có" | "yes" => Some(flag(bare, "true")),
        "false" | "sai" | "không" | "no" => Some(flag(bare, "false")),
        _ if bare.is_empty() || first.is_ascii_punctuation() && !"<>=".contains(first) => None,
        _ => Some(Slip::NoQuotes {
            right: bare.to_owned(),
        }),
    }
}

fn flag(wrong: &str, right: &'static str) -> Slip {
    let wrong = wrong.to_owned();
    Slip::Flag { wrong, right }
}

/// What is wrong with a value that begins with a digit.
fn of_number(value: &str) -> Option<Slip> {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '/' | '-' | ' ');
    let end = value.find(|c| !part(c)).unwrap_or(value.len());
    let (run, behind) = value.split_at(end);
    // The comma that separates entries is no part of the number.
    let wrong = run.trim_end().trim_end_matches(',').trim_end().to_owned();
    if let Some(date) = date(&wrong) {
        return date;
    }
    if behind.starts_with('%') {
        let right = wrong.replace(',', ".");
        let wrong = format!("{wrong}%");
        return Some(Slip::Number { wrong, right });
    }
    let entry_behind = behind.trim_start().starts_with(|c: char| c.is_alphabetic());
    if entry_behind && !run.trim_end().ends_with(',') {
        let is_entry = behind
            .split([',', '}'])
            .next()
            .is_some_and(|b| b.contains('='));
        return is_entry.then_some(Slip::NoComma).or(Some(Slip::NoQuotes {
            right: value
                .split([',', '}', '#'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
        }));
    }
    if let Some((whole, decimals)) = wrong.split_once(',') {
        let whole = whole.replace('.', "");
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if digits(&whole) && digits(decimals) {
            let right = format!("{whole}.{decimals}");
            return Some(Slip::DecimalComma { wrong, right });
        }
    }
    let groups: Vec<&str> = wrong.split(['.', ' ']).collect();
    let three = |group: &&str| group.len() == 3;
    if groups.len() > 1 && groups.iter().skip(1).all(three) && !wrong.contains('-') {
        let right = groups.concat();
        return Some(Slip::Thousands { wrong, right });
    }
    None
}

/// A day written otherwise than `2026-02-05`; `None` where it is no date, `Some(None)` where it is
/// one as it should be.
#[expect(clippy::option_option, reason = "no date, a good one, a wrong one")]
fn date(wrong: &str) -> Option<Option<Slip>> {
    let parts: Vec<&str> = wrong.split(['/', '-', '.']).collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    if parts.iter().any(|part| part.is_empty() || part.len() > 4) {
        return None;
    }
    // In Viet Nam the day comes first.
    let (year, day) = match (first.len(), third.len()) {
        (4, 1 | 2) => (first, third),
        (1 | 2, 4) => (third, first),
        _ => return None,
    };
    let (month, day) = (second.parse().ok()?, day.parse().ok()?);
    let real = NaiveDate::from_ymd_opt(year.parse().ok()?, month, day);
    Some(match real.map(|date| date.to_string()) {
        Some(right) if right == wrong => None,
        Some(right) => Some(Slip::Date {
            wrong: wrong.to_owned(),
            right,
        }),
        None => Some(Slip::NoSuchDate(wrong.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(wrong: &str, right: &str) -> Slip {
        let (wrong, right) = (wrong.to_owned(), right.to_owned());
        Slip::Date { wrong, right }
    }

    #[test]
    fn what_people_write_instead() {
        let text = |text: &str| text.to_owned();
        for (line, wanted) in [
            ("due = 05/02/2026 },", date("05/02/2026", "2026-02-05")),
            ("due = 5-2-2026", date("5-2-2026", "2026-02-05")),
            ("due = 2026-2-5, to", date("2026-2-5", "2026-02-05")),
            ("due = 2026.02.05", date("2026.02.05", "2026-02-05")),
            ("due = 2026-02-30", Slip::NoSuchDate(text("2026-02-30"))),
            (
                "min = 12,5, max = 3",
                Slip::DecimalComma {
                    wrong: text("12,5"),
                    right: text("12.5"),
                },
            ),
            (
                "max = 1.000.000 }",
                Slip::Thousands {
                    wrong: text("1.000.000"),
                    right: text("1000000"),
                },
            ),
            (
                "value = 80%",
                Slip::Number {
                    wrong: text("80%"),
                    right: text("80"),
                },
            ),
            (
                "label = “Nhận xét” # a",
                Slip::CurlyQuotes {
                    right: text("Nhận xét"),
                },
            ),
            (
                "label = Nhận xét",
                Slip::NoQuotes {
                    right: text("Nhận xét"),
                },
            ),
            (
                "target = >= 80",
                Slip::NoQuotes {
                    right: text(">= 80"),
                },
            ),
            ("label = \"Nhận xét", Slip::OpenQuote),
            ("label: \"Nhận xét\"", Slip::Colon { key: text("label") }),
            ("{ id = \"Q1\"; hard = \"a\" }", Slip::Semicolon),
            ("max = 12.5 note = \"a\"", Slip::NoComma),
            (
                "slipped_digit = True }",
                Slip::Flag {
                    wrong: text("True"),
                    right: "true",
                },
            ),
        ] {
            assert_eq!(slip(line).map(|(_, slip)| slip), Some(wanted), "{line}");
        }
        for good in [
            "label = \"“Nhận xét”: a; b\", max = 12.5, due = 2026-02-05",
            "# due = 05/02/2026",
            "flag = true, list = [1, 2]",
            "",
        ] {
            assert_eq!(slip(good), None, "{good}");
        }
    }
}
