//! Which key a control sequence stands for: the tables of xterm, PuTTY, the Linux console, tmux,
//! screen, rxvt, kitty and Windows Terminal in one. What is in no table is no key.

use crate::app::input::key::{Code, Key, Mods};

/// Which keyboard is at the other end, where the same bytes mean different keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyboard {
    /// Terminal emulators: with Shift, a function key sends what the tenth after it sends.
    Emulator,
    /// The Linux console: with Shift, a function key sends what the twelfth after it sends, and
    /// Tab sends ESC before itself.
    LinuxConsole,
}

impl Keyboard {
    /// The keyboard of a terminal by its name in the environment (`TERM`).
    pub fn of_terminal(name: Option<&str>) -> Self {
        match name {
            Some(name) if name == "linux" || name.starts_with("linux-") => Self::LinuxConsole,
            _ => Self::Emulator,
        }
    }
}

/// True for the parameters of a key that rxvt ends with `$`, the only final byte that ECMA-48
/// counts among those in the middle.
pub(super) fn is_rxvt_key(parameters: &[u8]) -> bool {
    let digits = parameters.iter().all(u8::is_ascii_digit);
    digits
        && number(parameters).is_some_and(|number| numbered(number, Keyboard::Emulator).is_some())
}

/// The key of `ESC [ parameters last`.
pub(super) fn control_key(parameters: &[u8], last: u8, keyboard: Keyboard) -> Option<Key> {
    if !are_numbers(parameters) {
        return None;
    }
    let mut fields = parameters.split(|byte| *byte == b';');
    let (first, alternate) = field(fields.next())?;
    let (held, event) = field(fields.next())?;
    let third = field(fields.next())?;
    // A key that went up is none.
    if fields.next().is_some() || event == RELEASE {
        return None;
    }
    let mods = mods(held)?;
    if matches!(last, b'~' | b'^' | b'$' | b'@') {
        if first == OTHER_KEY && last == b'~' {
            return named_by_code(third.0, mods);
        }
        let numbered = numbered(first, keyboard)?;
        let rxvt = match last {
            b'^' => Mods::CTRL,
            b'$' => Mods::SHIFT,
            b'@' => Mods::CTRL.and(Mods::SHIFT),
            _ => Mods::NONE,
        };
        return Some(with(numbered, mods.and(rxvt)));
    }
    if last == b'u' {
        let shifted = alternate > 0 && mods.has(Mods::SHIFT);
        return named_by_code(if shifted { alternate } else { first }, mods);
    }
    // The number of a key that is named by its last byte is 1 or left out.
    if first > 1 {
        return None;
    }
    match last {
        b'a'..=b'd' if parameters.is_empty() => {
            lettered(last.to_ascii_uppercase()).map(|code| Key::new(code, mods.and(Mods::SHIFT)))
        }
        b'Z' => Some(Key::new(Code::Tab, mods.and(Mods::SHIFT))),
        _ => lettered(last).map(|code| Key::new(code, mods)),
    }
}

/// The key of `ESC O parameters last`: cursor keys and the keypad in application mode, F1 to F4.
pub(super) fn single_shift_key(parameters: &[u8], last: u8) -> Option<Key> {
    const SIGNS: &[u8] = b"*+,-./0123456789";
    if !are_numbers(parameters) {
        return None;
    }
    // Some send the modifier alone, some behind the usual 1.
    let held = parameters.rsplit(|byte| *byte == b';').next();
    let mods = mods(field(held)?.0)?;
    let code = match last {
        b'M' => Code::Enter,
        b'I' => Code::Tab,
        b' ' => Code::Char(' '),
        b'X' => Code::Char('='),
        b'j'..=b'y' => Code::Char(char::from(*SIGNS.get(usize::from(last - b'j'))?)),
        // rxvt, with Ctrl.
        b'a'..=b'd' => {
            let code = lettered(last.to_ascii_uppercase())?;
            return Some(Key::new(code, mods.and(Mods::CTRL)));
        }
        _ => lettered(last)?,
    };
    Some(Key::new(code, mods))
}

/// Kitty's number for the event of a key that went up.
const RELEASE: u32 = 3;
/// The number with which xterm announces any other key (`modifyOtherKeys`).
const OTHER_KEY: u32 = 27;

/// True for the parameters that keys have: neither marks of private sequences nor what leads to
/// other final bytes.
fn are_numbers(parameters: &[u8]) -> bool {
    parameters.iter().all(|byte| matches!(byte, b'0'..=b';'))
}

/// A number in a parameter, and the one behind its first colon; 0 where there is none. `None` for
/// anything else: the sequence is no key.
fn field(bytes: Option<&[u8]>) -> Option<(u32, u32)> {
    let mut parts = bytes.unwrap_or_default().split(|byte| *byte == b':');
    let mut next = || match parts.next() {
        None | Some([]) => Some(0),
        Some(digits) => number(digits),
    };
    Some((next()?, next()?))
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The modifiers of a parameter: one more than the sum of 1 Shift, 2 Alt, 4 Ctrl; 64 and 128 are
/// locks. Keys held with others are no keys of ours.
fn mods(parameter: u32) -> Option<Mods> {
    let bits = parameter.saturating_sub(1);
    if bits & !(1 | 2 | 4 | 64 | 128) != 0 {
        return None;
    }
    let mut mods = Mods::NONE;
    for (bit, held) in [(1, Mods::SHIFT), (2, Mods::ALT), (4, Mods::CTRL)] {
        if bits & bit != 0 {
            mods = mods.and(held);
        }
    }
    Some(mods)
}

fn with(key: Key, mods: Mods) -> Key {
    Key::new(key.code, key.mods.and(mods))
}

/// Keys named by their last byte.
fn lettered(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P'..=b'S' => Code::F(last - b'P' + 1),
        _ => return None,
    })
}

/// Keys named by a number, as the VT220 numbered them.
fn numbered(number: u32, keyboard: Keyboard) -> Option<Key> {
    let function = match number {
        1 | 7 => return Some(Key::plain(Code::Home)),
        2 => return Some(Key::plain(Code::Insert)),
        3 => return Some(Key::plain(Code::Delete)),
        4 | 8 => return Some(Key::plain(Code::End)),
        5 => return Some(Key::plain(Code::PageUp)),
        6 => return Some(Key::plain(Code::PageDown)),
        11..=15 => number - 10,
        17..=21 => number - 11,
        23..=26 => number - 12,
        28 | 29 => number - 13,
        31..=34 => number - 14,
        _ => return None,
    };
    let function = u8::try_from(function).ok()?;
    Some(match (function, keyboard) {
        (..=12, _) => Key::plain(Code::F(function)),
        (_, Keyboard::Emulator) => Key::new(Code::F(function - 10), Mods::SHIFT),
        (_, Keyboard::LinuxConsole) => Key::new(Code::F(function - 12), Mods::SHIFT),
    })
}

/// Keys named by their character's number (kitty's, and xterm's where a program asked for it).
fn named_by_code(code: u32, mods: Mods) -> Option<Key> {
    const KEYPAD: &[u8] = b"0123456789./*-+";
    let code = match code {
        9 => Code::Tab,
        13 | 57_414 => Code::Enter,
        27 => Code::Esc,
        8 | 127 => Code::Backspace,
        57_399..=57_413 => {
            let at = usize::try_from(code - 57_399).ok()?;
            Code::Char(char::from(*KEYPAD.get(at)?))
        }
        57_415 => Code::Char('='),
        57_416 => Code::Char(','),
        57_417 => Code::Left,
        57_418 => Code::Right,
        57_419 => Code::Up,
        57_420 => Code::Down,
        57_421 => Code::PageUp,
        57_422 => Code::PageDown,
        57_423 => Code::Home,
        57_424 => Code::End,
        57_425 => Code::Insert,
        57_426 => Code::Delete,
        ..32 | 57_344..=63_743 => return None,
        _ => {
            let c = char::from_u32(code).filter(|c| !c.is_control())?;
            let upper = mods.has(Mods::SHIFT) && c.is_ascii_lowercase();
            Code::Char(if upper { c.to_ascii_uppercase() } else { c })
        }
    };
    Some(Key::new(code, mods))
}
