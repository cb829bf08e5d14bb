//! What the answers say: JSON keys are a contract (`interface.md` 2), so each is named here once.

use serde_json::Value;

use crate::run::{Desk, cell, run};

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[track_caller]
fn has(value: &Value, wanted: &[&str]) {
    let keys = keys(value);
    for key in wanted {
        assert!(keys.contains(key), "{key} is missing in {keys:?}");
    }
}

#[test]
fn show_answers_with_every_cell_and_measure_of_the_form() {
    let desk = Desk::commune();
    desk.run(&[
        "set",
        "--unit",
        "07360",
        "--period",
        "2023",
        "be_trai=63",
        "be_gai=1.057",
        "tu_vong_me=-",
        "dan_so_nam=…",
        "sinh_me_10_14=x",
        "danh_gia=Đạt kết quả tốt.",
    ])
    .expects(0);
    let answer = desk.json(&["show", "--unit", "nt", "--period", "2023", "--json"]);
    assert_eq!(answer["schema"], "nhaplieu.show/1");
    has(
        &answer,
        &[
            "unit",
            "period",
            "status",
            "cells",
            "measures",
            "findings",
            "content_hash",
        ],
    );
    assert_eq!(
        (&answer["unit"], &answer["period"]),
        (&"ngoc-thien".into(), &"2023".into())
    );
    assert_eq!(answer["status"], "draft");
    assert_eq!(answer["content_hash"].as_str().unwrap().len(), 64);
    assert_eq!(answer["cells"].as_array().unwrap().len(), 54 + 3);
    for (field, state, value, text) in [
        ("be_trai", "value", Some("63"), None),
        ("be_gai", "value", Some("1057"), None),
        ("tu_vong_me", "none", None, None),
        ("dan_so_nam", "unavailable", None, None),
        ("sinh_me_10_14", "not_applicable", None, None),
        ("dan_so_nu", "blank", None, None),
        ("danh_gia", "value", None, Some("Đạt kết quả tốt.")),
    ] {
        let cell = cell(&answer, field);
        has(
            cell,
            &[
                "field", "label", "state", "value", "text", "note", "findings",
            ],
        );
        assert_eq!(cell["state"], state, "{field}");
        assert_eq!(cell["value"].as_str(), value, "{field}");
        assert_eq!(cell["text"].as_str(), text, "{field}");
    }
    let sex_ratio = &answer["measures"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["id"] == "4.1")
        .unwrap();
    has(
        sex_ratio,
        &[
            "id",
            "numerator",
            "denominator",
            "value",
            "display",
            "target",
            "verdict",
        ],
    );
    assert_eq!(sex_ratio["numerator"], "63");
    assert_eq!(sex_ratio["value"], "5.960265");
    assert_eq!(sex_ratio["verdict"], "met");
}

#[test]
fn findings_stand_at_their_cell_and_in_the_list() {
    let desk = Desk::commune();
    desk.run(&[
        "set",
        "--unit",
        "nt",
        "--period",
        "2023",
        "hdnd_ld=2",
        "hdnd_ld_nu=3",
    ])
    .expects(1);
    let answer = desk.json(&["show", "--unit", "nt", "--period", "2023", "--json"]);
    let at_cell = &cell(&answer, "hdnd_ld_nu")["findings"][0];
    has(
        at_cell,
        &["rule", "severity", "field", "message", "overridden_by"],
    );
    assert_eq!(
        (&at_cell["rule"], &at_cell["severity"]),
        (&"H01".into(), &"hard".into())
    );
    assert_eq!(&answer["findings"][0], at_cell);

    let check = desk.run(&["check", "--json"]).expects(1);
    let check: Value = serde_json::from_str(&check.out).unwrap();
    assert_eq!(check["findings"][0]["unit"], "ngoc-thien");
    assert_eq!(check["findings"][0]["rule"], "H01");
}

#[test]
fn the_log_says_who_when_what_and_why() {
    let desk = Desk::commune();
    desk.run(&["set", "--unit", "nt", "--period", "2023", "be_trai=62"])
        .expects(0);
    desk.run(&[
        "set",
        "--unit",
        "nt",
        "--period",
        "2023",
        "be_trai=63",
        "--reason",
        "bổ sung",
    ])
    .expects(0);
    let log = desk.json(&[
        "log", "--unit", "nt", "--period", "2023", "--field", "be_trai", "--json",
    ]);
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    has(
        &entries[0],
        &[
            "id", "at", "actor", "kind", "unit", "period", "field", "old", "new", "reason",
            "replaces",
        ],
    );
    assert_eq!(
        (
            &entries[0]["old"],
            &entries[0]["new"],
            &entries[0]["reason"]
        ),
        (&"62".into(), &"63".into(), &"bổ sung".into())
    );
    assert_eq!(entries[0]["replaces"][0], entries[1]["id"]);
    assert_eq!(entries[1]["old"], Value::Null);
    // The whole store's log begins with its epoch.
    let all = desk.json(&["log", "--json"]);
    let all = all["entries"].as_array().unwrap();
    assert_eq!(all.last().unwrap()["kind"], "epoch_start");
}

#[test]
fn status_counts_what_is_filled_and_what_is_left() {
    let desk = Desk::commune();
    desk.run(&[
        "set",
        "--unit",
        "nt",
        "--period",
        "2023",
        "be_trai=62",
        "be_gai=-",
    ])
    .expects(0);
    let status = desk.json(&["status", "--period", "2023", "--json"]);
    let units = status["units"].as_array().unwrap();
    // 22 communes and the departments that owe a yearly form.
    assert!(units.len() > 22, "{}", units.len());
    let own = units
        .iter()
        .find(|unit| unit["unit"] == "ngoc-thien")
        .unwrap();
    has(
        own,
        &[
            "unit",
            "period",
            "status",
            "filled",
            "expected",
            "hard",
            "soft",
            "due",
            "days_left",
            "unsent",
        ],
    );
    assert_eq!((&own["filled"], &own["expected"]), (&2.into(), &54.into()));
    assert_eq!(
        (&own["due"], &own["days_left"]),
        (&"2023-11-30".into(), &8.into())
    );
    assert_eq!(own["unsent"], 2);
}

#[test]
fn the_plan_is_shown_whole_with_and_without_a_store() {
    for desk in [Desk::empty(), Desk::commune()] {
        let answer = desk.json(&["plan", "show", "--json"]);
        has(&answer, &["plan", "units", "fields", "measures", "periods"]);
        has(&answer["plan"], &["id", "version", "title"]);
        assert_eq!(answer["fields"].as_array().unwrap().len(), 106);
        assert_eq!(answer["measures"].as_array().unwrap().len(), 28);
        has(
            &answer["units"][0],
            &["id", "code", "name", "kind", "valid_from", "valid_to"],
        );
        has(
            &answer["fields"][0],
            &[
                "id",
                "objective",
                "label",
                "type",
                "unit",
                "collected_by",
                "periods",
            ],
        );
        has(
            &answer["measures"][0],
            &[
                "id",
                "numerator",
                "denominator",
                "scale",
                "op",
                "target",
                "owner",
                "roll_up",
            ],
        );
        has(
            &answer["periods"][0],
            &["id", "kind", "from", "to", "cut_off", "due"],
        );
    }
}

#[test]
fn keys_follow_the_keymap_and_the_stores_own_lines() {
    let desk = Desk::commune();
    let of = |answer: &Value, command: &str| {
        let rows = answer["keys"].as_array().unwrap().clone();
        let row = rows
            .iter()
            .find(|row| row["command"] == command)
            .unwrap()
            .clone();
        row["keys"].to_string()
    };
    let answer = desk.json(&["keys", "--json"]);
    assert!(of(&answer, "form.finish").contains("f10"));
    let plain = desk.json(&["--keymap", "plain", "keys", "--json"]);
    assert!(!of(&plain, "form.finish").contains("f10"));
    std::fs::write(
        desk.store().join("keymap.toml"),
        "[form]\nf12 = \"form.finish\"\nf10 = \"none\"\n",
    )
    .unwrap();
    let own = desk.json(&["keys", "--json"]);
    assert!(of(&own, "form.finish").contains("f12"));
    assert!(!of(&own, "form.finish").contains("f10"));
}

#[test]
fn another_districts_plan_needs_no_new_program() {
    let plan = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/plans/song-ho-2026.toml"
    );
    let mut desk = Desk::empty();
    desk.today = "2026-09-01";
    desk.run(&["plan", "check", plan]).expects(0);
    let shown = desk.json(&["--plan", plan, "plan", "show", "--json"]);
    let unit = shown["units"][1]["id"].as_str().unwrap().to_owned();
    desk.run(&["--plan", plan, "init", "--unit", &unit, "--as", "Lan"])
        .expects(0);
    // The store keeps its plan: nobody has to name it again.
    let kept = desk.json(&["plan", "show", "--json"]);
    assert_eq!(kept["plan"], shown["plan"]);
    let status = desk.json(&["status", "--json"]);
    assert!(!status["units"].as_array().unwrap().is_empty());
}

/// The commands of the worked example in `docs/plan-file.md`.
#[test]
fn the_worked_example_of_the_documentation_runs() {
    let plan = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/plans/chan-nuoi-ha-lam-2027.toml"
    );
    let mut desk = Desk::empty();
    desk.today = "2027-04-02";
    desk.run(&["plan", "check", plan]).expects(0);
    desk.run(&["--plan", plan, "init", "--unit", "kim-lu", "--as", "Tư"])
        .expects(0);
    let form = ["--unit", "kim-lu", "--period", "2027-M03"];
    let verdict = |vaccinated: &str| {
        let cells = ["lon=840", "lon_dien_tiem=600", vaccinated];
        desk.run(&[&["set"], &form[..], &cells].concat()).expects(0);
        let shown = desk.json(&[&["show"], &form[..], &["--json"]].concat());
        let measures = shown["measures"].as_array().unwrap().clone();
        let pigs = measures.into_iter().find(|m| m["id"] == "2").unwrap();
        pigs["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("lon_da_tiem=450"), "not_met");
    assert_eq!(verdict("lon_da_tiem=451"), "met");
    let refused = [&["set"], &form[..], &["lon_da_tiem=601"]].concat();
    desk.run(&refused).expects(1);
}

#[test]
fn another_plan_than_the_stores_is_refused_and_not_overlooked() {
    let plan = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/plans/song-ho-2026.toml"
    );
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/tan-yen-2021-2025.toml");
    let desk = Desk::commune();
    let state = desk.state();
    for command in [&["status"][..], &["verify"], &["check"], &["log"]] {
        let with = |plan| [&["--plan", plan], command].concat();
        let done = desk.run(&with(plan)).expects(3);
        assert!(
            done.err.contains("tan-yen-2021-2025") && done.err.contains("--store"),
            "{}",
            done.err
        );
        desk.run(&with(own)).expects(0);
    }
    // What is only read of the file needs no store.
    desk.run(&["--plan", plan, "plan", "show"]).expects(0);
    assert_eq!(desk.state(), state);
}

#[test]
fn what_follows_from_the_unit_is_said_when_a_store_is_made() {
    for (today, unit, role, note) in [
        ("2023-11-22", "ngoc-thien", "nhập số của đơn vị", ""),
        ("2023-11-22", "P-YT", "duyệt chỉ tiêu", ""),
        ("2023-11-22", "P-LDTBXH", "tổng hợp", ""),
        (
            "2026-11-24",
            "ngoc-thien",
            "nhập số của đơn vị",
            "đã kết thúc ngày 30/06/2025",
        ),
        (
            "2026-11-24",
            "ngoc-thien",
            "nhập số",
            "Xã Ngọc Thiện (ngoc-thien-2025-07)",
        ),
        (
            "2023-11-22",
            "ngoc-thien-2025-07",
            "nhập số",
            "có hiệu lực từ ngày 01/07/2025",
        ),
    ] {
        let mut desk = Desk::empty();
        desk.today = today;
        let done = desk
            .run(&["init", "--unit", unit, "--as", "Lan"])
            .expects(0);
        assert!(
            done.out.contains(role) && done.out.contains(note),
            "{}",
            done.out
        );
        assert_eq!(done.out.contains("Lưu ý"), !note.is_empty(), "{}", done.out);
    }
}

#[test]
fn a_demonstration_is_complete_and_says_that_it_is_invented() {
    let desk = Desk::empty();
    let done = desk.run(&["demo"]).expects(0);
    assert!(done.out.contains("GIẢ ĐỊNH"), "{}", done.out);
    let shown = desk
        .run(&["show", "--unit", "nt", "--period", "2022"])
        .expects(0);
    assert!(shown.out.contains("giả định"));
    desk.run(&["verify"]).expects(0);
    let log = desk.json(&["log", "--unit", "nt", "--period", "2022", "--json"]);
    let entries = log["entries"].as_array().unwrap();
    assert!(entries.iter().all(|entry| entry["origin"] == "demo"));
    // Never over a store that is there.
    desk.run(&["demo"]).expects(2);
}

#[test]
fn help_answers_in_the_readers_language_with_an_example_each() {
    let desk = Desk::empty();
    let vi = run(&["--help"], desk.path()).expects(0).out;
    let en = run(&["--lang", "en", "--help"], desk.path()).expects(0).out;
    assert!(vi.contains("Cách gọi:") && !vi.contains("Usage:"), "{vi}");
    assert!(en.contains("Usage:") && en.contains("Example:"), "{en}");
    for command in [
        "init", "set", "show", "check", "submit", "status", "log", "verify", "keys",
    ] {
        let page = run(&[command, "--help"], desk.path()).expects(0).out;
        assert!(
            page.contains(&format!("nhaplieu {command}")) || page.contains("nhaplieu --keymap")
        );
        assert!(page.contains("Ví dụ:"), "{command}");
    }
    let man = run(&["man", "set"], desk.path()).expects(0).out;
    assert!(man.contains(".TH nhaplieu-set"));
    let bash = run(&["completions", "bash"], desk.path()).expects(0).out;
    assert!(bash.contains("nhaplieu"));
}
