//! The errors of requests, and the only place that names an HTTP error status.
//!
//! Stores return `QueryResult`; handlers return [`AppResult`]. Whatever the client did not cause is a
//! 500 whose cause is logged once and never sent.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use diesel::result::{DatabaseErrorKind, Error as DieselError, QueryResult};
use shared::error::{ErrorCode, FieldError};
use shared::funnel::gate::GateMiss;
use std::time::Duration;

/// What a handler answers.
pub type AppResult<T> = Result<T, AppError>;

/// Why a request failed. One variant for each status we answer.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// 400: the request could not be read at all.
    #[error("malformed request: {0}")]
    Malformed(String),
    /// 400: a parameter, filter, sort key or field name the endpoint does not have.
    #[error("unknown parameter {0}")]
    UnknownParameter(String),
    /// 401: no valid sign-in came along, or the credentials are wrong.
    #[error("unauthenticated")]
    Unauthenticated(ErrorCode),
    /// 403: signed in, but not allowed.
    #[error("forbidden")]
    Forbidden(ErrorCode),
    /// 404: not there, not ours, or out of view.
    #[error("not found")]
    NotFound,
    /// 405.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// 408.
    #[error("timed out")]
    TimedOut,
    /// 409: another record, state or request is in the way.
    #[error("conflict: {0:?}")]
    Conflict(ErrorCode),
    /// 410: the link or invitation is over.
    #[error("gone")]
    Gone(ErrorCode),
    /// 412: changed meanwhile; carries the representation and version now.
    #[error("stale")]
    Stale(Option<Box<(serde_json::Value, i32)>>),
    /// 413.
    #[error("too large")]
    TooLarge(ErrorCode),
    /// 414.
    #[error("address too long")]
    AddressTooLong,
    /// 431.
    #[error("headers too large")]
    HeadersTooLarge,
    /// 415.
    #[error("unsupported media")]
    UnsupportedMedia,
    /// 422: one or more fields, or the whole, are not acceptable.
    #[error("invalid: {0:?}")]
    Invalid(ErrorCode, Vec<FieldError>),
    /// 422: the deal lacks what its stages ask.
    #[error("gate not met")]
    GateNotMet(Box<GateMiss>),
    /// 428: `If-Match` is missing.
    #[error("version required")]
    VersionRequired,
    /// 429.
    #[error("too many requests")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// 500: our fault; the cause goes to the log only.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
    /// 503: the database is away or busy.
    #[error("unavailable")]
    Unavailable(#[source] anyhow::Error),
}

impl AppError {
    /// One field that is not acceptable.
    #[must_use]
    pub fn field(pointer: impl Into<String>, code: ErrorCode) -> Self {
        Self::Invalid(ErrorCode::Invalid, vec![FieldError::new(pointer, code)])
    }

    /// A request that is well-formed but against a rule, without a single field at fault.
    #[must_use]
    pub const fn rule(code: ErrorCode) -> Self {
        Self::Invalid(code, Vec::new())
    }

    /// The code clients read.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed(_) => ErrorCode::Malformed,
            Self::UnknownParameter(_) => ErrorCode::UnknownParameter,
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed => ErrorCode::MethodNotAllowed,
            Self::TimedOut => ErrorCode::TimedOut,
            Self::Stale(_) => ErrorCode::Stale,
            Self::AddressTooLong => ErrorCode::AddressTooLong,
            Self::HeadersTooLarge => ErrorCode::HeadersTooLarge,
            Self::UnsupportedMedia => ErrorCode::UnsupportedMedia,
            Self::GateNotMet(_) => ErrorCode::GateNotMet,
            Self::VersionRequired => ErrorCode::VersionRequired,
            Self::TooMany { .. } => ErrorCode::TooMany,
            Self::Internal(_) => ErrorCode::Internal,
            Self::Unavailable(_) => ErrorCode::Unavailable,
            Self::Unauthenticated(code)
            | Self::Forbidden(code)
            | Self::Conflict(code)
            | Self::Gone(code)
            | Self::TooLarge(code)
            | Self::Invalid(code, _) => *code,
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::UnknownParameter(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Gone(_) => StatusCode::GONE,
            Self::Stale(_) => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(..) | Self::GateNotMet(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::VersionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// An empty answer that carries the error; `http::problem` writes the body, in the caller's
    /// language and with the request's id, in one place for all errors.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The error for a status that actix answered by itself.
#[must_use]
pub fn of_status(status: StatusCode) -> AppError {
    match status {
        StatusCode::UNAUTHORIZED => AppError::Unauthenticated(ErrorCode::Unauthenticated),
        StatusCode::FORBIDDEN => AppError::Forbidden(ErrorCode::Forbidden),
        StatusCode::NOT_FOUND => AppError::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => AppError::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => AppError::TimedOut,
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge(ErrorCode::TooLarge),
        StatusCode::URI_TOO_LONG => AppError::AddressTooLong,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => AppError::HeadersTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AppError::UnsupportedMedia,
        status if status.is_client_error() => AppError::Malformed(String::new()),
        status => AppError::Internal(anyhow::anyhow!("a bare answer with status {status}")),
    }
}

impl From<DieselError> for AppError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
            | DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                Self::Unavailable(error.into())
            }
            DieselError::DatabaseError(_, ref info) if is_passing(info.message()) => {
                Self::Unavailable(error.into())
            }
            other => Self::Internal(other.into()),
        }
    }
}

/// Whether the message of a failed statement says that another try may succeed: the database went
/// away or came back, or the statement waited too long. The driver gives these no kind of their own.
fn is_passing(message: &str) -> bool {
    [
        "canceling statement",
        "lock timeout",
        "deadlock detected",
        "terminating connection",
        "the database system is",
        "connection closed",
        "error communicating with the server",
        "idle-in-transaction timeout",
    ]
    .iter()
    .any(|part| message.contains(part))
}

impl From<Vec<FieldError>> for AppError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(ErrorCode::Invalid, errors)
    }
}

/// Turns the breach of a named constraint into an error the client can act on, so that uniqueness is
/// decided by the database and reported at the field.
pub trait OnConstraint<T> {
    /// Maps the breach of `constraint` to the error that `make` gives.
    ///
    /// # Errors
    /// That error, or whatever else the query failed with.
    fn on_constraint(self, constraint: &str, make: impl FnOnce() -> AppError) -> AppResult<T>;
}

impl<T, E: Into<AppError> + ConstraintName> OnConstraint<T> for Result<T, E> {
    fn on_constraint(self, constraint: &str, make: impl FnOnce() -> AppError) -> AppResult<T> {
        self.map_err(|error| {
            if error.constraint() == Some(constraint) {
                make()
            } else {
                error.into()
            }
        })
    }
}

/// Errors that may name a breached constraint.
pub trait ConstraintName {
    /// The constraint's name.
    fn constraint(&self) -> Option<&str>;
}

impl ConstraintName for DieselError {
    fn constraint(&self) -> Option<&str> {
        match self {
            Self::DatabaseError(_, info) => info.constraint_name(),
            _ => None,
        }
    }
}

impl ConstraintName for AppError {
    fn constraint(&self) -> Option<&str> {
        match self {
            Self::Internal(error) => error
                .downcast_ref::<DieselError>()
                .and_then(ConstraintName::constraint),
            _ => None,
        }
    }
}

/// A query as part of a request, for joining several.
///
/// # Errors
/// Those of the query, as a request's.
pub async fn query<T>(work: impl Future<Output = QueryResult<T>>) -> AppResult<T> {
    work.await.map_err(AppError::from)
}

/// `Ok(None)` for a row that is not there.
pub fn optional<T>(result: QueryResult<T>) -> QueryResult<Option<T>> {
    match result {
        Ok(row) => Ok(Some(row)),
        Err(DieselError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The status a code comes with, where it is always the same one; codes of fields come inside a 422.
#[must_use]
pub fn status_of(code: ErrorCode) -> Option<u16> {
    use ErrorCode as Code;
    let error = match code {
        Code::Malformed => AppError::Malformed(String::new()),
        Code::UnknownParameter => AppError::UnknownParameter(String::new()),
        Code::Unauthenticated | Code::WrongCredentials => AppError::Unauthenticated(code),
        Code::Forbidden | Code::ForeignOrigin | Code::SignUpClosed => AppError::Forbidden(code),
        Code::NotFound => AppError::NotFound,
        Code::MethodNotAllowed => AppError::MethodNotAllowed,
        Code::KeyInFlight | Code::NeighbourLeft | Code::StageArchived | Code::WrongJobState => {
            AppError::Conflict(code)
        }
        Code::LinkExpired => AppError::Gone(code),
        Code::Stale => AppError::Stale(None),
        Code::TooLarge => AppError::TooLarge(code),
        Code::AddressTooLong => AppError::AddressTooLong,
        Code::HeadersTooLarge => AppError::HeadersTooLarge,
        Code::UnsupportedMedia => AppError::UnsupportedMedia,
        Code::Invalid | Code::KeyReused | Code::GateNotMet => AppError::rule(code),
        Code::VersionRequired => AppError::VersionRequired,
        Code::TooMany => AppError::TooMany {
            retry_after: Duration::ZERO,
        },
        Code::Internal => AppError::Internal(anyhow::anyhow!("")),
        Code::Unavailable => AppError::Unavailable(anyhow::anyhow!("")),
        Code::TimedOut => AppError::TimedOut,
        _ => return None,
    };
    Some(error.status_code().as_u16())
}

/// The answer for a method that an address does not take.
#[must_use]
pub fn wrong_method(allowed: &str) -> HttpResponse {
    let mut response = AppError::MethodNotAllowed.error_response();
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// The answer of the readiness check while the server cannot serve.
#[must_use]
pub fn not_ready(reason: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SERVICE_UNAVAILABLE)
        .content_type("text/plain")
        .body(format!("not ready: {reason}\n"))
}
