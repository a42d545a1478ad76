//! XLSX: cells streamed one by one, never a dense range, after the guard has let the file pass.

use super::{ReadError, Row, Visit, guard};
use calamine::{DataRef, Reader, Xlsx};
use shared::exchange::row::clean;
use shared::exchange::{MAX_CELLS, MAX_COLUMNS, header};
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

/// Sheets that are looked into for one with columns.
const SHEETS: usize = 20;

/// A workbook that passed the guard.
pub struct Workbook(Xlsx<BufReader<File>>);

impl Workbook {
    /// Opens a workbook; its table of strings is in memory from then on.
    ///
    /// # Errors
    /// When the file cannot be read, or is a bomb.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let file = guard::pass(path)?;
        Xlsx::new(BufReader::new(file))
            .map(Self)
            .map_err(unreadable)
    }

    /// The names of the sheets, the first hundred.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = self.0.sheet_names();
        names.truncate(100);
        names
    }

    /// The sheet whose first rows name the most columns that files have; else the first with rows.
    ///
    /// # Errors
    /// When there is none.
    pub fn likeliest(&mut self) -> Result<String, ReadError> {
        let mut best: Option<(usize, String)> = None;
        for name in self.names().into_iter().take(SHEETS) {
            let mut left = super::HEADER_LINES;
            let mut familiar = None;
            self.visit(&name, &mut |row| {
                familiar = familiar.max(Some(header::familiar(&row.cells)));
                left -= 1;
                Ok(if left == 0 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            })?;
            if let Some(count) = familiar
                && best.as_ref().is_none_or(|(most, _)| count > *most)
            {
                best = Some((count, name));
            }
        }
        best.map(|(_, name)| name)
            .ok_or_else(|| ReadError::Unreadable("no sheet has rows".into()))
    }

    /// Hands out all rows of a sheet that are not empty.
    ///
    /// # Errors
    /// When the sheet cannot be read or has too many cells.
    pub fn visit(&mut self, sheet: &str, visit: Visit<'_>) -> Result<(), ReadError> {
        let mut reader = match self.0.worksheet_cells_reader(sheet) {
            Ok(reader) => reader,
            // A sheet of charts has no cells.
            Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut row = Row::default();
        let mut width = 0;
        let mut budget = MAX_CELLS;
        loop {
            let cell = reader.next_cell().map_err(unreadable)?;
            let line = cell
                .as_ref()
                .map(|cell| i64::from(cell.get_position().0) + 1);
            if line != Some(row.line) {
                let is_empty = row.cells.iter().all(String::is_empty);
                if !is_empty && visit(std::mem::take(&mut row))? == ControlFlow::Break(()) {
                    return Ok(());
                }
                row = Row {
                    line: line.unwrap_or(0),
                    ..Row::default()
                };
                width = 0;
            }
            let Some(cell) = cell else {
                return Ok(());
            };
            let text = text_of(cell.get_value());
            if text.is_empty() {
                continue;
            }
            let column = usize::try_from(cell.get_position().1).unwrap_or(usize::MAX);
            // One place past the limit is kept, so that the row shows it has too many.
            let column = column.min(MAX_COLUMNS);
            // Cells can come twice or backwards in a broken file; the last one counts.
            if column >= width {
                let added = u64::try_from(column + 1 - width).unwrap_or(u64::MAX);
                budget = budget
                    .checked_sub(added)
                    .ok_or(ReadError::Bomb("more than 1,000,000 cells"))?;
                width = column + 1;
                row.cells.resize(width, String::new());
            }
            if let Some(place) = row.cells.get_mut(column) {
                *place = text;
            }
        }
    }
}

fn unreadable(error: calamine::XlsxError) -> ReadError {
    ReadError::Unreadable(error.to_string().chars().take(200).collect())
}

/// A cell as a text a person would have typed.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(is_true) => is_true.to_string(),
        DataRef::String(text) => clean(text),
        DataRef::SharedString(text) => clean(text),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
            }
        }
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => clean(text),
        // What a formula could not compute is left empty, as the sheet shows no value there.
        DataRef::Error(_) => String::new(),
    }
}
