//! What surrounds every request: its id, the limits of its address, the origin check, the log line,
//! the figures, the security headers, and the last-resort handler for panics.

use super::problem::{About, LastResort, error_of, language, write_problem};
use crate::app::App;
use crate::error::{AppError, status_of};
use actix_web::body::{BodySize, BoxBody, MessageBody, None as NoBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::FutureExt;
use shared::error::ErrorCode;
use std::future::{Ready, ready};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

/// The longest address, in bytes.
const MAX_ADDRESS: usize = 8 * 1024;
/// The most query parameters.
const MAX_PARAMETERS: usize = 50;
/// The most headers, and their bytes.
const MAX_HEADERS: (usize, usize) = (64, 32 * 1024);

/// What an address takes that says nothing else: all of them are for reading.
const READING: &str = "GET, HEAD, OPTIONS";

/// The id of the request, in the log, in errors and in events.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

impl FromRequest for RequestId {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let id = request.extensions().get::<Self>().cloned();
        ready(Ok(id.unwrap_or_else(|| Self("".into()))))
    }
}

/// Runs a request with everything that surrounds it.
///
/// # Errors
/// Only the last-resort error, which is a whole answer by itself.
pub async fn around(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let id: Arc<str> = uuid::Uuid::now_v7().simple().to_string().into();
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let locale = language(request.request());
    let method = request.method().clone();
    let path = request.path().to_owned();
    let app = request.app_data::<web::Data<App>>().cloned();

    // Whoever asks for a head gets that of a GET; the body goes at the end.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let refused = refuse(&request, app.as_deref().map(AsRef::as_ref));
    let outcome = match refused {
        Some(error) => Ok(request.error_response(error)),
        None => match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(outcome) => outcome.map(ServiceResponse::map_into_boxed_body),
            Err(_) => {
                tracing::error!(request_id = %id, %method, path, "a handler panicked");
                if let Some(app) = app {
                    let status = status_of(ErrorCode::Internal).unwrap_or_default();
                    let elapsed = started.elapsed();
                    app.figures
                        .observe(method.as_str(), "panicked", status, elapsed);
                }
                return Err(LastResort {
                    locale,
                    path,
                    request_id: id.to_string(),
                }
                .into());
            }
        },
    };
    let response = match outcome {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(request_id = %id, %method, path, error = %error, "a request failed outside its handler");
            return Err(LastResort {
                locale,
                path,
                request_id: id.to_string(),
            }
            .into());
        }
    };

    let mut response = finish(
        response,
        &About {
            locale,
            path: &path,
            request_id: &id,
        },
        &method,
    );
    if method == Method::HEAD && matches!(response.response().body().size(), BodySize::Stream) {
        // A stream would be read on for nobody; its length is unknown anyway.
        response = response.map_body(|_, _| BoxBody::new(NoBody::new()));
    }
    adorn(response.headers_mut(), &path, &id);
    let status = response.status().as_u16();
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "other".into());
    let elapsed = started.elapsed();
    if let Some(app) = app {
        app.figures
            .observe(method.as_str(), &route, status, elapsed);
    }
    if path.starts_with("/api/") {
        tracing::info!(request_id = %id, %method, path, status, duration_ms = elapsed.as_secs_f64() * 1e3, "request");
    }
    Ok(response)
}

/// Turns an error of any source into problem+json; other answers pass.
fn finish(
    response: ServiceResponse<BoxBody>,
    about: &About<'_>,
    method: &Method,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    // An unready server answers its checks by a plain body of its own.
    let is_check = about.path == "/readyz" && status.is_server_error();
    if is_problem || is_check {
        return response;
    }
    let error = error_of(response.response());
    if let AppError::Internal(cause) | AppError::Unavailable(cause) = &error {
        tracing::error!(
            request_id = about.request_id,
            path = about.path,
            cause = format!("{cause:#}"),
            "request failed"
        );
    }
    let mut answer = match error {
        // Who asks what an address takes is told, and has done nothing wrong.
        AppError::MethodNotAllowed if method == Method::OPTIONS => {
            HttpResponse::NoContent().finish()
        }
        _ => write_problem(&error, about),
    };
    if matches!(error, AppError::MethodNotAllowed) {
        let allow = response.headers().get(header::ALLOW).cloned();
        let allow = allow.unwrap_or_else(|| HeaderValue::from_static(READING));
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, answer)
}

/// Limits of the address and headers, and the origin of writes that come with cookies.
fn refuse(request: &ServiceRequest, app: Option<&App>) -> Option<AppError> {
    if request.uri().to_string().len() > MAX_ADDRESS {
        return Some(AppError::AddressTooLong);
    }
    if request.query_string().split('&').count() > MAX_PARAMETERS {
        return Some(AppError::rule(ErrorCode::TooManyItems));
    }
    let bytes: usize = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if request.headers().len() > MAX_HEADERS.0 || bytes > MAX_HEADERS.1 {
        return Some(AppError::HeadersTooLarge);
    }
    let is_write = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if is_write && is_foreign(request.headers(), app?.config.origin.as_deref()) {
        return Some(AppError::Forbidden(ErrorCode::ForeignOrigin));
    }
    is_write.then(|| stray_parameter(request)).flatten()
}

/// Refuses the parameters of a write that takes none: what somebody hopes only to try must not be done.
fn stray_parameter(request: &ServiceRequest) -> Option<AppError> {
    let path = request.path();
    let takes_some = WITH_PARAMETERS.iter().any(|end| path.ends_with(end));
    let first = request.query_string().split('&').next()?;
    let name = first.split('=').next().filter(|name| !name.is_empty())?;
    (path.starts_with("/api/") && !takes_some)
        .then(|| AppError::UnknownParameter(name.chars().take(100).collect()))
}

/// Ends of the addresses of writes that take parameters; their handlers refuse those that they do not know.
const WITH_PARAMETERS: [&str; 5] = ["/deals", "/deals/bulk", "/move", "/touches", "/files"];

/// Whether a browser says that the request comes from a page of another origin. Tools send neither
/// header; they carry a token instead of cookies.
fn is_foreign(headers: &HeaderMap, ours: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(HeaderName::from_static("sec-fetch-site")) == Some("cross-site") {
        return true;
    }
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    match ours {
        Some(ours) => origin != ours,
        None => {
            let host = origin.split_once("://").map_or(origin, |(_, host)| host);
            text(header::HOST) != Some(host)
        }
    }
}

/// Sets the headers every answer has.
pub(super) fn adorn(headers: &mut HeaderMap, path: &str, request_id: &str) {
    secure(headers, path);
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

fn secure(headers: &mut HeaderMap, path: &str) {
    // The API's documentation page brings its own styles; everything else is ours.
    let policy = if path.starts_with("/api/docs") {
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    } else {
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    };
    for (name, value) in [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(self)",
        ),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::middleware::from_fn;
    use actix_web::{App as ActixApp, HttpServer};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn broken() -> HttpResponse {
        let nothing: Vec<u8> = Vec::new();
        HttpResponse::Ok().body(vec![nothing[usize::from(nothing.is_empty())]])
    }

    #[actix_web::test]
    async fn panic_of_a_handler_is_a_problem_with_the_request_id() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = HttpServer::new(|| {
            ActixApp::new()
                .wrap(from_fn(around))
                .route("/api/v1/broken", web::get().to(broken))
                .route("/api/v1/whole", web::get().to(HttpResponse::NoContent))
        });
        let server = server
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        let handle = server.handle();
        let running = actix_web::rt::spawn(server);

        // On one connection: it goes on after the panic.
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = "host: x\r\naccept-language: en\r\n";
        let requests = format!(
            "GET /api/v1/broken HTTP/1.1\r\n{head}\r\nGET /api/v1/whole HTTP/1.1\r\n{head}connection: close\r\n\r\n"
        );
        stream.write_all(requests.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        handle.stop(false).await;
        running.await.unwrap().unwrap();

        let (first, second) = text.split_once("HTTP/1.1 204").unwrap();
        let (head, body) = first.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 500"), "{head}");
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .unwrap_or_default()
        };
        assert_eq!(header("content-type"), "application/problem+json");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["code"], "internal");
        assert_eq!(problem["status"], 500);
        assert_eq!(problem["instance"], "/api/v1/broken");
        assert!(problem["request_id"].as_str().unwrap().len() >= 16);
        assert_eq!(problem["request_id"], header("x-request-id"));
        assert!(!first.contains("index out of bounds") && !first.contains(".rs"));
        assert!(second.contains("x-request-id"));
    }
}
