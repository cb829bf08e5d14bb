//! Somebody else's reader, written from the pages in `docs/`, reads what the commands write and
//! finds in it what the commands say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::bundles::District;
use crate::outside_reader::content::{self, Cells};
use crate::outside_reader::entry::{Body, Content, Subject};
use crate::outside_reader::file::{self, Bundle, Recorded};
use crate::outside_reader::plan::Plan;
use crate::outside_reader::{author_of, digits, hex, key_file};
use crate::run::{Desk, Done};

/// A form, and how the commands name it.
struct Form<'a> {
    unit: &'a str,
    period: &'a str,
}

impl Form<'_> {
    fn run(&self, desk: &Desk, command: &str, more: &[&str]) -> Done {
        let mut words = vec![command, "--unit", self.unit, "--period", self.period];
        words.extend(more);
        desk.run(&words)
    }

    fn shown(&self, desk: &Desk) -> Value {
        let done = self.run(desk, "show", &["--json"]).expects(0);
        serde_json::from_str(&done.out).unwrap()
    }

    fn key(&self) -> (&str, &str) {
        (self.unit, self.period)
    }
}

/// Everything that a store would give away, read by the outside reader.
fn given_away(desk: &Desk, options: &[&str]) -> Bundle {
    let file = desk.path().join("ra.nlb");
    let mut words = vec!["export", "--since-all", "-o", file.to_str().unwrap()];
    words.extend(options);
    desk.run(&words).expects(0);
    let bytes = std::fs::read(&file).unwrap();
    let bundle = file::read(&bytes).unwrap();
    same_as_inspect(desk, &bundle, file.to_str().unwrap());
    bundle
}

/// `inspect` says of the file what the reader read.
fn same_as_inspect(desk: &Desk, bundle: &Bundle, file: &str) {
    let said = desk.json(&["inspect", file, "--json"]);
    let header = &bundle.header;
    assert_eq!(said["signed_by"], hex(&author_of(&header.signer)));
    assert_eq!(said["digits"], digits(&header.signer));
    assert_eq!(said["from"], header.from.as_str());
    assert_eq!(said["to"].as_str().unwrap_or_default(), header.to);
    assert_eq!(said["plan"], header.plan.as_str());
    assert_eq!(said["plan_version"], header.plan_version);
    assert_eq!(said["entries"], header.entries);
    let ranges = said["ranges"].as_array().unwrap();
    assert_eq!(ranges.len(), header.ranges.len());
    for (range, read) in ranges.iter().zip(&header.ranges) {
        assert_eq!(range["author"], hex(&read.author()));
        assert_eq!(
            (&range["first"], &range["last"]),
            (&read.first.into(), &read.last.into())
        );
    }
}

/// The parts of the form's content as `show` gives them are those of the cells.
fn same_parts(plan: &Plan, form: &Form<'_>, cells: &Cells, shown: &Value) {
    let parts = content::parts(plan, form.key(), cells);
    let said = shown["parts"].as_array().unwrap();
    let said: BTreeMap<&str, &str> = said
        .iter()
        .map(|part| {
            let owner = part["owner"].as_str().unwrap_or_default();
            (owner, part["content_hash"].as_str().unwrap())
        })
        .collect();
    let read: BTreeMap<&str, String> = parts
        .iter()
        .map(|(owner, hash)| (owner.as_str(), hex(hash)))
        .collect();
    assert_eq!(said.len(), read.len());
    for (owner, hash) in &read {
        assert_eq!(said[owner], hash, "part {owner:?}");
    }
    assert_eq!(shown["content_hash"], hex(&content::whole(&parts)));
}

fn all(_: &Recorded) -> bool {
    true
}

#[test]
fn the_hash_of_each_state_of_a_form_is_that_of_its_entries() {
    let desk = Desk::empty();
    let plan_file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/plans/song-ho-2026.toml"
    );
    let plan = Plan::read(&std::fs::read(plan_file).unwrap());
    desk.run(&[
        "init", "--unit", "ben-may", "--as", "Mây", "--plan", plan_file,
    ])
    .expects(0);
    let form = Form {
        unit: "ben-may",
        period: "2026",
    };
    for figures in [
        &[][..],
        &["cay_trong=1200"],
        &["cay_song=1100", "dien_tich=3,5", "nhan_xet=Cây sống tốt"],
        &["dien_tich=3,25", "cay_song=-"],
        &["cay_trong=..", "cay_song=*"],
        &["--keep-invalid", "cay_trong=12a"],
        &["cay_trong=", "nhan_xet="],
    ] {
        if !figures.is_empty() {
            form.run(&desk, "set", figures);
        }
        let bundle = given_away(&desk, &[]);
        let cells = content::cells(&bundle.entries, form.key(), all);
        same_parts(&plan, &form, &cells, &form.shown(&desk));
    }
}

#[test]
fn a_conflict_and_what_ends_it_read_the_same_outside() {
    let district = District::new();
    let form = Form {
        unit: "ngoc-thien",
        period: "2023",
    };
    let plan_file = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/tan-yen-2021-2025.toml");
    let plan = Plan::read(&std::fs::read(plan_file).unwrap());
    form.run(&district.commune, "set", &["be_trai=62", "be_gai=57"])
        .expects(0);
    district.sends("a.nlb").expects(0);
    form.run(&district.commune, "set", &["be_trai=63"])
        .expects(0);
    form.run(&district.office, "set", &["be_trai=64"])
        .expects(0);
    district.sends("b.nlb");
    let bundle = given_away(&district.office, &[]);
    assert!(bundle.header.ranges.len() >= 2, "two authors");
    let cells = content::cells(&bundle.entries, form.key(), all);
    let mut heads = cells.iter().filter(|(cell, _)| cell.field == "be_trai");
    let (_, heads) = heads.next().unwrap();
    // The commune's own before what was entered on its behalf.
    assert_eq!(heads, &[Content::Value(63, 0), Content::Value(64, 0)]);
    same_parts(&plan, &form, &cells, &form.shown(&district.office));
    let conflicts = district.office.run(&["conflicts", "--json"]).out;
    let conflicts: Value = serde_json::from_str(&conflicts).unwrap();
    let heads = conflicts["conflicts"][0]["heads"].as_array().unwrap();
    let id = heads.iter().find(|head| head["value"] == "64").unwrap()["id"].clone();
    form.run(
        &district.office,
        "resolve",
        &[
            "be_trai",
            "--take",
            id.as_str().unwrap(),
            "--reason",
            "sổ ghi 64",
        ],
    )
    .expects(0);
    let bundle = given_away(&district.office, &[]);
    let cells = content::cells(&bundle.entries, form.key(), all);
    same_parts(&plan, &form, &cells, &form.shown(&district.office));
}

#[test]
fn every_step_of_a_form_states_the_hash_of_what_its_person_had_seen() {
    let district = District::new();
    let office = &district.office;
    let form = Form {
        unit: "ngoc-thien",
        period: "2023",
    };
    let plan_file = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/tan-yen-2021-2025.toml");
    let plan = Plan::read(&std::fs::read(plan_file).unwrap());
    form.run(&district.commune, "set", &["be_trai=62"])
        .expects(0);
    form.run(&district.commune, "submit", &["--blanks", "unavailable"])
        .expects(0);
    district.sends("a.nlb");
    form.run(office, "approve", &[]).expects(0);
    form.run(office, "lock", &[]).expects(0);
    form.run(office, "reopen", &["--reason", "đính chính"])
        .expects(0);
    form.run(office, "set", &["be_trai=61"]).expects(0);
    let bundle = given_away(office, &[]);
    let (mut submitted, mut approved, mut locked) = (0, 0, 0);
    for entry in &bundle.entries {
        let seen = |frontier| {
            let cells = content::cells_seen(&bundle.entries, form.key(), frontier);
            content::parts(&plan, form.key(), &cells)
        };
        match (&entry.entry.body, &entry.entry.subject) {
            (Body::Submit(parts, _), _) => {
                // In a log of one author all that stands before it had been seen.
                let before = vec![(entry.author, entry.number - 1, [0; 32])];
                assert_eq!(*parts, seen(&before));
                submitted += 1;
            }
            (Body::Approve(hash, frontier), Subject::Approval(_, _, owner)) => {
                let parts = seen(frontier);
                let mut parts = parts.iter();
                assert!(parts.any(|part| part == &(owner.clone(), *hash)));
                approved += 1;
            }
            (Body::Lock(parts, frontier), _) => {
                assert_eq!(*parts, seen(frontier));
                for (author, last, hash) in frontier {
                    let at = |e: &&Recorded| e.author == *author && e.number == *last;
                    let end = bundle.entries.iter().find(at).unwrap();
                    assert_eq!(end.hash, *hash);
                }
                locked += 1;
            }
            _ => {}
        }
    }
    assert_eq!((submitted, locked), (1, 1));
    assert!(approved > 1);
}

#[test]
fn what_goes_to_one_unit_goes_through_mail_and_a_key_file_reads() {
    let district = District::new();
    let office = &district.office;
    let to = given_away(office, &["--to", "ngoc-thien", "--armour"]);
    assert_eq!(to.header.to, "ngoc-thien");
    assert_eq!(to.header.from, "P-LDTBXH");
    let keys: Vec<[u8; 32]> = to.header.ranges.iter().map(|range| range.key).collect();
    assert_eq!(to.header.proved(&keys).len(), to.header.have.len());
    let file = district.file("k.nlk");
    district
        .commune
        .run(&["export", "--key", "-o", &file])
        .expects(0);
    let key = key_file::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(key.unit, "ngoc-thien");
    assert_eq!(key.name, "Nguyễn Thị Lan");
    let own = given_away(&district.commune, &[]);
    assert_eq!(own.header.signer, key.key);
}

#[test]
fn a_quoted_bundle_is_imported_and_a_key_in_another_encoding_enrolled() {
    let (commune, office) = (Desk::commune(), Desk::empty());
    office
        .run(&["init", "--unit", "P-LDTBXH", "--as", "Phòng"])
        .expects(0);
    let form = Form {
        unit: "ngoc-thien",
        period: "2023",
    };
    form.run(&commune, "set", &["be_trai=62"]).expects(0);
    let key = commune.path().join("xa.nlk");
    commune
        .run(&["export", "--key", "-o", key.to_str().unwrap()])
        .expects(0);
    let text = std::fs::read_to_string(&key).unwrap();
    let marked = format!("\u{feff}{text}");
    let utf16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let key = office.file("xa.nlk", &utf16);
    office
        .run(&["enrol", key.to_str().unwrap(), "--yes"])
        .expects(0);
    let file = commune.path().join("goi.txt");
    let words = ["export", "--to", "P-LDTBXH", "--armour", "-o"];
    commune
        .run(&[&words[..], &[file.to_str().unwrap()]].concat())
        .expects(0);
    let text = std::fs::read_to_string(&file).unwrap();
    let quoted = format!("> {}", text.trim_end().replace('\n', "\r\n> "));
    let file = office.file("thu.txt", quoted.as_bytes());
    for command in ["inspect", "import"] {
        office.run(&[command, file.to_str().unwrap()]).expects(0);
    }
    let shown = form.shown(&office);
    assert_eq!(crate::run::cell(&shown, "be_trai")["value"], "62");
    // Without its end it is named for what it is, and changes nothing.
    let half = office.file("nua.txt", &quoted.as_bytes()[..quoted.len() / 2]);
    let before = office.state();
    let done = office.run(&["import", half.to_str().unwrap()]).expects(3);
    assert!(done.err.contains("bị cụt"), "{done:?}");
    assert_eq!(office.state(), before);
}
