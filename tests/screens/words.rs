//! The words of the screens and commands: one thing has one name everywhere, and technical ideas
//! never reach a clerk by the names that programmers give them.

use nhaplieu::base::{Lang, Message};
use nhaplieu::ui::texts::Texts;

/// Words that stood on the screens once, and what stands there now.
const NO_LONGER: &[(&str, &str)] = &[
    ("kho", "bộ số liệu"),
    ("gói", "tệp số liệu"),
    ("bất đồng", "không khớp"),
    ("cách ly", "tạm giữ"),
    ("lần sửa", "thay đổi"),
    ("phần lời", "phần thuyết minh"),
    ("hỏi lại", "cần kiểm tra"),
    ("chưa làm gì cả", "chưa thực hiện"),
    ("có phải:", "ý bạn là"),
    ("bịa", "giả định"),
    ("kết nạp", "công nhận"),
    ("thường thấy", "thường gặp"),
    ("rút lại", "huỷ"),
    ("máy ghi", "máy"),
    ("số của khoá", "mã xác nhận"),
    ("tệp khoá", "tệp mã xác nhận"),
    ("store", "bộ số liệu"),
    ("merge", "nhập"),
    ("epoch", "lần bắt đầu ghi"),
    ("author", "máy"),
];

/// Where such a word is right: the lock of a file, the switch of a stick, options of commands.
const RIGHT: &[&str] = &[
    "home.sole",
    "cli.arg.store",
    "cli.error.exists",
    "cli.error.no_side",
];

/// A text without its places (`{name}`, `{key:command}`).
fn words_only(text: &str) -> String {
    let parts = text.split('{').enumerate();
    let outside = parts.map(|(at, part)| match part.split_once('}') {
        Some((_, behind)) if at > 0 => behind,
        _ => part,
    });
    outside.collect::<Vec<_>>().join("…")
}

/// True where `word` stands in `text` by itself.
fn says(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_{-".contains(c));
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + word.len()..].chars().next();
        !letter(before) && !letter(behind)
    })
}

#[test]
fn one_thing_has_one_name_and_no_technical_one() {
    let texts = Texts::load(Lang::Vi);
    let mut found = Vec::new();
    for key in texts.keys().filter(|key| !RIGHT.contains(key)) {
        if key.starts_with("cli.example") {
            continue;
        }
        let text = words_only(texts.get(key));
        for (word, instead) in NO_LONGER {
            if says(&text, word) {
                found.push(format!("{key}: {text} ({word}: {instead})"));
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn one_of_a_thing_is_not_many() {
    let texts = Texts::load(Lang::En);
    let said = |count: usize| texts.say(&Message::new("around.unsent").with("count", count));
    assert_eq!(said(1), "1 change not sent");
    assert_eq!(said(2), "2 changes not sent");
    assert_eq!(said(1234), "1.234 changes not sent", "as it is typed");
}
