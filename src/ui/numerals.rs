//! Numbers in words, so that a clerk sees at once whether `1.234` was read as a thousand.
//!
//! The words of numbers are grammar rather than wording, so they stand here as tables and not in
//! the texts.

use crate::base::{Decimal, Lang, Message};

/// A typed number and how it was read: "1.234 = một nghìn hai trăm ba mươi tư".
pub(super) fn echo(typed: &str, value: Decimal, lang: Lang) -> Message {
    Message::new("typed.echo")
        .with("typed", typed)
        .with("words", in_words(value, lang))
}

/// A figure in words: "một nghìn hai trăm ba mươi tư", "one thousand two hundred thirty-four".
fn in_words(value: Decimal, lang: Lang) -> String {
    let plain = value.to_string();
    let (negative, magnitude) = plain
        .strip_prefix('-')
        .map_or((false, plain.as_str()), |rest| (true, rest));
    let (whole, part) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let whole: u64 = whole.parse().unwrap_or_default();
    let mut said: Vec<&str> = Vec::new();
    match lang {
        Lang::Vi => {
            said.extend(negative.then_some("âm"));
            say_vi(whole, &mut said);
            said.extend((!part.is_empty()).then_some("phẩy"));
            said.extend(part.bytes().map(|b| word(&ONES_VI, b.into(), b'0'.into())));
        }
        Lang::En => {
            said.extend(negative.then_some("minus"));
            say_en(whole, &mut said);
            said.extend((!part.is_empty()).then_some("point"));
            said.extend(part.bytes().map(|b| word(&ONES_EN, b.into(), b'0'.into())));
        }
    }
    said.join(" ").replace(" - ", "-")
}

const ONES_VI: [&str; 10] = [
    "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
];
/// A last digit after "mươi": mốt, tư, lăm.
const AFTER_TENS_VI: [&str; 10] = [
    "", "mốt", "hai", "ba", "tư", "lăm", "sáu", "bảy", "tám", "chín",
];
const ONES_EN: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS_EN: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// The word of `n`, counted from `zero`.
fn word(table: &[&'static str], n: u64, zero: u64) -> &'static str {
    usize::try_from(n.saturating_sub(zero))
        .ok()
        .and_then(|at| table.get(at).copied())
        .unwrap_or_default()
}

/// Whether larger groups were said before: then a group says its empty hundreds too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    First,
    Later,
}

fn say_vi(n: u64, said: &mut Vec<&'static str>) {
    if n == 0 {
        said.push(word(&ONES_VI, 0, 0));
        return;
    }
    let mut place = Group::First;
    // Above a milliard Vietnamese counts milliards: "một nghìn hai trăm tỷ".
    for (unit, name) in [
        (1_000_000_000, "tỷ"),
        (1_000_000, "triệu"),
        (1_000, "nghìn"),
    ] {
        let group = if unit == 1_000_000_000 {
            n / unit
        } else {
            n / unit % 1_000
        };
        if group == 0 {
            continue;
        }
        if group < 1_000 {
            group_vi(group, place, said);
        } else {
            say_vi(group, said);
        }
        said.push(name);
        place = Group::Later;
    }
    if !n.is_multiple_of(1_000) {
        group_vi(n % 1_000, place, said);
    }
}

/// One to three digits, never 0.
fn group_vi(n: u64, place: Group, said: &mut Vec<&'static str>) {
    let (hundreds, tens, ones) = (n / 100, n / 10 % 10, n % 10);
    let has_hundreds = hundreds > 0 || place == Group::Later;
    if has_hundreds {
        said.extend([word(&ONES_VI, hundreds, 0), "trăm"]);
    }
    match (tens, ones) {
        (0, 0) => {}
        (0, _) => {
            said.extend(has_hundreds.then_some("linh"));
            said.push(word(&ONES_VI, ones, 0));
        }
        (1, _) => {
            said.push("mười");
            match ones {
                0 => {}
                5 => said.push("lăm"),
                _ => said.push(word(&ONES_VI, ones, 0)),
            }
        }
        _ => {
            said.extend([word(&ONES_VI, tens, 0), "mươi"]);
            said.extend((ones > 0).then(|| word(&AFTER_TENS_VI, ones, 0)));
        }
    }
}

fn say_en(n: u64, said: &mut Vec<&'static str>) {
    if n == 0 {
        said.push(word(&ONES_EN, 0, 0));
        return;
    }
    for (unit, name) in [
        (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1_000, "thousand"),
        (1, ""),
    ] {
        let group = n / unit % 1_000;
        if group == 0 {
            continue;
        }
        group_en(group, said);
        said.extend((!name.is_empty()).then_some(name));
    }
}

fn group_en(n: u64, said: &mut Vec<&'static str>) {
    if n >= 100 {
        said.extend([word(&ONES_EN, n / 100, 0), "hundred"]);
    }
    match n % 100 {
        0 => {}
        small @ 1..20 => said.push(word(&ONES_EN, small, 0)),
        tens => {
            said.push(word(&TENS_EN, tens / 10, 0));
            if tens % 10 > 0 {
                said.extend(["-", word(&ONES_EN, tens % 10, 0)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_vietnamese() {
        for (number, words) in [
            ("0", "không"),
            ("4", "bốn"),
            ("5", "năm"),
            ("10", "mười"),
            ("11", "mười một"),
            ("14", "mười bốn"),
            ("15", "mười lăm"),
            ("20", "hai mươi"),
            ("21", "hai mươi mốt"),
            ("24", "hai mươi tư"),
            ("55", "năm mươi lăm"),
            ("100", "một trăm"),
            ("101", "một trăm linh một"),
            ("104", "một trăm linh bốn"),
            ("105", "một trăm linh năm"),
            ("115", "một trăm mười lăm"),
            ("1000", "một nghìn"),
            ("1005", "một nghìn không trăm linh năm"),
            ("1034", "một nghìn không trăm ba mươi tư"),
            ("1234", "một nghìn hai trăm ba mươi tư"),
            ("10370", "mười nghìn ba trăm bảy mươi"),
            ("180000", "một trăm tám mươi nghìn"),
            ("1000001", "một triệu không trăm linh một"),
            ("2021000", "hai triệu không trăm hai mươi mốt nghìn"),
            ("1000000000", "một tỷ"),
            ("1200000000000", "một nghìn hai trăm tỷ"),
            ("5000000015000", "năm nghìn tỷ không trăm mười lăm nghìn"),
            ("1.234", "một phẩy hai ba bốn"),
            ("-1.5", "âm một phẩy năm"),
            ("0.05", "không phẩy không năm"),
        ] {
            let value = Decimal::parse(number).unwrap();
            assert_eq!(in_words(value, Lang::Vi), words, "{number}");
        }
    }

    #[test]
    fn numbers_in_english() {
        for (number, words) in [
            ("0", "zero"),
            ("19", "nineteen"),
            ("40", "forty"),
            ("1234", "one thousand two hundred thirty-four"),
            ("1000005", "one million five"),
            (
                "999999999999999",
                "nine hundred ninety-nine trillion nine hundred ninety-nine billion nine hundred ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine",
            ),
            ("1.5", "one point five"),
        ] {
            let value = Decimal::parse(number).unwrap();
            assert_eq!(in_words(value, Lang::En), words, "{number}");
        }
    }
}
