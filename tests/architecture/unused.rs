//! Nothing is public that nobody else uses: a public item is named in another file of the program,
//! not only in its own and in tests.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{self, File, Token};

/// Items that only tests call, each with its reason.
const ALLOWED: [(&str, &str, &str); 2] = [
    (
        "store/file/create.rs",
        "create_on",
        "tests make a store on a disk that fails when told to",
    ),
    (
        "term/backend/writer.rs",
        "answer_next",
        "the tests of the screens drive the writer one request at a time",
    ),
];

/// What a public item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Called or read: in its own file it needs no `pub`.
    Value,
    /// Named: it may have to be public because a public item of its own file mentions it.
    Type,
}

/// A public item of a file.
pub(crate) struct Item<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: &'a str,
}

/// The names that a file defines for others, and those it uses with how often.
pub(crate) struct Names<'a> {
    pub(crate) items: Vec<Item<'a>>,
    used: BTreeMap<&'a str, usize>,
}

pub(crate) fn names(file: &File) -> Names<'_> {
    let tokens = file.tokens();
    let (mut items, mut used) = (Vec::new(), BTreeMap::new());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let Token::Word("pub") = token {
            at = after_visibility(&tokens, at);
            if tokens.get(at) == Some(&Token::Word("use")) {
                // A re-export is no use of its own.
                at = end_of_line(&tokens, at);
            } else if let Some((item, after)) = item(&tokens, at) {
                items.push(item);
                at = after;
            }
            continue;
        }
        match (token, item(&tokens, at)) {
            (_, Some((_, after))) => at = after,
            (Token::Word("impl"), None) => at = implemented(&tokens, at, &mut used),
            (Token::Word(word), None) => {
                *used.entry(*word).or_insert(0) += 1;
                at += 1;
            }
            (Token::Sign(_), None) => at += 1,
        }
    }
    Names { items, used }
}

/// After `pub` and what stands in brackets behind it.
fn after_visibility(tokens: &[Token<'_>], at: usize) -> usize {
    if tokens.get(at + 1) != Some(&Token::Sign('(')) {
        return at + 1;
    }
    let close = tokens[at..].iter().position(|t| *t == Token::Sign(')'));
    close.map_or(at + 1, |length| at + length + 1)
}

fn end_of_line(tokens: &[Token<'_>], at: usize) -> usize {
    let end = tokens[at..].iter().position(|t| *t == Token::Sign(';'));
    end.map_or(tokens.len(), |length| at + length)
}

/// The item that is defined here, and where the text goes on after its name.
fn item<'a>(tokens: &[Token<'a>], at: usize) -> Option<(Item<'a>, usize)> {
    let (Token::Word(word), next) = (*tokens.get(at)?, tokens.get(at + 1)) else {
        return None;
    };
    let kind = match (word, next) {
        // `const fn` is a function; `*const`, `fn(u8)` and `impl Trait` define nothing.
        ("const" | "async", Some(Token::Word("fn"))) => return item(tokens, at + 1),
        ("fn" | "const" | "static", _) => Kind::Value,
        ("struct" | "enum" | "trait" | "type", _) => Kind::Type,
        _ => return None,
    };
    match next {
        Some(Token::Word(name)) => Some((Item { kind, name }, at + 2)),
        _ => None,
    }
}

/// Passes over the type in the head of an `impl`: having methods is no use of a type.
fn implemented<'a>(tokens: &[Token<'a>], at: usize, used: &mut BTreeMap<&'a str, usize>) -> usize {
    let open = tokens[at..].iter().position(|t| *t == Token::Sign('{'));
    let end = open.map_or(at + 1, |length| at + length);
    let head = &tokens[at..end];
    // Behind `for` stands the type, before it the trait, which is used.
    let of = head.iter().position(|t| *t == Token::Word("for"));
    for token in &head[..of.unwrap_or(0)] {
        if let Token::Word(word) = token {
            *used.entry(*word).or_insert(0) += 1;
        }
    }
    end
}

/// The public items that no other file names.
fn unused(files: &[File]) -> Vec<(&str, &str)> {
    let all: Vec<Names<'_>> = files.iter().map(names).collect();
    let mut users: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, names) in all.iter().enumerate() {
        for name in names.used.keys() {
            users.entry(name).or_default().insert(index);
        }
    }
    let mut found = Vec::new();
    for (index, (file, names)) in files.iter().zip(&all).enumerate() {
        for item in &names.items {
            let others = users
                .get(item.name)
                .is_some_and(|of| of.iter().any(|i| *i != index));
            let own = item.kind == Kind::Type && names.used.contains_key(item.name);
            if !others && !own {
                found.push((file.path.as_str(), item.name));
            }
        }
    }
    found
}

#[test]
fn every_public_item_is_used_by_another_file() {
    let found: BTreeSet<(&str, &str)> = unused(tokens::files()).into_iter().collect();
    let allowed = ALLOWED.iter().map(|(file, name, _)| (*file, *name));
    let allowed: BTreeSet<(&str, &str)> = allowed.collect();
    let lines = |items: Vec<&(&str, &str)>| {
        let lines = items
            .iter()
            .map(|(file, name)| format!("\n  {file}: {name}"));
        lines.collect::<Vec<_>>().concat()
    };
    let wrong = lines(found.difference(&allowed).collect());
    assert!(
        wrong.is_empty(),
        "public, but no other file of the program names it; use it, make it private, or remove it:{wrong}"
    );
    let stale = lines(allowed.difference(&found).collect());
    assert!(
        stale.is_empty(),
        "no longer in need of an exception:{stale}"
    );
}

#[test]
fn an_unused_item_is_seen_behind_its_re_export_and_its_methods() {
    let file = |path: &str, text: &str| tokens::read(path.to_owned(), text.to_owned());
    let files = [
        file("lib.rs", "pub use a::{Lost, used};"),
        file(
            "a.rs",
            "pub struct Lost; impl Lost { pub fn far(&self) {} } pub fn used() {} pub(crate) const N: u8 = 1;",
        ),
        file(
            "b.rs",
            "fn g() { used() } fn far() {} #[cfg(test)] mod tests { fn t() { Lost.far(); N } }",
        ),
    ];
    assert_eq!(
        unused(&files),
        [("a.rs", "Lost"), ("a.rs", "far"), ("a.rs", "N")]
    );
}
