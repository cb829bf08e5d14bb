//! Lists with a cursor that stays on its item, whatever happens to the list.

use super::command::Command;
use super::text_line::TextLine;

/// How far a command moves a list's cursor; pages are ten lines, which fits every size.
pub fn step_of(command: Command) -> Option<isize> {
    match command {
        Command::ListUp => Some(-1),
        Command::ListDown => Some(1),
        Command::ListPageUp => Some(-10),
        Command::ListPageDown => Some(10),
        Command::ListHome => Some(isize::MIN / 2),
        Command::ListEnd => Some(isize::MAX / 2),
        _ => None,
    }
}

/// Carries a text command out on a line; false for any other command.
pub fn edit_line(line: &mut TextLine, command: Command) -> bool {
    match command {
        Command::LineLeft => line.left(),
        Command::LineRight => line.right(),
        Command::LineHome => line.home(),
        Command::LineEnd => line.end(),
        Command::LineBackspace => line.backspace(),
        Command::LineDelete => line.delete(),
        Command::LineWordLeft => line.word_left(),
        Command::LineWordRight => line.word_right(),
        Command::LineDeleteWord => line.delete_word(),
        Command::LineClear => line.clear(),
        _ => return false,
    }
    true
}

/// The cursor of a list: it knows its item, so that a list that is sorted anew or grows above it
/// leaves it where it was.
#[derive(Clone, Debug)]
pub struct ListCursor<K> {
    item: Option<K>,
    position: usize,
}

impl<K> Default for ListCursor<K> {
    fn default() -> Self {
        Self {
            item: None,
            position: 0,
        }
    }
}

impl<K: PartialEq> ListCursor<K> {
    /// Its position in the list as it was last settled.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The item that the cursor is on, as it was last settled.
    pub fn item(&self) -> Option<&K> {
        self.item.as_ref()
    }

    /// Moves by so many items, staying on the list.
    pub fn step(&mut self, by: isize, items: impl Iterator<Item = K>) {
        let mut items: Vec<K> = items.collect();
        let last = items.len().saturating_sub(1);
        self.position = self.position.saturating_add_signed(by).min(last);
        self.item = (!items.is_empty()).then(|| items.swap_remove(self.position));
    }

    /// Puts the cursor on an item.
    pub fn select(&mut self, position: usize, item: K) {
        self.position = position;
        self.item = Some(item);
    }

    /// Finds the item again in a list that has changed. Where it is gone, the cursor stays at its
    /// position.
    pub fn settle(&mut self, items: impl Iterator<Item = K>) {
        let items: Vec<K> = items.collect();
        let found = self
            .item
            .as_ref()
            .and_then(|item| items.iter().position(|other| other == item));
        if let Some(found) = found {
            self.position = found;
        } else {
            self.item = None;
            self.step(0, items.into_iter());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_on_its_item_when_the_list_is_sorted_anew() {
        let mut cursor = ListCursor::default();
        cursor.settle(["a", "b", "c"].into_iter());
        cursor.step(1, ["a", "b", "c"].into_iter());
        cursor.settle(["b", "c", "a"].into_iter());
        assert_eq!((cursor.item(), cursor.position()), (Some(&"b"), 0));
        cursor.settle(["c", "a"].into_iter());
        assert_eq!(
            cursor.item(),
            Some(&"c"),
            "gone: what stands in its position"
        );
        cursor.settle(std::iter::empty());
        assert_eq!(cursor.item(), None);
    }
}
