//! What could drive a terminal never reaches it: not from arguments, plan files or stored words.

use nhaplieu::base::Decimal;
use nhaplieu::ledger::{
    AuthorId, Body, CellKey, Clock, Content, ContentHash, ContentPart, Entry, EntryRef, Hash,
    PlanRef, Subject,
};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};

use crate::bundles::District;
use crate::forge::Forger;
use crate::run::{Desk, Done};

/// Escape sequences, bidi overrides, zero-width characters, a bell, a backspace.
const HOSTILE: &str = "Lan\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}nab\u{200b}\u{2066}\u{8}";

#[track_caller]
fn clean(done: &Done) {
    for text in [&done.out, &done.err] {
        for c in text.chars() {
            assert!(
                c == '\n' || !nhaplieu::base::text::is_hostile(c),
                "U+{:04X} in {text:?}",
                c as u32
            );
        }
    }
}

#[test]
fn hostile_arguments_are_shown_harmless() {
    let desk = Desk::commune();
    for words in [
        &["show", "--unit", HOSTILE, "--period", "2023"][..],
        &["show", "--unit", "nt", "--period", HOSTILE],
        &["set", "--unit", "nt", "--period", "2023", HOSTILE],
        &["--actor", HOSTILE, "status"],
        &["--keymap", HOSTILE, "keys"],
        &[HOSTILE],
    ] {
        clean(&desk.run(words));
    }
}

#[test]
fn hostile_names_and_notes_are_stored_clean() {
    let desk = Desk::empty();
    clean(
        &desk
            .run(&["init", "--unit", "nt", "--as", HOSTILE])
            .expects(0),
    );
    let note = format!("be_trai={HOSTILE}");
    let words = format!("danh_gia={}", HOSTILE.repeat(2_000));
    let form = ["--unit", "nt", "--period", "2023"];
    let set = [
        "set", form[0], form[1], form[2], form[3], "--note", &note, &words,
    ];
    clean(&desk.run(&set).expects(0));
    for words in [
        &["show"][..],
        &["show", "--json"],
        &["log"],
        &["log", "--json"],
    ] {
        let mut words = words.to_vec();
        words.extend(form);
        clean(&desk.run(&words).expects(0));
    }
}

#[test]
fn a_hostile_plan_is_refused_where_it_is_hostile() {
    let desk = Desk::empty();
    let plan = format!("format = 1\n# {HOSTILE}\n");
    let plan = desk.file("ke-hoach.toml", plan.as_bytes());
    let done = desk
        .run(&["plan", "check", plan.to_str().unwrap()])
        .expects(3);
    clean(&done);
    assert!(done.out.contains("ke-hoach.toml:2:"), "{}", done.out);
}

#[test]
fn decomposed_words_find_and_store_the_composed_ones() {
    use unicode_normalization::UnicodeNormalization;
    let desk = Desk::commune();
    let unit: String = "Ngọc Thiện".nfd().collect();
    let words: String = "danh_gia=Đã tuyên truyền".nfd().collect();
    desk.run(&["set", "--unit", &unit, "--period", "2023", &words])
        .expects(0);
    let shown = desk
        .run(&["show", "--unit", "nt", "--period", "2023"])
        .expects(0);
    assert!(shown.out.contains("Đã tuyên truyền"), "{}", shown.out);
}

#[test]
fn ascii_is_ascii_and_keeps_the_meaning_of_targets() {
    let desk = Desk::commune();
    let shown = desk
        .run(&["--ascii", "show", "--unit", "nt", "--period", "2023"])
        .expects(0);
    assert!(shown.out.is_ascii(), "{}", shown.out);
    assert!(shown.out.contains(">= 50"), "{}", shown.out);
    let failed = desk
        .run(&["--ascii", "show", "--unit", "lc", "--period", "2023"])
        .expects(2);
    assert!(failed.err.is_ascii(), "{}", failed.err);
}

/// How a log goes on.
type GoOn<'a> = &'a dyn Fn(&mut Forger);

/// A bundle of the commune that goes on as no program does.
fn forged(district: &District, go_on: impl FnOnce(&mut Forger)) -> String {
    let set = ["set", "--unit", "nt", "--period", "2023", "be_trai=62"];
    district.commune.run(&set).expects(0);
    let file = district.file("that.nlb");
    let export = ["export", "--to", "P-LDTBXH", "--since-all", "-o", &file];
    district.commune.run(&export).expects(0);
    let seed = std::fs::read(district.commune.store().join("key")).unwrap();
    let mut forger = Forger::of(&std::fs::read(&file).unwrap(), &seed);
    go_on(&mut forger);
    let file = district.file("gia.nlb");
    std::fs::write(&file, forger.bundle()).unwrap();
    file
}

fn cell(period: &str, field: &str) -> CellKey {
    let (unit, period) = (UnitId::new("ngoc-thien"), PeriodId::new(period));
    CellKey::new(&unit, &period, &FieldId::new(field))
}

/// An entry that gives a cell a figure.
fn figure(entry: &mut Entry, period: &str, field: &str, figure: i64) {
    entry.subject = Subject::Cell(cell(period, field));
    entry.body = Body::SetValue(Content::Value(Decimal::whole(figure)));
}

/// Every command that reads, reads; none of them fails.
#[track_caller]
fn everything_reads(office: &Desk) {
    for words in [
        &["status"][..],
        &["status", "--period", "2023"],
        &["check"],
        &["show", "--unit", "nt", "--period", "2023"],
        &["show", "--unit", "nt", "--period", "2023", "--json"],
        &["log"],
        &["log", "--json"],
        &["log", "--unit", "nt", "--period", "2023"],
        &["conflicts"],
        &["bundles"],
        &["export", "--to", "nt", "--since-all", "-o", "-"],
    ] {
        let store = office.store();
        let mut all = vec!["--store", store.to_str().unwrap(), "--today", office.today];
        all.extend(words);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_nhaplieu"))
            .args(&all)
            .env_clear()
            .env("HOME", office.path())
            .output()
            .unwrap();
        let code = output.status.code();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(code, Some(0 | 1)), "{words:?}: {code:?} {said}");
    }
    office.run(&["verify"]).expects(0);
}

#[test]
fn bundles_that_are_rightly_signed_and_mean_harm_are_refused_by_name() {
    let named: [(GoOn<'_>, &str); 6] = [
        (
            &|forger| {
                for at in 0..65 {
                    forger.adds(|entry| figure(entry, "2023", "be_gai", at));
                }
            },
            "quá 64 giá trị",
        ),
        (
            &|forger| {
                forger.adds(|entry| figure(entry, "1999", "be_gai", 1));
            },
            "kế hoạch không có kỳ 1999",
        ),
        (
            &|forger| {
                forger.adds(|entry| figure(entry, "2023", "be_la", 1));
            },
            "kế hoạch không có chỉ tiêu be_la",
        ),
        (
            &|forger| {
                forger.adds(|entry| figure(entry, "2023", "be_gai", -1));
            },
            "giá trị mà ô không nhận",
        ),
        (
            &|forger| {
                forger.adds(|entry| {
                    let mut key = cell("2023", "be_gai");
                    key.form.unit = UnitId::new("xa-la");
                    entry.subject = Subject::Cell(key);
                });
            },
            "kế hoạch không có đơn vị xa-la",
        ),
        (
            &|forger| forger.header.from = UnitId::new("cao-xa"),
            "Tệp số liệu ghi là của cao-xa",
        ),
    ];
    for (go_on, words) in named {
        let district = District::new();
        let file = forged(&district, go_on);
        let before = district.office.state();
        let done = district.office.run(&["import", &file]).expects(3);
        assert!(done.out.contains(words), "{words}: {}", done.out);
        assert_eq!(district.office.state(), before, "{words}");
        everything_reads(&district.office);
        // Who does not know the author keeps it apart, and judges it when it does.
        let other = Desk::empty();
        let init = ["init", "--unit", "P-LDTBXH", "--as", "Phòng"];
        other.run(&init).expects(0);
        other.run(&["import", &file]).expects(1);
        everything_reads(&other);
    }
}

#[test]
fn odd_entries_that_are_taken_read_everywhere() {
    let district = District::new();
    let file = forged(&district, |forger| {
        let cited: Vec<EntryRef> = (0..500)
            .map(|seq| EntryRef {
                author: AuthorId([9; 16]),
                seq: seq + 1,
                h8: [7; 8],
            })
            .collect();
        for at in 0..64 {
            forger.adds(|entry| {
                figure(entry, "2023", "be_gai", at);
                entry.note = "ộ".repeat(4_000);
                entry.replaces.clone_from(&cited);
                entry.clock = Clock {
                    millis: u64::MAX,
                    counter: u16::MAX,
                };
            });
        }
        let last = forger.adds(|entry| {
            entry.subject = Subject::Note(cell("2023", "be_trai"));
            entry.body = Body::Note("ộ".repeat(4_000));
        });
        forger.adds(|entry| {
            entry.subject = Subject::Note(cell("2023", "be_trai"));
            entry.body = Body::Unknown {
                kind: 99,
                bytes: vec![0; 60_000],
            };
            entry.replaces = vec![last];
        });
        forger.adds(|entry| {
            figure(entry, "1999", "la", 3);
            entry.plan = PlanRef {
                version: 9,
                h8: [9; 8],
            };
        });
        forger.adds(|entry| {
            entry.subject = Subject::Form(cell("2023", "be_trai").form);
            entry.body = Body::Submit {
                content: ContentHash::stated([(ContentPart::NoMeasure, Hash::ZERO)].into())
                    .unwrap(),
                blanks: u32::MAX,
                unconfirmed: u32::MAX,
                overridden: u32::MAX,
            };
        });
    });
    let done = district.office.run(&["import", &file]).expects(1);
    assert!(done.out.contains("không khớp"), "{}", done.out);
    everything_reads(&district.office);
}
