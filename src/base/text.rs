//! Cleans text that comes from outside (NFC, no control or invisible characters) and makes keys
//! for search.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// True for what must never reach a terminal or a file of ours: control characters, bidi
/// controls, zero-width and other invisible format characters, noncharacters, private use.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{10FFFF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

/// Finds the first hostile character of a text; its position in characters from 0.
pub fn first_hostile(text: &str) -> Option<usize> {
    // Nearly every id and text is plain: a byte each is all that is looked at.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    text.chars().position(is_hostile)
}

/// The text as it is kept: NFC, Ð (U+00D0) as Đ, hostile characters dropped, at most
/// `limit` characters, line breaks and tabs as single spaces, no white space at the ends.
pub fn clean(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().map(spaced).filter(|c| !is_hostile(*c)).nfc() {
        out.push(if c == '\u{D0}' { 'Đ' } else { c });
    }
    let kept: String = out.trim().chars().take(limit).collect();
    kept.trim_end().to_owned()
}

/// True for a text that [`clean`] would leave as it is.
pub fn is_clean(text: &str, limit: usize) -> bool {
    // Most are empty or plain, and need no second copy to compare with.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain {
        return text.len() <= limit && !text.starts_with(' ') && !text.ends_with(' ');
    }
    let at_home = text.trim().len() == text.len() && text.chars().count() <= limit;
    let kept = |c: char| spaced(c) == c && !is_hostile(c) && c != '\u{D0}';
    if at_home && text.chars().all(kept) && is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return true;
    }
    clean(text, limit) == text
}

fn spaced(c: char) -> char {
    if matches!(
        c,
        '\n' | '\r' | '\t' | '\u{A0}' | '\u{202F}' | '\u{2028}' | '\u{2029}'
    ) {
        ' '
    } else {
        c
    }
}

/// Normalises a text to NFC and changes nothing else.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// The search key: lower case, no marks, đ as d, only letters and digits, words by one space.
/// Spellings that differ only in where a mark stands (hoà, hòa) get the same key.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'đ' | 'ð' => out.push('d'),
            c if c.is_alphanumeric() => out.push(c),
            _ if out.ends_with(' ') || out.is_empty() => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The initials of a folded text: "xa ngoc thien" gives "xnt".
pub fn initials(folded: &str) -> String {
    folded
        .split(' ')
        .filter_map(|word| word.chars().next())
        .collect()
}

/// How well a query finds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Every word of the query starts some word of the name, in order.
    Words,
    /// The query is the initials of the name's last words.
    Initials,
    /// The query is the whole name or its last words, without marks.
    Whole,
    /// The query, with its marks, stands in the name.
    Exact,
}

/// Finds `query` in `name` without marks; `None` when it does not stand there.
///
/// "nt", "ngoc thien" and "Ngọc Thiện" all find "Xã Ngọc Thiện".
pub fn find(query: &str, name: &str) -> Option<Match> {
    let (wanted, have) = (fold(query), fold(name));
    if wanted.is_empty() {
        return None;
    }
    let lower = nfc(&name.to_lowercase());
    let typed = nfc(query.trim()).to_lowercase();
    if fold(&typed) != typed && lower.contains(&typed) {
        return Some(Match::Exact);
    }
    if have == wanted || have.ends_with(&format!(" {wanted}")) {
        return Some(Match::Whole);
    }
    if !wanted.contains(' ') && wanted.chars().count() > 1 && initials(&have).ends_with(&wanted) {
        return Some(Match::Initials);
    }
    let mut words = have.split(' ');
    wanted
        .split(' ')
        .all(|part| words.any(|word| word.starts_with(part)))
        .then_some(Match::Words)
}

/// A text with every hostile character made visible, for error messages about bad files.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_hostile(c) {
                format!("<U+{:04X}>", c as u32)
            } else {
                c.to_string()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_unicode_becomes_nfc() {
        let mixed = "K\u{ea}\u{301} ho\u{61}\u{323}ch";
        assert_eq!(clean(mixed, 100), "Kế hoạch");
        assert_eq!(clean("e\u{323}\u{302}", 10), "ệ");
        assert_eq!(clean("Ðại Hóa", 10), "Đại Hóa");
    }

    #[test]
    fn a_text_is_clean_when_cleaning_changes_nothing() {
        let hoa = "Ho\u{61}\u{323}";
        for text in [
            "",
            "a",
            " a",
            "a ",
            "a  b",
            "~",
            "\u{7f}",
            "a\tb",
            "Hạ",
            hoa,
            "Ðại",
            "ê ",
            "đã sửa",
            "ê\u{200b}",
            "ê\u{a0}a",
        ] {
            for limit in [0, 1, 3, 50] {
                let same = clean(text, limit) == text;
                assert_eq!(is_clean(text, limit), same, "{text:?} {limit}");
            }
        }
    }

    #[test]
    fn hostile_characters_do_not_survive() {
        let hostile = "a\u{1b}[31mb\u{202e}c\u{200b}d\u{7}e\u{85}f\u{ad}g";
        assert_eq!(clean(hostile, 100), "a[31mbcdefg");
        assert_eq!(clean(&"ệ".repeat(10_000), 50).chars().count(), 50);
        assert_eq!(visible("a\u{1b}b"), "a<U+001B>b");
    }

    #[test]
    fn search_works_without_marks() {
        for query in ["nt", "ngoc thien", "Ngọc Thiện", "thien", "ngọc th"] {
            assert!(find(query, "Xã Ngọc Thiện").is_some(), "{query}");
        }
        assert_eq!(fold("Đại Hóa"), fold("đại hoá"));
        assert_eq!(find("ngọc thiện", "Xã Ngọc Thiện"), Some(Match::Exact));
        assert_eq!(find("xa", "Thị trấn Nhã Nam"), None);
    }
}
