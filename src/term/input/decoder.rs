//! Bytes of the terminal become messages: the state machine of ECMA-48, read from the other side.
//!
//! A figure is only what the clerk typed: a sequence that means no key is dropped whole. Nothing
//! half read outlives two seconds of silence. The clock stays outside: whoever feeds the decoder
//! waits as long as it asks for and tells it that nothing came.

use std::time::Duration;

use super::paste::{END, Paste};
use super::sequences::{Keyboard, control_key, is_rxvt_key, single_shift_key};
use crate::app::input::key::{Code, Key, Mods};
use crate::app::message::{Msg, PasteFault};

/// How long ESC waits before it is the key Esc: slow lines pull a sequence apart by more than the
/// usual 50 ms.
const ESC_WAIT: Duration = Duration::from_millis(80);
/// How long a sequence that has begun waits for its next byte.
const SEQUENCE_WAIT: Duration = Duration::from_secs(1);
/// How long a paste waits for its next byte.
const PASTE_WAIT: Duration = Duration::from_secs(2);
/// So many bytes in one read, right after a paste was given up, nobody typed: they are its rest.
const BURST: usize = 32;
/// Parameters past so many bytes belong to no key.
const PARAMETERS: usize = 48;

/// What has begun and is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing.
    Ground,
    /// A lone ESC was the key Esc; the rest of a sequence may still come late.
    EscGiven,
    /// `ESC`
    Escape,
    /// `ESC [`
    Control,
    /// `ESC [ [`: the Linux console's F1 to F5.
    ConsoleFunction,
    /// `ESC O`
    SingleShift,
    /// `ESC` and bytes that lead to another final byte.
    Intermediate,
    /// OSC, DCS, SOS, PM or APC: text up to its end.
    Text,
    /// `ESC` in such a text: its end, or another sequence.
    TextEscape,
    /// A character of several bytes.
    Character,
    /// Between the brackets of a paste.
    Paste,
    /// A paste was given up; its rest may still come.
    PasteGivenUp,
}

/// Reads what a terminal sends.
#[derive(Debug)]
pub struct Decoder {
    keyboard: Keyboard,
    state: State,
    /// Alt where a second ESC stood before what is being read.
    before: Mods,
    /// Parameters, or the bytes of a character.
    bytes: Vec<u8>,
    paste: Paste,
}

impl Decoder {
    /// A decoder at rest.
    pub fn new(keyboard: Keyboard) -> Self {
        Self {
            keyboard,
            state: State::Ground,
            before: Mods::NONE,
            bytes: Vec::with_capacity(PARAMETERS),
            paste: Paste::default(),
        }
    }

    /// Takes what was read in one go; what it means is put behind `out`.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Msg>) {
        for byte in self.without_late_rest(bytes) {
            self.step(*byte, out);
        }
    }

    /// How long it waits for the next byte; `None` where nothing is half read.
    pub fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground | State::PasteGivenUp => None,
            State::Escape => Some(ESC_WAIT),
            State::Paste => Some(PASTE_WAIT),
            _ => Some(SEQUENCE_WAIT),
        }
    }

    /// Nothing came for as long as it waits.
    pub fn silence(&mut self, out: &mut Vec<Msg>) {
        let state = self.state;
        match state {
            State::Escape => self.esc(out),
            // Part of a paste may be part of a figure.
            State::Paste => out.push(Msg::PasteRefused(PasteFault::Cut)),
            _ => {}
        }
        self.rest();
        self.paste = Paste::default();
        match state {
            State::Escape => self.state = State::EscGiven,
            State::Paste => self.state = State::PasteGivenUp,
            _ => {}
        }
    }

    /// The bytes without the rest of something that was given up before they came: of a sequence
    /// after its ESC was taken for the key, of a paste after its silence.
    fn without_late_rest<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if self.state == State::PasteGivenUp {
            let rest_comes = bytes.len() >= BURST && !bytes.starts_with(START);
            self.state = if rest_comes {
                self.paste = Paste::late_rest();
                State::Paste
            } else {
                State::Ground
            };
        }
        if self.state == State::EscGiven {
            self.state = State::Ground;
            if let Some(end) = late_sequence(bytes) {
                return bytes.get(end..).unwrap_or_default();
            }
        }
        if self.state == State::Ground
            && bytes.contains(&b'\x1b')
            && let Some(end) = bytes.windows(END.len()).position(|part| part == END)
        {
            let begins = bytes.windows(START.len()).position(|part| part == START);
            if begins.is_none_or(|begins| begins > end) {
                return bytes.get(end + END.len()..).unwrap_or_default();
            }
        }
        bytes
    }

    fn step(&mut self, byte: u8, out: &mut Vec<Msg>) {
        match self.state {
            State::Ground | State::EscGiven | State::PasteGivenUp => self.ground(byte, out),
            State::Escape => self.escape(byte, out),
            State::Control => self.control(byte, out),
            State::ConsoleFunction => match byte {
                b'A'..=b'E' => self.key(Key::plain(Code::F(byte - b'A' + 1)), out),
                _ => self.again(byte, out),
            },
            State::SingleShift => match byte {
                b'0'..=b'?' => self.parameter(byte),
                b' ' | b'@'..=b'~' => {
                    let key = single_shift_key(&self.bytes, byte);
                    self.known(key, out);
                }
                _ => self.again(byte, out),
            },
            State::Intermediate => match byte {
                b' '..=b'/' => {}
                b'0'..=b'~' => self.rest(),
                _ => self.again(byte, out),
            },
            State::Text => match byte {
                b'\x07' | b'\x18' | b'\x1a' => self.rest(),
                b'\x1b' => self.state = State::TextEscape,
                0x08..=0x0d | 0x20.. => {}
                _ => self.again(byte, out),
            },
            State::TextEscape if byte == b'\\' => self.rest(),
            State::TextEscape => {
                self.state = State::Escape;
                self.escape(byte, out);
            }
            State::Character => self.character(byte, out),
            State::Paste => {
                if let Some(paste) = self.paste.push(byte) {
                    out.push(paste);
                    self.rest();
                }
            }
        }
    }

    fn ground(&mut self, byte: u8, out: &mut Vec<Msg>) {
        let (code, mods) = match byte {
            b'\x1b' => {
                self.state = State::Escape;
                return;
            }
            0xc2..=0xf4 => {
                self.bytes.clear();
                self.bytes.push(byte);
                self.state = State::Character;
                return;
            }
            // No character begins with it: line noise, or another encoding.
            0x80.. => return self.rest(),
            b'\r' | b'\n' => (Code::Enter, Mods::NONE),
            b'\t' => (Code::Tab, Mods::NONE),
            0x08 | 0x7f => (Code::Backspace, Mods::NONE),
            0x00 => (Code::Char(' '), Mods::CTRL),
            0x01..=0x1a => (Code::Char(char::from(byte - 1 + b'a')), Mods::CTRL),
            0x1c..=0x1f => (Code::Char(char::from(byte - 0x1c + b'4')), Mods::CTRL),
            b' '..=b'~' => (Code::Char(char::from(byte)), Mods::NONE),
        };
        self.key(Key::new(code, mods), out);
    }

    /// The byte behind one ESC or two.
    fn escape(&mut self, byte: u8, out: &mut Vec<Msg>) {
        self.bytes.clear();
        match byte {
            b'\x1b' => {
                if self.before == Mods::ALT {
                    out.push(Msg::Key(Key::plain(Code::Esc)));
                }
                self.before = Mods::ALT;
            }
            b'[' => self.state = State::Control,
            b'O' => self.state = State::SingleShift,
            b'P' | b'X' | b']' | b'^' | b'_' => self.state = State::Text,
            b'\\' => self.rest(),
            b'\t' if self.keyboard == Keyboard::LinuxConsole => {
                self.key(Key::new(Code::Tab, Mods::SHIFT), out);
            }
            _ if is_typed_after_esc(byte) => {
                self.esc(out);
                self.again(byte, out);
            }
            b' '..=b'/' => self.state = State::Intermediate,
            _ => {
                if self.before == Mods::ALT {
                    out.push(Msg::Key(Key::plain(Code::Esc)));
                }
                self.before = Mods::ALT;
                self.state = State::Ground;
                self.ground(byte, out);
            }
        }
    }

    fn control(&mut self, byte: u8, out: &mut Vec<Msg>) {
        match byte {
            b'$' if is_rxvt_key(&self.bytes) => self.end_control(byte, out),
            b' '..=b'?' => self.parameter(byte),
            b'[' if self.bytes.is_empty() => self.state = State::ConsoleFunction,
            b'@'..=b'~' => self.end_control(byte, out),
            _ => self.again(byte, out),
        }
    }

    fn end_control(&mut self, last: u8, out: &mut Vec<Msg>) {
        if last == b'~' && self.bytes == b"200" {
            self.rest();
            self.state = State::Paste;
            return;
        }
        let key = control_key(&self.bytes, last, self.keyboard);
        self.known(key, out);
    }

    /// Keeps a byte of a sequence, as far as a key can have any.
    fn parameter(&mut self, byte: u8) {
        // One more than a key has makes it none.
        if self.bytes.len() <= PARAMETERS {
            self.bytes.push(byte);
        }
    }

    fn character(&mut self, byte: u8, out: &mut Vec<Msg>) {
        if !matches!(byte, 0x80..=0xbf) {
            return self.again(byte, out);
        }
        self.bytes.push(byte);
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => {
                // Half of the control characters have two bytes.
                let typed = text.chars().find(|c| !c.is_control());
                self.known(typed.map(|c| Key::plain(Code::Char(c))), out);
            }
            Err(error) if error.error_len().is_some() => self.rest(),
            Err(_) => {}
        }
    }

    /// A sequence is complete: a key, or nothing.
    fn known(&mut self, key: Option<Key>, out: &mut Vec<Msg>) {
        match key {
            Some(key) if self.bytes.len() <= PARAMETERS => self.key(key, out),
            _ => self.rest(),
        }
    }

    fn key(&mut self, key: Key, out: &mut Vec<Msg>) {
        let key = Key::new(key.code, key.mods.and(self.before));
        out.push(Msg::Key(key));
        self.rest();
    }

    /// ESC was the key Esc, once or twice.
    fn esc(&mut self, out: &mut Vec<Msg>) {
        let times = if self.before == Mods::ALT { 2 } else { 1 };
        out.extend((0..times).map(|_| Msg::Key(Key::plain(Code::Esc))));
    }

    /// What has begun is cut off by a byte that cannot belong to it.
    fn again(&mut self, byte: u8, out: &mut Vec<Msg>) {
        self.rest();
        self.ground(byte, out);
    }

    fn rest(&mut self) {
        self.state = State::Ground;
        self.before = Mods::NONE;
        self.bytes.clear();
    }
}

/// What begins a paste.
const START: &[u8] = b"\x1b[200~";

/// True for what a clerk types right after Esc, so that both arrive at once: the characters of
/// figures, Enter, Tab, keys with Ctrl. Alt with a letter stays one key.
fn is_typed_after_esc(byte: u8) -> bool {
    matches!(
        byte,
        b'0'..=b'9' | b' ' | b'+' | b',' | b'-' | b'.' | b'*' | b'/' | 0x00..=0x07 | 0x09..=0x1a | 0x1c..=0x1f
    )
}

/// Where the rest of a control sequence ends that came, complete and in one go, without its ESC.
fn late_sequence(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(b"[")?;
    let rest_of_console = rest.strip_prefix(b"[");
    if let Some([b'A'..=b'E', ..]) = rest_of_console {
        return Some(3);
    }
    let end = rest.iter().position(|byte| !matches!(byte, b' '..=b'?'))?;
    matches!(rest.get(end), Some(b'@'..=b'~')).then_some(end + 2)
}
