//! Who is believed when a key was stolen: the district left it behind, and the thief still has it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeSet;

use nhaplieu::ledger::trust::{Succession, TrustAnchors};
use nhaplieu::ledger::{
    ActionId, ActorId, AuthorId, Body, Clock, Entry, Hash, Origin, PlanRef, Recorded, Role,
    Subject, Trust,
};
use nhaplieu::plan::UnitId;

/// A key by a number, and the author it makes.
fn key(number: u8) -> [u8; 32] {
    [number; 32]
}

fn author(number: u8) -> AuthorId {
    AuthorId::of_key(&key(number))
}

/// An entry of an author on another.
fn says(by: u8, seq: u64, about: u8, body: Body) -> Recorded {
    let mut hash = [by; 32];
    hash[..8].copy_from_slice(&seq.to_le_bytes());
    hash[8] = about;
    Recorded {
        author: author(by),
        seq,
        previous: Hash::ZERO,
        hash: Hash(hash),
        entry: Entry {
            flags: 1,
            clock: Clock::default(),
            lag: 0,
            actor: ActorId::parse("ai-do").unwrap(),
            plan: PlanRef::default(),
            subject: Subject::Author(author(about)),
            body,
            replaces: Vec::new(),
            note: "có lý do".to_owned(),
            action: ActionId([0; 16]),
            origin: Origin::Set,
        },
    }
}

fn begins(by: u8, continues: Option<u8>) -> Recorded {
    let body = Body::EpochStart {
        public_key: key(by),
        continues: continues.map(author),
    };
    says(by, 1, by, body)
}

fn enrols(by: u8, seq: u64, about: u8) -> Recorded {
    let body = Body::Enrol {
        units: vec![UnitId::new("xa-a")],
        roles: vec![Role::Clerk],
        name: format!("máy {about}"),
    };
    says(by, seq, about, body)
}

fn revokes(by: u8, seq: u64, about: u8, last_good: u64) -> Recorded {
    says(by, seq, about, Body::Revoke { last_good })
}

fn vouches(by: u8, start: &Recorded) -> Succession {
    Succession {
        author: start.author,
        hash: start.hash,
        by: author(by),
    }
}

fn pinned(key: u8) -> TrustAnchors {
    TrustAnchors {
        writer: Some(author(90)),
        pinned: BTreeSet::from([author(key)]),
    }
}

/// The district's first key, the one it goes on under, a commune the first enrolled; and what the
/// thief writes: an accomplice enrolled, the new key and the commune revoked, an heir of its own.
const OLD: u8 = 1;
const NEW: u8 = 2;
const COMMUNE: u8 = 3;
const ACCOMPLICE: u8 = 4;
const HEIR: u8 = 5;

fn stolen() -> (Vec<Recorded>, Vec<Succession>) {
    let (new, heir) = (begins(NEW, Some(OLD)), begins(HEIR, Some(OLD)));
    let vouched = vec![vouches(OLD, &new), vouches(OLD, &heir)];
    let entries = vec![
        begins(90, None),
        begins(OLD, None),
        enrols(OLD, 2, COMMUNE),
        new,
        revokes(NEW, 2, OLD, 2),
        enrols(OLD, 3, ACCOMPLICE),
        revokes(OLD, 4, NEW, 0),
        revokes(OLD, 5, COMMUNE, 0),
        heir,
        revokes(HEIR, 2, NEW, 0),
        revokes(HEIR, 3, COMMUNE, 0),
        enrols(HEIR, 4, ACCOMPLICE),
    ];
    (entries, vouched)
}

/// The same whatever the order the entries come in.
fn trusts(seeds: &TrustAnchors, entries: &[Recorded], vouched: &[Succession]) -> Trust {
    let trust = Trust::new(seeds, entries, vouched);
    let backwards: Vec<Recorded> = entries.iter().rev().cloned().collect();
    assert_eq!(trust, Trust::new(seeds, &backwards, vouched));
    trust
}

#[test]
fn who_compared_the_new_key_reads_the_old_log_and_hears_no_thief() {
    let (entries, vouched) = stolen();
    let trust = trusts(&pinned(NEW), &entries, &vouched);
    assert!(trust.knows(&author(COMMUNE)), "enrolled before the theft");
    assert!(!trust.knows(&author(ACCOMPLICE)));
    assert!(!trust.knows(&author(HEIR)));
    assert_eq!(trust.revoked(&author(OLD)), Some(2));
    assert_eq!(trust.revoked(&author(NEW)), None);
    assert_eq!(trust.revoked(&author(COMMUNE)), None);
}

#[test]
fn the_districts_own_store_hears_no_thief_either() {
    let (entries, vouched) = stolen();
    let seeds = TrustAnchors {
        writer: Some(author(NEW)),
        pinned: BTreeSet::new(),
    };
    let trust = trusts(&seeds, &entries, &vouched);
    assert!(trust.knows(&author(COMMUNE)));
    assert!(!trust.knows(&author(ACCOMPLICE)));
    assert_eq!(trust.revoked(&author(NEW)), None);
    assert_eq!(trust.revoked(&author(COMMUNE)), None);
}

#[test]
fn an_heir_of_the_compared_key_governs_and_may_end_the_former() {
    let third = begins(6, Some(NEW));
    let (mut entries, mut vouched) = stolen();
    entries.retain(|entry| entry.entry.body != Body::Revoke { last_good: 2 });
    vouched.push(vouches(NEW, &third));
    entries.extend([third, revokes(6, 2, OLD, 2), enrols(6, 3, 7)]);
    let trust = trusts(&pinned(NEW), &entries, &vouched);
    assert!(trust.is_root(&author(6)) && trust.knows(&author(7)));
    assert_eq!(trust.revoked(&author(OLD)), Some(2));
    assert!(!trust.knows(&author(ACCOMPLICE)));
    assert_eq!(trust.revoked(&author(COMMUNE)), None);
}

#[test]
fn naming_the_district_as_the_one_gone_on_from_makes_nobody_untouchable() {
    let entries = [
        begins(NEW, None),
        begins(COMMUNE, Some(NEW)),
        enrols(NEW, 2, COMMUNE),
        revokes(NEW, 3, COMMUNE, 1),
    ];
    let trust = trusts(&pinned(NEW), &entries, &[]);
    assert!(!trust.is_root(&author(COMMUNE)));
    assert_eq!(trust.revoked(&author(COMMUNE)), Some(1));
}

#[test]
fn who_begins_twice_is_believed_in_neither_origin() {
    let mut other = begins(OLD, Some(COMMUNE));
    other.hash = Hash([77; 32]);
    let entries = [begins(NEW, Some(OLD)), begins(OLD, None), other];
    let trust = trusts(&pinned(NEW), &entries, &[]);
    assert!(trust.is_root(&author(OLD)));
    assert!(!trust.knows(&author(COMMUNE)));
}
