//! The counted rules in force of funnels.

use super::stages::{KnownStage, standing_for};
use crate::clock;
use crate::db::Conn;
use crate::db::schema::counted_rules;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::counted::{CountedRule, CountedRules, GoneStage, StoppedRule};
use shared::id::{FunnelId, OrgId, StageId};

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

/// The same with the stages there are now: a rule applies in those left of its own, shares go to what stands
/// for their stage. A rule that stopped keeps the stages that are gone, so that it is set anew and not by chance.
#[must_use]
pub fn resolved(mut set: CountedRules, stages: &[KnownStage]) -> CountedRules {
    let takes_deals = takes_deals(stages);
    for rule in &mut set.rules {
        if rule.from.iter().any(|from| takes_deals(*from)) {
            rule.from.retain(|from| takes_deals(*from));
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

/// Whether a stage is there and takes deals.
pub fn takes_deals(stages: &[KnownStage]) -> impl Fn(StageId) -> bool + '_ {
    move |id| {
        let mut stages = stages.iter();
        stages.any(|known| known.stage.id == id && known.takes_deals())
    }
}

/// The rules that stopped because a stage was removed, with what is gone of the stages they name.
#[must_use]
pub fn stopped(set: &CountedRules, stages: &[KnownStage]) -> Vec<StoppedRule> {
    let takes_deals = takes_deals(stages);
    let gone = |rule: &CountedRule| {
        let named = rule.from.iter().chain([&rule.to_stage_id]);
        let gone = named.copied().filter(|id| !takes_deals(*id));
        gone.map(|stage_id| {
            let known = stages.iter().find(|known| known.stage.id == stage_id);
            let name = known.map(|known| known.stage.fields.name.clone());
            GoneStage {
                stage_id,
                name: name.unwrap_or_default(),
            }
        })
        .collect()
    };
    let rules = set.rules.iter();
    rules
        .filter(|rule| rule.is_stopped(&takes_deals))
        .map(|rule| StoppedRule {
            rule_id: rule.id,
            gone: gone(rule),
        })
        .collect()
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
