//! Bad days that once lost, misplaced or hid a figure, or left the screens standing: each is one
//! test.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use nhaplieu::app::Msg;
use nhaplieu::app::forms::SaveState;
use nhaplieu::app::message::{News, Request};
use nhaplieu::app::overlays::Overlay;
use nhaplieu::app::overlays::prompt::Purpose;
use nhaplieu::app::screens::Screen;
use nhaplieu::app::state::{Health, Tone};
use nhaplieu::app::sync_message::SyncRequest;
use nhaplieu::ledger::{CellId, Content, FormKey};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};
use nhaplieu::store::{self, StoreReader};

use super::disk::{Faults, PanicAt};
use super::harness::{SMALL, ScreenSession, Sitting};
use super::office::Office;
use super::pictures::{begun, filled};

fn value(text: &str) -> Content {
    Content::Value(nhaplieu::base::Decimal::parse(text).unwrap())
}

fn ngoc_thien(period: &str) -> FormKey {
    FormKey {
        unit: UnitId::new("ngoc-thien"),
        period: PeriodId::new(period),
    }
}

/// How many sides a cell of the form on top has, as the store has it.
fn sides(desk: &ScreenSession, field: &str) -> usize {
    let cells = &desk.view().base.cells;
    let heads = cells.get(&CellId::from(FieldId::new(field)));
    heads.map_or(0, |heads| heads.all().len())
}

fn shown(desk: &ScreenSession, field: &str) -> Content {
    desk.view().content(&FieldId::new(field))
}

/// The place of the first question that is wanted among those that wait.
fn place(desk: &ScreenSession, wanted: impl Fn(&Request) -> bool) -> usize {
    desk.asked().position(wanted).unwrap()
}

fn is_form(request: &Request) -> bool {
    matches!(request, Request::Form(_))
}

fn with(faults: &Arc<Faults>) -> Sitting {
    Sitting {
        faults: Arc::clone(faults),
        ..Sitting::default()
    }
}

/// Lan in the form of 2023, in which the boys born are in conflict between her and Hoa.
fn in_conflict(office: &Office) -> (ScreenSession, ScreenSession) {
    let beside = Sitting {
        pid: 200,
        ..Sitting::default()
    };
    let (mut lan, mut hoa) = (office.desk("lan"), office.desk_with("hoa", beside));
    lan.keys("<Enter>").at("be_trai").keys("63");
    hoa.keys("<Enter>").at("be_trai").keys("64<Enter>");
    lan.a_second_later().keys("<Enter>").at("be_trai");
    assert_eq!(sides(&lan, "be_trai"), 2);
    (lan, hoa)
}

type Check = fn(&ScreenSession) -> bool;

/// Keys that leave a cell, and what is there once their command was carried out.
const LEAVING: [(&str, Check); 17] = [
    ("<Enter>", |desk| desk.field() != "be_trai"),
    ("<Tab>", |desk| desk.field() != "be_trai"),
    ("<Up>", |desk| desk.field() != "be_trai"),
    ("<F8>", |desk| desk.field() != "be_trai"),
    ("<F10>", |desk| is_over(desk, "finish")),
    ("<Ctrl+F>", |desk| is_over(desk, "find")),
    ("<Ctrl+N>", |desk| is_over(desk, "note")),
    ("<F5>", |desk| is_over(desk, "go to")),
    ("<Ctrl+P>", |desk| is_over(desk, "palette")),
    ("<F7>", |desk| is_over(desk, "allowed")),
    ("<F9>", |desk| is_over(desk, "allowed")),
    ("<F4>", |desk| {
        matches!(desk.app.screen(), Screen::History(_))
    }),
    ("<Ctrl+A>", |desk| {
        matches!(desk.app.screen(), Screen::Findings(_))
    }),
    ("<F1>", |desk| matches!(desk.app.screen(), Screen::Help(_))),
    ("<PgDn>", |desk| {
        desk.form().key.unit == UnitId::new("ngoc-thien") && desk.field() != "be_trai"
    }),
    ("<Ctrl+PgUp>", |desk| {
        desk.form().key.period != PeriodId::new("2023")
    }),
    ("<Ctrl+Q>", |desk| desk.ended),
];

/// True where that overlay lies on top.
fn is_over(desk: &ScreenSession, what: &str) -> bool {
    match &desk.app.state.overlay {
        Some(Overlay::Finish(_)) => what == "finish",
        Some(Overlay::Find(_)) => what == "find",
        Some(Overlay::GoTo(_)) => what == "go to",
        Some(Overlay::Palette(_)) => what == "palette",
        Some(Overlay::Allowed(..)) => what == "allowed",
        Some(Overlay::Prompt(prompt)) => match prompt.purpose {
            Purpose::Note(_) => what == "note",
            Purpose::Resolve(_) => what == "resolve",
            _ => false,
        },
        _ => false,
    }
}

/// The reason is asked for in the cell and form where the figure was typed; nothing is written.
fn asks_the_reason(lan: &mut ScreenSession, keys: &str) {
    assert!(is_over(lan, "resolve"), "{keys}");
    assert!(lan.screen().contains("Lý do chọn số 65"), "{keys}");
    assert_eq!(
        (lan.form().key.clone(), lan.field()),
        (ngoc_thien("2023"), "be_trai".into())
    );
    assert_eq!(sides(lan, "be_trai"), 2, "{keys}");
    assert!(!lan.ended && lan.app.state.outbox.is_empty(), "{keys}");
}

#[test]
fn a_figure_over_a_conflict_waits_for_its_reason_whatever_key_leaves_the_cell() {
    for (key, carried_out) in LEAVING {
        let office = Office::new();
        let (mut lan, mut hoa) = in_conflict(&office);
        lan.keys("65").keys(key);
        asks_the_reason(&mut lan, key);
        lan.keys("<Esc>");
        assert!(lan.said().unwrap().1.contains("65"), "{key}");
        assert_eq!(
            (lan.typed(), sides(&lan, "be_trai")),
            (String::new(), 2),
            "{key}"
        );
        lan.keys("<Ctrl+Z>");
        assert_eq!(
            (lan.typed(), lan.field()),
            ("65".into(), "be_trai".into()),
            "{key}"
        );
        lan.keys(key);
        asks_the_reason(&mut lan, key);
        lan.keys("hỏi lại trạm y tế<Enter>");
        assert!(carried_out(&lan), "{key}: {}", lan.screen());
        hoa.a_second_later();
        assert_eq!(
            (sides(&hoa, "be_trai"), hoa.content("be_trai")),
            (1, value("65")),
            "{key}"
        );
        let store = store::open(&office.dir(), &office.edge(9)).unwrap();
        assert_eq!(
            store.form_keys().unwrap(),
            [ngoc_thien("2023")],
            "{key}: no other form"
        );
    }
}

/// What six cells typed while the disk is full must look like, wherever one has been meanwhile.
fn show_unsaved(desk: &mut ScreenSession, fields: &[String], when: &str) {
    for field in fields {
        assert_eq!(shown(desk, field), value("3"), "{when}: {field}");
    }
    let screen = desk.screen();
    assert!(screen.contains("6 ô CHƯA lưu"), "{when}: {screen}");
    assert_eq!(screen.matches(" 3?").count(), 6, "{when}: {screen}");
}

#[test]
fn unsaved_figures_stay_on_the_screen_wherever_one_goes_and_are_saved_without_reopening() {
    let mut desk = Office::new().desk("lan");
    desk.keys("<Enter>").disk_fails(true);
    let mut fields = Vec::new();
    for _ in 0..6 {
        fields.push(desk.field());
        desk.keys("3<Enter>");
    }
    show_unsaved(&mut desk, &fields, "typed");
    desk.keys("<Esc>");
    assert!(matches!(desk.app.screen(), Screen::Home(_)));
    desk.keys("<Enter>");
    show_unsaved(&mut desk, &fields, "home and back");
    desk.keys("<Ctrl+PgUp>");
    assert_ne!(desk.form().key, ngoc_thien("2023"));
    desk.keys("<Ctrl+PgDn><Ctrl+Home>");
    show_unsaved(&mut desk, &fields, "another form and back");
    desk.disk_fails(false).keys("<Ctrl+R>");
    for field in &fields {
        assert_eq!(
            (desk.content(field), sides(&desk, field)),
            (value("3"), 1),
            "{field}"
        );
        assert_eq!(
            desk.view().save_state(&FieldId::new(field)),
            Some(SaveState::OnDisk)
        );
    }
    let screen = desk.screen();
    assert!(
        screen.contains("đã lưu 6 ô") && !screen.contains("3?"),
        "{screen}"
    );
}

#[test]
fn a_side_chosen_on_a_full_disk_is_still_written_once_the_disk_has_room() {
    for side in ["63", "64"] {
        let office = Office::new();
        let (mut lan, _hoa) = in_conflict(&office);
        lan.disk_fails(true)
            .keys(side)
            .keys("<Enter>so lai phieu<Enter>");
        lan.disk_fails(false).keys("<Ctrl+R>");
        assert_eq!(
            (lan.content("be_trai"), sides(&lan, "be_trai")),
            (value(side), 1),
            "{side}: the choice and its reason were dropped"
        );
    }
}

/// An emptied cell against a figure shows blank; it is for a person to settle, not for the key that answers
/// what is blank, and must not have the whole action refused.
#[test]
fn answering_all_blanks_leaves_a_cell_in_conflict_alone() {
    let office = Office::new();
    let beside = Sitting {
        pid: 200,
        ..Sitting::default()
    };
    let (mut lan, mut hoa) = (office.desk("lan"), office.desk_with("hoa", beside));
    lan.keys("<Enter>").at("be_trai").keys("62<Enter>");
    hoa.keys("<Enter>").at("be_trai").keys("64<Enter>");
    lan.at("be_trai").keys("<Delete>").a_second_later();
    assert_eq!(
        (lan.content("be_trai"), sides(&lan, "be_trai")),
        (Content::Blank, 2)
    );
    lan.keys("<F10>1<Esc>");
    assert_eq!(lan.content("be_gai"), Content::NoneOccurred);
    assert_eq!(sides(&lan, "be_trai"), 2);
    assert!(lan.app.state.outbox.is_empty());
}

#[test]
fn a_store_that_could_not_be_opened_at_first_opens_once_it_can() {
    let faults = Arc::new(Faults::default());
    faults.held.store(true, Ordering::SeqCst);
    let mut desk = Office::new().desk_with("lan", with(&faults));
    assert!(matches!(desk.app.screen(), Screen::Opening(_)));
    assert!(
        desk.screen().contains("đang bị hoa giữ"),
        "{}",
        desk.screen()
    );
    desk.keys("<Ctrl+R>");
    assert!(
        matches!(desk.app.screen(), Screen::Opening(_)),
        "still held"
    );
    faults.held.store(false, Ordering::SeqCst);
    desk.keys("<Ctrl+R>");
    assert!(
        matches!(desk.app.screen(), Screen::Home(_)),
        "{}",
        desk.screen()
    );
    desk.keys("<Enter>").at("be_trai").keys("63<Enter>");
    assert_eq!(desk.content("be_trai"), value("63"));
}

#[test]
fn one_damaged_form_hides_no_other_and_stops_no_writing() {
    let office = Office::new();
    filled(&mut office.desk("lan"));
    let faults = Arc::new(Faults::default());
    *faults.damaged.lock().unwrap() = Some(ngoc_thien("2022"));
    let mut desk = office.desk_with("lan", with(&faults));
    let Screen::Home(home) = desk.app.screen() else {
        unreachable!("{:?}", desk.app.screen());
    };
    assert_eq!(home.unreadable, [ngoc_thien("2022")]);
    assert!(
        home.forms
            .to_do
            .iter()
            .any(|form| form.key == ngoc_thien("2023"))
    );
    desk.keys("<Enter>").at("be_trai").keys("63<Enter>");
    assert_eq!(
        desk.content("be_trai"),
        value("63"),
        "a form that looks back on it"
    );
    desk.keys("<F5>2022<Enter>");
    while desk.form().key != ngoc_thien("2022") {
        desk.keys("<Ctrl+PgUp>");
    }
    assert!(desk.screen().contains("hỏng"), "{}", desk.screen());
    for keys in [
        "5",
        "<Enter>",
        "<Delete>",
        "<F2>7<Enter>",
        "<F7>",
        "<Ctrl+N>",
        "<Ctrl+D>",
    ] {
        desk.keys(keys);
        let state = &desk.app.state;
        assert!(state.outbox.is_empty() && state.overlay.is_none(), "{keys}");
        assert!(desk.form().edit.is_none(), "{keys}");
    }
    assert_eq!(desk.app.state.health, Health::Good);
    desk.keys("<Esc><Enter>").at("be_gai").keys("57<Enter>");
    assert_eq!(desk.content("be_gai"), value("57"));
}

#[test]
fn leaving_twice_does_not_leave_writes_behind() {
    let office = Office::new();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>").at("be_trai").hold();
    desk.keys("62<Enter><Up>63<Enter><Ctrl+Q>");
    assert!(!desk.ended);
    for _ in 0..3 {
        desk.keys("<Ctrl+Q>");
        assert!(!desk.ended, "the second write was never handed over");
    }
    desk.keys("<Esc><Ctrl+Q>");
    assert!(matches!(desk.app.state.overlay, Some(Overlay::Leave)));
    desk.write_one();
    assert!(!desk.ended, "only the first is on disk");
    desk.release();
    assert!(desk.ended);
    desk.close();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>");
    assert_eq!(desk.content("be_trai"), value("63"));
}

#[test]
fn a_fault_of_the_program_while_writing_is_said_and_loses_nothing_typed() {
    for at in [PanicAt::BeforeWriting, PanicAt::AfterWriting] {
        let mut desk = Office::new().desk("lan");
        desk.keys("<Enter>").at("be_trai");
        *desk.faults.panics.lock().unwrap() = Some(at);
        desk.keys("63<Enter>57<Enter>");
        let screen = desk.screen();
        assert!(
            screen.contains("63?") && screen.contains("57?"),
            "{at:?}: {screen}"
        );
        assert!(screen.contains("2 ô CHƯA lưu"), "{at:?}: {screen}");
        assert!(screen.contains("Lỗi của chương trình"), "{at:?}: {screen}");
        assert!(desk.app.state.fault.is_some(), "exit code 5");
        desk.keys("<Ctrl+Q>");
        assert!(!desk.ended, "unsaved figures are not left silently");
        desk.keys("<Esc>").at("be_trai").keys("64<Enter><Ctrl+R>");
        for (field, text) in [("be_trai", "64"), ("be_gai", "57")] {
            let found = (desk.content(field), sides(&desk, field));
            assert_eq!(found, (value(text), 1), "{at:?}: {field}");
        }
        assert!(!desk.screen().contains("CHƯA"), "{}", desk.screen());
        assert!(desk.app.state.fault.is_some(), "told at the end");
    }
}

#[test]
fn a_fault_of_the_program_while_reading_is_answered_and_said() {
    let mut desk = begun(SMALL);
    *desk.faults.panics.lock().unwrap() = Some(PanicAt::Reading);
    desk.keys("<Ctrl+A>");
    let Screen::Findings(list) = desk.app.screen() else {
        unreachable!("{:?}", desk.app.screen());
    };
    assert!(list.failed.is_some(), "the question was answered");
    assert!(
        desk.screen().contains("Lỗi của chương trình"),
        "{}",
        desk.screen()
    );
    assert!(desk.app.state.fault.is_some(), "exit code 5");
    desk.keys("<Esc>").at("be_trai").keys("63<Enter><Ctrl+R>");
    assert_eq!(desk.content("be_trai"), value("63"));
}

#[test]
fn findings_asked_for_earlier_are_not_listed_under_another_title() {
    let mut desk = Office::new().desk("lan");
    let doubtful = "ld_lam_cong=10 ld_nu_lam_cong=99";
    desk.figures("ngoc-thien", "2023", doubtful)
        .figures("ngoc-thien", "2022", doubtful)
        .hold();
    desk.keys("<F8><Esc><Enter>");
    desk.read_one(place(&desk, is_form));
    let here = desk.form().key.clone();
    desk.keys("<Ctrl+A>");
    let wanted =
        |request: &Request| matches!(request, Request::Findings(forms) if forms.len() == 1);
    desk.read_one(place(&desk, wanted));
    let listed = |desk: &ScreenSession| match desk.app.screen() {
        Screen::Findings(list) => {
            let forms = list.items.iter().map(|(form, _)| form.clone());
            forms.collect::<Vec<_>>()
        }
        other => unreachable!("{other:?}"),
    };
    let before = listed(&desk);
    desk.read_one(place(&desk, |request| {
        matches!(request, Request::Findings(_))
    }));
    assert_eq!(listed(&desk), before);
    assert!(
        !before.is_empty() && before.iter().all(|form| *form == here),
        "{before:?}"
    );
    desk.keys("<Enter>").release();
    assert_eq!(desk.form().key, here);
}

#[test]
fn the_home_pages_cursor_stays_on_its_form_when_the_list_is_sorted_anew() {
    let office = Office::new();
    let mut lan = office.desk("lan");
    let order = |desk: &ScreenSession| match desk.app.screen() {
        Screen::Home(home) => {
            let keys = home.forms.to_do.iter().map(|form| form.key.clone());
            (keys.collect::<Vec<_>>(), home.cursor.position())
        }
        other => unreachable!("{other:?}"),
    };
    let half = ngoc_thien("2023-6T");
    let (before, at) = order(&lan);
    assert!(!before.contains(&half), "long ago and not begun");
    assert_eq!(before[at], ngoc_thien("2023"));
    let beside = Sitting {
        pid: 200,
        ..Sitting::default()
    };
    let mut hoa = office.desk_with("hoa", beside);
    hoa.figures("ngoc-thien", "2023-6T", "be_trai=63");
    lan.a_second_later();
    let (after, now) = order(&lan);
    assert_eq!(after[0], half, "begun and overdue: on top");
    assert_eq!(now, at + 1);
    assert_eq!(after[now], ngoc_thien("2023"));
    lan.keys("<Enter>");
    assert_eq!(lan.form().key, ngoc_thien("2023"));
}

#[test]
fn a_cell_is_emptied_alone_and_says_how_to_get_it_back() {
    for key in ["<Backspace>", "<Delete>"] {
        let mut desk = Office::new().desk("lan");
        desk.figures("ngoc-thien", "2023", "be_trai=63 be_gai=3420");
        desk.keys("<Enter>").at("be_gai").keys(key);
        assert_eq!(
            desk.said(),
            Some((Tone::Info, "Đã xoá 3.420. Ctrl+Z lấy lại.".into()))
        );
        desk.at("be_trai").keys(key).keys(key);
        assert_eq!(desk.field(), "be_trai", "{key}");
        assert_eq!(desk.content("be_trai"), Content::Blank, "{key}");
        desk.keys("<Ctrl+Z>");
        assert_eq!(desk.content("be_trai"), value("63"), "{key}");
        let said = desk.said().unwrap().1;
        assert!(said.contains("→ 63") && said.contains("2023"), "{said}");
        desk.keys("<Ctrl+PgUp>");
        assert_ne!(desk.form().key, ngoc_thien("2023"));
        desk.keys("<Ctrl+Z>");
        assert_eq!(
            (desk.form().key.clone(), desk.field()),
            (ngoc_thien("2023"), "be_gai".into())
        );
        let said = desk.said().unwrap().1;
        assert!(
            said.contains("Ngọc Thiện, năm 2023") && said.contains("→ 3.420"),
            "{said}"
        );
    }
}

#[test]
fn a_store_that_cannot_be_written_is_read_and_says_why_nothing_changes() {
    let office = Office::new();
    filled(&mut office.desk("lan"));
    let faults = Arc::new(Faults::default());
    faults.read_only.store(true, Ordering::SeqCst);
    let mut desk = office.desk_with("lan", with(&faults));
    desk.keys("<Enter>").at("ld_lam_cong");
    assert!(desk.screen().contains("2.074"), "{}", desk.screen());
    for keys in ["5", "<Delete>", "<F2>", "<F7>", "<Ctrl+N>", "<Ctrl+D>"] {
        desk.keys(keys);
        let (tone, said) = desk.said().unwrap();
        assert!(
            tone == Tone::Warning && said.contains("chỉ xem"),
            "{keys}: {said}"
        );
        let state = &desk.app.state;
        assert!(state.outbox.is_empty() && state.overlay.is_none(), "{keys}");
        assert!(desk.form().edit.is_none(), "{keys}");
    }
    desk.keys("<Ctrl+Z>");
    assert!(desk.screen().contains("chỉ xem"), "{}", desk.screen());
    assert_eq!(desk.content("ld_lam_cong"), value("2074"));
    desk.keys("<Esc><F8>");
    assert!(matches!(desk.app.screen(), Screen::Findings(_)));
    desk.keys("<Esc><Ctrl+Q>");
    assert!(desk.ended);
}

/// The text in the box on top.
fn boxed(desk: &ScreenSession) -> String {
    match &desk.app.state.overlay {
        Some(Overlay::Prompt(prompt)) => prompt.line.text(),
        other => unreachable!("no box: {other:?}"),
    }
}

#[test]
fn notes_and_reasons_being_typed_come_back_after_a_killed_session() {
    let keys = [
        ("lan", "<Ctrl+N>"),
        ("lan", "99<Enter><Up><F2><Ctrl+End><Enter>"),
        ("dau-moi", "<Ctrl+P>tra lai bieu<Enter>"),
    ];
    for (actor, opens) in keys {
        let office = Office::new();
        filled(&mut office.desk("lan"));
        let mut desk = office.desk(actor);
        if actor == "lan" {
            desk.keys("<Enter>");
        } else {
            desk.keys("<F5>ngoc thien<Enter><F5>2023<Enter>");
        }
        let key = desk.form().key.clone();
        desk.at("ld_nu_lam_cong").keys(opens).keys("đã hỏi lại");
        let screen = desk.screen();
        assert_eq!(boxed(&desk), "đã hỏi lại", "{opens}");
        // As after kill -9: nobody takes their leave.
        drop(desk);
        let mut desk = office.desk(actor);
        assert_eq!(boxed(&desk), "đã hỏi lại", "{opens}");
        assert_eq!(desk.form().key, key);
        assert!(desk.screen().contains("đã hỏi lại"), "{opens}");
        let title = |screen: &str| screen.lines().find(|l| l.contains('┌')).map(str::to_owned);
        assert_eq!(title(&desk.screen()), title(&screen), "the same question");
        let before = desk.log(store::LogFilter::default());
        desk.keys(" trạm y tế<Enter>");
        assert!(desk.app.state.overlay.is_none(), "{opens}");
        assert_eq!(desk.log(store::LogFilter::default()), before + 1, "{opens}");
    }
}

#[test]
fn the_reason_over_a_conflict_comes_back_after_a_killed_session() {
    let office = Office::new();
    let (mut lan, _hoa) = in_conflict(&office);
    lan.keys("65<Enter>hỏi lại");
    drop(lan);
    let mut lan = office.desk("lan");
    assert_eq!(boxed(&lan), "hỏi lại");
    assert!(
        lan.screen().contains("Lý do chọn số 65"),
        "{}",
        lan.screen()
    );
    lan.keys(" trạm y tế<Enter>");
    assert_eq!(
        (lan.content("be_trai"), sides(&lan, "be_trai")),
        (value("65"), 1)
    );
}

#[test]
fn a_figure_that_waits_for_its_reason_comes_back_in_the_next_session() {
    let office = Office::new();
    let (mut lan, _hoa) = in_conflict(&office);
    lan.keys("65<Ctrl+Q><Ctrl+Q>");
    assert!(lan.ended);
    lan.close();
    let mut lan = office.desk("lan");
    asks_the_reason(&mut lan, "after leaving");
    drop(lan);
    let mut lan = office.desk("lan");
    asks_the_reason(&mut lan, "after a killed session");
}

#[test]
fn words_over_a_conflict_come_back_into_their_box() {
    let office = Office::new();
    let beside = Sitting {
        pid: 200,
        ..Sitting::default()
    };
    let (mut lan, mut hoa) = (office.desk("lan"), office.desk_with("hoa", beside));
    lan.keys("<Enter><Ctrl+End>");
    let field = lan.field();
    lan.keys("mưa");
    hoa.keys("<Enter>").at(&field).keys("nắng<Enter>");
    lan.a_second_later().keys("<Enter>");
    assert_eq!(sides(&lan, &field), 2);
    lan.at(&field).keys("<F2><Ctrl+U>gió<Enter>");
    assert!(is_over(&lan, "resolve"), "{}", lan.screen());
    lan.keys("<Esc><Ctrl+Z>");
    assert_eq!(boxed(&lan), "gió");
    lan.keys("<Enter>hỏi lại<Enter>");
    assert_eq!(lan.content(&field), Content::Text("gió".to_owned()));
    assert_eq!(sides(&lan, &field), 1);
}

/// A page about other stores with a figure on its way to the disk, and a bundle ordered after it.
fn sends_with_a_write_under_way() -> ScreenSession {
    let mut desk = Office::commune("ngoc-thien", 21).desk("lan");
    desk.keys("<Enter>").at("be_trai").hold();
    desk.keys("62<Enter><Esc><F6>");
    while desk.questions() > 0 {
        desk.read_one(0);
    }
    desk.keys("<Enter><Enter>");
    assert!(desk.app.state.running.is_some(), "{}", desk.screen());
    desk
}

fn sends(request: &Request) -> bool {
    matches!(request, Request::Sync(SyncRequest::Export { .. }))
}

#[test]
fn long_work_waits_for_what_was_typed_before_it() {
    let mut desk = sends_with_a_write_under_way();
    assert!(
        !desk.asked().any(sends),
        "what is sent would lack the figure"
    );
    desk.write_one();
    assert!(desk.asked().any(sends));
    desk.release();
    let said = desk.said().unwrap().1;
    assert!(said.contains("Có thể rút USB"), "{said}");
}

#[test]
fn long_work_that_waits_for_what_was_typed_can_be_stopped() {
    let mut desk = sends_with_a_write_under_way();
    desk.keys("<Esc>");
    assert!(desk.app.state.running.is_none());
    desk.write_one();
    assert!(!desk.asked().any(sends), "stopped before it began");
    desk.release();
    assert_eq!(desk.app.state.status.unsent.0, 1);
    desk.keys("<Esc><Enter>");
    assert_eq!(desk.content("be_trai"), value("62"));
}

#[test]
fn a_form_read_before_a_commit_does_not_hide_it_when_it_comes_later() {
    let mut desk = Office::new().desk("lan");
    desk.keys("<Enter>").at("be_trai").hold();
    desk.tell(Msg::News(News::Changed));
    let late = desk.reads_unheard(place(&desk, is_form));
    desk.keys("63<Enter>").write_one();
    assert_eq!(desk.content("be_trai"), value("63"));
    assert!(!desk.asked().any(is_form));
    for answer in late {
        desk.tell(answer);
    }
    assert_eq!(
        desk.content("be_trai"),
        value("63"),
        "the older state is not taken"
    );
    assert!(desk.asked().any(is_form), "it is asked for again");
    desk.release();
    assert_eq!(
        (desk.content("be_trai"), sides(&desk, "be_trai")),
        (value("63"), 1)
    );
}

#[test]
fn a_commit_answered_after_a_read_that_holds_it_makes_no_second_side() {
    let mut desk = Office::new().desk("lan");
    desk.keys("<Enter>").at("be_trai").hold();
    desk.keys("63<Enter>");
    let late = desk.writes_unheard();
    desk.tell(Msg::News(News::Changed));
    desk.read_one(place(&desk, is_form));
    assert_eq!(
        (shown(&desk, "be_trai"), sides(&desk, "be_trai")),
        (value("63"), 1)
    );
    desk.at("be_trai").keys("64<Enter>");
    for answer in late {
        desk.tell(answer);
    }
    assert_eq!(
        (shown(&desk, "be_trai"), sides(&desk, "be_trai")),
        (value("64"), 1)
    );
    desk.release();
    assert_eq!(
        (desk.content("be_trai"), sides(&desk, "be_trai")),
        (value("64"), 1)
    );
    desk.keys("<Esc><Enter>");
    assert_eq!(sides(&desk, "be_trai"), 1);
}
