//! The same rows in other hands: redb without anything of ours, and sqlite3.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use redb::{ConcurrencyMode, Database, TableDefinition};

use crate::Failure;
use crate::year::LogRow;

/// One transaction of redb as our stores open it, in microseconds.
pub(crate) fn redb(path: &Path, rows: &[LogRow]) -> Result<u128, Failure> {
    const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("rows");
    let _ = fs::remove_file(path);
    let mut builder = Database::builder();
    builder
        .set_cache_size(12 << 20)
        .set_concurrency_mode(ConcurrencyMode::MultiWriter);
    let database = builder.create(path)?;
    let begun = Instant::now();
    let mut transaction = database.begin_write()?;
    transaction.set_two_phase_commit(true);
    transaction.set_quick_repair(true);
    {
        let mut table = transaction.open_table(ROWS)?;
        let (mut key, mut value) = (Vec::new(), Vec::new());
        for row in rows {
            key.clear();
            key.extend(row.author.0);
            key.extend(row.seq.to_be_bytes());
            key.extend(row.hash.0);
            value.clear();
            // As long as ours: kind, schema, previous, bytes, checksum.
            value.extend([1, 1]);
            value.extend(row.previous.0);
            value.extend(&row.bytes);
            value.extend([0; 8]);
            table.insert(key.as_slice(), value.as_slice())?;
        }
    }
    transaction.commit()?;
    Ok(begun.elapsed().as_micros())
}

/// How sqlite3 keeps the rows.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// A table with a primary key, as most would write it.
    Keyed,
    /// The same in key order, without a second tree.
    WithoutRowid,
}

/// `INSERT … SELECT` of the rows from a table in memory, in one transaction that waits for the
/// disk, by sqlite3's own timer, in microseconds; `None` without the program.
pub(crate) fn sqlite(dir: &Path, rows: &[LogRow], layout: Layout) -> Result<Option<u128>, Failure> {
    if Command::new("sqlite3").arg("--version").output().is_err() {
        return Ok(None);
    }
    let file = dir.join("peer.sqlite");
    let _ = fs::remove_file(&file);
    let script = dir.join("peer.sql");
    let mut out = std::io::BufWriter::new(fs::File::create(&script)?);
    let columns = "author BLOB, seq INTEGER, hash BLOB, previous BLOB, bytes BLOB";
    let tail = match layout {
        Layout::Keyed => "",
        Layout::WithoutRowid => " WITHOUT ROWID",
    };
    writeln!(out, "PRAGMA temp_store=MEMORY; PRAGMA synchronous=FULL;")?;
    writeln!(out, "CREATE TEMP TABLE given ({columns});")?;
    writeln!(
        out,
        "CREATE TABLE log ({columns}, PRIMARY KEY (author, seq, hash)){tail};"
    )?;
    writeln!(out, "BEGIN;")?;
    for row in rows {
        writeln!(
            out,
            "INSERT INTO given VALUES(x'{}',{},x'{}',x'{}',x'{}');",
            hex(&row.author.0),
            row.seq,
            hex(&row.hash.0),
            hex(&row.previous.0),
            hex(&row.bytes)
        )?;
    }
    // The condition keeps sqlite3 from copying whole pages from table to table.
    writeln!(
        out,
        "COMMIT;\n.timer on\nBEGIN;\nINSERT INTO log SELECT * FROM given WHERE seq > 0;\nCOMMIT;"
    )?;
    out.flush()?;
    drop(out);
    let output = Command::new("sqlite3")
        .arg("-batch")
        .arg(&file)
        .stdin(Stdio::from(fs::File::open(&script)?))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut micros = 0_u128;
    for line in said.lines() {
        let real = line.strip_prefix("Run Time: real ");
        let real = real.and_then(|rest| rest.split_whitespace().next());
        let (whole, part) = real.and_then(|r| r.split_once('.')).ok_or("timer")?;
        micros += whole.parse::<u128>()? * 1_000_000;
        micros += format!("{part:0<6}").parse::<u128>()?;
    }
    let _ = fs::remove_file(&script);
    let _ = fs::remove_file(&file);
    Ok(Some(micros))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
