//! Which file of the program imports which: `use` lines and paths in code, each followed through
//! re-exports to the file that defines the name.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{File, Token};

/// A path of names, from the root of the crate.
type Names<'a> = Vec<&'a str>;

/// What a `use` line binds.
struct Binding<'a> {
    /// The name in this file; `*` for all names of the target.
    name: &'a str,
    target: Names<'a>,
    kind: Kind,
}

/// Whether a `use` line is for the file itself or for others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Import,
    ReExport,
}

/// One file and what stands in it.
struct Module<'a> {
    file: &'a File,
    /// Modules it declares.
    children: BTreeSet<&'a str>,
    /// Items it defines.
    items: BTreeSet<&'a str>,
    bindings: Vec<Binding<'a>>,
    /// Paths that stand in its code, by their first names as written.
    paths: BTreeSet<Names<'a>>,
}

/// All files by the names of their modules.
pub(crate) struct Modules<'a>(BTreeMap<Names<'a>, Module<'a>>);

/// For each file those it imports, and by which name.
pub(crate) type Imports<'a> = BTreeMap<&'a str, BTreeMap<&'a str, String>>;

impl<'a> Modules<'a> {
    pub(crate) fn of(files: &'a [File]) -> Self {
        let modules = files.iter().map(|file| (file.module(), Module::of(file)));
        Self(modules.collect())
    }

    /// The imports of every file.
    pub(crate) fn imports(&self) -> Imports<'a> {
        let mut all = Imports::new();
        for (here, module) in &self.0 {
            let own = all.entry(module.file.path.as_str()).or_default();
            let used = module.bindings.iter().filter(|b| b.kind == Kind::Import);
            let lines = used.map(|binding| binding.target.clone());
            let paths = module.paths.iter();
            let paths = paths.filter_map(|path| module.absolute(here, path));
            for path in lines.chain(paths) {
                if let Some(file) = self.defining(&path, 0)
                    && file.path != module.file.path
                {
                    own.entry(file.path.as_str())
                        .or_insert_with(|| path.join("::"));
                }
            }
        }
        all
    }

    /// The file that defines what a path names; none for a module itself and for other crates.
    fn defining(&self, path: &[&'a str], depth: usize) -> Option<&'a File> {
        if depth > 8 {
            return None;
        }
        let length = (0..=path.len())
            .rev()
            .find(|length| self.0.contains_key(&path[..*length]))?;
        let module = &self.0[&path[..length]];
        let (name, rest) = path[length..].split_first()?;
        if module.items.contains(name) || *name == "*" {
            return Some(module.file);
        }
        let bound = module.bindings.iter().find(|b| b.name == *name);
        if let Some(binding) = bound {
            let target = [binding.target.as_slice(), rest].concat();
            return self.defining(&target, depth + 1);
        }
        let mut globs = module.bindings.iter().filter(|b| b.name == "*");
        globs.find_map(|binding| {
            let outer = &binding.target[..binding.target.len() - 1];
            self.defining(&[outer, &path[length..]].concat(), depth + 1)
        })
    }
}

/// A path that begins with `crate`, `self` or `super`, from the root of the crate.
fn rooted<'a>(here: &[&'a str], path: &[&'a str]) -> Option<Names<'a>> {
    let (first, mut rest) = path.split_first()?;
    let mut outer = match *first {
        "crate" => Vec::new(),
        "self" => here.to_vec(),
        "super" => here.split_last()?.1.to_vec(),
        _ => return None,
    };
    while let Some(("super", after)) = rest.split_first().map(|(name, after)| (*name, after)) {
        outer.pop();
        rest = after;
    }
    Some([outer.as_slice(), rest].concat())
}

const ITEMS: [&str; 9] = [
    "fn",
    "struct",
    "enum",
    "trait",
    "const",
    "static",
    "type",
    "union",
    "macro_rules",
];

impl<'a> Module<'a> {
    fn of(file: &'a File) -> Self {
        let here = file.module();
        let tokens = file.tokens();
        let mut module = Module {
            file,
            children: BTreeSet::new(),
            items: BTreeSet::new(),
            bindings: Vec::new(),
            paths: BTreeSet::new(),
        };
        let mut at = 0;
        let mut kind = Kind::Import;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at + 1..];
            match (*token, rest) {
                (Token::Word("pub"), _) => kind = Kind::ReExport,
                (Token::Word("use"), _) => {
                    let end = rest.iter().position(|t| *t == Token::Sign(';'));
                    let line = &rest[..end.unwrap_or(rest.len())];
                    module.bind(&here, line, kind);
                    at += line.len();
                }
                (Token::Word("mod"), [Token::Word(name), Token::Sign(';'), ..]) => {
                    module.children.insert(name);
                }
                (Token::Word(item), _) if ITEMS.contains(&item) => {
                    let name = rest.iter().find_map(|t| match t {
                        Token::Word(word) if *word != "mut" && *word != "fn" => Some(*word),
                        _ => None,
                    });
                    module.items.extend(name);
                }
                (Token::Word(first), [Token::Sign(':'), Token::Sign(':'), ..]) => {
                    let (path, length) = path_at(first, rest);
                    module.paths.insert(path);
                    at += length;
                }
                _ => {}
            }
            if matches!(token, Token::Sign(';' | '{' | '}' | ',')) {
                kind = Kind::Import;
            }
            at += 1;
        }
        module
    }

    /// A path as written in a file, from the root of the crate.
    fn absolute(&self, here: &[&'a str], path: &[&'a str]) -> Option<Names<'a>> {
        let (first, rest) = path.split_first()?;
        if let Some(known) = rooted(here, path) {
            return Some(known);
        }
        if self.children.contains(first) {
            return Some([here, path].concat());
        }
        let binding = self.bindings.iter().find(|b| b.name == *first)?;
        Some([binding.target.as_slice(), rest].concat())
    }

    /// Takes up the names of a `use` line.
    fn bind(&mut self, here: &[&'a str], line: &[Token<'a>], kind: Kind) {
        let mut bound = Vec::new();
        tree(&mut line.iter().copied(), &[], &mut bound);
        for (name, path) in bound {
            let rest = path.strip_prefix(&["crate"]);
            let target = match rest {
                Some(rest) => Some(rest.to_vec()),
                None => rooted(here, &path),
            };
            // A child of this module may be named without `self`.
            let child = || {
                let first = path.first()?;
                self.children
                    .contains(first)
                    .then(|| [here, path.as_slice()].concat())
            };
            if let Some(target) = target.or_else(child) {
                self.bindings.push(Binding { name, target, kind });
            }
        }
    }
}

/// The names of a path that goes on after its first, and how many tokens they take.
fn path_at<'a>(first: &'a str, rest: &[Token<'a>]) -> (Names<'a>, usize) {
    let mut path = vec![first];
    let mut length = 0;
    while let [Token::Sign(':'), Token::Sign(':'), Token::Word(name), ..] = &rest[length..] {
        path.push(name);
        length += 3;
    }
    (path, length)
}

/// Reads a tree of `use` up to its closing brace; the name each leaf binds and its whole path.
fn tree<'a>(
    tokens: &mut impl Iterator<Item = Token<'a>>,
    outer: &[&'a str],
    bound: &mut Vec<(&'a str, Names<'a>)>,
) {
    let mut path = outer.to_vec();
    let mut name = None;
    let mut renamed = false;
    let mut close = |path: &[&'a str], name: Option<&'a str>| {
        if let Some(name) = name {
            bound.push((name, path.to_vec()));
        }
    };
    let mut nested = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word("as") => renamed = true,
            Token::Word("self") if !path.is_empty() => name = path.last().copied(),
            Token::Word(word) if renamed => name = Some(word),
            Token::Word(word) => {
                path.push(word);
                name = Some(word);
            }
            Token::Sign('*') => {
                path.push("*");
                name = Some("*");
            }
            Token::Sign('{') => {
                tree(tokens, &path, &mut nested);
                name = None;
            }
            Token::Sign(sign @ (',' | '}')) => {
                close(&path, name.take());
                path = outer.to_vec();
                renamed = false;
                if sign == '}' {
                    break;
                }
            }
            Token::Sign(_) => {}
        }
    }
    close(&path, name);
    bound.append(&mut nested);
}
