//! What opens and closes encrypted bundles: a passphrase typed on the terminal or standing in a
//! file, or an identity file. Never on the command line, where every other account can read it.

use super::args::Unlock;
use super::failure::Failure;
use super::out::Out;
use crate::sync::BundleSource;

/// What opens the bundles of one command; asked for at most once.
pub(crate) struct Secrets<'a> {
    #[cfg_attr(
        not(feature = "age"),
        expect(dead_code, reason = "nothing opens one here")
    )]
    told: &'a Unlock,
    #[cfg(feature = "age")]
    secret: Option<crate::sync::bundle::encryption::Secret>,
}

impl<'a> Secrets<'a> {
    pub(crate) fn told(told: &'a Unlock) -> Self {
        Self {
            told,
            #[cfg(feature = "age")]
            secret: None,
        }
    }
}

#[cfg(not(feature = "age"))]
impl Secrets<'_> {
    /// The file as it is: one that is encrypted is refused by its reader.
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "as with the feature"
    )]
    pub(crate) fn open(
        &mut self,
        file: BundleSource,
        _: &mut Out<'_>,
    ) -> Result<BundleSource, Failure> {
        Ok(file)
    }
}

#[cfg(feature = "age")]
pub(crate) use with_age::lock;

#[cfg(feature = "age")]
mod with_age {
    use std::io::{BufRead, IsTerminal};
    use std::path::Path;

    use super::{BundleSource, Failure, Out, Secrets};
    use crate::base::Message;
    use crate::cli::args::LockArgs;
    use crate::cli::site::read_file;
    use crate::sync::BundleError;
    use crate::sync::bundle::encryption::{self, Lock, Secret};

    impl Secrets<'_> {
        /// The bundle inside an encrypted file; any other file as it is.
        ///
        /// # Errors
        /// When there is no secret, or not the right one.
        pub(crate) fn open(
            &mut self,
            file: BundleSource,
            out: &mut Out<'_>,
        ) -> Result<BundleSource, Failure> {
            let bytes = match &file {
                BundleSource::Memory(bytes) if encryption::is_covered(bytes) => bytes,
                _ => return Ok(file),
            };
            if self.secret.is_none() {
                self.secret = self.ask(bytes, out)?;
            }
            match &self.secret {
                Some(secret) => Ok(encryption::uncover(bytes, secret)?.into()),
                None => Err(BundleError::Encrypted.into()),
            }
        }

        fn ask(&self, bytes: &[u8], out: &mut Out<'_>) -> Result<Option<Secret>, Failure> {
            if let Some(file) = &self.told.identity {
                return Ok(Some(Secret::Identities(text_of(file)?)));
            }
            if let Some(file) = &self.told.passphrase_file {
                return Ok(Some(Secret::Passphrase(passphrase_in(file)?)));
            }
            if !encryption::takes_passphrase(bytes)? || !std::io::stdin().is_terminal() {
                return Ok(None);
            }
            Ok(Some(Secret::Passphrase(typed("cli.secret.ask", out)?)))
        }
    }

    /// For whom a bundle is encrypted; `None` for nobody in particular.
    ///
    /// # Errors
    /// An empty passphrase, two that differ, or no terminal to ask on.
    pub(crate) fn lock(args: &LockArgs, out: &mut Out<'_>) -> Result<Option<Lock>, Failure> {
        if let Some(recipient) = &args.encrypt_for {
            return Ok(Some(Lock::Recipient(recipient.clone())));
        }
        if let Some(file) = &args.passphrase_file {
            return Ok(Some(Lock::Passphrase(passphrase_in(file)?)));
        }
        if !args.passphrase {
            return Ok(None);
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage(Message::new("cli.error.no_passphrase")));
        }
        let first = typed("cli.secret.new", out)?;
        if first.is_empty() || first != typed("cli.secret.again", out)? {
            return Err(Failure::usage(Message::new("cli.error.other_passphrase")));
        }
        Ok(Some(Lock::Passphrase(first)))
    }

    fn text_of(file: &Path) -> Result<String, Failure> {
        let unreadable = |_| {
            let named = file.display().to_string();
            Failure::usage(Message::new("cli.error.no_file").with("file", named))
        };
        String::from_utf8(read_file(file)?).map_err(unreadable)
    }

    /// The first line of a file, without its end.
    fn passphrase_in(file: &Path) -> Result<String, Failure> {
        let text = text_of(file)?;
        match text.lines().next().unwrap_or_default() {
            "" => Err(Failure::usage(Message::new("cli.error.other_passphrase"))),
            line => Ok(line.to_owned()),
        }
    }

    /// A line of the terminal that it does not show.
    fn typed(key: &'static str, out: &mut Out<'_>) -> Result<String, Failure> {
        out.flush()?;
        out.aside(&Message::new(key));
        let hidden = Hidden::begin();
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        drop(hidden);
        read.map_err(|error| {
            Failure::usage(Message::new("cli.error.no_passphrase")).because(error)
        })?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// While it lives the terminal shows nothing of what is typed; where the system has no such
    /// mode it shows it.
    #[cfg(unix)]
    struct Hidden(Option<rustix::termios::Termios>);

    #[cfg(unix)]
    impl Hidden {
        fn begin() -> Self {
            use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
            let Ok(shown) = tcgetattr(std::io::stdin()) else {
                return Self(None);
            };
            let mut hidden = shown.clone();
            hidden.local_modes -= LocalModes::ECHO;
            let set = tcsetattr(std::io::stdin(), OptionalActions::Flush, &hidden);
            Self(set.is_ok().then_some(shown))
        }
    }

    #[cfg(unix)]
    impl Drop for Hidden {
        fn drop(&mut self) {
            use rustix::termios::{OptionalActions, tcsetattr};
            if let Some(shown) = &self.0 {
                // A terminal that has gone has nobody to show anything to.
                let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, shown);
            }
        }
    }

    #[cfg(not(unix))]
    struct Hidden;

    #[cfg(not(unix))]
    impl Hidden {
        fn begin() -> Self {
            Self
        }
    }
}
