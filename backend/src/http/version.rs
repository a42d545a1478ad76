//! Versions: `ETag` out, `If-Match` in; missing is 428, stale is 412 with the state now.

use crate::error::{AppError, AppResult};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use std::future::{Ready, ready};

/// The tag of a version.
#[must_use]
pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The versions a writer has seen; the header is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever it is now.
    Any,
    /// One of these.
    Versions(Vec<i32>),
}

impl IfMatch {
    /// Lets the write through when the writer has seen the present version.
    ///
    /// # Errors
    /// 412 with the representation now.
    pub fn check<T: Serialize>(&self, current: &T, version: i32) -> AppResult<()> {
        if self.matches(version) {
            return Ok(());
        }
        let value =
            serde_json::to_value(current).map_err(|error| AppError::Internal(error.into()))?;
        Err(AppError::Stale(Some(Box::new((value, version)))))
    }

    /// Whether the writer has seen this version.
    #[must_use]
    pub fn matches(&self, version: i32) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(header::IF_MATCH) else {
            return ready(Err(AppError::VersionRequired));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return ready(Ok(Self::Any));
        }
        // A tag that is not one of ours matches nothing, as the header's definition says.
        let versions = text
            .split(',')
            .filter_map(|tag| {
                tag.trim()
                    .strip_prefix('"')?
                    .strip_suffix('"')?
                    .parse()
                    .ok()
            })
            .collect();
        ready(Ok(Self::Versions(versions)))
    }
}
