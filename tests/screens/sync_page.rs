//! Screen 6: stores and a stick, by keys alone. The two walks are the ones the design asks for: a
//! commune's half of a year, and a district's morning with three bundles.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use nhaplieu::app::Msg;
use nhaplieu::app::message::News;
use nhaplieu::app::screens::Screen;
use nhaplieu::app::screens::sync::{SyncPage, SyncRow};
use nhaplieu::app::state::Tone;
use nhaplieu::app::sync_message::WorkProgress;
use nhaplieu::base::Lang;
use nhaplieu::ledger::FormStatus;
use nhaplieu::store::exchange::ExchangeReader;

use super::harness::{LARGE, SMALL, ScreenSession, Sitting};
use super::office::Office;

/// The coordinator and communes with one stick between them.
struct District {
    office: Office,
    communes: Vec<Office>,
    stick: PathBuf,
}

impl District {
    fn new(units: &[&str]) -> Self {
        let mut office = Office::new();
        let mut communes: Vec<Office> = (21_u8..)
            .zip(units)
            .map(|(seed, unit)| Office::commune(unit, seed))
            .collect();
        let stick = office.stick.clone();
        for commune in &mut communes {
            commune.stick.clone_from(&stick);
        }
        office.stick.clone_from(&stick);
        Self {
            office,
            communes,
            stick,
        }
    }

    fn minh(&self) -> ScreenSession {
        self.office.desk("dau-moi")
    }

    fn lan(&self, at: usize) -> ScreenSession {
        self.communes[at].desk("lan")
    }

    /// The stick with nothing on it, as it is after its files were read.
    fn wipe(&self) {
        for file in fs::read_dir(&self.stick).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
    }
}

fn page(desk: &ScreenSession) -> &SyncPage {
    let meeting = desk.app.screens.iter().find_map(|screen| match screen {
        Screen::Sync(page) => Some(page.as_ref()),
        _ => None,
    });
    meeting.unwrap()
}

/// Puts the cursor on the first line that is wanted.
fn on(desk: &mut ScreenSession, wanted: impl Fn(SyncRow) -> bool) -> &mut ScreenSession {
    let place = page(desk).choices().iter().position(|line| wanted(*line));
    let keys = format!("<Ctrl+Home>{}", "<Down>".repeat(place.unwrap()));
    desk.keys(&keys)
}

/// Writes a bundle for the first unit of the page onto the stick.
fn sends(desk: &mut ScreenSession) {
    desk.keys("<F6>");
    on(desk, |line| matches!(line, SyncRow::To(0))).keys("<Enter><Enter>");
    let (tone, said) = desk.said().unwrap();
    assert!(
        tone == Tone::Info && said.contains("Có thể rút USB"),
        "{said}"
    );
}

/// Looks at the stick.
fn plugs_in(desk: &mut ScreenSession) {
    desk.keys("<F9><Enter>");
}

/// The digits that stand on the page, as somebody reads them out.
fn read_out(screen: &str) -> String {
    let words: Vec<&str> = screen.split_whitespace().collect();
    let four = |word: &&str| {
        let word = word.trim_end_matches('.');
        word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())
    };
    let run = words.chunk_by(|a, b| four(a) && four(b));
    let digits = run.max_by_key(|run| if four(&run[0]) { run.len() } else { 0 });
    digits.unwrap().join(" ").replace('.', "")
}

/// Takes in what lies on the stick; an unknown key is compared by phone first.
fn receives(desk: &mut ScreenSession) {
    plugs_in(desk);
    on(desk, |line| matches!(line, SyncRow::File(0))).keys("<Enter><Enter>");
    if page(desk)
        .choices()
        .iter()
        .any(|line| matches!(line, SyncRow::Held(_)))
    {
        on(desk, |line| matches!(line, SyncRow::Held(0))).keys("<Enter>");
        let digits = read_out(&desk.screen());
        desk.keys("<Enter>").keys(&digits).keys("<Enter>");
    }
}

/// Both know each other, and the office has what the communes have typed.
fn acquainted(units: &[&str]) -> District {
    let district = District::new(units);
    for (at, unit) in units.iter().enumerate() {
        let mut lan = district.lan(at);
        lan.keys("<Enter>").at("be_trai").keys("62<Enter><Esc>");
        sends(&mut lan);
        let mut minh = district.minh();
        minh.keys("<F6>");
        receives(&mut minh);
        district.wipe();
        minh.keys("<Esc>");
        sends_to(&mut minh, unit);
        lan.keys("<Ctrl+L>");
        receives(&mut lan);
        assert_eq!(lan.app.state.status.unsent.0, 0, "{:?}", lan.said());
        district.wipe();
    }
    district
}

/// Without what differs from run to run: where the stick is.
fn still(screen: &str) -> String {
    let lines = screen.lines().map(|line| match line.find("NHẬN VỀ TỪ") {
        Some(at) => format!("{}NHẬN VỀ TỪ  /media/usb", &line[..at]),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The same for the page in English.
fn still_in_english(screen: &str) -> String {
    still(&screen.replace("RECEIVE FROM", "NHẬN VỀ TỪ")).replace("NHẬN VỀ TỪ", "RECEIVE FROM")
}

/// Compares the screen at both sizes with its stored picture.
fn picture(name: &str, desk: &mut ScreenSession) {
    for (width, height) in [LARGE, SMALL] {
        let screen = still(&desk.resize(width, height).screen());
        insta::assert_snapshot!(format!("{name}@{width}x{height}"), screen);
    }
}

#[test]
fn the_page_and_its_preview_read_in_english() {
    let district = acquainted(&["ngoc-thien"]);
    let mut lan = district.lan(0);
    lan.keys("<Enter>").at("be_trai").keys("630<Enter><Esc>");
    sends(&mut lan);
    let sitting = Sitting {
        lang: Lang::En,
        ..Sitting::default()
    };
    let mut minh = district.office.desk_with("dau-moi", sitting);
    minh.keys("<F6>");
    plugs_in(&mut minh);
    insta::assert_snapshot!("meeting_en", still_in_english(&minh.screen()));
    on(&mut minh, |line| matches!(line, SyncRow::File(0))).keys("<Enter>");
    insta::assert_snapshot!("preview_en", minh.screen());
    assert!(minh.screen().contains("62 → 630"));
}

#[test]
fn a_key_is_believed_only_after_its_digits_were_compared() {
    let district = District::new(&["ngoc-thien"]);
    let mut lan = district.lan(0);
    lan.keys("<Enter>").at("be_trai").keys("63<Enter><Esc>");
    sends(&mut lan);
    let mut minh = district.minh();
    minh.keys("<F6>");
    plugs_in(&mut minh);
    on(&mut minh, |line| matches!(line, SyncRow::File(0))).keys("<Enter><Enter>");
    assert!(
        minh.said()
            .unwrap()
            .1
            .contains("Chưa đối chiếu mã xác nhận")
    );
    on(&mut minh, |line| matches!(line, SyncRow::Held(0))).keys("<Enter>");
    let screen = minh.screen();
    assert!(
        screen.contains("trống → 63"),
        "what it would bring: {screen}"
    );
    minh.keys("<Enter>1111 2222 3333 4444 5555 6666 7777 8888<Enter>");
    assert!(minh.said().unwrap().1.contains("KHÔNG công nhận"));
    minh.keys("<Esc><Esc>");
    assert_eq!(page(&minh).standing.as_ref().unwrap().kept.held.len(), 1);
    on(&mut minh, |line| matches!(line, SyncRow::Held(0))).keys("<Enter>");
    let digits = read_out(&minh.screen());
    minh.keys("<Enter>").keys(&digits).keys("<Enter>");
    assert!(
        minh.said().unwrap().1.contains("Đã nhập"),
        "{:?}",
        minh.said()
    );
    assert!(page(&minh).standing.as_ref().unwrap().kept.held.is_empty());
}

#[test]
fn a_communes_half_year_returned_corrected_and_confirmed() {
    let district = acquainted(&["ngoc-thien"]);
    // The district returns the form, by keys, and sends.
    let mut minh = district.minh();
    minh.keys("<F5>ngoc thien<Enter>");
    minh.keys("<Ctrl+P>tra lai<Enter>Xem lại số bé trai<Enter>");
    assert_eq!(minh.view().status, FormStatus::Returned);
    minh.keys("<Esc>");
    sends_to(&mut minh, "ngoc-thien");

    let mut lan = district.lan(0);
    lan.keys("<F6>");
    receives(&mut lan);
    district.wipe();
    lan.keys("<Esc>");
    let home = lan.screen();
    assert!(home.contains("trả lại: Xem lại số bé trai"), "{home}");
    assert!(home.contains("Lý do: Xem lại số bé trai"), "{home}");
    lan.keys("<Enter>");
    let form = lan.screen();
    assert!(form.contains("Lý do: Xem lại số bé trai"), "{form}");
    lan.at("be_trai").keys("64<Enter><F10>2<Enter><Esc>");
    assert!(lan.app.state.status.unsent.0 > 0);
    sends(&mut lan);

    let mut minh = district.minh();
    minh.keys("<F6>");
    receives(&mut minh);
    district.wipe();
    minh.keys("<Esc>");
    sends_to(&mut minh, "ngoc-thien");
    lan.keys("<Ctrl+L>");
    receives(&mut lan);
    lan.keys("<Esc>");
    let home = lan.screen();
    assert!(!home.contains("chưa gửi"), "{home}");
    assert!(home.contains("Huyện đã nhận"), "{home}");
}

/// Writes a bundle for that unit onto the stick.
fn sends_to(desk: &mut ScreenSession, unit: &str) {
    desk.keys("<F6>");
    let others = &page(desk).standing.as_ref().unwrap().others;
    let place = others.iter().position(|other| other.unit.as_str() == unit);
    let place = place.unwrap();
    on(desk, |line| line == SyncRow::To(place)).keys("<Enter><Enter>");
    assert!(desk.said().unwrap().1.contains("Có thể rút USB"));
}

/// Three communes have sent; the office has typed another figure on behalf of the first.
fn three_bundles() -> District {
    let units = ["ngoc-thien", "cao-xa", "lam-cot"];
    let district = acquainted(&units);
    for at in 0..3 {
        let mut lan = district.lan(at);
        lan.keys("<Enter>")
            .at("be_trai")
            .keys(&format!("7{at}<Enter>"));
        lan.at("be_gai").keys("50<Enter><Esc>");
        sends(&mut lan);
    }
    let mut minh = district.minh();
    minh.figures("ngoc-thien", "2023", "be_trai=65");
    district
}

fn morning(district: &District) -> ScreenSession {
    let mut minh = district.minh();
    minh.keys("<F6>");
    plugs_in(&mut minh);
    minh
}

#[test]
fn a_districts_morning_three_bundles_one_conflict_one_return() {
    let district = three_bundles();
    let mut minh = morning(&district);
    on(&mut minh, |line| line == SyncRow::AllNew).keys("<Enter>");
    let preview = minh.screen();
    assert!(
        preview.contains("không khớp") && preview.contains("⚑"),
        "{preview}"
    );
    assert!(
        preview.contains("TỔNG MỌI ĐƠN VỊ") || preview.contains("dòng"),
        "{preview}"
    );
    minh.keys("<Enter>");
    assert!(
        minh.said().unwrap().1.contains("1 ô KHÔNG KHỚP"),
        "{:?}",
        minh.said()
    );
    on(&mut minh, |line| line == SyncRow::Conflict(0)).keys("<Enter>");
    let both = minh.screen();
    for part in ["62", "70", "65", "trước đó", "của đơn vị", "nhập thay"] {
        assert!(both.contains(part), "{part}: {both}");
    }
    // Without a reason nothing is settled.
    minh.keys("1<Enter>");
    assert!(minh.said().unwrap().1.contains("Phải ghi lý do"));
    minh.keys("xã nói đúng<Enter>");
    assert!(
        minh.said().unwrap().1.contains("Đã chọn số"),
        "{:?}",
        minh.said()
    );
    assert!(page(&minh).standing.as_ref().unwrap().conflicts.is_empty());
    minh.keys("<F5>ngoc thien<Enter>");
    assert_eq!(minh.content("be_trai"), value("70"));
    minh.keys("<F5>cao xa<Enter><Ctrl+P>tra lai<Enter>Thiếu số<Enter>");
    assert_eq!(minh.view().status, FormStatus::Returned);
}

fn value(text: &str) -> nhaplieu::ledger::Content {
    nhaplieu::ledger::Content::Value(nhaplieu::base::Decimal::parse(text).unwrap())
}

#[test]
fn another_figure_settles_a_conflict_too_and_an_unreadable_one_does_not() {
    let district = three_bundles();
    let mut minh = morning(&district);
    minh.keys("<Ctrl+A><Enter>");
    on(&mut minh, |line| line == SyncRow::Conflict(0)).keys("<Enter>3abc<Enter>");
    assert_eq!(minh.said().unwrap().0, Tone::Warning);
    // A block of a spreadsheet is no figure.
    minh.keys("<Esc>3").tell(Msg::Paste("6\t6".to_owned()));
    assert!(minh.said().unwrap().1.contains("hãy dán từng số"));
    minh.keys("66<Enter>đếm lại<Enter>");
    minh.keys("<F5>ngoc thien<Enter>");
    assert_eq!(minh.content("be_trai"), value("66"));
}

#[test]
fn a_file_that_breaks_on_the_stick_keeps_no_other_out() {
    let district = three_bundles();
    let mut minh = morning(&district);
    let files = fs::read_dir(&district.stick).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let broken = files.filter(|file| file.extension().is_some_and(|e| e == "nlb"));
    let broken = broken.max().unwrap();
    let bytes = fs::read(&broken).unwrap();
    fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    minh.keys("<Ctrl+A>");
    let preview = minh.screen();
    assert_eq!(preview.matches("nhập được").count(), 2, "{preview}");
    let name = broken.file_name().unwrap().to_str().unwrap();
    assert!(preview.contains(name), "{preview}");
    assert!(preview.contains(": bỏ qua"), "{preview}");
    minh.keys("<Enter>");
    let (tone, said) = minh.said().unwrap();
    assert_eq!(tone, Tone::Warning, "{said}");
    assert!(
        said.contains("4 lần sửa") || said.contains("Đã nhập"),
        "{said}"
    );
}

#[test]
fn the_page_looks_like_this() {
    let district = three_bundles();
    let mut minh = morning(&district);
    picture("meeting", &mut minh);
    minh.keys("<Ctrl+A>");
    picture("preview", &mut minh);
    minh.keys("<Enter>");
    picture("after_import", &mut minh);
    on(&mut minh, |line| line == SyncRow::Conflict(0)).keys("<Enter>");
    picture("dispute", &mut minh);
}

#[test]
fn what_is_no_bundle_is_said_and_changes_nothing() {
    let district = acquainted(&["ngoc-thien"]);
    let mut lan = district.lan(0);
    lan.keys("<Enter>").at("be_trai").keys("63<Enter><Esc>");
    sends(&mut lan);
    let file = fs::read_dir(&district.stick)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let mut bytes = fs::read(file.path()).unwrap();
    let tail = bytes.len() - 100;
    bytes[tail..].fill(0);
    fs::write(file.path(), bytes).unwrap();
    fs::write(district.stick.join("anh.jpg"), [0; 900]).unwrap();
    let mut minh = district.minh();
    minh.keys("<F6>");
    plugs_in(&mut minh);
    assert_eq!(page(&minh).listing.files.len(), 1, "a picture is no bundle");
    on(&mut minh, |line| line == SyncRow::File(0)).keys("<Enter>");
    let (tone, said) = minh.said().unwrap();
    assert!(
        tone == Tone::Warning && said.contains("USB bị rút quá sớm"),
        "{said}"
    );
    // A folder that is not there any more.
    minh.keys("<F9><Up><End><Down><Down><Down><Down><Enter>/khong/co<Enter>");
    let screen = minh.screen();
    assert!(page(&minh).listing.trouble.is_some(), "{screen}");
    assert!(
        screen.contains("Không xem được thư mục /khong/co"),
        "{screen}"
    );
    // Typed as in a shell.
    minh.keys("<F9><Up><End><Down><Down><Down><Down><Enter>~/usb<Enter>");
    assert_eq!(page(&minh).listing.folder, district.stick);
}

#[test]
fn a_kept_bundle_is_let_go_and_an_import_taken_back() {
    let district = acquainted(&["ngoc-thien"]);
    let mut lan = district.lan(0);
    lan.keys("<Enter>").at("be_trai").keys("63<Enter><Esc>");
    sends(&mut lan);
    let mut minh = district.minh();
    minh.keys("<F6>");
    receives(&mut minh);
    on(&mut minh, |line| line == SyncRow::Import(0)).keys("<Enter>");
    let shown = minh.screen();
    assert!(shown.contains("62 → 63"), "{shown}");
    minh.keys("<Delete>nhập nhầm<Enter>");
    assert!(
        minh.said().unwrap().1.contains("như chưa từng nhập"),
        "{:?}",
        minh.said()
    );
    minh.keys("<F5>ngoc thien<Enter>");
    assert_eq!(minh.content("be_trai"), value("62"));

    // One that nobody vouches for.
    district.wipe();
    let mut stranger = Office::commune("cao-xa", 77);
    stranger.stick.clone_from(&district.stick);
    let mut la = stranger.desk("lan");
    la.keys("<Enter>").at("be_trai").keys("1<Enter><Esc>");
    sends(&mut la);
    let mut minh = district.minh();
    minh.keys("<F6>");
    plugs_in(&mut minh);
    on(&mut minh, |line| line == SyncRow::File(0)).keys("<Enter><Enter>");
    on(&mut minh, |line| line == SyncRow::Held(0)).keys("<Delete>");
    assert!(minh.screen().contains("Xoá tệp tạm giữ này?"));
    minh.keys("<Esc>");
    assert_eq!(page(&minh).standing.as_ref().unwrap().kept.held.len(), 1);
    minh.keys("<Delete><Enter>");
    assert!(page(&minh).standing.as_ref().unwrap().kept.held.is_empty());
}

#[test]
fn long_work_shows_how_far_it_is_and_esc_stops_it_without_harm() {
    let district = three_bundles();
    let mut minh = morning(&district);
    minh.keys("<Ctrl+A>");
    let before = minh.log(nhaplieu::store::LogFilter::default());
    minh.hold().keys("<Enter>");
    assert!(minh.screen().contains("Đang làm"));
    // What is pressed meanwhile is not meant for the page that comes.
    minh.keys("<Enter><Down>5");
    assert_eq!(minh.questions(), 1);
    let work = minh.app.state.running.unwrap().work;
    minh.tell(Msg::News(News::Progress(WorkProgress {
        work,
        step: Some(nhaplieu::sync::Phase::Weigh),
        done: 12_288,
        of: 145_000,
    })));
    assert!(
        minh.screen().contains("12.288/145.000 thay đổi (8 %)"),
        "{}",
        minh.screen()
    );
    minh.keys("<Esc>");
    assert_eq!(minh.stop.load(Ordering::SeqCst), work.0);
    minh.release();
    assert!(
        minh.said().unwrap().1.contains("Đã dừng"),
        "{:?}",
        minh.said()
    );
    assert_eq!(minh.log(nhaplieu::store::LogFilter::default()), before);
    // It can be done again, whole.
    minh.keys("<Enter>");
    assert!(
        minh.said().unwrap().1.contains("KHÔNG KHỚP"),
        "{:?}",
        minh.said()
    );
}

#[test]
fn a_full_disk_refuses_the_import_and_says_so() {
    let district = three_bundles();
    let mut minh = morning(&district);
    minh.keys("<Ctrl+A>").disk_fails(true).keys("<Enter>");
    assert!(minh.app.state.running.is_none());
    assert!(minh.screen().contains("Đĩa đầy"), "{}", minh.screen());
    minh.disk_fails(false).keys("<Ctrl+R><Enter>");
    assert!(
        minh.said().unwrap().1.contains("KHÔNG KHỚP"),
        "{:?}",
        minh.said()
    );
}

#[test]
fn what_comes_after_a_lock_is_marked_and_changes_nothing_that_was_locked() {
    let district = acquainted(&["ngoc-thien"]);
    district.office.locks("ngoc-thien", "2023");
    let mut minh = district.minh();
    let mut lan = district.lan(0);
    lan.keys("<Enter>").at("be_trai").keys("63<Enter><Esc>");
    sends(&mut lan);
    minh.keys("<F6>");
    receives(&mut minh);
    minh.keys("<F5>ngoc thien<Enter>").at("be_trai");
    let screen = minh.screen();
    assert!(screen.contains("⚑ 1 sau duyệt"), "{screen}");
    assert!(
        screen.contains("Gửi sau khi biểu đã duyệt: 62 → 63"),
        "{screen}"
    );
}

#[test]
fn whoever_may_only_look_takes_nothing_in() {
    let district = three_bundles();
    let mut xem = district.office.desk("xem");
    xem.keys("<F6>");
    plugs_in(&mut xem);
    xem.keys("<Ctrl+A>");
    assert!(xem.screen().contains("Xem trước"), "looking is allowed");
    xem.keys("<Enter>");
    let (tone, said) = xem.said().unwrap();
    assert!(
        tone == Tone::Warning && said.contains("chỉ được xem"),
        "{said}"
    );
    assert!(page(&xem).standing.as_ref().unwrap().conflicts.is_empty());
}

#[test]
fn a_side_that_comes_while_the_reason_is_typed_is_not_settled_over() {
    let district = three_bundles();
    let mut minh = morning(&district);
    minh.keys("<Ctrl+A><Enter>");
    on(&mut minh, |line| line == SyncRow::Conflict(0)).keys("<Enter>2đã gọi");
    // Meanwhile the commune's next figure is taken in at another desk.
    let mut lan = district.lan(0);
    district.wipe();
    lan.keys("<Enter>").at("be_trai").keys("99<Enter><Esc>");
    sends(&mut lan);
    let sitting = super::harness::Sitting {
        pid: 300,
        ..super::harness::Sitting::default()
    };
    let mut other = district.office.desk_with("dau-moi", sitting);
    other.keys("<F6>");
    plugs_in(&mut other);
    other.keys("<Ctrl+A><Enter>");
    minh.a_second_later().keys("<Enter>");
    let disputes = &page(&minh).standing.as_ref().unwrap().conflicts;
    assert_eq!(disputes.len(), 1, "99 is still to be settled");
    let shown: Vec<_> = disputes[0]
        .heads
        .all()
        .iter()
        .map(|h| h.body.content().cloned())
        .collect();
    assert!(shown.contains(&Some(value("99"))), "{shown:?}");
}

#[test]
fn another_key_in_the_place_of_the_compared_one_is_not_believed() {
    let district = District::new(&["ngoc-thien"]);
    let key = |office: &Office, name: &str| {
        let store = nhaplieu::store::open(&office.dir(), &office.edge(5)).unwrap();
        let (key, _) = store.sign(b"").unwrap();
        let file = nhaplieu::sync::bundle::key_file::KeyFile {
            unit: nhaplieu::plan::UnitId::new("ngoc-thien"),
            name: name.to_owned(),
            key,
        };
        let (_, signature) = store.sign(&file.words()).unwrap();
        fs::write(district.stick.join("xa.nlk"), file.write(&signature)).unwrap();
    };
    key(&district.communes[0], "Lan");
    let mut minh = district.minh();
    minh.keys("<F6>");
    plugs_in(&mut minh);
    on(&mut minh, |line| line == SyncRow::File(0));
    let digits = read_out(&minh.screen());
    minh.keys("<Enter>");
    key(&Office::commune("ngoc-thien", 66), "Kẻ khác");
    minh.keys(&digits).keys("<Enter>");
    assert!(
        minh.said().unwrap().1.contains("KHÔNG công nhận"),
        "{:?}",
        minh.said()
    );
}

#[test]
fn pictures_on_a_stick_hide_no_bundle() {
    let district = acquainted(&["ngoc-thien"]);
    let mut lan = district.lan(0);
    lan.keys("<Enter>").at("be_trai").keys("63<Enter><Esc>");
    sends(&mut lan);
    for at in 0..300 {
        fs::write(district.stick.join(format!("IMG_{at:04}.jpg")), [0xff; 64]).unwrap();
    }
    let mut minh = district.minh();
    minh.keys("<F6>");
    plugs_in(&mut minh);
    assert_eq!(page(&minh).listing.files.len(), 1);
}

#[test]
fn a_file_that_comes_into_the_folder_appears_by_itself() {
    let district = acquainted(&["ngoc-thien"]);
    let mut minh = district.minh();
    minh.keys("<F6>");
    plugs_in(&mut minh);
    assert_eq!(page(&minh).listing.files.len(), 0);
    let mut lan = district.lan(0);
    lan.keys("<Enter>").at("be_trai").keys("63<Enter><Esc>");
    sends(&mut lan);
    minh.a_second_later();
    assert_eq!(page(&minh).listing.files.len(), 1);
    assert!(
        minh.screen().contains("Mã xác nhận của máy này: "),
        "{}",
        minh.screen()
    );
}
