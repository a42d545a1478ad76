//! Scripts and strategies: the organisation's library, what comes with the product, and what fits a deal.

use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::{AppError, AppResult, query};
use crate::events::NewEvent;
use crate::funnel::store::{deals, scripts as store};
use crate::http::page::limit;
use crate::http::{Answer, Body, Cursor, IfMatch, NoParams, Once, Params, Replay, language};
use crate::identity::Require;
use crate::identity::permit::{EditFunnels, ReadDeals, ReadFunnels};
use actix_web::{HttpRequest, delete, get, patch, post, web};
use futures_util::try_join;
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::playbook::{OfferedPlaybook, Playbook};
use shared::funnel::{
    MAX_SCRIPTS, NewScript, Script, ScriptAim, ScriptKind, ScriptPatch, rank_scripts,
};
use shared::id::{DealId, ScriptId};
use shared::page::Page;
use uuid::Uuid;

/// Which scripts.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ScriptParams {
    /// Only those of this kind.
    kind: Option<ScriptKind>,
    /// Those put away instead of those in use.
    archived: bool,
    /// Where to go on; from `next_cursor`.
    cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Which playbooks, or scripts of a deal.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct KindParams {
    /// Only those of this kind.
    kind: Option<ScriptKind>,
    /// Where to go on; from `next_cursor`.
    cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Lists the scripts of the organisation, the newest first.
#[utoipa::path(
    tag = "funnel", operation_id = "list_scripts", params(ScriptParams),
    responses((status = 200, body = Page<Script>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/scripts")]
pub async fn list_scripts(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    params: Params<ScriptParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let limit = limit(params.limit)?;
    let kind = params.kind.map(|kind| format!("&kind={}", kind.as_ref()));
    let asked = format!("archived={}{}", params.archived, kind.unwrap_or_default());
    let what = format!("scripts:{asked}");
    let before: Option<Uuid> = Cursor::read(&what, params.cursor.as_deref())?;
    let org = caller.scope.org;
    let rows = app
        .db
        .read(&caller.scope, async |conn| {
            let rows = store::list(conn, org, params.kind, params.archived, before, limit + 1);
            query(rows).await
        })
        .await?;
    let mut page = Cursor::page(&what, rows, limit, |script| script.id.0)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/scripts?{asked}&limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Adds a script, of one's own or as a playbook has it.
#[utoipa::path(
    tag = "funnel", operation_id = "create_script", request_body = NewScript,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Script), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_funnels"]))
)]
#[post("/scripts")]
pub async fn create_script(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    once: Once,
    body: Body<NewScript>,
) -> AppResult<Answer> {
    let new = body.value;
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_script", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    room_for_one(&mut tx, "/title").await?;
    stage_known(&mut tx, &new.aim).await?;

    let now = clock::now();
    let script = Script {
        id: new_id(),
        kind: new.kind,
        title: new.title.trim().to_owned(),
        body: new.body.trim().to_owned(),
        aim: new.aim,
        playbook: new.playbook,
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let (conn, scope) = tx.parts();
    store::insert(conn, scope.org, &script).await?;
    tx.record(event(EventKind::ScriptCreated, None, &script))
        .await?;
    let location = format!("/api/v1/scripts/{}", script.id);
    claim
        .finish(tx, Answer::created(&script, script.version, location)?)
        .await
}

/// Answers one script.
#[utoipa::path(
    tag = "funnel", operation_id = "get_script", params(("id" = ScriptId, Path)),
    responses((status = 200, body = Script), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/scripts/{id}")]
pub async fn get_script(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    id: web::Path<ScriptId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let script = app
        .db
        .read(&caller.scope, async |conn| {
            query(store::find(conn, org, *id)).await
        })
        .await?;
    Answer::versioned(&script, script.version)
}

/// Changes a script.
#[utoipa::path(
    tag = "funnel", operation_id = "update_script", request_body = ScriptPatch,
    params(("id" = ScriptId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Script),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_funnels"]))
)]
#[patch("/scripts/{id}")]
pub async fn update_script(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<ScriptId>,
    if_match: IfMatch,
    body: Body<ScriptPatch>,
) -> AppResult<Answer> {
    let patch = body.value;
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    if let Some(aim) = &patch.aim {
        stage_known(&mut tx, aim).await?;
    }
    let new = old.clone().patched(patch);
    let answer = write(&mut tx, EventKind::ScriptUpdated, old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Puts a script away.
#[utoipa::path(
    tag = "funnel", operation_id = "archive_script",
    params(("id" = ScriptId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Script), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_funnels"]))
)]
#[delete("/scripts/{id}")]
pub async fn archive_script(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<ScriptId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;
    let mut new = old.clone();
    new.archived_at = old.archived_at.or_else(|| Some(clock::now()));
    let answer = write(&mut tx, EventKind::ScriptArchived, old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a script out again.
#[utoipa::path(
    tag = "funnel", operation_id = "restore_script",
    params(("id" = ScriptId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Script), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_funnels"]))
)]
#[post("/scripts/{id}/restore")]
pub async fn restore_script(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<ScriptId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once
        .begin(&mut tx, "restore_script", id.0.as_bytes())
        .await?
    {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let old = load(&mut tx, *id, &if_match).await?;
    if old.archived_at.is_some() {
        room_for_one(&mut tx, "/archived_at").await?;
    }
    let mut new = old.clone();
    new.archived_at = None;
    let answer = write(&mut tx, EventKind::ScriptRestored, old, new).await?;
    claim.finish(tx, answer).await
}

/// Lists the playbooks that come with the product, in the language of `Accept-Language`: SPIN, solution
/// selling and what answers objections. One is taken over by making a script of what it says.
#[utoipa::path(
    tag = "funnel", operation_id = "list_playbooks", params(KindParams),
    responses((status = 200, body = Page<OfferedPlaybook>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/playbooks")]
pub async fn list_playbooks(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    request: HttpRequest,
    params: Params<KindParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let limit = limit(params.limit)?;
    let kind = params.kind.map(|kind| format!("kind={}&", kind.as_ref()));
    let asked = kind.unwrap_or_default();
    let what = format!("playbooks:{asked}");
    let after: Option<Playbook> = Cursor::read(&what, params.cursor.as_deref())?;
    let org = caller.scope.org;
    let taken = app
        .db
        .read(&caller.scope, async |conn| {
            query(store::taken(conn, org)).await
        })
        .await?;

    let locale = language(&request);
    let rest = Playbook::after(params.kind, after);
    let rest = rest.map(|playbook| playbook.told(locale, taken.contains(&playbook)));
    let some = rest.take(usize::try_from(limit + 1).unwrap_or(usize::MAX));
    let mut page = Cursor::page(&what, some.collect(), limit, |playbook| playbook.key)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/playbooks?{asked}limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Lists the scripts that fit a deal's stage and the type of its account, the most specific first.
#[utoipa::path(
    tag = "funnel", operation_id = "list_deal_scripts", params(("id" = DealId, Path), KindParams),
    responses((status = 200, body = Page<Script>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/scripts")]
pub async fn list_deal_scripts(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    params: Params<KindParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let limit = limit(params.limit)?;
    let kind = params.kind.map(|kind| format!("kind={}&", kind.as_ref()));
    let asked = kind.unwrap_or_default();
    let what = format!("deal_scripts:{id}:{asked}");
    let after: Option<ScriptId> = Cursor::read(&what, params.cursor.as_deref())?;
    let scope = &caller.scope;
    let rows = app
        .db
        .read(scope, async |conn| {
            let (_, setting, aims) = try_join!(
                query(deals::find(conn, scope, *id)),
                query(store::setting(conn, scope.org, *id)),
                query(store::aims(conn, scope.org, params.kind)),
            )?;
            let ranked = rank_scripts(aims, &setting);
            let known = after.and_then(|after| ranked.iter().position(|one| *one == after));
            let rest = ranked.into_iter().skip(known.map_or(0, |place| place + 1));
            let some = rest.take(usize::try_from(limit + 1).unwrap_or(usize::MAX));
            let some: Vec<ScriptId> = some.collect();
            query(store::these(conn, scope.org, &some)).await
        })
        .await?;
    let mut page = Cursor::page(&what, rows, limit, |script| script.id)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/deals/{id}/scripts?{asked}limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

async fn load(tx: &mut Tx, id: ScriptId, if_match: &IfMatch) -> AppResult<Script> {
    let (conn, scope) = tx.parts();
    let script = store::find_for_update(conn, scope.org, id).await?;
    if_match.check(&script, script.version)?;
    Ok(script)
}

/// Whether one more may be in use.
async fn room_for_one(tx: &mut Tx, pointer: &str) -> AppResult<()> {
    let org = tx.scope().org;
    // Counted while nobody else adds one.
    store::lock(tx.shared(), org).await?;
    if store::count(tx.shared(), org).await? >= MAX_SCRIPTS {
        return Err(AppError::field(pointer, ErrorCode::TooManyItems));
    }
    Ok(())
}

/// Whether the stage that is asked for is one of ours.
async fn stage_known(tx: &mut Tx, aim: &ScriptAim) -> AppResult<()> {
    let org = tx.scope().org;
    match aim.stage_id {
        Some(stage) if !store::is_stage(tx.shared(), org, stage).await? => {
            Err(AppError::field("/aim/stage_id", ErrorCode::NoSuchRecord))
        }
        _ => Ok(()),
    }
}

/// Writes what differs, if anything does, and answers it.
async fn write(tx: &mut Tx, kind: EventKind, old: Script, mut new: Script) -> AppResult<Answer> {
    if new != old {
        new.version += 1;
        new.updated_at = clock::now();
        let (conn, scope) = tx.parts();
        store::update(conn, scope.org, &new).await?;
        tx.record(event(kind, Some(&old), &new)).await?;
    }
    Answer::versioned(&new, new.version)
}

fn event(kind: EventKind, old: Option<&Script>, new: &Script) -> NewEvent {
    NewEvent::new(kind, SubjectKind::Script, new.id.0).with_change(old, Some(new))
}
