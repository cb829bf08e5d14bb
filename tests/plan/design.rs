//! Every fact of the design's tables stands in the shipped plan, compared column by column.

use std::collections::BTreeMap;

use nhaplieu::plan::{
    Collector, Field, FieldType, Formula, Measure, Nature, RollUp, Severity, Term,
};

use crate::{joined, kind_name, shipped};

type Row = BTreeMap<String, String>;

/// The rows of a table of the design, by column.
fn rows(csv: &str) -> Vec<Row> {
    let mut lines = records(csv).into_iter();
    let head = lines.next().unwrap();
    lines
        .map(|line| head.iter().cloned().zip(line).collect())
        .collect()
}

/// Comma separated values with quoted fields, as the design's tables are written.
fn records(csv: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (vec![], vec![], String::new(), false);
    let mut chars = csv.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    records
}

macro_rules! table {
    ($name:literal) => {
        rows(include_str!(concat!("../fixtures/design/", $name, ".csv")))
    };
}

#[test]
fn units_and_mergers_are_those_of_the_design() {
    let plan = shipped();
    let ours: Vec<Vec<String>> = plan
        .units
        .iter()
        .map(|u| {
            let code = u.code.clone().unwrap_or_default();
            let to = u.valid.to.map(|d| d.to_string()).unwrap_or_default();
            let from = u.valid.from.to_string();
            vec![
                u.id.to_string(),
                code,
                u.name.vi.clone(),
                u.kind.clone(),
                from,
                to,
                u.note.clone(),
            ]
        })
        .collect();
    let columns = [
        "id",
        "code",
        "name",
        "kind",
        "valid_from",
        "valid_to",
        "note",
    ];
    assert_eq!(ours, picked(&table!("units"), &columns));
    let ours: Vec<Vec<String>> = plan
        .changes
        .iter()
        .map(|c| {
            let share = format!("{}.0", c.share);
            let (from, to) = (c.from.to_string(), c.to.to_string());
            vec![
                c.date.to_string(),
                c.basis.clone(),
                c.kind.clone(),
                from,
                to,
                share,
            ]
        })
        .collect();
    let columns = [
        "effective_date",
        "legal_basis",
        "change",
        "from_id",
        "to_id",
        "share_of_from",
    ];
    assert_eq!(ours, picked(&table!("unit_changes"), &columns));
}

fn picked(rows: &[Row], columns: &[&str]) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| columns.iter().map(|c| row[*c].clone()).collect())
        .collect()
}

#[test]
fn fields_are_those_of_the_design() {
    let ours: Vec<Vec<String>> = shipped().fields.iter().map(field_row).collect();
    let columns = [
        "id",
        "objective",
        "label_vi",
        "type",
        "unit",
        "collected_by",
        "periods",
        "nature",
        "note",
    ];
    let design = with_notes_in_words(picked(&table!("fields"), &columns));
    assert_eq!(ours, design);
}

/// A note of the design as a clerk reads it: units by their names, the numbers of open questions
/// left to the plan's own page.
fn note_in_words(note: &str) -> String {
    let mut words = note.to_owned();
    for (id, name) in [
        ("P-VHTT", "Phòng VHTT"),
        ("P-LDTBXH", "Phòng LĐTBXH"),
        ("P-NV", "Phòng Nội vụ"),
        ("P-GDDT", "Phòng GDĐT"),
        ("P-YT", "Phòng Y tế"),
        ("quy ước Q1", "quy ước"),
        ("nửa năm: chỉ số đếm", "6 tháng: chỉ ghi số ca"),
        ("phần lời", "phần thuyết minh"),
    ] {
        words = words.replace(id, name);
    }
    for question in 1..=20 {
        words = words.replace(&format!(" (Q{question})"), "");
    }
    words
}

/// The rows of the design with their last column, the note, in words.
fn with_notes_in_words(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    for note in rows.iter_mut().filter_map(|row| row.last_mut()) {
        *note = note_in_words(note);
    }
    rows
}

fn field_row(field: &Field) -> Vec<String> {
    let kind = match field.kind {
        FieldType::Count => "count".to_owned(),
        FieldType::Decimal(places) => format!("decimal{places}"),
        FieldType::Text => "text".to_owned(),
    };
    let by = field.collected_by.iter().map(|by| match by {
        Collector::Group(group) => group.clone(),
        Collector::Unit(unit) => unit.to_string(),
    });
    let nature = field.nature.map_or("", |nature| match nature {
        Nature::Stock => "stock",
        Nature::Flow => "flow",
        Nature::Average => "average",
    });
    vec![
        field.id.to_string(),
        field.objective.to_string(),
        field.label.vi.clone(),
        kind,
        field.unit.vi.clone(),
        joined(by, "; "),
        joined(field.periods.iter().map(|kind| kind_name(*kind)), ","),
        nature.to_owned(),
        field.note.vi.clone(),
    ]
}

#[test]
fn measures_are_those_of_the_design() {
    let plan = shipped();
    let ours: Vec<Vec<String>> = plan.measures.iter().map(measure_row).collect();
    let columns = [
        "id",
        "numerator",
        "denominator",
        "scale",
        "op",
        "target",
        "owner",
        "roll_up",
        "direct",
        "note",
    ];
    let design = with_notes_in_words(picked(&table!("measures"), &columns));
    assert_eq!(ours, design);
    let measure = |id: &str| plan.measures.iter().find(|m| m.id.as_str() == id).unwrap();
    let kinds = |id| joined(measure(id).rate_in.iter().map(|kind| kind_name(*kind)), " ");
    assert_eq!(kinds("6.3"), "quarter half year");
    assert_eq!(kinds("6.4"), "month half year");
    assert_eq!(kinds("4.2"), "year");
    assert_eq!(kinds("4.3"), "year");
    assert_eq!(
        measure("4.1").small_below,
        nhaplieu::base::Decimal::parse("300")
    );
    assert_eq!(
        joined(&measure("5.2a").met_when_all, " "),
        "5.2a.nam 5.2a.nu"
    );
    assert_eq!(
        joined(&measure("5.2b").met_when_all, " "),
        "5.2b.nam 5.2b.nu"
    );
    assert!(measure("5.1").met_when_each);
}

fn measure_row(measure: &Measure) -> Vec<String> {
    let (numerator, denominator) = match &measure.formula {
        Formula::Sums {
            numerator,
            denominator,
        } => (joined(numerator, " + "), joined(denominator, " + ")),
        Formula::Agencies(pairs) => {
            let pairs = pairs.iter().map(|(all, women)| format!("{women}<={all}"));
            assert_eq!(
                joined(pairs, " "),
                "hdnd_ld_nu<=hdnd_ld ubnd_ld_nu<=ubnd_ld"
            );
            ("count_agencies_with_woman".into(), "count_agencies".into())
        }
        Formula::UnitsEvery {
            kind,
            field,
            at_least,
        } => {
            assert_eq!(field.as_str(), "tin_bai");
            let every = format!("with_{at_least}_in_every_finished_{}", kind_name(*kind));
            (format!("count_communes_{every}"), "count_communes".into())
        }
        Formula::SubPeriods {
            kind,
            field,
            at_least,
        } => {
            assert_eq!(field.as_str(), "chuyen_muc");
            let kind = kind_name(*kind);
            (
                format!("count_{kind}s_with_{at_least}"),
                format!("count_finished_{kind}s"),
            )
        }
    };
    let roll_up = match measure.roll_up {
        RollUp::RatioOfSums => "ratio_of_sums",
        RollUp::Count => "count",
        RollUp::Single => "single",
    };
    vec![
        measure.id.to_string(),
        numerator,
        denominator,
        measure.scale.to_string(),
        measure.op.ascii().to_owned(),
        measure.target.to_string(),
        joined(measure.owners.iter().map(|owner| &owner.unit), "; "),
        roll_up.to_owned(),
        measure
            .direct
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        measure.note.vi.clone(),
    ]
}

#[test]
fn relations_are_at_least_those_of_the_design() {
    let plan = shipped();
    let ours: Vec<Vec<String>> = plan
        .relations
        .iter()
        .map(|r| {
            let severity = if r.severity == Severity::Hard {
                "hard"
            } else {
                "soft"
            };
            let op = r.op.ascii().to_owned();
            let (left, right) = (sum(&r.left), sum(&r.right));
            vec![
                r.id.to_string(),
                left,
                op,
                right,
                severity.into(),
                r.note.vi.clone(),
            ]
        })
        .collect();
    let wanted = picked(
        &table!("relations"),
        &["id", "left", "op", "right", "severity", "note"],
    );
    assert_eq!(ours[..wanted.len()], wanted);
}

fn sum(terms: &[Term]) -> String {
    let terms = terms.iter().map(|term| match term {
        Term::Field(1, field) => field.to_string(),
        Term::Field(factor, field) => format!("{factor} * {field}"),
        Term::Constant(number) => number.to_string(),
    });
    joined(terms, " + ")
}

#[test]
fn indicators_have_the_plans_own_words() {
    let plan = shipped();
    let ours: Vec<Vec<String>> = plan
        .indicators
        .iter()
        .map(|i| {
            let objective = plan
                .objectives
                .iter()
                .find(|o| o.number == i.objective)
                .unwrap();
            vec![
                i.id.clone(),
                i.objective.to_string(),
                objective.name.vi.clone(),
                i.short.vi.clone(),
                i.text.vi.clone(),
                i.target_words.clone(),
                i.definition.clone(),
                i.certainty.clone(),
                i.open_question.clone(),
            ]
        })
        .collect();
    let columns = [
        "id",
        "objective",
        "objective_name",
        "short_name",
        "text_vi",
        "target_words",
        "definition_source",
        "certainty",
        "open_question",
    ];
    assert_eq!(ours, picked(&table!("indicators"), &columns));
}
