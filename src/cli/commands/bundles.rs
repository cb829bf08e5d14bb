//! What the commands on bundles share: reading a file through, and what its errors mean for the
//! person at the command line.

use std::path::Path;

use crate::base::Message;
use crate::cli::failure::{Exit, Failure};
use crate::sync::export::ExportError;
use crate::sync::file::{self, FileError};
use crate::sync::{BundleError, Checked};

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Self::new(Exit::Refused, error.message()).because(error)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let exit = match &error {
            FileError::Bundle(_) => Exit::Refused,
            FileError::Io { .. } | FileError::Differs(_) => Exit::Failed,
        };
        Self::new(exit, error.message()).because(error)
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Bundle(error) => error.into(),
        }
    }
}

/// Reads a bundle through; a file that is not there is wrong usage.
pub(super) fn read(path: &Path) -> Result<Checked, Failure> {
    if !path.exists() {
        let named = Message::new("cli.error.no_file").with("file", path.display().to_string());
        return Err(Failure::usage(named));
    }
    Ok(Checked::read(file::read(path)?)?)
}
