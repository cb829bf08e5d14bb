//! What may be pasted where a figure is typed: one figure. A block of a spreadsheet or several
//! lines, joined, would be a figure nobody wrote.

use unicode_segmentation::UnicodeSegmentation;

use crate::base::Message;

/// The text of one figure in a paste, without white space at its ends: a single cell comes with
/// the end of its line. It must fit into `room` graphemes, for what is cut is another figure.
///
/// # Errors
/// Why nothing is taken: several cells or lines, characters that are not shown, too long.
pub fn figure(text: &str, room: usize) -> Result<&str, Message> {
    let text = text.trim();
    if text.contains(is_between_cells) {
        return Err(Message::new("trouble.paste_block"));
    }
    if text.contains(char::is_control) {
        return Err(Message::new("trouble.paste_control"));
    }
    if text.graphemes(true).nth(room).is_some() {
        return Err(Message::new("trouble.paste_no_room").with("count", room));
    }
    Ok(text)
}

/// True for what stands between cells or lines.
fn is_between_cells(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_figure_is_taken_and_a_block_is_not() {
        for text in ["340", " 340 ", "340\r\n", "\t340\r"] {
            assert_eq!(figure(text, 60).ok(), Some("340"), "{text:?}");
        }
        for text in [
            "12\t340",
            "12\r340",
            "12\n340",
            "12\r\n\r\n340\r\n",
            "12\u{2028}340",
            "12\u{b}340",
            "12\u{85}340",
        ] {
            let refused = figure(text, 60).unwrap_err();
            assert_eq!(refused.key, "trouble.paste_block", "{text:?}");
        }
        assert_eq!(
            figure("12\u{1b}[A340", 60).unwrap_err().key,
            "trouble.paste_control"
        );
    }

    #[test]
    fn what_would_be_cut_is_not_taken() {
        assert_eq!(figure("12345", 5).ok(), Some("12345"));
        assert_eq!(
            figure("123456", 5).unwrap_err().key,
            "trouble.paste_no_room"
        );
    }
}
