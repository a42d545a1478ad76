//! The page that explains error codes; the `type` of every error leads to it.

use super::problem::language;
use crate::error::status_of;
use actix_web::{HttpRequest, HttpResponse};
use shared::error::ErrorCode;
use std::fmt::Write;
use strum::IntoEnumIterator;

/// Lists every code with its words, in the caller's language.
pub async fn errors(request: HttpRequest) -> HttpResponse {
    let locale = language(&request);
    let mut page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>Dipper API</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head><body><main><dl>",
        locale.as_ref()
    );
    for code in ErrorCode::iter() {
        let name = code.as_ref();
        let status = status_of(code)
            .map(|status| format!(" ({status})"))
            .unwrap_or_default();
        // The words are ours and hold no markup.
        let _ = write!(
            page,
            "<dt id=\"{name}\"><code>{name}</code>{status}</dt><dd><strong>{}</strong> {}</dd>",
            code.title(locale),
            code.remedy(locale)
        );
    }
    page.push_str("</dl></main></body></html>");
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page)
}
