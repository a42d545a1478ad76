//! Where a card comes to stand: the rank after a neighbour, spreading the column when a gap is used up.

use super::store::ranks;
use crate::db::{Conn, Tx};
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use shared::error::ErrorCode;
use shared::event::{EventKind, SubjectKind};
use shared::funnel::rank;
use shared::id::{DealId, OrgId, StageId};

/// The rank at the top of a stage whose places are locked; `None` when the column must be spread first.
///
/// # Errors
/// Those of the database.
pub async fn rank_at_top(
    conn: &Conn,
    org: OrgId,
    stage: StageId,
    moved: DealId,
) -> AppResult<Option<String>> {
    let next = ranks::next(conn, org, stage, None, Some(moved)).await?;
    Ok(rank::between(None, next.as_deref()))
}

/// The rank right after `after`, or at the top, in a stage whose places are locked. When the stage must
/// be spread first, an event says so: every rank that somebody has seen is another now.
///
/// # Errors
/// 409 when the neighbour is not in the stage any more.
pub async fn rank_after(
    tx: &mut Tx,
    stage: StageId,
    after: Option<DealId>,
    moved: Option<DealId>,
) -> AppResult<String> {
    let org = tx.scope().org;
    for is_second_try in [false, true] {
        let before = match after {
            None => None,
            Some(after) => match ranks::of(tx.shared(), org, after).await? {
                Some((its_stage, rank)) if its_stage == stage.0 => Some(rank),
                _ => return Err(AppError::Conflict(ErrorCode::NeighbourLeft)),
            },
        };
        let next = ranks::next(tx.shared(), org, stage, before.as_deref(), moved).await?;
        if let Some(rank) = rank::between(before.as_deref(), next.as_deref()) {
            return Ok(rank);
        }
        if is_second_try {
            break;
        }
        ranks::spread(tx.conn(), org, stage).await?;
        let event = NewEvent::new(EventKind::StageRespaced, SubjectKind::Stage, stage.0);
        tx.record(event).await?;
    }
    Err(AppError::Internal(anyhow::anyhow!(
        "no rank fits between two cards of stage {stage}"
    )))
}

/// The rank at the bottom of a stage whose places are locked.
///
/// # Errors
/// Those of the database.
pub async fn rank_at_end(conn: &mut Conn, org: OrgId, stage: StageId) -> AppResult<String> {
    for _ in 0..2 {
        let last = ranks::last(conn, org, stage).await?;
        if let Some(rank) = rank::between(last.as_deref(), None) {
            return Ok(rank);
        }
        ranks::spread(conn, org, stage).await?;
    }
    Err(AppError::Internal(anyhow::anyhow!(
        "no rank fits at the end of stage {stage}"
    )))
}
