//! Taking an import back, where nothing was built on it.

use std::collections::BTreeSet;

use redb::{ReadableTable, WriteTransaction};

use crate::ledger::entry::Frontier;
use crate::ledger::{AuthorId, Body, EntryRef, Hash, Recorded, Subject};
use crate::store::api::StoreError;
use crate::store::audit::rebuild;
use crate::store::exchange::{LogPiece, Report, Snapshot, Tip};
use crate::store::format::codec::Record;
use crate::store::format::exchange_tables::{self, Tag};
use crate::store::format::log_rows;
use crate::store::format::tables::{self, Rows};
use crate::store::read::snapshot::SnapshotTables;

/// Collects the entries from number `from` on that lead to `tip`.
fn chain_to(
    entries: &impl Rows,
    author: &AuthorId,
    from: u64,
    tip: &Tip,
) -> Result<BTreeSet<Tip>, StoreError> {
    let mut chain = BTreeSet::new();
    let (mut seq, mut hash) = *tip;
    while seq >= from && seq > 0 {
        let key = tables::entry_key(author, seq, &hash);
        let Some(value) = entries.get(key.as_slice())? else {
            return Err(StoreError::Damaged(format!("no entry {seq}")));
        };
        chain.insert((seq, hash));
        hash = tables::unsealed_entry(&key, value.value())?.previous;
        seq -= 1;
    }
    Ok(chain)
}

/// Whether something of a log that stays follows what the import brought of it.
fn followed(open: &SnapshotTables<impl Rows>, report: &Report) -> Result<bool, StoreError> {
    let of_pieces = report.pieces.iter().map(|piece| piece.author);
    let of_runs = report.withheld.iter().map(|run| run.author);
    let authors: BTreeSet<AuthorId> = of_pieces.chain(of_runs).collect();
    for author in &authors {
        let mut gone = BTreeSet::new();
        for piece in report.pieces.iter().filter(|p| p.author == *author) {
            let end = (piece.last, piece.hash);
            gone.extend(chain_to(&open.entries, author, piece.first, &end)?);
        }
        // Each step that stays, with the place before it.
        let (mut places, mut before) = (BTreeSet::from([(0, Hash::ZERO)]), Vec::new());
        for run in open.withheld(author)? {
            if !report.withheld.contains(&run) {
                places.insert((run.last, run.hash));
                before.push((run.first.saturating_sub(1), run.previous));
            }
        }
        open.each_of_log(author, 1, &mut |entry| {
            if !gone.contains(&(entry.seq, *entry.hash)) {
                places.insert((entry.seq, *entry.hash));
                before.push((entry.seq.saturating_sub(1), *entry.previous));
            }
            Ok(())
        })?;
        if before.iter().any(|place| !places.contains(place)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives the record of an import when nothing was built on what it brought.
pub(crate) fn withdrawable(
    transaction: &WriteTransaction,
    root: &Hash,
) -> Result<Option<Report>, StoreError> {
    let open = SnapshotTables::write(transaction)?;
    let report = open.report(root)?.ok_or(StoreError::NothingToUndo)?;
    if followed(&open, &report)? {
        return Ok(None);
    }
    let mut built_on = false;
    let brought = |entry: &EntryRef| {
        let holds = |piece: &LogPiece| {
            piece.author == entry.author && (piece.first..=piece.last).contains(&entry.seq)
        };
        report.pieces.iter().any(holds)
    };
    let seen = |frontier: &Frontier| {
        let reaches = |(author, seq, _): &(AuthorId, u64, Hash)| {
            let within = |piece: &LogPiece| piece.author == *author && piece.first <= *seq;
            report.pieces.iter().any(within)
        };
        frontier.iter().any(reaches)
    };
    open.each_entry(&mut |recorded: &Recorded| {
        let inside = brought(&recorded.reference());
        // What was believed because of it cannot be told from what would be believed anyway.
        built_on |= inside
            && matches!(recorded.entry.subject, Subject::Author(about) if about != recorded.author);
        built_on |= !inside && recorded.entry.replaces.iter().any(brought);
        // What was approved or locked stays, and so does the step itself: whoever may not take it
        // may not take it away either.
        built_on |= match &recorded.entry.body {
            Body::Approve { frontier, .. } | Body::Lock { frontier, .. } => {
                inside || seen(frontier)
            }
            Body::Return | Body::Reopen => inside,
            _ => false,
        };
        Ok(())
    })?;
    Ok((!built_on).then_some(report))
}

/// Removes the entries an import brought, and derives everything anew.
pub(crate) fn remove(transaction: &WriteTransaction, report: &Report) -> Result<(), StoreError> {
    {
        let mut entries = transaction.open_table(tables::ENTRIES)?;
        let mut gone = Vec::new();
        for piece in &report.pieces {
            let tip = (piece.last, piece.hash);
            gone.extend(
                chain_to(&entries, &piece.author, piece.first, &tip)?
                    .into_iter()
                    .map(|(seq, hash)| tables::entry_key(&piece.author, seq, &hash)),
            );
        }
        for key in gone {
            entries.remove(key.as_slice())?;
        }
        let mut withheld = transaction.open_table(tables::WITHHELD)?;
        for run in &report.withheld {
            withheld.remove(log_rows::run_row(run).0.as_slice())?;
        }
        // What was signed of the log goes with the place in it, unless that stays.
        let mut points = transaction.open_table(exchange_tables::CHECKPOINTS)?;
        let of_pieces = report.pieces.iter().map(|p| (p.author, p.last, p.hash));
        let of_runs = report.withheld.iter().map(|r| (r.author, r.last, r.hash));
        for (author, last, hash) in of_pieces.chain(of_runs) {
            let from = tables::entry_key(&author, last, &hash);
            let runs = log_rows::runs(&withheld, Some(&author))?;
            let stays = runs.iter().any(|run| (run.last, run.hash) == (last, hash))
                || entries.get(from.as_slice())?.is_some();
            if !stays {
                let to = tables::after(&from);
                points.retain_in(from.as_slice()..to.as_slice(), |_, _| false)?;
            }
        }
        transaction
            .open_table(exchange_tables::REPORTS)?
            .remove(report.root.0.as_slice())?;
        let mut exchange = transaction.open_table(exchange_tables::EXCHANGE)?;
        let key = exchange_tables::tagged(Tag::Peer, &report.signer);
        let said = exchange_tables::one(&exchange, Record::Exchange, &key, |bytes| {
            exchange_tables::peer_from(report.signer, bytes)
        })?;
        if said.is_some_and(|peer| peer.root == report.root) {
            exchange.remove(key.as_slice())?;
        }
    }
    rebuild::rebuild(transaction)
}
