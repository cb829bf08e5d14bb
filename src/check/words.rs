//! Arguments of messages that several checks share: labels inside a sentence.

use crate::base::Label;

/// A label as it stands inside a sentence: its first letter small, unless it is an abbreviation.
pub(super) fn inside(label: &Label) -> Label {
    Label {
        vi: small_first(&label.vi),
        en: small_first(&label.en),
    }
}

fn small_first(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let rest = chars.as_str();
    let word_end = rest.find(|c: char| !c.is_alphanumeric());
    let word = rest.split_at(word_end.unwrap_or(rest.len())).0;
    if word.is_empty() || word.chars().any(char::is_uppercase) {
        return text.to_owned();
    }
    first.to_lowercase().chain(rest.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_keep_their_capitals_inside_a_sentence() {
        for (label, within) in [
            ("Lao động làm công", "lao động làm công"),
            ("Đánh giá", "đánh giá"),
            ("HĐND: số lãnh đạo", "HĐND: số lãnh đạo"),
            ("GDNN, nữ", "GDNN, nữ"),
            ("6 tháng", "6 tháng"),
            ("", ""),
        ] {
            assert_eq!(inside(&Label::same(label)).vi, within);
        }
    }
}
