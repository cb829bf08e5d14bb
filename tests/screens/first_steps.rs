//! The first start and the home page: what finds a unit, where each begins, what stands on top.

use nhaplieu::app::screens::Screen;
use nhaplieu::app::screens::home::HomeItem;

use super::harness::{SMALL, ScreenSession, Sitting};
use super::office::Office;
use super::pictures::lan;

/// The first start, with that typed into the search for the unit.
fn searching(typed: &str) -> ScreenSession {
    let mut desk = Office::bare().desk_with("lan", Sitting::default());
    desk.keys(typed);
    desk
}

fn found(desk: &ScreenSession) -> String {
    match desk.app.screen() {
        Screen::FirstRun(page) => page.units.chosen().unwrap().label.vi.clone(),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn a_unit_is_found_by_what_people_call_it() {
    for (typed, unit) in [
        ("ldtbxh", "Phòng Lao động - Thương binh và Xã hội"),
        ("phong ldtbxh", "Phòng Lao động - Thương binh và Xã hội"),
        ("tt nha nam", "Thị trấn Nhã Nam"),
        ("ubnd ngoc thien", "Xã Ngọc Thiện"),
        ("ubnd xa ngoc thien", "Xã Ngọc Thiện"),
        ("ngocthien", "Xã Ngọc Thiện"),
        ("Ngọc Thiện", "Xã Ngọc Thiện"),
        ("nt", "Xã Ngọc Thiện"),
    ] {
        assert_eq!(found(&searching(typed)), unit, "{typed}");
    }
}

#[test]
fn a_slip_is_answered_with_what_comes_near() {
    let mut desk = searching("ngoc thein");
    assert_eq!(found(&desk), "Xã Ngọc Thiện");
    assert!(desk.screen().contains("gần giống"), "{}", desk.screen());
    let mut desk = searching("khong co o day");
    assert!(desk.screen().contains("Không thấy"), "{}", desk.screen());
}

#[test]
fn a_department_without_figures_of_its_own_begins_at_its_home_page() {
    let mut desk = searching("phong y te");
    desk.keys("<Enter>Trần Thị Hoa<Enter>");
    assert!(
        matches!(desk.app.screen(), Screen::Home(_)),
        "{}",
        desk.screen()
    );
    let mut desk = searching("vhtt");
    desk.keys("<Enter>Trần Thị Hoa<Enter>");
    assert_eq!(
        desk.form().key.period.as_str(),
        "2023-M11",
        "the form that is due"
    );
}

#[test]
fn what_is_overdue_stands_on_top_and_what_is_old_in_one_line() {
    let mut desk = lan(SMALL);
    let screen = desk.screen();
    let row = |words: &str| screen.lines().position(|line| line.contains(words));
    assert!(
        row("Báo cáo quý 3/2023") < row("Báo cáo năm 2023"),
        "{screen}"
    );
    assert!(
        screen.contains("▸ Báo cáo năm 2023"),
        "the work of the day: {screen}"
    );
    assert!(!screen.contains("Báo cáo năm 2021"), "{screen}");
    assert!(screen.contains("biểu của các kỳ cũ chưa nhập"), "{screen}");
    while !matches!(desk.app.screen(), Screen::Home(home) if home.cursor.item() == Some(&HomeItem::Old))
    {
        desk.keys("<Down>");
    }
    desk.keys("<Enter>");
    assert!(
        desk.screen().contains("Báo cáo 6 tháng 2023"),
        "{}",
        desk.screen()
    );
    desk.keys("<Enter>");
    assert!(!desk.screen().contains("Báo cáo 6 tháng 2023"));
}
