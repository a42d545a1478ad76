//! Counts what becomes of rows and what is odd about them; kept in the checkpoint, so that a report
//! counts every row once whatever happened in between.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::exchange::{
    Field, FileCount, FileKind, ImportProblem, ImportReport, ProblemCode, ProblemCount,
    ProblemExample, RecordCount, RecordKind,
};
use shared::id::ImportFileId;
use std::collections::{BTreeMap, HashMap};

/// Rows of a sort that are kept one by one, where the row is in.
const KEPT: i64 = 1_000;
/// Values that are counted apart, per sort of problem.
const VALUES: usize = 200;
/// Rows that are shown as examples.
const EXAMPLES: usize = 3;
/// The longest value that is shown.
const SHOWN: usize = 200;

/// What a problem is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    file: ImportFileId,
    code: ProblemCode,
    field: Option<Field>,
    column: Option<String>,
    value: Option<String>,
    taken: Option<String>,
}

/// The counts of an import.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    problems: Vec<ProblemCount>,
    records: BTreeMap<RecordKind, (i64, i64)>,
    files: Vec<FileCount>,
    milliseconds: i64,
    #[serde(skip)]
    places: HashMap<Key, usize>,
    #[serde(skip)]
    values: HashMap<(ImportFileId, ProblemCode), usize>,
    #[serde(skip)]
    pending: Vec<ImportProblem>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It made a record.
    Created,
    /// Its record was there.
    Found,
    /// It was left out.
    Rejected,
}

/// Something odd about a row.
#[derive(Debug, Clone, Default)]
pub struct Oddity {
    /// The field.
    pub field: Option<Field>,
    /// The column.
    pub column: Option<String>,
    /// The cell.
    pub value: Option<String>,
    /// What it was taken for.
    pub taken: Option<String>,
}

impl Tally {
    /// Makes ready after reading from a checkpoint.
    pub fn restore(&mut self) {
        self.places.clear();
        self.values.clear();
        for (place, count) in self.problems.iter().enumerate() {
            if count.value.is_some() {
                *self.values.entry((count.file_id, count.code)).or_default() += 1;
            }
            self.places.insert(
                Key {
                    file: count.file_id,
                    code: count.code,
                    field: count.field,
                    column: count.column.clone(),
                    value: count.value.clone(),
                    taken: count.taken.clone(),
                },
                place,
            );
        }
    }

    /// Counts a problem of a row; `cells` are those of a row that is left out.
    pub fn problem(
        &mut self,
        file: ImportFileId,
        line: i64,
        code: ProblemCode,
        oddity: Oddity,
        cells: Option<&[String]>,
    ) {
        let rows = 1;
        let so_far = self.count(file, line, code, &oddity, rows);
        let severity = code.severity();
        let is_kept = severity == shared::exchange::Severity::Error || so_far <= KEPT;
        if is_kept {
            self.pending.push(ImportProblem {
                file_id: file,
                row: line,
                code,
                severity,
                field: oddity.field,
                column: oddity.column,
                value: oddity.value.map(|value| short(&value)),
                taken: oddity.taken.map(|taken| short(&taken)),
                cells: cells.map(<[String]>::to_vec),
            });
        }
    }

    /// Counts a problem that concerns many rows at once, such as a column, and answers of how many rows it is
    /// now.
    pub fn count(
        &mut self,
        file: ImportFileId,
        line: i64,
        code: ProblemCode,
        oddity: &Oddity,
        rows: i64,
    ) -> i64 {
        let key = self.key(file, code, oddity);
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => {
                if key.value.is_some() {
                    *self.values.entry((file, code)).or_default() += 1;
                }
                self.problems.push(ProblemCount {
                    file_id: file,
                    code,
                    severity: code.severity(),
                    field: key.field,
                    column: key.column.clone(),
                    value: key.value.clone(),
                    taken: key.taken.clone(),
                    rows: 0,
                    examples: Vec::new(),
                });
                self.places.insert(key, self.problems.len() - 1);
                self.problems.len() - 1
            }
        };
        let Some(count) = self.problems.get_mut(place) else {
            return 0;
        };
        count.rows += rows;
        if count.examples.len() < EXAMPLES {
            count.examples.push(ProblemExample {
                row: line,
                value: oddity.value.as_deref().map(short).unwrap_or_default(),
            });
        }
        count.rows
    }

    /// Problems of values are counted value by value, until there are too many.
    fn key(&self, file: ImportFileId, code: ProblemCode, oddity: &Oddity) -> Key {
        use ProblemCode as P;
        let is_of_value = matches!(
            code,
            P::MatchedNormalised
                | P::MatchedNear
                | P::MatchedOther
                | P::LooksLike
                | P::UnmatchedValue
                | P::UnknownParent
                | P::AmbiguousName
                | P::NotAllowed
                | P::GateNotMet
                | P::CriterionNotMet
        );
        let mut key = Key {
            file,
            code,
            field: oddity.field,
            column: oddity.column.clone(),
            value: oddity.value.as_deref().filter(|_| is_of_value).map(short),
            taken: oddity.taken.as_deref().filter(|_| is_of_value).map(short),
        };
        let known = self.values.get(&(file, code)).copied().unwrap_or(0);
        if known >= VALUES && !self.places.contains_key(&key) {
            key.value = None;
            key.taken = None;
        }
        key
    }

    /// Counts records of a sort that were made or found.
    pub fn records(&mut self, kind: RecordKind, created: i64, found: i64) {
        let count = self.records.entry(kind).or_default();
        count.0 += created;
        count.1 += found;
    }

    /// Counts what became of a row of a file.
    pub fn row(&mut self, id: ImportFileId, name: &str, kind: FileKind, became: Became) {
        let count = match self.files.iter_mut().find(|file| file.file_id == id) {
            Some(count) => count,
            None => {
                self.files.push(FileCount {
                    file_id: id,
                    name: name.to_owned(),
                    kind,
                    rows: 0,
                    created: 0,
                    found: 0,
                    rejected: 0,
                });
                let Some(count) = self.files.last_mut() else {
                    return;
                };
                count
            }
        };
        count.rows += 1;
        match became {
            Became::Created => count.created += 1,
            Became::Found => count.found += 1,
            Became::Rejected => count.rejected += 1,
        }
    }

    /// Rows that are dealt with in all files.
    #[must_use]
    pub fn rows_done(&self) -> i64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Adds time spent.
    pub fn spent(&mut self, time: std::time::Duration) {
        self.milliseconds += i64::try_from(time.as_millis()).unwrap_or(0);
    }

    /// The problems since the last time, to be stored.
    pub fn take_pending(&mut self) -> Vec<ImportProblem> {
        std::mem::take(&mut self.pending)
    }

    /// The report.
    #[must_use]
    pub fn report(&self, is_dry_run: bool, at: DateTime<Utc>) -> ImportReport {
        let mut problems = self.problems.clone();
        problems.sort_by(|one, other| {
            (one.severity, -one.rows, one.code, &one.column, &one.value).cmp(&(
                other.severity,
                -other.rows,
                other.code,
                &other.column,
                &other.value,
            ))
        });
        ImportReport {
            is_dry_run,
            records: self
                .records
                .iter()
                .map(|(kind, (created, found))| RecordCount {
                    kind: *kind,
                    created: *created,
                    found: *found,
                })
                .collect(),
            files: self.files.clone(),
            problems,
            at,
            milliseconds: self.milliseconds,
        }
    }
}

fn short(text: &str) -> String {
    // No more bytes, no more characters.
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn counts_go_on_after_a_checkpoint_as_if_nothing_had_happened() {
        let file = ImportFileId(Uuid::from_u128(1));
        let oddity = |value: &str| Oddity {
            field: Some(Field::Product),
            value: Some(value.to_owned()),
            taken: Some("GTX Pro".to_owned()),
            ..Oddity::default()
        };
        let count = |tally: &mut Tally, from: i64, to: i64| {
            for line in from..to {
                tally.problem(
                    file,
                    line,
                    ProblemCode::MatchedNormalised,
                    oddity("GTXPro"),
                    None,
                );
                tally.problem(file, line, ProblemCode::NoAccount, Oddity::default(), None);
                tally.problem(
                    file,
                    line,
                    ProblemCode::UnmatchedValue,
                    oddity(&line.to_string()),
                    Some(&[]),
                );
            }
        };
        let mut whole = Tally::default();
        count(&mut whole, 0, 1_500);
        let mut first = Tally::default();
        count(&mut first, 0, 700);
        let mut second: Tally =
            serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
        second.restore();
        count(&mut second, 700, 1_500);
        let at = DateTime::UNIX_EPOCH;
        assert_eq!(whole.report(false, at), second.report(false, at));
        let report = whole.report(false, at);
        assert_eq!(report.problems.iter().map(|p| p.rows).sum::<i64>(), 4_500);
        // Errors are all kept, the others up to a limit.
        let kept = whole.take_pending();
        assert_eq!(kept.iter().filter(|p| p.cells.is_some()).count(), 1_500);
        assert_eq!(
            kept.iter()
                .filter(|p| p.code == ProblemCode::NoAccount)
                .count(),
            1_000
        );
    }
}
