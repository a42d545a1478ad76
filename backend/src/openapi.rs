//! The OpenAPI document: collected from the handlers themselves, completed here.

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dipper API",
        description = "Everything the screens do goes through this API. Send `Authorization: Bearer <access token>`; get one from `POST /api/v1/tokens`."
    ),
    tags(
        (name = "identity", description = "Organisations, teams, users, sessions"),
        (name = "accounts", description = "Accounts, contacts, search"),
        (name = "funnel", description = "Funnels, stages, deals, the board, moves"),
        (name = "revenue", description = "Products"),
        (name = "exchange", description = "File imports"),
        (name = "events", description = "What happened: pull feed and live stream"),
    )
)]
struct Base;

/// What the document says besides the operations.
#[must_use]
pub fn base() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}
