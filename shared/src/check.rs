//! Collects what is wrong with a request body, field by field, before anything is written.

use crate::error::{ErrorCode, FieldError};
use crate::money::{MAX_DECIMALS, MAX_UNITS, Money};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// A body that can say everything that is wrong with it at once.
pub trait Validate {
    /// Adds one entry for each field that is not acceptable.
    fn validate(&self, check: &mut Check);

    /// The errors, or `Ok` when there are none.
    ///
    /// # Errors
    /// All field errors found.
    fn validated(&self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::default();
        self.validate(&mut check);
        check.into_result()
    }
}

/// The growing list of field errors.
#[derive(Debug, Default)]
pub struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    /// Adds one error.
    pub fn fail(&mut self, pointer: &str, code: ErrorCode) {
        self.errors.push(FieldError::new(pointer, code));
    }

    /// Adds what is wrong with a part of the body, under its pointer.
    pub fn within(&mut self, base: &str, part: &impl Validate) {
        if let Err(errors) = part.validated() {
            self.errors.extend(errors.into_iter().map(|mut error| {
                error.pointer.insert_str(0, base);
                error
            }));
        }
    }

    /// Adds one error that is known already.
    pub fn add(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// A text that must be there, of at most `max` characters.
    pub fn text(&mut self, pointer: &str, value: &str, max: usize) {
        if value.trim().is_empty() {
            self.fail(pointer, ErrorCode::Required);
        }
        self.long(pointer, value, max);
    }

    /// A text that may be empty, of at most `max` characters, without control characters but line breaks and tabs.
    pub fn long(&mut self, pointer: &str, value: &str, max: usize) {
        if value.chars().count() > max {
            self.errors
                .push(FieldError::new(pointer, ErrorCode::TooLong).with_limit(max));
        }
        if value
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.fail(pointer, ErrorCode::BadFormat);
        }
    }

    /// An optional text of at most `max` characters.
    pub fn opt(&mut self, pointer: &str, value: Option<&String>, max: usize) {
        if let Some(value) = value {
            self.long(pointer, value, max);
        }
    }

    /// At most `max` texts of at most `max_len` characters each, none of them empty.
    pub fn list(&mut self, pointer: &str, values: &[String], max: usize, max_len: usize) {
        if values.len() > max {
            self.errors
                .push(FieldError::new(pointer, ErrorCode::TooManyItems).with_limit(max));
        }
        for (index, value) in values.iter().enumerate() {
            self.text(&format!("{pointer}/{index}"), value, max_len);
        }
    }

    /// A number within a range.
    pub fn range<N: PartialOrd + std::fmt::Display>(
        &mut self,
        pointer: &str,
        value: N,
        min: N,
        max: N,
    ) {
        if value < min || value > max {
            self.errors.push(
                FieldError::new(pointer, ErrorCode::OutOfRange).with_limit(format!("{min}–{max}")),
            );
        }
    }

    /// An amount that is not negative and not absurd.
    pub fn money(&mut self, pointer: &str, value: &Money) {
        if !value.is_in_range() {
            self.errors.push(
                FieldError::new(format!("{pointer}/amount"), ErrorCode::OutOfRange)
                    .with_limit(format!("0–{MAX_UNITS}")),
            );
        }
    }

    /// A profit: an amount that may be a loss, and is not absurd.
    pub fn profit(&mut self, pointer: &str, value: Decimal) {
        if value.abs() > Decimal::from(MAX_UNITS) || value.normalize().scale() > MAX_DECIMALS {
            self.errors.push(
                FieldError::new(pointer, ErrorCode::OutOfRange)
                    .with_limit(format!("-{MAX_UNITS}–{MAX_UNITS}")),
            );
        }
    }

    /// A date a sales organisation can mean: 1970 to 2199.
    pub fn date(&mut self, pointer: &str, value: NaiveDate) {
        if !(1970..2200).contains(&value.year()) {
            self.errors
                .push(FieldError::new(pointer, ErrorCode::OutOfRange).with_limit("1970–2199"));
        }
    }

    /// An e-mail address in outline: something, one at-sign, something with a dot or a plain host.
    pub fn mail(&mut self, pointer: &str, value: &str) {
        self.text(pointer, value, 254);
        let is_mail = value.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !host.is_empty() && !host.contains('@')
        });
        if !is_mail || value.chars().any(char::is_whitespace) {
            self.fail(pointer, ErrorCode::BadFormat);
        }
    }

    /// A web address with scheme http or https, or without a scheme.
    pub fn web(&mut self, pointer: &str, value: Option<&String>) {
        let Some(value) = value else { return };
        self.long(pointer, value, 500);
        let scheme = value
            .split_once(':')
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        let bad_scheme = scheme.is_some_and(|scheme| {
            scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
                && !matches!(scheme.as_str(), "http" | "https")
                && !scheme.contains('.')
        });
        if bad_scheme || value.chars().any(char::is_whitespace) {
            self.fail(pointer, ErrorCode::BadFormat);
        }
    }

    /// The errors, or `Ok` when there are none.
    ///
    /// # Errors
    /// All field errors collected so far.
    pub fn into_result(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(self.errors)
        }
    }
}

/// Tells "leave it as it is" from "clear it" in a partial update.
///
/// Use as `#[serde(default, with = "crate::check::patch")] field: Option<Option<T>>`: absent is `None`,
/// `null` is `Some(None)`.
pub mod patch {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Reads a present field, `null` included.
    ///
    /// # Errors
    /// Those of the inner type.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::deserialize(deserializer).map(Some)
    }

    /// Writes the inner value; combine with `skip_serializing_if = "Option::is_none"`.
    ///
    /// # Errors
    /// Those of the inner type.
    pub fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(Some(value)) => serializer.serialize_some(value),
            _ => serializer.serialize_none(),
        }
    }
}

/// A text as it is kept: without blanks around it; nothing but blanks is no text.
#[must_use]
pub fn tidy(text: Option<String>) -> Option<String> {
    let text = text?;
    let trimmed = text.trim();
    if trimmed.len() == text.len() {
        return (!text.is_empty()).then_some(text);
    }
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}
