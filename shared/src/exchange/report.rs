//! What a check or an import found: counts of records, and every oddity with its rows.

use super::{Field, FileKind};
use crate::id::ImportFileId;
use crate::identity::Locale;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// What became of a row with a problem.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// The row was left out; it is in the rejects.
    Error,
    /// The row is in; look at it.
    Warning,
    /// The row is in; this says how it was read.
    Note,
}

/// What is odd about a row, a value or a column. Append-only.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemCode {
    // The row is left out.
    /// A cell that must be filled is empty.
    RequiredEmpty,
    /// A day could not be read by the column's format.
    UnreadableDate,
    /// A number could not be read.
    UnreadableNumber,
    /// A value could not be matched and cannot be made.
    UnmatchedValue,
    /// A text is longer than the field allows.
    TooLong,
    /// A number or day is outside the field's range.
    OutOfRange,
    /// A text holds control characters or bytes that are no characters in the file's encoding.
    UnreadableText,
    /// The row has more cells than the file has columns.
    TooManyCells,
    /// The same external id or name came before in the same file.
    Duplicate,
    /// Another record holds the name or the external id, out of the caller's view.
    Taken,
    /// Two records have this name; choose one.
    AmbiguousName,
    /// The record may not be made or given away by the one who imports.
    NotAllowed,
    /// The open deal lacks what its stage asks, and such rows were not to be taken in (GATE-01).
    GateNotMet,

    // The row is in; look at it.
    /// The deal has no account.
    NoAccount,
    /// The deal has no day on which work began, so its history begins with the import.
    NoStartDay,
    /// The open deal has no day on which it should close.
    NoCloseDay,
    /// The won or lost deal has no day on which it closed; that stays empty.
    ClosedWithoutDay,
    /// The deal was closed before work on it began.
    DaysOutOfOrder,
    /// The open or won deal has no amount.
    NoAmount,
    /// The deal or account has no owner.
    NoOwner,
    /// The lost deal's amount is 0, which is taken as no amount.
    ZeroAmountOfLost,
    /// The lost deal has no reason; it goes in as unknown.
    NoLossReason,
    /// The parent is in no file and not among the accounts.
    UnknownParent,
    /// The parent is the account itself or one below it; left empty.
    ParentCycle,
    /// A value is taken as new, but something known looks much like it.
    LooksLike,
    /// The record is here already and differs from the row; it stays as it is.
    DiffersFromOurs,
    /// The row has fewer cells than the file has columns.
    TooFewCells,
    /// The deal has an expected profit and no amount, which says in which currency; it is left out.
    ProfitWithoutAmount,
    /// The open deal lacks what its stage asks; it stands there all the same, marked as imported (GATE-01).
    CriterionNotMet,

    // How it was read.
    /// A value was matched with one that differs in case, blanks or punctuation.
    MatchedNormalised,
    /// A value was matched with one that differs by a letter or two.
    MatchedNear,
    /// A value was mapped by a person's choice or by its meaning.
    MatchedOther,
    /// The open deal got its product's list price as amount.
    AmountFromListPrice,
    /// The column has no field and is not imported.
    ColumnLeftOut,
}

impl ProblemCode {
    /// What becomes of a row that has it.
    #[must_use]
    pub const fn severity(self) -> Severity {
        use ProblemCode as P;
        match self {
            P::RequiredEmpty
            | P::UnreadableDate
            | P::UnreadableNumber
            | P::UnmatchedValue
            | P::TooLong
            | P::OutOfRange
            | P::UnreadableText
            | P::TooManyCells
            | P::Duplicate
            | P::Taken
            | P::AmbiguousName
            | P::NotAllowed
            | P::GateNotMet => Severity::Error,
            P::NoAccount
            | P::NoStartDay
            | P::NoCloseDay
            | P::ClosedWithoutDay
            | P::DaysOutOfOrder
            | P::NoAmount
            | P::NoOwner
            | P::ZeroAmountOfLost
            | P::NoLossReason
            | P::UnknownParent
            | P::ParentCycle
            | P::LooksLike
            | P::DiffersFromOurs
            | P::TooFewCells
            | P::ProfitWithoutAmount
            | P::CriterionNotMet => Severity::Warning,
            P::MatchedNormalised
            | P::MatchedNear
            | P::MatchedOther
            | P::AmountFromListPrice
            | P::ColumnLeftOut => Severity::Note,
        }
    }

    /// The problem in words.
    #[must_use]
    pub fn title(self, locale: Locale) -> String {
        let key = format!("import.problem.{}", self.as_ref());
        rust_i18n::t!(&key, locale = locale.as_ref()).into_owned()
    }
}

/// What sort of record is counted.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the resources")]
pub enum RecordKind {
    Team,
    User,
    Product,
    Account,
    Funnel,
    Deal,
}

impl RecordKind {
    /// The kind in words.
    #[must_use]
    pub fn title(self, locale: Locale) -> String {
        let key = format!("import.record.{}", self.as_ref());
        rust_i18n::t!(&key, locale = locale.as_ref()).into_owned()
    }
}

/// What a check or an import found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Whether it was a check: nothing was written, and counts say what would be.
    pub is_dry_run: bool,
    /// Per sort of record, what was made and what was there.
    pub records: Vec<RecordCount>,
    /// Per file, what became of its rows.
    pub files: Vec<FileCount>,
    /// Every oddity, counted: errors first, then warnings, then notes; the most rows first.
    pub problems: Vec<ProblemCount>,
    /// When it was drawn up.
    pub at: DateTime<Utc>,
    /// How long the rows took.
    pub milliseconds: i64,
}

/// Counts of one sort of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordCount {
    /// The sort.
    pub kind: RecordKind,
    /// Made by this import.
    pub created: i64,
    /// Found and linked, or found unchanged.
    pub found: i64,
}

/// What became of a file's rows; the three add up to its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileCount {
    /// The file.
    pub file_id: ImportFileId,
    /// Its name.
    pub name: String,
    /// What its rows are.
    pub kind: FileKind,
    /// Rows it has.
    pub rows: i64,
    /// Rows that made a record.
    pub created: i64,
    /// Rows whose record was there.
    pub found: i64,
    /// Rows left out.
    pub rejected: i64,
}

/// One sort of oddity in one column of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemCount {
    /// The file.
    pub file_id: ImportFileId,
    /// What is odd.
    pub code: ProblemCode,
    /// What became of the rows.
    pub severity: Severity,
    /// The field it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The column's name in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The value it is about, for what concerns a value and not a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What the value was taken for, or what it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
    /// How many rows.
    pub rows: i64,
    /// The first rows of them, at most three.
    pub examples: Vec<ProblemExample>,
}

/// A row that shows a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemExample {
    /// Its line in the file, from 1, the header included.
    pub row: i64,
    /// The cell, where it is about one.
    pub value: String,
}

/// A row with a problem. Errors are all kept; of warnings and notes, the first thousand rows of each
/// sort, while the counts in the report are exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportProblem {
    /// The file.
    pub file_id: ImportFileId,
    /// Its line in the file, from 1, the header included.
    pub row: i64,
    /// What is odd.
    pub code: ProblemCode,
    /// What became of the row.
    pub severity: Severity,
    /// The field it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The column's name in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What it was taken for, or what it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
    /// The row's cells, for a row that was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_name_of_an_import_has_words_in_both_languages() {
        for locale in [Locale::ZhCn, Locale::En] {
            let problems = ProblemCode::iter().map(|code| code.title(locale));
            let fields = Field::iter().map(|field| field.title(locale));
            let kinds = FileKind::iter().map(|kind| kind.title(locale));
            let records = RecordKind::iter().map(|kind| kind.title(locale));
            for text in problems.chain(fields).chain(kinds).chain(records) {
                assert!(
                    !text.is_empty() && !text.contains("import."),
                    "{locale:?}: {text}"
                );
            }
        }
    }
}
