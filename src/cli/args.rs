//! What may be written on the command line. Only names stand here; every word that people read
//! comes from the texts (`words`).

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::base::Lang;
use crate::ledger::Role;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "nhaplieu", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

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

/// A language by its name; read before everything else by [`lang_of`], checked here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangName {
    Vi,
    En,
}

/// A role by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    Clerk,
    Owner,
    Coordinator,
    Viewer,
}

impl RoleName {
    pub(crate) fn role(self) -> Role {
        match self {
            Self::Clerk => Role::Clerk,
            Self::Owner => Role::Owner,
            Self::Coordinator => Role::Coordinator,
            Self::Viewer => Role::Viewer,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Set(Set),
    Show(Show),
    Check(Check),
    Submit(Submit),
    Return(Reasoned),
    Approve(OneForm),
    Lock(OneForm),
    Reopen(Reasoned),
    Export(Export),
    Import(Import),
    Inspect(Inspect),
    Bundles(Bundles),
    Enrol(Enrol),
    Revoke(Revoke),
    Conflicts(Answer),
    Resolve(Resolve),
    Status(Status),
    Log(Log),
    Verify(Answer),
    Plan(Plan),
    Keys(Keys),
    Demo,
    Completions(Completions),
    Man(Man),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: String,
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: String,
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<RoleName>,
}

/// One form.
#[derive(Debug, Args)]
pub(crate) struct OneForm {
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: String,
    #[arg(long, value_name = "PERIOD")]
    pub(crate) period: String,
}

/// Whether a machine reads the answer.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    #[command(flatten)]
    pub(crate) form: OneForm,
    #[arg(value_name = "FIELD=VALUE", required_unless_present = "note")]
    pub(crate) cells: Vec<String>,
    #[arg(long, value_name = "FIELD=TEXT")]
    pub(crate) note: Vec<String>,
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) reason: String,
    #[arg(long)]
    pub(crate) keep_invalid: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) form: OneForm,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

#[derive(Debug, Args)]
pub(crate) struct Submit {
    #[command(flatten)]
    pub(crate) form: OneForm,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

/// One form and why.
#[derive(Debug, Args)]
pub(crate) struct Reasoned {
    #[command(flatten)]
    pub(crate) form: OneForm,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[arg(long, value_name = "UNIT")]
    pub(crate) to: Option<String>,
    #[arg(long)]
    pub(crate) since_all: bool,
    #[arg(long)]
    pub(crate) armour: bool,
    #[arg(long, conflicts_with_all = ["to", "since_all", "armour"])]
    pub(crate) key: bool,
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    #[arg(value_name = "FILE|DIR")]
    pub(crate) files: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Bundles {
    #[command(flatten)]
    pub(crate) answer: Answer,
    #[command(subcommand)]
    pub(crate) command: Option<BundlesCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BundlesCommand {
    Show(BundleShow),
    Undo(BundleUndo),
    Drop(BundleDrop),
}

#[derive(Debug, Args)]
pub(crate) struct BundleShow {
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

#[derive(Debug, Args)]
pub(crate) struct BundleUndo {
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct BundleDrop {
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Enrol {
    #[arg(value_name = "FILE|ID")]
    pub(crate) file: PathBuf,
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[arg(value_name = "AUTHOR")]
    pub(crate) author: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[arg(long, value_name = "N")]
    pub(crate) last_good: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) form: OneForm,
    #[arg(value_name = "FIELD")]
    pub(crate) field: String,
    #[arg(long, value_name = "ID", required_unless_present = "value")]
    pub(crate) take: Option<String>,
    #[arg(long, value_name = "V", conflicts_with = "take")]
    pub(crate) value: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
    #[arg(long, value_name = "PERIOD")]
    pub(crate) period: Option<String>,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    #[arg(long, value_name = "PERIOD")]
    pub(crate) period: Option<String>,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

#[derive(Debug, Args)]
pub(crate) struct Log {
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
    #[arg(long, value_name = "PERIOD")]
    pub(crate) period: Option<String>,
    #[arg(long, value_name = "FIELD")]
    pub(crate) field: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    #[command(flatten)]
    pub(crate) answer: Answer,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(subcommand)]
    pub(crate) command: PlanCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    Show(Answer),
    Check(PlanFile),
}

#[derive(Debug, Args)]
pub(crate) struct PlanFile {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Keys {
    #[command(flatten)]
    pub(crate) answer: Answer,
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    #[command(subcommand)]
    pub(crate) command: Option<KeysCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    Check(PlanFile),
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// The language asked for before anything is parsed, so that even a slip on the command line is
/// answered in it: `--lang`, then the environment's word, then Vietnamese.
pub(crate) fn lang_of(args: &[OsString], variable: Option<&str>) -> Lang {
    let mut told = None;
    let mut words = args.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => told = words.next(),
            Some(rest) if rest.starts_with('=') => told = rest.get(1..),
            _ => {}
        }
    }
    match told.or(variable) {
        Some("en") => Lang::En,
        _ => Lang::Vi,
    }
}
