//! How the bundles that are kept stand: said from what was recorded, never by proving them again.

use nhaplieu::ledger::Role;
use nhaplieu::plan::UnitId;
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::{ExchangeReader, Held};
use nhaplieu::sync::bundle::error::PlanPart;
use nhaplieu::sync::held::facts::HeldFacts;
use nhaplieu::sync::held::status;
use nhaplieu::sync::import::plan::BundleOutcome;
use nhaplieu::sync::{BundleError, ImportContext, NoProgress, Scope, authors};

use crate::district::{bundle, take};
use crate::model::Model;
use crate::site::{START, Site};
use crate::world::{id, plan};

#[test]
fn ten_looks_at_the_waiting_room_prove_no_bundle() {
    let (office, mut stranger) = (Model::new("phong", 1), Model::new("xa-a", 2));
    stranger.pins(office.author());
    let mut office = office;
    for at in 0..5 {
        let bytes = bundle(&stranger, "phong", Scope::All, START + at);
        let read = nhaplieu::sync::VerifiedBundle::read(bytes).unwrap();
        take(&mut office, &[read], START + at);
    }
    let before = office.bytes_read.get();
    let (plan, by) = (plan(), id("ai-do"));
    let context = ImportContext {
        plan: &plan,
        unit: &office.unit,
        by: &by,
        wall: START,
        progress: &NoProgress,
    };
    for _ in 0..10 {
        let held = status::held(&office, &context).unwrap();
        assert_eq!(held.len(), 5);
        for one in held {
            let quarantined = BundleOutcome::Quarantined(vec![stranger.author()]);
            assert_eq!(one.outcome, Some(quarantined));
            assert_eq!(one.header.unwrap().from, UnitId::new("xa-a"));
            assert_eq!(one.unknown_authors[0].says, Some(UnitId::new("xa-a")));
        }
    }
    assert_eq!(office.bytes_read.get(), before);
}

#[test]
fn a_bundle_is_ready_once_its_signer_is_known_and_before_it_is_tried_again() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    commune.types("so_00", "5");
    let bundle = commune.bundle(Some("phong"));
    office.imports(std::slice::from_ref(&bundle));
    let [waits] = office.held().try_into().unwrap();
    assert_eq!(waits.bundle.held, Held::Quarantine);
    assert_eq!(waits.bundle.size, bundle.container().size() as u64);
    assert_eq!(waits.header.as_ref(), Some(bundle.header()));
    office.enrols(&commune);
    let [ready] = office.held().try_into().unwrap();
    assert_eq!(ready.outcome, Some(BundleOutcome::Taken));
    assert_eq!(ready.unknown_authors, vec![]);
    office.imports(&[]);
    assert_eq!(office.held(), vec![]);
    assert_eq!(office.store.held_bytes(&bundle.root()).unwrap(), None);
}

#[test]
fn evidence_keeps_why_it_was_refused() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-b", 2));
    let author = commune.store.info().unwrap().author;
    let units = vec![UnitId::new("xa-a")];
    office.does(vec![authors::enrol(
        author,
        units,
        vec![Role::Clerk],
        "xã A",
    )]);
    commune.types("so_00", "5");
    let done = office.imports(&[commune.bundle(Some("phong"))]);
    let BundleOutcome::Refused(why @ BundleError::Oversteps { .. }) = &done.bundles[0].outcome
    else {
        panic!("{:?}", done.bundles[0].outcome);
    };
    let [evidence] = office.held().try_into().unwrap();
    assert_eq!(evidence.bundle.held, Held::Refused);
    assert_eq!(evidence.outcome, Some(BundleOutcome::Refused(why.clone())));
}

#[test]
fn facts_that_are_not_in_their_layout_are_refused() {
    let mut commune = Site::commune("xa-a", 1);
    let bundle = commune.bundle(Some("phong"));
    let (author, seq, what) = (bundle.header().signed_by(), 7, "xa-b".to_owned());
    let text = || what.clone();
    let lacks = |part| BundleError::PlanLacks {
        author,
        seq,
        part,
        what: text(),
    };
    let mut refusals = vec![
        BundleError::Oversteps {
            author,
            seq,
            what: text(),
        },
        BundleError::Unfit {
            author,
            seq,
            what: text(),
        },
        BundleError::TooManyHeads {
            author,
            seq,
            heads: 65,
            what: text(),
        },
        BundleError::WrongSender {
            signer: author,
            from: "xa-a".to_owned(),
            units: text(),
        },
    ];
    refusals.extend(PlanPart::ALL.map(lacks));
    assert!(refusals.iter().all(BundleError::is_evidence));
    for refusal in std::iter::once(None).chain(refusals.into_iter().map(Some)) {
        let facts = HeldFacts::of(&bundle, refusal);
        let bytes = facts.bytes();
        let plain = HeldFacts::of(&bundle, None).bytes().len();
        assert_eq!(HeldFacts::read(&bytes), Ok(facts));
        for end in (0..bytes.len()).filter(|end| *end != plain) {
            assert!(HeldFacts::read(&bytes[..end]).is_err(), "cut at {end}");
        }
        let more = [bytes.as_slice(), &[0]].concat();
        assert!(HeldFacts::read(&more).is_err());
    }
}
