//! Bytes that mean no key never make, change or take a figure, however they are cut; nothing of
//! them outlives two seconds of silence.

use nhaplieu::term::input::Keyboard;
use proptest::prelude::*;

use super::play::{Player, Step, bytes, said};

/// A part of what arrives.
#[derive(Clone, Debug)]
enum Part {
    /// What a clerk types.
    Typed(&'static str),
    /// What means no key.
    Unknown(Vec<u8>),
}

fn typed() -> impl Strategy<Value = Part> {
    prop::sample::select(vec![
        "4410", "0", "7", "12,5", "-", "..", "x", "1.234", "\r", "\t", "\x1b[B", "\x1bOA", "\x7f",
        "\x1b[3~", "đ",
    ])
    .prop_map(Part::Typed)
}

fn joined(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    parts.into_iter().flatten().collect()
}

/// Sequences of ECMA-48 that are no key of any terminal, and bytes that are no character.
fn unknown() -> impl Strategy<Value = Part> {
    let parameters = || prop::collection::vec(0x30..=0x3bu8, 0..60);
    let intermediates = || prop::collection::vec(0x20..=0x2fu8, 1..3);
    let last = || 0x40..=0x7eu8;
    let no_key: Vec<u8> = b"GIJKLMNOTUVWXY\\]_`efghijklmnopqrstvwxyz{|}".to_vec();
    let private = (prop::sample::select(b"<=>?".to_vec()), parameters(), last()).prop_map(
        |(mark, middle, last)| joined([b"\x1b[".to_vec(), vec![mark], middle, vec![last]]),
    );
    let middle = (parameters(), intermediates(), last())
        .prop_filter("rxvt ends keys with it", |(_, middle, _)| middle[0] != b'$')
        .prop_map(|(first, middle, last)| joined([b"\x1b[".to_vec(), first, middle, vec![last]]));
    let mode = (parameters(), last())
        .prop_map(|(first, last)| joined([b"\x1b[?".to_vec(), first, b"$".to_vec(), vec![last]]));
    let other_last = (parameters(), prop::sample::select(no_key))
        .prop_map(|(middle, last)| joined([b"\x1b[".to_vec(), middle, vec![last]]));
    let number = (35..190u16, prop::sample::select(b"~^@".to_vec()))
        .prop_map(|(number, last)| joined([format!("\x1b[{number}").into_bytes(), vec![last]]));
    let shifted = prop::sample::select(b"GJKLNOQTUVWYZ\\]_efghiz{|}".to_vec())
        .prop_filter("F2", |last| *last != b'Q')
        .prop_map(|last| vec![0x1b, b'O', last]);
    let text = (
        prop::sample::select(b"P]X^_".to_vec()),
        prop::collection::vec(
            prop_oneof![0x20..=0x7eu8, 0x80..=0xffu8, 0x08..=0x0du8],
            0..200,
        ),
    )
        .prop_map(|(kind, text)| joined([vec![0x1b, kind], text, b"\x1b\\".to_vec()]));
    let designation = prop::sample::select(b"!\"#$%&'()".to_vec())
        .prop_flat_map(|first| (Just(first), 0x30..=0x7eu8))
        .prop_map(|(first, last)| vec![0x1b, first, last]);
    let noise = prop_oneof![
        (0x80..=0xc1u8).prop_map(|byte| vec![byte]),
        (0xf5..=0xffu8).prop_map(|byte| vec![byte]),
    ];
    prop_oneof![
        private,
        middle,
        mode,
        other_last,
        number,
        shifted,
        text,
        designation,
        noise
    ]
    .prop_map(Part::Unknown)
}

/// Cuts a stream at these places, with pauses that a line makes.
fn cut(stream: &[u8], cuts: &[(prop::sample::Index, u64)]) -> Vec<Step> {
    let mut at: Vec<(usize, u64)> = cuts
        .iter()
        .map(|(place, pause)| (place.index(stream.len() + 1), *pause))
        .collect();
    at.sort_unstable();
    let (mut steps, mut from) = (Vec::new(), 0);
    for (place, pause) in at {
        if place > from {
            steps.push(bytes(&stream[from..place]));
            steps.push(Step::Pause(pause));
            from = place;
        }
    }
    steps.push(bytes(&stream[from..]));
    steps
}

fn cuts(longest: u64) -> impl Strategy<Value = Vec<(prop::sample::Index, u64)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..longest), 0..12)
}

fn keyboard() -> impl Strategy<Value = Keyboard> {
    prop_oneof![Just(Keyboard::Emulator), Just(Keyboard::LinuxConsole)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_means_no_key_changes_no_figure(
        keyboard in keyboard(),
        parts in prop::collection::vec(prop_oneof![typed(), unknown()], 0..20),
        cuts in cuts(70),
    ) {
        let (mut stream, mut without) = (Vec::new(), Vec::new());
        for part in &parts {
            match part {
                Part::Typed(text) => {
                    stream.extend(text.bytes());
                    without.extend(text.bytes());
                }
                Part::Unknown(unknown) => stream.extend(unknown),
            }
        }
        let expected = said(keyboard, &[bytes(&without)]);
        prop_assert_eq!(said(keyboard, &cut(&stream, &cuts)), expected);
    }

    #[test]
    fn any_bytes_are_over_after_two_seconds_and_a_figure_behind_them_is_right(
        keyboard in keyboard(),
        stream in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            prop::collection::vec(prop::sample::select(b"\x1b\x1b[[O]P0123;:?$~u\r\x07\\AMq\xc4\xe1".to_vec()), 0..300),
        ],
        cuts in cuts(3_000),
    ) {
        let mut steps = cut(&stream, &cuts);
        let before = said(keyboard, &steps);
        steps.push(Step::Pause(2_000));
        steps.push(bytes("4410\r"));
        let mut expected = before;
        expected.extend(["4", "4", "1", "0", "enter"].map(str::to_owned));
        prop_assert_eq!(said(keyboard, &steps), expected);
    }

    #[test]
    fn no_byte_makes_more_than_three_keys(stream in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let mut player = Player::new(Keyboard::Emulator);
        player.play(&[bytes(&stream)]);
        prop_assert!(player.said().len() <= stream.len() + 2);
    }
}
