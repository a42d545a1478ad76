//! Cases of won and lost deals: one deal's, the library, what waits for one, what closings say together, and
//! which cases are like a deal (SIX-13).

use super::gate::{changed, event, open_deal};
use crate::app::App;
use crate::clock;
use crate::db::Tx;
use crate::error::{AppError, AppResult, query};
use crate::funnel::store::cases::{self as store, Cases};
use crate::funnel::store::closed::{self, Due, Window};
use crate::funnel::store::deals;
use crate::http::list::{List, ListQuery, Listed};
use crate::http::page::limit;
use crate::http::{Answer, Body, Cursor, IfMatch, NoParams, Params};
use crate::identity::Require;
use crate::identity::permit::{EditDeals, ReadDeals};
use actix_web::{delete, get, post, put, web};
use chrono::{DateTime, Duration, Utc};
use futures_util::try_join;
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::event::EventKind;
use shared::filter::Search;
use shared::funnel::case::lessons::{CaseLessons, MAX_DAYS, USUAL_DAYS, lessons};
use shared::funnel::case::similar::{SimilarCase, SimilarCases, rank_cases};
use shared::funnel::{Case, CaseSheet, Deal, NewCase};
use shared::id::{DealId, FunnelId, UserId};
use shared::page::Page;
use uuid::Uuid;

type CaseList = List<Cases>;

/// Which closed deals without a case.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct DueParams {
    /// Closed within so many days, 1 to 366; default 90.
    days: Option<i64>,
    /// Only of this owner.
    owner_id: Option<UserId>,
    /// Where to go on; from `next_cursor`.
    cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Which closings.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LessonParams {
    /// Of so many days, 1 to 366, and of as many before them; default 90.
    days: Option<i64>,
    /// Only in this funnel.
    funnel_id: Option<FunnelId>,
}

/// How many days are asked for.
fn days(asked: Option<i64>) -> AppResult<i64> {
    let days = asked.unwrap_or(USUAL_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(AppError::field("days", ErrorCode::OutOfRange));
    }
    Ok(days)
}

/// Answers what was learnt from a deal, if anybody wrote it down.
#[utoipa::path(
    tag = "funnel", operation_id = "get_case", params(("id" = DealId, Path)),
    responses((status = 200, body = CaseSheet), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/case")]
pub async fn get_case(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let sheet = app
        .db
        .read(scope, async |conn| {
            let (status, case) = try_join!(
                query(deals::status(conn, scope, *id)),
                query(store::find(conn, scope.org, *id)),
            )?;
            let (status, version) = status;
            Ok(CaseSheet {
                outcome: store::outcome(&status),
                case,
                version,
            })
        })
        .await?;
    Answer::versioned(&sheet, sheet.version)
}

/// Writes down what was learnt from a closed deal, in place of what was written before. Counts the deal's
/// version up. A deal that is open has no case yet: that is `not_allowed` at `/status`.
#[utoipa::path(
    tag = "funnel", operation_id = "write_case", request_body = NewCase,
    params(("id" = DealId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = CaseSheet),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[put("/deals/{id}/case")]
pub async fn write_case(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    body: Body<NewCase>,
) -> AppResult<Answer> {
    let new = body.value.tidied();
    let (org, author) = (caller.scope.org, caller.scope.user);
    let mut tx = app.db.begin(&caller.scope).await?;
    let row = open_deal(&mut tx, *id, Some(&if_match)).await?;
    let old = store::find(tx.shared(), org, *id).await?;

    let outcome = store::outcome(&row.status);
    if outcome.is_none() {
        return Err(AppError::field("/status", ErrorCode::NotAllowed));
    }
    let mut sheet = CaseSheet {
        outcome,
        case: old,
        version: row.version,
    };
    let is_same = sheet.case.as_ref().is_some_and(|old| old.says(&new));
    if !is_same {
        store::put(tx.shared(), org, *id, (author, clock::now()), &new).await?;
        let written = store::find(tx.shared(), org, *id).await?;
        let event = event(EventKind::CaseWritten, &row);
        let event = event.with_change(sheet.case.as_ref(), written.as_ref());
        sheet.version = changed(&mut tx, *id, event).await?;
        sheet.case = written;
    }
    tx.commit().await?;
    Answer::versioned(&sheet, sheet.version)
}

/// Takes the case of a deal away; its words stay in the deal's history. Counts the deal's version up.
#[utoipa::path(
    tag = "funnel", operation_id = "remove_case",
    params(("id" = DealId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = CaseSheet),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[delete("/deals/{id}/case")]
pub async fn remove_case(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let row = open_deal(&mut tx, *id, Some(&if_match)).await?;
    let old = store::find(tx.shared(), org, *id).await?;
    let old = old.ok_or(AppError::NotFound)?;
    store::delete(tx.shared(), org, *id).await?;
    let event = event(EventKind::CaseRemoved, &row).with_change(Some(&old), None);
    let version = changed(&mut tx, *id, event).await?;
    tx.commit().await?;
    let sheet = CaseSheet {
        outcome: store::outcome(&row.status),
        case: None,
        version,
    };
    Answer::versioned(&sheet, sheet.version)
}

/// Lists the cases of closed deals, those closed last first.
#[utoipa::path(
    tag = "funnel", operation_id = "list_cases", params(CaseList),
    responses((status = 200, body = Page<Case>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/cases")]
pub async fn list_cases(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    list: CaseList,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let answer = page(&mut tx, &list).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Lists cases by nested conditions.
#[utoipa::path(
    tag = "funnel", operation_id = "search_cases", request_body = Search,
    responses((status = 200, body = Page<Case>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[post("/cases/search")]
pub async fn search_cases(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    body: Body<Search>,
) -> AppResult<Answer> {
    let list = Cases::search(&body.value)?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let answer = page(&mut tx, &list).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn page(tx: &mut Tx, list: &ListQuery) -> AppResult<Answer> {
    let (cases, total) = store::list(tx.shared(), tx.scope(), list).await?;
    let page = list.page(cases, total, store::place)?;
    list.shape.page(tx, page).await
}

/// Lists the deals closed of late whose lesson nobody wrote down, the last closed first, with their number.
#[utoipa::path(
    tag = "funnel", operation_id = "list_due_cases", params(DueParams),
    responses((status = 200, body = Page<Deal>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/cases/due")]
pub async fn list_due_cases(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    params: Params<DueParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let (limit, days) = (limit(params.limit)?, days(params.days)?);
    let owner = params.owner_id.map(|id| format!("&owner_id={id}"));
    let asked = format!("days={days}{}", owner.unwrap_or_default());
    let what = format!("due_cases:{asked}");
    let after: Option<(DateTime<Utc>, Uuid)> = Cursor::read(&what, params.cursor.as_deref())?;
    let due = Due {
        since: clock::now() - Duration::days(days),
        owner: params.owner_id,
    };
    let scope = &caller.scope;
    let (deals, total) = app
        .db
        .read(scope, async |conn| {
            query(closed::due(conn, scope, due, after, limit + 1)).await
        })
        .await?;
    let place = |deal: &Deal| (deal.closed_at.unwrap_or_default(), deal.id.0);
    let mut page = Cursor::page(&what, deals, limit, place)?;
    page.total = Some(total);
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/cases/due?{asked}&limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Answers what the closings of some days say together, beside as many days before: won and lost, why, by the
/// tags of their cases, and of how many the lesson was written down.
#[utoipa::path(
    tag = "funnel", operation_id = "get_lessons", params(LessonParams),
    responses((status = 200, body = CaseLessons), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/cases/lessons")]
pub async fn get_lessons(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    params: Params<LessonParams>,
) -> AppResult<Answer> {
    let days = days(params.0.days)?;
    let from = clock::now() - Duration::days(days);
    let window = Window {
        funnel: params.0.funnel_id,
        before: from - Duration::days(days),
        from,
    };
    let scope = &caller.scope;
    let (closed, tagged) = app
        .db
        .read(scope, async |conn| {
            try_join!(
                query(closed::by_reason(conn, scope, window)),
                query(closed::by_tag(conn, scope, window)),
            )
        })
        .await?;
    Answer::list(&lessons(days, &closed, &tagged))
}

/// Answers the cases most like a deal, at most five, with why each is like it.
#[utoipa::path(
    tag = "funnel", operation_id = "get_similar_cases", params(("id" = DealId, Path)),
    responses((status = 200, body = SimilarCases), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/similar-cases")]
pub async fn get_similar_cases(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let similar = app
        .db
        .read(scope, async |conn| {
            let deal = query(deals::find(conn, scope, *id)).await?;
            let to = query(closed::traits(conn, scope.org, &deal)).await?;
            let known = query(closed::candidates(conn, scope, *id, &to)).await?;
            let ranked = rank_cases(&to, known);
            let ids: Vec<DealId> = ranked.iter().map(|one| one.deal_id).collect();
            let cases = query(store::these(conn, scope, &ids)).await?;
            // One that was opened again meanwhile is left out.
            let cases = cases.into_iter().filter_map(|case| {
                let alike = ranked.iter().find(|one| one.deal_id == case.told.deal_id)?;
                Some(SimilarCase {
                    case,
                    reasons: alike.reasons.clone(),
                    shared_tags: alike.tags.clone(),
                })
            });
            Ok(SimilarCases {
                cases: cases.collect(),
            })
        })
        .await?;
    Answer::list(&similar)
}
