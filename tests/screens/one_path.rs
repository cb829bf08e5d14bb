//! `set` and the typed cell are one path: the same inputs give the same store.

use nhaplieu::ledger::{Form, FormKey, Hash, Origin, content_hash};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};
use nhaplieu::service::edit::{Unreadable, set_cells};
use nhaplieu::store::LogFilter;
use proptest::prelude::*;

use super::harness::ScreenSession;
use super::office::Office;

fn key() -> FormKey {
    FormKey {
        unit: UnitId::new("ngoc-thien"),
        period: PeriodId::new("2023"),
    }
}

/// What clerks type, rightly and wrongly; never starting with a space, which starts nothing.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0_u64..100_000).prop_map(|n| n.to_string()),
        2 => prop::sample::select(vec![
            "-", "..", "…", "x", "*", "1.234", "1234567", "12,5", "1.23", "1,234.5", "abc", "-5",
            "10 000", "99999999999999999999", "0", "00", "007", "١٢", "Đ", "1.2.3", "x1",
        ]).prop_map(str::to_owned),
        1 => "[0-9.,x-]{1,12}",
        1 => "[^\\s\\p{C}<>]{1,20}",
    ]
}

/// Fields of the form by their place, and what is typed into them.
fn inputs() -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::vec((0_usize..54, text()), 1..12)
}

struct Seen {
    form: Form,
    hash: Hash,
    findings: Vec<String>,
    entries: usize,
}

fn seen(desk: &mut ScreenSession) -> Seen {
    // As the store has it, not as the screen had it: opened afresh.
    desk.keys("<Esc><Enter>");
    let state = desk.view();
    let content = content_hash::content_hash(&desk.app.state.plan, &key(), &state.base.cells);
    let hash = content.whole();
    let findings = state.findings.iter();
    let findings = findings
        .map(|f| format!("{} {:?} {} {}", f.rule, f.severity, f.cell, f.judged))
        .collect();
    let (form, filter) = (Form::clone(&state.base), LogFilter::default());
    let entries = desk.log(filter);
    Seen {
        form,
        hash,
        findings,
        entries,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_typed_cell_and_set_give_equal_stores(inputs in inputs()) {
        let (typed, set) = (Office::new(), Office::new());
        let (mut typed, mut set) = (typed.desk("lan"), set.desk("lan"));
        typed.keys("<Enter>");
        set.keys("<Enter>");
        let plan = typed.app.state.plan.clone();
        let numeric: Vec<FieldId> = typed.view().layout.cells.iter()
            .filter(|id| plan.field(id).unwrap().kind.is_numeric())
            .cloned()
            .collect();
        prop_assert_eq!(numeric.len(), 54);
        for (place, text) in &inputs {
            let field = &numeric[*place];
            typed.at(field.as_str()).keys(text).keys("<Enter>");
            let form = set.view().base.clone();
            let one = [(field.clone(), text.clone())];
            let changes = set_cells(&plan, &form, &key(), &one, (Unreadable::Keep, "")).unwrap();
            if !changes.is_empty() {
                set.commit(Origin::Set, changes);
            }
        }
        let (typed, set) = (seen(&mut typed), seen(&mut set));
        for id in &numeric {
            prop_assert_eq!(typed.form.content(id), set.form.content(id), "{}", id);
        }
        prop_assert_eq!(typed.hash, set.hash);
        prop_assert_eq!(typed.findings, set.findings);
        prop_assert_eq!(typed.entries, set.entries);
    }
}
