//! Text in columns: widths by grapheme, cut and padded so that no column ever breaks.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::base::text::is_hostile;

/// How many columns a text takes; hostile characters take none, because they are never drawn.
pub fn width(text: &str) -> usize {
    simple(text).unwrap_or_else(|| text.graphemes(true).map(grapheme_width).sum())
}

/// The columns of a text in which every character is one grapheme of one column, as nearly all
/// text here is: Vietnamese in NFC, punctuation, the screens' symbols. `None` for any other, which
/// takes the long way by graphemes.
pub fn simple(text: &str) -> Option<usize> {
    let mut count = 0;
    for c in text.chars() {
        if !matches!(c,
            ' '..='~' | '\u{A0}'..='\u{AC}' | '\u{AE}'..='\u{2FF}' | '\u{1EA0}'..='\u{1EF9}'
            | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{2026}' | '\u{2190}'..='\u{2193}'
            | '≤' | '≥' | '─' | '▸' | '✓' | '✗' | '✖' | '⚑')
        {
            return None;
        }
        count += 1;
    }
    Some(count)
}

fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.chars().any(is_hostile) {
        0
    } else {
        UnicodeWidthStr::width(grapheme).min(2)
    }
}

/// The text in at most `columns`; what does not fit ends in `…`.
pub fn fit(text: &str, columns: usize) -> String {
    fitted(text, columns).into_owned()
}

/// [`fit`] without a copy where nothing has to change.
pub fn fitted(text: &str, columns: usize) -> Cow<'_, str> {
    match simple(text) {
        Some(wide) if wide <= columns => return Cow::Borrowed(text),
        None if width(text) <= columns => return Cow::Owned(drawable(text)),
        _ => {}
    }
    let mut out = take(text, columns.saturating_sub(1));
    if columns > 0 {
        out.truncate(out.trim_end().len());
        out.push('…');
    }
    Cow::Owned(out)
}

/// The text in at most `columns`, cut in the middle: of a long label the end says most
/// ("…, nữ").
pub fn fit_middle(text: &str, columns: usize) -> String {
    let tail_columns = columns / 3;
    if width(text) <= columns || tail_columns < 4 {
        return fit(text, columns);
    }
    let (tail, used) = take_end(text, tail_columns);
    let tail = drawable(tail);
    let head = take(text, columns - 1 - used);
    // Whole words read better than halves, where they cost little.
    let head = match head.rsplit_once(' ') {
        Some((whole, half))
            if width(half) <= WORD
                && goes_on(text.get(head.len()..), |rest| rest.starts_with(' ')) =>
        {
            whole
        }
        _ => &head,
    };
    let before = text.len().saturating_sub(tail.len());
    let tail = match tail.split_once(' ') {
        Some((half, whole))
            if width(half) <= WORD && goes_on(text.get(..before), |rest| rest.ends_with(' ')) =>
        {
            whole
        }
        _ => &tail,
    };
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

/// True when the text beyond a cut goes on without a space; hostile text is not looked at closely.
fn goes_on(rest: Option<&str>, has_space: impl Fn(&str) -> bool) -> bool {
    rest.is_some_and(|rest| !has_space(rest))
}

/// The longest piece of a word that is left out rather than shown in part.
const WORD: usize = 5;

/// [`fit`] and spaces after it, exactly `columns` wide.
pub fn left(text: &str, columns: usize) -> String {
    let mut out = fit(text, columns);
    let pad = columns.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', pad));
    out
}

/// [`fit`] and spaces before it, exactly `columns` wide.
pub fn right(text: &str, columns: usize) -> String {
    let out = fit(text, columns);
    let pad = columns.saturating_sub(width(&out));
    " ".repeat(pad) + &out
}

/// The text broken at spaces into lines of at most `columns`; at most `lines` of them, the last
/// ending in `…` when there is more.
pub fn wrap(text: &str, columns: usize, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word = drawable(word);
        let full = out
            .last()
            .is_none_or(|line| width(line) + 1 + width(&word) > columns);
        match out.last_mut() {
            Some(line) if line.is_empty() => *line = fit(&word, columns),
            Some(line) if !full => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => out.push(fit(&word, columns)),
        }
    }
    if out.len() > lines {
        let rest = out.split_off(lines).join(" ");
        if let Some(last) = out.last_mut() {
            *last = fit(&format!("{last} {rest}"), columns);
        }
    }
    out
}

fn take(text: &str, columns: usize) -> String {
    if simple(text).is_some() {
        return text.chars().take(columns).collect();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = grapheme_width(grapheme);
        if used + wide > columns {
            break;
        }
        used += wide;
        out.push_str(grapheme);
    }
    drawable(&out)
}

/// The end of a text in at most `columns`, and how many it takes.
fn take_end(text: &str, columns: usize) -> (&str, usize) {
    if let Some(wide) = simple(text) {
        let skipped = wide.saturating_sub(columns);
        let start = text.char_indices().nth(skipped);
        let start = start.map_or(text.len(), |(at, _)| at);
        return (text.get(start..).unwrap_or_default(), wide - skipped);
    }
    let (mut start, mut used) = (text.len(), 0);
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        let wide = grapheme_width(grapheme);
        if used + wide > columns {
            break;
        }
        (start, used) = (at, used + wide);
    }
    (text.get(start..).unwrap_or_default(), used)
}

fn drawable(text: &str) -> String {
    if text.chars().any(is_hostile) {
        text.chars().filter(|c| !is_hostile(*c)).collect()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_is_measured_by_grapheme() {
        let nfd: String = "Việt Đại Hóa Ngọc Lý"
            .chars()
            .flat_map(unicode_normalization::UnicodeNormalization::nfd)
            .collect();
        assert_eq!(width(&nfd), 20); // domain 4.5
        assert_eq!(left("Đại Hóa", 10), "Đại Hóa   ");
        assert_eq!(right("1.234", 8), "   1.234");
    }

    #[test]
    fn nothing_ever_passes_its_column() {
        let hostile = "xã\u{1b}[2J\u{202e}\u{200b}中文 dài dài dài";
        for columns in 0..30 {
            for text in [hostile, "Xã Ngọc Thiện", "", "中中中"] {
                assert!(width(&fit(text, columns)) <= columns);
                assert!(width(&fit_middle(text, columns)) <= columns);
                assert!(
                    wrap(text, columns, 2)
                        .iter()
                        .all(|line| width(line) <= columns)
                );
                assert!(!fit(text, columns).contains('\u{1b}'));
            }
        }
    }

    #[test]
    fn a_long_label_keeps_its_end() {
        let label = "Bạo lực gia đình: người bị bạo lực được phát hiện trong kỳ, nữ";
        assert_eq!(
            fit_middle(label, 36),
            "Bạo lực gia đình: người…trong kỳ, nữ"
        );
        assert_eq!(wrap("một hai ba bốn", 7, 2), ["một hai", "ba bốn"]);
        assert_eq!(wrap("một hai ba bốn năm", 7, 2), ["một hai", "ba bốn…"]);
    }
}
