//! The commands, one file each: its arguments, what it does, and the keys of its words. A new one
//! needs its file, its lines in this one, and its texts (`cli.command`, `cli.example`, `cli.arg`).

mod bundle;
mod bundles;
mod check;
mod completions;
mod conflicts;
mod demo;
mod enrol;
mod export;
mod import;
mod init;
mod inspect;
mod keys;
mod log;
mod man;
mod plan;
mod resolve;
mod revoke;
mod set;
mod show;
mod status;
mod submit;
mod verify;
mod workflow;

use clap::Subcommand;

use super::failure::{Exit, Failure};
use super::out::Out;
use super::settings::Settings;

/// Makes the list of commands from their names, arguments and functions.
macro_rules! commands {
    ($($name:ident($args:ty) => $run:path),* $(,)?) => {
        /// A command with its arguments.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $(
                $name($args),
            )*
        }

        impl Command {
            /// Its name, as others read who writes.
            pub(crate) fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// Carries the command out.
            ///
            /// # Errors
            /// Why it was not done.
            pub(crate) fn run(&self, settings: &Settings, out: &mut Out<'_>) -> Result<Exit, Failure> {
                match self {
                    $(Self::$name(args) => $run(settings, args, out),)*
                }
            }
        }
    };
}

commands! {
    Init(init::Init) => init::run,
    Set(set::Set) => set::run,
    Show(show::Show) => show::run,
    Check(check::Check) => check::run,
    Submit(submit::Submit) => submit::run,
    Return(workflow::Return) => workflow::return_form,
    Approve(workflow::Approve) => workflow::approve,
    Lock(workflow::Lock) => workflow::lock,
    Reopen(workflow::Reopen) => workflow::reopen,
    Export(export::Export) => export::run,
    Import(import::Import) => import::run,
    Inspect(inspect::Inspect) => inspect::run,
    Bundles(bundles::Bundles) => bundles::run,
    Enrol(enrol::Enrol) => enrol::run,
    Revoke(revoke::Revoke) => revoke::run,
    Conflicts(conflicts::Conflicts) => conflicts::run,
    Resolve(resolve::Resolve) => resolve::run,
    Status(status::Status) => status::run,
    Log(log::Log) => log::run,
    Verify(verify::Verify) => verify::run,
    Plan(plan::PlanArgs) => plan::run,
    Keys(keys::Keys) => keys::run,
    Demo(demo::Demo) => demo::run,
    Completions(completions::Completions) => completions::run,
    Man(man::Man) => man::run,
}
