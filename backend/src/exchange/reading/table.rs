//! CSV: records of any width, with quotes, line breaks in cells, and a limit on how long one may be.

use super::decode::Decoding;
use super::{ReadError, Row, Visit};
use shared::exchange::row::clean;
use shared::exchange::{Delimiter, Encoding, facts};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

/// The longest record; a quote that is never closed would make one of the whole file.
const MAX_RECORD: usize = 1024 * 1024;
/// The most cells of a record that are looked at.
const MAX_CELLS: usize = 1_000;

/// The delimiter that the first lines are cut by best.
///
/// # Errors
/// When the file cannot be read.
pub fn detect_delimiter(path: &Path, encoding: Encoding) -> Result<Delimiter, ReadError> {
    let mut start = Vec::new();
    Decoding::new(File::open(path)?, encoding)
        .take(64 * 1024)
        .read_to_end(&mut start)?;
    let text = String::from_utf8_lossy(&start);
    let lines: Vec<&str> = text.lines().take(20).collect();
    Ok(facts::delimiter(&lines))
}

/// Hands out all records that are not empty.
///
/// # Errors
/// When the file cannot be read or a record is too long.
pub fn visit(
    path: &Path,
    encoding: Encoding,
    delimiter: Delimiter,
    visit: Visit<'_>,
) -> Result<(), ReadError> {
    let passed = Rc::new(RefCell::new(Passed::default()));
    let decoding = Watched {
        inner: Decoding::new(File::open(path)?, encoding),
        passed: Rc::clone(&passed),
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.byte())
        .buffer_capacity(32 * 1024)
        .from_reader(decoding);
    let mut record = csv::StringRecord::new();
    loop {
        passed.borrow_mut().left = MAX_RECORD;
        let has_record = reader.read_record(&mut record).map_err(|error| {
            ReadError::Unreadable(match error.into_kind() {
                csv::ErrorKind::Io(error) => error.to_string(),
                _ => "a record is broken".to_owned(),
            })
        })?;
        if !has_record {
            return Ok(());
        }
        let start = record.position().map_or(0, csv::Position::byte);
        let line = passed.borrow_mut().line_of(start, reader.position().byte());
        let row = Row {
            line: i64::try_from(line).unwrap_or(i64::MAX),
            cells: record.iter().take(MAX_CELLS).map(clean).collect(),
            is_short: false,
        };
        if row.cells.iter().all(String::is_empty) {
            continue;
        }
        if visit(row)? == ControlFlow::Break(()) {
            return Ok(());
        }
    }
}

/// What passed through on the way to the reader of records, which itself counts the empty lines before a
/// record to it.
#[derive(Default)]
struct Passed {
    /// Bytes that may still pass before the record must end.
    left: usize,
    offset: u64,
    /// Where lines ended that no record was found for yet, and by which sign.
    breaks: VecDeque<(u64, u8)>,
    lines: u64,
}

impl Passed {
    /// The line on which the record between two places begins, from 1.
    fn line_of(&mut self, mut start: u64, end: u64) -> u64 {
        while self.breaks.front().is_some_and(|(at, _)| *at <= start) {
            start = start.max(self.pass() + 1);
        }
        let line = self.lines + 1;
        while self.breaks.front().is_some_and(|(at, _)| *at < end) {
            self.pass();
        }
        line
    }

    /// Passes one end of a line; a carriage return before a line feed is not one of its own.
    fn pass(&mut self) -> u64 {
        let Some((at, sign)) = self.breaks.pop_front() else {
            return 0;
        };
        let is_first_half = sign == b'\r' && self.breaks.front() == Some(&(at + 1, b'\n'));
        self.lines += u64::from(!is_first_half);
        at
    }
}

/// Lets bytes through and watches them.
struct Watched<R> {
    inner: R,
    passed: Rc<RefCell<Passed>>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut passed = self.passed.borrow_mut();
        if passed.left == 0 {
            return Err(io::Error::other(
                "a record is longer than 1 MiB; a quote may be open",
            ));
        }
        let count = self.inner.read(out)?;
        for byte in out.iter().take(count) {
            if matches!(byte, b'\r' | b'\n') {
                let at = passed.offset;
                passed.breaks.push_back((at, *byte));
            }
            passed.offset += 1;
        }
        passed.left = passed.left.saturating_sub(count);
        Ok(count)
    }
}
