//! What each terminal sends for the keys that the keymaps use, in normal and in application mode,
//! by its terminfo entry (`infocmp -x`) or its documentation.

use nhaplieu::term::input::Keyboard;

/// A terminal.
pub(crate) struct Terminal {
    pub(crate) name: &'static str,
    pub(crate) keyboard: Keyboard,
    /// A key and every sequence it may send for it.
    pub(crate) keys: &'static [(&'static str, &'static [&'static str])],
    /// Keys for which it sends nothing of their own.
    pub(crate) without: &'static [&'static str],
}

/// What is the same on all: cursor keys in both modes, the keypad in both modes, the bytes below
/// 32 that have a key.
pub(crate) const EVERYWHERE: &[(&str, &[&str])] = &[
    ("up", &["\x1b[A", "\x1bOA"]),
    ("down", &["\x1b[B", "\x1bOB"]),
    ("right", &["\x1b[C", "\x1bOC"]),
    ("left", &["\x1b[D", "\x1bOD"]),
    ("enter", &["\r", "\n", "\x1bOM"]),
    ("tab", &["\t"]),
    ("esc", &["\x1b"]),
    ("backspace", &["\x7f", "\x08"]),
    ("delete", &["\x1b[3~"]),
    ("insert", &["\x1b[2~"]),
    ("pgup", &["\x1b[5~"]),
    ("pgdn", &["\x1b[6~"]),
    ("+", &["+", "\x1bOk"]),
    ("/", &["/", "\x1bOo"]),
    ("*", &["*", "\x1bOj"]),
    ("-", &["-", "\x1bOm"]),
    (".", &[".", "\x1bOn"]),
    (",", &[",", "\x1bOl"]),
    ("0", &["0", "\x1bOp"]),
    ("1", &["1", "\x1bOq"]),
    ("2", &["2", "\x1bOr"]),
    ("3", &["3", "\x1bOs"]),
    ("4", &["4", "\x1bOt"]),
    ("5", &["5", "\x1bOu"]),
    ("6", &["6", "\x1bOv"]),
    ("7", &["7", "\x1bOw"]),
    ("8", &["8", "\x1bOx"]),
    ("9", &["9", "\x1bOy"]),
    ("f6", &["\x1b[17~"]),
    ("f7", &["\x1b[18~"]),
    ("f8", &["\x1b[19~"]),
    ("f9", &["\x1b[20~"]),
    ("f10", &["\x1b[21~"]),
    ("f11", &["\x1b[23~"]),
    ("f12", &["\x1b[24~"]),
];

/// xterm and all that send the same.
const XTERM: &[(&str, &[&str])] = &[
    ("home", &["\x1b[H", "\x1bOH"]),
    ("end", &["\x1b[F", "\x1bOF"]),
    ("ctrl+home", &["\x1b[1;5H"]),
    ("ctrl+end", &["\x1b[1;5F"]),
    ("ctrl+left", &["\x1b[1;5D"]),
    ("ctrl+right", &["\x1b[1;5C"]),
    ("ctrl+pgup", &["\x1b[5;5~"]),
    ("ctrl+pgdn", &["\x1b[6;5~"]),
    ("shift+delete", &["\x1b[3;2~"]),
    ("shift+up", &["\x1b[1;2A"]),
    ("alt+down", &["\x1b[1;3B"]),
    ("shift+tab", &["\x1b[Z"]),
    ("f1", &["\x1bOP"]),
    ("f2", &["\x1bOQ"]),
    ("f3", &["\x1bOR"]),
    ("f4", &["\x1bOS"]),
    ("f5", &["\x1b[15~"]),
    ("shift+f1", &["\x1b[1;2P"]),
    ("ctrl+f4", &["\x1b[1;5S"]),
    ("shift+f8", &["\x1b[19;2~"]),
    ("ctrl+shift+f10", &["\x1b[21;6~"]),
];

const PUTTY: &[(&str, &[&str])] = &[
    // As it comes, and as rxvt.
    ("home", &["\x1b[1~", "\x1b[H"]),
    ("end", &["\x1b[4~"]),
    // Since 0.78 as xterm's bitmap, if told to.
    ("ctrl+left", &["\x1b[1;5D"]),
    ("ctrl+right", &["\x1b[1;5C"]),
    ("shift+tab", &["\x1b[Z"]),
    // As it comes, as Linux, as xterm, as VT400.
    ("f1", &["\x1b[11~", "\x1b[[A", "\x1bOP"]),
    ("f2", &["\x1b[12~", "\x1b[[B", "\x1bOQ"]),
    ("f3", &["\x1b[13~", "\x1b[[C", "\x1bOR"]),
    ("f4", &["\x1b[14~", "\x1b[[D", "\x1bOS"]),
    ("f5", &["\x1b[15~", "\x1b[[E"]),
    ("shift+f3", &["\x1b[25~"]),
    ("shift+f8", &["\x1b[32~", "\x1b[19;2~"]),
    ("shift+f10", &["\x1b[34~"]),
    ("alt+down", &["\x1b\x1b[B", "\x1b\x1bOB"]),
    ("alt+f4", &["\x1b\x1b[14~"]),
];

const LINUX: &[(&str, &[&str])] = &[
    ("home", &["\x1b[1~"]),
    ("end", &["\x1b[4~"]),
    ("shift+tab", &["\x1b\t", "\x1b[Z"]),
    ("f1", &["\x1b[[A"]),
    ("f2", &["\x1b[[B"]),
    ("f3", &["\x1b[[C"]),
    ("f4", &["\x1b[[D"]),
    ("f5", &["\x1b[[E"]),
    ("shift+f1", &["\x1b[25~"]),
    ("shift+f2", &["\x1b[26~"]),
    ("shift+f3", &["\x1b[28~"]),
    ("shift+f4", &["\x1b[29~"]),
    ("shift+f5", &["\x1b[31~"]),
    ("shift+f6", &["\x1b[32~"]),
    ("shift+f7", &["\x1b[33~"]),
    ("shift+f8", &["\x1b[34~"]),
];

const TMUX: &[(&str, &[&str])] = &[
    ("home", &["\x1b[1~"]),
    ("end", &["\x1b[4~"]),
    ("ctrl+home", &["\x1b[1;5H"]),
    ("ctrl+end", &["\x1b[1;5F"]),
    ("ctrl+left", &["\x1b[1;5D"]),
    ("ctrl+right", &["\x1b[1;5C"]),
    ("ctrl+pgup", &["\x1b[5;5~"]),
    ("ctrl+pgdn", &["\x1b[6;5~"]),
    ("shift+tab", &["\x1b[Z"]),
    ("f1", &["\x1bOP"]),
    ("f2", &["\x1bOQ"]),
    ("f3", &["\x1bOR"]),
    ("f4", &["\x1bOS"]),
    ("f5", &["\x1b[15~"]),
    ("shift+f8", &["\x1b[19;2~"]),
    ("shift+delete", &["\x1b[3;2~"]),
    ("alt+down", &["\x1b[1;3B", "\x1b\x1b[B"]),
    // With `extended-keys`.
    ("ctrl+k", &["\x0b", "\x1b[27;5;107~", "\x1b[107;5u"]),
];

const RXVT: &[(&str, &[&str])] = &[
    ("home", &["\x1b[7~", "\x1b[1~", "\x1b[H"]),
    ("end", &["\x1b[8~", "\x1b[4~", "\x1b[F"]),
    ("shift+home", &["\x1b[7$"]),
    ("shift+end", &["\x1b[8$"]),
    ("shift+pgup", &["\x1b[5$"]),
    ("shift+delete", &["\x1b[3$"]),
    ("ctrl+delete", &["\x1b[3^"]),
    ("ctrl+shift+delete", &["\x1b[3@"]),
    ("ctrl+home", &["\x1b[7^"]),
    ("ctrl+end", &["\x1b[8^"]),
    ("ctrl+pgup", &["\x1b[5^"]),
    ("ctrl+pgdn", &["\x1b[6^"]),
    ("ctrl+left", &["\x1bOd"]),
    ("ctrl+right", &["\x1bOc"]),
    ("shift+up", &["\x1b[a"]),
    ("shift+left", &["\x1b[d"]),
    ("shift+tab", &["\x1b[Z"]),
    ("f1", &["\x1b[11~"]),
    ("f2", &["\x1b[12~"]),
    ("f3", &["\x1b[13~"]),
    ("f4", &["\x1b[14~"]),
    ("f5", &["\x1b[15~"]),
    ("shift+f8", &["\x1b[32~"]),
    ("ctrl+f8", &["\x1b[19^"]),
    ("shift+f12", &["\x1b[24$"]),
    ("ctrl+shift+f11", &["\x1b[23@"]),
    ("alt+down", &["\x1b\x1b[B"]),
];

const KITTY: &[(&str, &[&str])] = &[
    ("home", &["\x1b[H", "\x1bOH"]),
    ("end", &["\x1b[F", "\x1bOF"]),
    ("ctrl+home", &["\x1b[1;5H"]),
    ("ctrl+end", &["\x1b[1;5F"]),
    ("ctrl+left", &["\x1b[1;5D", "\x1b[1;5:1D", "\x1b[1;5:2D"]),
    ("ctrl+right", &["\x1b[1;5C"]),
    ("ctrl+pgup", &["\x1b[5;5~"]),
    ("ctrl+pgdn", &["\x1b[6;5~"]),
    ("f1", &["\x1bOP", "\x1b[P"]),
    ("f2", &["\x1bOQ", "\x1b[Q"]),
    ("f3", &["\x1bOR", "\x1b[13~"]),
    ("f4", &["\x1bOS", "\x1b[S"]),
    ("f5", &["\x1b[15~"]),
    ("shift+f3", &["\x1b[13;2~"]),
    ("shift+f8", &["\x1b[19;2~"]),
    // Its own protocol, where a program before left it on.
    ("enter", &["\r", "\x1b[13u", "\x1b[57414u"]),
    ("esc", &["\x1b", "\x1b[27u"]),
    ("tab", &["\t", "\x1b[9u"]),
    ("shift+tab", &["\x1b[Z", "\x1b[9;2u"]),
    ("backspace", &["\x7f", "\x1b[127u"]),
    ("ctrl+k", &["\x0b", "\x1b[107;5u", "\x1b[107;69u"]),
    ("alt+z", &["\x1bz", "\x1b[122;3u"]),
    ("P", &["P", "\x1b[112:80;2u", "\x1b[112;2u"]),
    ("4", &["4", "\x1b[52u", "\x1b[57403u", "\x1b[52;1;52u"]),
    ("+", &["+", "\x1b[57413u"]),
    ("/", &["/", "\x1b[57410u"]),
];

/// Every terminal of the contract.
pub(crate) const TERMINALS: &[Terminal] = &[
    emulator("xterm", XTERM, &[]),
    // Ctrl+PgUp and Ctrl+PgDn turn its own pages, Ctrl with Home and End is Home and End.
    emulator(
        "PuTTY",
        PUTTY,
        &["ctrl+home", "ctrl+end", "ctrl+pgup", "ctrl+pgdn"],
    ),
    // It does not tell Ctrl with these keys from the keys.
    Terminal {
        name: "Linux console",
        keyboard: Keyboard::LinuxConsole,
        keys: LINUX,
        without: &[
            "ctrl+home",
            "ctrl+end",
            "ctrl+left",
            "ctrl+right",
            "ctrl+pgup",
            "ctrl+pgdn",
        ],
    },
    emulator("tmux", TMUX, &[]),
    // What it does not know itself it passes on as the terminal around it sends it.
    emulator("screen", TMUX, &[]),
    emulator("rxvt", RXVT, &[]),
    emulator("kitty", KITTY, &[]),
    emulator("Windows Terminal", XTERM, &[]),
    emulator("mosh", XTERM, &[]),
];

const fn emulator(
    name: &'static str,
    keys: &'static [(&'static str, &'static [&'static str])],
    without: &'static [&'static str],
) -> Terminal {
    Terminal {
        name,
        keyboard: Keyboard::Emulator,
        keys,
        without,
    }
}
