//! Reads the terminal on a thread of its own and sends on what it says: no debounce, no guess that
//! fast typing is a paste. The end of the input ends the program.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio::stdin;

use super::backlog::{Backlog, Turn};
use super::decoder::Decoder;
use super::sequences::Keyboard;
use crate::app::message::Msg;

/// So much is read in one go: what is typed into a line that hangs up meanwhile is little.
const PIECE: usize = 1024;

/// Reads until the terminal or the app is gone.
pub(crate) fn listen(to: Sender<Msg>, keyboard: Keyboard, backlog: Backlog) {
    thread::spawn(move || {
        let mut decoder = Decoder::new(keyboard);
        let (mut piece, mut messages) = ([0; PIECE], Vec::new());
        loop {
            let read = next(&mut piece, decoder.patience());
            match read {
                Input::Bytes(length) => {
                    let bytes = piece.get(..length).unwrap_or_default();
                    decoder.feed(bytes, &mut messages);
                }
                Input::Silence => decoder.silence(&mut messages),
                Input::End => break,
            }
            for message in messages.drain(..) {
                if backlog.wait_for_room(&message, is_hung_up) == Turn::Never
                    || to.send(message).is_err()
                {
                    // Nobody listens when the app ended first.
                    let _ = to.send(Msg::Gone);
                    return;
                }
            }
        }
        let _ = to.send(Msg::Gone);
    });
}

/// What the terminal sent.
enum Input {
    /// So many bytes.
    Bytes(usize),
    /// Nothing, for as long as was waited.
    Silence,
    /// It is gone.
    End,
}

fn next(piece: &mut [u8], patience: Option<Duration>) -> Input {
    loop {
        let patience = patience.and_then(|wait| Timespec::try_from(wait).ok());
        let mut input = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
        match poll(&mut input, patience.as_ref()) {
            Ok(0) => return Input::Silence,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return Input::End,
        }
        match rustix::io::read(stdin(), &mut *piece) {
            Ok(0) => return Input::End,
            Ok(length) => return Input::Bytes(length),
            Err(Errno::INTR | Errno::AGAIN) => {}
            // Also what a session gets that lost its terminal without being told.
            Err(_) => return Input::End,
        }
    }
}

/// True when nobody is at the other side any more, whatever still waits to be read.
fn is_hung_up() -> bool {
    let mut input = [PollFd::from_borrowed_fd(stdin(), PollFlags::empty())];
    poll(&mut input, Some(&Timespec::default())).is_ok()
        && input
            .iter()
            .any(|input| input.revents().intersects(PollFlags::HUP | PollFlags::ERR))
}
