//! Damaged forms among many: each is named, hides no other, and decides the exit code at the end.

use serde::Serialize;

use super::failure::{Exit, Failure};
use super::out::Out;
use crate::base::Message;
use crate::plan::{Period, Unit};
use crate::store::StoreError;

/// A form that could not be read, in a JSON answer.
#[derive(Serialize)]
pub(crate) struct DamagedForm {
    unit: String,
    period: String,
    detail: String,
}

/// The forms that could not be read so far.
#[derive(Default)]
pub(crate) struct DamagedForms(pub(crate) Vec<DamagedForm>);

impl DamagedForms {
    /// Gives what was read of a form; `None` for one that is damaged, after it was named.
    ///
    /// # Errors
    /// Any other failure of the store.
    pub(crate) fn pass<T>(
        &mut self,
        read: Result<T, StoreError>,
        (unit, period): (&Unit, &Period),
        out: &mut Out<'_>,
    ) -> Result<Option<T>, Failure> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(StoreError::Damaged(detail)) => {
                let message = Message::new("cli.error.damaged_form")
                    .with("unit", &unit.name)
                    .with("period", period.name());
                out.fail(&Failure::new(Exit::Failed, message).because(&detail));
                self.0.push(DamagedForm {
                    unit: unit.id.to_string(),
                    period: period.id.to_string(),
                    detail,
                });
                Ok(None)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// How the command ends: as it would, unless a form was damaged.
    pub(crate) fn exit(&self, otherwise: Exit) -> Exit {
        if self.0.is_empty() {
            otherwise
        } else {
            Exit::Failed
        }
    }
}
