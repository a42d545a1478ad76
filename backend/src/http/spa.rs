//! Serves the web app that `cargo xtask web` laid out: the one page for every address of the app,
//! and its files, already compressed.
//!
//! A release build answers from memory; a development build reads `dist/`. Files whose names carry
//! a hash of their content are cached for ever, the page itself is asked for each time.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::Path;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::packed::Accepted;
use crate::error::{AppError, AppResult};

include!(concat!(env!("OUT_DIR"), "/web.rs"));

const PAGE: &str = "index.html";
/// The icon, which some ask for by the place that icons once had.
const ICON: &str = "assets/favicon.svg";

/// Shown by a server that was built without the web app.
const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
<title>Dipper</title></head>\n<body>\n<h1>Dipper</h1>\n\
<p>This server was built without the web app. Run <code>cargo xtask web</code>, or <code>cargo xtask run</code> \
for everything at once. The API is at <a href=\"/api/docs\">/api/docs</a>.</p>\n</body>\n</html>\n";

/// The packed forms in the order of preference: the name in HTTP and the file's suffix.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A file of the web app.
struct File {
    content: Cow<'static, [u8]>,
    /// Changes with the content.
    mark: Cow<'static, str>,
}

/// Makes every address that has no other service the web app's.
pub fn configure(config: &mut web::ServiceConfig) {
    config.default_service(web::to(serve));
}

/// Answers with a file of the web app, or with its page for an address inside the app.
///
/// # Errors
/// 404 for files that are not there and for everything below `/api`, 405 for anything but reading.
pub async fn serve(request: HttpRequest) -> AppResult<HttpResponse> {
    answer(&request, find)
}

fn answer(request: &HttpRequest, find: impl Fn(&str) -> Option<File>) -> AppResult<HttpResponse> {
    let path = request.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Err(AppError::NotFound);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(AppError::MethodNotAllowed);
    }

    let last = path.rsplit('/').next().unwrap_or(path);
    let name = match path {
        "favicon.ico" if find(path).is_none() => ICON,
        _ if last.contains('.') => path,
        _ => PAGE,
    };
    if !is_plain(name) {
        return Err(AppError::NotFound);
    }

    let accepted = Accepted::of(request);
    let packed = ENCODINGS
        .iter()
        .filter(|(encoding, _)| accepted.names(encoding))
        .find_map(|(encoding, suffix)| Some((*encoding, find(&format!("{name}{suffix}"))?)));
    let (encoding, file) = match packed {
        Some((encoding, file)) => (Some(encoding), file),
        None => match find(name) {
            Some(file) => (None, file),
            None if name == PAGE => (None, placeholder()),
            // No icon is no error: nothing on a page asked for this one.
            None if name == ICON && path != ICON => return Ok(HttpResponse::NoContent().finish()),
            None => return Err(AppError::NotFound),
        },
    };

    let tag = format!("\"{}\"", file.mark);
    let is_known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, lifetime(name)))
        .insert_header((header::VARY, "Accept-Encoding"));
    if is_known {
        return Ok(response.finish());
    }
    response.content_type(content_type(name));
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    Ok(match file.content {
        Cow::Borrowed(content) => response.body(web::Bytes::from_static(content)),
        Cow::Owned(content) => response.body(content),
    })
}

/// Looks a file up by its name in `dist/`.
fn find(name: &str) -> Option<File> {
    if IS_EMBEDDED {
        let place = FILES
            .binary_search_by(|(other, _, _)| other.cmp(&name))
            .ok()?;
        let (_, content, mark) = FILES.get(place)?;
        return Some(File {
            content: Cow::Borrowed(content),
            mark: Cow::Borrowed(mark),
        });
    }
    let content = std::fs::read(Path::new(DIST).join(name)).ok()?;
    Some(File {
        mark: Cow::Owned(mark(&content)),
        content: Cow::Owned(content),
    })
}

fn placeholder() -> File {
    File {
        content: Cow::Borrowed(PLACEHOLDER.as_bytes()),
        mark: Cow::Owned(mark(PLACEHOLDER.as_bytes())),
    }
}

fn mark(content: &[u8]) -> String {
    let mut mark = DefaultHasher::new();
    mark.write(content);
    format!("{:016x}", mark.finish())
}

/// Whether a name stays inside the folder and names no hidden or packed file.
fn is_plain(name: &str) -> bool {
    !name.contains(['\\', '%'])
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.'))
        && !ENCODINGS.iter().any(|(_, suffix)| name.ends_with(suffix))
}

fn lifetime(name: &str) -> &'static str {
    if is_hashed(name) {
        "public, max-age=31536000, immutable"
    } else if name == PAGE {
        "no-cache"
    } else {
        "public, max-age=3600"
    }
}

/// Whether a name carries a hash of its content, such as `static/app-0123456789abcdef_bg.wasm`.
fn is_hashed(name: &str) -> bool {
    let Some((_, after)) = name
        .strip_prefix("static/")
        .and_then(|rest| rest.rsplit_once('-'))
    else {
        return false;
    };
    let end = after.find(['_', '.']).unwrap_or(after.len());
    let hash = after.get(..end).unwrap_or_default();
    hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn dist(name: &str) -> Option<File> {
        let content: &[u8] = match name {
            "index.html" => b"page",
            "index.html.br" => b"packed page",
            "static/app-0123456789abcdef_bg.wasm" => b"code",
            "static/app-0123456789abcdef_bg.wasm.gz" => b"packed code",
            "assets/favicon.svg" => b"icon",
            ".fingerprint" => b"secret",
            _ => return None,
        };
        Some(File {
            content: Cow::Borrowed(content),
            mark: Cow::Owned(mark(content)),
        })
    }

    fn get(path: &str, headers: &[(&str, &str)]) -> AppResult<HttpResponse> {
        let mut request = TestRequest::with_uri(path);
        for header in headers {
            request = request.append_header(*header);
        }
        answer(&request.to_http_request(), dist)
    }

    fn header(response: &HttpResponse, name: &str) -> String {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
            .to_owned()
    }

    #[test]
    fn every_address_of_the_app_is_its_page() {
        for path in ["/", "/deals", "/accounts/0198/people"] {
            let response = get(path, &[]).unwrap();
            assert_eq!(
                header(&response, "content-type"),
                "text/html; charset=utf-8"
            );
            assert_eq!(header(&response, "cache-control"), "no-cache");
            assert_eq!(header(&response, "content-encoding"), "");
        }
    }

    #[test]
    fn packed_form_goes_to_those_who_read_it() {
        let wasm = "/static/app-0123456789abcdef_bg.wasm";
        let cases = [
            ("/", "gzip, deflate, br, zstd", "br"),
            ("/", "br;q=0, gzip", ""),
            ("/", "BR;q=0.5", "br"),
            (wasm, "br, gzip", "gzip"),
            (wasm, "identity", ""),
        ];
        for (path, accepted, expected) in cases {
            let response = get(path, &[("accept-encoding", accepted)]).unwrap();
            assert_eq!(
                header(&response, "content-encoding"),
                expected,
                "{accepted}"
            );
            assert_eq!(header(&response, "vary"), "Accept-Encoding");
        }
    }

    #[test]
    fn hashed_files_are_kept_for_ever_and_others_are_not() {
        let response = get("/static/app-0123456789abcdef_bg.wasm", &[]).unwrap();
        assert_eq!(header(&response, "content-type"), "application/wasm");
        assert!(header(&response, "cache-control").ends_with("immutable"));

        let response = get("/assets/favicon.svg", &[]).unwrap();
        assert_eq!(header(&response, "cache-control"), "public, max-age=3600");
        for name in ["static/app-short.js", "assets/a-0123456789abcdef.js", "x"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn known_content_is_not_sent_again() {
        let first = get("/", &[]).unwrap();
        let tag = header(&first, "etag");

        let second = get("/", &[("if-none-match", &format!("\"x\", {tag}"))]).unwrap();

        assert_eq!(second.status(), 304);
        assert_eq!(header(&second, "etag"), tag);
        let packed = get("/", &[("accept-encoding", "br")]).unwrap();
        assert_ne!(header(&packed, "etag"), tag);
    }

    #[test]
    fn nothing_outside_the_app_is_served() {
        for path in [
            "/missing.js",
            "/.fingerprint",
            "/assets/../.fingerprint",
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/index.html.br",
            "/assets//favicon.svg",
            "/api/v1/nothing",
        ] {
            assert!(matches!(get(path, &[]), Err(AppError::NotFound)), "{path}");
        }
        let request = TestRequest::post().uri("/deals").to_http_request();
        let refused = answer(&request, dist);
        assert!(matches!(refused, Err(AppError::MethodNotAllowed)));
    }

    #[test]
    fn the_icon_is_found_by_its_old_name() {
        let response = get("/favicon.ico", &[]).unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), "image/svg+xml");
        let request = TestRequest::with_uri("/favicon.ico").to_http_request();
        assert_eq!(answer(&request, |_| None).unwrap().status(), 204);
    }

    #[test]
    fn server_without_the_app_says_so() {
        let request = TestRequest::with_uri("/").to_http_request();
        let response = answer(&request, |_| None).unwrap();
        assert_eq!(response.status(), 200);
    }
}
