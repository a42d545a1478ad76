//! What the writes of deals have in common: references that are demanded, parts that lie in other tables.

use super::store::deals as store;
use super::store::stages::{self, KnownStage};
use super::store::{funnels, lines, ranks};
use crate::db::{Tx, external_ids};
use crate::error::{AppError, AppResult, OnConstraint, optional};
use crate::search;
use shared::accounts::HitKind;
use shared::error::{ErrorCode, FieldError};
use shared::event::SubjectKind;
use shared::funnel::{Deal, DealLine};
use shared::id::{AccountId, DealId, FunnelId, StageId};
use std::collections::BTreeMap;

/// Locks the places of the stage a new deal goes to, without one of the funnel's first, and reads the
/// funnel's stages as they are then.
///
/// # Errors
/// 422 at `/funnel_id` when it is not there or archived.
pub async fn stages_of(
    tx: &mut Tx,
    funnel: FunnelId,
    stage: Option<StageId>,
) -> AppResult<Vec<KnownStage>> {
    let org = tx.scope().org;
    let wanted = match stage {
        Some(stage) => Some(stage),
        None => stages::list(tx.conn(), org, funnel)
            .await?
            .into_iter()
            .find(KnownStage::takes_deals)
            .map(|known| known.stage.id),
    };
    if let Some(stage) = wanted {
        ranks::lock(tx.conn(), stage).await?;
    }
    match optional(funnels::is_archived(tx.conn(), org, funnel).await)? {
        Some(false) => Ok(stages::list(tx.conn(), org, funnel).await?),
        Some(true) => Err(AppError::field("/funnel_id", ErrorCode::Archived)),
        None => Err(AppError::field("/funnel_id", ErrorCode::NoSuchRecord)),
    }
}

/// Refuses a reason or a note on why it was lost, for a deal that is not lost.
///
/// # Errors
/// 422 at the one that is there.
pub fn no_loss(has_reason: bool, has_note: bool) -> AppResult<()> {
    if has_reason {
        return Err(AppError::field("/loss_reason", ErrorCode::NotAllowed));
    }
    if has_note {
        return Err(AppError::field("/loss_note", ErrorCode::NotAllowed));
    }
    Ok(())
}

/// The account must exist and be within view.
///
/// # Errors
/// 422 at `/account_id` when it is not, or is archived.
pub async fn check_account(tx: &mut Tx, account: Option<AccountId>) -> AppResult<()> {
    let Some(account) = account else {
        return Ok(());
    };
    let (conn, scope) = tx.parts();
    match store::is_account_archived(conn, scope, account).await? {
        Some(false) => Ok(()),
        Some(true) => Err(AppError::field("/account_id", ErrorCode::Archived)),
        None => Err(AppError::field("/account_id", ErrorCode::NoSuchRecord)),
    }
}

/// Makes the lines of a deal those given.
///
/// # Errors
/// 422 at each line whose product is not there.
pub async fn write_lines(tx: &mut Tx, id: DealId, list: &[DealLine]) -> AppResult<()> {
    let org = tx.scope().org;
    // Told before the write, because a breached reference does not say which line it was.
    let known = lines::known_products(tx.conn(), org, list).await?;
    let unknown: Vec<FieldError> = list
        .iter()
        .enumerate()
        .filter(|(_, line)| !known.contains(&line.product_id.0))
        .map(|(index, _)| {
            let pointer = format!("/lines/{index}/product_id");
            FieldError::new(pointer, ErrorCode::NoSuchRecord)
        })
        .collect();
    if !unknown.is_empty() {
        return Err(unknown.into());
    }
    Ok(lines::replace(tx.conn(), org, id, list).await?)
}

/// Makes the external ids of a deal those of `new`.
///
/// # Errors
/// 422 at one that another deal has.
pub async fn write_external(
    tx: &mut Tx,
    id: DealId,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> AppResult<()> {
    let org = tx.scope().org;
    external_ids::replace(tx.conn(), org, SubjectKind::Deal, id.0, old, new).await
}

/// Keeps the search index in step with a deal's title.
///
/// # Errors
/// Those of the database.
pub async fn index(tx: &mut Tx, deal: &Deal) -> AppResult<()> {
    let org = tx.scope().org;
    if deal.archived_at.is_some() {
        search::remove(tx.conn(), org, HitKind::Deal, deal.id.0).await?;
    } else {
        search::index(tx.conn(), org, HitKind::Deal, deal.id.0, &deal.title).await?;
    }
    Ok(())
}

/// Turns breached references into field errors.
///
/// # Errors
/// 422 at the field, or what the write failed with.
pub fn constraints<T>(result: diesel::QueryResult<T>) -> AppResult<T> {
    result
        .on_constraint("deals_owner_id_fkey", || {
            AppError::field("/owner_id", ErrorCode::NoSuchRecord)
        })
        .on_constraint("deals_account_id_fkey", || {
            AppError::field("/account_id", ErrorCode::NoSuchRecord)
        })
        .on_constraint("deals_expected_profit_check", || {
            AppError::field("/amount", ErrorCode::Required)
        })
        .on_constraint("deals_currency_check", || {
            AppError::field("/amount/currency", ErrorCode::Required)
        })
}
