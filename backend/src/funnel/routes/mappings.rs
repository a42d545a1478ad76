//! Reading a funnel through another one: what its stages stand for there.

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::funnel::store::{funnels, mappings as store};
use crate::http::{Answer, Body, Once, Replay};
use crate::identity::Require;
use crate::identity::permit::EditFunnels;
use actix_web::{post, web};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::Reading;
use shared::funnel::mapping::{NewMapping, check_pairs, check_way_back, reading};
use shared::id::FunnelId;

/// Says what the stages of a funnel stand for in another one, in place of what was said before; without
/// pairs, each stands for the one as far along.
///
/// Every stage on the way to winning stands for one of the other funnel's, open for open and won for won,
/// and none for an earlier one than the stage before it. `GET /funnels/{id}/shape?through=…` reads the
/// funnel so.
#[utoipa::path(
    tag = "funnel", operation_id = "create_mapping", request_body = NewMapping,
    params(("id" = FunnelId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Reading), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_funnels"]))
)]
#[post("/funnels/{id}/mappings")]
pub async fn create_mapping(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<FunnelId>,
    once: Once,
    body: Body<NewMapping>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let NewMapping { through_id, pairs } = body.value;
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_mapping", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    if *id == through_id {
        return Err(AppError::field("/through_id", ErrorCode::Cycle));
    }
    // Both, since whoever says the way back at the same moment would not see this one.
    let (funnel, through) =
        funnels::find_two_for_update(tx.shared(), org, (*id, through_id)).await?;
    let through = through.ok_or_else(|| AppError::field("/through_id", ErrorCode::NoSuchRecord))?;

    if let Some(pairs) = &pairs {
        check_pairs(&funnel.stages, &through.stages, pairs)?;
        let back = store::find(tx.shared(), org, through_id, funnel.id).await?;
        check_way_back(&funnel.stages, &through.stages, pairs, &back)?;
    }
    let pairs = pairs.unwrap_or_default();

    let known = store::find(tx.shared(), org, funnel.id, through_id).await?;
    let old = reading(&funnel, &through, &known);
    store::replace(tx.conn(), org, funnel.id, through_id, &pairs).await?;
    let new = reading(&funnel, &through, &pairs);
    let event = NewEvent::new(EventKind::FunnelUpdated, SubjectKind::Funnel, id.0);
    tx.record(event.with_change(Some(&old), Some(&new))).await?;
    let answer = Answer::json(&new)?;
    claim.finish(tx, answer).await
}
