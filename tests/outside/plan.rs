//! What a plan file says of which fields stand in which part of a form's content.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::Hash;

pub struct Plan {
    pub hash: Hash,
    file: Table,
}

impl Plan {
    pub fn read(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap();
        Self {
            hash: *blake3::hash(bytes).as_bytes(),
            file: text.parse().unwrap(),
        }
    }

    /// The fields of each part, by owner; the first is that of no measure.
    pub fn parts(&self, unit: &str, period: &str) -> BTreeMap<String, BTreeSet<String>> {
        let period = named(self.list(&["periods", "list"]), period);
        let form = self.form(unit, period);
        let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for measure in self.list(&["measure"]) {
            let fields = components(measure);
            let on_form = || fields.iter().filter(|field| form.contains(*field));
            if on_form().next().is_none() && !self.counts_over(measure, unit, (period, &form)) {
                continue;
            }
            let day = day(period, "cut_off");
            let mut owners = measure["owners"].as_array().unwrap().iter();
            if let Some(owner) = owners.find(|owner| holds_on(owner, &day)) {
                let fields = on_form().cloned().collect::<Vec<_>>();
                parts.entry(text(owner, "unit")).or_default().extend(fields);
            }
        }
        let fed: BTreeSet<String> = parts.values().flatten().cloned().collect();
        parts.insert(String::new(), form.difference(&fed).cloned().collect());
        parts
    }

    /// How many places a field's figures have in a hash.
    pub fn scale(&self, field: &str) -> u8 {
        let kind = text(named(self.list(&["field"]), field), "type");
        kind.strip_prefix("decimal")
            .map_or(0, |places| places.parse().unwrap())
    }

    /// The fields that a unit is asked for in a period.
    fn form(&self, unit: &str, period: &Value) -> BTreeSet<String> {
        let in_force = named(self.list(&["units", "list"]), unit);
        if !holds_on(in_force, &day(period, "cut_off")) {
            return BTreeSet::new();
        }
        let kind = text(period, "kind");
        let fields = self.list(&["field"]).iter();
        let asked = fields
            .filter(|field| texts(field, "periods").contains(&kind) && self.collects(unit, field));
        asked.map(|field| text(field, "id")).collect()
    }

    fn collects(&self, unit: &str, field: &Value) -> bool {
        let kind = text(named(self.list(&["units", "list"]), unit), "kind");
        let group = named(self.list(&["units", "kinds"]), &kind).get("group");
        let group = group.and_then(Value::as_str).unwrap_or_default();
        let by = texts(field, "collected_by");
        by.iter().any(|by| by == unit || by == group)
    }

    /// Whether a measure counts a field of the unit over sub-periods of the period.
    fn counts_over(
        &self,
        measure: &Value,
        unit: &str,
        (period, form): (&Value, &BTreeSet<String>),
    ) -> bool {
        let counted = measure
            .get("units_every")
            .or_else(|| measure.get("sub_periods"));
        let Some(counted) = counted else { return false };
        let kind = text(counted, "period");
        let field = named(self.list(&["field"]), &text(counted, "field"));
        let mut periods = self.list(&["periods", "list"]).iter();
        let within = |other: &Value| {
            text(other, "kind") == kind
                && day(other, "from") >= day(period, "from")
                && day(other, "to") <= day(period, "to")
        };
        self.collects(unit, field) && !form.is_empty() && periods.any(within)
    }

    fn list(&self, path: &[&str]) -> &[Value] {
        let mut at = &self.file[path[0]];
        for name in &path[1..] {
            at = &at[*name];
        }
        at.as_array().unwrap()
    }
}

/// The fields a measure is made of.
fn components(measure: &Value) -> Vec<String> {
    let mut fields = Vec::new();
    for sum in ["numerator", "denominator"] {
        if let Some(sum) = measure.get(sum) {
            let parts = sum.as_str().unwrap().split('+');
            fields.extend(parts.map(|part| part.trim().to_owned()));
        }
    }
    if let Some(pairs) = measure.get("agencies") {
        let pairs = pairs.as_array().unwrap().iter();
        let both = pairs.flat_map(|pair| pair.as_array().unwrap());
        fields.extend(both.map(|field| field.as_str().unwrap().to_owned()));
    }
    for counted in ["units_every", "sub_periods"] {
        if let Some(counted) = measure.get(counted) {
            fields.push(text(counted, "field"));
        }
    }
    if let Some(direct) = measure.get("direct") {
        fields.push(direct.as_str().unwrap().to_owned());
    }
    fields
}

fn named<'p>(list: &'p [Value], id: &str) -> &'p Value {
    let mut list = list.iter();
    list.find(|one| one["id"].as_str() == Some(id)).unwrap()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let list = value[key].as_array().unwrap().iter();
    list.map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// A date, as text in the order of time.
fn day(value: &Value, key: &str) -> String {
    value[key].as_datetime().unwrap().to_string()
}

/// Whether something that holds from a day to another, or for ever, holds on a day.
fn holds_on(value: &Value, at: &str) -> bool {
    let ended = value.get("to").is_some() && day(value, "to").as_str() < at;
    day(value, "from").as_str() <= at && !ended
}
