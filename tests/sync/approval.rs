//! What was approved stays what it was: who may say so, what they must have seen, and what comes
//! after.

use nhaplieu::ledger::approved::{ApprovalLevel, Proof};
use nhaplieu::ledger::content_hash::content_hash;
use nhaplieu::ledger::entry::{FLAG_ON_BEHALF, Frontier};
use nhaplieu::ledger::{
    AuthorId, Body, CellId, Content, ContentHash, ContentPart, Form, FormKey, FormStatus, Hash,
    Role, Subject,
};
use nhaplieu::plan::{FieldId, UnitId};
use nhaplieu::store::StoreReader;
use nhaplieu::store::{Change, Seen, StoreError};
use nhaplieu::sync::import::plan::{BundleOutcome, Timing};
use nhaplieu::sync::{BundleError, VerifiedBundle, import};

use crate::site::Site;
use crate::world::{form, number, plan, set};

fn key() -> FormKey {
    form("xa-a", "2023")
}

fn seen(site: &Site) -> (ContentHash, Frontier) {
    let cells = site.store.form(&key()).unwrap().cells;
    let content = content_hash(&plan(), &key(), &cells);
    (content, import::frontier(&site.store).unwrap())
}

fn part_of(owner: &str, content: &ContentHash) -> Hash {
    let part = ContentPart::Owner(UnitId::new(owner));
    // One that the form does not have can only be invented.
    content.parts().get(&part).copied().unwrap_or(Hash::ZERO)
}

fn on_form(body: Body, reason: &str) -> Change {
    Change {
        subject: Subject::Form(key()),
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    }
}

/// The lock of xa-a's 2023 as it stands.
pub(crate) fn lock(site: &Site) -> Change {
    let (content, frontier) = seen(site);
    on_form(Body::Lock { content, frontier }, "")
}

/// The office hands xa-a's 2023 in as it stands, and locks it.
pub(crate) fn closes(site: &mut Site) {
    site.does(vec![submit(site)]);
    site.does(vec![lock(site)]);
}

fn approve(site: &Site, owner: &str) -> Change {
    let (content, frontier) = seen(site);
    let part = part_of(owner, &content);
    Change {
        subject: Subject::Approval(key(), UnitId::new(owner)),
        ..on_form(Body::Approve { part, frontier }, "")
    }
}

pub(crate) fn submit(site: &Site) -> Change {
    let body = Body::Submit {
        content: seen(site).0,
        blanks: 0,
        unconfirmed: 0,
        overridden: 0,
    };
    on_form(body, "")
}

/// What people are shown as approved, field by field.
fn approved(site: &Site) -> (ApprovalLevel, Vec<(String, Content)>) {
    let approved = form_of(site).approved.unwrap();
    for stamp in &approved.approvals {
        assert_eq!(stamp.proof, Proof::Given, "{stamp:?}");
    }
    let filled = approved.cells.into_iter();
    let filled = filled.filter(|(_, content)| *content != Content::Blank);
    (
        approved.reach,
        filled
            .map(|(field, content)| (field.to_string(), content))
            .collect(),
    )
}

fn form_of(site: &Site) -> Form {
    site.store.form(&key()).unwrap()
}

fn late(site: &Site) -> Vec<(String, Content, Content)> {
    let late = form_of(site).late().into_iter();
    late.map(|late| (late.cell.to_string(), late.old, late.new))
        .collect()
}

fn status(site: &Site) -> FormStatus {
    let form = form_of(site);
    form.status(&content_hash(&plan(), &key(), &form.cells))
}

/// The office knows the commune, has its three figures, and the commune believes the office.
fn handed_in() -> (Site, Site) {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    office.enrols(&commune);
    commune.pins(&office);
    commune.types("so_00", "5");
    commune.types("so_01", "6");
    commune.types("so_05", "7");
    commune.does(vec![submit(&commune)]);
    office.imports(&[commune.bundle(Some("phong"))]);
    (office, commune)
}

fn meets(from: &mut Site, to: &mut Site) -> nhaplieu::sync::ImportPlan {
    let unit = to.unit.to_string();
    let bundle = from.bundle(Some(&unit));
    to.imports(&[bundle])
}

#[test]
fn a_lock_shows_the_same_on_both_machines_whatever_comes_after() {
    let (mut office, mut commune) = handed_in();
    office.does(vec![lock(&office)]);
    // Typed before the lock was heard of: an edit, a new figure and a new submission.
    commune.types("so_00", "8");
    commune.types("so_02", "9");
    commune.does(vec![submit(&commune)]);
    let done = meets(&mut commune, &mut office);
    assert_eq!(done.counts.late, 2);
    let changed: Vec<_> = done
        .changes
        .iter()
        .map(|c| (c.timing, c.new.clone()))
        .collect();
    assert_eq!(
        changed,
        [(Timing::Late, number("8")), (Timing::Late, number("9"))]
    );
    meets(&mut office, &mut commune);

    let figures = |list: &[(&str, &str)]| -> Vec<(String, Content)> {
        let of = |(field, figure): &(&str, &str)| ((*field).to_owned(), number(figure));
        list.iter().map(of).collect()
    };
    let then = figures(&[("so_00", "5"), ("so_01", "6"), ("so_05", "7")]);
    for site in [&office, &commune] {
        assert_eq!(approved(site), (ApprovalLevel::Locked, then.clone()));
        assert_eq!(
            late(site),
            [
                ("so_00".to_owned(), number("5"), number("8")),
                ("so_02".to_owned(), Content::Blank, number("9")),
            ]
        );
        assert_eq!(
            status(site),
            FormStatus::Locked,
            "a submission opens nothing"
        );
        assert_eq!(site.shows("xa-a", "so_00"), "8", "what came is shown too");
    }
    let stamp = |site: &Site| form_of(site).approved.unwrap().approvals[0].content;
    assert_eq!(stamp(&office), stamp(&commune));

    office.does(vec![on_form(Body::Reopen, "tính cả số đến sau")]);
    meets(&mut office, &mut commune);
    for site in [&office, &commune] {
        assert_eq!(form_of(site).approved, None);
        assert_eq!(late(site), []);
    }
}

#[test]
fn what_is_rejected_later_was_approved_all_the_same() {
    let (mut office, mut commune) = handed_in();
    office.does(vec![lock(&office)]);
    let author = commune.store.info().unwrap().author;
    let typed = form_of(&office).cells[&CellId::from(FieldId::new("so_00"))].references()[0].seq;
    let reject = Change {
        subject: Subject::Author(author),
        ..on_form(
            Body::RejectRange {
                from: typed,
                to: typed,
            },
            "gõ nhầm",
        )
    };
    office.does(vec![reject]);
    meets(&mut office, &mut commune);
    for site in [&office, &commune] {
        assert_eq!(site.shows("xa-a", "so_00"), "");
        assert_eq!(approved(site).1[0], ("so_00".to_owned(), number("5")));
        assert_eq!(
            late(site)[0],
            ("so_00".to_owned(), number("5"), Content::Blank)
        );
    }
}

#[test]
fn a_branch_of_a_copied_store_that_the_lock_had_not_seen_is_late() {
    let (mut office, mut commune) = handed_in();
    let mut copy = commune.twin();
    // The same number on both: one is seen by the lock, the other is not.
    commune.types("so_00", "8");
    copy.types("so_02", "9");
    office.imports(&[commune.bundle(Some("phong"))]);
    office.does(vec![lock(&office)]);
    let done = office.imports(&[copy.bundle(Some("phong"))]);
    assert_eq!(done.counts.late, 1);
    assert_eq!(
        late(&office),
        [("so_02".to_owned(), Content::Blank, number("9"))]
    );
    assert_eq!(approved(&office).1[0], ("so_00".to_owned(), number("8")));

    // A lock that states both branches has seen both.
    office.does(vec![on_form(Body::Reopen, "xem lại")]);
    office.does(vec![lock(&office)]);
    assert_eq!(late(&office), []);
    assert!(
        approved(&office)
            .1
            .contains(&("so_02".to_owned(), number("9")))
    );
}

#[test]
fn owners_approve_their_own_fields_and_a_return_ends_it() {
    let (mut office, mut commune) = handed_in();
    office.does(vec![approve(&office, "phong")]);
    let own = |list: &[(&str, &str)]| -> Vec<(String, Content)> {
        let of = |(field, figure): &(&str, &str)| ((*field).to_owned(), number(figure));
        list.iter().map(of).collect()
    };
    let then = own(&[("so_00", "5"), ("so_01", "6")]);
    assert_eq!(approved(&office), (ApprovalLevel::SomeOwners, then.clone()));
    assert_eq!(status(&office), FormStatus::Submitted);
    office.does(vec![approve(&office, "ban")]);
    assert_eq!(status(&office), FormStatus::Approved);

    commune.types("so_00", "8");
    commune.types("so_05", "1");
    commune.does(vec![submit(&commune)]);
    let done = meets(&mut commune, &mut office);
    assert_eq!(done.counts.late, 1, "no owner speaks for so_05");
    meets(&mut office, &mut commune);
    for site in [&office, &commune] {
        assert_eq!(approved(site), (ApprovalLevel::EveryOwner, then.clone()));
        assert_eq!(late(site).len(), 1);
        assert_eq!(status(site), FormStatus::Approved);
    }

    office.does(vec![on_form(Body::Return, "xem lại so_00")]);
    commune.types("so_00", "5");
    meets(&mut office, &mut commune);
    commune.does(vec![submit(&commune)]);
    meets(&mut commune, &mut office);
    for site in [&office, &commune] {
        assert_eq!(
            form_of(site).approved,
            None,
            "a return ends approvals for ever"
        );
        assert_eq!(status(site), FormStatus::Submitted);
    }
}

/// `so_00` feeds a measure of `phong`, `so_02` one of `ban`, `so_01` both, `so_05` none.
#[test]
fn an_owners_approval_stands_when_another_owners_field_changes() {
    let (mut office, mut commune) = handed_in();
    office.does(vec![approve(&office, "phong")]);
    let Body::Approve { part, .. } = approve(&office, "phong").body else {
        unreachable!()
    };
    commune.types("so_02", "9");
    commune.types("so_05", "1");
    let done = meets(&mut commune, &mut office);
    assert_eq!(
        done.counts.late, 0,
        "nothing of what was approved has changed"
    );
    meets(&mut office, &mut commune);
    for site in [&office, &commune] {
        let shown = form_of(site).approved.unwrap().approvals;
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].content, shown[0].proof), (part, Proof::Given));
        assert_eq!(late(site), []);
    }
    let Body::Approve { part: now, .. } = approve(&office, "phong").body else {
        unreachable!()
    };
    assert_eq!(now, part, "its part says the same as before");

    office.does(vec![approve(&office, "ban")]);
    commune.types("so_02", "10");
    commune.types("so_01", "7");
    let done = meets(&mut commune, &mut office);
    assert_eq!(done.counts.late, 2);
    let figures = [
        ("so_01".to_owned(), number("6"), number("7")),
        ("so_02".to_owned(), number("9"), number("10")),
    ];
    assert_eq!(late(&office), figures);
    approved(&office);
}

/// A conflict in a field that an owner does not answer for does not hold its approval up.
#[test]
fn a_conflict_holds_up_those_whose_field_it_is_in() {
    let (mut office, mut commune) = handed_in();
    commune.types("so_02", "8");
    office.types_for("xa-a", "so_02", "9");
    meets(&mut commune, &mut office);
    for change in [lock(&office), approve(&office, "ban")] {
        let done = office.tries(vec![change]);
        assert!(matches!(done, Err(StoreError::InConflict(_))), "{done:?}");
    }
    office.does(vec![approve(&office, "phong")]);
    assert_eq!(approved(&office).0, ApprovalLevel::SomeOwners);
}

#[test]
fn an_approval_states_exactly_what_the_store_holds() {
    let (office, commune) = handed_in();
    let mut office = office;
    let (content, whole) = seen(&office);
    let author = commune.store.info().unwrap().author;
    let line = |whose: AuthorId| whole.iter().position(|line| line.0 == whose).unwrap();
    let with = |change: &dyn Fn(&mut Frontier)| {
        let mut frontier = whole.clone();
        change(&mut frontier);
        frontier
    };
    let cases: Vec<(&str, Frontier)> = vec![
        ("nothing", Vec::new()),
        ("one log left out", with(&|f| f.retain(|at| at.0 != author))),
        ("an end not reached", with(&|f| f[line(author)].1 -= 1)),
        ("an entry not here", with(&|f| f[line(author)].1 += 1)),
        (
            "another entry",
            with(&|f| f[line(author)].2 = Hash([7; 32])),
        ),
        (
            "a log not here",
            with(&|f| f.push((AuthorId([7; 16]), 1, Hash([7; 32])))),
        ),
        ("a line twice", with(&|f| f.push(f[0]))),
    ];
    let before = office.store.info().unwrap();
    for (what, frontier) in cases {
        for body in [
            on_form(
                Body::Lock {
                    content: content.clone(),
                    frontier: frontier.clone(),
                },
                "",
            ),
            Change {
                subject: Subject::Approval(key(), UnitId::new("phong")),
                ..on_form(
                    Body::Approve {
                        part: part_of("phong", &content),
                        frontier: frontier.clone(),
                    },
                    "",
                )
            },
        ] {
            let refused = office.tries(vec![body]);
            assert!(
                matches!(refused, Err(StoreError::Moved)),
                "{what}: {refused:?}"
            );
        }
    }
    assert_eq!(office.store.info().unwrap(), before);
    // Two owners at once: the second states what stood before the first.
    office.does(vec![approve(&office, "phong"), approve(&office, "ban")]);
    // What has moved since it was read is not approved unseen.
    let stale = lock(&office);
    office.types_for("xa-b", "so_00", "1");
    assert!(matches!(office.tries(vec![stale]), Err(StoreError::Moved)));
    office.does(vec![lock(&office)]);
}

/// People of one store: which step each of them may take, and which not.
#[test]
fn who_may_take_which_step() {
    let (mut office, _) = handed_in();
    let people = [
        ("lan", Role::Clerk, "xa-a"),
        ("chu-phong", Role::Owner, "phong"),
        ("chu-ban", Role::Owner, "ban"),
        ("xem", Role::Viewer, "phong"),
    ];
    for (who, role, unit) in people {
        office.admits(who, role, unit);
    }
    let steps = [
        "submit",
        "return",
        "approve phong",
        "approve ban",
        "lock",
        "reopen",
    ];
    let may = [
        ("lan", "x....."),
        ("chu-phong", ".xx..."),
        ("chu-ban", ".x.x.."),
        ("xem", "......"),
        ("dau-moi", "xxxxxx"),
    ];
    for (who, row) in may {
        for (step, sign) in steps.iter().zip(row.chars()) {
            if step.starts_with("approve") || *step == "lock" {
                // Only what is handed in is closed, and the row before may have returned it.
                office.does(vec![submit(&office)]);
            }
            let change = change_of(&office, step, "có lý do");
            let done = office.tries_as(who, vec![change]);
            match sign {
                'x' => assert!(done.is_ok(), "{who} {step}: {done:?}"),
                _ => assert!(
                    matches!(done, Err(StoreError::NotPermitted { .. })),
                    "{who} {step}: {done:?}"
                ),
            }
            if *step == "lock" && done.is_ok() {
                let shut = office.tries_as("lan", vec![change_of(&office, "submit", "")]);
                assert!(matches!(shut, Err(StoreError::Locked)), "{shut:?}");
                let again = office.tries(vec![change_of(&office, "return", "vì")]);
                assert!(
                    matches!(again, Err(StoreError::Locked)),
                    "there is no force"
                );
            }
        }
    }
    for step in ["return", "reopen"] {
        let silent = office.tries(vec![change_of(&office, step, "")]);
        assert!(
            matches!(silent, Err(StoreError::Refused(_))),
            "{step} says why"
        );
    }
    let nobodys = office.tries(vec![approve(&office, "xa-b")]);
    assert!(
        matches!(nobodys, Err(StoreError::Refused(_))),
        "an owner of no measure the form feeds"
    );
}

fn change_of(site: &Site, step: &str, reason: &str) -> Change {
    match step {
        "submit" => submit(site),
        "return" => on_form(Body::Return, reason),
        "lock" => lock(site),
        "reopen" => on_form(Body::Reopen, reason),
        approval => approve(site, approval.strip_prefix("approve ").unwrap()),
    }
}

#[test]
fn nothing_in_dispute_is_approved_or_locked() {
    let (mut office, mut commune) = handed_in();
    commune.types("so_00", "8");
    office.types_for("xa-a", "so_00", "9");
    meets(&mut commune, &mut office);
    assert_eq!(office.shows("xa-a", "so_00"), "8 !");
    for change in [lock(&office), approve(&office, "phong")] {
        let done = office.tries(vec![change]);
        assert!(matches!(done, Err(StoreError::InConflict(_))), "{done:?}");
    }
}

/// The same for stores: what a bundle may bring from an author enrolled in each role.
#[test]
fn which_steps_a_bundle_may_bring() {
    let forged = |role: Role, unit: &str, change: &dyn Fn(&Site) -> Change, reason: &str| {
        let mut office = Site::office();
        let other = Site::new(unit, "ai-do", Role::Coordinator, 3);
        let author = other.store.info().unwrap().author;
        office.does(vec![nhaplieu::sync::authors::enrol(
            author,
            vec![UnitId::new(unit)],
            vec![role],
            unit,
        )]);
        // Its own store would not let it close or return what nobody has handed in.
        let change = change(&other);
        let bytes = crate::container::forged(&other, |entry| {
            if let Subject::Approval(_, owner) = &change.subject
                && owner.as_str() != unit
            {
                entry.flags |= FLAG_ON_BEHALF;
            }
            entry.subject = change.subject;
            entry.body = change.body;
            entry.note = reason.to_owned();
        });
        let bundle = VerifiedBundle::read(bytes).unwrap();
        match &office.imports(&[bundle]).bundles[0].outcome {
            BundleOutcome::Taken => 'x',
            BundleOutcome::Refused(BundleError::Oversteps { .. }) => '.',
            other => panic!("{other:?}"),
        }
    };
    let steps = ["return", "approve phong", "approve ban", "lock", "reopen"];
    let may = [
        (Role::Clerk, "xa-a", "....."),
        (Role::Owner, "ban", "x.x.."),
        (Role::Coordinator, "ban", "xxxxx"),
        (Role::Viewer, "ban", "....."),
    ];
    for (role, unit, row) in may {
        for (step, sign) in steps.iter().zip(row.chars()) {
            let made = |site: &Site| change_of(site, step, "");
            // The other store's own coordinator wrote it as its owner's, where it is one's.
            assert_eq!(
                forged(role, unit, &made, "vì sao"),
                sign,
                "{role:?} {unit} {step}"
            );
        }
    }
}

#[test]
fn a_step_without_a_reason_refuses_the_bundle() {
    for body in [Body::Return, Body::Reopen] {
        let (mut office, commune) = handed_in();
        let bytes = crate::container::forged(&commune, |entry| {
            entry.subject = Subject::Form(key());
            entry.body = body.clone();
            entry.note = String::new();
        });
        let done = office.imports(&[VerifiedBundle::read(bytes).unwrap()]);
        let fate = &done.bundles[0].outcome;
        assert!(
            matches!(fate, BundleOutcome::Refused(BundleError::Oversteps { what, .. }) if what == "reason"),
            "{fate:?}"
        );
    }
}

#[test]
fn a_loser_keeps_its_mark_for_ever() {
    use nhaplieu::store::{Contested, LogFilter};
    let (mut office, mut commune) = handed_in();
    commune.types("so_00", "8");
    office.types_for("xa-a", "so_00", "9");
    meets(&mut commune, &mut office);
    let cell = crate::world::cell("xa-a", "2023", "so_00");
    let mut resolve = set(&cell, number("8"));
    resolve.body = Body::Resolve(number("8"));
    resolve.reason = "đã gọi điện".to_owned();
    office.does(vec![resolve]);
    office.types_for("xa-a", "so_00", "10");
    meets(&mut office, &mut commune);
    for site in [&office, &commune] {
        let filter = LogFilter {
            unit: Some(cell.form.unit.clone()),
            ..LogFilter::default()
        };
        let log = site.store.log(&filter).unwrap();
        let marked: Vec<Content> = log
            .iter()
            .filter(|line| line.contested == Contested::Once)
            .filter_map(|line| line.recorded.entry.body.content().cloned())
            .collect();
        assert_eq!(marked.len(), 2);
        assert!(marked.contains(&number("9")) && marked.contains(&number("8")));
    }
}
