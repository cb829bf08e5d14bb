//! What does not concern the receiver is withheld, kept as withheld, and filled once it does.

use std::collections::BTreeSet;

use nhaplieu::ledger::{AuthorId, Body, Role, Subject};
use nhaplieu::plan::UnitId;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::store::exchange::known_log::WithheldRun;
use nhaplieu::store::{LogFilter, StoreReader};
use nhaplieu::sync::export::concern::Concern;
use nhaplieu::sync::export::{self, ExportRequest};
use nhaplieu::sync::held::withdraw::{self, Withdrawal};
use nhaplieu::sync::import::plan::{BundleOutcome, Suspicion};
use nhaplieu::sync::{BundleError, Container, Scope, VerifiedBundle, authors};

use crate::container::without_second;
use crate::model::Model;
use crate::site::Site;
use crate::world::{cell, form, plan, plan_after_merger};

/// The office, a store of each commune, and one of an owner, who know each other.
fn district() -> (Site, Site, Site, Site) {
    let mut office = Site::office();
    let (mut a, mut b) = (Site::commune("xa-a", 1), Site::commune("xa-b", 2));
    let mut owner = Site::new("ban", "ban", Role::Owner, 3);
    for other in [&mut a, &mut b] {
        office.enrols(other);
        other.pins(&office);
    }
    office.does(vec![authors::enrol(
        author(&owner),
        vec![owner.unit.clone()],
        vec![Role::Owner],
        "ban",
    )]);
    owner.pins(&office);
    for at in 0..4 {
        a.types(&format!("so_{at:02}"), &(10 + at).to_string());
        b.types(&format!("so_{at:02}"), &(20 + at).to_string());
        // The office enters for both in turn: its log is as mixed as theirs are not.
        let field = format!("so_{:02}", 10 + at);
        office.types_for("xa-a", &field, "5");
        office.types_for("xa-b", &field, "6");
    }
    office.imports(&[a.bundle(Some("phong")), b.bundle(Some("phong"))]);
    (office, a, b, owner)
}

fn author(site: &Site) -> AuthorId {
    site.store.info().unwrap().author
}

/// How many entries of other communes a store has, whatever it shows.
fn entries_of(site: &Site, unit: &str) -> usize {
    let log = site.store.log(&LogFilter::default()).unwrap();
    let of = |subject: &Subject| {
        subject
            .form()
            .is_some_and(|form| form.unit.as_str() == unit)
    };
    let log = log.iter().map(|line| &line.recorded.entry.subject);
    log.filter(|subject| of(subject)).count()
}

fn runs(site: &Site, author: &AuthorId) -> Vec<WithheldRun> {
    let mut runs = Vec::new();
    site.store
        .with_snapshot(&mut |snapshot| {
            runs = snapshot.withheld(author)?;
            Ok(())
        })
        .unwrap();
    runs
}

fn withheld(site: &mut Site) -> u64 {
    let report = site.store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new());
    report.withheld.iter().map(|(_, entries)| entries).sum()
}

#[test]
fn a_commune_holds_nothing_of_another_and_says_how_much_is_withheld() {
    let (mut office, mut a, b, _) = district();
    let bundle = office.bundle(Some("xa-a"));
    let done = a.imports(std::slice::from_ref(&bundle));
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!((entries_of(&a, "xa-a"), entries_of(&a, "xa-b")), (8, 0));
    assert_eq!(a.store.form_keys().unwrap(), [form("xa-a", "2023")]);
    assert_eq!(
        a.store.form(&form("xa-a", "2023")).unwrap(),
        office.store.form(&form("xa-a", "2023")).unwrap()
    );
    // Of the office's log, the four for xa-b; of xa-b's own nothing but who it is.
    assert_eq!(withheld(&mut a), 4 + 4);
    assert!(!runs(&a, &author(&b)).is_empty());
    assert_eq!(a.store.unsent().unwrap(), (0, None), "the receipt counts");
    // Nothing more moves, in any direction.
    let back = a.bundle(Some("phong"));
    assert_eq!(back.header().entries, 0);
    office.imports(&[back]);
    let next = office.bundle(Some("xa-a"));
    assert_eq!(next.header().entries, 0);
    a.imports(&[next]);
    assert!(matches!(
        a.imports(&[bundle]).bundles[0].outcome,
        BundleOutcome::Already { .. }
    ));
}

#[test]
fn bundles_with_gaps_end_alike_in_any_order_and_twice() {
    let (mut office, a, _, _) = district();
    let first = office.bundle(Some("xa-a"));
    office.types_for("xa-b", "so_20", "1");
    office.types_for("xa-a", "so_20", "2");
    office.types_for("xa-b", "so_21", "3");
    let second = office.bundle(Some("xa-a"));
    let mut states = Vec::new();
    for order in [[&first, &second], [&second, &first]] {
        let mut copy = a.twin();
        for bundle in order.into_iter().chain([&first, &second]) {
            copy.imports(std::slice::from_ref(bundle));
        }
        states.push((
            copy.store.form(&form("xa-a", "2023")).unwrap(),
            withheld(&mut copy),
        ));
        assert_eq!(entries_of(&copy, "xa-b"), 0);
    }
    assert_eq!(states[0], states[1]);
}

#[test]
fn a_merger_fills_the_gaps_and_taking_that_back_opens_them_again() {
    let (mut office, mut a, mut b, _) = district();
    a.imports(&[office.bundle(Some("xa-a"))]);
    office.imports(&[a.bundle(Some("phong"))]);
    let before = withheld(&mut a);
    for site in [&mut office, &mut a, &mut b] {
        site.plan = plan_after_merger();
    }
    let fill = office.bundle(Some("xa-a"));
    assert_eq!(
        fill.header().entries,
        8,
        "what was withheld, and nothing twice"
    );
    let done = a.imports(std::slice::from_ref(&fill));
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!(withheld(&mut a), 0);
    for unit in ["xa-a", "xa-b"] {
        let key = form(unit, "2023");
        assert_eq!(
            a.store.form(&key).unwrap(),
            office.store.form(&key).unwrap()
        );
    }
    let undone = withdraw::import(&mut a.store, &fill.root(), "nhầm").unwrap();
    assert_eq!(undone, Withdrawal::AsIfNever);
    assert_eq!(withheld(&mut a), before);
    assert_eq!(entries_of(&a, "xa-b"), 0);
    a.imports(&[fill]);
    assert_eq!(withheld(&mut a), 0);
    office.imports(&[a.bundle(Some("phong"))]);
    assert_eq!(office.bundle(Some("xa-a")).header().entries, 0);
}

#[test]
fn taking_the_first_bundle_back_takes_what_it_withheld() {
    let (mut office, mut a, _, _) = district();
    let bundle = office.bundle(Some("xa-a"));
    // A bundle that says who is enrolled cannot be taken back as if it had never been.
    a.imports(&[bundle]);
    office.types_for("xa-b", "so_20", "1");
    office.types_for("xa-a", "so_20", "2");
    let before = withheld(&mut a);
    let second = office.bundle(Some("xa-a"));
    a.imports(std::slice::from_ref(&second));
    assert!(withheld(&mut a) > before);
    let undone = withdraw::import(&mut a.store, &second.root(), "nhầm").unwrap();
    assert_eq!(undone, Withdrawal::AsIfNever);
    assert_eq!(withheld(&mut a), before);
}

#[test]
fn the_offices_lost_entries_come_back_from_those_who_hold_parts_of_them() {
    let (mut office, mut a, mut b, _) = district();
    let mut back = office.twin();
    for at in 0..3 {
        let field = format!("so_{:02}", 30 + at);
        office.types_for("xa-a", &field, "7");
        office.types_for("xa-b", &field, "8");
    }
    a.imports(&[office.bundle(Some("xa-a"))]);
    b.imports(&[office.bundle(Some("xa-b"))]);
    // The office's machine is replaced by an image of it from before.
    assert_eq!(back.shows("xa-a", "so_30"), "");
    let done = back.imports(&[a.bundle(Some("phong"))]);
    assert!(matches!(done.suspicions[..], [Suspicion::Behind { .. }]));
    for commune in [&mut a, &mut b] {
        let unit = commune.unit.to_string();
        commune.imports(&[back.bundle(Some(&unit))]);
    }
    let done = back.imports(&[a.bundle(Some("phong")), b.bundle(Some("phong"))]);
    assert!(
        done.bundles
            .iter()
            .all(|bundle| bundle.outcome == BundleOutcome::Taken),
        "{:?}",
        done.bundles
    );
    for at in 0..3 {
        let field = format!("so_{:02}", 30 + at);
        assert_eq!(back.shows("xa-a", &field), "7");
        assert_eq!(back.shows("xa-b", &field), "8");
    }
    assert_ne!(author(&back), author(&office), "it goes on as another");
    assert_eq!(withheld(&mut back), 0);
}

#[test]
fn a_run_inside_a_range_is_believed_from_the_district_alone() {
    let (mut office, mut a, _, _) = district();
    a.types("so_05", "9");
    let draft = without_second(&a, &a.twin().bundle_bytes(Some("phong"), Scope::All));
    let bundle = VerifiedBundle::read(draft.sealed(&a)).unwrap();
    let before = office.store.info().unwrap();
    let done = office.imports(&[bundle]);
    assert_eq!(
        done.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::Withholds(author(&a)))
    );
    assert_eq!(office.store.info().unwrap(), before);
}

#[test]
fn a_whole_copy_is_taken_in_by_the_coordinator_and_refused_by_a_commune() {
    let (mut office, mut a, _, _) = district();
    let bytes = office.bundle_bytes(None, Scope::All);
    let whole = VerifiedBundle::read(bytes).unwrap();
    let done = a.imports(std::slice::from_ref(&whole));
    assert_eq!(
        done.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::WholeCopy)
    );
    assert_eq!(entries_of(&a, "xa-b"), 0);
    let mut second = Site::new("phong", "dau-moi", Role::Coordinator, 77);
    second.pins(&office);
    assert_eq!(
        second.imports(&[whole]).bundles[0].outcome,
        BundleOutcome::Taken
    );
    assert_eq!(entries_of(&second, "xa-b"), 8);
}

#[test]
fn an_owner_is_given_the_fields_of_its_measures_and_the_workflow() {
    let (mut office, _, _, mut owner) = district();
    office.does(vec![crate::approval::submit(&office)]);
    let done = owner.imports(&[office.bundle(Some("ban"))]);
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!(owner.shows("xa-a", "so_01"), "11");
    assert_eq!(owner.shows("xa-b", "so_02"), "22");
    assert_eq!(owner.shows("xa-a", "so_00"), "");
    assert_eq!(
        (entries_of(&owner, "xa-a"), entries_of(&owner, "xa-b")),
        (3, 2)
    );
    let workflow = owner.store.form(&form("xa-a", "2023")).unwrap().workflow;
    assert!(matches!(
        workflow.shown().map(|head| &head.body),
        Some(Body::Submit { .. })
    ));
    assert!(withheld(&mut owner) > 0);
}

#[test]
fn whom_an_entry_concerns() {
    let (plan, merged) = (plan(), plan_after_merger());
    let on = |unit: &str, field: &str| Subject::Cell(cell(unit, "2023", field));
    let note = |unit: &str, field: &str| Subject::Note(cell(unit, "2023", field));
    let step = |unit: &str, period: &str| Subject::Form(form(unit, period));
    let approval = |unit: &str| Subject::Approval(form(unit, "2023"), UnitId::new("phong"));
    let table = [
        ("xa-a", on("xa-a", "so_07"), true, true),
        ("xa-a", note("xa-a", "so_07"), true, true),
        ("xa-a", step("xa-a", "2023"), true, true),
        ("xa-a", on("xa-b", "so_07"), false, true),
        ("xa-a", step("xa-b", "2023"), false, true),
        ("xa-a", approval("xa-b"), false, true),
        ("xa-b", on("xa-a", "so_07"), false, true),
        ("xa-cu", on("xa-a", "so_07"), false, false),
        ("xa-a", on("phong", "phong_so"), false, false),
        ("xa-a", Subject::Plan, true, true),
        ("xa-a", Subject::Author(AuthorId([1; 16])), true, true),
        ("xa-a", Subject::Actor(crate::world::id("lan")), true, true),
        ("ban", on("xa-a", "so_01"), true, true),
        ("ban", note("xa-b", "so_02"), true, true),
        ("ban", on("xa-a", "so_00"), false, false),
        ("ban", step("xa-a", "2023"), true, true),
        ("ban", approval("xa-a"), true, true),
        // A form, a period or a unit that the plan does not know feeds nobody's measures.
        ("ban", step("xa-a", "1999"), false, false),
        ("ban", step("xa-khac", "2023"), false, false),
        ("phong", on("xa-a", "so_07"), true, true),
        ("huyen", on("xa-khac", "so_07"), true, true),
    ];
    for (receiver, subject, now, later) in table {
        let unit = UnitId::new(receiver);
        for (plan, expected) in [(&plan, now), (&merged, later)] {
            let concerns = Concern::of(plan, Some(&unit)).concerns(&subject);
            assert_eq!(concerns, expected, "{receiver}: {subject:?}");
        }
    }
    assert!(Concern::of(&plan, None).concerns(&on("xa-a", "so_07")));
}

#[test]
fn what_does_not_fit_into_one_bundle_goes_into_several_that_a_reader_takes() {
    let mut office = Model::new("phong", 1);
    // Each author has its line in `have` and its range: more than a header holds.
    for at in 0..5_000_u32 {
        let seed = *blake3::hash(&at.to_le_bytes()).as_bytes();
        office.adopts(&Model::of_key("xa-b", seed));
    }
    let (plan, unit) = (plan(), UnitId::new("phong"));
    let request = |wall| ExportRequest {
        plan: &plan,
        to: Some(&unit),
        scope: Scope::All,
        wall,
    };
    let planned = export::plan(&office, &request(1)).unwrap();
    let mut windows = BTreeSet::new();
    for wall in 0..8 {
        let parts = export::bundles(&office, &request(wall), &planned).unwrap();
        assert!(parts.len() > 1, "{}", parts.len());
        let carried: u64 = parts
            .into_iter()
            .map(|part| match wall {
                0 => VerifiedBundle::read(part).unwrap().header().clone(),
                _ => Container::open(part).unwrap().header,
            })
            .map(|header| {
                // Not all lines of `have` fit: those of some authors now, of others next time.
                windows.insert((header.have.from, header.have.to));
                u64::from(header.entries)
            })
            .sum();
        assert_eq!(carried, planned.entries());
    }
    assert_eq!(windows.len(), 2);
}
