//! Commands that write: all or nothing, and what was answered is there.

use nhaplieu::ledger::{ActionId, Body, CellKey, Content, Origin, Subject};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};
use nhaplieu::store::{Action, Change, Seen, Store, StoreReader};
use serde_json::Value;

use crate::refused::signing;
use crate::run::{Desk, cell};

const FORM: [&str; 4] = ["--unit", "nt", "--period", "2023"];

fn with<'a>(command: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec![command];
    all.extend(FORM);
    all.extend(words);
    all
}

#[test]
fn one_unreadable_value_keeps_the_whole_command_out() {
    let desk = Desk::commune();
    let before = desk.state();
    let done = desk
        .run(&with("set", &["be_trai=63", "be_gai=12.5"]))
        .expects(3);
    assert!(done.err.contains("be_gai"), "{}", done.err);
    assert_eq!(desk.state(), before);
}

#[test]
fn kept_invalid_text_is_a_hard_finding_and_never_counts() {
    let desk = Desk::commune();
    desk.run(&with("set", &["be_trai=12.5", "--keep-invalid"]))
        .expects(1);
    let answer = desk.json(&with("show", &["--json"]));
    let kept = cell(&answer, "be_trai");
    assert_eq!(
        (&kept["state"], &kept["text"]),
        (&"invalid".into(), &"12.5".into())
    );
    assert_eq!(kept["findings"][0]["severity"], "hard");
}

#[test]
fn setting_what_is_there_writes_nothing() {
    let desk = Desk::commune();
    desk.run(&with("set", &["be_trai=63"])).expects(0);
    let before = desk.state();
    let done = desk.run(&with("set", &["be_trai=63"])).expects(0);
    assert_eq!(desk.state(), before, "{}", done.out);
}

#[test]
fn notes_travel_with_the_cell_and_answer_the_rule_that_asks_for_them() {
    let desk = Desk::commune();
    desk.run(&with("set", &["tu_vong_me=1", "be_trai=60", "be_gai=60"]))
        .expects(0);
    desk.run(&with(
        "set",
        &["--note", "tu_vong_me=Thai 37 tuần, chuyển tuyến muộn"],
    ))
    .expects(0);
    let answer = desk.json(&with("show", &["--json"]));
    let death = cell(&answer, "tu_vong_me");
    assert_eq!(death["note"], "Thai 37 tuần, chuyển tuyến muộn");
    assert_eq!(death["findings"], Value::Array(Vec::new()));
}

#[test]
fn a_form_with_errors_is_not_submitted_and_one_without_is_bound_to_its_content() {
    let desk = Desk::commune();
    desk.run(&with("set", &["hdnd_ld=2", "hdnd_ld_nu=3"]))
        .expects(1);
    let before = desk.state();
    let refused = desk.run(&with("submit", &["--json"])).expects(1);
    let refused: Value = serde_json::from_str(&refused.out).unwrap();
    assert_eq!(refused["submitted"], false);
    assert_eq!(desk.state(), before);

    desk.run(&with("set", &["hdnd_ld_nu=1"])).expects(0);
    let before = desk.state();
    let unanswered = desk.run(&with("submit", &["--json"])).expects(1);
    let unanswered: Value = serde_json::from_str(&unanswered.out).unwrap();
    assert_eq!(unanswered["submitted"], false);
    assert_eq!(unanswered["unanswered"].as_array().unwrap().len(), 52);
    assert_eq!(desk.state(), before);
    let done = desk.json(&with("submit", &["--blanks", "none", "--json"]));
    assert_eq!(
        (&done["submitted"], &done["blanks"]),
        (&true.into(), &0.into())
    );
    let shown = desk.json(&with("show", &["--json"]));
    assert_eq!(shown["status"], "submitted");
    assert_eq!(shown["content_hash"], done["content_hash"]);

    desk.run(&with("set", &["hdnd_ld_nu=2"])).expects(0);
    assert_eq!(
        desk.json(&with("show", &["--json"]))["status"],
        "changed_after_submit"
    );
    // The content it was given for is there again: so is the submission.
    desk.run(&with("set", &["hdnd_ld_nu=1"])).expects(0);
    assert_eq!(desk.json(&with("show", &["--json"]))["status"], "submitted");
    desk.run(&["verify"]).expects(0);
}

/// One entry under a clock in 2035 orders what follows it, and dates nothing but itself.
#[test]
fn a_clock_that_was_ahead_once_is_said_and_dates_one_line_of_the_log() {
    let desk = Desk::commune();
    desk.run(&with("set", &["be_trai=62"])).expects(0);
    {
        let mut store = signing(&desk);
        let plan = nhaplieu::plan::parse(nhaplieu::plan::embedded()).unwrap();
        let (unit, period) = (UnitId::new("ngoc-thien"), PeriodId::new("2023"));
        let cell = CellKey::new(&unit, &period, &FieldId::new("be_gai"));
        store.use_plan(std::sync::Arc::new(plan)).unwrap();
        let actor = store.actors().unwrap().remove(0).id;
        let action = Action {
            id: ActionId([3; 16]),
            actor,
            origin: Origin::Typed,
            wall: 2_051_222_400_000,
            changes: vec![Change {
                subject: Subject::Cell(cell),
                body: Body::SetValue(Content::NoneOccurred),
                reason: String::new(),
                seen: Seen::Current,
            }],
        };
        store.commit(&action).unwrap();
    }
    let behind = "Đồng hồ máy chậm hơn mục ghi cuối (01/01/2035 07:00)";
    for words in [&["log"], &["status"]] {
        let done = desk.run(words).expects(0);
        assert!(done.err.starts_with(behind), "{}", done.err);
    }
    let set = desk.run(&with("set", &["tu_vong_me=0"])).expects(0);
    assert!(set.err.starts_with(behind), "{}", set.err);
    let log = desk.run(&["log"]).expects(0);
    assert_eq!(log.err, "", "the last entry is of today");
    let of_2035 = log.out.lines().filter(|line| line.contains("/2035"));
    assert_eq!(of_2035.count(), 1, "{}", log.out);
    let lines = desk.json(&["log", "--json"]);
    let lines = lines["entries"].as_array().unwrap();
    let at = |line: &Value, key: &str| line[key].as_str().unwrap().starts_with("2035");
    assert_eq!(
        lines[0]["field"], "tu_vong_me",
        "the order is that of writing"
    );
    assert!(!at(&lines[0], "at") && at(&lines[0], "ordered_at"));
    assert!(at(&lines[1], "at") && at(&lines[1], "ordered_at"));
    desk.run(&["verify"]).expects(0);
}

#[test]
fn the_coordinator_writes_for_a_commune_and_the_log_says_so() {
    let desk = Desk::empty();
    desk.run(&["init", "--unit", "P-LDTBXH", "--as", "Phòng LĐTBXH"])
        .expects(0);
    desk.run(&with("set", &["be_trai=63"])).expects(0);
    let log = desk.json(&["log", "--unit", "nt", "--json"]);
    assert_eq!(log["entries"][0]["on_behalf"], true);
}

#[test]
fn a_commune_may_not_write_for_another() {
    let desk = Desk::commune();
    let before = desk.state();
    let done = desk
        .run(&["set", "--unit", "cao-xa", "--period", "2023", "be_trai=1"])
        .expects(6);
    assert!(done.err.contains("không có gì thay đổi"), "{}", done.err);
    desk.run(&[
        "--actor",
        "nguoi-la",
        "set",
        "--unit",
        "nt",
        "--period",
        "2023",
        "be_trai=1",
    ])
    .expects(6);
    assert_eq!(desk.state(), before);
}

#[test]
fn every_slip_of_a_clerks_form_comes_back_as_typed() {
    // The whole yearly form by commands: what is shown is what was typed.
    let desk = Desk::commune();
    let answer = desk.json(&with("show", &["--json"]));
    let numeric: Vec<String> = answer["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|cell| cell["field"].as_str())
        .filter(|field| !["danh_gia", "kho_khan", "kien_nghi"].contains(field))
        .map(str::to_owned)
        .collect();
    assert_eq!(numeric.len(), 54);
    let words: Vec<String> = numeric
        .iter()
        .enumerate()
        .map(|(at, field)| format!("{field}={}", 1_000 + at))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    desk.run(&with("set", &words));
    let answer = desk.json(&with("show", &["--json"]));
    for (at, field) in numeric.iter().enumerate() {
        assert_eq!(
            cell(&answer, field)["value"],
            (1_000 + at).to_string(),
            "{field}"
        );
    }
}
