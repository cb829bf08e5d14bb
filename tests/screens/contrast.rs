//! What is drawn can be read on the terminals that clerks have: the contrast of every character
//! against what stands behind it (WCAG 2.1, 1.4.3: at least 4.5 : 1), by the colours that each
//! terminal really shows.

#![allow(
    clippy::float_arithmetic,
    reason = "contrast is defined by a power; no figure is computed here"
)]

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

type Rgb = (u8, u8, u8);

/// What one terminal makes of the sixteen colours.
struct Terminal {
    name: &'static str,
    text: Rgb,
    background: Rgb,
    /// Colours 0 to 15.
    colours: [Rgb; 16],
    /// Bold text takes the bright twin of colours 0 to 7.
    bold_is_bright: bool,
}

const fn rgb(hex: u32) -> Rgb {
    let [_, r, g, b] = hex.to_be_bytes();
    (r, g, b)
}

const fn sixteen(hex: [u32; 16]) -> [Rgb; 16] {
    let mut out = [(0, 0, 0); 16];
    let mut at = 0;
    while at < 16 {
        out[at] = rgb(hex[at]);
        at += 1;
    }
    out
}

const PUTTY: [Rgb; 16] = sixteen([
    0x00_0000, 0xbb_0000, 0x00_bb00, 0xbb_bb00, 0x00_00bb, 0xbb_00bb, 0x00_bbbb, 0xbb_bbbb,
    0x55_5555, 0xff_5555, 0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
]);
const LINUX: [Rgb; 16] = sixteen([
    0x00_0000, 0xaa_0000, 0x00_aa00, 0xaa_5500, 0x00_00aa, 0xaa_00aa, 0x00_aaaa, 0xaa_aaaa,
    0x55_5555, 0xff_5555, 0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
]);
const XTERM: [Rgb; 16] = sixteen([
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5,
    0x7f_7f7f, 0xff_0000, 0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
]);
const CAMPBELL: [Rgb; 16] = sixteen([
    0x0c_0c0c, 0xc5_0f1f, 0x13_a10e, 0xc1_9c00, 0x00_37da, 0x88_1798, 0x3a_96dd, 0xcc_cccc,
    0x76_7676, 0xe7_4856, 0x16_c60c, 0xf9_f1a5, 0x3b_78ff, 0xb4_009e, 0x61_d6d6, 0xf2_f2f2,
]);

const TERMINALS: [Terminal; 5] = [
    Terminal {
        name: "PuTTY",
        text: rgb(0xbb_bbbb),
        background: rgb(0x00_0000),
        colours: PUTTY,
        bold_is_bright: true,
    },
    Terminal {
        name: "the Linux console",
        text: rgb(0xaa_aaaa),
        background: rgb(0x00_0000),
        colours: LINUX,
        bold_is_bright: true,
    },
    Terminal {
        name: "xterm",
        text: rgb(0xe5_e5e5),
        background: rgb(0x00_0000),
        colours: XTERM,
        bold_is_bright: true,
    },
    Terminal {
        name: "Windows Terminal",
        text: rgb(0xcc_cccc),
        background: rgb(0x0c_0c0c),
        colours: CAMPBELL,
        bold_is_bright: true,
    },
    Terminal {
        name: "black on white",
        text: rgb(0x00_0000),
        background: rgb(0xff_ffff),
        colours: XTERM,
        bold_is_bright: true,
    },
];

/// The number of one of the sixteen colours; `None` for the terminal's own.
fn number(colour: Color) -> Option<usize> {
    const ALL: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    if colour == Color::Reset {
        return None;
    }
    let found = ALL.iter().position(|have| *have == colour);
    assert!(found.is_some(), "not one of the sixteen colours: {colour}");
    found
}

type Style = (Color, Color, Modifier);

impl Terminal {
    fn shows(&self, (fg, bg, modifier): Style) -> (Rgb, Rgb) {
        let bright = modifier.contains(Modifier::BOLD) && self.bold_is_bright;
        let fg = match number(fg) {
            Some(dark) if dark < 8 && bright => self.colours[dark + 8],
            Some(number) => self.colours[number],
            None => self.text,
        };
        let bg = number(bg).map_or(self.background, |number| self.colours[number]);
        if modifier.contains(Modifier::REVERSED) {
            (bg, fg)
        } else {
            (fg, bg)
        }
    }
}

fn luminance((r, g, b): Rgb) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What no one reads: blanks and the lines between the parts of a page.
fn is_rule(symbol: &str) -> bool {
    matches!(symbol, " " | "" | "─" | "-")
}

/// The styles in which characters are drawn, each with the characters.
fn styles(buffer: &Buffer) -> BTreeMap<String, (Style, String)> {
    let mut styles = BTreeMap::new();
    for cell in &buffer.content {
        if is_rule(cell.symbol()) {
            continue;
        }
        let style = (cell.fg, cell.bg, cell.modifier);
        let entry = styles.entry(format!("{style:?}"));
        let (_, text) = entry.or_insert_with(|| (style, String::new()));
        text.push_str(cell.symbol());
    }
    styles
}

/// Every character of a drawn screen can be read on every terminal.
pub(crate) fn assert_legible(buffer: &Buffer) {
    for (style, text) in styles(buffer).into_values() {
        for terminal in &TERMINALS {
            let (fg, bg) = terminal.shows(style);
            let ratio = contrast(fg, bg);
            assert!(
                ratio >= 4.5,
                "{ratio:.1} : 1 on {}: {style:?} {text}",
                terminal.name
            );
        }
    }
}

#[test]
fn the_contrast_of_known_pairs_is_right() {
    let black = rgb(0x00_0000);
    assert!((contrast(rgb(0xff_ffff), black) - 21.0).abs() < 0.01);
    // Why past values are not drawn in colour 8.
    assert!((contrast(rgb(0x55_5555), black) - 2.8).abs() < 0.05);
}

#[test]
#[should_panic(expected = "2.8 : 1 on PuTTY")]
fn a_figure_in_colour_8_is_found() {
    let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, 8, 1));
    let grey = ratatui::style::Style::new().fg(Color::DarkGray);
    buffer.set_string(0, 0, "── 4.410", grey);
    assert_legible(&buffer);
}
