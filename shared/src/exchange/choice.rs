//! What a person may choose about an import: file forms, columns, values, the funnel.

use super::job::source_name;
use super::{DateFormat, DecimalMark, Delimiter, Encoding, Field, FileKind};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::funnel::{MAX_STAGES, StageKind};
use crate::id::{FunnelId, ImportFileId};
use crate::money::Currency;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumString};
use uuid::Uuid;

/// Where the deals of an import go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FunnelChoice {
    /// Into a funnel that is there; the file's stages are mapped to its own.
    Existing {
        /// The funnel.
        funnel_id: FunnelId,
    },
    /// Into a new funnel made from the file's stages.
    New {
        /// Its name.
        name: String,
        /// Its stages in order: at least one open, one won and one lost.
        stages: Vec<NewStage>,
    },
}

/// A stage of a funnel that an import makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewStage {
    /// Its name.
    pub name: String,
    /// Open, won or lost.
    pub kind: StageKind,
    /// Probability to win, in percent.
    pub probability: i16,
}

/// What open deals get whose row has no amount.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, AsRefStr, EnumString,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MissingAmount {
    /// None.
    #[default]
    Empty,
    /// The list price of their product.
    ListPrice,
}

/// What becomes of an open deal of a file that lacks what its stage asks of deals (GATE-01).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, AsRefStr, EnumString,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UnmetCriteria {
    /// It stands where the file says, marked as imported, and the report and its history say what it lacks.
    #[default]
    TakeIn,
    /// Its row is left out.
    LeaveOut,
}

/// How a value found its match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MatchKind {
    /// It is the same but for case, blanks and punctuation, as `GTXPro` and `GTX Pro`.
    Normalised,
    /// It differs by one or two letters, as `technolgy` and `technology`.
    Near,
    /// It has a fixed meaning here, as `赢单` for won.
    Synonym,
    /// Nothing like it is known; it is made, or taken as it stands.
    New,
    /// Nothing fits, or several records do, and it cannot be made; a person must choose.
    Unmatched,
    /// A person chose.
    Chosen,
}

/// What a value of the file stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "take", rename_all = "snake_case")]
pub enum ValueTarget {
    /// Itself; a record of that name is made if there is none.
    AsIs,
    /// Another text: the name of an account, product, seller, team or stage, or a word such as `technology`.
    Text {
        /// That text.
        text: String,
    },
    /// A certain record, where two have the same name.
    Record {
        /// Its id.
        id: Uuid,
    },
    /// Nothing: the field stays empty.
    Empty,
}

/// A value of the file and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ValueMapping {
    /// The file.
    pub file_id: ImportFileId,
    /// The field its column fills.
    pub field: Field,
    /// The value as it stands there.
    pub value: String,
    /// How many rows have it.
    pub rows: i64,
    /// How the match was found.
    pub how: MatchKind,
    /// What it is taken for; absent while a person must choose.
    pub target: Option<ValueTarget>,
    /// Something alike that is not taken without being chosen, such as an account with a similar name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// Choices about an import; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ImportPatch {
    /// The system the files come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The currency of amounts whose row names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub currency: Option<Currency>,
    /// What open deals without an amount get.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_amount: Option<MissingAmount>,
    /// What becomes of open deals that lack what their stage asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmet_criteria: Option<UnmetCriteria>,
    /// Where deals go; `null` goes back to the proposal.
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<FunnelChoice>))]
    pub funnel: Option<Option<FunnelChoice>>,
    /// Choices about files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FilePatch>,
    /// Choices about values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValuePatch>,
}

/// Choices about one file; what is absent stays. Another encoding, delimiter, sheet or header row has
/// the file read anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FilePatch {
    /// The file.
    pub id: ImportFileId,
    /// What its rows are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FileKind>,
    /// How its bytes are characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// What separates its cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// The sheet to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The line that holds the column names, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u32>,
    /// Choices about columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnPatch>,
}

/// Choices about one column; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ColumnPatch {
    /// The column's place, from 0.
    pub index: u32,
    /// The field it fills; `null`: it is not imported. A field that another column of the file fills
    /// moves over here.
    #[serde(
        default,
        with = "crate::check::patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Field>))]
    pub field: Option<Option<Field>>,
    /// How its days are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_format: Option<DateFormat>,
    /// Which character parts whole from fraction in its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_mark: Option<DecimalMark>,
}

/// A choice about a value of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ValuePatch {
    /// The file.
    pub file_id: ImportFileId,
    /// The field.
    pub field: Field,
    /// The value as it stands in the file.
    pub value: String,
    /// What it stands for; `null` goes back to the proposal.
    pub target: Option<ValueTarget>,
}

impl Validate for ImportPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(source) = &self.source {
            source_name(check, source);
        }
        if let Some(Some(funnel)) = &self.funnel {
            funnel.check(check, "/funnel");
        }
        if self.files.len() > super::MAX_FILES {
            check.fail("/files", ErrorCode::TooManyItems);
        }
        for (index, file) in self.files.iter().enumerate() {
            if file.columns.len() > super::MAX_COLUMNS {
                check.fail(&format!("/files/{index}/columns"), ErrorCode::TooManyItems);
            }
            if let Some(row) = file.header_row {
                check.range(&format!("/files/{index}/header_row"), row, 1, 100);
            }
        }
        if self.values.len() > 1_000 {
            check.fail("/values", ErrorCode::TooManyItems);
        }
        for (index, value) in self.values.iter().enumerate() {
            let pointer = format!("/values/{index}");
            if !value.field.has_values() {
                check.fail(&format!("{pointer}/field"), ErrorCode::NotAllowed);
            }
            check.long(&format!("{pointer}/value"), &value.value, 1_000);
            if let Some(ValueTarget::Text { text }) = &value.target {
                check.text(&format!("{pointer}/target/text"), text, 200);
            }
        }
    }
}

impl FunnelChoice {
    /// Adds what is wrong with it under `base`.
    pub fn check(&self, check: &mut Check, base: &str) {
        let Self::New { name, stages } = self else {
            return;
        };
        check.text(&format!("{base}/name"), name, 100);
        if stages.len() > MAX_STAGES {
            check.fail(&format!("{base}/stages"), ErrorCode::TooManyItems);
        }
        let has = |kind| stages.iter().any(|stage| stage.kind == kind);
        if ![StageKind::Open, StageKind::Won, StageKind::Lost]
            .into_iter()
            .all(has)
        {
            check.fail(&format!("{base}/stages"), ErrorCode::FunnelIncomplete);
        }
        let mut names = std::collections::HashSet::new();
        for (index, stage) in stages.iter().enumerate() {
            let pointer = format!("{base}/stages/{index}");
            check.text(&format!("{pointer}/name"), &stage.name, 60);
            check.range(&format!("{pointer}/probability"), stage.probability, 0, 100);
            if !names.insert(stage.name.trim().to_lowercase()) {
                check.fail(&format!("{pointer}/name"), ErrorCode::Taken);
            }
        }
    }
}
