//! The thin binary: everything lives in the library's `cli` room.

use std::process::ExitCode;

fn main() -> ExitCode {
    nhaplieu::cli::run(std::env::args_os())
}
