//! Evaluation rounds of a deal: held, and read again.

use super::gate::{changed, event, open_deal};
use crate::accounts::store::classes;
use crate::app::App;
use crate::clock::{self, new_id};
use crate::error::{AppError, AppResult, query};
use crate::funnel::store::facts::{self, Needs, Subject};
use crate::funnel::store::{deals, evidence, rounds as store, stages};
use crate::http::page::{PageParams, limit};
use crate::http::{Answer, Body, Cursor, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditDeals, ReadDeals};
use actix_web::{get, post, web};
use futures_util::try_join;
use shared::error::{ErrorCode, FieldError, Problem};
use shared::event::EventKind;
use shared::funnel::gate::{Fact, Known};
use shared::funnel::{NewRound, Round, snapshot};
use shared::id::{DealId, FunnelId, StageId};
use shared::page::Page;

/// Lists the evaluation rounds of a deal, the newest first.
#[utoipa::path(
    tag = "funnel", operation_id = "list_rounds", params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = Page<Round>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/rounds")]
pub async fn list_rounds(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let what = format!("rounds:{id}");
    let before: Option<i32> = Cursor::read(&what, params.0.cursor.as_deref())?;
    let scope = &caller.scope;
    let rows = app
        .db
        .read(scope, async |conn| {
            let (_, rows) = try_join!(
                query(deals::find(conn, scope, *id)),
                query(store::list(conn, scope.org, *id, before, limit + 1)),
            )?;
            Ok(rows)
        })
        .await?;
    let mut page = Cursor::page(&what, rows, limit, |round| round.number)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/deals/{id}/rounds?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Holds an evaluation round: keeps how the criteria stand, with what is judged beside them.
#[utoipa::path(
    tag = "funnel", operation_id = "hold_round", request_body = NewRound,
    params(("id" = DealId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = Round),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/rounds")]
pub async fn hold_round(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    once: Once,
    body: Body<NewRound>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let org = scope.org;
    let mut tx = app.db.begin(scope).await?;
    let claim = match once.begin(&mut tx, "hold_round", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let row = open_deal(&mut tx, *id, None).await?;
    let conn = tx.shared();
    if let Some(day) = body.value.next_on {
        let today = classes::today(conn, org).await?;
        if day < today {
            let range = format!("{today}–2199-12-31");
            let error = FieldError::new("/next_on", ErrorCode::OutOfRange).with_limit(range);
            return Err(AppError::Invalid(ErrorCode::Invalid, vec![error]));
        }
    }
    let (names, stages, (tests, _), number) = try_join!(
        query(deals::names(conn, org, &row)),
        query(stages::list(conn, org, FunnelId(row.funnel_id))),
        query(evidence::scores(conn, org, *id)),
        query(store::next_number(conn, org, *id)),
    )?;
    let stage = stages
        .iter()
        .map(|known| &known.stage)
        .find(|stage| stage.id == StageId(row.stage_id))
        .ok_or(AppError::NotFound)?;
    let deal = row
        .clone()
        .into_deal(names.account, names.tier, names.owner);
    let subjects = [Subject::of(&deal)];
    let mut facts = facts::gather(conn, org, Needs::of([stage]), &subjects).await?;
    let mut gathered = facts.remove(&id.0).unwrap_or_default();
    // A snapshot has the five tests whether the stage asks for them or not.
    gathered.tests(&tests);
    // What is judged now counts at once.
    gathered.number(Fact::Rounds, i64::from(number));
    for (fact, judged) in [
        (Fact::Shortlist, body.value.shortlist),
        (Fact::ChanceSoon, body.value.chance_soon),
    ] {
        match judged {
            Some(judged) => gathered.number(fact, i64::from(judged)),
            // What was judged last time says nothing of now.
            None => _ = gathered.values.remove(&fact),
        }
    }
    let now = clock::now();
    let (results, points) = snapshot(
        stage,
        &Known {
            deal: &deal,
            gathered: &gathered,
            now,
        },
    );
    let round = Round {
        id: new_id(),
        deal_id: *id,
        number,
        stage_id: stage.id,
        gate_version: stage.gate_version,
        results,
        points,
        judged: body.value,
        held_by: scope.user,
        held_by_name: None,
        held_at: now,
    };
    store::insert(conn, scope, &round).await?;
    let event = event(EventKind::RoundHeld, &row).with_change(None, Some(&round));
    changed(&mut tx, *id, event).await?;
    let location = format!("/api/v1/deals/{id}/rounds");
    claim
        .finish(tx, Answer::created(&round, 1, location)?)
        .await
}
