//! What one pass over a file's rows finds out, kept so that choices can be weighed without reading again.

use super::dates::DateFacts;
use super::numbers::NumberFacts;
use super::{Delimiter, Encoding, FileFormat, MAX_COLUMNS};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Different values that are kept per column, with their counts.
const MAX_VALUES: usize = 2_000;
/// The longest value that is kept whole.
const MAX_VALUE: usize = 200;
/// Bytes of values that are kept per file.
const MAX_BYTES: usize = 512 * 1024;
/// Samples that are shown per column.
const SAMPLES: usize = 5;

/// How a file was read and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// CSV or XLSX.
    pub format: FileFormat,
    /// The sheets of a workbook.
    pub sheets: Vec<String>,
    /// The sheet that was read.
    pub sheet: Option<String>,
    /// How its bytes are characters.
    pub encoding: Option<Encoding>,
    /// What separates its cells.
    pub delimiter: Option<Delimiter>,
    /// The line of the column names, from 1.
    pub header_row: u32,
    /// Rows below it that are not empty.
    pub rows: i64,
    /// Its columns.
    pub columns: Vec<ColumnFacts>,
}

impl FileFacts {
    /// The names of its columns.
    #[must_use]
    pub fn headers(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.header.clone())
            .collect()
    }
}

/// What is in a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFacts {
    /// Its name; the letter of a spreadsheet when the file gives none.
    pub header: String,
    /// Rows with a value.
    pub filled: i64,
    /// Its different values with their counts, in order of appearance; absent when there are too many.
    pub values: Option<Vec<(String, i64)>>,
    /// The first different values.
    pub samples: Vec<String>,
    /// What it tells about days.
    pub dates: DateFacts,
    /// What it tells about numbers.
    pub numbers: NumberFacts,
}

/// Collects the facts of a file row by row.
#[derive(Debug, Default)]
pub struct Collector {
    columns: Vec<ColumnFacts>,
    places: Vec<HashMap<String, usize>>,
    bytes: usize,
    rows: i64,
}

impl Collector {
    /// A collector for columns of these names.
    #[must_use]
    pub fn new(headers: &[String]) -> Self {
        let columns: Vec<ColumnFacts> = headers
            .iter()
            .take(MAX_COLUMNS)
            .enumerate()
            .map(|(index, header)| ColumnFacts {
                header: match header.trim() {
                    "" => letters(index),
                    name => name.to_owned(),
                },
                values: Some(Vec::new()),
                ..ColumnFacts::default()
            })
            .collect();
        Self {
            places: vec![HashMap::new(); columns.len()],
            columns,
            ..Self::default()
        }
    }

    /// Takes a row in.
    pub fn add(&mut self, cells: &[String]) {
        self.rows += 1;
        for ((column, places), cell) in self.columns.iter_mut().zip(&mut self.places).zip(cells) {
            if cell.is_empty() {
                continue;
            }
            column.filled += 1;
            column.dates.add(cell);
            column.numbers.add(cell);
            let Some(values) = &mut column.values else {
                continue;
            };
            if let Some(count) = places
                .get(cell.as_str())
                .and_then(|place| values.get_mut(*place))
            {
                count.1 += 1;
                continue;
            }
            if column.samples.len() < SAMPLES {
                column.samples.push(cell.chars().take(MAX_VALUE).collect());
            }
            let is_too_much = values.len() >= MAX_VALUES
                || cell.len() > MAX_VALUE * 4
                || self.bytes + cell.len() > MAX_BYTES;
            if is_too_much {
                self.bytes -= values.iter().map(|(value, _)| value.len()).sum::<usize>();
                column.values = None;
                *places = HashMap::new();
                continue;
            }
            self.bytes += cell.len();
            places.insert(cell.clone(), values.len());
            values.push((cell.clone(), 1));
        }
    }

    /// The columns and the number of rows.
    #[must_use]
    pub fn finish(self) -> (Vec<ColumnFacts>, i64) {
        (self.columns, self.rows)
    }
}

/// The letters a spreadsheet gives a column.
#[must_use]
pub fn letters(index: usize) -> String {
    let mut left = index + 1;
    let mut name = Vec::new();
    while left > 0 {
        left -= 1;
        let letter = u8::try_from(left % 26).unwrap_or(0);
        name.push(char::from(b'A' + letter));
        left /= 26;
    }
    name.into_iter().rev().collect()
}

/// The delimiter that cuts these lines into the most columns of equal number.
#[must_use]
pub fn delimiter(lines: &[&str]) -> Delimiter {
    use strum::IntoEnumIterator;

    let score = |delimiter: Delimiter| {
        let counts: Vec<usize> = lines
            .iter()
            .filter(|line| !line.trim().is_empty())
            .map(|line| cuts(line, char::from(delimiter.byte())))
            .collect();
        let first = counts.first().copied().unwrap_or(0);
        let alike = counts.iter().filter(|count| **count == first).count();
        // Lines that agree count most, then the number of columns.
        if first == 0 {
            (0, 0)
        } else {
            (alike * 100 / counts.len().max(1), first)
        }
    };
    let mut best = (Delimiter::Comma, (0, 0));
    for delimiter in Delimiter::iter() {
        let its = score(delimiter);
        if its > best.1 {
            best = (delimiter, its);
        }
    }
    best.0
}

/// How often a character stands outside quotes.
fn cuts(line: &str, delimiter: char) -> usize {
    let mut is_quoted = false;
    line.chars()
        .filter(|c| {
            if *c == '"' {
                is_quoted = !is_quoted;
            }
            *c == delimiter && !is_quoted
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_delimiter_is_the_one_that_makes_columns() {
        let detect = |text: &str| delimiter(&text.lines().collect::<Vec<_>>());
        assert_eq!(detect("a,b,c\n1,2,3"), Delimiter::Comma);
        assert_eq!(detect("a;b;c\n1,5;2,5;3"), Delimiter::Semicolon);
        assert_eq!(detect("a\tb\nx, y\tz"), Delimiter::Tab);
        assert_eq!(detect("a|b\n1|2"), Delimiter::Pipe);
        assert_eq!(detect("\"a;b\",c\n\"1;2\",3"), Delimiter::Comma);
        assert_eq!(detect("name\nAcme"), Delimiter::Comma);
    }

    #[test]
    fn columns_without_a_name_get_letters() {
        assert_eq!(letters(0), "A");
        assert_eq!(letters(25), "Z");
        assert_eq!(letters(26), "AA");
        assert_eq!(letters(16_383), "XFD");
    }

    #[test]
    fn values_are_counted_until_they_are_too_many() {
        let mut collector = Collector::new(&["stage".into(), "id".into()]);
        for index in 0..3_000 {
            let stage = if index % 3 == 0 { "Won" } else { "Lost" };
            collector.add(&[stage.into(), index.to_string()]);
        }
        let (columns, rows) = collector.finish();
        assert_eq!(rows, 3_000);
        assert_eq!(
            columns[0].values,
            Some(vec![("Won".into(), 1_000), ("Lost".into(), 2_000)])
        );
        assert_eq!(
            (columns[1].values.as_ref(), columns[1].filled),
            (None, 3_000)
        );
        assert_eq!(columns[1].samples, ["0", "1", "2", "3", "4"]);
    }

    proptest! {
        #[test]
        fn any_rows_are_collected_without_panic(rows in prop::collection::vec(prop::collection::vec(".{0,12}", 0..6), 0..30)) {
            let mut collector = Collector::new(&["a".into(), String::new(), "c".into()]);
            for row in &rows {
                collector.add(row);
            }
            let (columns, count) = collector.finish();
            prop_assert_eq!(count, i64::try_from(rows.len()).unwrap());
            for (index, column) in columns.iter().enumerate() {
                let filled = rows.iter().filter(|row| row.get(index).is_some_and(|cell| !cell.is_empty())).count();
                prop_assert_eq!(column.filled, i64::try_from(filled).unwrap());
                let counted: i64 = column.values.iter().flatten().map(|(_, count)| *count).sum();
                prop_assert_eq!(counted, column.filled);
            }
        }
    }
}
