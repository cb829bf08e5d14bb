//! A store with damaged forms: commands over many forms name each and go on.

use redb::{Database, ReadableTable, TableDefinition};

use crate::run::Desk;

const VIEWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("views");

/// Flips a bit in every stored view of the forms of these years.
fn damage(desk: &Desk, years: &[&str]) {
    let mut builder = Database::builder();
    builder.set_concurrency_mode(redb::ConcurrencyMode::MultiWriter);
    let database = builder.open(desk.store().join("data.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut views = transaction.open_table(VIEWS).unwrap();
        let rows: Vec<(Vec<u8>, Vec<u8>)> = views
            .iter()
            .unwrap()
            .map(Result::unwrap)
            .map(|(key, value)| (key.value().to_vec(), value.value().to_vec()))
            .collect();
        let of = |key: &[u8], year: &&str| {
            let part = [&[0, 4], year.as_bytes()].concat();
            key[1] == 1 && key.windows(part.len()).any(|found| found == part)
        };
        for (key, mut value) in rows {
            if years.iter().any(|year| of(&key, year)) {
                *value.last_mut().unwrap() ^= 1;
                views.insert(key.as_slice(), value.as_slice()).unwrap();
            }
        }
    }
    transaction.commit().unwrap();
}

#[test]
fn check_and_status_name_each_damaged_form_and_go_on() {
    let desk = Desk::commune();
    for year in ["2021", "2023", "2024"] {
        let words = ["set", "--unit", "nt", "--period", year, "be_trai=62"];
        desk.run(&words).expects(0);
    }
    damage(&desk, &["2023", "2024"]);
    for words in [
        &["check"][..],
        &["status"],
        &["check", "--json"],
        &["status", "--json"],
    ] {
        let done = desk.run(words).expects(5);
        for year in ["2023", "2024"] {
            assert!(
                done.err.contains(&format!("Năm {year}")),
                "{words:?} {}",
                done.err
            );
        }
        assert!(!done.err.contains("Năm 2021"), "{words:?} {}", done.err);
    }
    let status = desk.run(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    let periods = |key: &str| -> Vec<&str> {
        let all = status[key].as_array().unwrap();
        all.iter()
            .map(|one| one["period"].as_str().unwrap())
            .collect()
    };
    assert_eq!(periods("damaged"), ["2023", "2024"]);
    assert!(periods("units").contains(&"2021"));
}
