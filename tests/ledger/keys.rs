//! Subject keys, the chain of hashes, the clock.

use nhaplieu::ledger::subject::SubjectKind;
use nhaplieu::ledger::{ActorId, AuthorId, CellId, Clock, FormKey, Hash, RowId, Subject, chain};
use nhaplieu::plan::{FieldId, PeriodId, RuleId, UnitId};
use proptest::prelude::*;

fn subject() -> impl Strategy<Value = Subject> {
    let id = "[a-z0-9_.-]{0,12}|[\\PC]{0,8}";
    let row = prop::option::of(any::<[u8; 16]>());
    (id, id, id, id, row, 0u8..8, any::<[u8; 16]>()).prop_map(
        |(unit, period, field, other, row, kind, author)| {
            let form = FormKey {
                unit: UnitId::new(&unit),
                period: PeriodId::new(&period),
            };
            let cell = form.cell(CellId {
                field: FieldId::new(&field),
                row: row.map(RowId),
            });
            match kind {
                0 => Subject::Cell(cell),
                1 => Subject::Note(cell),
                2 => Subject::Confirm(cell, RuleId::new(&other)),
                3 => Subject::Form(form),
                4 => Subject::Approval(form, UnitId::new(&other)),
                5 => Subject::Actor(ActorId::fold(&other)),
                6 => Subject::Author(AuthorId(author)),
                _ => Subject::Plan,
            }
        },
    )
}

proptest! {
    #[test]
    fn keys_read_back_and_tell_subjects_apart(one in subject(), other in subject()) {
        prop_assert_eq!(Subject::from_key(&one.key()), Ok(one.clone()));
        prop_assert_eq!(one.key() == other.key(), one == other);
        // No key begins another, or a range of one subject would catch a second.
        prop_assert!(one == other || !other.key().starts_with(&one.key()));
        if let Subject::Cell(cell) = &one {
            prop_assert!(one.key().starts_with(&Subject::form_prefix(SubjectKind::Cell, &cell.form)));
        }
    }

    #[test]
    fn any_bytes_are_a_key_of_ours_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(subject) = Subject::from_key(&bytes) {
            prop_assert_eq!(subject.key(), bytes);
        }
    }

    #[test]
    fn a_clock_never_goes_back(
        walls in prop::collection::vec(prop_oneof![0u64..10, Just(u64::MAX)], 1..50),
        millis in 0u64..10,
        counter in prop_oneof![Just(0u16), Just(u16::MAX - 1)],
    ) {
        let mut clock = Clock { millis, counter };
        for wall in walls {
            let next = clock.tick(wall);
            let at_the_end = clock.millis == u64::MAX && clock.counter == u16::MAX;
            prop_assert!(next > clock || at_the_end);
            prop_assert!(next.millis >= wall);
            clock = next;
        }
    }
}

/// Frozen: chains written by any released version must hash the same for ever.
#[test]
fn the_hash_of_an_entry_is_frozen() {
    let author = AuthorId([1; 16]);
    let mut by_hand = b"nhaplieu/entry/v1".to_vec();
    by_hand.extend([1; 16]);
    by_hand.extend(3u64.to_le_bytes());
    by_hand.extend([2; 32]);
    by_hand.extend(b"bytes");
    let link = chain::link(&author, 3, &Hash([2; 32]), b"bytes");
    assert_eq!(link.to_string(), blake3::hash(&by_hand).to_string());
    assert_eq!(
        link.to_string(),
        "dc481c4bc3a14bb04e24a79d78f4606ace2871af76ee69b767472558539df8c5"
    );
}
