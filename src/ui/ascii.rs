//! The ASCII face for consoles without glyphs: Vietnamese without marks, symbols as twins.

use ratatui::buffer::Buffer;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Turns every cell of a drawn frame into ASCII.
pub fn fold_frame(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let twin = twin(cell.symbol());
            cell.set_symbol(&twin);
        }
    }
}

/// A line of plain text in ASCII; signs of comparison keep their meaning by two characters.
pub fn fold_text(line: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    line.graphemes(true)
        .map(|grapheme| match grapheme {
            "≥" => ">=".to_owned(),
            "≤" => "<=".to_owned(),
            ascii if ascii.is_ascii() => ascii.to_owned(),
            other => twin(other),
        })
        .collect()
}

/// The one-column ASCII twin of a grapheme.
fn twin(symbol: &str) -> String {
    let known = match symbol {
        "─" | "–" | "—" => "-",
        "│" => "|",
        "▸" | "→" => ">",
        "✓" | "↓" => "v",
        "✗" => "/",
        "✖" => "X",
        "·" => ".",
        "…" => "~",
        "⚑" => "#",
        "±" => "+",
        "↑" => "^",
        "Đ" => "D",
        "đ" => "d",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let bare: String = symbol.nfd().filter(|c| !is_combining_mark(*c)).collect();
    if bare.is_ascii() && !bare.is_empty() {
        bare
    } else {
        "?".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_of_the_screens_has_a_twin_of_one_column() {
        for symbol in [
            "✓", "✗", "✖", "·", "–", "…", "⚑", "▸", "─", "ệ", "Đ", "ơ", "→",
        ] {
            let twin = twin(symbol);
            assert!(
                twin.is_ascii() && twin.len() == 1 && twin != "?",
                "{symbol} -> {twin}"
            );
        }
    }
}
