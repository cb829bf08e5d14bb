//! Where answers go: what was asked for to standard output, everything else to standard error.

use std::io::{self, Write};

use serde::Serialize;

use super::failure::{Exit, Failure};
use crate::base::{Message, text};
use crate::ui::texts::Texts;
use crate::ui::{Glyphs, ascii};

/// Writes the answer and the remarks of one command, in one language and one set of characters.
pub(crate) struct Out<'a> {
    pub(crate) texts: &'a Texts,
    glyphs: Glyphs,
    answer: Box<dyn Write + 'a>,
    aside: Box<dyn Write + 'a>,
}

impl<'a> Out<'a> {
    /// Writes to standard output and standard error.
    pub(crate) fn standard(texts: &'a Texts, glyphs: Glyphs) -> Self {
        Self {
            texts,
            glyphs,
            answer: Box::new(io::BufWriter::new(io::stdout())),
            aside: Box::new(io::stderr()),
        }
    }

    /// Writes one line of the answer.
    ///
    /// # Errors
    /// When nobody can take it.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Failure> {
        let line = self.plain(line);
        writeln!(self.answer, "{line}").map_err(unwritten)
    }

    /// Writes bytes of the answer as they are.
    ///
    /// # Errors
    /// When nobody can take it.
    pub(crate) fn page(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.answer.write_all(bytes).map_err(unwritten)
    }

    /// Writes a message as a line of the answer.
    ///
    /// # Errors
    /// When nobody can take it.
    pub(crate) fn say(&mut self, message: &Message) -> Result<(), Failure> {
        let line = self.texts.say(message);
        self.line(&line)
    }

    /// Writes the answer as one JSON object.
    ///
    /// # Errors
    /// When nobody can take it.
    pub(crate) fn json(&mut self, answer: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(answer).map_err(|error| {
            Failure::new(Exit::Failed, Message::new("cli.error.output")).because(error)
        })?;
        writeln!(self.answer, "{text}").map_err(unwritten)
    }

    /// Writes a remark, which is not part of the answer, to standard error.
    pub(crate) fn aside(&mut self, message: &Message) {
        let line = self.plain(&self.texts.say(message));
        // With standard error closed there is nobody to tell.
        let _ = writeln!(self.aside, "{line}");
    }

    /// Writes why the command failed to standard error.
    pub(crate) fn fail(&mut self, failure: &Failure) {
        let _ = self.answer.flush();
        let said = self.plain(&self.texts.say(&failure.message));
        let _ = writeln!(self.aside, "nhaplieu: {said}");
        if !failure.detail.is_empty() {
            let detail = self.plain(&failure.detail);
            let _ = writeln!(self.aside, "  ({detail})");
        }
    }

    /// Flushes the answer.
    ///
    /// # Errors
    /// When nobody can take it.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.answer.flush().map_err(unwritten)
    }

    /// Takes out what could drive a terminal, and folds to ASCII where that is asked for.
    fn plain(&self, line: &str) -> String {
        let line: String = line
            .split('\n')
            .map(text::visible)
            .collect::<Vec<_>>()
            .join("\n");
        match self.glyphs {
            Glyphs::Unicode => line,
            Glyphs::Ascii => ascii::fold_text(&line),
        }
    }
}

/// The other side of a pipe was closed, or the disk behind it is full.
fn unwritten(error: io::Error) -> Failure {
    let exit = if error.kind() == io::ErrorKind::BrokenPipe {
        Exit::Done
    } else {
        Exit::Failed
    };
    Failure::new(exit, Message::new("cli.error.output")).because(error)
}
