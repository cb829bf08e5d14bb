//! What a store keeps of bundles: the list, the report of each, taking one back, letting one go,
//! and bundles that wait for an earlier one or for a key.

use serde_json::Value;

use crate::bundles::District;
use crate::run::{Desk, cell};

const FORM: [&str; 4] = ["--unit", "nt", "--period", "2023"];

fn set(desk: &Desk, figure: &str) {
    let mut words = vec!["set"];
    words.extend(FORM);
    words.push(figure);
    desk.run(&words).expects(0);
}

fn shown(desk: &Desk, field: &str) -> Value {
    let mut words = vec!["show"];
    words.extend(FORM);
    words.push("--json");
    cell(&desk.json(&words), field)["value"].clone()
}

/// The list, whatever its exit code.
fn list(desk: &Desk) -> Value {
    serde_json::from_str(&desk.run(&["bundles", "--json"]).out).unwrap()
}

fn export(desk: &Desk, to: &str, file: &str) {
    desk.run(&["export", "--to", to, "-o", file]).expects(0);
}

fn first(list: &Value, class: &str) -> String {
    list[class][0]["root"].as_str().unwrap()[..12].to_owned()
}

#[test]
fn what_came_in_is_listed_with_every_figure_it_changed() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    let before = list(office);
    assert_eq!(before["schema"], "nhaplieu.bundles/1");
    assert_eq!(before["imported"], Value::Array(Vec::new()));
    set(commune, "be_trai=62");
    district.sends("a.nlb").expects(0);
    set(commune, "be_trai=63");
    district.sends("b.nlb").expects(0);
    let after = list(office);
    assert_eq!(after["imported"].as_array().unwrap().len(), 2);
    let newest = &after["imported"][0];
    assert_eq!(
        (&newest["from"], &newest["changes"]),
        (&"ngoc-thien".into(), &1.into())
    );
    let id = first(&after, "imported");
    let report = office.json(&["bundles", "show", &id, "--json"]);
    assert_eq!(report["state"], "imported");
    let change = &report["changes"][0];
    assert_eq!(
        (&change["field"], &change["old"], &change["new"]),
        (&"be_trai".into(), &"62".into(), &"63".into())
    );
    let said = office.run(&["bundles", "show", &id]).expects(0).out;
    assert!(said.contains("62 → 63"), "{said}");
    office.run(&["bundles", "show", "zz"]).expects(2);
    office.run(&["bundles", "show", ""]).expects(2);
    // The receipt tells the commune how far the district has it.
    export(office, "ngoc-thien", &district.file("r.nlb"));
    commune.run(&["import", &district.file("r.nlb")]).expects(0);
    let confirmed = &list(commune)["confirmed"][0];
    assert_eq!(confirmed["unit"], "P-LDTBXH");
    assert_eq!(confirmed["has"], confirmed["of"]);
    let said = commune.run(&["bundles"]).expects(0).out;
    assert!(said.contains("đã nhận"), "{said}");
    // With nothing new left the bundle is a receipt, and says so.
    let done = commune
        .run(&["export", "--to", "P-LDTBXH", "-o", &district.file("c.nlb")])
        .expects(0);
    assert!(done.out.contains("Bên kia đã có đủ"), "{}", done.out);
    office.run(&["import", &district.file("c.nlb")]).expects(0);
}

#[test]
fn an_import_is_taken_back_as_if_never_or_by_new_entries() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    let untouched = office.state();
    set(commune, "be_trai=62");
    district.sends("a.nlb").expects(0);
    let id = first(&list(office), "imported");
    office.run(&["bundles", "undo", &id]).expects(2);
    office
        .run(&["bundles", "undo", &id, "--reason", " "])
        .expects(2);
    // Whoever the store does not know may look, not take away.
    let state = office.state();
    let undo = ["bundles", "undo", &id, "--reason", "nhầm tệp"];
    office
        .run(&[&["--actor", "khach"], &undo[..]].concat())
        .expects(6);
    let show = ["--actor", "khach", "bundles", "show", &id];
    office.run(&show).expects(0);
    assert_eq!(office.state(), state);
    let done = office
        .run(&["bundles", "undo", &id, "--reason", "nhầm tệp"])
        .expects(0);
    assert!(done.out.contains("như chưa từng nhập"), "{}", done.out);
    assert_eq!(office.state(), untouched);
    // A second time there is nothing to take back.
    office
        .run(&["bundles", "undo", &id, "--reason", "nhầm tệp"])
        .expects(2);
    // It can come in again; once it is built on, former figures are written anew.
    office.run(&["import", &district.file("a.nlb")]).expects(0);
    set(commune, "be_trai=63");
    district.sends("b.nlb").expects(0);
    let done = office
        .run(&["bundles", "undo", &id, "--reason", "nhầm tệp"])
        .expects(0);
    assert!(done.out.contains("không có gì thay đổi"), "{}", done.out);
    assert_eq!(shown(office, "be_trai"), "63", "a later figure stays");
    let id = first(&list(office), "imported");
    set(commune, "be_gai=1");
    district.sends("c.nlb").expects(0);
    let done = office
        .run(&["bundles", "undo", &id, "--reason", "nhầm tệp"])
        .expects(0);
    assert!(done.out.contains("ghi lại số cũ vào 1 ô"), "{}", done.out);
    assert_eq!(shown(office, "be_trai"), "62");
    // What somebody typed here is that person's word, also where it is the same figure.
    set(office, "be_trai=63");
    let done = office
        .run(&["bundles", "undo", &id, "--reason", "nhầm tệp"])
        .expects(0);
    assert!(done.out.contains("không có gì thay đổi"), "{}", done.out);
    assert_eq!(shown(office, "be_trai"), "63");
    assert!(office.state().contains("nhầm tệp"));
    office.run(&["verify"]).expects(0);
}

#[test]
fn a_bundle_waits_for_an_earlier_one_and_comes_in_by_itself() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    // The office acknowledges the first, so that the third builds on the second.
    set(commune, "be_trai=61");
    district.sends("1.nlb").expects(0);
    export(office, "ngoc-thien", &district.file("r.nlb"));
    commune.run(&["import", &district.file("r.nlb")]).expects(0);
    let other = Desk::copy(office);
    set(commune, "be_trai=62");
    export(commune, "P-LDTBXH", &district.file("2.nlb"));
    other.run(&["import", &district.file("2.nlb")]).expects(0);
    export(&other, "ngoc-thien", &district.file("r2.nlb"));
    commune
        .run(&["import", &district.file("r2.nlb")])
        .expects(0);
    set(commune, "be_trai=63");
    export(commune, "P-LDTBXH", &district.file("3.nlb"));
    let done = office.run(&["import", &district.file("3.nlb")]).expects(1);
    assert!(done.out.contains("thiếu của"), "{}", done.out);
    assert_eq!(shown(office, "be_trai"), "61");
    let waiting = office.run(&["bundles", "--json"]).expects(1);
    let waiting: Value = serde_json::from_str(&waiting.out).unwrap();
    let gap = &waiting["waiting"][0]["missing"][0];
    assert!(gap["have"].as_u64() < gap["needs"].as_u64(), "{gap}");
    // Tried again without what is missing: still waits.
    office.run(&["import"]).expects(1);
    // An imported one cannot be dropped; one that waits can, but not without being asked.
    let imported = first(&waiting, "imported");
    let id = first(&waiting, "waiting");
    office
        .run(&["bundles", "drop", &imported, "--yes"])
        .expects(3);
    office.run(&["bundles", "drop", &id]).expects(2);
    let state = office.state();
    office.run(&["bundles", "drop", &id, "--yes"]).expects(0);
    assert_eq!(office.state(), state);
    assert_eq!(list(office)["waiting"], Value::Array(Vec::new()));
    let done = office.run(&["import"]).expects(0);
    assert!(
        done.out.contains("Không có tệp số liệu nào"),
        "{}",
        done.out
    );
    // With the one before it, it is taken without being named.
    office.run(&["import", &district.file("3.nlb")]).expects(1);
    office.run(&["import", &district.file("2.nlb")]).expects(0);
    assert_eq!(shown(office, "be_trai"), "63");
    office.run(&["bundles"]).expects(0);
}

#[test]
fn a_strangers_bundle_comes_in_once_its_digits_were_compared() {
    let district = District::new();
    let office = &district.office;
    let stranger = Desk::empty();
    stranger
        .run(&["init", "--unit", "cao-xa", "--as", "Lạ"])
        .expects(0);
    stranger
        .run(&["set", "--unit", "cao-xa", "--period", "2023", "be_trai=70"])
        .expects(0);
    let key = stranger.path().join("cx.nlk");
    let key = key.to_str().unwrap();
    let digits = stranger.run(&["export", "--key", "-o", key]).expects(0).out;
    export(&stranger, "P-LDTBXH", &district.file("la.nlb"));
    let before = office.state();
    let done = office.run(&["import", &district.file("la.nlb")]).expects(1);
    let kept = list(office);
    let unknown = &kept["quarantine"][0]["strangers"][0];
    assert_eq!(unknown["says"], "cao-xa");
    let eight = unknown["digits"].as_str().unwrap();
    assert_eq!(eight.split(' ').count(), 8);
    assert!(digits.contains(eight), "the digits its own store reads out");
    assert!(done.out.contains(eight), "{}", done.out);
    // What it would change, were it believed.
    let id = first(&kept, "quarantine");
    let preview = office.json(&["bundles", "show", &id, "--json"]);
    assert_eq!(preview["state"], "kept");
    assert_eq!(preview["changes"][0]["new"], "70");
    assert_eq!(office.state(), before, "a preview changes nothing");
    // Enrolled by the bundle that is kept: the stick may be gone. It comes in at once.
    office.run(&["enrol", "abcdef", "--yes"]).expects(2);
    let done = office.run(&["enrol", &id, "--yes"]).expects(0);
    assert!(done.out.contains("70"), "{}", done.out);
    let show = office.json(&["show", "--unit", "cao-xa", "--period", "2023", "--json"]);
    assert_eq!(cell(&show, "be_trai")["value"], "70");
    assert_eq!(list(office)["quarantine"], Value::Array(Vec::new()));
}

#[test]
fn totals_and_jumps_are_said_with_the_figures() {
    let district = District::new();
    set(&district.commune, "be_trai=62");
    district.sends("a.nlb").expects(0);
    set(&district.commune, "be_trai=620");
    export(&district.commune, "P-LDTBXH", &district.file("b.nlb"));
    let file = district.file("b.nlb");
    let planned = district
        .office
        .run(&["import", "--dry-run", &file, "--json"]);
    let planned: Value = serde_json::from_str(&planned.expects(1).out).unwrap();
    let total = &planned["totals"][0];
    assert_eq!(
        (&total["field"], &total["before"], &total["after"]),
        (&"be_trai".into(), &"62".into(), &"620".into())
    );
    assert_eq!(planned["suspicions"][0]["kind"], "jump");
    let said = district.office.run(&["import", &file]).expects(1).out;
    assert!(said.contains("62 → 620"), "{said}");
    assert!(said.contains("Tổng năm 2023"), "{said}");
    assert!(said.contains("chênh từ 10 lần"), "{said}");
}

#[test]
fn a_folder_stands_for_its_bundles_and_gives_files_their_names() {
    let district = District::new();
    let stick = district.office.path().join("usb");
    std::fs::create_dir(&stick).unwrap();
    let dir = stick.to_str().unwrap();
    district.office.run(&["import", dir]).expects(2);
    set(&district.commune, "be_trai=62");
    let done = district
        .commune
        .run(&["export", "--to", "P-LDTBXH", "-o", dir])
        .expects(0);
    let names: Vec<String> = std::fs::read_dir(&stick)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let [name] = names.as_slice() else {
        panic!("{names:?}")
    };
    assert!(done.out.contains(name), "{}", done.out);
    let parts: Vec<&str> = name.strip_suffix(".nlb").unwrap().split('_').collect();
    let [nl, district_id, unit, day, number, hash] = parts.as_slice() else {
        panic!("{name}")
    };
    assert_eq!((*nl, *unit), ("NL", "ngoc-thien"));
    assert!(!district_id.is_empty());
    assert_eq!((day.len(), number.len(), hash.len()), (8, 4, 6), "{name}");
    let key = district
        .commune
        .run(&["export", "--key", "-o", dir])
        .expects(0);
    assert!(key.out.contains("NL_ngoc-thien.nlk"), "{}", key.out);
    // What is no .nlb, or hidden, is left alone; a bad bundle is named and keeps no other out.
    std::fs::write(stick.join("._x.nlb"), b"mac").unwrap();
    std::fs::write(stick.join("doc.txt"), b"khong phai").unwrap();
    std::fs::write(stick.join("hong.nlb"), b"khong phai").unwrap();
    let bad = stick.join("hong.nlb");
    let before = district.office.state();
    let alone = ["import", bad.to_str().unwrap()];
    let done = district.office.run(&alone).expects(3);
    assert!(done.err.contains("hong.nlb"), "{}", done.err);
    assert_eq!(district.office.state(), before);
    let done = district.office.run(&["import", dir, "--json"]).expects(1);
    assert!(done.err.contains("hong.nlb"), "{}", done.err);
    let answer: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(answer["applied"], true);
    let unread = answer["unread"].as_array().unwrap();
    assert!(unread[0]["file"].as_str().unwrap().ends_with("hong.nlb"));
    assert_eq!(
        (unread.len(), answer["bundles"][0]["fate"].clone()),
        (1, "taken".into())
    );
    assert_eq!(shown(&district.office, "be_trai"), "62");
    std::fs::remove_file(bad).unwrap();
    district.office.run(&["import", dir]).expects(0);
}

#[test]
fn what_oversteps_its_rights_is_kept_as_evidence_until_a_person_lets_it_go() {
    let district = District::new();
    let office = &district.office;
    // A second store of the office's, which enrols people of its own: that right it has nowhere.
    let other = Desk::empty();
    other
        .run(&["init", "--unit", "P-LDTBXH", "--as", "Máy thứ hai"])
        .expects(0);
    let key = district.file("xa.nlk");
    other.run(&["enrol", &key, "--yes"]).expects(0);
    export(&other, "P-LDTBXH", &district.file("2.nlb"));
    office.run(&["import", &district.file("2.nlb")]).expects(1);
    let id = first(&list(office), "quarantine");
    // It is enrolled, and the bundle that waited for that is judged, refused and kept.
    let done = office.run(&["enrol", &id, "--yes"]).expects(1);
    assert!(done.out.contains("vượt quyền"), "{}", done.out);
    let kept = list(office);
    assert_eq!(kept["quarantine"], Value::Array(Vec::new()));
    let message = kept["refused"][0]["message"].as_str().unwrap();
    assert!(message.contains("vượt quyền"), "{message}");
    // Evidence waits for nobody, and is not tried again.
    office.run(&["bundles"]).expects(0);
    office.run(&["import"]).expects(0);
    let state = office.state();
    office.run(&["bundles", "drop", &id, "--yes"]).expects(0);
    assert_eq!(list(office)["refused"], Value::Array(Vec::new()));
    assert_eq!(office.state(), state);
}

#[test]
fn who_has_no_part_in_the_store_takes_nothing_in_and_lets_nothing_go() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    set(commune, "be_trai=62");
    district.sends("a.nlb").expects(0);
    let id = first(&list(office), "imported");
    set(commune, "be_trai=63");
    let file = district.file("b.nlb");
    export(commune, "P-LDTBXH", &file);
    let before = office.state();
    let looker = ["--actor", "khach"];
    let tried: [&[&str]; 3] = [
        &["import", &file],
        &["bundles", "undo", &id, "--reason", "thử"],
        &["bundles", "drop", &id],
    ];
    for words in tried {
        let done = office.run(&[&looker, words].concat()).expects(6);
        assert!(done.err.contains("khach"), "{}", done.err);
        assert_eq!(office.state(), before, "{words:?}");
    }
    office.run(&["import", &file, "--dry-run"]).expects(0);
    office.run(&["import", &file]).expects(0);
}
