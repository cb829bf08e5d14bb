//! The store's own files under an open session: what was typed stays, nothing is called saved that
//! is not, and what was in the way only for a time needs no key press afterwards.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use nhaplieu::app::screens::Screen;
use nhaplieu::ledger::{Content, Hash};
use nhaplieu::store::exchange::progress::{Phase, Progress};
use nhaplieu::store::exchange::{Exchange, ImportDecision};
use nhaplieu::store::{self, Environment};

use super::disk::Faults;
use super::harness::{ScreenSession, Sitting};
use super::office::Office;

fn value(text: &str) -> Content {
    Content::Value(nhaplieu::base::Decimal::parse(text).unwrap())
}

fn on_form(office: &Office) -> ScreenSession {
    let mut desk = office.desk("lan");
    desk.keys("<Enter>").at("be_trai");
    desk
}

/// A session that opens the store later sees the figure.
fn is_in_the_store(office: &Office, field: &str, figure: &str) {
    let mut desk = office.desk("hoa");
    desk.keys("<Enter>").at(field);
    assert_eq!(desk.content(field), value(figure), "{field}");
    desk.close();
}

fn unsaved(desk: &mut ScreenSession) {
    let screen = desk.screen();
    assert!(screen.contains("CHƯA lưu"), "{screen}");
    assert!(!screen.contains("✓ đã lưu"), "{screen}");
}

#[test]
fn figures_typed_while_the_file_is_away_are_saved_when_it_is_back() {
    let office = Office::new();
    let mut desk = on_form(&office);
    let (data, away) = (office.dir().join("data.redb"), office.dir().join("away"));
    desk.keys("62<Enter>");
    fs::rename(&data, &away).unwrap();
    desk.keys("57<Enter>");
    unsaved(&mut desk);
    assert!(desk.screen().contains("57?"), "{}", desk.screen());
    desk.keys("<Ctrl+Q>");
    assert!(!desk.ended, "unsaved figures are not left silently");
    desk.keys("<Esc>").a_second_later();
    unsaved(&mut desk);
    fs::rename(&away, &data).unwrap();
    desk.a_second_later();
    assert!(!desk.screen().contains("CHƯA"), "{}", desk.screen());
    assert_eq!(desk.content("be_gai"), value("57"));
    desk.close();
    is_in_the_store(&office, "be_gai", "57");
    is_in_the_store(&office, "be_trai", "62");
}

#[test]
fn a_file_that_vanishes_is_noticed_by_whoever_only_looks() {
    let office = Office::new();
    let mut desk = on_form(&office);
    fs::rename(office.dir().join("data.redb"), office.dir().join("away")).unwrap();
    desk.a_second_later();
    assert!(desk.screen().contains("data.redb"), "{}", desk.screen());
}

#[test]
fn an_older_copy_in_the_place_of_the_file_is_written_only_after_a_key_and_under_a_new_code() {
    for in_place in [false, true] {
        let office = Office::new();
        let data = office.dir().join("data.redb");
        let image = fs::read(&data).unwrap();
        let mut desk = on_form(&office);
        desk.keys("62<Enter>57<Enter>");
        if !in_place {
            fs::remove_file(&data).unwrap();
        }
        fs::write(&data, &image).unwrap();
        private(&data);
        desk.keys("9<Enter>");
        unsaved(&mut desk);
        desk.a_second_later().a_second_later();
        unsaved(&mut desk);
        desk.keys("<Ctrl+R>");
        let said = desk.said().unwrap().1;
        assert!(said.contains("CŨ HƠN"), "{said}");
        desk.a_second_later();
        assert!(!desk.screen().contains("CHƯA"), "{}", desk.screen());
        assert!(
            desk.said().unwrap().1.contains("mã mới"),
            "the person is told"
        );
        desk.close();
        let sound = store::open(&office.dir(), &office.edge(77)).unwrap();
        let report = store::StoreReader::verify(&sound).unwrap();
        assert_eq!(report.differences, Vec::<String>::new());
    }
}

fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_copy_is_told_of_when_it_is_written_and_what_was_typed_before_can_be_taken_back() {
    let office = Office::new();
    let mut desk = on_form(&office);
    desk.keys("62<Enter>");
    desk.close();
    let (data, other) = (office.dir().join("data.redb"), office.dir().join("other"));
    fs::copy(&data, &other).unwrap();
    fs::rename(&other, &data).unwrap();
    let mut desk = on_form(&office);
    desk.a_second_later();
    assert!(!desk.screen().contains("mã mới"), "only looked at");
    desk.at("be_gai").keys("57<Enter>").a_second_later();
    assert!(desk.said().unwrap().1.contains("bản chép"));
    assert!(
        desk.screen().contains("2 thay đổi chưa gửi"),
        "{}",
        desk.screen()
    );
    desk.keys("<Ctrl+Z><Ctrl+Z>").at("be_trai");
    assert_eq!(desk.content("be_trai"), Content::Blank);
    desk.keys("<Esc>");
    assert!(
        desk.screen().contains("ghi dưới mã mới"),
        "{}",
        desk.screen()
    );
}

#[test]
fn a_store_without_its_figures_says_what_is_missing_and_opens_by_itself() {
    let office = Office::new();
    let (data, away) = (office.dir().join("data.redb"), office.dir().join("away"));
    fs::rename(&data, &away).unwrap();
    let mut desk = office.desk("lan");
    assert!(
        matches!(desk.app.screen(), Screen::Opening(_)),
        "no first run"
    );
    let screen = desk.screen().replace('\n', " ");
    for said in ["thiếu data.redb", "key, witness", "bản sao lưu"] {
        let words: Vec<&str> = said.split(' ').collect();
        assert!(words.iter().all(|word| screen.contains(word)), "{screen}");
    }
    desk.a_second_later();
    assert!(matches!(desk.app.screen(), Screen::Opening(_)));
    fs::rename(&away, &data).unwrap();
    desk.a_second_later();
    assert!(
        matches!(desk.app.screen(), Screen::Home(_)),
        "{}",
        desk.screen()
    );
    desk.keys("<Enter>").at("be_trai").keys("62<Enter>");
    assert_eq!(desk.content("be_trai"), value("62"));
}

#[test]
fn a_store_that_was_held_at_the_start_opens_by_itself() {
    let faults = Arc::new(Faults::default());
    faults.held.store(true, Ordering::SeqCst);
    let sitting = Sitting {
        faults: Arc::clone(&faults),
        ..Sitting::default()
    };
    let mut desk = Office::new().desk_with("lan", sitting);
    desk.a_second_later();
    assert!(matches!(desk.app.screen(), Screen::Opening(_)));
    faults.held.store(false, Ordering::SeqCst);
    desk.a_second_later();
    assert!(matches!(desk.app.screen(), Screen::Home(_)));
}

#[test]
fn a_key_that_is_put_back_lets_the_session_write_without_a_key_press() {
    let office = Office::new();
    let path = office.dir().join("key");
    let good = fs::read(&path).unwrap();
    fs::write(&path, b"cut").unwrap();
    let mut desk = on_form(&office);
    desk.keys("62");
    assert!(desk.said().unwrap().1.contains("Tệp key hỏng"));
    desk.a_second_later();
    fs::write(&path, good).unwrap();
    desk.a_second_later();
    desk.keys("62<Enter>");
    assert_eq!(desk.content("be_trai"), value("62"));
}

/// An import that stands still in the middle of its transaction.
#[derive(Debug)]
struct Stopped {
    there: Sender<()>,
    go: Mutex<Receiver<()>>,
}

impl Progress for Stopped {
    fn look(&self, _: Phase, _: u64, _: u64) -> ControlFlow<()> {
        if self.there.send(()).is_ok() {
            // Until the test lets go of the other end.
            let _ = self.go.lock().unwrap().recv();
        }
        ControlFlow::Continue(())
    }
}

/// Begins an import that stands still; it ends when the sender is dropped.
fn stopped_import(office: &Office) -> (Sender<()>, std::thread::JoinHandle<()>) {
    let ((there, begun), (go, wait)) = (channel(), channel());
    let dir = office.dir();
    let importing = Environment {
        who: "minh, import".to_owned(),
        ..office.edge(4711)
    };
    let import = std::thread::spawn(move || {
        let watch = Stopped {
            there,
            go: Mutex::new(wait),
        };
        let mut store = store::open(&dir, &importing).unwrap();
        let decided = store.apply_import(&watch, &mut |_| {
            Ok(Some(ImportDecision {
                release: vec![Hash([1; 32])],
                ..ImportDecision::default()
            }))
        });
        decided.unwrap();
    });
    begun.recv().unwrap();
    (go, import)
}

#[test]
fn figures_that_wait_for_a_stopped_import_are_saved_without_a_key_when_it_ends() {
    let office = Office::new();
    let mut desk = on_form(&office);
    let idle = Sitting {
        pid: 200,
        ..Sitting::default()
    };
    let mut hoa = office.desk_with("hoa", idle);
    hoa.keys("<Enter>");
    let (go, import) = stopped_import(&office);
    desk.keys("62<Enter>");
    let screen = desk.screen();
    assert!(screen.contains("bị minh, import (4711) giữ"), "{screen}");
    assert!(!screen.contains("bị hoa"), "she only sits there: {screen}");
    desk.a_second_later();
    unsaved(&mut desk);
    // Who starts now may look at once, and write when it ends.
    let other = Sitting {
        pid: 300,
        ..Sitting::default()
    };
    let mut late = office.desk_with("lan", other);
    late.keys("<Enter>").at("be_gai").keys("5");
    assert!(late.said().unwrap().1.contains("minh, import"));
    drop(go);
    import.join().unwrap();
    desk.a_second_later();
    assert!(!desk.screen().contains("CHƯA"), "{}", desk.screen());
    assert_eq!(desk.content("be_trai"), value("62"));
    late.a_second_later().keys("57<Enter>");
    assert_eq!(late.content("be_gai"), value("57"));
    desk.close();
    late.close();
    is_in_the_store(&office, "be_trai", "62");
}
