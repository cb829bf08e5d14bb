//! Recognising files of other programs by how they begin, so that a refusal can name them and say
//! what to do. Nothing is unpacked here.

use std::fmt;

/// A format that is often sent in place of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// A packed file, by the name of its format.
    Packed(&'static str),
    /// A document, picture or page, by the name of its format.
    Document(&'static str),
}

/// How files of a format begin.
const BEGINNINGS: [(&[u8], FileFormat); 14] = [
    (b"PK\x03\x04", FileFormat::Packed("ZIP")),
    (b"PK\x05\x06", FileFormat::Packed("ZIP")),
    (b"Rar!\x1a\x07", FileFormat::Packed("RAR")),
    (b"7z\xbc\xaf\x27\x1c", FileFormat::Packed("7-Zip")),
    (b"\x1f\x8b", FileFormat::Packed("gzip")),
    (b"\xfd7zXZ\0", FileFormat::Packed("xz")),
    (b"%PDF-", FileFormat::Document("PDF")),
    // The container of Word, Excel and Outlook files before 2007, see [MS-CFB] 2.2.
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        FileFormat::Document("Word, Excel, Outlook"),
    ),
    (b"\x89PNG", FileFormat::Document("PNG")),
    (b"\xff\xd8\xff", FileFormat::Document("JPEG")),
    (b"{\\rtf", FileFormat::Document("RTF")),
    (b"<!doctype html", FileFormat::Document("HTML")),
    (b"<html", FileFormat::Document("HTML")),
    (b"SQLite format 3\0", FileFormat::Document("SQLite")),
];

/// Names of members that tell an office document from another ZIP file.
const OFFICE: [&[u8]; 5] = [
    b"[Content_Types].xml",
    b"_rels/",
    b"word/",
    b"xl/",
    b"mimetypeapplication/vnd.oasis",
];
/// How much of a ZIP file is searched for them.
const SEARCHED: usize = 256;

impl FileFormat {
    /// The format of a file by how it begins; `None` where it is none of these.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let text = bytes.trim_ascii_start();
        let begins = |with: &[u8]| {
            bytes.starts_with(with)
                || text
                    .get(..with.len())
                    .is_some_and(|head| with[0] == b'<' && head.eq_ignore_ascii_case(with))
        };
        let (_, format) = *BEGINNINGS.iter().find(|(with, _)| begins(with))?;
        let head = bytes.get(..SEARCHED.min(bytes.len())).unwrap_or_default();
        let office = |name: &&[u8]| head.windows(name.len()).any(|part| part == *name);
        if format == Self::Packed("ZIP") && OFFICE.iter().any(office) {
            return Some(Self::Document("Word, Excel"));
        }
        Some(format)
    }

    /// True for a format that is text, in which a bundle may stand.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Document("HTML" | "RTF"))
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Packed(name) | Self::Document(name)) = self;
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_how_they_begin() {
        let word = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xdf\xa4[Content_Types].xml \xa2";
        let zip = b"PK\x03\x04\x14\0\0\0\x08\0NL_huyen_xa.nlb";
        for (file, format) in [
            (&word[..], FileFormat::Document("Word, Excel")),
            (zip, FileFormat::Packed("ZIP")),
            (b"\r\n<!DOCTYPE HTML><p>", FileFormat::Document("HTML")),
            (b"%PDF-1.7\n", FileFormat::Document("PDF")),
        ] {
            assert_eq!(FileFormat::of(file), Some(format));
        }
        for other in [&b""[..], b"PK", b"\x89NLB\r\n\x1a\n", b"-----BEGIN"] {
            assert_eq!(FileFormat::of(other), None);
        }
    }
}
