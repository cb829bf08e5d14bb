//! What the program costs in a terminal, beside the floor: an empty ratatui grid over redb in the
//! same run. Prints medians and ratios, no verdict; the goals are in the columns' heads.
//! `cargo bench --bench terminal` (Linux, about a minute).

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench says what it measured"
)]

mod floor;
mod session;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use session::{Cost, Session};

type Failure = Box<dyn std::error::Error>;

/// Starts that are measured.
const STARTS: usize = 15;
/// Cells that are typed, each three digits and Enter.
const CELLS: usize = 38;
/// How long each program is left alone.
const IDLE: Duration = Duration::from_secs(4);

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == "--floor") {
        return floor::run(Path::new(&words[at + 1]));
    }
    let dir = tempfile::tempdir()?;
    let own = std::env::current_exe()?;
    let floor = Program {
        path: own.to_string_lossy().into_owned(),
        words: vec!["--floor".into(), path(dir.path(), "floor.redb")],
        ready: floor::READY,
        open: b"",
    };
    let ours = ours(&path(dir.path(), "kho"), "CẦN")?;
    println!(
        "{:34}{:>12}{:>12}{:>8}   goal",
        "", "floor", "nhaplieu", "ratio"
    );
    starts(&floor, &ours)?;
    keys(&floor, &ours)?;
    Ok(())
}

fn path(dir: &Path, name: &str) -> String {
    dir.join(name).to_string_lossy().into_owned()
}

/// How a program is started, and by what its first frame is known.
struct Program {
    path: String,
    words: Vec<String>,
    ready: &'static str,
    /// Keys that lead to where cells are typed.
    open: &'static [u8],
}

impl Program {
    fn start(&self) -> Result<Session, Failure> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        Session::start(&self.path, &words, &[])
    }
}

/// The program on a fresh commune's store.
fn ours(store: &str, ready: &'static str) -> Result<Program, Failure> {
    let program = env!("CARGO_BIN_EXE_nhaplieu").to_owned();
    let words = ["--store", store, "--today", "2023-11-22"];
    let init = ["init", "--unit", "ngoc-thien", "--as", "Lan"];
    let made = Command::new(&program).args(words).args(init).output()?;
    if !made.status.success() {
        return Err("no store".into());
    }
    Ok(Program {
        path: program,
        words: words.map(str::to_owned).to_vec(),
        ready,
        open: b"\r",
    })
}

fn starts(floor: &Program, ours: &Program) -> Result<(), Failure> {
    let (mut base, mut own) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        base.push(floor.start()?.until(floor.ready)?);
        own.push(ours.start()?.until(ours.ready)?);
    }
    line(
        "start to first screen, µs",
        micros(&mut base),
        micros(&mut own),
        "2x",
    );
    Ok(())
}

fn keys(floor: &Program, ours: &Program) -> Result<(), Failure> {
    let (base, own) = (typed(floor)?, typed(ours)?);
    line("memory, KiB", base.memory, own.memory, "8192 KiB");
    let digit =
        |typed: &Typed| micros(&mut typed.digits.iter().map(|c| c.time).collect::<Vec<_>>());
    line("digit to frame, µs p50", digit(&base), digit(&own), "1.5x");
    let enter =
        |typed: &Typed| micros(&mut typed.enters.iter().map(|c| c.time).collect::<Vec<_>>());
    line("Enter, saved, µs p50", enter(&base), enter(&own), "1.5x");
    let bytes = |typed: &Typed| middle(&mut typed.cell_bytes());
    line(
        "bytes per cell, p50",
        bytes(&base),
        bytes(&own),
        "250 bytes",
    );
    let mean = |typed: &Typed| {
        let all = typed.cell_bytes();
        all.iter().sum::<u64>() / u64::try_from(all.len()).unwrap_or(1)
    };
    line("bytes per cell, mean", mean(&base), mean(&own), "300 bytes");
    line("CPU per cell, µs", base.cpu, own.cpu, "2x");
    line("idle: bytes in 4 s", base.idle.0, own.idle.0, "0 bytes");
    line("idle: CPU µs in 4 s", base.idle.1, own.idle.1, "");
    Ok(())
}

/// What typing cells cost.
struct Typed {
    memory: u64,
    digits: Vec<Cost>,
    enters: Vec<Cost>,
    cpu: u64,
    idle: (u64, u64),
}

impl Typed {
    fn cell_bytes(&self) -> Vec<u64> {
        let digits = self.digits.chunks(3);
        digits
            .zip(&self.enters)
            .map(|(digits, enter)| {
                let bytes = digits.iter().map(|c| c.bytes).sum::<usize>() + enter.bytes;
                u64::try_from(bytes).unwrap_or(0)
            })
            .collect()
    }
}

fn typed(program: &Program) -> Result<Typed, Failure> {
    let session = program.start()?;
    session.until(program.ready)?;
    session.settle();
    if !program.open.is_empty() {
        session.press(program.open)?;
    }
    session.settle();
    let memory = session.memory();
    let before = session.cpu();
    let (mut digits, mut enters) = (Vec::new(), Vec::new());
    for cell in 0..CELLS {
        for place in 0..3 {
            let digit = b'1' + u8::try_from((cell * 7 + place * 3) % 9)?;
            digits.push(session.press(&[digit])?);
        }
        enters.push(session.press(b"\r")?);
    }
    let spent = session.cpu().saturating_sub(before);
    let cells = u64::try_from(CELLS)?;
    let (bytes, cpu) = session.idle(IDLE);
    Ok(Typed {
        memory,
        digits,
        enters,
        cpu: u64::try_from(spent.as_micros())? / cells,
        idle: (u64::try_from(bytes)?, u64::try_from(cpu.as_micros())?),
    })
}

fn micros(times: &mut [Duration]) -> u64 {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .and_then(|time| u64::try_from(time.as_micros()).ok())
        .unwrap_or(0)
}

fn middle(values: &mut [u64]) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

fn line(what: &str, base: u64, own: u64, goal: &str) {
    let hundredths = (own * 100).checked_div(base).unwrap_or(0);
    let ratio = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    println!("{what:34}{base:>12}{own:>12}{ratio:>8}   {goal}");
}
