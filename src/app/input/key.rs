//! A key as the app knows it: named once, normalised once, so that keymaps, help and tests speak
//! of the same thing.

use std::fmt;

/// Which key, without modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character, as typed.
    Char(char),
    /// A function key.
    F(u8),
    /// Enter.
    Enter,
    /// Tab.
    Tab,
    /// Esc.
    Esc,
    /// Backspace; `0x08` (Ctrl+H) and `0x7F` are the same (`domain.md` 4.6).
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// Modifier keys held down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mods(u8);

impl Mods {
    /// None.
    pub const NONE: Self = Self(0);
    /// Ctrl.
    pub const CTRL: Self = Self(1);
    /// Alt.
    pub const ALT: Self = Self(2);
    /// Shift.
    pub const SHIFT: Self = Self(4);

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True when all of `other` are held.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A key with its modifiers, normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With which modifiers.
    pub mods: Mods,
}

const NAMES: &[(&str, &str, Code)] = &[
    ("enter", "Enter", Code::Enter),
    ("tab", "Tab", Code::Tab),
    ("esc", "Esc", Code::Esc),
    ("backspace", "Backspace", Code::Backspace),
    ("delete", "Delete", Code::Delete),
    ("insert", "Insert", Code::Insert),
    ("left", "←", Code::Left),
    ("right", "→", Code::Right),
    ("up", "↑", Code::Up),
    ("down", "↓", Code::Down),
    ("home", "Home", Code::Home),
    ("end", "End", Code::End),
    ("pgup", "PgUp", Code::PageUp),
    ("pgdn", "PgDn", Code::PageDown),
    ("space", "Space", Code::Char(' ')),
];

impl Key {
    /// A key, normalised: a shifted character is its character; Ctrl+H is Backspace, because some
    /// input methods send it as one; Ctrl+letter is lower case.
    pub fn new(code: Code, mods: Mods) -> Self {
        match code {
            Code::Char('h' | 'H') if mods == Mods::CTRL => Self {
                code: Code::Backspace,
                mods: Mods::NONE,
            },
            Code::Char('\u{8}' | '\u{7f}') => Self {
                code: Code::Backspace,
                mods: Mods::NONE,
            },
            Code::Char(c) if mods.has(Mods::CTRL) => {
                let lower = c.to_lowercase().next().unwrap_or(c);
                Self {
                    code: Code::Char(lower),
                    mods: mods.without(Mods::SHIFT),
                }
            }
            Code::Char(_) => Self {
                code,
                mods: mods.without(Mods::SHIFT),
            },
            _ => Self { code, mods },
        }
    }

    /// A key without modifiers.
    pub fn plain(code: Code) -> Self {
        Self::new(code, Mods::NONE)
    }

    /// The character that the key types, if it types one.
    pub fn character(self) -> Option<char> {
        match self.code {
            Code::Char(c) if self.mods == Mods::NONE => Some(c),
            _ => None,
        }
    }

    /// Reads the name used in keymap files: `ctrl+p`, `shift+f8`, `pgup`, `.`.
    pub fn parse(name: &str) -> Option<Self> {
        let mut mods = Mods::NONE;
        let mut rest = name;
        loop {
            let (found, tail) = match rest.split_once('+') {
                Some(("ctrl", tail)) => (Mods::CTRL, tail),
                Some(("alt", tail)) => (Mods::ALT, tail),
                Some(("shift", tail)) => (Mods::SHIFT, tail),
                _ => break,
            };
            mods = mods.and(found);
            rest = tail;
        }
        let code = if let Some((_, _, code)) = NAMES.iter().find(|(n, _, _)| *n == rest) {
            *code
        } else if let Some(number) = rest.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
            (1..=12).contains(&number).then_some(Code::F(number))?
        } else {
            let mut chars = rest.chars();
            let c = chars.next()?;
            if chars.next().is_some() || c.is_control() || c.is_uppercase() {
                return None;
            }
            Code::Char(c)
        };
        Some(Self::new(code, mods))
    }

    /// The name that people read: `Ctrl+P`, `Shift+F8`, `PgUp`.
    pub fn display(self) -> String {
        let mut out = String::new();
        for (held, name) in [
            (Mods::CTRL, "Ctrl+"),
            (Mods::ALT, "Alt+"),
            (Mods::SHIFT, "Shift+"),
        ] {
            if self.mods.has(held) {
                out.push_str(name);
            }
        }
        match self.code {
            Code::F(number) => {
                out.push('F');
                out.push_str(&number.to_string());
            }
            Code::Char(c) if c != ' ' => out.extend(c.to_uppercase()),
            code => {
                let shown = NAMES
                    .iter()
                    .find(|(_, _, c)| *c == code)
                    .map_or("", |(_, d, _)| d);
                out.push_str(shown);
            }
        }
        out
    }

    /// True for keys that terminals cannot tell from others and that may never be bound: Ctrl+H,
    /// I, J, M and `[` (`interface.md` 4), and Alt with what is typed right after Esc.
    pub fn is_unusable(self) -> bool {
        match self.code {
            Code::Char('h' | 'i' | 'j' | 'm' | '[') => self.mods == Mods::CTRL,
            Code::Char('0'..='9' | ' ' | '+' | ',' | '-' | '.' | '*' | '/')
            | Code::Enter
            | Code::Tab
            | Code::Esc => self.mods == Mods::ALT,
            _ => false,
        }
    }
}

/// The name used in keymap files; reads back by [`Key::parse`].
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (Mods::CTRL, "ctrl+"),
            (Mods::ALT, "alt+"),
            (Mods::SHIFT, "shift+"),
        ] {
            if self.mods.has(held) {
                f.write_str(name)?;
            }
        }
        match self.code {
            Code::F(number) => write!(f, "f{number}"),
            Code::Char(c) if c != ' ' => write!(f, "{c}"),
            code => f.write_str(
                NAMES
                    .iter()
                    .find(|(_, _, c)| *c == code)
                    .map_or("", |(n, _, _)| n),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for name in [
            "enter",
            "ctrl+p",
            "shift+f8",
            "pgup",
            "ctrl+pgdn",
            "alt+x",
            ".",
            "+",
            "space",
        ] {
            assert_eq!(Key::parse(name).unwrap().to_string(), name);
        }
        for bad in ["", "ctrl+", "f13", "enterr", "P", "ctrl+shift+"] {
            assert_eq!(Key::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn both_bytes_of_backspace_are_one_key() {
        let backspace = Key::plain(Code::Backspace);
        assert_eq!(Key::new(Code::Char('h'), Mods::CTRL), backspace);
        assert_eq!(Key::plain(Code::Char('\u{8}')), backspace);
        assert_eq!(Key::plain(Code::Char('\u{7f}')), backspace);
    }

    #[test]
    fn a_shifted_letter_is_its_letter() {
        assert_eq!(
            Key::new(Code::Char('A'), Mods::SHIFT).character(),
            Some('A')
        );
        assert_eq!(
            Key::new(Code::Char('P'), Mods::CTRL.and(Mods::SHIFT)).to_string(),
            "ctrl+p"
        );
    }
}
