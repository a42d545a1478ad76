//! Giving a funnel other stages while deals stand in them.

use super::emptying;
use super::store::{ranks, stages as store};
use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::{AppError, AppResult};
use crate::jobs;
use shared::error::ErrorCode;
use shared::funnel::{Funnel, Stage, StageDraft, StageMoved, check_moved, nearest};
use shared::id::StageId;
use std::collections::BTreeMap;

/// Makes the stages of a funnel those given. Those left out are archived at once when they are empty;
/// when `moved` says where their deals go, they are closed now and emptied by a job.
///
/// # Errors
/// 422 at the stage, or at the destination, that will not do.
pub async fn replace(
    tx: &mut Tx,
    old: &Funnel,
    drafts: Vec<StageDraft>,
    moved: &[StageMoved],
) -> AppResult<()> {
    let org = tx.scope().org;
    // One that is being emptied is on its way out already.
    let (leaving, present): (Vec<Stage>, Vec<Stage>) = old
        .stages
        .iter()
        .cloned()
        .partition(|stage| stage.moving_to.is_some());
    check_moved(&present, &drafts, moved)?;
    // In one order everywhere, so that nobody waits in a circle for their places.
    let mut left: BTreeMap<StageId, Stage> = present
        .iter()
        .map(|stage| (stage.id, stage.clone()))
        .collect();
    let mut now = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let pointer = format!("/stages/{index}");
        let known = match draft.id {
            None => None,
            Some(id) if leaving.iter().any(|stage| stage.id == id) => {
                return Err(AppError::field(
                    format!("{pointer}/id"),
                    ErrorCode::StageArchived,
                ));
            }
            Some(id) => Some(left.remove(&id).ok_or_else(|| {
                AppError::field(format!("{pointer}/id"), ErrorCode::NoSuchRecord)
            })?),
        };
        let id = draft.id.unwrap_or_else(new_id);
        let position = i32::try_from(index).unwrap_or(i32::MAX);
        let stage = Stage::new(id, old.id, position, draft.fields);
        match known {
            None => store::insert(tx.conn(), org, &stage).await?,
            Some(known) => {
                if known.fields.kind != stage.fields.kind {
                    demand_empty(tx, stage.id, &format!("{pointer}/kind")).await?;
                }
                store::update(tx.conn(), org, &stage).await?;
            }
        }
        now.push(stage);
    }
    for gone in left.into_values() {
        remove(tx, &gone, &present, &now, moved).await?;
    }
    Ok(())
}

/// Takes a stage out, with the one that stands for it from now on.
async fn remove(
    tx: &mut Tx,
    gone: &Stage,
    old: &[Stage],
    now: &[Stage],
    moved: &[StageMoved],
) -> AppResult<()> {
    let (org, user) = (tx.scope().org, tx.scope().user);
    ranks::lock(tx.shared(), gone.id).await?;
    let holds_deals = store::holds_deals(tx.shared(), org, gone.id).await?;
    let asked = moved.iter().find(|moved| moved.from_stage_id == gone.id);
    if holds_deals && asked.is_none() {
        return Err(AppError::field("/stages", ErrorCode::NotEmpty));
    }
    let by = match asked {
        Some(asked) => Some(asked.to_stage_id),
        None => nearest(gone, old, now).map(|stage| stage.id),
    };
    if let Some(by) = by {
        store::replace(tx.conn(), org, gone.id, by, user).await?;
        if holds_deals || store::is_furthest(tx.shared(), org, gone.id).await? {
            jobs::enqueue(tx.conn(), org, emptying::KIND, gone.id.0, clock::now()).await?;
        }
    }
    if !holds_deals {
        store::archive(tx.conn(), org, gone.id).await?;
    }
    Ok(())
}

/// Refuses at `pointer` while the stage holds deals. None comes in before the transaction ends: whoever
/// puts a deal into a stage takes the same lock.
async fn demand_empty(tx: &mut Tx, stage: StageId, pointer: &str) -> AppResult<()> {
    let org = tx.scope().org;
    ranks::lock(tx.shared(), stage).await?;
    if store::holds_deals(tx.shared(), org, stage).await? {
        return Err(AppError::field(pointer, ErrorCode::NotEmpty));
    }
    Ok(())
}
