//! A file of an import, as it was read: form, columns, samples.

use super::{DecimalMark, Field, FileKind};
use crate::id::ImportFileId;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The most bytes of one file.
pub const MAX_FILE_BYTES: u64 = 50 * 1024 * 1024;
/// The most files of one import.
pub const MAX_FILES: usize = 20;
/// The most rows of one file, the header left out.
pub const MAX_ROWS: u64 = 200_000;
/// The most columns of one file.
pub const MAX_COLUMNS: usize = 200;
/// The most cells of one sheet, empty ones within its rows included.
pub const MAX_CELLS: u64 = 1_000_000;

/// What sort of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FileFormat {
    /// Text with delimiters.
    Csv,
    /// An Office Open XML workbook; its first sheet with rows is read, another can be chosen.
    Xlsx,
}

/// How the bytes of a CSV file are characters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, which contains GBK and GB2312.
    Gb18030,
    /// UTF-16, little end first, as spreadsheets' "Unicode text".
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Western European (Windows-1252).
    Windows1252,
}

/// What separates the cells of a CSV file.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// The tab character.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    /// The character.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// How days are written. Separators do not matter: `-`, `/`, `.`, blanks, `年月日` or none.
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
pub enum DateFormat {
    /// Year, month, day: `2016-10-20`, `20161020`, `2016年10月20日`.
    #[serde(rename = "yyyy-mm-dd")]
    #[strum(serialize = "yyyy-mm-dd")]
    Ymd,
    /// Day, month, year: `20.10.2016`.
    #[serde(rename = "dd-mm-yyyy")]
    #[strum(serialize = "dd-mm-yyyy")]
    Dmy,
    /// Month, day, year: `10/20/2016`.
    #[serde(rename = "mm-dd-yyyy")]
    #[strum(serialize = "mm-dd-yyyy")]
    Mdy,
    /// Day, month, short year: `20-10-16`.
    #[serde(rename = "dd-mm-yy")]
    #[strum(serialize = "dd-mm-yy")]
    DmyShort,
    /// Month, day, short year: `10/20/16`.
    #[serde(rename = "mm-dd-yy")]
    #[strum(serialize = "mm-dd-yy")]
    MdyShort,
    /// Short year, month, day: `16-10-20`.
    #[serde(rename = "yy-mm-dd")]
    #[strum(serialize = "yy-mm-dd")]
    YmdShort,
}

/// A file of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportFile {
    /// Its id.
    pub id: ImportFileId,
    /// The name it was sent with.
    pub name: String,
    /// Its size.
    pub bytes: i64,
    /// CSV or XLSX.
    pub format: FileFormat,
    /// The sheets of a workbook; empty for CSV.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<String>,
    /// The sheet that is read; absent for CSV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// How its bytes are characters, detected or chosen; absent for XLSX.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// What separates its cells, detected or chosen; absent for XLSX.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// The line that holds the column names, from 1.
    pub header_row: u32,
    /// What its rows are, proposed by the header or chosen; absent while that is open.
    pub kind: Option<FileKind>,
    /// How many rows it has, header and empty rows left out.
    pub rows: i64,
    /// Its columns in order.
    pub columns: Vec<ImportColumn>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportColumn {
    /// Its place, from 0.
    pub index: u32,
    /// Its name in the file.
    pub header: String,
    /// The field it fills; absent: it is not imported, which the report says.
    pub field: Option<Field>,
    /// Whether a person chose that, and not the proposal.
    pub is_chosen: bool,
    /// Up to five different values from the file.
    pub samples: Vec<String>,
    /// Rows with a value.
    pub filled: i64,
    /// How many different values there are; absent when they are too many to count.
    pub distinct: Option<i64>,
    /// How its days are written; present when its cells look like days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<ColumnDates>,
    /// How its numbers are written; present when its cells look like numbers with marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<ColumnNumbers>,
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnNumbers {
    /// Which character parts whole from fraction, detected or chosen.
    pub mark: DecimalMark,
    /// Whether a person must choose: both read every cell, and not as the same numbers.
    pub is_ambiguous: bool,
}

/// How the days of a column are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnDates {
    /// The format in use, detected or chosen; absent while several are possible.
    pub format: Option<DateFormat>,
    /// The formats that all its cells can be read by, the likeliest first.
    pub possible: Vec<DateFormat>,
    /// Whether a person must choose: several formats read every cell and nothing tells them apart.
    pub is_ambiguous: bool,
    /// The first sample, read by the format in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<chrono::NaiveDate>,
}
