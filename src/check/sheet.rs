//! The form as checks see it: what is kept, with the one cell being typed laid over it.

use crate::base::Decimal;
use crate::ledger::{Content, Context};
use crate::plan::{FieldId, Period};

/// A form and its past, with a candidate for at most one cell.
pub(super) struct Sheet<'a> {
    /// The form among its past.
    pub(super) ctx: Context<'a>,
    candidate: Option<(&'a FieldId, &'a Content)>,
}

impl<'a> Sheet<'a> {
    /// The form as it is kept.
    pub(super) fn new(ctx: Context<'a>) -> Self {
        Self {
            ctx,
            candidate: None,
        }
    }

    /// The form as it would be with `content` in the cell of `field`.
    pub(super) fn with_candidate(
        ctx: Context<'a>,
        field: &'a FieldId,
        content: &'a Content,
    ) -> Self {
        Self {
            ctx,
            candidate: Some((field, content)),
        }
    }

    /// What a cell holds.
    pub(super) fn content(&self, field: &FieldId) -> &'a Content {
        match self.candidate {
            Some((typed, content)) if typed == field => content,
            _ => self.ctx.form.state_of(field),
        }
    }

    /// True when the cell is in conflict and nothing is being typed into it.
    pub(super) fn in_conflict(&self, field: &FieldId) -> bool {
        let typed = self.candidate.is_some_and(|(typed, _)| typed == field);
        !typed && self.ctx.form.in_conflict(field)
    }

    /// The figure of a cell that this form asks for; `None` leaves a check unjudged
    /// (`settled.md` 18).
    pub(super) fn figure(&self, field: &FieldId) -> Option<Decimal> {
        self.ctx.asked(field)?;
        if self.in_conflict(field) {
            return None;
        }
        self.content(field).figure()
    }

    /// The figure of the same cell in another period.
    pub(super) fn past(&self, period: &Period, field: &FieldId) -> Option<Decimal> {
        self.ctx.asked_in(field, period)?;
        self.ctx.form_of(&period.id)?.figure(field)
    }
}
