//! The columns of the form.

/// Columns of the page for one width.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    /// Where labels begin, behind the numbers of the rows.
    pub(super) label_start: usize,
    /// Columns of the label.
    pub(super) label: usize,
    /// Where the value ends.
    pub(super) value_end: usize,
    /// Where the figure of the period before ends, where there is room for it.
    pub(super) before_end: Option<usize>,
    /// Where the figure of the year before ends.
    pub(super) earlier_end: usize,
    /// Where the change in per cent ends, where there is room for it.
    pub(super) change_end: Option<usize>,
}

/// Columns of a value.
pub(super) const VALUE: usize = 12;
/// Columns of a past value.
pub(super) const PAST: usize = 9;
/// Columns of the change.
pub(super) const CHANGE: usize = 7;
/// Where the numbers of the rows begin, behind the mark of the cursor.
const MARGIN: usize = 2;
/// Columns of the sign behind a value.
pub(super) const SIGN: usize = 2;

impl Columns {
    /// The columns of a page of that width with so many cells, which are numbered. The label takes
    /// what the figures leave; below 76 columns the period before goes first.
    pub(super) fn of(width: usize, cells: usize) -> Self {
        let digits = cells.max(1).to_string().len();
        let label_start = MARGIN + digits.max(2) + 1;
        let roomy = width >= 76;
        let past = if roomy { 2 * PAST + CHANGE } else { PAST };
        let label = width.saturating_sub(label_start + SIGN + VALUE + past + 1);
        let value_end = label_start + label + VALUE;
        let start = value_end + SIGN;
        if roomy {
            Self {
                label_start,
                label,
                value_end,
                before_end: Some(start + PAST),
                earlier_end: start + 2 * PAST,
                change_end: Some(start + 2 * PAST + CHANGE),
            }
        } else {
            Self {
                label_start,
                label,
                value_end,
                before_end: None,
                earlier_end: start + PAST,
                change_end: None,
            }
        }
    }
}
