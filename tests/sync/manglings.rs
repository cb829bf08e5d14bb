//! What mail, chat, word processors and transfers do to a bundle on its way: it is read where it can
//! be undone, and else refused by what happened to it and with what to do; never as something that
//! is no bundle.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use nhaplieu::base::Lang;
use nhaplieu::sync::bundle::error::Alteration;
use nhaplieu::sync::bundle::file_type;
use nhaplieu::sync::bundle::other_format::FileFormat;
use nhaplieu::sync::bundle::text_armour;
use nhaplieu::sync::{BundleError, Scope, VerifiedBundle};
use nhaplieu::ui::texts::Texts;

use crate::container::small;
use crate::site::Site;

const BEGIN: &str = "-----BEGIN NHAPLIEU BUNDLE-----";
const END: &str = "-----END NHAPLIEU BUNDLE-----";

fn each_line(text: &str, change: impl Fn(usize, &str) -> String) -> String {
    text.lines()
        .enumerate()
        .map(|(at, line)| change(at, line) + "\n")
        .collect()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    marked.encode_utf16().flat_map(unit).collect()
}

/// As a mail carries bytes or a text of its own alphabet.
fn base64_lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(76);
    lines
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\r\n")
        .collect()
}

/// As a mail program writes a text of any alphabet: escapes, and lines of at most 76 characters.
fn quoted_printable(text: &str) -> String {
    each_line(text, |_, line| {
        let (mut out, mut column) = (String::new(), 0);
        for byte in line.bytes() {
            let piece = match byte {
                b' '..=b'~' if byte != b'=' => char::from(byte).to_string(),
                byte => format!("={byte:02X}"),
            };
            if column + piece.len() > 75 {
                out.push_str("=\r\n");
                column = 0;
            }
            column += piece.len();
            out.push_str(&piece);
        }
        out + "\r"
    })
}

type Undone = Vec<(&'static str, Vec<u8>)>;

/// What is put before, after and between the characters.
fn quoted(text: &str) -> Undone {
    let of = String::into_bytes;
    let line = |change: fn(usize, &str) -> String| of(each_line(text, change));
    vec![
        ("quoted by a reply", line(|_, l| format!("> {l}"))),
        ("quoted twice", line(|_, l| format!("> > {l}"))),
        (
            "quoted with the initials of the writer",
            line(|_, l| format!("LTN> {l}")),
        ),
        (
            "lines of a chat, each with its time and name",
            line(|_, l| format!("[10:32, 29/11/2026] Lan PNV: {l}")),
        ),
        (
            "messages of a chat, each below its time",
            line(|at, l| format!("Lan, [29/11/2026 10:{at:02}]\n{l}\n")),
        ),
        ("numbered lines", line(|at, l| format!("{at:4}\t{l}"))),
        ("indented by a tab", line(|_, l| format!("\t{l}"))),
        ("format=flowed", line(|_, l| format!(" {l} "))),
        ("CR LF", of(text.replace('\n', "\r\n"))),
        ("CR only", of(text.replace('\n', "\r"))),
        ("every line end doubled", of(text.replace('\n', "\n\n"))),
        ("all in one line", of(text.replace('\n', " "))),
    ]
}

/// Encodings of the text.
fn encoded(text: &str, bytes: &[u8]) -> Undone {
    let of = String::into_bytes;
    let line = |change: fn(usize, &str) -> String| of(each_line(text, change));
    vec![
        ("byte order mark", of(format!("\u{feff}{text}"))),
        ("UTF-16, little end first", utf16(text, u16::to_le_bytes)),
        ("UTF-16, big end first", utf16(text, u16::to_be_bytes)),
        (
            "UTF-16 without a mark",
            utf16(text, u16::to_le_bytes)[2..].to_vec(),
        ),
        (
            "non-breaking spaces",
            line(|_, l| format!("\u{a0}{}\u{a0}", l.replace(' ', "\u{a0}"))),
        ),
        (
            "non-breaking spaces of Windows-1252",
            of(text.to_owned())
                .into_iter()
                .map(|b| if b == b' ' { 0xa0 } else { b })
                .collect(),
        ),
        (
            "zero-width characters",
            line(|_, l| {
                let (a, b) = l.split_at(9);
                format!("\u{200b}{a}\u{200b}{b}\u{feff}")
            }),
        ),
        ("long dashes", of(text.replace("-----", "—–-"))),
        (
            "one long dash and smart quotes",
            of(format!("“{}”", text.trim().replace("-----", "\u{2014}"))),
        ),
        ("quoted-printable", of(quoted_printable(text))),
        (
            "quoted-printable in UTF-16 of a mail saved as text",
            utf16(&quoted_printable(text), u16::to_le_bytes),
        ),
        (
            "HTML",
            of(format!(
                "<html><body><p>Kính gửi</p><pre>{}</pre></body></html>",
                text.replace('+', "&#43;")
                    .replace('/', "&#x2F;")
                    .replace('=', "&equals;")
                    .replace(' ', "&nbsp;")
                    .replace('\n', "<br>\r\n"),
            )),
        ),
        (
            "HTML, quoted-printable, a block for each line",
            of(quoted_printable(&each_line(text, |_, l| {
                format!("<div class=\"x\">{l}<wbr></div>")
            }))),
        ),
        ("encoded once more", of(base64_lines(text.as_bytes()))),
        (
            "an attachment in a mail that was saved whole",
            of(format!(
                "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--=_b1--\r\n",
                base64_lines(bytes)
            )),
        ),
    ]
}

/// What becomes of the lines, and what stands around them.
fn rearranged(text: &str) -> Undone {
    let of = String::into_bytes;
    let body: String = text
        .lines()
        .filter(|l| !l.contains("NHAPLIEU"))
        .map(|l| l.to_owned() + "\n")
        .collect();
    vec![
        (
            "wrapped anew at 50 columns",
            of(format!(
                "{BEGIN}\n{}\n{END}\n",
                each_line(
                    &body
                        .replace('\n', "")
                        .as_bytes()
                        .chunks(50)
                        .map(|c| String::from_utf8_lossy(c).into_owned() + "\n")
                        .collect::<String>(),
                    |_, l| format!("> {l}")
                )
            )),
        ),
        (
            "the alphabet of addresses, without padding",
            of(format!(
                "{BEGIN}\n{}\n{END}\n",
                body.replace('+', "-").replace('/', "_").replace('=', "")
            )),
        ),
        ("without its first line", of(format!("{body}{END}\n"))),
        ("without its last line", of(format!("{BEGIN}\n{body}"))),
        (
            "without its last line, and words after it",
            of(format!("{BEGIN}\n{body}\nTrân trọng.\nLê Thị Lan\n")),
        ),
        (
            "instructions around it that name the lines",
            of(format!(
                "Chép từ dòng BEGIN NHAPLIEU BUNDLE đến dòng END NHAPLIEU BUNDLE:\n{text}"
            )),
        ),
        (
            "the same one twice: as text and as HTML",
            of(format!(
                "{text}\n--b\n<p>{}</p>",
                text.replace('\n', "<br>\n")
            )),
        ),
        (
            "the reply quotes it",
            of(format!(
                "{text}\nLan viết:\n{}",
                each_line(text, |_, l| format!("> {l}"))
            )),
        ),
    ]
}

#[test]
fn what_can_be_undone_is_read_and_is_the_same_bundle() {
    let mut commune = Site::commune("xa-a", 1);
    commune.types("so_00", "5");
    let mut wrong = Vec::new();
    // With every length of the last line's end: no padding, one sign, two.
    for figure in 0..6 {
        commune.types("so_01", &"7".repeat(figure + 1));
        let bytes = commune.bundle_bytes(Some("phong"), Scope::Since);
        let text = text_armour::write(&bytes);
        let rows = [quoted(&text), encoded(&text, &bytes), rearranged(&text)].concat();
        assert!(rows.len() >= 30, "{}", rows.len());
        for (name, mangled) in rows {
            assert!(file_type::may_be_bundle(&mangled), "{name}: not listed");
            match VerifiedBundle::read(mangled) {
                Ok(read) => assert_eq!(read.bytes().unwrap(), bytes, "{name}"),
                Err(error) => wrong.push(format!("{name}, {} bytes: {error}", bytes.len())),
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// What cannot be undone, the error, and a part of the sentence that says what to do.
type Refused = Vec<(&'static str, Vec<u8>, BundleError, &'static str)>;

/// A bundle whose bytes a transfer took for text.
fn bytes_altered(bytes: &[u8]) -> Refused {
    let each = |change: fn(u8) -> Vec<u8>| bytes.iter().flat_map(|b| change(*b)).collect();
    let without = |gone: u8| bytes.iter().copied().filter(|b| *b != gone).collect();
    let lossy = String::from_utf8_lossy(bytes);
    let crlf = |byte| match byte {
        b'\n' => b"\r\n".to_vec(),
        byte => vec![byte],
    };
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("LF became CR LF", each(crlf)),
        ("CR taken away", without(b'\r')),
        ("zeros taken away", without(0)),
        ("the eighth bit taken away", each(|b| vec![b & 0x7f])),
        (
            "taken for Latin-1",
            each(|b| char::from(b).to_string().into_bytes()),
        ),
        ("what is no text replaced", lossy.as_bytes().to_vec()),
        (
            "what is no text replaced, CR LF became LF",
            lossy.replace("\r\n", "\n").into_bytes(),
        ),
        (
            "piped through a shell that writes UTF-16",
            utf16(&lossy, u16::to_le_bytes),
        ),
    ];
    let error = || BundleError::Altered(Alteration::Bytes);
    let say = "nén ZIP tệp .nlb trước khi gửi";
    rows.into_iter()
        .map(|(name, bytes)| (name, bytes, error(), say))
        .collect()
}

/// A bundle as text whose characters are others.
fn text_altered(text: &str) -> Refused {
    let lines: Vec<&str> = text.lines().collect();
    let joined = |parts: &[&[&str]]| parts.concat().join("\n").into_bytes();
    let small = each_line(text, |_, line| {
        if line.contains("NHAPLIEU") {
            line.to_owned()
        } else {
            line.to_lowercase()
        }
    });
    let rows = [
        ("all letters small", small.into_bytes()),
        ("a line missing", joined(&[&lines[..3], &lines[4..]])),
        (
            "two lines changed about",
            joined(&[&lines[..3], &[lines[4], lines[3]], &lines[5..]]),
        ),
        (
            "a line twice",
            joined(&[&lines[..4], &[lines[3]], &lines[4..]]),
        ),
    ];
    let error = || BundleError::Altered(Alteration::Text);
    let mut rows: Refused = rows
        .into_iter()
        .map(|(name, bytes)| (name, bytes, error(), "dạng đính kèm hoặc nén ZIP"))
        .collect();
    rows.push((
        "without its first two lines",
        joined(&[&lines[2..]]),
        BundleError::Altered(Alteration::Beginning),
        "từ dòng BEGIN đến dòng END",
    ));
    rows
}

/// A bundle that is not all there, or with more than itself.
fn cut_or_longer(bytes: &[u8], text: &str) -> Refused {
    let lines: Vec<&str> = text.lines().collect();
    let half = lines.len() / 2;
    let cut = |have: usize, need: usize| BundleError::Truncated {
        have: have as u64,
        need: need as u64,
    };
    let mut commune = Site::commune("xa-b", 2);
    commune.types("so_00", "7");
    let second = text_armour::write(&commune.bundle_bytes(Some("phong"), Scope::Since));
    let both = format!("{text}\n{second}");
    let again = "xin gửi lại tệp này";
    let several = || BundleError::Several;
    vec![
        (
            "text, half",
            lines[..half].join("\n").into_bytes(),
            cut(57 * (half - 1), bytes.len()),
            again,
        ),
        (
            "half",
            bytes[..bytes.len() / 2].to_vec(),
            cut(bytes.len() / 2, bytes.len()),
            again,
        ),
        ("empty", Vec::new(), cut(0, 124), "Tệp rỗng"),
        (
            "zeros",
            vec![0; bytes.len()],
            BundleError::ZeroTail { from: 0 },
            "USB bị rút quá sớm",
        ),
        (
            "zeros after it",
            [bytes, &[0; 200]].concat(),
            BundleError::Trailing { extra: 200 },
            again,
        ),
        (
            "two in one text",
            both.clone().into_bytes(),
            several(),
            "mỗi tệp",
        ),
        (
            "two in one text, quoted",
            each_line(&both, |_, l| format!("> {l}")).into_bytes(),
            several(),
            "mỗi tệp",
        ),
        (
            "two in one text, the second cut",
            both.as_bytes()[..both.len() - 400].to_vec(),
            several(),
            "mỗi tệp",
        ),
    ]
}

/// What is chosen in place of a bundle.
fn others() -> Refused {
    let (packed, document) = ("giải nén rồi nhập", "xin gửi lại chính tệp .nlb");
    let rows: [(&str, &[u8], FileFormat, &str); 7] = [
        (
            "ZIP",
            b"PK\x03\x04\x14\0\0\0\x08\0NL_a.nlb",
            FileFormat::Packed("ZIP"),
            packed,
        ),
        (
            "RAR",
            b"Rar!\x1a\x07\x01\0",
            FileFormat::Packed("RAR"),
            packed,
        ),
        (
            "7-Zip",
            b"7z\xbc\xaf\x27\x1c\0\x04",
            FileFormat::Packed("7-Zip"),
            packed,
        ),
        (
            "Word",
            b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0abcd[Content_Types].xml",
            FileFormat::Document("Word, Excel"),
            document,
        ),
        (
            "PDF",
            b"%PDF-1.7\n%\xe2\xe3",
            FileFormat::Document("PDF"),
            document,
        ),
        (
            "picture",
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            FileFormat::Document("JPEG"),
            document,
        ),
        (
            "page",
            b"\r\n<!DOCTYPE html><title>Login</title>",
            FileFormat::Document("HTML"),
            document,
        ),
    ];
    rows.into_iter()
        .map(|(name, file, format, say)| {
            (name, file.to_vec(), BundleError::OtherFormat(format), say)
        })
        .collect()
}

#[test]
fn what_cannot_be_undone_is_refused_by_what_happened() {
    let (_, bytes) = small();
    let text = text_armour::write(&bytes);
    let texts = Texts::load(Lang::Vi);
    let rows = [
        bytes_altered(&bytes),
        text_altered(&text),
        cut_or_longer(&bytes, &text),
        others(),
    ];
    for (name, mangled, expected, say) in rows.concat() {
        let error = VerifiedBundle::read(mangled).unwrap_err();
        assert_eq!(error, expected, "{name}");
        let said = texts.say(&error.message());
        assert!(said.contains(say), "{name}: {said}");
        assert!(said.contains("Không có gì bị thay đổi"), "{name}: {said}");
    }
}

#[test]
fn a_bundle_that_is_refused_for_what_it_says_keeps_that_reason_in_a_text() {
    let (_, mut bytes) = small();
    let at = bytes.len() - 1;
    bytes[at] ^= 1;
    let quoted = each_line(&text_armour::write(&bytes), |_, l| format!("> {l}"));
    assert_eq!(
        VerifiedBundle::read(quoted.into_bytes()).unwrap_err(),
        BundleError::BadSignature
    );
}

#[test]
fn a_text_made_to_keep_a_reader_busy_is_refused_soon() {
    // Beginnings without an end, each with a whole length to decode behind it.
    let (_, bytes) = small();
    let mut lying = bytes[..60].to_vec();
    lying[20..28].copy_from_slice(&(64_u64 << 20).to_le_bytes());
    let begin = format!("{BEGIN}\n{}\n", STANDARD.encode(&lying));
    let line = "A".repeat(76) + "\n";
    let text = begin.repeat(1_000) + &line.repeat(10_000);
    let error = VerifiedBundle::read(text.into_bytes()).unwrap_err();
    assert!(matches!(error, BundleError::Truncated { .. }), "{error:?}");
}
