//! One program in a pseudo terminal of 80x24, watched from outside.

use std::io::{Read, Write};
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

/// A frame has ended when nothing came for so long; the wait is not counted.
const QUIET: Duration = Duration::from_millis(20);
/// Longest wait for a frame that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A chunk the program wrote, and when it was there.
struct Chunk {
    at: Instant,
    bytes: Vec<u8>,
}

/// A running program.
pub(crate) struct Session {
    pty: Arc<Pty>,
    child: Child,
    chunks: Receiver<Chunk>,
    begun: Instant,
}

/// What one key cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// From the write of the key to the last byte of its frame.
    pub(crate) time: Duration,
    /// What was written to the terminal.
    pub(crate) bytes: usize,
}

impl Session {
    /// Starts a program.
    pub(crate) fn start(
        program: &str,
        words: &[&str],
        env: &[(&str, &str)],
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let (pty, pts) = open()?;
        pty.resize(Size::new(24, 80))?;
        let pty = Arc::new(pty);
        let reader = Arc::clone(&pty);
        let (to, chunks) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(length) = (&*reader).read(&mut buffer) {
                let chunk = Chunk {
                    at: Instant::now(),
                    bytes: buffer.get(..length).unwrap_or_default().to_vec(),
                };
                if length == 0 || to.send(chunk).is_err() {
                    return;
                }
            }
        });
        let begun = Instant::now();
        let child = Command::new(program)
            .args(words)
            .env("TERM", "xterm-256color")
            .envs(env.iter().copied())
            .spawn(pts)?;
        Ok(Self {
            pty,
            child,
            chunks,
            begun,
        })
    }

    /// From the start to the chunk that makes this text complete.
    pub(crate) fn until(&self, text: &str) -> Result<Duration, Box<dyn std::error::Error>> {
        let mut seen = Vec::new();
        loop {
            let chunk = self.chunks.recv_timeout(PATIENCE)?;
            seen.extend(chunk.bytes);
            if String::from_utf8_lossy(&seen).contains(text) {
                return Ok(chunk.at.duration_since(self.begun));
            }
        }
    }

    /// Waits until the program has nothing more to say.
    pub(crate) fn settle(&self) {
        while self.chunks.recv_timeout(QUIET * 3).is_ok() {}
    }

    /// Presses keys and waits for the frame.
    pub(crate) fn press(&self, keys: &[u8]) -> Result<Cost, Box<dyn std::error::Error>> {
        let begin = Instant::now();
        (&*self.pty).write_all(keys)?;
        let mut cost = Cost::default();
        loop {
            match self.chunks.recv_timeout(QUIET) {
                Ok(chunk) => {
                    cost.time = chunk.at.duration_since(begin);
                    cost.bytes += chunk.bytes.len();
                }
                Err(RecvTimeoutError::Timeout) if begin.elapsed() > PATIENCE || cost.bytes > 0 => {
                    return Ok(cost);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err("the program ended".into()),
            }
        }
    }

    /// Bytes written and CPU time spent while nobody types.
    pub(crate) fn idle(&self, span: Duration) -> (usize, Duration) {
        let (before, begin) = (self.cpu(), Instant::now());
        let mut bytes = 0;
        while let Some(left) = span.checked_sub(begin.elapsed()) {
            if let Ok(chunk) = self.chunks.recv_timeout(left) {
                bytes += chunk.bytes.len();
            }
        }
        (bytes, self.cpu().saturating_sub(before))
    }

    /// CPU time of all its threads so far.
    pub(crate) fn cpu(&self) -> Duration {
        let folder = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let nanos = tasks.filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanos.sum())
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmRSS:"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
            .unwrap_or(0)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Killed as a power cut would: the next start begins from what is on the disk.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
