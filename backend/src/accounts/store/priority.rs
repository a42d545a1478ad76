//! Priorities of accounts in SQL, what they go by, and when what they rest on was last confirmed; equal to
//! `shared::accounts::priority`.

use super::classes::{self, ORG, is_near};
use crate::clock;
use crate::db::Conn;
use crate::db::schema::{priority_confirmations, priority_rules, users};
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::accounts::{
    Account, AccountPriority, PriorityRules, UrgentDays, factor_points, priority,
};
use shared::id::{AccountId, OrgId, UserId};

/// A setting of the organisation, or what is usual; the numbers are those of [`PriorityRules::usual`].
fn setting(name: &str, usual: i16) -> String {
    format!(
        "coalesce((select r.{name}::integer from priority_rules r where r.org_id = {ORG}), {usual})"
    )
}

/// The priority of an account today, or null while too little is known.
#[must_use]
pub fn judged() -> String {
    let usual = PriorityRules::usual(OrgId(uuid::Uuid::nil()));
    let (high, middle) = (
        setting("high_from", usual.high_from),
        setting("middle_from", usual.middle_from),
    );
    let size = "case accounts.size when 'large' then 2 when 'medium' then 1 when 'small' then 1 when 'micro' then 0 end";
    let need = "case accounts.man -> 'need' ->> 'is' when 'true' then 2 when 'false' then 0 end";
    let near = is_near();
    let intent = format!(
        "case when {near} then 2 when accounts.values_it or accounts.has_plan or accounts.has_date then 1 \
         when accounts.values_it is false or accounts.has_plan is false or accounts.has_date is false then 0 end"
    );
    let sum = |unknown: u8| {
        format!(
            "coalesce({size}, {unknown}) + coalesce({need}, {unknown}) + coalesce({intent}, {unknown})"
        )
    };
    let (least, most) = (sum(0), sum(2));
    format!(
        "case when accounts.man -> 'need' ->> 'is' = 'false' then 'low' \
         when {least} >= {high} then 'high' when {most} < {middle} then 'low' \
         when {least} >= {middle} and {most} < {high} then 'middle' end"
    )
}

/// Whether what an account's priority rests on is to be looked at again.
#[must_use]
pub fn is_due() -> String {
    let usual = PriorityRules::usual(OrgId(uuid::Uuid::nil()));
    format!(
        "(coalesce((select c.confirmed_at from priority_confirmations c where c.org_id = accounts.org_id \
         and c.account_id = accounts.id), accounts.created_at) <= now() - make_interval(days => {}))",
        setting("review_days", usual.review_days)
    )
}

type Row = (i16, i16, i16, serde_json::Value, i32);

/// What priorities go by in an organisation.
///
/// # Errors
/// Those of the database.
pub async fn rules(mut conn: &Conn, org: OrgId) -> QueryResult<PriorityRules> {
    let row: Option<Row> = priority_rules::table
        .find(org.0)
        .select((
            priority_rules::high_from,
            priority_rules::middle_from,
            priority_rules::review_days,
            priority_rules::plans,
            priority_rules::version,
        ))
        .first(&mut conn)
        .await
        .optional()?;
    let Some((high_from, middle_from, review_days, plans, version)) = row else {
        return Ok(PriorityRules::usual(org));
    };
    let plans = serde_json::from_value(plans)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))?;
    Ok(PriorityRules {
        id: org,
        high_from,
        middle_from,
        review_days,
        plans,
        version,
    })
}

/// The rules, while nobody else changes them.
///
/// # Errors
/// Those of the database.
pub async fn rules_for_update(conn: &Conn, org: OrgId) -> QueryResult<PriorityRules> {
    classes::lock_rules(conn, org).await?;
    rules(conn, org).await
}

/// Keeps the rules.
///
/// # Errors
/// Those of the database.
pub async fn keep_rules(mut conn: &Conn, rules: &PriorityRules) -> QueryResult<()> {
    let plans = serde_json::to_value(&rules.plans)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let values = (
        priority_rules::high_from.eq(rules.high_from),
        priority_rules::middle_from.eq(rules.middle_from),
        priority_rules::review_days.eq(rules.review_days),
        priority_rules::plans.eq(plans),
        priority_rules::version.eq(rules.version),
        priority_rules::updated_at.eq(clock::now()),
    );
    diesel::insert_into(priority_rules::table)
        .values((priority_rules::org_id.eq(rules.id.0), values.clone()))
        .on_conflict(priority_rules::org_id)
        .do_update()
        .set(values)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Keeps that somebody confirmed now what an account's priority rests on.
///
/// # Errors
/// Those of the database.
pub async fn confirm(
    mut conn: &Conn,
    org: OrgId,
    account: AccountId,
    by: UserId,
) -> QueryResult<()> {
    let values = (
        priority_confirmations::confirmed_at.eq(clock::now()),
        priority_confirmations::confirmed_by.eq(Some(by.0)),
    );
    diesel::insert_into(priority_confirmations::table)
        .values((
            priority_confirmations::org_id.eq(org.0),
            priority_confirmations::account_id.eq(account.0),
            values,
        ))
        .on_conflict((
            priority_confirmations::org_id,
            priority_confirmations::account_id,
        ))
        .do_update()
        .set(values)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// An account's priority today, with its plan and when it is due.
///
/// # Errors
/// Those of the database.
pub async fn of_account(
    mut conn: &Conn,
    org: OrgId,
    account: &Account,
) -> QueryResult<AccountPriority> {
    let rules = rules(conn, org).await?;
    let classes = classes::rules(conn, org).await?;
    let days: UrgentDays = classes::urgent_days(conn, &classes).await?;
    let confirmed: Option<(DateTime<Utc>, Option<String>)> = priority_confirmations::table
        .left_join(
            users::table.on(users::org_id.eq(priority_confirmations::org_id).and(
                users::id
                    .nullable()
                    .eq(priority_confirmations::confirmed_by),
            )),
        )
        .filter(
            priority_confirmations::org_id
                .eq(org.0)
                .and(priority_confirmations::account_id.eq(account.id.0)),
        )
        .select((priority_confirmations::confirmed_at, users::name.nullable()))
        .first(&mut conn)
        .await
        .optional()?;
    let points = factor_points(account, &days);
    let found = priority(&points, &rules);
    let (confirmed_at, confirmed_by_name) = confirmed.unwrap_or((account.created_at, None));
    let due_at = confirmed_at + Duration::days(rules.review_days.into());
    Ok(AccountPriority {
        priority: found,
        plan: found.map(|priority| rules.plans.of(priority).clone()),
        points,
        confirmed_at,
        confirmed_by_name,
        due_at,
        is_due: due_at <= clock::now(),
    })
}
