//! Pages: opaque keyset cursors with a checksum of what they belong to.

use crate::error::{AppError, AppResult};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::error::ErrorCode;
use shared::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};

/// `cursor` and `limit`, to be flattened by hand into a list's own parameters (serde's `flatten`
/// would lose the types of a query string).
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Where to go on; from `next_cursor`.
    pub cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    pub limit: Option<u32>,
}

impl PageParams {
    /// The number of items of the page.
    ///
    /// # Errors
    /// 422 when it is outside its range.
    pub fn limit(&self) -> AppResult<i64> {
        limit(self.limit)
    }
}

/// The number of items of a page.
///
/// # Errors
/// 422 when it is outside its range.
pub fn limit(asked: Option<u32>) -> AppResult<i64> {
    let limit = asked.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || limit > MAX_LIMIT {
        return Err(AppError::field("limit", ErrorCode::OutOfRange));
    }
    Ok(i64::from(limit))
}

/// A place in a list: the values of the sort key and the id of the last row seen.
pub struct Cursor;

impl Cursor {
    /// Writes a place as an opaque text, bound to `what` (list, sort and filters).
    ///
    /// # Errors
    /// 500 when the place cannot be written as JSON.
    pub fn write<P: Serialize>(what: &str, place: &P) -> AppResult<String> {
        let json = serde_json::to_vec(&(checksum(what), place))
            .map_err(|error| AppError::Internal(error.into()))?;
        Ok(base64_url(&json))
    }

    /// Reads a place back.
    ///
    /// # Errors
    /// 422 at `cursor` when it is not one of ours or belongs to another list.
    pub fn read<P: DeserializeOwned>(what: &str, cursor: Option<&str>) -> AppResult<Option<P>> {
        let Some(cursor) = cursor else {
            return Ok(None);
        };
        let bad = || AppError::field("cursor", ErrorCode::BadFormat);
        let json = from_base64_url(cursor).ok_or_else(bad)?;
        let (sum, place): (u32, P) = serde_json::from_slice(&json).map_err(|_| bad())?;
        if sum != checksum(what) {
            return Err(bad());
        }
        Ok(Some(place))
    }

    /// Cuts a page out of `limit + 1` rows.
    ///
    /// # Errors
    /// 500 when the place cannot be written as JSON.
    pub fn page<T, P: Serialize>(
        what: &str,
        mut items: Vec<T>,
        limit: i64,
        place: impl Fn(&T) -> P,
    ) -> AppResult<Page<T>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = match items.last() {
            Some(last) if has_more => Some(Self::write(what, &place(last))?),
            _ => None,
        };
        Ok(Page {
            items,
            next_cursor,
            next: None,
            total: None,
        })
    }
}

fn checksum(what: &str) -> u32 {
    use std::hash::Hasher;
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(what.as_bytes());
    u32::try_from(hasher.finish() >> 32).unwrap_or_default()
}

fn base64_url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn from_base64_url(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_trip_and_only_fits_its_list() {
        let cursor = Cursor::write("deals:amount", &("12.5", 7)).unwrap();
        let read: Option<(String, i32)> = Cursor::read("deals:amount", Some(&cursor)).unwrap();
        assert_eq!(read, Some(("12.5".to_owned(), 7)));
        assert!(Cursor::read::<(String, i32)>("deals:title", Some(&cursor)).is_err());
        assert!(Cursor::read::<(String, i32)>("deals:amount", Some("!!")).is_err());
    }
}
