//! The room `ledger`: a cell's state is a function of the set of its entries, whatever the order
//! they come in; keys and hashes that files and chains rest on do not change.

#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod content;
mod heads;
mod keys;
mod overlay;
mod rows;

use nhaplieu::base::Decimal;
use nhaplieu::ledger::{CellKey, Content, FormKey};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};

fn form() -> FormKey {
    FormKey {
        unit: UnitId::new("ngoc-thien"),
        period: PeriodId::new("2023"),
    }
}

fn cell(field: &str) -> CellKey {
    CellKey::new(&form().unit, &form().period, &FieldId::new(field))
}

fn value(number: i64) -> Content {
    Content::Value(Decimal::whole(number))
}
