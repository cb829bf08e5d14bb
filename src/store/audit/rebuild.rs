//! Writing everything derived anew from the entries.

use std::collections::BTreeMap;

use redb::WriteTransaction;

use crate::ledger::AuthorId;
use crate::store::api::StoreError;
use crate::store::audit::derive::{Derived, Differences, derive};
use crate::store::format::codec::{GroupV1, Record, encode, seal};
use crate::store::format::{exchange_tables, tables};
use crate::store::read::queries;
use crate::store::read::snapshot::SnapshotTables;

/// Writes views, digests, actions and the tip anew from the entries.
///
/// # Errors
/// [`StoreError::Damaged`] when an entry cannot be read: what is derived may be all that is left
/// of it.
pub(crate) fn rebuild(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let trust_state = SnapshotTables::write(transaction)?.trust_state()?;
    let mut meta = transaction.open_table(tables::META)?;
    let mut tip = tables::tip(&meta)?;
    let mut differences = Differences::default();
    let derived = {
        let entries = transaction.open_table(tables::ENTRIES)?;
        let withheld = transaction.open_table(tables::WITHHELD)?;
        derive(
            &entries,
            Some(&withheld),
            AuthorId(tip.author),
            &trust_state,
            &mut differences,
        )?
    };
    if let Some(first) = differences.0.into_iter().next() {
        return Err(StoreError::Damaged(first));
    }
    transaction.delete_table(tables::VIEWS)?;
    transaction.delete_table(tables::ACTIONS)?;
    let groups = write_views(transaction, &derived)?;
    write_exchange(transaction, &derived)?;
    let mut actions = transaction.open_table(tables::ACTIONS)?;
    for (key, action) in &derived.actions {
        let row = tables::sealed_action(key, action);
        actions.insert(key.as_slice(), row.as_slice())?;
    }
    if let Some((seq, hash, clock)) = derived.last {
        (tip.seq, tip.hash) = (seq, hash.0);
        // Never back: the clock may have been adopted from elsewhere.
        let own = (clock.millis, clock.counter);
        (tip.millis, tip.tick) = own.max((tip.millis, tip.tick));
    }
    tip.counter = tip.counter.saturating_add(1);
    tip.entries = derived.entries;
    (tip.unsent, tip.unsent_since) = (derived.unsent, derived.unsent_since);
    (tip.groups, tip.digest) = groups;
    let row = seal(Record::Tip, tables::meta::TIP, &encode(&tip));
    meta.insert(tables::meta::TIP, row.as_slice())?;
    Ok(())
}

fn write_exchange(transaction: &WriteTransaction, derived: &Derived) -> Result<(), StoreError> {
    transaction.delete_table(exchange_tables::EARLY)?;
    let mut table = transaction.open_table(exchange_tables::EARLY)?;
    for key in &derived.early {
        exchange_tables::put(&mut table, Record::Early, key, &[])?;
    }
    let mut table = transaction.open_table(exchange_tables::EXCHANGE)?;
    let from = [exchange_tables::Tag::Fork as u8];
    let to = tables::after(&from);
    table.retain_in(from.as_slice()..to.as_slice(), |_, _| false)?;
    for (author, tips) in &derived.forks {
        let key = exchange_tables::tagged(exchange_tables::Tag::Fork, author);
        exchange_tables::put(
            &mut table,
            Record::Exchange,
            &key,
            &exchange_tables::tips_bytes(tips),
        )?;
    }
    Ok(())
}

/// Writes views and groups; gives the number of groups and the digest over them.
fn write_views(
    transaction: &WriteTransaction,
    derived: &Derived,
) -> Result<(u64, [u8; 32]), StoreError> {
    let mut table = transaction.open_table(tables::VIEWS)?;
    let mut groups: BTreeMap<Vec<u8>, GroupV1> = BTreeMap::new();
    for (key, heads) in &derived.views {
        let row = tables::sealed_view(key, heads);
        let group = groups
            .entry(tables::group_key(queries::subject(key)?.form()))
            .or_default();
        group.rows = group.rows.saturating_add(1);
        tables::xor_row(&mut group.digest, key, &row);
        table.insert(key.as_slice(), row.as_slice())?;
    }
    let (mut count, mut digest) = (0_u64, [0; 32]);
    for (key, group) in &groups {
        let row = tables::sealed_group(key, group);
        tables::xor_row(&mut digest, key, &row);
        count = count.saturating_add(1);
        table.insert(key.as_slice(), row.as_slice())?;
    }
    Ok((count, digest))
}
