//! The options that every command takes, and arguments that several share. Only names stand here;
//! every word that people read comes from the texts (`words`).

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

/// Options that every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    #[arg(long, global = true, env = "NHAPLIEU_STORE", value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    #[arg(long, global = true, env = "NHAPLIEU_TODAY", value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<NaiveDate>,
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) actor: Option<String>,
    #[arg(long, global = true, env = "NHAPLIEU_LANG", value_name = "vi|en")]
    pub(crate) lang: Option<LangName>,
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub(crate) keymap: Option<String>,
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
}

/// A language by its name; read before everything else, checked here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangName {
    Vi,
    En,
}

/// Names one form.
#[derive(Debug, Args)]
pub(crate) struct OneForm {
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: String,
    #[arg(long, value_name = "PERIOD")]
    pub(crate) period: String,
}

/// Whether a machine reads the answer.
#[derive(Debug, Args)]
pub(crate) struct AnswerFormat {
    #[arg(long)]
    pub(crate) json: bool,
}

/// Names one file.
#[derive(Debug, Args)]
pub(crate) struct FileArg {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
