//! Objectives, indicators in the plan's own words, and the fields that people type.

use super::units::PERIOD_KINDS;
use crate::base::{Label, Message};
use crate::plan::formula;
use crate::plan::id::UnitId;
use crate::plan::model::{Collector, Field, FieldType, Indicator, Nature, Objective};
use crate::plan::reader::{TableReader, visible};

pub(super) const OBJECTIVE: [&str; 5] = ["number", "name", "name_en", "short", "short_en"];
pub(super) const INDICATOR: [&str; 11] = [
    "id",
    "number",
    "objective",
    "short",
    "short_en",
    "text",
    "text_en",
    "target_words",
    "definition",
    "certainty",
    "open_question",
];
pub(super) const FIELD: [&str; 15] = [
    "id",
    "objective",
    "label",
    "label_en",
    "short",
    "short_en",
    "type",
    "unit",
    "unit_en",
    "collected_by",
    "periods",
    "nature",
    "note",
    "note_en",
    "answer",
];

const TYPES: [(&str, FieldType); 8] = [
    ("count", FieldType::Count),
    ("text", FieldType::Text),
    ("decimal1", FieldType::Decimal(1)),
    ("decimal2", FieldType::Decimal(2)),
    ("decimal3", FieldType::Decimal(3)),
    ("decimal4", FieldType::Decimal(4)),
    ("decimal5", FieldType::Decimal(5)),
    ("decimal6", FieldType::Decimal(6)),
];
const NATURES: [(&str, Nature); 3] = [
    ("stock", Nature::Stock),
    ("flow", Nature::Flow),
    ("average", Nature::Average),
];

pub(super) fn objective(reader: &TableReader<'_, '_>) -> Option<Objective> {
    let number = number_of_objective(reader, "number");
    let name = reader.label("name", "name_en");
    let short = reader.opt_label("short", "short_en");
    let name = name?;
    Some(Objective {
        number: number?,
        short: or_label(short, &name),
        name,
    })
}

fn number_of_objective(reader: &TableReader<'_, '_>, key: &str) -> Option<u8> {
    u8::try_from(reader.whole(key, 0..=99)?).ok()
}

/// The short words; where they are not given, the long ones.
fn or_label(short: Label, long: &Label) -> Label {
    Label {
        vi: if short.vi.is_empty() {
            long.vi.clone()
        } else {
            short.vi
        },
        en: if short.en.is_empty() {
            long.en.clone()
        } else {
            short.en
        },
    }
}

pub(super) fn indicator(reader: &TableReader<'_, '_>) -> Option<Indicator> {
    let id = reader.id("id");
    let number = reader
        .opt_word("number")
        .map(|(number, _)| number.to_owned());
    let objective = number_of_objective(reader, "objective");
    let short = reader.label("short", "short_en");
    let text = reader.label("text", "text_en");
    let target_words = reader.text("target_words");
    let id = id?;
    Some(Indicator {
        id: id.to_owned(),
        number: number.unwrap_or_else(|| id.to_owned()),
        objective: objective?,
        short: short?,
        text: text?,
        target_words: target_words?,
        definition: reader.opt_text("definition"),
        certainty: reader.opt_text("certainty"),
        open_question: reader.opt_text("open_question"),
    })
}

pub(super) fn field(reader: &TableReader<'_, '_>) -> Option<Field> {
    let id = reader.word("id").and_then(|(word, at)| {
        let id = formula::field(word);
        if id.is_none() {
            let message = Message::new("plan.problem.bad_field_id").with("value", visible(word));
            reader.problems().error(at, message);
        }
        id
    });
    let objective = number_of_objective(reader, "objective");
    let label = reader.label("label", "label_en");
    let short = reader.opt_label("short", "short_en");
    let kind = reader.choice("type", &TYPES);
    let unit = reader.opt_label("unit", "unit_en");
    let collected_by = reader.words("collected_by");
    let periods = reader.choices("periods", &PERIOD_KINDS);
    let nature = reader.opt_choice("nature", &NATURES);
    let note = reader.opt_label("note", "note_en");
    let required = reader.opt_choice("answer", &[("required", true), ("optional", false)]);
    let label = label?;
    let kind = kind?;
    Some(Field {
        id: id?,
        objective: objective?,
        short: or_label(short, &label),
        label,
        kind,
        unit,
        // Whether a name is a group or a unit is settled once all units are known.
        collected_by: collected_by?
            .into_iter()
            .map(|(name, _)| Collector::Unit(UnitId::new(name)))
            .collect(),
        periods: periods?,
        nature,
        note,
        required: required.unwrap_or(kind.is_numeric()),
    })
}
