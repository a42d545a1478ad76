//! An import: a job that reads files, asks what is unclear, checks, and writes.

use super::{FunnelChoice, ImportFile, ImportReport, MissingAmount, UnmetCriteria, ValueMapping};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{ImportId, UserId};
use crate::money::Currency;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// Where an import stands.
///
/// `draft` → (`checking` → `checked`) → `queued` → `running` → `done`, `failed` or `cancelled`.
/// Every change of files or choices leads back to `draft`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ImportState {
    /// Files are added and choices made.
    Draft,
    /// A dry run is under way.
    Checking,
    /// The dry run is done; its report is there.
    Checked,
    /// Waits for its turn.
    Queued,
    /// Rows are being written.
    Running,
    /// All rows are in or reported.
    Done,
    /// It ended early through a fault of ours; what is in stays in and is not imported twice.
    Failed,
    /// A person ended it; what is in stays in and is not imported twice.
    Cancelled,
}

impl ImportState {
    /// Whether files and choices may change.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Checked)
    }

    /// Whether the server is at work, so that asking again makes sense.
    #[must_use]
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Checking | Self::Queued | Self::Running)
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// An import in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportHead {
    /// Its id.
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// The names of its files.
    pub file_names: Vec<String>,
    /// Who made it.
    pub created_by: UserId,
    /// Their name.
    pub created_by_name: Option<String>,
    /// How far the check or the import has come.
    pub progress: ImportProgress,
    /// Why it failed, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<ErrorCode>,
    /// Counts up with every change, progress included; also the `ETag`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When writing began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// How far the check or the import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportProgress {
    /// Rows that are dealt with.
    pub rows_done: i64,
    /// Rows in all files.
    pub rows_total: i64,
}

/// An import with all there is to see and choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Import {
    /// State, progress, times.
    #[serde(flatten)]
    pub head: ImportHead,
    /// The system the files come from; external ids are kept under this name.
    pub source: String,
    /// The currency of amounts whose row names none.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub currency: Currency,
    /// What open deals without an amount get.
    pub missing_amount: MissingAmount,
    /// What becomes of open deals that lack what their stage asks.
    #[serde(default)]
    pub unmet_criteria: UnmetCriteria,
    /// Its files, in the order they were added.
    pub files: Vec<ImportFile>,
    /// Where deals go, proposed or chosen; absent without a file of deals that has stages.
    pub funnel: Option<FunnelChoice>,
    /// Values that are not taken as they stand, or that somebody should look at; by file, field, and rows.
    pub values: Vec<ValueMapping>,
    /// What must be chosen before it can start, as pointers into this resource such as
    /// `/files/0/columns/5/dates/format`; empty: it can.
    pub open_questions: Vec<FieldError>,
    /// What the last check or the import itself found.
    pub report: Option<ImportReport>,
}

/// An import to be made; files are added to it one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// The system the files come from; default `csv`. The same file imported again under the same name
    /// finds its records by their external ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The currency of amounts whose row names none; default: the organisation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub currency: Option<Currency>,
}

impl Validate for NewImport {
    fn validate(&self, check: &mut Check) {
        if let Some(source) = &self.source {
            source_name(check, source);
        }
    }
}

/// The rule for the name of a source: that of the keys of external ids.
pub(super) fn source_name(check: &mut Check, source: &str) {
    let is_name = !source.is_empty()
        && source.len() <= 40
        && source
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    if !is_name {
        check.fail("/source", ErrorCode::BadFormat);
    }
}
