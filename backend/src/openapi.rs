//! The OpenAPI document: collected from the handlers themselves, completed here.

use crate::error::status_of;
use shared::error::ErrorCode;
use shared::identity::Locale;
use std::collections::BTreeMap;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

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

/// What stands in a handler's description for the errors that follow from what it takes.
const ERRORS: &str = "4XX";

/// Says of each operation by status which errors it may answer: where a handler's description has
/// `4XX`, those that follow from what the operation takes. What only this operation may answer, such as
/// a 409 for what is archived, stands beside it.
pub fn complete(document: &mut utoipa::openapi::OpenApi) {
    let mut named: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for (path, item) in &mut document.paths.paths {
        let has_id = path.contains('{');
        for (operation, is_write) in operations(item) {
            if operation.responses.responses.remove(ERRORS).is_none() {
                continue;
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    as_problem(response);
                }
            }
            for code in errors(operation, has_id, is_write) {
                let Some(status) = status_of(code) else {
                    continue;
                };
                let codes = named.entry(status).or_default();
                if !codes.contains(&code) {
                    codes.push(code);
                }
                let responses = &mut operation.responses.responses;
                responses
                    .entry(status.to_string())
                    .or_insert_with(|| RefOr::Ref(Ref::from_response_name(name(status))));
            }
        }
    }
    let components = document.components.get_or_insert_default();
    for (status, codes) in named {
        let titles = codes.iter().map(|code| {
            let title = code.title(Locale::En);
            format!("`{}`: {title}", code.as_ref())
        });
        let mut response = ResponseBuilder::new()
            .description(titles.collect::<Vec<_>>().join("; "))
            .content("application/json", problem())
            .build();
        as_problem(&mut response);
        components
            .responses
            .insert(name(status), RefOr::T(response));
    }
}

/// The body of an error.
fn problem() -> Content {
    let schema = Ref::from_schema_name("Problem");
    ContentBuilder::new().schema(Some(schema)).build()
}

/// Gives a problem the media type that it is sent with.
fn as_problem(response: &mut Response) {
    for content in response.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        if *content != problem() {
            return;
        }
    }
    let contents = std::mem::take(&mut response.content);
    response.content = contents
        .into_iter()
        .map(|(_, content)| ("application/problem+json".to_owned(), content))
        .collect();
}

/// The name of an error answer among the document's components.
fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// The operations of an address, and whether each may change something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, bool)> {
    let reads = [item.get.as_mut(), item.head.as_mut()];
    let writes = [
        item.post.as_mut(),
        item.put.as_mut(),
        item.patch.as_mut(),
        item.delete.as_mut(),
    ];
    let reads = reads.into_iter().flatten().map(|read| (read, false));
    reads.chain(writes.into_iter().flatten().map(|write| (write, true)))
}

/// The errors that follow from what an operation takes.
fn errors(operation: &Operation, has_id: bool, is_write: bool) -> Vec<ErrorCode> {
    use ErrorCode as Code;

    let takes = |place: ParameterIn, name: Option<&str>| {
        let parameters = operation.parameters.iter().flatten();
        parameters
            .filter_map(|parameter| match parameter {
                RefOr::T(parameter) => Some(parameter),
                RefOr::Ref(_) => None,
            })
            .any(|it| it.parameter_in == place && name.is_none_or(|name| it.name == name))
    };
    let security = operation.security.iter().flatten();
    let needs_sign_in = security
        .clone()
        .any(|requirement| *requirement != SecurityRequirement::default());
    let nothing_more = SecurityRequirement::new("bearer", Vec::<String>::new());
    let needs_permission = needs_sign_in && security.clone().any(|it| *it != nothing_more);
    let has_key = takes(ParameterIn::Header, Some("Idempotency-Key"));

    let mut codes = vec![Code::Internal, Code::Unavailable];
    if needs_sign_in {
        codes.push(Code::Unauthenticated);
    }
    if needs_permission {
        codes.push(Code::Forbidden);
    }
    if is_write {
        codes.push(Code::ForeignOrigin);
    }
    if has_id {
        codes.push(Code::NotFound);
    }
    if !is_write || takes(ParameterIn::Query, None) {
        codes.extend([Code::Malformed, Code::UnknownParameter]);
    }
    if takes(ParameterIn::Query, None) {
        codes.push(Code::Invalid);
    }
    if operation.request_body.is_some() {
        codes.extend([Code::Malformed, Code::Invalid, Code::TimedOut]);
        codes.extend([Code::TooLarge, Code::UnsupportedMedia]);
    }
    if takes(ParameterIn::Header, Some("If-Match")) {
        codes.extend([Code::Stale, Code::VersionRequired]);
    }
    if has_key {
        codes.extend([Code::KeyInFlight, Code::KeyReused]);
    }
    codes
}
