//! Two stores that meet by file: a commune's and the coordinator's.

use serde_json::Value;

use crate::run::{Desk, Done, cell};

const FORM: [&str; 4] = ["--unit", "nt", "--period", "2023"];

/// A commune and the coordinator, each believing the other's key.
pub(crate) struct District {
    pub(crate) commune: Desk,
    pub(crate) office: Desk,
}

fn words<'a>(command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec![command];
    all.extend(FORM);
    all.extend(more);
    all
}

impl District {
    pub(crate) fn new() -> Self {
        let (commune, office) = (Desk::commune(), Desk::empty());
        office
            .run(&["init", "--unit", "P-LDTBXH", "--as", "Phòng LĐTBXH"])
            .expects(0);
        let district = Self { commune, office };
        let key = district.file("xa.nlk");
        district
            .commune
            .run(&["export", "--key", "-o", &key])
            .expects(0);
        district.office.run(&["enrol", &key, "--yes"]).expects(0);
        let first = district.file("huyen.nlb");
        let words = ["export", "--to", "ngoc-thien", "-o", &first];
        district.office.run(&words).expects(0);
        district.commune.run(&["enrol", &first, "--yes"]).expects(0);
        district
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.office.path().join(name).to_str().unwrap().to_owned()
    }

    /// What the commune has reaches the office.
    pub(crate) fn sends(&self, name: &str) -> Done {
        let file = self.file(name);
        self.commune
            .run(&["export", "--to", "P-LDTBXH", "-o", &file])
            .expects(0);
        self.office.run(&["import", &file, "--json"])
    }
}

/// A figure for each of the form's 54 numeric fields, no two alike.
fn every_field(desk: &Desk) -> Vec<String> {
    let shown = desk.json(&words("show", &["--json"]));
    let cells = shown["cells"].as_array().unwrap();
    let plan = desk.json(&["plan", "show", "--json"]);
    let numeric = |id: &str| {
        let fields = plan["plan"]["fields"]
            .as_array()
            .or(plan["fields"].as_array());
        let mut fields = fields.unwrap().iter();
        fields.any(|field| field["id"] == id && field["type"] != "text")
    };
    let ids = cells.iter().map(|cell| cell["field"].as_str().unwrap());
    let numbered = (10..).zip(ids.filter(|id| numeric(id)));
    numbered.map(|(n, id)| format!("{id}={n}")).collect()
}

#[test]
fn figures_travel_once_and_a_receipt_comes_back() {
    let district = District::new();
    let figures = every_field(&district.commune);
    assert_eq!(figures.len(), 54);
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    // Invented ones: the checks find them odd, and they are kept all the same.
    district.commune.run(&words("set", &figures)).expects(1);
    let file = district.file("a.nlb");
    district
        .commune
        .run(&["export", "--to", "P-LDTBXH", "-o", &file])
        .expects(0);
    let inside = district.office.json(&["inspect", &file, "--json"]);
    assert_eq!(
        (&inside["whole"], &inside["from"]),
        (&true.into(), &"ngoc-thien".into())
    );

    let before = district.office.state();
    let planned = district
        .office
        .json(&["import", "--dry-run", &file, "--json"]);
    assert_eq!(planned["applied"], false);
    assert_eq!(district.office.state(), before, "a dry run changes nothing");
    let done = district.office.json(&["import", &file, "--json"]);
    assert_eq!(done["applied"], true);
    assert_eq!(done["plan"], planned["plan"]);
    assert_eq!(done["changes"].as_array().unwrap().len(), 54);

    let shown = |desk: &Desk| desk.json(&words("show", &["--json"]));
    assert_eq!(shown(&district.office), shown(&district.commune));
    let state = district.office.state();
    let again = district.office.json(&["import", &file, "--json"]);
    assert_eq!(again["applied"], false);
    assert_eq!(
        district.office.state(),
        state,
        "a second time changes nothing"
    );

    let receipt = district.file("r.nlb");
    district
        .office
        .run(&["export", "--to", "ngoc-thien", "-o", &receipt])
        .expects(0);
    district.commune.run(&["import", &receipt]).expects(0);
    let status = district
        .commune
        .json(&["status", "--period", "2023", "--json"]);
    let units = status["units"].as_array().unwrap();
    let own = units
        .iter()
        .find(|unit| unit["unit"] == "ngoc-thien")
        .unwrap();
    assert_eq!(own["unsent"], 0, "the district has them");
    for desk in [&district.office, &district.commune] {
        desk.run(&["verify"]).expects(0);
    }
    // The same login types on both machines; the log names two people.
    let log = district.office.run(&["log"]).expects(0);
    let log = log.out;
    assert!(log.contains("Nguyễn Thị Lan, xã Ngọc Thiện"), "{log}");
    assert!(
        log.contains("công nhận máy gửi của Nguyễn Thị Lan, Xã Ngọc Thiện"),
        "{log}"
    );
    assert!(log.contains("Phòng LĐTBXH, "), "{log}");
}

#[test]
fn different_figures_are_a_conflict_until_a_person_says_why() {
    let district = District::new();
    district
        .commune
        .run(&words("set", &["be_trai=62"]))
        .expects(0);
    district.sends("a.nlb").expects(0);
    district
        .commune
        .run(&words("set", &["be_trai=63"]))
        .expects(0);
    district
        .office
        .run(&words("set", &["be_trai=64"]))
        .expects(0);
    district.sends("b.nlb").expects(1);
    let found = district.office.run(&["conflicts", "--json"]).expects(1);
    let found: Value = serde_json::from_str(&found.out).unwrap();
    let conflict = &found["conflicts"][0];
    assert_eq!(
        (&conflict["field"], &conflict["base"]),
        (&"be_trai".into(), &"62".into())
    );
    let heads = conflict["heads"].as_array().unwrap();
    assert_eq!(heads.len(), 2);
    // Nothing ends it but a person with a reason; a lock waits for that.
    district.office.run(&words("lock", &[])).expects(3);
    district
        .office
        .run(&words("set", &["be_trai=65"]))
        .expects(3);
    let id = heads.iter().find(|head| head["value"] == "63").unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    district
        .office
        .run(&words(
            "resolve",
            &["be_trai", "--take", id, "--reason", ""],
        ))
        .expects(2);
    district
        .office
        .run(&words(
            "resolve",
            &["be_trai", "--take", id, "--reason", "xã đúng"],
        ))
        .expects(0);
    let shown = district.office.json(&words("show", &["--json"]));
    assert_eq!(cell(&shown, "be_trai")["value"], "63");
    district.office.run(&["conflicts"]).expects(0);
    district.office.run(&["verify"]).expects(0);
}

#[test]
fn a_form_is_returned_locked_and_opened_again() {
    let district = District::new();
    let office = &district.office;
    office.run(&words("set", &["be_trai=62"])).expects(0);
    // Nothing is closed, returned or opened that was not handed in, or not closed.
    for step in ["approve", "lock"] {
        let refused = office.run(&words(step, &[])).expects(3);
        assert!(refused.err.contains("chưa nộp"), "{}", refused.err);
    }
    let reopen = words("reopen", &["--reason", "đính chính"]);
    assert!(office.run(&reopen).expects(3).err.contains("chưa chốt"));
    let nothing = [
        "--unit",
        "cao-xa",
        "--period",
        "2023",
        "--reason",
        "xem lại",
    ];
    let nothing = [&["return"], nothing.as_slice()].concat();
    let refused = office.run(&nothing).expects(3);
    assert!(
        refused.err.contains("chưa nhận được số nào"),
        "{}",
        refused.err
    );
    let refused = office.run(&words("submit", &[])).expects(1);
    assert!(refused.out.contains("53 ô chưa trả lời"), "{}", refused.out);
    let submit = words("submit", &["--blanks", "unavailable"]);
    office.run(&submit).expects(0);
    office
        .run(&words("return", &["--reason", "xem lại"]))
        .expects(0);
    office.run(&words("approve", &[])).expects(3);
    assert_eq!(
        office.json(&words("show", &["--json"]))["status"],
        "returned"
    );
    office.run(&words("submit", &[])).expects(0);
    let said = office.run(&words("approve", &[])).expects(0).out;
    let shown = office.json(&words("show", &["--json"]));
    let hash_of = |owner: &Value| {
        let mut parts = shown["parts"].as_array().unwrap().iter();
        let part = parts.find(|part| part["owner"] == *owner).unwrap();
        part["content_hash"].as_str().unwrap().to_owned()
    };
    let stamps = shown["stamps"].as_array().unwrap();
    assert!(stamps.len() > 1 && shown["parts"].as_array().unwrap().len() == stamps.len() + 1);
    for stamp in stamps {
        let hash = hash_of(&stamp["owner"]);
        assert_eq!(stamp["content_hash"], *hash, "its own part");
        assert_eq!(
            (&stamp["proven"], &stamp["proof"]),
            (&true.into(), &"given".into())
        );
        assert!(said.contains(&hash[..8]), "{said}");
    }
    let said = office.run(&words("lock", &[])).expects(0).out;
    let shown = office.json(&words("show", &["--json"]));
    assert_eq!(shown["status"], "locked");
    let whole = shown["content_hash"].as_str().unwrap();
    assert_eq!(shown["stamps"][0]["content_hash"], whole);
    assert!(said.contains(&whole[..8]), "{said}");
    office.run(&words("set", &["be_trai=1"])).expects(6);
    office
        .run(&words("reopen", &["--reason", "đính chính"]))
        .expects(0);
    office.run(&words("set", &["be_trai=61"])).expects(0);
    // A commune closes nothing.
    for step in ["approve", "lock"] {
        district.commune.run(&words(step, &[])).expects(6);
    }
}

#[test]
fn what_comes_after_a_lock_is_shown_beside_what_was_locked() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    commune
        .run(&words("set", &["be_trai=62", "be_gai=57"]))
        .expects(0);
    commune
        .run(&words("submit", &["--blanks", "unavailable"]))
        .expects(0);
    district.sends("a.nlb").expects(0);
    office.run(&words("lock", &[])).expects(0);
    let locked = office.json(&words("show", &["--json"]));
    commune.run(&words("set", &["be_trai=63"])).expects(0);
    let done = district.sends("b.nlb").expects(1);
    let done: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(done["plan"]["late"], 1);
    let change = &done["changes"][0];
    assert_eq!(
        (&change["late"], &change["old"], &change["new"]),
        (&true.into(), &"62".into(), &"63".into())
    );
    let back = district.file("huyen-2.nlb");
    office
        .run(&["export", "--to", "ngoc-thien", "-o", &back])
        .expects(0);
    let heard = commune.run(&["import", &back]).expects(0);
    assert_eq!(heard.err, "");

    for desk in [commune, office] {
        let shown = desk.json(&words("show", &["--json"]));
        assert_eq!(shown["status"], "locked");
        assert_eq!(shown["stamps"][0]["content_hash"], locked["content_hash"]);
        assert_eq!(shown["stamps"][0]["proven"], true);
        assert_ne!(shown["content_hash"], locked["content_hash"]);
        let boys = cell(&shown, "be_trai");
        assert_eq!(boys["value"], "63");
        assert_eq!(boys["approved"]["value"], "62");
        assert!(cell(&shown, "be_gai").get("approved").is_none());
        let late = &shown["late"][0];
        assert_eq!(
            (&late["field"], &late["old"], &late["new"]),
            (&"be_trai".into(), &"62".into(), &"63".into())
        );
        let text = desk.run(&words("show", &[])).expects(0).out;
        assert!(text.contains("Đến sau khi duyệt: 62 → 63"), "{text}");
        let short = &locked["content_hash"].as_str().unwrap()[..8];
        assert!(text.contains(&format!("mã nội dung {short}")), "{text}");
        let status = desk.run(&["status", "--period", "2023"]).expects(0).out;
        assert!(status.contains("1 số đến sau khi duyệt"), "{status}");
        desk.run(&["verify"]).expects(0);
    }
}

#[test]
fn a_loser_stays_marked_in_the_log() {
    let district = District::new();
    district
        .commune
        .run(&words("set", &["be_trai=63"]))
        .expects(0);
    district
        .office
        .run(&words("set", &["be_trai=64"]))
        .expects(0);
    district.sends("a.nlb").expects(1);
    district
        .office
        .run(&words(
            "resolve",
            &["be_trai", "--value", "63", "--reason", "xã đúng"],
        ))
        .expects(0);
    let log = district.office.json(&["log", "--json"]);
    let marked: Vec<&Value> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["was_in_conflict"] == true)
        .map(|entry| &entry["new"])
        .collect();
    assert_eq!(marked.len(), 2, "{marked:?}");
    let text = district.office.run(&["log"]).expects(0).out;
    assert_eq!(text.matches("[từng không khớp]").count(), 2, "{text}");
}

#[test]
fn what_is_no_good_bundle_is_refused_and_changes_nothing() {
    let district = District::new();
    district
        .commune
        .run(&words("set", &["be_trai=62"]))
        .expects(0);
    let file = district.file("a.nlb");
    district
        .commune
        .run(&["export", "--to", "P-LDTBXH", "-o", &file])
        .expects(0);
    let whole = std::fs::read(&file).unwrap();
    let before = district.office.state();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let mut zeroed = whole.clone();
    let tail = zeroed.len() - 40;
    zeroed[tail..].fill(0);
    for (name, bytes) in [
        ("cut", whole[..300].to_vec()),
        ("flipped", flipped),
        ("zeroed", zeroed),
        ("text", b"khong phai goi".to_vec()),
        ("empty", Vec::new()),
    ] {
        let bad = district.file(name);
        std::fs::write(&bad, bytes).unwrap();
        for command in ["import", "inspect"] {
            let done = district.office.run(&[command, &bad]).expects(3);
            assert!(done.err.contains("Không có gì bị thay đổi"), "{}", done.err);
        }
    }
    district.office.run(&["import", "khong-co.nlb"]).expects(2);
    // Somebody whose key nobody compared waits apart.
    let stranger = Desk::empty();
    stranger
        .run(&["init", "--unit", "cao-xa", "--as", "Lạ"])
        .expects(0);
    let strange = district.file("la.nlb");
    stranger
        .run(&["export", "--to", "P-LDTBXH", "-o", &strange])
        .expects(0);
    let done = district.office.run(&["import", &strange]).expects(1);
    assert!(done.out.contains("tạm giữ"), "{}", done.out);
    assert_eq!(district.office.state(), before);
    // Nor is a key believed without its digits.
    let asked = district.office.run(&["enrol", &strange]).expects(2);
    // What a "yes" would give is said before it.
    let role = "Quyền sẽ có, theo đơn vị: nhập số của đơn vị.";
    assert!(asked.err.contains(role), "{}", asked.err);
}

#[test]
fn the_coordinator_says_for_whom_a_bundle_is_and_a_whole_copy_is_not_for_a_commune() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    let before = office.state();
    let done = office
        .run(&["export", "-o", &district.file("a.nlb")])
        .expects(2);
    assert!(done.err.contains("--to"), "{}", done.err);
    assert!(done.err.contains("--since-all"), "{}", done.err);
    assert_eq!(office.state(), before);
    assert!(!std::path::Path::new(&district.file("a.nlb")).exists());
    let whole = district.file("tat-ca.nlb");
    office
        .run(&["export", "--since-all", "-o", &whole])
        .expects(0);
    let before = commune.state();
    let done = commune.run(&["import", &whole]).expects(3);
    assert!(done.out.contains("bản đầy đủ"), "{}", done.out);
    assert_eq!(commune.state(), before);
    // A commune's bundle needs no word: it is for the coordinator.
    let file = district.file("xa.nlb");
    commune.run(&["export", "-o", &file]).expects(0);
    let inside = commune.json(&["inspect", &file, "--json"]);
    assert_eq!(inside["to"], "P-LDTBXH");
    office.run(&["import", &file]).expects(0);
    let report = commune.json(&["verify", "--json"]);
    assert_eq!(report["clean"], true);
    assert!(report["withheld"].is_array());
}

#[test]
fn a_key_is_left_behind_by_a_copy_that_revokes_it() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    let author = |desk: &Desk| {
        let log = desk.json(&["log", "--json", "--limit", "1"]);
        log["entries"][0]["author"].as_str().unwrap().to_owned()
    };
    let old = author(office);
    let before = office.state();
    let done = office
        .run(&["revoke", &old, "--reason", "mất máy"])
        .expects(2);
    assert!(done.err.contains("chép thư mục số liệu"), "{}", done.err);
    assert_eq!(office.state(), before);

    // As a whole folder is copied: its witness names the file it was copied from.
    let copy = Desk::copy(office);
    let witness = |desk: &Desk| desk.store().join("witness");
    std::fs::copy(witness(office), witness(&copy)).unwrap();
    copy.run(&["revoke", &old, "--reason", "mất máy"])
        .expects(0);
    assert_ne!(author(&copy), old);
    copy.run(&["verify"]).expects(0);
    // The commune believes the new key once its digits were compared, and goes on.
    let file = district.file("moi.nlb");
    copy.run(&["export", "--to", "ngoc-thien", "-o", &file])
        .expects(0);
    commune.run(&["import", &file]).expects(1);
    commune.run(&["enrol", &file, "--yes"]).expects(0);
    commune.run(&words("set", &["be_trai=62"])).expects(0);
    let file = district.file("xa.nlb");
    commune
        .run(&["export", "--to", "P-LDTBXH", "-o", &file])
        .expects(0);
    copy.run(&["import", &file]).expects(0);
    let shown = copy.json(&words("show", &["--json"]));
    assert_eq!(cell(&shown, "be_trai")["value"], "62");
    commune.run(&["verify"]).expects(0);
}
