//! The terminal: raw mode with a guard, events to messages, frames to bytes, the store's thread.

pub mod backend;
mod guard;
pub mod input;
pub mod output;
pub mod presence_file;
pub mod run;
mod signals;

use crate::app::message::Size;

/// The largest size that is drawn; a window that claims to be larger is drawn on as if it were so
/// large, whatever that costs a terminal to claim.
const LARGEST: Size = Size {
    width: 500,
    height: 300,
};

/// The size to draw on now; 80x24 where the terminal does not say.
pub fn size() -> Size {
    let said = crossterm::terminal::size().unwrap_or_default();
    drawn_size(said.0, said.1)
}

/// The size to draw on in a terminal that says it has so many columns and rows.
fn drawn_size(width: u16, height: u16) -> Size {
    if width == 0 || height == 0 {
        return Size {
            width: 80,
            height: 24,
        };
    }
    Size {
        width: width.min(LARGEST.width),
        height: height.min(LARGEST.height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_size_is_drawn_that_no_window_has() {
        let drawn = |width, height| {
            let size = drawn_size(width, height);
            (size.width, size.height)
        };
        assert_eq!(drawn(120, 40), (120, 40));
        assert_eq!(drawn(1, 1), (1, 1));
        assert_eq!(drawn(0, 24), (80, 24));
        assert_eq!(drawn(1_500, 1_500), (500, 300));
        assert_eq!(drawn(u16::MAX, 2), (500, 2));
    }
}
