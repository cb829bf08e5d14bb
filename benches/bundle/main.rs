//! What a bundle costs beside its floors: a year of a district imported from a file until it is
//! on disk, and exported again, beside redb and sqlite3 that insert the same rows in one
//! transaction in the same run. Prints medians and ratios, no verdict.
//! `cargo bench --bench bundle` (Linux, some minutes; `-- quick` leaves out the million).
//!
//! Each import runs in a process of its own, so that its memory is its own.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a bench says what it measured"
)]

mod peers;
mod year;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::sync::bundle::file;
use nhaplieu::sync::bundle::limits;
use nhaplieu::sync::export::{self, ExportRequest};
use nhaplieu::sync::{ImportContext, NoProgress, Scope, VerifiedBundle, import};

use peers::Layout;

type Failure = Box<dyn std::error::Error>;

/// Repetitions.
const TIMES: usize = 3;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map(String::as_str) {
        Some("child-import") => return child_import(Path::new(&words[2]), Path::new(&words[3])),
        Some("child-export") => return child_export(Path::new(&words[2]), Path::new(&words[3])),
        _ => {}
    }
    let quick = words.iter().any(|word| word == "quick");
    measure(145_000, &[2024], Peers::All)?;
    if !quick {
        measure(100_000, &[2024], Peers::Redb)?;
        measure(1_000_000, &[2021, 2022, 2023, 2024, 2025], Peers::Redb)?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Peers {
    All,
    Redb,
}

/// What one process did: microseconds of its parts, and KiB of memory over its start.
#[derive(Clone, Copy, Default)]
struct Cost {
    parts: [u128; 2],
    memory: u64,
}

impl Cost {
    fn whole(self) -> u128 {
        self.parts.iter().sum()
    }
}

/// The run in the middle.
fn middle(mut all: Vec<Cost>) -> Cost {
    all.sort_by_key(|cost| cost.whole());
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn measure(entries: usize, years: &[i32], peers: Peers) -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let (made, file) = (dir.path().join("made"), dir.path().join("year.nlb"));
    let year = year::make(&made, &file, entries, years)?;
    println!(
        "\n{} entries of {} authors on {} cells; bundle {} KiB, {} KiB inflated",
        year.rows.len(),
        year.authors,
        year.cells,
        year.size / 1024,
        year.raw / 1024
    );
    let (mut imports, mut exports, mut redb, mut sqlite) =
        (Vec::new(), Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    // One of each in turn: a machine that is slow for a while is slow for all.
    for _ in 0..TIMES {
        redb.push(peers::redb(&dir.path().join("peer.redb"), &year.rows)?);
        let store = dir.path().join("store");
        copy(&made, &store)?;
        imports.push(child("child-import", &store, &file)?);
        exports.push(child("child-export", &store, &dir.path().join("out.nlb"))?);
        if peers == Peers::All {
            for (times, layout) in sqlite.iter_mut().zip([Layout::Keyed, Layout::WithoutRowid]) {
                times.extend(peers::sqlite(dir.path(), &year.rows, layout)?);
            }
        }
    }
    let (import, export) = (middle(imports), middle(exports));
    say("import: file to disk", import.whole());
    say("  read and verify", import.parts[0]);
    say("  weigh, write, commit", import.parts[1]);
    println!("  memory over the start {:>9} KiB", import.memory);
    say("export: disk to file", export.whole());
    println!("  memory over the start {:>9} KiB", export.memory);
    compared("redb, raw insert", &mut redb, import);
    let [keyed, without] = &mut sqlite;
    compared("sqlite3, primary key", keyed, import);
    compared("sqlite3, without rowid", without, import);
    Ok(())
}

fn say(what: &str, micros: u128) {
    println!("{what:24}{:>9} ms", micros / 1_000);
}

fn compared(what: &str, times: &mut [u128], import: Cost) {
    times.sort_unstable();
    if let Some(micros) = times.get(times.len() / 2) {
        let ratio = import.whole() as f64 / *micros as f64;
        println!("{what:24}{:>9} ms   import is {ratio:.2} x", micros / 1_000);
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to.join("sessions"))?;
    for name in ["data.redb", "key"] {
        fs::copy(from.join(name), to.join(name))?;
        // Else the import would wait for the copy to reach the disk.
        fs::File::open(to.join(name))?.sync_all()?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(to, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn child(what: &str, dir: &Path, file: &Path) -> Result<Cost, Failure> {
    let output = Command::new(std::env::current_exe()?)
        .args([what.as_ref(), dir.as_os_str(), file.as_os_str()])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let said = String::from_utf8(output.stdout)?;
    let numbers: Result<Vec<u64>, _> = said.split_whitespace().map(str::parse).collect();
    match numbers?[..] {
        [first, second, memory] => Ok(Cost {
            parts: [first.into(), second.into()],
            memory,
        }),
        _ => Err(said.into()),
    }
}

/// The most memory this process has had, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

fn child_import(dir: &Path, path: &Path) -> Result<(), Failure> {
    let start = peak();
    let plan = year::plan()?;
    let mut store = year::opened(dir)?;
    let unit = store.info()?.unit;
    let by = year::actor()?;
    let begun = Instant::now();
    let bundle = VerifiedBundle::read(file::open(path, dir, limits::IN_MEMORY)?)?;
    let read = begun.elapsed();
    let begun = Instant::now();
    let scene = ImportContext {
        plan: &plan,
        unit: &unit,
        by: &by,
        wall: bundle.header().created + 1,
        progress: &NoProgress,
    };
    let entries = u64::from(bundle.header().entries);
    let done = import::apply(&mut store, &scene, &[bundle])?;
    let applied = begun.elapsed();
    if done.counts.new != entries {
        return Err(format!("{:?} {:?}", done.counts, done.bundles).into());
    }
    let memory = peak().saturating_sub(start);
    println!("{} {} {memory}", read.as_micros(), applied.as_micros());
    Ok(())
}

fn child_export(dir: &Path, path: &Path) -> Result<(), Failure> {
    let start = peak();
    let plan = year::plan()?;
    let store = year::opened(dir)?;
    let begun = Instant::now();
    let order = ExportRequest {
        plan: &plan,
        to: None,
        scope: Scope::All,
        wall: 1_800_000_000_000,
    };
    let planned = export::plan(&store, &order)?;
    let bundle = export::bundles(&store, &order, &planned)?.concat();
    let made = begun.elapsed();
    let begun = Instant::now();
    file::write(&file::RealDisk, path, &bundle, file::BundleEncoding::Binary)?;
    let written = begun.elapsed();
    debug_assert!(!store.authors()?.is_empty(), "nothing to export");
    let memory = peak().saturating_sub(start);
    println!("{} {} {memory}", made.as_micros(), written.as_micros());
    Ok(())
}
