//! Which units a unit came from and went into.

use std::collections::BTreeSet;

use super::{Plan, UnitId};

impl Plan {
    /// The unit itself, all units that went into it and all that it went into, by the plan's
    /// mergers, splits and renamings, over any number of steps. Its neighbours, who went into the
    /// same unit, are not among them.
    pub fn lineage(&self, unit: &UnitId) -> BTreeSet<UnitId> {
        let mut before = self.reached(unit, |from, to| (to, from));
        before.extend(self.reached(unit, |from, to| (from, to)));
        before
    }

    /// The units reached from one by following changes in one direction; the unit itself is one.
    fn reached<'a>(
        &'a self,
        unit: &UnitId,
        step: impl Fn(&'a UnitId, &'a UnitId) -> (&'a UnitId, &'a UnitId),
    ) -> BTreeSet<UnitId> {
        let mut reached = BTreeSet::from([unit.clone()]);
        loop {
            let steps = self
                .changes
                .iter()
                .map(|change| step(&change.from, &change.to));
            let next: Vec<UnitId> = steps
                .filter(|(here, there)| reached.contains(*here) && !reached.contains(*there))
                .map(|(_, there)| there.clone())
                .collect();
            if next.is_empty() {
                return reached;
            }
            reached.extend(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{UnitId, embedded, parse};

    #[test]
    fn a_merged_unit_is_akin_to_its_parts_and_they_not_to_each_other() {
        let plan = parse(embedded()).unwrap();
        let change = plan.changes.iter().find(|change| {
            let into = plan.changes.iter().filter(|other| other.to == change.to);
            into.count() > 1
        });
        let into = &change.unwrap().to;
        let parts: Vec<&UnitId> = plan
            .changes
            .iter()
            .filter(|change| change.to == *into)
            .map(|change| &change.from)
            .collect();
        for part in &parts {
            assert!(plan.lineage(into).contains(*part));
            let of_part = plan.lineage(part);
            assert!(of_part.contains(into) && of_part.contains(*part));
            for other in parts.iter().filter(|other| other != &part) {
                assert!(!of_part.contains(*other), "{part} {other}");
            }
        }
    }
}
