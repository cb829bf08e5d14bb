//! The [`StoreReader`] trait on redb: each question goes to the file that answers it.

use crate::ledger::{Actor, ActorId, Form, FormKey, People};
use crate::plan::{PeriodId, UnitId};
use crate::store::api::{
    Direction, EpochState, Forms, LogEntry, LogFilter, StoreError, StoreInfo, StoreReader,
    UndoPlan, VerifyReport,
};
use crate::store::file::connection::Sharing;
use crate::store::file::handle::{Epoch, RedbStore};
use crate::store::format::tables::{self, ReadTables};
use crate::store::read::snapshot::SnapshotTables;
use crate::store::read::{approved, log, queries};
use crate::store::write::undo;

impl StoreReader for RedbStore {
    fn info(&self) -> Result<StoreInfo, StoreError> {
        let connection = self.shared.connection();
        let (sole, access) = (
            connection.sharing == Sharing::Sole,
            connection.access.clone(),
        );
        let epoch = match self.shared.epoch() {
            Epoch::Same => EpochState::Same,
            Epoch::Due { cause, .. } => EpochState::Due(cause),
            Epoch::Begun(cause) => EpochState::Begun(cause),
        };
        self.read(|reading| queries::info(reading, sole, (access, epoch)))
    }

    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.read(queries::plan_bytes)
    }

    fn forms(&self, keys: &[FormKey]) -> Result<Forms, StoreError> {
        self.read(|reading| {
            self.shared.prove(reading)?;
            self.forms_in(reading, keys.to_vec())
        })
    }

    fn forms_of_period(&self, period: &PeriodId) -> Result<Forms, StoreError> {
        self.forms_where(|key| key.period == *period)
    }

    fn forms_of_unit(&self, unit: &UnitId) -> Result<Forms, StoreError> {
        self.forms_where(|key| key.unit == *unit)
    }

    fn form_keys(&self) -> Result<Vec<FormKey>, StoreError> {
        self.read(|reading| queries::groups(&reading.table(tables::VIEWS)?, &reading.tip()?))
    }

    fn log(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
        self.read(|reading| {
            self.shared.prove(reading)?;
            let snapshot = SnapshotTables::read(reading)?.remembering(&self.shared.uncounted);
            log::log(&snapshot, &reading.tip()?, filter)
        })
    }

    fn undo_plan(&self, actor: &ActorId, direction: Direction) -> Result<UndoPlan, StoreError> {
        self.read(|reading| undo::plan(reading, actor, direction))
    }

    fn actors(&self) -> Result<Vec<Actor>, StoreError> {
        self.read(|reading| {
            self.shared.prove(reading)?;
            queries::actors(reading)
        })
    }

    fn people(&self) -> Result<People, StoreError> {
        self.read(|reading| {
            let trust = SnapshotTables::read(reading)?.trust()?;
            queries::people(reading, &trust)
        })
    }

    fn counter(&self) -> Result<u64, StoreError> {
        Ok(self.shared.tip_in_place()?.counter)
    }

    fn unsent(&self) -> Result<(u64, Option<u64>), StoreError> {
        self.read(|reading| {
            let tip = reading.tip()?;
            Ok((tip.unsent, tip.unsent_since))
        })
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.verified()
    }
}

impl RedbStore {
    fn forms_where(&self, wanted: impl Fn(&FormKey) -> bool) -> Result<Forms, StoreError> {
        self.read(|reading| {
            let mut keys = queries::groups(&reading.table(tables::VIEWS)?, &reading.tip()?)?;
            keys.retain(wanted);
            self.forms_in(reading, keys)
        })
    }

    fn forms_in(&self, reading: &ReadTables, keys: Vec<FormKey>) -> Result<Forms, StoreError> {
        let plan = self.shared.plan();
        let views = reading.table(tables::VIEWS)?;
        let holdings = SnapshotTables::read(reading)?.holdings()?;
        let one = |key: &FormKey| -> Result<Form, StoreError> {
            let mut form = queries::form(&views, key)?;
            let Some(plan) = &plan else {
                return Ok(form);
            };
            form.withheld = holdings.withheld(plan, key);
            if queries::is_closed_by_someone(&form) {
                let snapshot = SnapshotTables::read(reading)?.remembering(&self.shared.uncounted);
                form.approved = approved::approved(&snapshot, plan, key, &form)?;
            }
            Ok(form)
        };
        let each = keys.into_iter().map(|key| {
            let form = one(&key);
            (key, form)
        });
        Ok(each.collect())
    }
}
