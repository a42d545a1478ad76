//! What a resource's list offers: its fields, their types and operators, and the values they take.

use crate::error::{AppError, AppResult};
use crate::http::shape::Expand;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::error::{ErrorCode, FieldError};
use strum::{AsRefStr, EnumIter, EnumString};
use uuid::Uuid;

/// The most characters of one text in a filter.
const MAX_TEXT: usize = 500;

/// What a resource's list offers.
#[derive(Debug)]
pub struct ListSpec {
    /// The last part of its address, such as `accounts`.
    pub resource: &'static str,
    /// What may be filtered and sorted by.
    pub fields: &'static [FieldSpec],
    /// The order when none is asked for, as it would be asked for.
    pub sort: &'static str,
    /// Whether its records can be archived.
    pub has_archived: bool,
    /// The fields of an item that `fields=` may name.
    pub shown: &'static [&'static str],
    /// What `expand=` may name.
    pub expand: &'static [Expand],
}

impl ListSpec {
    /// The field of a name.
    ///
    /// # Errors
    /// 400 naming the parameter when there is none.
    pub fn field(&self, name: &str, parameter: &str) -> AppResult<&'static FieldSpec> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(|| AppError::UnknownParameter(parameter.to_owned()))
    }
}

/// A field that may be filtered by, and perhaps sorted by.
#[derive(Debug)]
pub struct FieldSpec {
    /// Its name in the query string.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Kind,
    /// Whether it may be absent, so that `is_null` makes sense.
    pub is_nullable: bool,
    /// Whether `sort=` may name it; there is an index for each that may.
    pub is_sortable: bool,
}

impl FieldSpec {
    /// A field that is always there.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            is_nullable: false,
            is_sortable: false,
        }
    }

    /// The same, and it may be absent.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.is_nullable = true;
        self
    }

    /// The same, and one may sort by it.
    #[must_use]
    pub const fn sortable(mut self) -> Self {
        self.is_sortable = true;
        self
    }

    /// Whether it takes an operator.
    #[must_use]
    pub const fn takes(&self, op: Op) -> bool {
        match op {
            Op::Eq | Op::In => true,
            Op::IsNull => self.is_nullable,
            Op::Contains => matches!(self.kind, Kind::Text),
            Op::Gt | Op::Gte | Op::Lt | Op::Lte => matches!(
                self.kind,
                Kind::Int | Kind::Decimal | Kind::Date | Kind::Time
            ),
        }
    }
}

/// The type of a field's values.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Free text; compared as it is, `contains` without regard to case.
    Text,
    /// One of a set of words; [`words`] makes it of an enum.
    Word(fn() -> Vec<String>),
    /// A list of labels; `eq` asks for one of them, `in` for any of several.
    Labels,
    /// A record's id.
    Id,
    /// A whole number of 32 bits.
    Int,
    /// A decimal number.
    Decimal,
    /// A day.
    Date,
    /// A moment.
    Time,
}

/// The words of an enum, for [`Kind::Word`].
#[must_use]
pub fn words<T: strum::IntoEnumIterator + AsRef<str>>() -> Vec<String> {
    T::iter().map(|word| word.as_ref().to_owned()).collect()
}

/// The words of what is so or not.
#[must_use]
pub fn yes_or_no() -> Vec<String> {
    vec!["true".to_owned(), "false".to_owned()]
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names on the wire")]
pub enum Op {
    Eq,
    In,
    Gt,
    Gte,
    Lt,
    Lte,
    Contains,
    IsNull,
}

/// A typed value of a filter or a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "see `Kind`")]
pub enum Value {
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "u")]
    Id(Uuid),
    #[serde(rename = "i")]
    Int(i32),
    #[serde(rename = "n")]
    Decimal(Decimal),
    #[serde(rename = "d")]
    Date(NaiveDate),
    #[serde(rename = "s")]
    Time(DateTime<Utc>),
}

impl Value {
    /// Reads a value of a kind.
    ///
    /// # Errors
    /// 422 at `pointer`.
    pub fn read(kind: Kind, text: &str, pointer: &str) -> AppResult<Self> {
        let fail = |code| AppError::field(pointer, code);
        let bad = || fail(ErrorCode::BadFormat);
        match kind {
            Kind::Text | Kind::Labels => {
                if text.chars().any(char::is_control) {
                    return Err(bad());
                }
                if text.chars().count() > MAX_TEXT {
                    let error = FieldError::new(pointer, ErrorCode::TooLong).with_limit(MAX_TEXT);
                    return Err(vec![error].into());
                }
                Ok(Self::Text(text.to_owned()))
            }
            Kind::Word(words) => {
                if words().iter().any(|word| word == text) {
                    Ok(Self::Text(text.to_owned()))
                } else {
                    Err(fail(ErrorCode::NotAllowed))
                }
            }
            Kind::Id => text.parse().map(Self::Id).map_err(|_| bad()),
            Kind::Int => {
                let number: i64 = text.parse().map_err(|_| bad())?;
                i32::try_from(number)
                    .map(Self::Int)
                    .map_err(|_| fail(ErrorCode::OutOfRange))
            }
            Kind::Decimal => Decimal::from_str_exact(text)
                .map(Self::Decimal)
                .map_err(|_| bad()),
            Kind::Date => {
                let date: NaiveDate = text.parse().map_err(|_| bad())?;
                in_time(chrono::Datelike::year(&date), pointer)?;
                Ok(Self::Date(date))
            }
            Kind::Time => {
                let time = DateTime::parse_from_rfc3339(text).map_err(|_| bad())?;
                let time = time.with_timezone(&Utc);
                in_time(chrono::Datelike::year(&time), pointer)?;
                Ok(Self::Time(time))
            }
        }
    }

    /// Whether it may be the key of a cursor in a list sorted by a field of this kind.
    #[must_use]
    pub const fn is_of(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Text(_), Kind::Text | Kind::Labels | Kind::Word(_))
                | (Self::Id(_), Kind::Id)
                | (Self::Int(_), Kind::Int)
                | (Self::Decimal(_), Kind::Decimal)
                | (Self::Date(_), Kind::Date)
                | (Self::Time(_), Kind::Time)
        )
    }
}

/// Postgres cannot hold all years that can be written.
fn in_time(year: i32, pointer: &str) -> AppResult<()> {
    if (1..10_000).contains(&year) {
        Ok(())
    } else {
        Err(AppError::field(pointer, ErrorCode::OutOfRange))
    }
}
