//! The library of sales methods.

use crate::app::App;
use crate::error::AppResult;
use crate::http::page::PageParams;
use crate::http::{Answer, Cursor, Params, language};
use crate::identity::Require;
use crate::identity::permit::ReadFunnels;
use actix_web::{HttpRequest, get, web};
use shared::error::Problem;
use shared::funnel::methods::{Method, SalesMethod};
use shared::page::Page;

/// What cursors are bound to.
const LIST: &str = "methods";

/// Lists the sales methods that come with the product, each with its stages, in the language of
/// `Accept-Language`. A funnel is made from one by sending its stages, changed as one likes.
#[utoipa::path(
    tag = "funnel", operation_id = "list_methods", params(PageParams),
    responses((status = 200, body = Page<SalesMethod>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/methods")]
pub async fn list_methods(
    _: web::Data<App>,
    _: Require<ReadFunnels>,
    request: HttpRequest,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = params.0.limit()?;
    let after: Option<Method> = Cursor::read(LIST, params.0.cursor.as_deref())?;

    let locale = language(&request);
    let rest = Method::after(after).map(|method| method.told(locale));
    let some = rest.take(
        usize::try_from(limit)
            .unwrap_or(usize::MAX)
            .saturating_add(1),
    );
    let mut page = Cursor::page(LIST, some.collect(), limit, |method| method.key)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/methods?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}
