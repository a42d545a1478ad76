//! Reads JSON bodies and query strings with clear errors, and validates bodies before a handler runs.

use crate::error::{AppError, AppResult};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::future::LocalBoxFuture;
use futures_util::{Stream, StreamExt, stream};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use shared::check::Validate;
use shared::error::ErrorCode;
use std::future::{Ready, ready};
use std::io;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most bytes of a JSON body.
pub const MAX_JSON: usize = 1024 * 1024;
/// The deepest nesting of a JSON body.
const MAX_DEPTH: u32 = 32;
/// The longest a JSON body may take to arrive.
const READ_TIME: Duration = Duration::from_secs(30);
/// How long a body may come as slowly as it likes.
const GRACE: Duration = Duration::from_secs(5);
/// Bytes a second that come on average after that, so that nobody holds a place for next to nothing.
const SLOWEST: u64 = 1024;

/// A JSON body, read and validated, with the hash an idempotency key is bound to.
#[derive(Debug, Clone)]
pub struct Body<T> {
    /// The body.
    pub value: T,
    /// SHA-256 of the bytes that were sent.
    pub hash: Vec<u8>,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, AppResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| {
                let kind = kind.trim().to_ascii_lowercase();
                kind == "application/json" || kind.ends_with("+json")
            });
        let is_plain = request
            .headers()
            .get(header::CONTENT_ENCODING)
            .is_none_or(|value| value == "identity");
        let payload = payload.take();
        Box::pin(async move {
            if !is_json || !is_plain {
                return Err(AppError::UnsupportedMedia);
            }
            let bytes = read(paced(payload, READ_TIME), MAX_JSON).await?;
            let value: T = parse(&bytes)?;
            value.validated()?;
            Ok(Self {
                value,
                hash: Sha256::digest(&bytes).to_vec(),
            })
        })
    }
}

/// Hands a body on as it comes, and ends it with an error when the whole takes longer than this or it comes
/// more slowly than a kilobyte a second: after some seconds for nothing, each kilobyte buys one more.
pub fn paced(
    payload: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    whole: Duration,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let begun = Instant::now();
    stream::try_unfold((payload, 0_u64), move |(mut payload, bytes)| async move {
        let earned = Duration::from_millis(bytes.saturating_mul(1_000) / SLOWEST);
        let due = begun + whole.min(GRACE + earned);
        let piece = timeout_at(due, payload.next())
            .await
            .map_err(|_| PayloadError::Io(io::ErrorKind::TimedOut.into()))?;
        let Some(piece) = piece.transpose()? else {
            return Ok(None);
        };
        let more = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        Ok(Some((piece, (payload, bytes.saturating_add(more)))))
    })
}

/// What to answer when a body breaks off.
#[must_use]
pub fn broken(error: &PayloadError) -> AppError {
    match error {
        PayloadError::Io(cause) if cause.kind() == io::ErrorKind::TimedOut => AppError::TimedOut,
        error => AppError::Malformed(error.to_string()),
    }
}

/// Collects a body up to a limit.
///
/// # Errors
/// 413 over the limit, 408 when it does not come in time, 400 when the connection breaks.
async fn read(
    payload: impl Stream<Item = Result<Bytes, PayloadError>>,
    max: usize,
) -> AppResult<BytesMut> {
    let mut payload = std::pin::pin!(payload);
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        if bytes.len() + chunk.len() > max {
            return Err(AppError::TooLarge(ErrorCode::TooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Whether brackets nest deeper than allowed, told before anything is built from the text.
fn is_too_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut is_text, mut is_escaped) = (0, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            b'}' | b']' if !is_text => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Parses JSON; what is well-formed JSON of the wrong shape is a field error at its place.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> AppResult<T> {
    if is_too_deep(bytes) {
        return Err(AppError::Malformed(format!(
            "nested deeper than {MAX_DEPTH}"
        )));
    }
    // No body is a list, and a list would be read as the values of the fields in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        serde_json::from_slice::<serde::de::IgnoredAny>(bytes)
            .map_err(|error| AppError::Malformed(error.to_string()))?;
        return Err(AppError::field("", ErrorCode::BadFormat));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer);
    match parsed {
        Ok(value) => {
            deserializer
                .end()
                .map_err(|error| AppError::Malformed(error.to_string()))?;
            Ok(value)
        }
        Err(error) => Err(misfit(bytes, &error)),
    }
}

/// What is wrong with a body that could not be read: no JSON at all, or a field of the wrong shape.
fn misfit(bytes: &[u8], error: &serde_path_to_error::Error<serde_json::Error>) -> AppError {
    use serde_json::error::Category;
    let text = error.inner().to_string();
    let pointer = pointer_of(error.path());
    let named = |prefix: &str| {
        let rest = text.strip_prefix(prefix)?;
        rest.split('`').next().map(str::to_owned)
    };
    let (pointer, code) = if error.inner().classify() != Category::Data {
        // What is no choice where one is to be made counts as bad JSON, though the JSON is well formed.
        let is_value = text.starts_with("expected value");
        if !is_value || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err() {
            return AppError::Malformed(text);
        }
        let code = choice_fault(bytes, &pointer);
        (pointer, code)
    } else if let Some(field) = named("missing field `") {
        (format!("{pointer}/{field}"), ErrorCode::Required)
    } else if let Some(field) = named("unknown field `") {
        let pointer = if pointer.ends_with(&format!("/{field}")) {
            pointer
        } else {
            format!("{pointer}/{field}")
        };
        (pointer, ErrorCode::UnknownField)
    } else if text.starts_with("unknown variant") {
        (pointer, ErrorCode::NotAllowed)
    } else {
        (pointer, ErrorCode::BadFormat)
    };
    AppError::field(pointer, code)
}

/// The place as a JSON pointer; what was chosen of several is a name in it as any field is.
fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                pointer.push_str(&format!("/{}", name.replace('~', "~0").replace('/', "~1")));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

/// What is wrong with what stands where one of several is to be chosen.
fn choice_fault(bytes: &[u8], pointer: &str) -> ErrorCode {
    let body = serde_json::from_slice::<serde_json::Value>(bytes).unwrap_or_default();
    let chosen = body.pointer(pointer).and_then(|value| value.as_object());
    match chosen.map(serde_json::Map::len) {
        Some(0) => ErrorCode::Required,
        Some(2..) => ErrorCode::OneOnly,
        _ => ErrorCode::BadFormat,
    }
}

/// No parameters at all: one that is there is named in the refusal.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

/// The query string as a typed struct; use `#[serde(deny_unknown_fields)]` on it.
#[derive(Debug, Clone)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = web::Query::<T>::from_query(request.query_string());
        ready(
            parsed
                .map(|query| Self(query.into_inner()))
                .map_err(|error| {
                    let text = error.to_string();
                    match text
                        .split("unknown field `")
                        .nth(1)
                        .and_then(|rest| rest.split('`').next())
                    {
                        Some(field) => AppError::UnknownParameter(field.to_owned()),
                        None => AppError::Malformed(text),
                    }
                }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_bounded_outside_of_texts() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(!is_too_deep(nested(32).as_bytes()));
        assert!(is_too_deep(nested(33).as_bytes()));
        let text = format!("{{\"a\":\"{}\\\"[\"}}", "[".repeat(99));
        assert!(!is_too_deep(text.as_bytes()));
    }
}
