//! Plays bytes and pauses into the decoder, by a clock of its own.

use std::time::Duration;

use nhaplieu::app::Msg;
use nhaplieu::app::message::PasteFault;
use nhaplieu::term::input::{Decoder, Keyboard};

/// What a terminal does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Bytes that arrive in one read.
    Bytes(Vec<u8>),
    /// Milliseconds in which nothing arrives.
    Pause(u64),
}

/// Bytes that arrive in one read.
pub(crate) fn bytes(bytes: impl AsRef<[u8]>) -> Step {
    Step::Bytes(bytes.as_ref().to_vec())
}

/// A clerk's keyboard, and the messages it has made.
pub(crate) struct Player {
    pub(crate) decoder: Decoder,
    messages: Vec<Msg>,
    /// How long nothing has come, in what the decoder waits for now.
    waited: Duration,
}

impl Player {
    pub(crate) fn new(keyboard: Keyboard) -> Self {
        Self {
            decoder: Decoder::new(keyboard),
            messages: Vec::new(),
            waited: Duration::ZERO,
        }
    }

    pub(crate) fn play(&mut self, steps: &[Step]) -> &mut Self {
        for step in steps {
            match step {
                Step::Bytes(bytes) => {
                    self.decoder.feed(bytes, &mut self.messages);
                    self.waited = Duration::ZERO;
                }
                Step::Pause(milliseconds) => self.pause(Duration::from_millis(*milliseconds)),
            }
        }
        self
    }

    fn pause(&mut self, pause: Duration) {
        self.waited += pause;
        while let Some(patience) = self.decoder.patience()
            && self.waited >= patience
        {
            self.waited -= patience;
            self.decoder.silence(&mut self.messages);
        }
    }

    /// The messages so far, by name.
    pub(crate) fn said(&self) -> Vec<String> {
        self.messages.iter().map(name).collect()
    }
}

fn name(message: &Msg) -> String {
    match message {
        Msg::Key(key) => key.to_string(),
        Msg::Paste(text) => format!("paste {text:?}"),
        Msg::PasteRefused(PasteFault::TooLong) => "paste too long".to_owned(),
        Msg::PasteRefused(PasteFault::Cut) => "paste cut".to_owned(),
        other => format!("{other:?}"),
    }
}

/// What comes of bytes and pauses, and of a silence behind them.
pub(crate) fn said(keyboard: Keyboard, steps: &[Step]) -> Vec<String> {
    let mut player = Player::new(keyboard);
    player.play(steps).play(&[Step::Pause(2_000)]);
    assert_eq!(
        player.decoder.patience(),
        None,
        "something outlives two seconds of silence: {steps:?}"
    );
    player.said()
}
