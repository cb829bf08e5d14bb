//! The lines of a form: headings, cells and results in the order in which a clerk reads them.

use std::ops::Range;

use crate::plan::{Field, FieldId, Measure, MeasureId, Op, Period, Plan, Term, Unit, measures_on};

/// A part of the page under one heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The figures of an objective with the words amid them; 0 is what belongs to none.
    Objective(u8),
    /// The words of the report under that objective.
    Words(u8),
}

/// One line of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormRow {
    /// A heading.
    Heading(Section),
    /// A cell, by its position among the form's cells.
    Cell(usize),
    /// The live result of a measure.
    Result(MeasureId),
    /// A sum to compare with paper, which nobody types: these fields together.
    Total(Vec<FieldId>),
    /// Nothing.
    Gap,
}

/// The lines of one form, in order, and its cells in the order of the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormLayout {
    /// Its lines.
    pub rows: Vec<FormRow>,
    /// Its fields, in the order of the cursor.
    pub cells: Vec<FieldId>,
}

impl FormLayout {
    /// Lays the form (unit, period) out in the plan's order: a heading where the objective
    /// changes, a result under the last field it is made of, the report's words at the end. Words
    /// amid figures stay among them: they belong to what stands around them.
    pub fn lay_out(plan: &Plan, unit: &Unit, period: &Period) -> Self {
        let fields = plan.form_fields(unit, period);
        let mut waiting = measures_on(plan, unit, period);
        let mut page = Self::default();
        let mut under: Option<Section> = None;
        for (at, field) in fields.iter().enumerate() {
            let rest = fields.get(at..).unwrap_or_default();
            let figures_follow = rest
                .iter()
                .any(|other| other.objective == field.objective && other.kind.is_numeric());
            let section = if figures_follow {
                Section::Objective(field.objective)
            } else {
                Section::Words(field.objective)
            };
            if under != Some(section) {
                if let Some(Section::Objective(before)) = under {
                    page.counted(plan, before, &mut waiting);
                }
                page.heading(section);
                under = Some(section);
            }
            page.rows.push(FormRow::Cell(page.cells.len()));
            page.cells.push(field.id.clone());
            page.total_after(plan, &field.id);
            page.results_after(&field.id, &fields, &mut waiting);
        }
        if let Some(Section::Objective(last)) = under {
            page.counted(plan, last, &mut waiting);
        }
        page.leftover(plan, &waiting);
        page
    }

    fn heading(&mut self, section: Section) {
        if !self.rows.is_empty() {
            self.rows.push(FormRow::Gap);
        }
        self.rows.push(FormRow::Heading(section));
    }

    /// The total of a group that is broken down twice (by sex and by age): where the plan says
    /// that two sums of fields are equal, the one that is complete first stands as a sum.
    fn total_after(&mut self, plan: &Plan, field: &FieldId) {
        for relation in &plan.relations {
            let sides = [&relation.left, &relation.right].map(|side| plain_sum(side));
            let (Op::Equal, [Some(left), Some(right)]) = (relation.op, sides) else {
                continue;
            };
            let complete = |side: &[FieldId]| side.iter().all(|id| self.cells.contains(id));
            for (side, other) in [(&left, &right), (&right, &left)] {
                if side.contains(field) && complete(side) && !complete(other) {
                    self.rows.push(FormRow::Total(side.clone()));
                    return;
                }
            }
        }
    }

    /// The cells between the headings around a cell.
    pub fn part_of(&self, cell: usize) -> Range<usize> {
        let (mut start, mut next) = (0, 0);
        for row in &self.rows {
            match row {
                FormRow::Heading(_) if next > cell => return start..next,
                FormRow::Heading(_) => start = next,
                FormRow::Cell(place) => next = place + 1,
                FormRow::Result(_) | FormRow::Total(_) | FormRow::Gap => {}
            }
        }
        start..next
    }

    /// The results whose last component on this form is `field`.
    fn results_after(&mut self, field: &FieldId, fields: &[&Field], waiting: &mut Vec<&Measure>) {
        let (cells, rows) = (&self.cells, &mut self.rows);
        waiting.retain(|measure| {
            let parts = measure.components();
            let pending = |id: &FieldId| !cells.contains(id) && fields.iter().any(|f| f.id == *id);
            let ready = parts.contains(&field) && !parts.iter().any(|id| pending(id));
            if ready {
                rows.push(FormRow::Result(measure.id.clone()));
            }
            !ready
        });
    }

    /// The results that are counted over other forms, at the end of their objective.
    fn counted(&mut self, plan: &Plan, number: u8, waiting: &mut Vec<&Measure>) {
        let rows = &mut self.rows;
        waiting.retain(|measure| {
            let here = measure.components().is_empty()
                && objective_of(plan, &measure.indicator) == Some(number);
            if here {
                rows.push(FormRow::Result(measure.id.clone()));
            }
            !here
        });
    }

    /// Results of objectives that have no field on this form.
    fn leftover(&mut self, plan: &Plan, waiting: &[&Measure]) {
        let mut under = None;
        for measure in waiting {
            let number = objective_of(plan, &measure.indicator);
            if let (true, Some(number)) = (under != number, number) {
                self.heading(Section::Objective(number));
                under = Some(number);
            }
            self.rows.push(FormRow::Result(measure.id.clone()));
        }
    }

    /// The line on which a cell stands.
    pub fn line_of(&self, cell: usize) -> usize {
        self.rows
            .iter()
            .position(|row| *row == FormRow::Cell(cell))
            .unwrap_or(0)
    }

    /// The position of a field among the cells.
    pub fn position_of(&self, field: &FieldId) -> Option<usize> {
        self.cells.iter().position(|id| id == field)
    }
}

/// The fields of a sum of at least two fields, each taken once; `None` for any other side.
fn plain_sum(side: &[Term]) -> Option<Vec<FieldId>> {
    let field = |term: &Term| match term {
        Term::Field(1, field) => Some(field.clone()),
        _ => None,
    };
    let fields: Option<Vec<FieldId>> = side.iter().map(field).collect();
    fields.filter(|fields| fields.len() > 1)
}

fn objective_of(plan: &Plan, indicator: &str) -> Option<u8> {
    plan.indicator(indicator).map(|i| i.objective)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PeriodId, UnitId, embedded, parse};

    fn sections(unit: &str) -> Vec<Section> {
        let plan = parse(embedded()).unwrap();
        let unit = plan.unit(&UnitId::new(unit)).unwrap();
        let period = plan.period(&PeriodId::new("2023")).unwrap();
        let headings = |row: &FormRow| match row {
            FormRow::Heading(section) => Some(*section),
            _ => None,
        };
        let page = FormLayout::lay_out(&plan, unit, period);
        page.rows.iter().filter_map(headings).collect()
    }

    #[test]
    fn words_amid_figures_do_not_tear_their_section() {
        use Section::{Objective, Words};
        // "gd_mo_ta" stands between schools and pupils.
        assert_eq!(sections("P-GDDT"), [Objective(5), Words(0)]);
        assert_eq!(sections("P-NV"), [Objective(1), Words(0)]);
    }
}
