//! Many forms in one read: each is proved by itself, and a damaged one hides no other.

use std::path::Path;

use nhaplieu::ledger::FormKey;
use nhaplieu::plan::{PeriodId, UnitId};
use nhaplieu::store::{LogFilter, Store, StoreError, StoreReader};
use redb::{Database, ReadableTable, TableDefinition};
use tempfile::tempdir;

use crate::world::{action, cell, form, number, peopled, reopened, set};

const VIEWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("views");
/// The kind byte, second in a key, of the digests of forms and of cells.
const GROUP: u8 = 0;
const CELL: u8 = 1;

/// Both communes of 2023, and one of them in another period.
fn filled(dir: &Path) {
    let mut store = peopled(dir);
    let places = [
        ("lan", "xa-a", "2023"),
        ("hoa", "xa-b", "2023"),
        ("lan", "xa-a", "2023-6T"),
    ];
    for (n, (who, unit, period)) in (1..).zip(places) {
        let changes = ["so_01", "so_02"].map(|field| set(&cell(unit, period, field), number("7")));
        store.commit(&action(who, n, changes.to_vec())).unwrap();
    }
}

/// Flips a bit in the first row of this kind that belongs to the unit's form of 2023.
fn damage(dir: &Path, kind: u8, unit: &str) {
    let mut builder = Database::builder();
    builder.set_concurrency_mode(redb::ConcurrencyMode::MultiWriter);
    let database = builder.open(dir.join("data.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut views = transaction.open_table(VIEWS).unwrap();
        let of = |key: &[u8]| {
            let has = |text: &[u8]| key.windows(text.len()).any(|part| part == text);
            key[1] == kind && has(unit.as_bytes()) && key.ends_with(b"2023") | has(b"so_01")
        };
        let found = views
            .iter()
            .unwrap()
            .map(Result::unwrap)
            .find(|(key, _)| of(key.value()));
        let (key, mut value) = found
            .map(|(k, v)| (k.value().to_vec(), v.value().to_vec()))
            .unwrap();
        *value.last_mut().unwrap() ^= 1;
        views.insert(key.as_slice(), value.as_slice()).unwrap();
    }
    transaction.commit().unwrap();
}

/// Which forms of 2023 are readable.
fn of_2023(dir: &Path) -> Vec<(FormKey, bool)> {
    let store = reopened(dir);
    let found = store.forms_of_period(&PeriodId::new("2023")).unwrap();
    let mut all = Vec::new();
    for (key, form) in found {
        match &form {
            Ok(form) => assert_eq!(form.cells.len(), 2),
            Err(error) => assert!(matches!(error, StoreError::Damaged(_)), "{error:?}"),
        }
        assert_eq!(store.form(&key).is_ok(), form.is_ok());
        all.push((key, form.is_ok()));
    }
    all
}

#[test]
fn the_forms_of_a_period_and_of_a_unit() {
    let dir = tempdir().unwrap();
    filled(dir.path());
    let both = [(form("xa-a", "2023"), true), (form("xa-b", "2023"), true)];
    assert_eq!(of_2023(dir.path()), both);
    let store = reopened(dir.path());
    let of_unit = store.forms_of_unit(&UnitId::new("xa-a")).unwrap();
    let keys: Vec<FormKey> = of_unit.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, [form("xa-a", "2023"), form("xa-a", "2023-6T")]);
    // In the order asked for, one without entries as well.
    let asked = [form("xa-cu", "2023"), form("xa-b", "2023")];
    let found = store.forms(&asked).unwrap();
    let cells: Vec<usize> = found
        .into_iter()
        .map(|(_, form)| form.unwrap().cells.len())
        .collect();
    assert_eq!(cells, [0, 2]);
}

#[test]
fn a_damaged_cell_or_digest_hides_its_own_form_only() {
    for kind in [CELL, GROUP] {
        let dir = tempdir().unwrap();
        filled(dir.path());
        damage(dir.path(), kind, "xa-a");
        let one = [(form("xa-a", "2023"), false), (form("xa-b", "2023"), true)];
        assert_eq!(of_2023(dir.path()), one, "kind {kind}");
    }
}

#[test]
fn a_form_s_log_is_what_the_whole_log_says_of_it() {
    let dir = tempdir().unwrap();
    filled(dir.path());
    let mut store = reopened(dir.path());
    for n in 10..20 {
        let change = set(&cell("xa-a", "2023", "so_01"), number(&n.to_string()));
        store.commit(&action("lan", n, vec![change])).unwrap();
    }
    let of_form = LogFilter {
        unit: Some(UnitId::new("xa-a")),
        period: Some(PeriodId::new("2023")),
        ..LogFilter::default()
    };
    let mut all = store.log(&LogFilter::default()).unwrap();
    all.retain(|line| line.recorded.entry.subject.form() == Some(&form("xa-a", "2023")));
    assert_eq!(all.len(), 12);
    assert_eq!(store.log(&of_form).unwrap(), all);
    let latest = LogFilter {
        limit: Some(3),
        ..of_form
    };
    assert_eq!(store.log(&latest).unwrap(), all[..3]);
}
