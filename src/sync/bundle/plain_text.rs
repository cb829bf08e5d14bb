//! Undoing what mail, chat and word processors do to a text: encodings, quoted-printable, HTML,
//! typographic dashes and blanks. The passes rewrite the bytes in place, so that a large text is
//! held once.

/// How far an HTML tag may reach.
const TAG: usize = 2 << 10;
/// How long an HTML character reference may be.
const REFERENCE: usize = 12;

/// One pass over a text, in place.
pub(super) type Pass = fn(&mut Vec<u8>);

/// The text as ASCII: every pass done, dashes of all kinds as `-`, invisible characters gone, and a
/// space for any other character.
pub(super) fn ascii(bytes: Vec<u8>) -> Vec<u8> {
    let mut text = utf8(bytes);
    // The padding of base64 at the end of a line is no sign of quoted-printable.
    if text.windows(3).any(is_escape) {
        undo_quoted_printable(&mut text);
    }
    undo_html(&mut text);
    rewrite(&mut text, ascii_of);
    text
}

/// The text as UTF-8 without a byte order mark. UTF-16 is known by its mark, or by every other byte
/// being zero.
pub(super) fn utf8(mut bytes: Vec<u8>) -> Vec<u8> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let ascii = |at: usize| {
        let head = pairs.get(..4).unwrap_or_default();
        !head.is_empty()
            && head
                .iter()
                .all(|pair| pair.iter().position(|b| *b == 0) == Some(at))
    };
    match pairs {
        [[0xff, 0xfe], text @ ..] => from_utf16(text, u16::from_le_bytes),
        [[0xfe, 0xff], text @ ..] => from_utf16(text, u16::from_be_bytes),
        _ if ascii(1) => from_utf16(pairs, u16::from_le_bytes),
        _ if ascii(0) => from_utf16(pairs, u16::from_be_bytes),
        _ => {
            if bytes.starts_with(b"\xef\xbb\xbf") {
                bytes.drain(..3);
            }
            bytes
        }
    }
}

fn from_utf16(pairs: &[[u8; 2]], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let chars = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let mut text = String::with_capacity(pairs.len());
    text.extend(chars.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text.into_bytes()
}

/// Undoes quoted-printable (RFC 2045 6.7): `=3D` is a character, `=` at the end of a line joins it to
/// the next.
pub(super) fn undo_quoted_printable(text: &mut Vec<u8>) {
    rewrite(text, |rest| {
        let Some((b'=', after)) = rest.split_first() else {
            return as_it_is(rest);
        };
        let blanks = after.iter().take_while(|b| matches!(b, b' ' | b'\t'));
        let blanks = blanks.count();
        let line_end = match after.get(blanks..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if line_end > 0 {
            return (1 + blanks + line_end, Put::Nothing);
        }
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        match (digit(0), digit(1)) {
            (Some(high), Some(low)) => {
                let byte = u8::try_from(high << 4 | low).unwrap_or(b'?');
                (3, Put::Byte(byte))
            }
            _ => as_it_is(rest),
        }
    });
}

/// True for three bytes that quoted-printable writes for one.
fn is_escape(bytes: &[u8]) -> bool {
    let digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    matches!(bytes, [b'=', high, low] if digit(high) && digit(low))
}

/// Undoes HTML: a tag becomes a line end, a character reference its character.
pub(super) fn undo_html(text: &mut Vec<u8>) {
    rewrite(text, |rest| match rest {
        [b'<', b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!', ..] => {
            let tag = rest.iter().take(TAG).position(|byte| *byte == b'>');
            tag.map_or(as_it_is(rest), |end| (end + 1, Put::Byte(b'\n')))
        }
        [b'&', after @ ..] => {
            let end = after.iter().take(REFERENCE).position(|byte| *byte == b';');
            let name = end.and_then(|end| std::str::from_utf8(after.get(..end)?).ok());
            match name.and_then(referred) {
                Some(c) => (name.map_or(1, |name| name.len() + 2), Put::Char(c)),
                None => as_it_is(rest),
            }
        }
        _ => as_it_is(rest),
    });
}

/// The character of an HTML reference: a number, or one of the names that mail programs write for
/// characters of a bundle or between them.
fn referred(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "nbsp" => '\u{a0}',
        "ensp" | "emsp" | "thinsp" => ' ',
        "shy" | "zwnj" | "zwj" => '\u{200b}',
        "gt" => '>',
        "lt" => '<',
        "amp" => '&',
        "quot" => '"',
        "plus" => '+',
        "sol" => '/',
        "equals" => '=',
        "lowbar" => '_',
        "hyphen" | "dash" | "ndash" | "mdash" | "minus" => '-',
        "Tab" => '\t',
        "NewLine" => '\n',
        "colon" => ':',
        _ => return None,
    })
}

/// One character as ASCII. Bytes that are no UTF-8 are taken for Windows-1252, where 0x96 and 0x97
/// are dashes.
fn ascii_of(rest: &[u8]) -> (usize, Put) {
    let [first, ..] = rest else {
        return as_it_is(rest);
    };
    match first {
        0 => (1, Put::Nothing),
        1..0x80 => (1, Put::Byte(*first)),
        0x96 | 0x97 => (1, Put::Byte(b'-')),
        _ => {
            let length = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => 1,
            };
            let text = rest
                .get(..length)
                .and_then(|part| std::str::from_utf8(part).ok());
            let Some(c) = text.and_then(|text| text.chars().next()) else {
                return (1, Put::Byte(b' '));
            };
            let put = match c {
                '\u{2010}'..='\u{2015}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}' => Put::Byte(b'-'),
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
                    Put::Nothing
                }
                _ => Put::Byte(b' '),
            };
            (length, put)
        }
    }
}

/// What stands in place of the bytes that a pass has read; never longer than these.
enum Put {
    Nothing,
    Byte(u8),
    Char(char),
}

fn as_it_is(rest: &[u8]) -> (usize, Put) {
    (
        1,
        rest.first().map_or(Put::Nothing, |byte| Put::Byte(*byte)),
    )
}

/// Rewrites a text from its beginning. `one` looks at all that is left and says how many bytes it
/// has read and what to put for them.
fn rewrite(text: &mut Vec<u8>, one: impl Fn(&[u8]) -> (usize, Put)) {
    let (mut from, mut to) = (0, 0);
    while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
        let (read, put) = one(rest);
        from += read.max(1);
        let mut buffer = [0; 4];
        let bytes = match put {
            Put::Nothing => &[],
            Put::Byte(byte) => {
                buffer[0] = byte;
                &buffer[..1]
            }
            Put::Char(c) => c.encode_utf8(&mut buffer).as_bytes(),
        };
        // A reference to a character is longer than the character.
        let end = (to + bytes.len()).min(from);
        if let Some(place) = text.get_mut(to..end) {
            let length = place.len();
            place.copy_from_slice(bytes.get(..length).unwrap_or_default());
        }
        to = end;
    }
    text.truncate(to);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ascii_text(text: impl Into<Vec<u8>>) -> String {
        String::from_utf8(ascii(text.into())).unwrap()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16 = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            let text = format!("{mark}BEGIN a");
            text.encode_utf16().flat_map(unit).collect()
        };
        for bytes in [
            b"BEGIN a".to_vec(),
            "\u{feff}BEGIN a".into(),
            utf16(u16::to_le_bytes, "\u{feff}"),
            utf16(u16::to_be_bytes, "\u{feff}"),
            utf16(u16::to_le_bytes, ""),
            utf16(u16::to_be_bytes, ""),
        ] {
            assert_eq!(utf8(bytes), b"BEGIN a");
        }
        for short in [&b""[..], b"a", b"\xff\xfe", b"\xfe", b"\0", b"\0\0"] {
            let _ = ascii(short.to_vec());
        }
    }

    #[test]
    fn quoted_printable_and_html_are_undone() {
        assert_eq!(ascii_text("a=3D=\r\nb= \nc=2B=C2=A0d=="), "a=bc+ d==");
        assert_eq!(ascii_text("a==\r\nb=\nEND"), "a==\r\nb=\nEND");
        assert_eq!(
            ascii_text("<p>a&#43;b&#x2F;c</p>&nbsp;d&plus;"),
            "\na+b/c\n d+"
        );
        assert_eq!(ascii_text("5 < 6 & 7 <b"), "5 < 6 & 7 <b");
        assert_eq!(ascii_text("—–\u{2011}\u{200b}\u{ad}x\u{a0}ế"), "---x  ");
        assert_eq!(ascii_text(b"\x96\x97\xa0a\xff".to_vec()), "-- a ");
        let mut name = b"X=C3=A3 &#226;&#x1ebf;".to_vec();
        undo_quoted_printable(&mut name);
        undo_html(&mut name);
        assert_eq!(name, "Xã âế".as_bytes());
    }
}
