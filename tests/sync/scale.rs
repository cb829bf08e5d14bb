//! A year of a district in one bundle: that it works, and for a person who asks, how long it takes.
#![allow(clippy::print_stderr, reason = "shown only to those who ask")]

use std::time::Instant;

use nhaplieu::ledger::{Body, Role, Subject};
use nhaplieu::plan::UnitId;
use nhaplieu::sync::import::plan::BundleOutcome;
use nhaplieu::sync::{Scope, VerifiedBundle};

use crate::model::Model;
use crate::site::{START, Site};
use crate::world::cell;

pub(crate) fn large(office: &mut Site, entries: u64) -> VerifiedBundle {
    let mut commune = Model::new("xa-a", 3);
    let author = commune.author();
    let body = Body::Enrol {
        units: vec![UnitId::new("xa-a")],
        roles: vec![Role::Clerk],
        name: "xã A".to_owned(),
    };
    office.does(vec![nhaplieu::store::Change {
        subject: Subject::Author(author),
        body,
        reason: String::new(),
        seen: nhaplieu::store::Seen::Current,
    }]);
    let mut last = std::collections::BTreeMap::new();
    for at in 0..entries {
        let field = format!("so_{:02}", at % 40);
        let period = ["2022", "2023", "2023-6T"][at as usize / 40 % 3];
        let key = cell("xa-a", period, &field);
        let seen = last.remove(&key).into_iter().collect();
        let recorded = commune.sets(&key, (at % 997) as i64, seen, 0, START + at);
        last.insert(key, recorded.reference());
    }
    let bytes = crate::district::bundle(&commune, "phong", Scope::All, START + entries);
    VerifiedBundle::read(bytes).unwrap()
}

#[test]
fn many_chunks_come_in_whole_and_again_change_nothing() {
    let mut office = Site::office();
    let bundle = large(&mut office, 6_000);
    assert!(bundle.container().chunks.len() > 1);
    let done = office.imports(std::slice::from_ref(&bundle));
    assert_eq!((done.counts.new, done.counts.conflicts), (6_001, 0));
    assert_eq!(done.changes.len(), 120);
    let again = office.imports(&[bundle]);
    assert!(matches!(
        again.bundles[0].outcome,
        BundleOutcome::Already { .. }
    ));
}

#[test]
#[ignore = "takes a while"]
fn how_long_a_year_takes() {
    for entries in [20_000, 145_000] {
        let mut office = Site::office();
        let bundle = large(&mut office, entries);
        let bytes = bundle.bytes().unwrap().to_vec();
        let (size, begun) = (bytes.len(), Instant::now());
        let bundle = VerifiedBundle::read(bytes).unwrap();
        let read = begun.elapsed();
        let begun = Instant::now();
        office.plans(std::slice::from_ref(&bundle));
        let planned = begun.elapsed();
        let begun = Instant::now();
        let plan = crate::world::plan();
        let scene = nhaplieu::sync::ImportContext {
            plan: &plan,
            unit: &office.unit,
            by: &office.actor,
            wall: office.wall + entries,
            progress: &nhaplieu::sync::NoProgress,
        };
        nhaplieu::sync::import::apply(&mut office.store, &scene, &[bundle]).unwrap();
        let applied = begun.elapsed();
        eprintln!("{entries}: {size} bytes, read {read:?}, plan {planned:?}, apply {applied:?}");
    }
}
