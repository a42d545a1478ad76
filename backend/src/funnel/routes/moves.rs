//! The one move command: every path a deal can take ends here, in one verdict and one transaction.

use crate::app::App;
use crate::clock;
use crate::db::Tx;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::funnel::placing;
use crate::funnel::store::deals::{self as store, DealRow};
use crate::funnel::store::funnels::{self, KnownStage};
use crate::funnel::store::ranks;
use crate::http::{Answer, Body, IfMatch, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::EditDeals;
use actix_web::{post, web};
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, MovedData, MovedPlace, SubjectKind};
use shared::funnel::gate::{MoveFacts, Verdict, judge};
use shared::funnel::{Deal, MoveDeal, StageKind};
use shared::id::{AccountId, DealId, FunnelId, StageId};

/// How to move.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MoveParams {
    /// Only asks for the verdict: nothing is written, the answer is the deal as it is.
    dry_run: bool,
}

/// Moves a deal to a stage and a place in it.
///
/// The server computes the rank; only the moved card changes. A lost stage needs a reason.
#[utoipa::path(
    tag = "funnel", operation_id = "move_deal",
    params(("id" = DealId, Path), MoveParams, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = MoveDeal,
    responses((status = 200, body = Deal), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/move")]
#[expect(
    clippy::too_many_arguments,
    reason = "a handler's signature names all it takes from the request"
)]
pub async fn move_deal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    params: Params<MoveParams>,
    if_match: IfMatch,
    once: Once,
    body: Body<MoveDeal>,
) -> AppResult<Answer> {
    let id = *id;
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "move_deal", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };

    ranks::lock(tx.conn(), body.value.to_stage_id).await?;
    let (conn, scope) = tx.parts();
    let row = store::find_for_update(conn, scope, id).await?;
    if !if_match.matches(row.version) {
        let deal = named(&mut tx, row.clone()).await?;
        if_match.check(&deal, row.version)?;
    }
    let stages = funnels::stages(tx.conn(), caller.scope.org, FunnelId(row.funnel_id)).await?;
    let to = target(&mut tx, &stages, body.value.to_stage_id).await?;
    let verdict = judge(&MoveFacts {
        funnel_id: FunnelId(row.funnel_id),
        is_archived: row.archived_at.is_some(),
        to: &to.stage,
        is_stage_archived: to.is_archived,
        loss_reason: body.value.loss_reason,
        known_loss_reason: row
            .loss_reason
            .as_deref()
            .and_then(|reason| reason.parse().ok()),
    });
    if let Verdict::Refused(code) = verdict {
        return Err(refusal(code));
    }
    if params.0.dry_run {
        let deal = named(&mut tx, row).await?;
        return Answer::versioned(&deal, deal.version);
    }

    let (old, row) = place(&mut tx, row, &stages, &to, &body.value).await?;
    tx.record(moved(&old, &row)).await?;

    let deal = named(&mut tx, row).await?;
    claim
        .finish(tx, Answer::versioned(&deal, deal.version)?)
        .await
}

/// Chooses the rank and writes the place; answers the deal before and after.
async fn place(
    tx: &mut Tx,
    old: DealRow,
    stages: &[KnownStage],
    to: &KnownStage,
    command: &MoveDeal,
) -> AppResult<(DealRow, DealRow)> {
    let id = DealId(old.id);
    if command.after_deal_id == Some(id) {
        return Err(AppError::field("/after_deal_id", ErrorCode::NotAllowed));
    }
    let org = tx.scope().org;
    let rank =
        placing::rank_after(tx.conn(), org, to.stage.id, command.after_deal_id, Some(id)).await?;
    let now = clock::now();
    let mut new = old.clone();
    new.rank = rank;
    new.updated_at = now;
    if new.stage_id != to.stage.id.0 {
        let kind = to.stage.fields.kind;
        new.stage_id = to.stage.id.0;
        new.reached_stage_id = furthest(stages, StageId(old.reached_stage_id), to).0;
        kind.as_ref().clone_into(&mut new.status);
        new.stage_entered_at = now;
        new.closed_at = match kind {
            StageKind::Open => None,
            StageKind::Won | StageKind::Lost => Some(now),
        };
    }
    if to.stage.fields.kind == StageKind::Lost {
        if let Some(reason) = command.loss_reason {
            new.loss_reason = Some(reason.as_ref().to_owned());
            new.loss_note.clone_from(&command.loss_note);
        }
    } else {
        new.loss_reason = None;
        new.loss_note = None;
    }
    let new = store::place(tx.conn(), &new).await?;
    Ok((old, new))
}

/// The stage on the way to winning that lies furthest along.
fn furthest(stages: &[KnownStage], reached: StageId, to: &KnownStage) -> StageId {
    let position = |id| {
        stages
            .iter()
            .find(|known| known.stage.id == id)
            .map(|known| known.stage.position)
    };
    let is_further = Some(to.stage.position) > position(reached);
    if to.stage.fields.kind != StageKind::Lost && is_further {
        to.stage.id
    } else {
        reached
    }
}

/// The stage asked for: of the deal's funnel, or another one for the verdict to refuse.
async fn target(tx: &mut Tx, stages: &[KnownStage], id: StageId) -> AppResult<KnownStage> {
    if let Some(known) = stages.iter().find(|known| known.stage.id == id) {
        return Ok(known.clone());
    }
    let org = tx.scope().org;
    let found = crate::error::optional(funnels::find_stage(tx.conn(), org, id).await)?;
    found.ok_or_else(|| AppError::field("/to_stage_id", ErrorCode::NoSuchRecord))
}

/// The error of a refused move.
fn refusal(code: ErrorCode) -> AppError {
    match code {
        ErrorCode::Archived | ErrorCode::StageArchived => AppError::Conflict(code),
        ErrorCode::LossReasonRequired => AppError::field("/loss_reason", code),
        _ => AppError::field("/to_stage_id", code),
    }
}

/// The event of a move: everything a board needs to follow it.
#[must_use]
pub fn moved(old: &DealRow, new: &DealRow) -> NewEvent {
    let side = |row: &DealRow| MovedPlace {
        stage_id: StageId(row.stage_id),
        rank: row.rank.clone(),
    };
    let data = MovedData {
        old: side(old),
        new: side(new),
        version: new.version,
    };
    NewEvent::new(EventKind::DealMoved, SubjectKind::Deal, new.id)
        .on_deal(DealId(new.id))
        .on_account(new.account_id.map(AccountId))
        .owned_by(old.owner(), new.owner())
        .with(serde_json::to_value(data).unwrap_or_default())
}

async fn named(tx: &mut Tx, row: DealRow) -> AppResult<Deal> {
    let org = tx.scope().org;
    let (account, tier, owner) = store::names(tx.conn(), org, &row).await?;
    Ok(row.into_deal(account, tier, owner))
}
