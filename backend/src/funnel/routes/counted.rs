//! The counted rules of a funnel: read, set, and tried over what was recorded.

use crate::app::App;
use crate::clock::new_id;
use crate::db::{Conn, Scope, Tx};
use crate::error::{AppError, AppResult, query};
use crate::events::NewEvent;
use crate::funnel::store::stages::{self, KnownStage};
use crate::funnel::store::{counted as store, funnels};
use crate::funnel::trying;
use crate::http::{Answer, Body, IfMatch, NoParams, Params};
use crate::identity::Require;
use crate::identity::permit::{EditFunnels, ReadFunnels};
use actix_web::{get, post, put, web};
use futures_util::try_join;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::counted::{CountedRules, RulesInForce, Trial, TrialSearch, check_stages};
use shared::funnel::methods::Method;
use shared::funnel::{Funnel, Stage};
use shared::id::FunnelId;

/// Answers the counted rules of a funnel and the shares its stages are expected to hold.
#[utoipa::path(
    tag = "funnel", operation_id = "get_rules", params(("id" = FunnelId, Path)),
    responses((status = 200, body = RulesInForce), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/funnels/{id}/rules")]
pub async fn get_rules(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    id: web::Path<FunnelId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let (rules, _) = app
        .db
        .read(scope, async |conn| {
            let funnel = query(funnels::find(conn, scope.org, *id)).await?;
            in_force(conn, scope, &funnel).await
        })
        .await?;
    Answer::versioned(&rules, rules.version)
}

/// The rules in force, and all stages of the funnel.
async fn in_force(
    conn: &Conn,
    scope: &Scope,
    funnel: &Funnel,
) -> AppResult<(RulesInForce, Vec<KnownStage>)> {
    let ((set, set_at), stages) = try_join!(
        query(store::find(conn, scope.org, funnel.id)),
        query(stages::list(conn, scope.org, funnel.id)),
    )?;
    let set = store::resolved(set, &stages);
    let rules = RulesInForce {
        stopped: store::stopped(&set, &stages),
        set,
        version: funnel.version,
        set_at,
    };
    Ok((rules, stages))
}

/// The stages that rules may speak of.
fn live(stages: &[KnownStage]) -> Vec<&Stage> {
    let live = stages.iter().filter(|known| known.takes_deals());
    live.map(|known| &known.stage).collect()
}

/// The rules without those that stopped.
fn running(rules: RulesInForce) -> CountedRules {
    let RulesInForce {
        mut set, stopped, ..
    } = rules;
    set.rules
        .retain(|rule| !stopped.iter().any(|one| one.rule_id == rule.id));
    set
}

/// Sets the counted rules of a funnel, in place of those before. They run from the next touch on; deals
/// stay where they are.
///
/// Two rules that could move a deal back and forth by the same counts are refused, and `limit` names both.
#[utoipa::path(
    tag = "funnel", operation_id = "set_rules", request_body = CountedRules,
    params(("id" = FunnelId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = RulesInForce),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_funnels"]))
)]
#[put("/funnels/{id}/rules")]
pub async fn set_rules(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<FunnelId>,
    if_match: IfMatch,
    body: Body<CountedRules>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let funnel = funnels::find_for_update(tx.conn(), org, *id).await?;
    if_match.check(&funnel, funnel.version)?;
    if funnel.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    let (old, stages) = in_force(tx.shared(), tx.scope(), &funnel).await?;
    check_stages(&body.value, &live(&stages))?;
    let mut set = body.value;
    for rule in &mut set.rules {
        rule.name = rule.name.trim().to_owned();
    }
    write(&mut tx, funnel.id, Some(&old.set), &set).await?;
    funnels::touch(tx.conn(), org, funnel.id, None, None).await?;
    let funnel = funnels::find(tx.conn(), org, funnel.id).await?;
    let (new, _) = in_force(tx.shared(), tx.scope(), &funnel).await?;
    tx.commit().await?;
    Answer::versioned(&new, new.version)
}

/// Gives a new funnel the rules of the method it was made from.
///
/// # Errors
/// Those of the database.
pub async fn begin(tx: &mut Tx, id: FunnelId, method: Method, stages: &[Stage]) -> AppResult<()> {
    let set = method.counted(stages, new_id);
    if set.rules.is_empty() {
        return Ok(());
    }
    write(tx, id, None, &set).await
}

/// Writes rules with their event.
async fn write(
    tx: &mut Tx,
    id: FunnelId,
    old: Option<&CountedRules>,
    new: &CountedRules,
) -> AppResult<()> {
    store::set(tx.shared(), tx.scope().org, id, new).await?;
    let event = NewEvent::new(EventKind::RulesSet, SubjectKind::Funnel, id.0);
    tx.record(event.with_change(old, Some(new))).await?;
    Ok(())
}

/// Tries counted rules over everything that was recorded in a funnel: which deals they would have moved,
/// when, and what became of those. Nothing is written.
///
/// Moves by people stand as they were made, moves by rules are left out. What the stages ask is not judged:
/// nobody knows any more what a deal had then. Without `cursor` the answer has the figures as well.
#[utoipa::path(
    tag = "funnel", operation_id = "search_trial", request_body = TrialSearch,
    params(("id" = FunnelId, Path)),
    responses((status = 200, body = Trial), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_funnels"]))
)]
#[post("/funnels/{id}/trial/search")]
pub async fn search_trial(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<FunnelId>,
    body: Body<TrialSearch>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let asked = &body.value;
    let trial = app
        .db
        .read(scope, async |conn| {
            let funnel = query(funnels::find(conn, scope.org, *id)).await?;
            let (rules, stages) = in_force(conn, scope, &funnel).await?;
            let live = live(&stages);
            let set = match &asked.set {
                None => running(rules),
                Some(set) => {
                    check_stages(set, &live).map_err(|mut errors| {
                        for error in &mut errors {
                            error.pointer.insert_str(0, "/set");
                        }
                        errors
                    })?;
                    set.clone()
                }
            };
            trying::run(conn, scope, (*id, &stages), &set, asked).await
        })
        .await?;
    Answer::list(&trial)
}
