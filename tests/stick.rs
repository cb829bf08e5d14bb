//! Two stores and a stick, the real program at 80x24: a form comes back, is corrected, travels, and
//! the receipt is seen; a conflict is settled by keys.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "support/pty.rs"]
mod pty;

use std::path::{Path, PathBuf};

use pty::{ENTER, ESC, Terminal, commune, figure, run, sound};
use tempfile::{TempDir, tempdir};

const F6: &str = "\x1b[17~";
const F9: &str = "\x1b[20~";
const DOWNS: &str = "\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B";

struct Two {
    _dir: TempDir,
    commune: PathBuf,
    office: PathBuf,
    stick: PathBuf,
}

fn ok(store: &Path, words: &[&str]) {
    let output = run(store, words);
    assert!(output.status.success(), "{words:?}: {output:?}");
}

/// Types the figure that both sides know.
fn cell(store: &Path, value: &str) {
    let word = format!("be_trai={value}");
    ok(store, &["set", "--unit", "nt", "--period", "2023", &word]);
}

/// A commune and the office that believe each other's keys.
fn two() -> Two {
    let dir = tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let (commune_dir, office) = (at("xa"), at("huyen"));
    commune(&commune_dir);
    ok(
        &office,
        &["init", "--unit", "P-LDTBXH", "--as", "Phòng LĐTBXH"],
    );
    for (from, to, name) in [
        (&commune_dir, &office, "xa.nlk"),
        (&office, &commune_dir, "huyen.nlk"),
    ] {
        let key = at(name);
        let key = key.to_str().unwrap();
        ok(from, &["export", "--key", "-o", key]);
        ok(to, &["enrol", key, "--yes"]);
    }
    let stick = at("usb");
    std::fs::create_dir(&stick).unwrap();
    Two {
        commune: commune_dir,
        office,
        stick,
        _dir: dir,
    }
}

impl Two {
    fn wipe(&self) {
        for file in std::fs::read_dir(&self.stick).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
    }

    /// A person opens the exchange page and names the stick's folder.
    fn at_the_stick(&self, store: &Path) -> Terminal {
        let mut terminal = Terminal::start(store, &[]);
        terminal.until("VIỆC CẦN LÀM");
        terminal.press(F6);
        terminal.until("NHẬN VỀ TỪ");
        terminal.press(F9);
        terminal.until("Xem tệp trong thư mục nào?");
        self.names_the_stick(&mut terminal);
        terminal.until_that("listed", |screen| screen.contains("/usb"));
        terminal
    }

    fn names_the_stick(&self, terminal: &mut Terminal) {
        terminal.press(DOWNS);
        terminal.until("▸ Thư mục khác");
        terminal.press(ENTER);
        terminal.until("Đường dẫn thư mục");
        terminal.press(self.stick.to_str().unwrap());
        terminal.press(ENTER);
    }

    /// Writes a bundle for the first unit of the page onto the stick.
    fn writes(&self, terminal: &mut Terminal) {
        terminal.press("\x1b[1;5H");
        terminal.press(ENTER);
        terminal.until("Ghi tệp vào đâu?");
        terminal.until("usb");
        terminal.press(ENTER);
        terminal.until("Có thể rút USB");
        let written = std::fs::read_dir(&self.stick).unwrap().count();
        assert_eq!(written, 1, "one file and no half of one");
    }
}

/// Sees what the stick's one new bundle brings, and takes it in.
fn takes(terminal: &mut Terminal) {
    terminal.press("\x01");
    terminal.until("Xem trước khi nhập");
    terminal.until("Chưa có gì thay đổi");
    terminal.press(ENTER);
    terminal.until("Đã nhập");
}

#[test]
fn a_returned_form_is_corrected_sent_and_confirmed() {
    let two = two();
    ok(
        &two.commune,
        &["set", "--unit", "nt", "--period", "2023", "be_trai=62"],
    );
    let mut lan = two.at_the_stick(&two.commune);
    two.writes(&mut lan);
    let mut minh = two.at_the_stick(&two.office);
    minh.until("· mới");
    takes(&mut minh);
    two.wipe();
    // The office returns the form from its screen and sends.
    minh.press("\x1b[15~");
    minh.until("Đi tới ô, kỳ, đơn vị");
    minh.press("ngoc thien\r");
    minh.until("Xã Ngọc Thiện · Năm 2023");
    minh.press("\x10");
    minh.until("Mọi lệnh");
    minh.press("tra lai\r");
    minh.until("Lý do trả lại");
    minh.press("Xem lại số bé trai\r");
    minh.until("trả lại");
    minh.press(ESC);
    minh.until("VIỆC CẦN LÀM");
    minh.press(F6);
    minh.until("GỬI ĐI");
    two.writes(&mut minh);

    lan.press("\x0c");
    lan.until("· mới");
    takes(&mut lan);
    two.wipe();
    lan.press(ESC);
    lan.until("trả lại: Xem lại số bé trai");
    lan.press(ENTER);
    lan.until("/54");
    lan.press("\x06");
    lan.until("Tìm ô trong biểu");
    lan.press("be trai\r");
    lan.until_that("at the cell", |screen| {
        screen
            .lines()
            .any(|line| line.contains('▸') && line.contains("Trẻ sinh ra sống: bé trai"))
    });
    lan.press("64\r");
    lan.until("1 thay đổi chưa gửi");
    lan.press(ESC);
    lan.until("VIỆC CẦN LÀM");
    lan.press(F6);
    lan.until("GỬI ĐI");
    two.writes(&mut lan);

    minh.press("\x0c");
    minh.until("· mới");
    takes(&mut minh);
    assert_eq!(figure(&two.office, "ngoc-thien", "be_trai"), "64");
    two.wipe();
    two.writes(&mut minh);
    lan.press("\x0c");
    lan.until("· mới");
    takes(&mut lan);
    lan.press(ESC);
    lan.until("Huyện đã nhận");
    sound(&two.office);
    sound(&two.commune);
}

/// Both sides typed another figure; the commune's lies on the stick before the office.
fn at_odds() -> (Two, Terminal) {
    let two = two();
    cell(&two.commune, "63");
    cell(&two.office, "64");
    let mut lan = two.at_the_stick(&two.commune);
    two.writes(&mut lan);
    let mut minh = two.at_the_stick(&two.office);
    minh.until("· mới");
    (two, minh)
}

/// Takes the bundle in, and comes to the reason for the office's own figure.
fn chooses_its_own(minh: &mut Terminal) {
    takes(minh);
    minh.until("SỐ LIỆU KHÔNG KHỚP, CẦN XỬ LÝ");
    minh.press(ENTER);
    minh.until("Tạm hiển thị: 63");
    minh.press("2");
    minh.until("Lý do chọn số 64");
}

#[test]
fn a_conflict_is_settled_side_by_side() {
    let (two, mut minh) = at_odds();
    chooses_its_own(&mut minh);
    minh.press("đã gọi điện\r");
    minh.until("Đã chọn số");
    assert_eq!(figure(&two.office, "ngoc-thien", "be_trai"), "64");
    sound(&two.office);
}

#[test]
fn a_terminal_lost_over_a_preview_or_a_reason_has_changed_nothing() {
    let (two, mut minh) = at_odds();
    minh.press("\x01");
    minh.until("Xem trước khi nhập");
    minh.hang_up();
    minh.ended();
    sound(&two.office);
    assert_eq!(figure(&two.office, "ngoc-thien", "be_trai"), "64");

    let mut minh = two.at_the_stick(&two.office);
    minh.until("· mới");
    chooses_its_own(&mut minh);
    minh.press("đã gọi");
    minh.until("đã gọi");
    minh.terminate();
    minh.ended();
    sound(&two.office);
    // The reason comes back as it was being typed, over the cell it is for.
    let mut minh = Terminal::start(&two.office, &[]);
    minh.until("Lý do chọn số 64");
    minh.until("đã gọi");
    minh.press(ENTER);
    minh.until("đã lưu");
    minh.press("\x11");
    minh.ended();
    sound(&two.office);
    assert_eq!(figure(&two.office, "ngoc-thien", "be_trai"), "64");
}
