//! Every key named on a screen is one that works: with the plain keymap no F-key, with a user's
//! own keymap the user's own.

use nhaplieu::app::input::command::{Command, Context};
use nhaplieu::app::input::key::{Code, Mods};
use nhaplieu::app::input::keymap::Keymap;
use nhaplieu::base::Lang;

use super::harness::{LARGE, ScreenSession, Sitting};
use super::office::Office;

fn lan(keymap: Keymap, lang: Lang) -> ScreenSession {
    Office::new().desk_with(
        "lan",
        Sitting {
            size: LARGE,
            keymap,
            lang,
            ..Sitting::default()
        },
    )
}

/// The name of a key in a script.
fn key(keymap: &Keymap, command: Command, contexts: &[Context]) -> String {
    let key = keymap.first_key(command, contexts);
    format!("<{}>", key.unwrap())
}

/// Leads a desk through every screen and overlay by the keys of its keymap.
fn tour(desk: &mut ScreenSession) -> Vec<String> {
    let map = desk.app.state.keymap.clone();
    let form = [Context::Form, Context::Global];
    let home = [Context::Home, Context::List, Context::Global];
    let on_form = |command| key(&map, command, &form);
    let mut seen = vec![desk.screen()];
    let mut go = |desk: &mut ScreenSession, script: &str| {
        desk.keys(script);
        seen.push(desk.screen());
    };
    go(desk, &key(&map, Command::HelpOpen, &home));
    for _ in 0..4 {
        go(desk, &key(&map, Command::ListPageDown, &home));
    }
    go(desk, "<Esc><Esc>");
    go(desk, "<Esc><Enter>12<Enter>");
    go(desk, "<Esc><Enter>");
    go(desk, "9<Esc>");
    for command in [
        Command::MarkEmpty,
        Command::AllowedValues,
        Command::NoteCell,
        Command::Find,
        Command::GoTo,
        Command::PaletteOpen,
        Command::FormFinish,
        Command::HistoryCell,
        Command::FindingsForm,
        Command::HelpOpen,
    ] {
        go(desk, &on_form(command));
        if command == Command::HelpOpen {
            for _ in 0..4 {
                go(desk, &key(&map, Command::ListPageDown, &home));
            }
        }
        go(desk, "<Esc>");
    }
    desk.disk_fails(true);
    go(desk, "5<Enter>");
    go(desk, &on_form(Command::Quit));
    seen
}

fn f_key(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .find(|word| {
            let digits = word.strip_prefix('F');
            digits.is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_ascii_digit()))
        })
        .map(str::to_owned)
}

#[test]
fn with_the_plain_keymap_no_screen_names_a_function_key() {
    for lang in [Lang::Vi, Lang::En] {
        let mut desk = lan(Keymap::shipped("plain").unwrap(), lang);
        for screen in tour(&mut desk) {
            assert_eq!(f_key(&screen), None, "{screen}");
        }
        assert!(desk.screen().contains("Ctrl+R"), "{}", desk.screen());
    }
    let mut desk = lan(Keymap::shipped("default").unwrap(), Lang::Vi);
    let named = tour(&mut desk).iter().any(|screen| f_key(screen).is_some());
    assert!(named, "the default keymap shows that the search finds them");
}

#[test]
fn a_keymap_that_rebinds_is_what_hints_help_and_messages_name() {
    let mut map = Keymap::shipped("default").unwrap();
    map.overlay(
        "[global]\n\"ctrl+r\" = \"none\"\nf12 = \"store.reopen\"\n\"ctrl+z\" = \"none\"\n\
         \"alt+z\" = \"undo\"\n[form]\nf10 = \"none\"\n\"ctrl+x\" = \"none\"\nf11 = \"form.finish\"\n",
    )
    .unwrap();
    let mut desk = lan(map, Lang::Vi);
    let screens = tour(&mut desk);
    for screen in &screens {
        for old in ["Ctrl+R", "Ctrl+Z", "F10", "Ctrl+X"] {
            assert!(!screen.contains(old), "{old}: {screen}");
        }
    }
    let any = |what: &str| screens.iter().any(|screen| screen.contains(what));
    assert!(any("F11 hoàn tất"), "the hint line");
    assert!(any("Alt+Z lấy lại"), "a message");
    assert!(any("F12"), "the help page and the failure");
}

#[test]
fn every_command_is_reached_with_the_plain_keymap() {
    let plain = Keymap::shipped("plain").unwrap();
    for context in Context::ALL {
        let contexts = [context, Context::Global];
        for command in Command::all().filter(|command| command.works_in(context)) {
            let rows = plain.rows_for(&contexts);
            let rows = rows.iter().filter(|row| row.command == command);
            let keys: Vec<_> = rows.flat_map(|row| row.keys.clone()).collect();
            let listed = command.in_palette();
            let elsewhere = Context::ALL
                .into_iter()
                .any(|other| plain.first_key(command, &[other]).is_some());
            assert!(
                !keys.is_empty() || listed || elsewhere,
                "{} in {}",
                command.id(),
                context.name()
            );
            for key in keys {
                assert!(
                    !matches!(key.code, Code::F(_)) && !key.mods.has(Mods::ALT),
                    "{key}"
                );
            }
        }
    }
    // The list of all commands is open to every one of its own.
    let mut desk = lan(plain, Lang::Vi);
    desk.keys("<Enter><Ctrl+P>");
    let screen = desk.screen();
    for command in Command::all().filter(|c| c.in_palette() && c.works_in(Context::Form)) {
        let words = nhaplieu::ui::texts::Texts::load(Lang::Vi);
        let word = words.get(command.doc_key()).to_owned();
        assert!(screen.contains(&word), "{word}: {screen}");
    }
}
