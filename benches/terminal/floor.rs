//! The floor: the least that a data-entry grid on ratatui and redb costs. One durable commit per
//! cell and no feature. A probe to measure against, nothing to build on.

use std::path::Path;

use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode};
use ratatui::style::{Modifier, Style};
use redb::{Database, TableDefinition};

const TABLE: TableDefinition<'_, &[u8], i64> = TableDefinition::new("v");
const ROWS: usize = 60;
const COLUMNS: usize = 10;
/// What the first whole frame shows.
pub(crate) const READY: &str = "row-21";

struct Grid {
    cells: Vec<[String; COLUMNS]>,
    row: usize,
    column: usize,
    edit: Option<String>,
    database: Database,
}

impl Grid {
    fn commit(&mut self) -> Result<(), redb::Error> {
        if let Some(text) = self.edit.take() {
            let write = self.database.begin_write()?;
            {
                let mut table = write.open_table(TABLE)?;
                let key = [self.row.to_be_bytes(), self.column.to_be_bytes()].concat();
                table.insert(key.as_slice(), text.parse().unwrap_or(0))?;
            }
            write.commit()?;
            if let Some(cell) = self.cells.get_mut(self.row) {
                cell[self.column] = text;
            }
        }
        self.row = (self.row + 1) % ROWS;
        Ok(())
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let rows = usize::from(frame.area().height).saturating_sub(2);
        let top = self.row.saturating_sub(rows.saturating_sub(1));
        let buffer = frame.buffer_mut();
        for (y, row) in (top..ROWS).take(rows).enumerate() {
            let line = u16::try_from(y + 1).unwrap_or(0);
            buffer.set_string(0, line, format!("row-{row}"), Style::new());
            for (column, text) in self.cells[row].iter().enumerate() {
                let here = row == self.row && column == self.column;
                let text = match (&self.edit, here) {
                    (Some(edit), true) => edit,
                    _ => text,
                };
                let style = if here {
                    Style::new().add_modifier(Modifier::REVERSED)
                } else {
                    Style::new()
                };
                let x = u16::try_from(10 + 7 * column).unwrap_or(0);
                buffer.set_string(x, line, format!("{text:>6}"), style);
            }
        }
    }
}

/// Runs until Ctrl+Q or a kill.
pub(crate) fn run(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = redb::Builder::new();
    let database = builder.set_cache_size(8 << 20).create(path)?;
    let write = database.begin_write()?;
    write.open_table(TABLE)?;
    write.commit()?;
    let mut grid = Grid {
        cells: vec![std::array::from_fn(|_| String::new()); ROWS],
        row: 0,
        column: 0,
        edit: None,
        database,
    };
    let mut terminal = ratatui::init();
    loop {
        terminal.draw(|frame| grid.draw(frame))?;
        if let Event::Key(key) = event::read()? {
            match key.code {
                KeyCode::Char('q') => break,
                KeyCode::Char(c) => grid.edit.get_or_insert_default().push(c),
                KeyCode::Enter => grid.commit()?,
                _ => {}
            }
        }
    }
    ratatui::restore();
    Ok(())
}
