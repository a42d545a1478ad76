//! Reads the cells of a row as the fields its columns fill.

use super::text::unescape;
use super::{DateFormat, DecimalMark, Field, ImportFile, ProblemCode, dates, numbers};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// The field.
    pub field: Field,
    /// What is wrong.
    pub code: ProblemCode,
    /// The cell.
    pub value: String,
}

/// Where a field is found in a row, and how it is written.
#[derive(Debug, Clone, Copy)]
struct Place {
    column: usize,
    format: Option<DateFormat>,
    mark: DecimalMark,
}

/// Knows in which column each field of a file is.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    places: HashMap<Field, Place>,
    columns: usize,
}

impl Layout {
    /// The layout of a file by its plan.
    #[must_use]
    pub fn of(file: &ImportFile) -> Self {
        let places = file
            .columns
            .iter()
            .enumerate()
            .filter_map(|(column, its)| {
                let place = Place {
                    column,
                    format: its.dates.as_ref().and_then(|dates| dates.format),
                    mark: its.numbers.map(|numbers| numbers.mark).unwrap_or_default(),
                };
                Some((its.field?, place))
            })
            .collect();
        Self {
            places,
            columns: file.columns.len(),
        }
    }

    /// Whether a column fills the field.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.places.contains_key(&field)
    }

    /// The number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The cell of a field; `None` when it is empty or there is no such column.
    #[must_use]
    pub fn cell<'a>(&self, cells: &'a [String], field: Field) -> Option<&'a str> {
        let place = self.places.get(&field)?;
        let cell = cells.get(place.column)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    /// A text of at most `max` characters.
    ///
    /// # Errors
    /// When it is longer, or holds characters no text may hold.
    pub fn text(
        &self,
        cells: &[String],
        field: Field,
        max: usize,
    ) -> Result<Option<String>, CellProblem> {
        let Some(cell) = self.cell(cells, field) else {
            return Ok(None);
        };
        if cell.chars().count() > max {
            return Err(problem(field, ProblemCode::TooLong, cell));
        }
        if has_control(cell) {
            return Err(problem(field, ProblemCode::UnreadableText, cell));
        }
        Ok(Some(cell.to_owned()))
    }

    /// A day from 1970 to 2199.
    ///
    /// # Errors
    /// When it cannot be read by the column's format, or lies outside.
    pub fn day(&self, cells: &[String], field: Field) -> Result<Option<NaiveDate>, CellProblem> {
        let Some(cell) = self.cell(cells, field) else {
            return Ok(None);
        };
        let format = self.places.get(&field).and_then(|place| place.format);
        let day = format.and_then(|format| dates::parse(cell, format));
        match day {
            None => Err(problem(field, ProblemCode::UnreadableDate, cell)),
            Some(day) if !(1970..2200).contains(&day.year()) => {
                Err(problem(field, ProblemCode::OutOfRange, cell))
            }
            day => Ok(day),
        }
    }

    /// A number from 0 to `max` with at most four decimals.
    ///
    /// # Errors
    /// When it cannot be read, or lies outside.
    pub fn number(
        &self,
        cells: &[String],
        field: Field,
        max: i64,
    ) -> Result<Option<Decimal>, CellProblem> {
        let number = self.signed(cells, field, max)?;
        match number {
            Some(number) if number.is_sign_negative() && !number.is_zero() => {
                let cell = self.cell(cells, field).unwrap_or_default();
                Err(problem(field, ProblemCode::OutOfRange, cell))
            }
            number => Ok(number.map(|number| number.abs())),
        }
    }

    /// A number that may be below zero, at most `max` either way, with up to four decimals.
    ///
    /// # Errors
    /// When it cannot be read, or lies outside.
    pub fn signed(
        &self,
        cells: &[String],
        field: Field,
        max: i64,
    ) -> Result<Option<Decimal>, CellProblem> {
        let Some(cell) = self.cell(cells, field) else {
            return Ok(None);
        };
        let mark = self
            .places
            .get(&field)
            .map(|place| place.mark)
            .unwrap_or_default();
        match numbers::parse(cell, mark) {
            None => Err(problem(field, ProblemCode::UnreadableNumber, cell)),
            Some(number) if number.abs() > Decimal::from(max) || number.scale() > 4 => {
                Err(problem(field, ProblemCode::OutOfRange, cell))
            }
            Some(number) => Ok(Some(number)),
        }
    }
}

/// The cells of a row as they are worked with: without surrounding blanks, and without the apostrophe
/// that kept a spreadsheet from running them.
#[must_use]
pub fn clean(cell: &str) -> String {
    // No database text holds the sign NUL; what stands for it has the row refused later.
    unescape(cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'))
        .trim()
        .replace('\0', "\u{fffd}")
}

/// Whether a text holds control characters other than line breaks and tabs, or the sign that stands for
/// bytes that were no character.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || c == char::REPLACEMENT_CHARACTER
    })
}

fn problem(field: Field, code: ProblemCode, cell: &str) -> CellProblem {
    CellProblem {
        field,
        code,
        value: cell.chars().take(200).collect(),
    }
}
