//! The form as checks see it: what is kept, with the one cell being typed laid over it.

use crate::base::Decimal;
use crate::ledger::{CellId, Content, Context};
use crate::plan::{FieldId, Period};

/// A form and its past, with a candidate for at most one cell.
pub(super) struct Sheet<'a> {
    /// The form among its past.
    pub(super) ctx: Context<'a>,
    candidate: Option<(CellId, &'a Content)>,
}

impl<'a> Sheet<'a> {
    /// The form as it is kept.
    pub(super) fn new(ctx: Context<'a>) -> Self {
        Self {
            ctx,
            candidate: None,
        }
    }

    /// The form as it would be with `content` in `cell`.
    pub(super) fn with_candidate(ctx: Context<'a>, cell: CellId, content: &'a Content) -> Self {
        Self {
            ctx,
            candidate: Some((cell, content)),
        }
    }

    /// What a cell holds.
    pub(super) fn content(&self, cell: &CellId) -> &'a Content {
        match &self.candidate {
            Some((typed, content)) if typed == cell => content,
            _ => self.ctx.form.state_of(cell),
        }
    }

    /// True when the cell is in conflict and nothing is being typed into it.
    pub(super) fn in_conflict(&self, cell: &CellId) -> bool {
        let candidate = self.candidate.as_ref();
        let typed = candidate.is_some_and(|(typed, _)| typed == cell);
        !typed && self.ctx.form.in_conflict(cell)
    }

    /// The figure of a cell that this form asks for; `None` leaves a check unjudged
    /// (`settled.md` 18).
    pub(super) fn figure(&self, field: &FieldId) -> Option<Decimal> {
        self.ctx.asked(field)?;
        let cell = CellId::figure(field);
        if self.in_conflict(&cell) {
            return None;
        }
        self.content(&cell).figure()
    }

    /// The figure of the same cell in another period.
    pub(super) fn past(&self, period: &Period, field: &FieldId) -> Option<Decimal> {
        self.ctx.asked_in(field, period)?;
        self.ctx.form_of(&period.id)?.figure(field)
    }
}
