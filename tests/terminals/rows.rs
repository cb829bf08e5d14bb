//! One row for each thing that terminals were seen to send: bytes with pauses in, messages out.

use nhaplieu::term::input::Keyboard;

use super::play::{Player, Step, bytes, said};

#[track_caller]
fn becomes(steps: &[Step], expected: &str) {
    assert_eq!(
        said(Keyboard::Emulator, steps).join(" "),
        expected,
        "{steps:?}"
    );
}

/// Bytes in one read.
#[track_caller]
fn whole(stream: &str, expected: &str) {
    becomes(&[bytes(stream)], expected);
}

#[test]
fn keypad_enter_through_tmux_is_enter() {
    whole("12\n34\n", "1 2 enter 3 4 enter");
    whole("12\r34\r", "1 2 enter 3 4 enter");
}

#[test]
fn the_keypad_in_application_mode_types_what_stands_on_it() {
    whole("\x1bOt\x1bOt\x1bOq\x1bOp\x1bOM", "4 4 1 0 enter");
    for (byte, sign) in (b'j'..=b'y').zip("* + , - . / 0 1 2 3 4 5 6 7 8 9".split(' ')) {
        whole(&format!("\x1bO{}", char::from(byte)), sign);
    }
    whole("\x1bOX", "=");
}

#[test]
fn an_arrow_pulled_apart_by_a_slow_line_is_one_key() {
    becomes(&[bytes("\x1b"), Step::Pause(60), bytes("[B")], "down");
    becomes(&[bytes("\x1b["), Step::Pause(500), bytes("B")], "down");
    becomes(&[bytes("\x1bO"), Step::Pause(500), bytes("B")], "down");
}

#[test]
fn what_comes_later_than_that_is_esc_and_nothing_typed() {
    for rest in ["[B", "[5~", "[1;5D", "[[A"] {
        becomes(&[bytes("\x1b"), Step::Pause(300), bytes(rest)], "esc");
        becomes(
            &[bytes("\x1b"), Step::Pause(300), bytes(format!("{rest}4"))],
            "esc 4",
        );
    }
    // By hand, a key at a time.
    becomes(
        &[
            bytes("\x1b"),
            Step::Pause(300),
            bytes("["),
            Step::Pause(90),
            bytes("B"),
        ],
        "esc [ B",
    );
}

#[test]
fn esc_and_what_is_typed_right_after_it_are_two_keys() {
    whole("\x1b4", "esc 4");
    whole("\x1b4410\r", "esc 4 4 1 0 enter");
    for sign in ["+", "-", ".", ",", "*", "/"] {
        whole(&format!("\x1b{sign}"), &format!("esc {sign}"));
    }
    whole("\x1b ", "esc space");
    whole("\x1b\r", "esc enter");
    whole("\x1b\t", "esc tab");
    whole("\x1b\x11", "esc ctrl+q");
    becomes(&[bytes("\x1b"), Step::Pause(90), bytes("4")], "esc 4");
    whole("\x1b", "esc");
    whole("\x1b\x1b", "esc esc");
    whole("\x1b\x1b4", "esc esc 4");
    whole("\x1b\x1b\x1b", "esc esc esc");
}

#[test]
fn alt_with_a_letter_is_one_key() {
    whole("\x1bz", "alt+z");
    whole("\x1bđ4", "alt+đ 4");
    whole("\x1b\x7f", "alt+backspace");
}

#[test]
fn alt_or_esc_before_an_arrow_is_one_key() {
    whole("\x1b\x1b[B", "alt+down");
    whole("\x1b\x1bOB", "alt+down");
    whole("\x1b\x1b[5~", "alt+pgup");
    whole("4\x1b\x1b[B4", "4 alt+down 4");
}

#[test]
fn finals_outside_the_usual_are_keys_or_dropped_whole() {
    whole("\x1b[7$4410", "shift+home 4 4 1 0");
    whole("\x1b[8^4410", "ctrl+end 4 4 1 0");
    whole("\x1b[3@4410", "ctrl+shift+delete 4 4 1 0");
    whole("\x1b[a4410", "shift+up 4 4 1 0");
    whole("\x1bOa4410", "ctrl+up 4 4 1 0");
    for unknown in [
        "\x1b[M",
        "\x1b[N",
        "\x1b[x",
        "\x1b[9y",
        "\x1b[9;9~",
        "\x1b[99~",
        "\x1b[I",
    ] {
        whole(&format!("{unknown}4410"), "4 4 1 0");
    }
}

#[test]
fn late_answers_and_reports_are_swallowed_whole() {
    for answer in [
        "\x1b[?2026;2$y",
        "\x1b[?997;1n",
        "\x1b[?62;22c",
        "\x1b[>41;354;0c",
        "\x1b[?1u",
        "\x1b[<0;12;34M",
        "\x1b[24;80R",
        "\x1b[4;600;800t",
        "\x1b]11;rgb:0000/4410/ffff\x1b\\",
        "\x1b]11;rgb:0000/4410/ffff\x07",
        "\x1b]0;xã Đông Hải 12\x07",
        "\x1bP1+r544e=1234\x1b\\",
        "\x1bP>|XTerm(354)\x1b\\",
        "\x1b_G31;OK\x1b\\",
        "\x1b^4410\x1b\\",
        "\x1bX4410\x1b\\",
        "\x1b(B",
    ] {
        whole(answer, "");
        whole(&format!("44{answer}10\r"), "4 4 1 0 enter");
        let split: Vec<Step> = answer
            .bytes()
            .flat_map(|byte| [bytes([byte]), Step::Pause(40)])
            .collect();
        becomes(&split, "");
    }
}

#[test]
fn half_a_sequence_deafens_nobody() {
    for half in [
        b"\x1b[".as_slice(),
        b"\x1b[1;",
        b"\x1bO",
        b"\x1b]11;rgb",
        b"\x1bP1",
        b"\x1b_",
        b"\x1b(",
        b"\xc4",
        b"\xe1\xba",
    ] {
        let later = [bytes(half), Step::Pause(1_000), bytes("4410\r")];
        becomes(&later, "4 4 1 0 enter");
    }
    // Enter, an arrow or Esc end what has begun at once.
    whole("\x1b[12\r4410\r", "enter 4 4 1 0 enter");
    whole("\x1b[12\x1b[B4410\r", "down 4 4 1 0 enter");
    whole("\x1b]11;\x1b[B4410\r", "down 4 4 1 0 enter");
}

#[test]
fn a_paste_is_one_message_with_everything_in_it() {
    whole(
        "\x1b[200~12\t340\r\n\x1b[31m\x1b[201~7",
        "paste \"12\\t340\\r\\n\\u{1b}[31m\" 7",
    );
    becomes(
        &[
            bytes("\x1b[20"),
            Step::Pause(500),
            bytes("0~44"),
            Step::Pause(1_900),
            bytes("10\x1b["),
            Step::Pause(1_900),
            bytes("201~7"),
        ],
        "paste \"4410\" 7",
    );
    becomes(
        &[bytes(b"\x1b[200~44\xe010\x1b[201~")],
        "paste \"44\u{fffd}10\"",
    );
}

#[test]
fn a_paste_without_its_end_is_over_after_two_seconds_and_said_to_be_cut() {
    becomes(
        &[bytes("\x1b[200~44"), Step::Pause(2_000), bytes("7\r")],
        "paste cut 7 enter",
    );
    becomes(&[bytes("\x1b[200~"), Step::Pause(2_000)], "paste cut");
    // What of it comes after all, up to its end, types nothing.
    becomes(
        &[
            bytes("\x1b[200~44"),
            Step::Pause(2_500),
            bytes("10\r12\r\x1b[201~7"),
        ],
        "paste cut 7",
    );
}

#[test]
fn the_late_rest_of_a_paste_that_was_given_up_types_nothing() {
    let rest = "12\r340\r".repeat(10);
    becomes(
        &[
            bytes("\x1b[200~44"),
            Step::Pause(60_000),
            bytes(&rest),
            Step::Pause(300),
            bytes(&rest),
            bytes("5\x1b[201~7\r"),
        ],
        "paste cut paste cut 7 enter",
    );
    // Its end is lost too.
    becomes(
        &[
            bytes("\x1b[200~44"),
            Step::Pause(2_000),
            bytes(&rest),
            Step::Pause(2_000),
            bytes("7\r"),
        ],
        "paste cut paste cut 7 enter",
    );
    // Another paste, whole.
    let again = format!("\x1b[200~{}\x1b[201~7", "1".repeat(60));
    becomes(
        &[bytes("\x1b[200~44"), Step::Pause(2_000), bytes(again)],
        &format!("paste cut paste {:?} 7", "1".repeat(60)),
    );
}

#[test]
fn a_paste_past_the_limit_is_left_out_whole() {
    let limit = 1 << 20;
    let paste = |length: usize| format!("\x1b[200~{}\x1b[201~7", "1".repeat(length));
    let taken = said(Keyboard::Emulator, &[bytes(paste(limit))]);
    assert_eq!(taken[0].len(), limit + "paste \"\"".len());
    assert_eq!(taken[1], "7");
    for length in [limit + 1, limit + 7, 3 * limit] {
        becomes(&[bytes(paste(length))], "paste too long 7");
    }
}

#[test]
fn a_lone_byte_of_another_encoding_takes_nothing_with_it() {
    for byte in 0x80..=0xffu8 {
        let mut stream = vec![byte];
        stream.extend(b"4410\r");
        becomes(&[bytes(&stream)], "4 4 1 0 enter");
        let split = [bytes([byte]), Step::Pause(40), bytes("4410\r")];
        becomes(&split, "4 4 1 0 enter");
    }
    becomes(&[bytes(b"\xe1\xba4410")], "4 4 1 0");
    whole("xã Đông", "x ã space Đ ô n g");
}

#[test]
fn a_shifted_function_key_is_the_key_it_is() {
    let linux = |stream: &str| said(Keyboard::LinuxConsole, &[bytes(stream)]).join(" ");
    // PuTTY and rxvt count ten further, the Linux console twelve.
    whole("\x1b[32~4", "shift+f8 4");
    assert_eq!(linux("\x1b[34~4"), "shift+f8 4");
    let codes = [25, 26, 28, 29, 31, 32, 33, 34];
    for (at, code) in codes.into_iter().enumerate() {
        whole(&format!("\x1b[{code}~"), &format!("shift+f{}", at + 3));
        let key = format!("shift+f{}", at + 1);
        assert_eq!(linux(&format!("\x1b[{code}~")), key);
    }
    // Shift+Tab of the Linux console.
    assert_eq!(linux("4\x1b\t4"), "4 shift+tab 4");
}

#[test]
fn which_keyboard_is_known_by_the_name_of_the_terminal() {
    for name in [Some("linux"), Some("linux-16color")] {
        assert_eq!(Keyboard::of_terminal(name), Keyboard::LinuxConsole);
    }
    for name in [
        None,
        Some("xterm-256color"),
        Some("putty"),
        Some("tmux-256color"),
    ] {
        assert_eq!(Keyboard::of_terminal(name), Keyboard::Emulator);
    }
}

#[test]
fn keys_that_go_up_or_are_held_with_others_are_none() {
    whole("\x1b[52;1:3u\x1b[52;1:1u", "4");
    whole("\x1b[52;9u\x1b[1;9A", "");
    whole("\x1b[57404u\x1b[57414u", "5 enter");
    whole("\x1b[112;5u\x1b[27;5;112~", "ctrl+p ctrl+p");
    // A lock is no modifier.
    whole("\x1b[1;129A\x1b[1;69A", "up ctrl+up");
}

#[test]
fn nothing_waits_while_nothing_has_begun() {
    let mut player = Player::new(Keyboard::Emulator);
    player.play(&[bytes("4410\r\x1b[B\x1b[200~1\x1b[201~đ")]);
    assert_eq!(player.decoder.patience(), None);
}
