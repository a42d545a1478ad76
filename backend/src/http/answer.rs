//! The answer of a handler: a JSON body with its version, written once and replayable.

use super::packed::{Accepted, Packed};
use crate::error::{AppError, AppResult};
use actix_web::body::BoxBody;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use serde::Serialize;
use std::hash::Hasher;

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 200, 201, 202 or 204.
    pub status: u16,
    /// The version of the resource, quoted.
    pub etag: Option<String>,
    /// The address of a new resource.
    pub location: Option<String>,
    /// The body; empty with 204.
    pub body: Bytes,
    /// The body for who takes gzip.
    pub packed: Packed,
}

impl Answer {
    /// 200 with a resource and its version.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON.
    pub fn versioned<T: Serialize>(value: &T, version: i32) -> AppResult<Self> {
        Ok(Self {
            etag: Some(super::etag(version)),
            ..Self::json(value)?
        })
    }

    /// 201 with a new resource, its version and its address.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON.
    pub fn created<T: Serialize>(value: &T, version: i32, location: String) -> AppResult<Self> {
        Ok(Self {
            status: 201,
            location: Some(location),
            ..Self::versioned(value, version)?
        })
    }

    /// 200 with a list or a figure; its tag is drawn from the body, so that an unchanged one is a 304.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON.
    pub fn list<T: Serialize>(value: &T) -> AppResult<Self> {
        let mut answer = Self::json(value)?;
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(&answer.body);
        answer.etag = Some(format!("W/\"{:016x}\"", hasher.finish()));
        Ok(answer)
    }

    /// 200 with a body that has no version.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON.
    pub fn json<T: Serialize>(value: &T) -> AppResult<Self> {
        let body = serde_json::to_vec(value).map_err(|error| AppError::Internal(error.into()))?;
        Ok(Self {
            status: 200,
            etag: None,
            location: None,
            body: body.into(),
            packed: Packed::default(),
        })
    }

    /// 204.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            status: 204,
            etag: None,
            location: None,
            body: Bytes::new(),
            packed: Packed::default(),
        }
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if let Some(location) = &self.location {
            response.insert_header((header::LOCATION, location.as_str()));
        }
        let is_get = request.method() == Method::GET;
        if let Some(etag) = &self.etag {
            response.insert_header((header::ETAG, etag.as_str()));
            if is_get && is_known(request, etag) {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
        response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        if self.body.is_empty() {
            return response.finish();
        }
        response.content_type("application/json");
        // Only what is read: answers to writes may hold secrets, and their length would tell of them. And no
        // record with its version: a strong tag names one representation (RFC 9110 8.8.3.3).
        let is_record = self.etag.as_ref().is_some_and(|tag| tag.starts_with('"'));
        if is_get && !is_record && Packed::is_for(self.body.len()) {
            response.insert_header((header::VARY, "Accept-Encoding"));
            let takes = Accepted::of(request).names("gzip");
            if let Some(packed) = takes.then(|| self.packed.of(&self.body)).flatten() {
                response.insert_header((header::CONTENT_ENCODING, "gzip"));
                return response.body(packed);
            }
        }
        response.body(self.body)
    }
}

/// Whether the client already has this very representation (weak comparison, RFC 9110 13.1.2).
fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value.trim() == "*" || value.split(',').any(|tag| bare(tag) == bare(etag))
        })
}
