//! Why a use case was not carried out.

use std::path::PathBuf;

use crate::base::ErrorKind;
use crate::store::StoreError;
use crate::sync::BundleError;
use crate::sync::bundle::file::FileError;
use crate::sync::bundle::key_file::KeyFileError;
use crate::sync::export::ExportError;

/// Why something was not done. Nothing was changed in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The person may only look.
    #[error("{0} may only look")]
    OnlyLooks(String),
    /// A bundle cannot be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// One of several files is no bundle that can be used.
    #[error("{path}: {error}")]
    InFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: FileError,
    },
    /// A file is no key file that can be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The key is another one than that whose digits were compared.
    #[error("another key than the one compared")]
    OtherKey,
    /// The coordinator has not said for whom a bundle is.
    #[error("no receiver is named")]
    NoReceiver,
    /// The store no longer keeps the bundle.
    #[error("the bundle is no longer kept")]
    NotKept,
}

impl ServiceError {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            Self::Bundle(error) => error.kind(),
            Self::File(error) | Self::InFile { error, .. } => error.kind(),
            Self::OnlyLooks(_) => ErrorKind::NotPermitted,
            Self::NoReceiver => ErrorKind::Usage,
            Self::KeyFile(_) | Self::OtherKey | Self::NotKept => ErrorKind::Refused,
        }
    }

    /// True when whoever watched the work ended it.
    pub fn is_interrupted(&self) -> bool {
        self.kind() == ErrorKind::Interrupted
    }
}

impl From<ExportError> for ServiceError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Bundle(error) => error.into(),
        }
    }
}
