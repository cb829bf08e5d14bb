//! The sources of the program as words and signs, without comments, literals and tests.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// A word (name or keyword) or one sign of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Word(&'a str),
    Sign(char),
}

/// A source file by its path inside `src`.
pub(crate) struct File {
    pub(crate) path: String,
    text: String,
    /// Ranges of the text; a range of one sign that begins no word is that sign.
    tokens: Vec<(usize, usize)>,
}

impl File {
    fn token(&self, index: usize) -> Option<Token<'_>> {
        let (from, to) = *self.tokens.get(index)?;
        let text = &self.text[from..to];
        let first = text.chars().next()?;
        Some(if is_word(first) {
            Token::Word(text)
        } else {
            Token::Sign(first)
        })
    }

    /// All tokens in the order of the text.
    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        (0..self.tokens.len())
            .filter_map(|index| self.token(index))
            .collect()
    }

    /// The names of the modules that lead to this file: `["sync", "import"]`.
    pub(crate) fn module(&self) -> Vec<&str> {
        let inside = self.path.trim_end_matches(".rs");
        let inside = inside.trim_end_matches("/mod");
        inside.split('/').filter(|name| *name != "lib").collect()
    }
}

/// Every source file outside of tests, read once.
pub(crate) fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
        let mut found = Vec::new();
        gather(root, root, &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    })
}

fn gather(root: &Path, folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs") {
            let inside = path.strip_prefix(root).unwrap().to_string_lossy();
            found.push(read(
                inside.replace('\\', "/"),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

/// A file of these contents.
pub(crate) fn read(path: String, text: String) -> File {
    let tokens = without_tests(&text, &split(&text));
    File { path, text, tokens }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words and signs of a text, without comments and literals.
fn split(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let mut tokens = Vec::new();
    let mut index = 0;
    while index < bytes.len() {
        let start = index;
        match at(index) {
            b'/' if at(index + 1) == b'/' => index = end_of(text, index, "\n"),
            b'/' if at(index + 1) == b'*' => index = end_of(text, index + 2, "*/"),
            b'"' => index = after_string(bytes, index + 1),
            b'r' if at(index + 1) == b'"' || (at(index + 1) == b'#' && at(index + 2) == b'"') => {
                let close = if at(index + 1) == b'"' { "\"" } else { "\"#" };
                index = end_of(text, index + 3, close);
            }
            b'\'' => index = after_quote(bytes, index),
            byte if byte.is_ascii_whitespace() => index += 1,
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                while at(index).is_ascii_alphanumeric() || at(index) == b'_' || at(index) >= 0x80 {
                    index += 1;
                }
                tokens.push((start, index));
            }
            _ => {
                index += 1;
                tokens.push((start, index));
            }
        }
    }
    tokens
}

/// Where the text goes on after `close`.
fn end_of(text: &str, from: usize, close: &str) -> usize {
    text.get(from..)
        .and_then(|rest| rest.find(close))
        .map_or(text.len(), |length| from + length + close.len())
}

fn after_string(bytes: &[u8], mut index: usize) -> usize {
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'"' => return index + 1,
            b'\\' => index += 2,
            _ => index += 1,
        }
    }
    index
}

/// After a character literal, or after the quote of a lifetime.
fn after_quote(bytes: &[u8], index: usize) -> usize {
    if bytes.get(index + 1) == Some(&b'\\') {
        let rest = bytes.get(index + 3..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\'');
        return length.map_or(bytes.len(), |length| index + 3 + length + 1);
    }
    let ends = (2..6).find(|length| bytes.get(index + length) == Some(&b'\''));
    match (ends, bytes.get(index + 1)) {
        (Some(2), _) => index + 3,
        // A letter of more than one byte.
        (Some(length), Some(first)) if *first >= 0x80 => index + length + 1,
        _ => index + 1,
    }
}

/// The tokens without each item that follows `#[cfg(test)]`.
fn without_tests(text: &str, tokens: &[(usize, usize)]) -> Vec<(usize, usize)> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let word = |index: usize| tokens.get(index).map(|(from, to)| &text[*from..*to]);
    let mut kept = Vec::with_capacity(tokens.len());
    let mut index = 0;
    while index < tokens.len() {
        let marked = (0..MARK.len()).all(|n| word(index + n) == Some(MARK[n]));
        if !marked {
            kept.push(tokens[index]);
            index += 1;
            continue;
        }
        index += MARK.len();
        let mut depth = 0;
        while let Some(sign) = word(index) {
            index += 1;
            match sign {
                "{" => depth += 1,
                "}" if depth == 1 => break,
                "}" => depth -= 1,
                ";" if depth == 0 => break,
                _ => {}
            }
        }
    }
    kept
}
