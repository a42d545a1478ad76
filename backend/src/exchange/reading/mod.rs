//! Reads files row by row: CSV in any of its forms, and XLSX, with limits on everything a file can make
//! us hold in memory.
//!
//! [`survey`] makes one pass and answers the facts; [`each_row`] makes another by those facts and hands
//! out the rows. Both block: call them on a thread for blocking work.

mod decode;
mod guard;
mod sheet;
mod table;
#[cfg(test)]
mod tests;

use shared::error::ErrorCode;
use shared::exchange::facts::{Collector, FileFacts};
use shared::exchange::{Delimiter, Encoding, FileFormat, MAX_COLUMNS, MAX_ROWS, header};
use sheet::Workbook;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

/// A row of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: i64,
    /// Its cells, cleaned of surrounding blanks; as many as the row has.
    pub cells: Vec<String>,
    /// Whether it has fewer cells than the header, which only text files can tell.
    pub is_short: bool,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not what it should be.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// Unpacked, it is larger than allowed.
    #[error("the file is too large unpacked: {0}")]
    Bomb(&'static str),
    /// It has more rows or columns than allowed.
    #[error("the file has more than {0} {1}")]
    TooMany(u64, &'static str),
}

impl ReadError {
    /// The code clients read.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unreadable(_) => ErrorCode::UnreadableFile,
            Self::Bomb(_) => ErrorCode::FileBomb,
            Self::TooMany(..) => ErrorCode::TooManyItems,
        }
    }
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// How a file is to be read, as far as a person said.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// How its bytes are characters.
    pub encoding: Option<Encoding>,
    /// What separates its cells.
    pub delimiter: Option<Delimiter>,
    /// The sheet.
    pub sheet: Option<String>,
    /// The line of the column names.
    pub header_row: Option<u32>,
}

/// The lines among which the column names are looked for.
const HEADER_LINES: usize = 10;

/// Hands out rows until it is told to stop.
type Visit<'a> = &'a mut dyn FnMut(Row) -> Result<ControlFlow<()>, ReadError>;

/// A file that is open for reading.
enum Source<'a> {
    Text {
        path: &'a Path,
        encoding: Encoding,
        delimiter: Delimiter,
    },
    Book {
        book: Box<Workbook>,
        sheet: String,
    },
}

impl Source<'_> {
    fn visit(&mut self, visit: Visit<'_>) -> Result<(), ReadError> {
        match self {
            Self::Text {
                path,
                encoding,
                delimiter,
            } => table::visit(path, *encoding, *delimiter, visit),
            Self::Book { book, sheet } => book.visit(sheet, visit),
        }
    }
}

/// Makes one pass over a file: detects its form as far as the wish leaves that open, finds the header and
/// collects what is in its columns.
///
/// # Errors
/// When it cannot be read, or is larger than allowed in any way.
pub fn survey(path: &Path, wish: &Wish) -> Result<FileFacts, ReadError> {
    let mut facts = FileFacts {
        format: format_of(path)?,
        sheets: Vec::new(),
        sheet: None,
        encoding: None,
        delimiter: None,
        header_row: 0,
        rows: 0,
        columns: Vec::new(),
    };
    let mut source = match facts.format {
        FileFormat::Csv => {
            let encoding = match wish.encoding {
                Some(encoding) => encoding,
                None => decode::detect(path)?,
            };
            let delimiter = match wish.delimiter {
                Some(delimiter) => delimiter,
                None => table::detect_delimiter(path, encoding)?,
            };
            (facts.encoding, facts.delimiter) = (Some(encoding), Some(delimiter));
            Source::Text {
                path,
                encoding,
                delimiter,
            }
        }
        FileFormat::Xlsx => {
            let mut book = Workbook::open(path)?;
            facts.sheets = book.names();
            let sheet = match &wish.sheet {
                Some(sheet) if facts.sheets.contains(sheet) => sheet.clone(),
                Some(_) => return Err(ReadError::Unreadable("no such sheet".into())),
                None => book.likeliest()?,
            };
            facts.sheet = Some(sheet.clone());
            Source::Book {
                book: Box::new(book),
                sheet,
            }
        }
    };

    let mut head: Vec<Row> = Vec::new();
    source.visit(&mut |row| {
        head.push(row);
        let is_found = match wish.header_row {
            None => head.len() >= HEADER_LINES,
            Some(wish) => {
                head.retain(|row: &Row| row.line >= i64::from(wish));
                !head.is_empty()
            }
        };
        Ok(if is_found {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    let header = if wish.header_row.is_some() {
        head.into_iter().next()
    } else {
        header_of(head)
    };
    let header = header.ok_or_else(|| ReadError::Unreadable("there are no rows".into()))?;
    let mut names = header.cells;
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    if names.len() > MAX_COLUMNS {
        return Err(ReadError::TooMany(200, "columns"));
    }
    facts.header_row = u32::try_from(header.line).unwrap_or(1);

    let mut collector = Collector::new(&names);
    let mut rows = 0;
    source.visit(&mut |row| {
        if row.line > header.line {
            rows += 1;
            if rows > MAX_ROWS {
                return Err(ReadError::TooMany(MAX_ROWS, "rows"));
            }
            collector.add(&row.cells);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    (facts.columns, facts.rows) = collector.finish();
    Ok(facts)
}

/// Hands out the rows below the header, by facts found before, until told to stop.
///
/// # Errors
/// When the file cannot be read any more.
pub fn each_row(
    path: &Path,
    facts: &FileFacts,
    mut visit: impl FnMut(Row) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let columns = facts.columns.len();
    let is_text = facts.format == FileFormat::Csv;
    open(path, facts)?.visit(&mut |mut row| {
        if row.line <= i64::from(facts.header_row) {
            return Ok(ControlFlow::Continue(()));
        }
        row.is_short = is_text && row.cells.len() < columns;
        Ok(visit(row))
    })
}

fn open<'a>(path: &'a Path, facts: &FileFacts) -> Result<Source<'a>, ReadError> {
    Ok(match &facts.sheet {
        Some(sheet) => Source::Book {
            book: Box::new(Workbook::open(path)?),
            sheet: sheet.clone(),
        },
        None => Source::Text {
            path,
            encoding: facts.encoding.unwrap_or(Encoding::Utf8),
            delimiter: facts.delimiter.unwrap_or(Delimiter::Comma),
        },
    })
}

/// What sort of file it is, by its first bytes; a name says nothing (ASVS 5.2).
fn format_of(path: &Path) -> Result<FileFormat, ReadError> {
    let mut start = Vec::new();
    std::fs::File::open(path)?
        .take(64 * 1024)
        .read_to_end(&mut start)?;
    if start.starts_with(b"PK\x03\x04") {
        return Ok(FileFormat::Xlsx);
    }
    if start.is_empty() {
        return Err(ReadError::Unreadable("it is empty".into()));
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(ReadError::Unreadable(
            "a workbook of the old form; save it as XLSX".into(),
        ));
    }
    let is_wide = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    let odd = start
        .iter()
        .filter(|byte| **byte < 32 && !matches!(**byte, b'\t' | b'\r' | b'\n'))
        .count();
    if !is_wide && odd * 100 > start.len() {
        return Err(ReadError::Unreadable("it is not a text".into()));
    }
    Ok(FileFormat::Csv)
}

/// The line of the column names among the first ones: the one with the most familiar names, else the
/// first with more than one cell, else the first.
fn header_of(mut head: Vec<Row>) -> Option<Row> {
    let familiar = head
        .iter()
        .enumerate()
        .map(|(place, row)| (header::familiar(&row.cells), place))
        .filter(|(count, _)| *count >= 2)
        .max_by_key(|(count, place)| (*count, std::cmp::Reverse(*place)));
    let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let place = match familiar {
        Some((_, place)) => place,
        None => head.iter().position(|row| filled(row) > 1).unwrap_or(0),
    };
    (place < head.len()).then(|| head.swap_remove(place))
}
