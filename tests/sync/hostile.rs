//! Bundles that are whole and rightly signed and say what no honest program says: each is refused
//! by name or does no harm. After each, everything opens.
#![allow(clippy::print_stderr, reason = "shown only to those who ask")]

use std::time::Instant;

use nhaplieu::base::{Decimal, ErrorKind};
use nhaplieu::ledger::{
    ActorId, AuthorId, Body, Content, ContentHash, ContentPart, Entry, EntryRef, Hash, Role,
    Subject,
};
use nhaplieu::plan::{PeriodId, RuleId, UnitId};
use nhaplieu::service::forms;
use nhaplieu::store::exchange::Held;
use nhaplieu::store::{Direction, LogFilter, StoreReader};
use nhaplieu::sync::bundle::error::PlanPart;
use nhaplieu::sync::held::status;
use nhaplieu::sync::import::plan::BundleOutcome;
use nhaplieu::sync::{BundleError, Scope, VerifiedBundle, authors};

use crate::forge::Forger;
use crate::site::Site;
use crate::world::{cell, form, number, plan, set};

/// The author of a store, going on from what it wrote.
pub(crate) fn forger(site: &mut Site) -> Forger {
    let bytes = site.bundle_bytes(Some("phong"), Scope::All);
    let seed = std::fs::read(site.dir().join("key")).unwrap();
    Forger::of(&bytes, &seed)
}

/// An office, and the author of a commune that it knows.
fn office_and_forger() -> (Site, Forger) {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    office.enrols(&commune);
    commune.types("so_00", "5");
    let forger = forger(&mut commune);
    (office, forger)
}

fn figure(at: u64) -> Body {
    Body::SetValue(Content::Value(Decimal::whole(at as i64)))
}

fn on(field: &str) -> Subject {
    Subject::Cell(cell("xa-a", "2023", field))
}

fn outcome(site: &mut Site, bundle: VerifiedBundle) -> BundleOutcome {
    let root = bundle.root();
    let done = site.imports(&[bundle]);
    let found = done.bundles.into_iter().find(|one| one.root == root);
    found.unwrap().outcome
}

/// A content hash that is none of any form.
pub(crate) fn content(byte: u8) -> ContentHash {
    let part = (ContentPart::NoMeasure, Hash([byte; 32]));
    ContentHash::stated([part].into()).unwrap()
}

fn heads(site: &Site, field: &str) -> usize {
    let form = site.store.form(&form("xa-a", "2023")).unwrap();
    form.heads(&on(field)).map_or(0, |heads| heads.all().len())
}

/// Everything that reads, reads; what is typed is saved or refused with a reason; what is written
/// for others, they can read.
#[track_caller]
pub(crate) fn everything_opens(site: &mut Site) {
    site.is_clean();
    let mut keys = site.store.form_keys().unwrap();
    for unit in ["xa-a", "xa-b"] {
        keys.extend(["2022", "2023", "2023-6T"].map(|period| form(unit, period)));
    }
    for key in &keys {
        site.store.form(key).unwrap();
        let filter = LogFilter {
            unit: Some(key.unit.clone()),
            period: Some(key.period.clone()),
            ..LogFilter::default()
        };
        site.store.log(&filter).unwrap();
    }
    for (key, found) in forms::findings(&site.store, &plan(), Vec::new()).unwrap() {
        found.unwrap_or_else(|error| panic!("{key:?}: {error}"));
    }
    site.store.log(&LogFilter::default()).unwrap();
    site.store.actors().unwrap();
    for direction in [Direction::Undo, Direction::Redo] {
        if let Err(error) = site.store.undo_plan(&site.actor, direction) {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        }
    }
    site.held();
    status::imported(&site.store).unwrap();
    status::confirmed(&site.store).unwrap();
    let unit = site.unit.to_string();
    let change = set(&cell(&unit, "2023", "so_39"), number("3"));
    if let Err(error) = site.tries(vec![change]) {
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    }
    VerifiedBundle::read(site.bundle_bytes(None, Scope::All)).unwrap();
}

#[test]
fn of_one_cell_at_most_64_heads_are_taken_however_they_come() {
    let (mut office, mut forger) = office_and_forger();
    let mut more = forger.clone();
    for at in 0..64 {
        forger.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(at)));
    }
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    assert_eq!(heads(&office, "so_01"), 64);
    everything_opens(&mut office);

    // One more, by the same or by another author.
    let before = forger.clone();
    forger.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(64)));
    let refused = outcome(&mut office, forger.read());
    let expected = BundleError::TooManyHeads {
        author: forger.author(),
        seq: before.last() + 1,
        heads: 1,
        what: "xa-a 2023 so_01".to_owned(),
    };
    assert_eq!(refused, BundleOutcome::Refused(expected));
    assert_eq!(office.held()[0].bundle.held, Held::Refused);
    assert_eq!(heads(&office, "so_01"), 64);
    everything_opens(&mut office);

    // What cites all of them leaves one.
    let mut settles = before;
    let cited = (settles.last() - 63..=settles.last()).collect::<Vec<u64>>();
    let cited: Vec<EntryRef> = refs(&settles, &cited);
    settles.adds(|entry| {
        (entry.subject, entry.body, entry.replaces) = (on("so_01"), figure(7), cited);
    });
    assert_eq!(outcome(&mut office, settles.read()), BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_01"), "7");

    // A bundle alone, all at once.
    for at in 0..65 {
        more.adds(|entry| (entry.subject, entry.body) = (on("so_02"), figure(at)));
    }
    let mut stranger = Site::office();
    assert!(matches!(
        outcome(&mut stranger, more.read()),
        BundleOutcome::Quarantined(_)
    ));
    let units = vec![UnitId::new("xa-a")];
    let enrolled = authors::enrol(more.author(), units, vec![Role::Clerk], "xã A");
    stranger.does(vec![enrolled]);
    let released = stranger.imports(&[]);
    assert!(matches!(
        released.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::TooManyHeads { heads: 65, .. })
    ));
    assert_eq!(heads(&stranger, "so_02"), 0);
    everything_opens(&mut stranger);
}

/// References of entries of its log by their numbers.
fn refs(forger: &Forger, numbers: &[u64]) -> Vec<EntryRef> {
    let read = forger.read();
    let mut found = Vec::new();
    read.each(0, 1, &mut |recorded| {
        if numbers.contains(&recorded.seq) {
            found.push(recorded.reference());
        }
        Ok(())
    })
    .unwrap();
    found
}

#[test]
fn of_two_authors_who_together_are_too_many_the_one_with_more_is_refused() {
    let (mut office, mut many) = office_and_forger();
    let mut other = Site::commune("xa-a", 2);
    office.enrols(&other);
    other.types("so_01", "9");
    for at in 0..64 {
        many.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(at)));
    }
    let honest = other.bundle(Some("phong"));
    let done = office.imports(&[many.read(), honest]);
    let refused: Vec<AuthorId> = done.refusals().map(|(bundle, _)| bundle.signer).collect();
    assert_eq!(refused, [many.author()]);
    assert_eq!(office.shows("xa-a", "so_01"), "9");
    everything_opens(&mut office);
}

#[test]
fn what_was_settled_comes_back_with_a_rejection_and_still_reads() {
    let (mut office, mut forger) = office_and_forger();
    let cited: Vec<EntryRef> = (0..300)
        .map(|at| forger.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(at))))
        .collect();
    forger.adds(|entry| {
        (entry.subject, entry.body, entry.replaces) = (on("so_01"), figure(7), cited);
        entry.note = "ộ".repeat(4_000);
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    assert_eq!(heads(&office, "so_01"), 1);
    let reject = authors::revoke(forger.author(), forger.last() - 1, "sai");
    office.does(vec![reject]);
    assert_eq!(heads(&office, "so_01"), 300);
    everything_opens(&mut office);
    // A third store takes it over as it is, and the office settles it.
    let mut resolve = set(&cell("xa-a", "2023", "so_01"), number("7"));
    resolve.body = Body::Resolve(number("7"));
    resolve.reason = "đã gọi điện".to_owned();
    office.does(vec![resolve]);
    assert_eq!(office.shows("xa-a", "so_01"), "7");
    let mut third = Site::commune("xa-b", 3);
    third.pins(&office);
    let all = VerifiedBundle::read(office.bundle_bytes(Some("xa-b"), Scope::All)).unwrap();
    assert_eq!(outcome(&mut third, all), BundleOutcome::Taken);
    everything_opens(&mut third);
}

#[test]
fn an_unknown_kind_hides_no_figure_and_is_hidden_by_none() {
    let (mut office, mut forger) = office_and_forger();
    let shown = forger.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(8)));
    let unknown = forger.adds(|entry| {
        entry.subject = on("so_01");
        entry.body = Body::Unknown {
            kind: 77,
            bytes: vec![1; 100],
        };
        entry.replaces = vec![shown];
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_01"), "8");
    assert_eq!(heads(&office, "so_01"), 1);
    // It stands in the log, and says of no figure that it was replaced.
    let filter = LogFilter {
        unit: Some(UnitId::new("xa-a")),
        period: Some(PeriodId::new("2023")),
        ..LogFilter::default()
    };
    let log = office.store.log(&filter).unwrap();
    let line = log.iter().find(|line| !line.recorded.entry.body.is_known());
    assert_eq!(line.unwrap().before, []);
    everything_opens(&mut office);
    // Who replaces both says only of the figure that it was replaced.
    forger.adds(|entry| {
        (entry.subject, entry.body) = (on("so_01"), figure(9));
        entry.replaces = vec![unknown, shown];
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_01"), "9");
    let log = office.store.log(&filter).unwrap();
    assert_eq!(log[0].before, [figure(8)]);
    // What the office types over it can be taken back.
    office.types_for("xa-a", "so_01", "10");
    let undo = office.store.undo_plan(&office.actor, Direction::Undo);
    assert_eq!(undo.unwrap().changes[0].body, figure(9));
    everything_opens(&mut office);
    // Locked and approved figures are the same with and without it.
    crate::approval::closes(&mut office);
    forger.adds(|entry| {
        entry.subject = on("so_00");
        entry.body = Body::Unknown {
            kind: 78,
            bytes: Vec::new(),
        };
    });
    let done = office.imports(&[forger.read()]);
    assert_eq!((done.counts.late, done.changes.len()), (0, 0));
    everything_opens(&mut office);
}

#[test]
fn what_the_plan_lacks_is_named() {
    let lacks = |change: &dyn Fn(&mut Entry)| {
        let (mut office, mut forger) = office_and_forger();
        forger.adds(|entry| change(entry));
        let refused = outcome(&mut office, forger.read());
        everything_opens(&mut office);
        match refused {
            BundleOutcome::Refused(BundleError::PlanLacks { part, what, .. }) => (part, what),
            other => panic!("{other:?}"),
        }
    };
    let at = |unit: &str, period: &str, field: &str| Subject::Cell(cell(unit, period, field));
    let named = |part, what: &str| (part, what.to_owned());
    assert_eq!(
        lacks(&|entry| entry.subject = at("xa-a", "1999", "so_00")),
        named(PlanPart::Period, "1999")
    );
    assert_eq!(
        lacks(&|entry| {
            entry.subject = Subject::Note(cell("xa-a", "1999", "so_00"));
            entry.body = Body::Note("a".to_owned());
        }),
        named(PlanPart::Period, "1999")
    );
    assert_eq!(
        lacks(&|entry| entry.subject = at("xa-la", "2023", "so_00")),
        named(PlanPart::Unit, "xa-la")
    );
    assert_eq!(
        lacks(&|entry| entry.subject = at("xa-a", "2023", "so_99")),
        named(PlanPart::Field, "so_99")
    );
    assert_eq!(
        lacks(&|entry| entry.subject = at("xa-a", "2023", "phong_so")),
        named(PlanPart::Cell, "xa-a 2023 phong_so")
    );
    assert_eq!(
        lacks(&|entry| entry.plan.version = 9),
        named(PlanPart::Version, "9")
    );
    assert_eq!(
        lacks(&|entry| {
            entry.subject = Subject::Form(form("xa-a", "1999"));
            entry.body = Body::Submit {
                content: content(0),
                blanks: 0,
                unconfirmed: 0,
                overridden: 0,
            };
        }),
        named(PlanPart::Period, "1999")
    );
    // A rule is the program's too: one that this program does not know shows nowhere.
    let (mut office, mut forger) = office_and_forger();
    forger.adds(|entry| {
        entry.subject = Subject::Confirm(cell("xa-a", "2023", "so_00"), RuleId::new("moi"));
        entry.body = Body::Confirm {
            judged: "5".to_owned(),
            reason: String::new(),
            words: "đúng".to_owned(),
        };
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    everything_opens(&mut office);
}

#[test]
fn who_signs_for_another_unit_is_named() {
    let (mut office, mut forger) = office_and_forger();
    forger.header.from = UnitId::new("xa-b");
    let refused = outcome(&mut office, forger.read());
    let expected = BundleError::WrongSender {
        signer: forger.author(),
        from: "xa-b".to_owned(),
        units: "xa-a".to_owned(),
    };
    assert_eq!(refused, BundleOutcome::Refused(expected));
    everything_opens(&mut office);
    // The district is the plan's coordinator and nobody else.
    let (mut district, mut commune) = (Site::office(), Site::commune("xa-b", 2));
    commune.pins(&district);
    let bytes = district.bundle_bytes(Some("xa-b"), Scope::All);
    let seed = std::fs::read(district.dir().join("key")).unwrap();
    let mut lying = Forger::of(&bytes, &seed);
    assert_eq!(outcome(&mut commune, lying.read()), BundleOutcome::Taken);
    lying.header.from = UnitId::new("xa-a");
    assert!(matches!(
        outcome(&mut commune, lying.read()),
        BundleOutcome::Refused(BundleError::WrongSender { .. })
    ));
}

/// A person's units are shown as their author is enrolled, not as the person's own entry says.
#[test]
fn a_person_who_claims_another_unit_is_shown_with_its_own() {
    let (mut office, mut forger) = office_and_forger();
    let id = ActorId::parse("gia-danh").unwrap();
    let said = forger.adds(|entry| {
        entry.subject = Subject::Actor(id.clone());
        entry.body = Body::Actor {
            name: "Trần Văn B".to_owned(),
            role: Role::Clerk,
            units: vec![UnitId::new("xa-b")],
            disabled: false,
        };
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    let people = office.store.people().unwrap();
    let shown = people.person(&said.author, &id).unwrap();
    assert_eq!(
        (shown.name.as_str(), shown.units.as_slice()),
        ("Trần Văn B", [UnitId::new("xa-a")].as_slice())
    );
    everything_opens(&mut office);
}

#[test]
fn citations_that_no_program_writes_are_refused_and_odd_ones_harm_nothing() {
    let (_, forger) = office_and_forger();
    let author = forger.author();
    let at = |seq: u64, h8: u64| EntryRef {
        author,
        seq,
        h8: h8.to_le_bytes(),
    };
    for replaces in [
        vec![at(0, 0)],
        vec![at(900, 1), at(900, 1)],
        (0..1_025).map(|h8| at(900, h8)).collect(),
    ] {
        let mut forger = forger.clone();
        forger.adds(|entry| entry.replaces = replaces);
        assert!(matches!(
            VerifiedBundle::read(forger.bundle()),
            Err(BundleError::Malformed {
                what: "citations",
                ..
            })
        ));
    }
    // Of its own future, of another branch, of nobody.
    let (mut office, mut forger) = office_and_forger();
    forger.adds(|entry| {
        (entry.subject, entry.body) = (on("so_01"), figure(1));
        entry.replaces = vec![at(2, 7), at(900, 7), at(u64::MAX, 7)];
        entry.replaces.push(EntryRef {
            author: AuthorId([0xff; 16]),
            ..at(1, 1)
        });
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_01"), "1");
    everything_opens(&mut office);
}

#[test]
fn a_branch_whose_beginning_is_unknown_says_so_and_waits() {
    let (mut office, mut forger) = office_and_forger();
    let mut branch = forger.clone();
    forger.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(1)));
    forger.adds(|entry| (entry.subject, entry.body) = (on("so_02"), figure(2)));
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    branch.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(3)));
    let base = branch.last();
    branch.adds(|entry| (entry.subject, entry.body) = (on("so_03"), figure(4)));
    let BundleOutcome::Waiting(gaps) = outcome(&mut office, branch.from(base + 1).read()) else {
        panic!("its beginning is not here");
    };
    assert_eq!((gaps[0].have, gaps[0].needs), (forger.last(), base));
    assert_eq!(gaps[0].key(), "sync.gap.branch");
    everything_opens(&mut office);
    // The whole branch brings both.
    assert_eq!(outcome(&mut office, branch.read()), BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_03"), "4");
    assert!(office.shows("xa-a", "so_01").ends_with('!'));
    everything_opens(&mut office);
}

#[test]
fn a_frontier_that_names_what_no_log_has_harms_no_form() {
    let (mut office, mut forger) = office_and_forger();
    let author = forger.author();
    let units = vec![UnitId::new("xa-a"), UnitId::new("phong")];
    let roles = vec![Role::Clerk, Role::Owner, Role::Coordinator];
    office.does(vec![authors::enrol(author, units, roles, "xã A")]);
    // Of a log with two ends every line is followed back.
    let mut branch = forger.clone();
    branch.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(1)));
    assert_eq!(outcome(&mut office, branch.read()), BundleOutcome::Taken);
    let lines = [0, 1, 1, 3, 900, u64::MAX].map(|seq| (author, seq, Hash([3; 32])));
    let form = form("xa-a", "2023");
    forger.adds(|entry| {
        entry.subject = Subject::Approval(form.clone(), UnitId::new("phong"));
        entry.body = Body::Approve {
            part: Hash([7; 32]),
            frontier: lines.to_vec(),
        };
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    everything_opens(&mut office);
    forger.adds(|entry| {
        entry.subject = Subject::Form(form.clone());
        entry.body = Body::Lock {
            content: content(7),
            frontier: lines.to_vec(),
        };
    });
    assert_eq!(outcome(&mut office, forger.read()), BundleOutcome::Taken);
    everything_opens(&mut office);
}

/// How long a bundle takes to read, to preview, to take in and to verify: seconds.
fn seconds(office: &mut Site, forger: &Forger) -> (BundleOutcome, [f32; 4]) {
    let bytes = forger.bundle();
    let mut clock = Instant::now();
    let mut lap = || {
        std::mem::replace(&mut clock, Instant::now())
            .elapsed()
            .as_secs_f32()
    };
    let bundle = VerifiedBundle::read(bytes).unwrap();
    let read = lap();
    office.plans(std::slice::from_ref(&bundle));
    let planned = lap();
    let done = office.tries_import(&[bundle]).unwrap();
    let applied = lap();
    office.is_clean();
    let verified = lap();
    let outcome = done.bundles[0].outcome.clone();
    (outcome, [read, planned, applied, verified])
}

#[test]
#[ignore = "takes a while"]
fn how_long_100_000_heads_and_citations_take() {
    let count = 100_000;
    let (mut office, mut forger) = office_and_forger();
    let mut cited: Vec<EntryRef> = (0..count)
        .map(|at| forger.adds(|entry| (entry.subject, entry.body) = (on("so_01"), figure(at))))
        .collect();
    let (refused, times) = seconds(&mut office, &forger);
    assert!(matches!(refused, BundleOutcome::Refused(_)));
    eprintln!("{count} heads, refused: read, preview, import, verify {times:?}");
    // The same, settled by entries that cite all of them and one another.
    let mut before = Vec::new();
    while !cited.is_empty() {
        let some = cited.split_off(cited.len().saturating_sub(1_023));
        let replaces: Vec<EntryRef> = some.into_iter().chain(before).collect();
        let settles = forger.adds(|entry| {
            (entry.subject, entry.body, entry.replaces) = (on("so_01"), figure(1), replaces);
        });
        before = vec![settles];
    }
    let (mut office, _) = office_and_forger();
    let (taken, times) = seconds(&mut office, &forger);
    assert_eq!(taken, BundleOutcome::Taken);
    eprintln!("{count} citations, taken: read, preview, import, verify {times:?}");
    let filter = LogFilter {
        unit: Some(UnitId::new("xa-a")),
        period: Some(PeriodId::new("2023")),
        ..LogFilter::default()
    };
    let begun = Instant::now();
    let lines = office.store.log(&filter).unwrap().len();
    eprintln!("log of {lines} lines {:?}", begun.elapsed());
    // What comes later is cited first.
    let (mut office, mut citing) = office_and_forger();
    for at in 0..98 {
        let missing = (0..1_024).map(|h8: u64| EntryRef {
            author: AuthorId([at; 16]),
            seq: h8 + 1,
            h8: h8.to_le_bytes(),
        });
        let replaces = missing.collect();
        citing.adds(|entry| {
            (entry.subject, entry.replaces) = (on(&format!("so_{:02}", at % 40)), replaces);
        });
    }
    let (taken, times) = seconds(&mut office, &citing);
    assert_eq!(taken, BundleOutcome::Taken);
    eprintln!("{} citations of what is not here: {times:?}", 98 * 1_024);
}
