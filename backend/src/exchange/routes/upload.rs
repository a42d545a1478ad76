//! Takes a file's bytes as they come, onto the disk and within limits.

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::files::{Sealed, Spool};
use crate::http::body::{broken, paced};
use actix_multipart::{Multipart, MultipartError};
use actix_web::http::header;
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use shared::error::ErrorCode;
use shared::exchange::MAX_FILE_BYTES;
use std::time::Duration;

/// How long the next piece may take.
const PIECE: Duration = Duration::from_secs(15);
/// How long the whole may take.
const WHOLE: Duration = Duration::from_secs(600);

/// A file that has come in.
pub struct Uploaded {
    /// Its bytes.
    pub sealed: Sealed,
    /// Its size.
    pub bytes: i64,
    /// SHA-256 of its name and bytes, which an idempotency key is bound to.
    pub hash: Vec<u8>,
    /// The name it was sent with.
    pub name: String,
}

/// Takes a body that is the file, or a form with the file in it.
///
/// # Errors
/// 408, 413, 415, or 422 for a form without a file.
pub async fn receive(
    app: &App,
    request: &HttpRequest,
    payload: web::Payload,
    name: Option<String>,
) -> AppResult<Uploaded> {
    let is_plain = request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_none_or(|value| value == "identity");
    if !is_plain {
        return Err(AppError::UnsupportedMedia);
    }
    let announced: Option<u64> = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes| bytes > MAX_FILE_BYTES + 64 * 1024) {
        return Err(AppError::TooLarge(ErrorCode::TooLarge));
    }
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("multipart/"));
    let payload = paced(payload, WHOLE);
    if !is_form {
        let name = name.unwrap_or_default();
        return take(app, payload.map_err(|error| broken(&error)), name).await;
    }
    let mut form = Multipart::new(request.headers(), payload);
    while let Some(field) = form.next().await {
        let field = field.map_err(|error| unread(&error))?;
        let sent = field
            .content_disposition()
            .and_then(|disposition| disposition.get_filename())
            .map(str::to_owned);
        if field.name() == Some("file") || sent.is_some() {
            let name = name.or(sent).unwrap_or_default();
            return take(app, field.map_err(|error| unread(&error)), name).await;
        }
    }
    Err(AppError::field("/file", ErrorCode::Required))
}

/// What to answer when a form cannot be read on.
fn unread(error: &MultipartError) -> AppError {
    match error {
        MultipartError::Payload(error) => broken(error),
        error => AppError::Malformed(error.to_string()),
    }
}

async fn take(
    app: &App,
    pieces: impl Stream<Item = AppResult<Bytes>>,
    name: String,
) -> AppResult<Uploaded> {
    let mut spool =
        Spool::new(&app.config.data_dir).map_err(|error| AppError::Internal(error.into()))?;
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([0]);
    let mut bytes: u64 = 0;
    let mut pieces = std::pin::pin!(pieces);
    loop {
        let piece = tokio::time::timeout(PIECE, pieces.next())
            .await
            .map_err(|_| AppError::TimedOut)?;
        let Some(piece) = piece else { break };
        let piece = piece?;
        bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if bytes > MAX_FILE_BYTES {
            return Err(AppError::TooLarge(ErrorCode::TooLarge));
        }
        hash.update(&piece);
        spool.write(&piece)?;
    }
    Ok(Uploaded {
        sealed: spool.seal()?,
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        hash: hash.finalize().to_vec(),
        name,
    })
}
