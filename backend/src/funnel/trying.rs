//! Tries counted rules over the past of a funnel's deals, a stretch of deals at a time, so that the memory
//! it needs does not grow with what was recorded.

use super::store::stages::{KnownStage, standing_for};
use super::store::trial::{self as store, Today};
use crate::db::{Conn, Scope};
use crate::error::{AppResult, query};
use crate::http::Cursor;
use crate::http::page::limit;
use chrono::{DateTime, Utc};
use futures_util::try_join;
use shared::funnel::StageKind;
use shared::funnel::counted::{
    CountedRules, Past, Replayed, Trial, TrialMove, TrialSearch, TrialSums, replay,
};
use shared::id::{DealId, FunnelId, StageId};
use std::collections::HashSet;
use uuid::Uuid;

/// Deals read at a time.
const STRETCH: i64 = 500;

/// A deal, and how many of its moves were listed before.
type Place = (Uuid, usize);

/// Runs a trial: the figures and the first moves, or further moves.
///
/// # Errors
/// 422 for a cursor that is none, or those of the database.
pub async fn run(
    conn: &Conn,
    scope: &Scope,
    (funnel, stages): (FunnelId, &[KnownStage]),
    set: &CountedRules,
    asked: &TrialSearch,
) -> AppResult<Trial> {
    let what = format!("trial:{funnel}");
    let begun: Option<Place> = Cursor::read(&what, asked.cursor.as_deref())?;
    let most = usize::try_from(limit(asked.limit)?).unwrap_or(usize::MAX);
    let open: Vec<StageId> = stages
        .iter()
        .filter(|known| known.takes_deals() && known.stage.fields.kind == StageKind::Open)
        .map(|known| known.stage.id)
        .collect();
    let is_open: HashSet<StageId> = open.iter().copied().collect();
    let mut sums = TrialSums::new(set);
    let mut trial = Trial::default();
    let mut last_listed: Option<Place> = None;
    let mut place = begun.map_or((Uuid::nil(), true), |(deal, _)| (deal, false));
    loop {
        let deals = query(store::touched(conn, scope, funnel, place, STRETCH)).await?;
        let Some(last) = deals.last() else { break };
        place = (last.id, true);
        let ids: Vec<Uuid> = deals.iter().map(|deal| deal.id).collect();
        let (touches, moves) = try_join!(
            query(store::touches_of(conn, scope.org, &ids)),
            query(store::moves_of(conn, scope.org, &ids)),
        )?;
        let (mut touches, mut moves) = (touches.as_slice(), moves.as_slice());
        for deal in &deals {
            let own = part_of(&mut touches, deal.id);
            let past = merged(own, part_of(&mut moves, deal.id), stages);
            let now = standing_for(stages, deal.stage);
            let first = first_stage(&past).unwrap_or(now);
            let replayed = replay(&set.rules, &is_open, first, past);
            sums.add(own.len(), (now, deal.status), &replayed);
            let done = replayed.0.iter().filter(|one| !one.is_stopped);
            let listed = begun.map_or(0, |(id, listed)| if id == deal.id { listed } else { 0 });
            for (index, one) in done.enumerate().skip(listed) {
                if trial.moves.len() < most {
                    trial.moves.push(told(deal, now, one));
                    last_listed = Some((deal.id, index + 1));
                } else if trial.next_cursor.is_none() {
                    trial.next_cursor = last_listed
                        .map(|place| Cursor::write(&what, &place))
                        .transpose()?;
                }
            }
        }
        // Further moves need no figures, so nothing after the page is read.
        if begun.is_some() && trial.next_cursor.is_some() {
            break;
        }
    }
    if begun.is_none() {
        let mut standing = query(store::standing(conn, scope, funnel)).await?;
        // What is on its way out of a stage that was removed counts where it goes.
        for known in stages {
            let to = standing_for(stages, known.stage.id);
            if to != known.stage.id
                && let Some(count) = standing.remove(&known.stage.id)
            {
                *standing.entry(to).or_default() += count;
            }
        }
        let counts = open
            .iter()
            .map(|id| (*id, standing.get(id).copied().unwrap_or(0)));
        trial.figures = Some(sums.finish(&counts.collect::<Vec<_>>()));
    }
    Ok(trial)
}

/// Takes what belongs to a deal off the front of rows that are in the order of deals.
fn part_of<'a, T>(
    rows: &mut &'a [(Uuid, DateTime<Utc>, T)],
    deal: Uuid,
) -> &'a [(Uuid, DateTime<Utc>, T)] {
    let all: &'a [(Uuid, DateTime<Utc>, T)] = rows;
    let begin = all.partition_point(|row| row.0 < deal);
    let end = all.partition_point(|row| row.0 <= deal);
    *rows = all.get(end..).unwrap_or_default();
    all.get(begin..end).unwrap_or_default()
}

/// Touches and moves of a deal in one order; at the same moment the move comes first. A stage that was
/// removed counts as the one that stands for it.
fn merged(
    touches: &[(Uuid, DateTime<Utc>, Past)],
    moves: &[(Uuid, DateTime<Utc>, Past)],
    stages: &[KnownStage],
) -> Vec<(DateTime<Utc>, Past)> {
    let moves = moves.iter().map(|(_, at, past)| match past {
        Past::Moved(stage) => (*at, Past::Moved(standing_for(stages, *stage))),
        other => (*at, *other),
    });
    let mut past: Vec<(DateTime<Utc>, Past)> = moves.collect();
    past.extend(touches.iter().map(|(_, at, past)| (*at, *past)));
    // Stable, so what has the same moment keeps the order it came in.
    past.sort_by_key(|(at, _)| *at);
    past
}

/// The stage a deal began in.
fn first_stage(past: &[(DateTime<Utc>, Past)]) -> Option<StageId> {
    past.iter().find_map(|(_, past)| match past {
        Past::Moved(stage) => Some(*stage),
        Past::Touched(_) => None,
    })
}

fn told(deal: &Today, now: StageId, one: &Replayed<'_>) -> TrialMove {
    TrialMove {
        deal_id: DealId(deal.id),
        deal_title: deal.title.clone(),
        at: one.at,
        rule_id: one.rule.id,
        from_stage_id: one.from,
        to_stage_id: one.rule.to_stage_id,
        stage_id: now,
        status: deal.status,
    }
}
