//! Writes every error as `application/problem+json` (RFC 9457), in the caller's language.

use crate::error::{AppError, of_status};
use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use shared::error::{ErrorCode, Problem};
use shared::identity::Locale;

/// The language the caller reads: the first of ours in `Accept-Language`, else Chinese.
#[must_use]
pub fn language(request: &HttpRequest) -> Locale {
    let header = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    header
        .and_then(|list| {
            list.split(',').find_map(|tag| {
                match tag.trim().get(..2)?.to_ascii_lowercase().as_str() {
                    "zh" => Some(Locale::ZhCn),
                    "en" => Some(Locale::En),
                    _ => None,
                }
            })
        })
        .unwrap_or_default()
}

/// Everything the body of an error says about its request.
pub struct About<'a> {
    /// The caller's language.
    pub locale: Locale,
    /// The path that was asked.
    pub path: &'a str,
    /// The request's id.
    pub request_id: &'a str,
}

/// The answer for an error.
#[must_use]
pub fn write_problem(error: &AppError, about: &About<'_>) -> HttpResponse<BoxBody> {
    let mut response = HttpResponse::build(error.status_code());
    match error {
        AppError::Unauthenticated(_) => {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        AppError::Stale(Some(state)) => {
            response.insert_header((header::ETAG, super::etag(state.1)));
        }
        AppError::TooMany { retry_after } => {
            response.insert_header((
                header::RETRY_AFTER,
                retry_after.as_secs().max(1).to_string(),
            ));
        }
        AppError::Unavailable(_) => {
            response.insert_header((header::RETRY_AFTER, "2"));
        }
        _ => {}
    }
    let body = serde_json::to_vec(&problem_of(error, about)).unwrap_or_default();
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/problem+json")
        .body(body)
}

/// What the answer for an error says.
#[must_use]
pub fn problem_of(error: &AppError, about: &About<'_>) -> Problem {
    let code = error.code();
    let mut detail = code.remedy(about.locale);
    let mut errors = Vec::new();
    let mut current = None;
    let (mut missing_criteria, mut step_back_to) = (Vec::new(), None);
    match error {
        AppError::Malformed(text) | AppError::UnknownParameter(text) if !text.is_empty() => {
            detail = format!("{detail} ({text})");
        }
        AppError::Invalid(_, list) => {
            errors.clone_from(list);
            for error in &mut errors {
                error.detail = error.code.told(about.locale, error.limit.as_deref());
            }
        }
        AppError::Stale(Some(state)) => current = Some(state.0.clone()),
        AppError::GateNotMet(miss) => {
            missing_criteria.clone_from(&miss.missing);
            for item in &mut missing_criteria {
                item.fill_in(about.locale);
            }
            step_back_to = miss.step_back;
        }
        _ => {}
    }
    Problem {
        kind: format!("/api/docs/errors#{}", code.as_ref()),
        title: code.title(about.locale),
        status: error.status_code().as_u16(),
        detail,
        code,
        instance: about.path.to_owned(),
        request_id: about.request_id.to_owned(),
        errors,
        missing_criteria,
        step_back_to,
        current,
    }
}

/// What a response with an error status stands for.
#[must_use]
pub fn error_of(response: &HttpResponse<BoxBody>) -> AppError {
    match response
        .error()
        .and_then(|error| error.as_error::<AppError>())
    {
        Some(error) => copy(error),
        None => of_status(response.status()),
    }
}

/// An equal error; causes stay behind, since they were logged where they happened.
fn copy(error: &AppError) -> AppError {
    match error {
        AppError::Malformed(text) => AppError::Malformed(text.clone()),
        AppError::UnknownParameter(name) => AppError::UnknownParameter(name.clone()),
        AppError::Unauthenticated(code) => AppError::Unauthenticated(*code),
        AppError::Forbidden(code) => AppError::Forbidden(*code),
        AppError::NotFound => AppError::NotFound,
        AppError::MethodNotAllowed => AppError::MethodNotAllowed,
        AppError::TimedOut => AppError::TimedOut,
        AppError::Conflict(code) => AppError::Conflict(*code),
        AppError::Gone(code) => AppError::Gone(*code),
        AppError::Stale(state) => AppError::Stale(state.clone()),
        AppError::TooLarge(code) => AppError::TooLarge(*code),
        AppError::AddressTooLong => AppError::AddressTooLong,
        AppError::HeadersTooLarge => AppError::HeadersTooLarge,
        AppError::UnsupportedMedia => AppError::UnsupportedMedia,
        AppError::Invalid(code, errors) => AppError::Invalid(*code, errors.clone()),
        AppError::GateNotMet(miss) => AppError::GateNotMet(miss.clone()),
        AppError::VersionRequired => AppError::VersionRequired,
        AppError::TooMany { retry_after } => AppError::TooMany {
            retry_after: *retry_after,
        },
        AppError::Internal(cause) => AppError::Internal(anyhow::anyhow!("{cause:#}")),
        AppError::Unavailable(cause) => AppError::Unavailable(anyhow::anyhow!("{cause:#}")),
    }
}

/// Bad ids in the path mean that nothing is there.
#[must_use]
pub fn path_errors() -> actix_web::web::PathConfig {
    actix_web::web::PathConfig::default().error_handler(|_, _| AppError::NotFound.into())
}

/// An error raised where no request is at hand any more, as after a panic; carries its whole answer.
#[derive(Debug)]
pub struct LastResort {
    /// The caller's language.
    pub locale: Locale,
    /// The path that was asked.
    pub path: String,
    /// The request's id.
    pub request_id: String,
}

impl std::fmt::Display for LastResort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(ErrorCode::Internal.as_ref())
    }
}

impl ResponseError for LastResort {
    fn status_code(&self) -> StatusCode {
        AppError::Internal(anyhow::anyhow!("")).status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let about = About {
            locale: self.locale,
            path: &self.path,
            request_id: &self.request_id,
        };
        let mut response = write_problem(&AppError::Internal(anyhow::anyhow!("")), &about);
        super::headers::adorn(response.headers_mut(), &self.path, &self.request_id);
        response
    }
}
