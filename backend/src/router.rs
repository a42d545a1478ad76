//! Every route of the server, on one screen.

use crate::error::{AppError, AppResult};
use crate::{
    accounts, error, events, exchange, funnel, http, identity, openapi, ops, revenue, search,
};
use actix_web::dev::ResourceDef;
use actix_web::guard::Get;
use actix_web::http::Method;
use actix_web::{App as ActixApp, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use std::sync::OnceLock;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

/// Where the API's document is.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// The API of every room, left to right.
fn rooms(config: &mut ServiceConfig<'_>) {
    identity::routes::configure(config);
    accounts::routes::configure(config);
    funnel::routes::configure(config);
    revenue::routes::configure(config);
    exchange::routes::configure(config);
    events::routes::configure(config);
    search::routes::configure(config);
}

/// The API's document, equal to the router because it is drawn from it.
#[must_use]
pub fn document() -> OpenApi {
    let (_, mut document) = ActixApp::new()
        .into_utoipa_app()
        .openapi(openapi::base())
        .service(scope::scope("/api/v1").configure(rooms))
        .split_for_parts();
    openapi::complete(&mut document);
    document
}

/// Adds all routes to an actix application.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(http::path_errors())
        .configure(ops::configure)
        .route("/api/docs/errors", web::get().to(http::docs::errors))
        .service(web::resource(DOCUMENT).guard(Get()).to(shown))
        .service(SwaggerUi::new("/api/docs/{_:.*}").config(DocsConfig::from(DOCUMENT)))
        .route("/api/docs", web::get().to(to_docs))
        .service(
            web::scope("/api/v1")
                .configure(actix_rooms)
                .default_service(web::to(elsewhere)),
        )
        .service(web::scope("/api").default_service(web::to(elsewhere)))
        .default_service(web::to(http::spa::serve));
}

/// The document as text, drawn when somebody asks for it: each worker would hold a tree of megabytes.
async fn shown() -> AppResult<HttpResponse> {
    static TEXT: OnceLock<Bytes> = OnceLock::new();

    let text = match TEXT.get() {
        Some(text) => text,
        None => {
            let text = document().to_json();
            let text = text.map_err(|error| AppError::Internal(error.into()))?;
            TEXT.get_or_init(|| text.into())
        }
    };
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(text.clone()))
}

fn actix_rooms(config: &mut web::ServiceConfig) {
    rooms(&mut ServiceConfig::new(config));
}

/// What the API answers for an address it does not have, or not with this method (RFC 9110, 15.5.6).
async fn elsewhere(request: HttpRequest) -> AppResult<HttpResponse> {
    static KNOWN: OnceLock<Vec<(ResourceDef, String)>> = OnceLock::new();

    let known = KNOWN.get_or_init(|| {
        let document = serde_json::to_value(document()).unwrap_or_default();
        let paths = document.get("paths").and_then(serde_json::Value::as_object);
        paths
            .into_iter()
            .flatten()
            .map(|(path, item)| {
                let methods = item.as_object().into_iter().flat_map(|item| item.keys());
                let mut allowed: Vec<String> =
                    methods.map(|method| method.to_uppercase()).collect();
                if allowed.iter().any(|method| method == "GET") {
                    allowed.push("HEAD".into());
                }
                allowed.push("OPTIONS".into());
                (ResourceDef::new(path.as_str()), allowed.join(", "))
            })
            .collect()
    });
    // The pages about the API take GET and have got it.
    let is_page = request.path() == DOCUMENT || request.path().starts_with("/api/docs");
    if is_page && request.method() != Method::GET {
        return Err(AppError::MethodNotAllowed);
    }
    match known.iter().find(|(path, _)| path.is_match(request.path())) {
        Some((_, allowed)) => Ok(error::wrong_method(allowed)),
        None => Err(AppError::NotFound),
    }
}

async fn to_docs() -> HttpResponse {
    HttpResponse::Found()
        .insert_header(("Location", "/api/docs/"))
        .finish()
}
