//! Real stores that meet by bundles.

use nhaplieu::ledger::{Body, RowId, Subject};
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::store::exchange::Held;
use nhaplieu::store::{Change, EpochCause, EpochState, LogFilter, Seen};
use nhaplieu::sync::authors;
use nhaplieu::sync::held::withdraw::{self, Withdrawal};
use nhaplieu::sync::import::plan::{BundleOutcome, ConflictChange, Suspicion};
use nhaplieu::sync::{BundleError, Scope, VerifiedBundle};

use crate::container::sealed;
use crate::site::{DAY, Site};
use crate::world::{cell, form, number, set};

/// A commune and the office that know each other.
fn acquainted() -> (Site, Site) {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    office.enrols(&commune);
    commune.pins(&office);
    (office, commune)
}

fn all_equal(a: &Site, b: &Site) {
    let forms = a.store.form_keys().unwrap();
    assert_eq!(forms, b.store.form_keys().unwrap());
    for key in forms {
        assert_eq!(a.store.form(&key).unwrap(), b.store.form(&key).unwrap());
    }
}

#[test]
fn a_communes_figures_reach_the_office_and_the_receipt_comes_back() {
    let (mut office, mut commune) = acquainted();
    commune.types_all(100);
    commune.types("chi_nam", "7");
    assert_eq!(commune.store.unsent().unwrap().0, 41);

    let bundle = commune.bundle(Some("phong"));
    let planned = office.plans(std::slice::from_ref(&bundle));
    assert_eq!(planned.changes.len(), 41);
    assert_eq!(planned.totals.len(), 41);
    assert_eq!(
        office.shows("xa-a", "so_00"),
        "",
        "a preview changes nothing"
    );
    let done = office.imports(std::slice::from_ref(&bundle));
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!((done.counts.new, done.counts.known), (44, 0));
    assert_eq!(office.shows("xa-a", "so_39"), "139");
    all_equal(&office, &commune);

    let again = office.imports(&[bundle]);
    assert!(matches!(
        again.bundles[0].outcome,
        BundleOutcome::Already { .. }
    ));
    assert_eq!((again.counts.new, again.changes.len()), (0, 0));

    let receipt = office.bundle(Some("xa-a"));
    let before = commune.store.unsent().unwrap();
    assert_eq!(before.0, 41);
    commune.imports(&[receipt]);
    assert_eq!(commune.store.unsent().unwrap(), (0, None));
    all_equal(&office, &commune);

    // What is acknowledged does not travel again.
    commune.types("so_00", "105");
    let next = commune.bundle(Some("phong"));
    assert_eq!(next.header().ranges.len(), 1);
    assert_eq!(next.header().entries, 1);
    let all = VerifiedBundle::read(commune.bundle_bytes(Some("phong"), Scope::All)).unwrap();
    assert!(all.header().entries > 44);
    let done = office.imports(&[next]);
    assert_eq!(done.changes[0].old, number("100"));
    assert_eq!(done.changes[0].new, number("105"));
}

#[test]
fn an_unknown_author_waits_in_quarantine_until_it_is_enrolled() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    commune.types("so_00", "5");
    let bundle = commune.bundle(Some("phong"));
    let author = commune.store.info().unwrap().author;
    let done = office.imports(&[bundle]);
    assert_eq!(
        done.bundles[0].outcome,
        BundleOutcome::Quarantined(vec![author])
    );
    assert_eq!(office.shows("xa-a", "so_00"), "");
    assert_eq!(done.counts.new, 0);

    office.enrols(&commune);
    // It waited in the store; no file is needed any more.
    let done = office.imports(&[]);
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_00"), "5");
    assert_eq!(office.plans(&[]).bundles, vec![]);
}

#[test]
fn a_gap_waits_and_is_applied_by_itself_when_filled() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "1");
    let first = commune.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&first));
    let receipt = office.bundle(Some("xa-a"));
    commune.imports(&[receipt]);
    // The second bundle is lost; the commune believes it arrived, because a later receipt says
    // so to a copy of it. Here: the third begins above what the office has.
    commune.types("so_00", "2");
    let lost = commune.bundle(Some("phong"));
    let mut twin = Site::office();
    twin.enrols(&commune);
    let _ = twin.imports(std::slice::from_ref(&first));
    commune.types("so_00", "3");
    let later = commune.bundle(Some("phong"));
    assert_eq!(
        later.header().entries,
        2,
        "both travel until one is acknowledged"
    );
    let later = cut_first(&commune, &later);

    let done = office.imports(std::slice::from_ref(&later));
    let BundleOutcome::Waiting(gaps) = &done.bundles[0].outcome else {
        panic!("{:?}", done.bundles[0].outcome);
    };
    assert_eq!((gaps[0].have, gaps[0].needs), (4, 5));
    assert_eq!(office.shows("xa-a", "so_00"), "1");
    assert_eq!((done.counts.waiting, done.counts.new), (1, 0));
    let done = office.imports(&[lost]);
    assert_eq!(done.counts.new, 2);
    assert!(
        done.bundles
            .iter()
            .all(|bundle| bundle.outcome == BundleOutcome::Taken)
    );
    assert_eq!(office.shows("xa-a", "so_00"), "3");
}

/// The same bundle without its first entry, sealed anew by the same store.
fn cut_first(site: &Site, bundle: &VerifiedBundle) -> VerifiedBundle {
    let mut header = bundle.header().clone();
    let mut raws = Vec::new();
    let mut first = None;
    bundle
        .each(0, 0, &mut |recorded| {
            first.get_or_insert(recorded.hash);
            Ok(())
        })
        .unwrap();
    bundle
        .container()
        .each_chunk::<BundleError>(0, |_, raw| {
            raws.push(raw.to_vec());
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    let length = u32::from_le_bytes(*raws[0].first_chunk().unwrap()) as usize + 4;
    raws[0].drain(..length);
    header.ranges[0].first += 1;
    header.ranges[0].previous = first.unwrap();
    header.entries -= 1;
    header.raw -= length as u64;
    let bytes = sealed(site, &header.bytes(), &raws);
    VerifiedBundle::read(bytes).unwrap()
}

#[test]
fn two_who_edit_one_cell_make_a_conflict_that_looks_alike_everywhere() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    // The office, later by the clock, on the commune's behalf; the commune, not knowing.
    commune.types("so_00", "6");
    office.wall += 3_600_000;
    office.types_for("xa-a", "so_00", "7");
    let done = office.imports(&[commune.bundle(Some("phong"))]);
    assert_eq!(done.counts.conflicts, 1);
    assert_eq!(done.changes[0].conflict, ConflictChange::Begins);
    let totals: Vec<_> = done.totals.iter().map(|t| (t.before, t.after)).collect();
    let whole = nhaplieu::base::Decimal::whole;
    assert_eq!(
        totals,
        [(whole(7), whole(0))],
        "no side of a conflict counts"
    );
    commune.imports(&[office.bundle(Some("xa-a"))]);
    // The unit's own figure shows before the later one entered on its behalf.
    assert_eq!(office.shows("xa-a", "so_00"), "6 !");
    assert_eq!(commune.shows("xa-a", "so_00"), "6 !");
    all_equal(&office, &commune);

    let mut change = set(&cell("xa-a", "2023", "so_00"), number("7"));
    change.body = Body::Resolve(nhaplieu::ledger::Content::Value(
        nhaplieu::base::Decimal::whole(7),
    ));
    change.reason = "đã gọi điện".to_owned();
    office.does(vec![change]);
    commune.imports(&[office.bundle(Some("xa-a"))]);
    assert_eq!(commune.shows("xa-a", "so_00"), "7");
    all_equal(&office, &commune);
}

#[test]
fn what_oversteps_its_units_is_refused_whole_and_kept() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-b", 2));
    let author = commune.store.info().unwrap().author;
    office.does(vec![authors::enrol(
        author,
        vec![nhaplieu::plan::UnitId::new("xa-a")],
        vec![nhaplieu::ledger::Role::Clerk],
        "xã A",
    )]);
    commune.types("so_00", "5");
    let bundle = commune.bundle(Some("phong"));
    let done = office.imports(&[bundle]);
    assert!(matches!(
        done.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::Oversteps { .. })
    ));
    assert_eq!(office.shows("xa-b", "so_00"), "");
    let mut held = Vec::new();
    office
        .store
        .with_snapshot(&mut |ground| {
            held = ground.held()?;
            Ok(())
        })
        .unwrap();
    assert_eq!(held[0].held, Held::Refused);
}

#[test]
fn a_bundle_for_another_is_refused_and_changes_nothing() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    let elsewhere = commune.bundle(Some("xa-b"));
    let before = office.store.info().unwrap();
    let done = office.imports(&[elsewhere]);
    assert!(matches!(
        done.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::NotForUs { .. })
    ));
    assert_eq!(office.store.info().unwrap(), before);
}

#[test]
fn a_revoked_author_is_left_out_everywhere() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    commune.types("so_00", "6");
    office.imports(&[commune.bundle(Some("phong"))]);
    let author = commune.store.info().unwrap().author;
    let mut other = Site::commune("xa-a", 3);
    other.pins(&office);
    other.imports(&[office.whole_for("xa-a")]);
    assert_eq!(other.shows("xa-a", "so_00"), "6");

    office.does(vec![authors::revoke(author, 4, "mất USB")]);
    office.is_clean();
    assert_eq!(office.shows("xa-a", "so_00"), "5");
    let done = other.imports(&[office.whole_for("xa-a")]);
    assert_eq!(other.shows("xa-a", "so_00"), "5");
    assert_eq!(done.changes.len(), 1);
    all_equal(&office, &other);

    commune.types("so_01", "9");
    let done = office.imports(&[commune.bundle(Some("phong"))]);
    assert_eq!(
        done.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::Revoked(author))
    );
    // The commune hears of it: what it types from now on is another author's.
    commune.imports(&[office.bundle(Some("xa-a"))]);
    assert_ne!(commune.store.info().unwrap().author, author);
    assert_eq!(commune.shows("xa-a", "so_00"), "5");
}

#[test]
fn an_import_is_taken_back_as_if_it_had_never_been() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    let before = everything(&office);
    commune.types("so_00", "6");
    commune.types("so_01", "8");
    let bundle = commune.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&bundle));
    assert_ne!(everything(&office), before);
    let undone = withdraw::import(&mut office.store, &bundle.root(), "nhầm").unwrap();
    assert_eq!(undone, Withdrawal::AsIfNever);
    office.is_clean();
    assert_eq!(everything(&office), before);
    assert!(withdraw::import(&mut office.store, &bundle.root(), "nhầm").is_err());

    // Once something is built on it, new entries restore what was.
    office.imports(std::slice::from_ref(&bundle));
    office.types_for("xa-a", "so_00", "60");
    let undone = withdraw::import(&mut office.store, &bundle.root(), "nhầm").unwrap();
    let Withdrawal::Restoring { changes, .. } = undone else {
        panic!("built on");
    };
    assert_eq!(changes.len(), 1, "what was typed since stays");
    office.does(changes);
    assert_eq!(office.shows("xa-a", "so_01"), "");
    assert_eq!(office.shows("xa-a", "so_00"), "60");
    office.is_clean();
}

fn restoring_nothing() -> Withdrawal {
    Withdrawal::Restoring {
        changes: Vec::new(),
        left: 0,
    }
}

#[test]
fn taking_an_import_back_settles_no_dispute_with_a_third_figure() {
    let (mut office, mut a) = acquainted();
    let mut also_a = Site::commune("xa-a", 2);
    office.enrols(&also_a);
    also_a.pins(&office);
    office.types_for("xa-a", "so_00", "1");
    a.types("so_00", "5");
    also_a.types("so_00", "6");
    let bundle = a.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&bundle));
    office.imports(&[also_a.bundle(Some("phong"))]);
    // Something built on it: it can only be restored by new entries.
    a.types("so_01", "7");
    office.imports(&[a.bundle(Some("phong"))]);
    let before = office.shows("xa-a", "so_00");
    assert!(before.ends_with('!'));
    let undone = withdraw::import(&mut office.store, &bundle.root(), "nhầm").unwrap();
    assert_eq!(
        undone,
        Withdrawal::Restoring {
            changes: Vec::new(),
            left: 1
        }
    );
    assert_eq!(office.shows("xa-a", "so_00"), before);
}

#[test]
fn taking_an_import_back_leaves_an_equal_figure_of_another_and_what_somebody_settled() {
    let (mut office, mut a) = acquainted();
    a.types("so_00", "5");
    let first = a.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&first));
    for figure in ["6", "5"] {
        a.types("so_00", figure);
        office.imports(&[a.bundle(Some("phong"))]);
    }
    let undone = withdraw::import(&mut office.store, &first.root(), "nhầm").unwrap();
    assert_eq!(undone, restoring_nothing(), "the later 5 is another entry");

    office.types_for("xa-a", "so_01", "1");
    a.types("so_01", "2");
    office.imports(&[a.bundle(Some("phong"))]);
    a.imports(&[office.bundle(Some("xa-a"))]);
    let mut resolve = set(&cell("xa-a", "2023", "so_01"), number("2"));
    resolve.body = Body::Resolve(number("1"));
    resolve.reason = "đã gọi điện".to_owned();
    a.does(vec![resolve]);
    let settled = a.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&settled));
    a.types("so_02", "3");
    office.imports(&[a.bundle(Some("phong"))]);
    let undone = withdraw::import(&mut office.store, &settled.root(), "nhầm").unwrap();
    let left = Withdrawal::Restoring {
        changes: Vec::new(),
        left: 1,
    };
    assert_eq!(undone, left);
    assert_eq!(office.shows("xa-a", "so_01"), "1");
}

#[test]
fn nothing_stays_of_a_bundle_that_the_full_room_refuses_after_all() {
    let (mut office, mut late) = acquainted();
    let writer = office.store.info().unwrap().author;
    // Its log stands before the office's in a bundle.
    let mut b = (3_u8..40)
        .map(|seed| Site::commune("xa-a", seed))
        .find(|b| b.store.info().unwrap().author < writer)
        .unwrap();
    office.enrols(&b);
    b.pins(&office);
    let before = office.bundle_bytes(Some("xa-a"), Scope::All);
    let before = VerifiedBundle::read(before).unwrap();
    b.types("so_00", "7");
    office.imports(&[b.bundle(Some("phong"))]);
    office.types_for("xa-a", "so_05", "9");
    let mut stranger = Site::commune("xa-a", 60);
    stranger.types("so_00", "5");
    let room: Vec<VerifiedBundle> = (0..64).map(|_| stranger.bundle(Some("xa-a"))).collect();
    late.imports(&room);
    // Weighed first of the two, it brings the office's log and waits for the rest of b's.
    let gap = loop {
        let bytes = office.bundle_bytes(Some("xa-a"), Scope::All);
        let gap = cut_first(&office, &VerifiedBundle::read(bytes).unwrap());
        if gap.root() < before.root() {
            break gap;
        }
    };
    let waits = gap.root();
    let done = late.imports(&[before, gap]);
    let refused: Vec<_> = done.refusals().collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].0.root, refused[0].1),
        (waits, &BundleError::RoomFull)
    );
    assert_eq!(
        late.shows("xa-a", "so_05"),
        "",
        "it stood in the refused one"
    );
}

#[test]
fn what_comes_while_an_import_is_taken_back_refuses_it() {
    let (mut office, mut a) = acquainted();
    a.types("so_00", "5");
    a.types("so_02", "9");
    let bundle = a.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&bundle));
    office.types_for("xa-a", "so_02", "90");
    let undone = withdraw::import(&mut office.store, &bundle.root(), "nhầm").unwrap();
    let Withdrawal::Restoring { changes, .. } = undone else {
        panic!("built on");
    };
    office.types_for("xa-a", "so_00", "50");
    assert!(matches!(
        office.tries(changes),
        Err(nhaplieu::store::StoreError::Changed { .. })
    ));
    assert_eq!(office.shows("xa-a", "so_00"), "50");
}

#[test]
fn who_meets_the_district_after_its_new_epoch_reads_what_it_wrote_before() {
    let (office, mut a) = acquainted();
    let before = office.store.info().unwrap().author;
    let mut office = office.moved();
    assert_eq!(office.store.info().unwrap().author, before, "only opened");
    let mut late = Site::commune("xa-a", 2);
    office.enrols(&late);
    assert_ne!(office.store.info().unwrap().author, before);
    late.pins(&office);
    late.types("so_01", "7");
    let done = late.imports(&[office.bundle(Some("xa-a"))]);
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    office.imports(&[late.bundle(Some("phong"))]);
    a.types("so_00", "5");
    office.imports(&[a.bundle(Some("phong"))]);
    late.imports(&[office.bundle(Some("xa-a"))]);
    assert_eq!(late.shows("xa-a", "so_00"), "5", "enrolled before");
}

#[test]
fn of_bundles_that_came_in_together_one_is_taken_back_alone() {
    let (mut office, mut a) = acquainted();
    let mut b = Site::commune("xa-b", 2);
    office.enrols(&b);
    b.pins(&office);
    a.types("so_00", "5");
    b.types("so_00", "7");
    let (from_a, from_b) = (a.bundle(Some("phong")), b.bundle(Some("phong")));
    let roots = (from_a.root(), from_b.root());
    office.imports(&[from_a, from_b]);
    let kept = nhaplieu::sync::held::status::imported(&office.store).unwrap();
    for one in &kept {
        let details = one.details.as_ref().unwrap();
        assert_eq!(details.changes.len(), 1, "its own figure and no other's");
        assert_eq!(details.counts.new, 4);
    }
    office.types_for("xa-a", "so_00", "50");
    office.types_for("xa-b", "so_01", "8");
    let undone = withdraw::import(&mut office.store, &roots.0, "nhầm").unwrap();
    assert_eq!(undone, restoring_nothing(), "typed over since");
    assert_eq!(office.shows("xa-b", "so_00"), "7", "nobody took that back");
    let undone = withdraw::import(&mut office.store, &roots.1, "nhầm").unwrap();
    assert_eq!(undone, Withdrawal::AsIfNever);
    assert_eq!(office.shows("xa-a", "so_00"), "50");
    assert_eq!(office.shows("xa-b", "so_00"), "");
}

#[test]
fn what_was_locked_is_not_taken_away_with_its_import_nor_the_lock_with_its_own() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    let figures = commune.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&figures));
    crate::approval::closes(&mut office);
    let undone = withdraw::import(&mut office.store, &figures.root(), "nhầm").unwrap();
    let Withdrawal::Restoring { changes, .. } = undone else {
        panic!("the lock has seen it");
    };
    assert_eq!(changes.len(), 1);
    assert_eq!(office.shows("xa-a", "so_00"), "5");

    let lock = office.bundle(Some("xa-a"));
    commune.imports(std::slice::from_ref(&lock));
    let undone = withdraw::import(&mut commune.store, &lock.root(), "nhầm").unwrap();
    assert_eq!(undone, restoring_nothing(), "nobody unlocks so");
    let form = commune.store.form(&form("xa-a", "2023")).unwrap();
    assert!(matches!(
        form.workflow.shown().map(|head| &head.body),
        Some(Body::Lock { .. })
    ));
}

/// Forms and log of a store.
fn everything(site: &Site) -> String {
    let forms = site.store.form_keys().unwrap();
    let forms: Vec<_> = forms
        .iter()
        .map(|key| site.store.form(key).unwrap())
        .collect();
    let log = site.store.log(&LogFilter::default()).unwrap();
    format!("{forms:?} {log:?} {:?}", site.store.unsent().unwrap())
}

#[test]
fn a_restored_store_goes_on_as_another_author_and_gets_its_lost_entries_back() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    let image = tempfile::tempdir().unwrap();
    copy(&commune.dir(), image.path());
    commune.types("so_01", "6");
    office.imports(&[commune.bundle(Some("phong"))]);
    let old = commune.store.info().unwrap().author;
    // The disk fails; the administrator puts the image back, database and all but the witness.
    let dir = commune.dir();
    std::fs::copy(image.path().join("data.redb"), dir.join("data.redb.old")).unwrap();
    let commune = {
        let Site { .. } = &commune;
        std::fs::rename(dir.join("data.redb.old"), dir.join("data.redb")).unwrap();
        commune.restarted()
    };
    let mut commune = commune;
    let state = commune.store.info().unwrap();
    assert_eq!(
        (state.author, state.epoch),
        (old, EpochState::Due(EpochCause::RolledBack))
    );
    assert_eq!(commune.shows("xa-a", "so_01"), "");
    commune.types("so_02", "7");
    let state = commune.store.info().unwrap();
    assert_ne!(state.author, old);
    assert_eq!(state.epoch, EpochState::Begun(EpochCause::RolledBack));
    // Vouched for by the old key, it needs no new enrolment.
    let done = office.imports(&[commune.bundle(Some("phong"))]);
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_02"), "7");
    commune.imports(&[office.bundle(Some("xa-a"))]);
    assert_eq!(commune.shows("xa-a", "so_01"), "6");
    all_equal(&office, &commune);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for name in ["data.redb", "key", "witness"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

#[test]
fn an_unnoticed_copy_keeps_both_branches_and_says_so() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    let mut twin = commune.twin();
    commune.types("so_01", "6");
    twin.types("so_01", "7");
    twin.types("so_02", "8");
    let (a, b) = (commune.bundle(Some("phong")), twin.bundle(Some("phong")));
    office.imports(&[a]);
    let done = office.imports(&[b]);
    assert!(
        done.suspicions
            .iter()
            .any(|s| matches!(s, Suspicion::Copy { seq: 5, .. })),
        "{:?}",
        done.suspicions
    );
    assert_eq!(done.counts.conflicts, 1);
    assert_eq!(office.shows("xa-a", "so_02"), "8");
    // Both go on as authors of their own once they see each other's entries.
    let old = commune.store.info().unwrap().author;
    let back = office.bundle(Some("xa-a"));
    commune.imports(std::slice::from_ref(&back));
    twin.imports(&[back]);
    assert_ne!(commune.store.info().unwrap().author, old);
    assert_ne!(twin.store.info().unwrap().author, old);
    assert_ne!(
        twin.store.info().unwrap().author,
        commune.store.info().unwrap().author
    );
    all_equal(&office, &commune);
    all_equal(&office, &twin);
    commune.types("so_03", "1");
    twin.types("so_03", "2");
    office.imports(&[commune.bundle(Some("phong")), twin.bundle(Some("phong"))]);
    assert!(office.shows("xa-a", "so_03").ends_with('!'));
}

#[test]
fn a_store_put_back_unnoticed_goes_on_as_another_once_it_hears_of_its_own_later_figures() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    let mut back = commune.twin();
    commune.types("so_01", "6");
    office.imports(&[commune.bundle(Some("phong"))]);
    // The office knows that the commune has all of its own log, and sends none of it.
    let old = back.store.info().unwrap().author;
    let done = back.imports(&[office.bundle(Some("xa-a"))]);
    assert_eq!(
        done.suspicions,
        [Suspicion::Behind {
            author: old,
            seq: commune.store.info().unwrap().seq,
            by: office.store.info().unwrap().author,
        }]
    );
    assert_ne!(back.store.info().unwrap().author, old);
    // So this gets a number of its own, and not the one of the 6 that is no longer here.
    back.types("so_01", "7");
    let done = office.imports(&[back.bundle(Some("phong"))]);
    assert_eq!(done.suspicions, []);
    assert_eq!(done.counts.conflicts, 1);
    let done = back.imports(&[office.bundle(Some("xa-a"))]);
    assert_eq!(done.suspicions, []);
    all_equal(&office, &back);
}

#[test]
fn a_claim_to_have_more_of_a_log_counts_only_with_its_authors_signature() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    commune.imports(&[office.bundle(Some("xa-a"))]);
    let writer = office.store.info().unwrap().author;
    let bytes = commune.bundle_bytes(Some("phong"), Scope::Since);
    for at in 0..3 {
        let mut draft = crate::container::Draft::of(&commune, &bytes);
        draft.header.created += 10 + at;
        let lines = &mut draft.header.have.lines;
        let line = lines.iter_mut().find(|line| line.author == writer).unwrap();
        line.last += 1_000;
        line.hash.0[0] ^= at as u8;
        if at == 1 {
            let words = nhaplieu::ledger::chain::checkpoint_words(&writer, line.last, &line.hash);
            line.signature = commune.store.sign(&words).unwrap().1;
        }
        if at == 2 {
            line.signature = [0; 64];
        }
        let claim = VerifiedBundle::read(draft.sealed(&commune)).unwrap();
        let done = office.imports(&[claim]);
        assert_eq!(done.suspicions, []);
        assert_eq!(office.store.info().unwrap().author, writer, "no new epoch");
        // Nothing is kept back because of it either.
        let next = office.bundle(Some("xa-a"));
        let ranges = &next.header().ranges;
        assert!(
            ranges
                .iter()
                .any(|range| range.author() == writer && range.first == 1)
        );
    }
    // What was said with a signature counts again.
    office.imports(&[commune.bundle(Some("phong"))]);
    let next = office.bundle(Some("xa-a"));
    assert_eq!(next.header().entries, 0);
}

#[test]
fn two_hundred_authors_are_exported_and_read() {
    let (mut office, mut commune) = acquainted();
    let mut all = Vec::new();
    for at in 0..200_u32 {
        let mut other =
            crate::model::Model::of_key("xa-b", *blake3::hash(&at.to_le_bytes()).as_bytes());
        let cell = cell("xa-b", "2023", &format!("so_{:02}", at % 40));
        other.sets(&cell, 7, Vec::new(), 0, crate::site::START);
        office.does(vec![authors::enrol(
            other.author(),
            vec![nhaplieu::plan::UnitId::new("xa-b")],
            vec![nhaplieu::ledger::Role::Clerk],
            "xã B",
        )]);
        let bytes = crate::district::bundle(&other, "phong", Scope::Since, crate::site::START);
        all.push(VerifiedBundle::read(bytes).unwrap());
    }
    office.imports(&all);
    for bundle in [office.bundle(Some("xa-a")), office.bundle(Some("xa-b"))] {
        assert!(bundle.header().have.lines.len() > 200);
        assert!(bundle.header().ranges.len() > 200);
        if bundle.header().receiver() == Some(&commune.unit) {
            let done = commune.imports(&[bundle]);
            assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
        }
    }
}

#[test]
fn nothing_is_typed_under_a_number_that_was_rejected_before_it_was_given() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    let info = commune.store.info().unwrap();
    let next = info.seq + 1;
    let reject = Change {
        subject: Subject::Author(info.author),
        body: Body::RejectRange {
            from: next,
            to: next,
        },
        reason: "nhập nhầm sổ".to_owned(),
        seen: Seen::Current,
    };
    office.does(vec![reject]);
    commune.imports(&[office.bundle(Some("xa-a"))]);
    commune.types("so_01", "7");
    assert_eq!(commune.shows("xa-a", "so_01"), "7");
    commune.is_clean();
    office.imports(&[commune.bundle(Some("phong"))]);
    assert_eq!(office.shows("xa-a", "so_01"), "7");
    all_equal(&office, &commune);
}

#[test]
fn a_clock_two_days_ahead_is_flagged_and_not_adopted() {
    let (mut office, mut commune) = acquainted();
    commune.wall += 3 * DAY;
    commune.types("so_00", "5");
    let done = office.imports(&[commune.bundle(Some("phong"))]);
    assert!(matches!(
        done.suspicions[0],
        Suspicion::Clock { count: 1, .. }
    ));
    office.types_for("xa-b", "so_00", "1");
    let log = office
        .store
        .log(&LogFilter {
            unit: Some(nhaplieu::plan::UnitId::new("xa-b")),
            ..LogFilter::default()
        })
        .unwrap();
    assert!(log[0].recorded.entry.clock.millis < office.wall + DAY);
}

#[test]
fn people_of_one_store_are_nobody_in_another() {
    let (mut office, mut commune) = acquainted();
    let before = office.store.actors().unwrap();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    assert_eq!(office.store.actors().unwrap(), before);
    assert_eq!(
        office.store.form_keys().unwrap(),
        vec![form("xa-a", "2023")]
    );
}

#[test]
fn relayed_logs_still_verify_at_a_third_store() {
    let (mut office, mut commune) = acquainted();
    commune.types_all(10);
    office.imports(&[commune.bundle(Some("phong"))]);
    let mut third = Site::commune("xa-a", 9);
    third.pins(&office);
    let done = third.imports(&[office.whole_for("xa-a")]);
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!(third.shows("xa-a", "so_39"), "49");
    all_equal(&office, &third);
}

#[test]
fn a_bundle_of_another_plan_or_district_is_refused() {
    use crate::container::Draft;
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    let bytes = commune.bundle_bytes(Some("phong"), Scope::Since);
    let mut other_plan = Draft::of(&commune, &bytes);
    other_plan.header.plan_id = "khac".to_owned();
    let mut other_district = Draft::of(&commune, &bytes);
    other_district.header.district = nhaplieu::plan::UnitId::new("huyen-khac");
    let before = office.store.info().unwrap();
    let outcome = |office: &mut Site, draft: &Draft| {
        let bundle = VerifiedBundle::read(draft.sealed(&commune)).unwrap();
        office.imports(&[bundle]).bundles[0].outcome.clone()
    };
    assert!(matches!(
        outcome(&mut office, &other_plan),
        BundleOutcome::Refused(BundleError::WrongPlan { .. })
    ));
    assert!(matches!(
        outcome(&mut office, &other_district),
        BundleOutcome::Refused(BundleError::WrongDistrict { .. })
    ));
    assert_eq!(office.store.info().unwrap(), before);
}

#[test]
fn a_figure_the_plan_does_not_ask_for_refuses_the_whole_bundle() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    commune.types("so_01", "6");
    for wrong in ["-3", "1.5"] {
        let bytes = crate::container::forged(&commune, |entry| {
            entry.body = Body::SetValue(number(wrong));
        });
        let done = office.imports(&[VerifiedBundle::read(bytes).unwrap()]);
        assert!(matches!(
            &done.bundles[0].outcome,
            BundleOutcome::Refused(BundleError::Unfit { seq: 5, .. })
        ));
        assert_eq!(office.shows("xa-a", "so_00"), "", "nothing of it is taken");
    }
}

#[test]
fn a_row_of_a_field_that_is_no_list_refuses_the_whole_bundle() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    commune.types("so_01", "6");
    let bytes = crate::container::forged(&commune, |entry| {
        let mut cell = entry.subject.cell().unwrap().clone();
        cell.id.row = Some(RowId([1; 16]));
        entry.subject = Subject::Cell(cell);
    });
    let done = office.imports(&[VerifiedBundle::read(bytes).unwrap()]);
    assert!(matches!(
        &done.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::PlanLacks { .. })
    ));
    let form = office.store.form(&form("xa-a", "2023")).unwrap();
    assert!(form.cells.is_empty(), "nothing of it is taken");
}

#[test]
fn an_entry_of_an_unknown_plan_is_kept_and_not_counted() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    commune.types("so_00", "6");
    let bytes = crate::container::forged(&commune, |entry| {
        entry.plan = nhaplieu::ledger::PlanRef {
            version: 4,
            h8: [9; 8],
        };
    });
    let done = office.imports(&[VerifiedBundle::read(bytes).unwrap()]);
    assert_eq!((done.counts.new, done.counts.held), (5, 1));
    assert_eq!(office.shows("xa-a", "so_00"), "5");
}

#[test]
fn a_citation_from_another_cell_supersedes_nothing() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    let cited = office
        .store
        .form(&form("xa-a", "2023"))
        .unwrap()
        .cells
        .values()
        .next()
        .unwrap()
        .references();
    let neighbour = Site::commune("xa-b", 4);
    office.enrols(&neighbour);
    let mut neighbour = neighbour;
    neighbour.types("so_00", "1");
    let bytes = crate::container::forged(&neighbour, |entry| entry.replaces = cited);
    let done = office.imports(&[VerifiedBundle::read(bytes).unwrap()]);
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
    assert_eq!(office.shows("xa-a", "so_00"), "5");
    assert_eq!(office.shows("xa-b", "so_00"), "1");
}

#[test]
fn what_comes_after_a_lock_is_listed_as_late() {
    let (mut office, mut commune) = acquainted();
    commune.types("so_00", "5");
    office.imports(&[commune.bundle(Some("phong"))]);
    crate::approval::closes(&mut office);
    commune.types("so_00", "6");
    let done = office.imports(&[commune.bundle(Some("phong"))]);
    assert_eq!((done.counts.new, done.counts.late), (1, 1));
    assert_eq!(done.changes[0].old, number("5"));
}

#[test]
fn a_bundle_in_quarantine_shows_what_it_would_bring() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    commune.types("so_00", "5");
    let bundle = commune.bundle(Some("phong"));
    let rights = nhaplieu::ledger::trust::Rights {
        units: std::collections::BTreeSet::from([commune.unit.clone()]),
        roles: vec![nhaplieu::ledger::Role::Clerk],
        name: String::new(),
    };
    let plan = crate::world::plan();
    let scene = nhaplieu::sync::ImportContext {
        plan: &plan,
        unit: &office.unit,
        by: &office.actor,
        wall: office.wall,
        progress: &nhaplieu::sync::NoProgress,
    };
    let shown =
        nhaplieu::sync::import::plan_assuming(&office.store, &scene, &bundle, &rights).unwrap();
    assert_eq!(shown.changes.len(), 1);
    let done = office.imports(&[bundle]);
    assert_eq!(done.changes, vec![]);
}

#[test]
fn the_waiting_room_has_an_end() {
    let (mut office, mut stranger) = (Site::office(), Site::commune("xa-a", 1));
    stranger.types("so_00", "5");
    let bundles: Vec<VerifiedBundle> = (0..66).map(|_| stranger.bundle(None)).collect();
    let done = office.imports(&bundles);
    let full = done
        .refusals()
        .filter(|(_, e)| **e == BundleError::RoomFull);
    assert_eq!(full.count(), 2);
    office.enrols(&stranger);
    let done = office.imports(&[]);
    assert_eq!((done.bundles.len(), done.counts.new), (64, 4));
    assert_eq!(office.plans(&[]).bundles, vec![]);
}
