//! One action for many deals: the commands of single deals, one after the other, each in its own
//! transaction with its event, each with its own result.

use super::deals;
use super::moves::{self, AskedMove, DryRun};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::http::{
    About, Answer, Body, IfMatch, Once, Params, Replay, RequestId, language, problem_of,
};
use crate::identity::permit::EditDeals;
use crate::identity::{Caller, Require};
use actix_web::{HttpRequest, ResponseError, post, web};
use shared::error::{ErrorCode, Problem};
use shared::funnel::{BulkDeals, BulkResult, BulkResults, Deal, SeenDeal, SingleCommand};
use shared::identity::Permission;

/// The operation that keys belong to.
const OPERATION: &str = "bulk_deals";

/// Moves, assigns or plans up to 200 deals at once.
///
/// Each deal goes through the same command as alone, in a transaction of its own: some may be done and
/// others refused, and the answer says which. With a key, sending the same again after a break does
/// what was not done yet. With `dry_run` each result says what the command would answer, judged alone: moves
/// with the deal as it is, other changes with the deal as it would be.
#[utoipa::path(
    tag = "funnel", operation_id = "bulk_deals", request_body = BulkDeals,
    params(DryRun, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BulkResults), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/bulk")]
pub async fn bulk_deals(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    request: HttpRequest,
    request_id: RequestId,
    params: Params<DryRun>,
    once: Once,
    body: Body<BulkDeals>,
) -> AppResult<Answer> {
    let is_dry = params.0.dry_run;
    let once = if is_dry { Once::default() } else { once };
    if once.has_key() {
        let mut tx = app.db.begin(&caller.scope).await?;
        let before = once.clone().begin(&mut tx, OPERATION, &body.hash).await?;
        tx.commit().await?;
        if let Replay::Answered(answer) = before {
            return Ok(answer);
        }
    }
    let about = About {
        locale: language(&request),
        path: request.path(),
        request_id: &request_id.0,
    };
    let command = body.value.action.single();
    let command = command.ok_or_else(|| AppError::field("/action", ErrorCode::Required))?;
    if let SingleCommand::Move(command) = &command
        && command.override_reason.is_some()
    {
        caller.demand(Permission::OverrideGate)?;
    }
    let mut results = Vec::with_capacity(body.value.deals.len());
    // Each comes to the top, so the last goes first and the order of the list is that of the column.
    for seen in body.value.deals.iter().rev() {
        let part = once.part(seen.id.0);
        let (deal, problem) =
            match one(&app, &caller, *seen, &command, (part, is_dry), &body.hash).await {
                Ok(answer) => (Some(read(&answer)?), None),
                Err(error) if is_of_all(&error) => return Err(error),
                Err(error) => (None, Some(problem_of(&error, &about))),
            };
        let id = seen.id;
        results.push(BulkResult { id, deal, problem });
    }
    results.reverse();
    let answer = Answer::json(&BulkResults { results })?;
    if !once.has_key() {
        return Ok(answer);
    }
    let mut tx = app.db.begin(&caller.scope).await?;
    match once.begin(&mut tx, OPERATION, &body.hash).await? {
        // The same request went on beside this one; its parts answered both.
        Replay::Answered(answer) => Ok(answer),
        Replay::New(claim) => claim.finish(tx, answer).await,
    }
}

/// The command of one deal, in a transaction of its own.
async fn one(
    app: &App,
    caller: &Caller,
    seen: SeenDeal,
    command: &SingleCommand,
    (once, is_dry): (Once, bool),
    hash: &[u8],
) -> AppResult<Answer> {
    let if_match = IfMatch::Versions(vec![seen.version]);
    match command {
        SingleCommand::Move(command) => {
            let asked = AskedMove {
                id: seen.id,
                command,
                if_match,
                is_dry,
                once,
                operation: OPERATION,
                hash,
            };
            moves::make(&app.db, &caller.scope, asked).await
        }
        SingleCommand::Change(patch) => {
            let mut tx = app.db.begin(&caller.scope).await?;
            let claim = match once.begin(&mut tx, OPERATION, hash).await? {
                Replay::Answered(answer) => return Ok(answer),
                Replay::New(claim) => claim,
            };
            let patch = patch.as_ref().clone();
            let answer = deals::change(&mut tx, caller, seen.id, &if_match, patch).await?;
            if is_dry {
                return Ok(answer);
            }
            claim.finish(tx, answer).await
        }
    }
}

/// Whether an error is one of the whole request and not of a deal: the server's own, and those of the
/// key. Sent again with its key, the request goes on where it stopped.
fn is_of_all(error: &AppError) -> bool {
    error.status_code().is_server_error()
        || matches!(error.code(), ErrorCode::KeyInFlight | ErrorCode::KeyReused)
}

/// The deal of a single answer.
fn read(answer: &Answer) -> AppResult<Deal> {
    serde_json::from_slice(&answer.body).map_err(|error| AppError::Internal(error.into()))
}
