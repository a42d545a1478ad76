//! Every route of the server, on one screen.

use crate::{accounts, events, exchange, funnel, http, identity, openapi, ops, revenue};
use actix_web::{App as ActixApp, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::SwaggerUi;

/// The API of every room, left to right.
fn rooms(config: &mut ServiceConfig<'_>) {
    identity::routes::configure(config);
    accounts::routes::configure(config);
    funnel::routes::configure(config);
    revenue::routes::configure(config);
    exchange::routes::configure(config);
    events::routes::configure(config);
}

/// The API's document, equal to the router because it is drawn from it.
#[must_use]
pub fn document() -> OpenApi {
    let (_, document) = ActixApp::new()
        .into_utoipa_app()
        .openapi(openapi::base())
        .service(scope::scope("/api/v1").configure(rooms))
        .split_for_parts();
    document
}

/// Adds all routes to an actix application.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(http::path_errors())
        .configure(ops::configure)
        .service(SwaggerUi::new("/api/docs/{_:.*}").url("/api/v1/openapi.json", document()))
        .route("/api/docs", web::get().to(to_docs))
        .service(
            web::scope("/api/v1")
                .configure(actix_rooms)
                .default_service(web::to(http::default_service)),
        )
        .service(web::scope("/api").default_service(web::to(http::default_service)))
        .default_service(web::to(http::spa::serve));
}

fn actix_rooms(config: &mut web::ServiceConfig) {
    rooms(&mut ServiceConfig::new(config));
}

async fn to_docs() -> HttpResponse {
    HttpResponse::Found()
        .insert_header(("Location", "/api/docs/"))
        .finish()
}
