//! The counted rules in force of funnels.

use super::stages::{KnownStage, standing_for};
use crate::clock;
use crate::db::Conn;
use crate::db::schema::counted_rules;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::counted::CountedRules;
use shared::id::{FunnelId, OrgId};

/// The rules of a funnel as they were set, and when; none were when they never were.
///
/// # Errors
/// Those of the database, or when a newer server wrote what this one does not know.
pub async fn find(
    mut conn: &Conn,
    org: OrgId,
    funnel: FunnelId,
) -> QueryResult<(CountedRules, Option<DateTime<Utc>>)> {
    let row: Option<(serde_json::Value, DateTime<Utc>)> = counted_rules::table
        .filter(
            counted_rules::org_id
                .eq(org.0)
                .and(counted_rules::funnel_id.eq(funnel.0)),
        )
        .select((counted_rules::rules, counted_rules::set_at))
        .first(&mut conn)
        .await
        .optional()?;
    let Some((json, at)) = row else {
        return Ok((CountedRules::default(), None));
    };
    let rules = serde_json::from_value(json)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))?;
    Ok((rules, Some(at)))
}

/// The same with stages that were removed replaced by those that stand for them.
#[must_use]
pub fn resolved(mut set: CountedRules, stages: &[KnownStage]) -> CountedRules {
    for rule in &mut set.rules {
        rule.to_stage_id = standing_for(stages, rule.to_stage_id);
        for from in &mut rule.from {
            *from = standing_for(stages, *from);
        }
    }
    // Two stages that became one are expected to hold what both were.
    let mut shares: Vec<shared::funnel::counted::ExpectedShare> = Vec::new();
    for mut share in set.shares {
        share.stage_id = standing_for(stages, share.stage_id);
        match shares.iter_mut().find(|one| one.stage_id == share.stage_id) {
            Some(one) => one.percent += share.percent,
            None => shares.push(share),
        }
    }
    set.shares = shares;
    set
}

/// Puts rules in force.
///
/// # Errors
/// Those of the database.
pub async fn set(
    mut conn: &Conn,
    org: OrgId,
    funnel: FunnelId,
    rules: &CountedRules,
) -> QueryResult<DateTime<Utc>> {
    let json = serde_json::to_value(rules)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let now = clock::now();
    diesel::insert_into(counted_rules::table)
        .values((
            counted_rules::org_id.eq(org.0),
            counted_rules::funnel_id.eq(funnel.0),
            counted_rules::rules.eq(&json),
            counted_rules::set_at.eq(now),
        ))
        .on_conflict((counted_rules::org_id, counted_rules::funnel_id))
        .do_update()
        .set((
            counted_rules::rules.eq(&json),
            counted_rules::set_at.eq(now),
        ))
        .execute(&mut conn)
        .await?;
    Ok(now)
}
