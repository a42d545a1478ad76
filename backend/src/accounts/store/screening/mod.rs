//! What accounts are screened by, what was answered for them, and how they stand (GATE-23).
//!
//! The verdict is computed and kept nowhere, as the priority is: it would have to follow accounts, people,
//! deals, answers, rules and the days, and a column that lags behind one of them says what is not so.

mod report;
mod verdict;

pub use report::{tallies, trial};
pub use verdict::{Column, Verdict};

use super::classes::{self, ORG};
use crate::clock;
use crate::db::Conn;
use crate::db::schema::{screening_rules, screening_sheets, users};
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::accounts::{
    AccountScreening, Answers, GivenAnswer, Man, PeopleCount, Screening, ScreeningFacts,
    ScreeningOutcome, ScreeningRules, screen,
};
use shared::id::{AccountId, OrgId, ScreeningCriterionId, UserId};
use shared::identity::Locale;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Answers as they are kept.
pub type Given = BTreeMap<ScreeningCriterionId, GivenAnswer>;

fn unreadable(error: serde_json::Error) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(error.into())
}

fn unwritable(error: serde_json::Error) -> diesel::result::Error {
    diesel::result::Error::SerializationError(error.into())
}

/// What accounts of an organisation are screened by; the language is that of the set that comes with the
/// product.
///
/// # Errors
/// Those of the database.
pub async fn rules(mut conn: &Conn, org: OrgId, locale: Locale) -> QueryResult<ScreeningRules> {
    let row: Option<(serde_json::Value, i16, i16, i32, i32)> = screening_rules::table
        .find(org.0)
        .select((
            screening_rules::criteria,
            screening_rules::pass_share,
            screening_rules::review_days,
            screening_rules::version,
            screening_rules::criteria_version,
        ))
        .first(&mut conn)
        .await
        .optional()?;
    let Some((criteria, pass_share, review_days, version, criteria_version)) = row else {
        return Ok(ScreeningRules::usual(org, locale));
    };
    Ok(ScreeningRules {
        id: org,
        criteria: serde_json::from_value(criteria).map_err(unreadable)?,
        pass_share,
        review_days,
        is_usual: false,
        version,
        criteria_version,
    })
}

/// The rules, while nobody else changes them.
///
/// # Errors
/// Those of the database.
pub async fn rules_for_update(
    conn: &Conn,
    org: OrgId,
    locale: Locale,
) -> QueryResult<ScreeningRules> {
    classes::lock_rules(conn, org).await?;
    rules(conn, org, locale).await
}

/// Keeps the rules.
///
/// # Errors
/// Those of the database.
pub async fn keep_rules(mut conn: &Conn, rules: &ScreeningRules) -> QueryResult<()> {
    let criteria = serde_json::to_value(&rules.criteria).map_err(unwritable)?;
    let values = (
        screening_rules::criteria.eq(criteria),
        screening_rules::pass_share.eq(rules.pass_share),
        screening_rules::review_days.eq(rules.review_days),
        screening_rules::version.eq(rules.version),
        screening_rules::criteria_version.eq(rules.criteria_version),
        screening_rules::updated_at.eq(clock::now()),
    );
    diesel::insert_into(screening_rules::table)
        .values((screening_rules::org_id.eq(rules.id.0), values.clone()))
        .on_conflict(screening_rules::org_id)
        .do_update()
        .set(values)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Whether an account in `accounts` is to be looked at again: nobody did, too long ago, or by criteria
/// that are others now.
#[must_use]
pub fn is_due() -> String {
    let usual = ScreeningRules::usual(OrgId(Uuid::nil()), Locale::default());
    let setting = |name: &str, usual: i32| {
        format!(
            "coalesce((select r.{name}::integer from screening_rules r where r.org_id = {ORG}), {usual})"
        )
    };
    format!(
        "(not exists (select 1 from screening_sheets h where h.org_id = accounts.org_id \
         and h.account_id = accounts.id and h.rules_version >= {} \
         and h.looked_at > now() - make_interval(days => {})))",
        setting("criteria_version", usual.criteria_version),
        setting("review_days", usual.review_days.into()),
    )
}

/// When somebody last looked, who, and by which version of the rules.
type Looked = (DateTime<Utc>, Option<String>, i32);

async fn looked(mut conn: &Conn, org: OrgId, account: AccountId) -> QueryResult<Option<Looked>> {
    let looker = users::table.on(users::org_id
        .eq(screening_sheets::org_id)
        .and(users::id.nullable().eq(screening_sheets::looked_by)));
    screening_sheets::table
        .left_join(looker)
        .filter(screening_sheets::org_id.eq(org.0))
        .filter(screening_sheets::account_id.eq(account.0))
        .select((
            screening_sheets::looked_at,
            users::name.nullable(),
            screening_sheets::rules_version,
        ))
        .first(&mut conn)
        .await
        .optional()
}

/// Keeps that somebody looked at an account now by these rules, with all answers as they are.
///
/// # Errors
/// Those of the database.
pub async fn keep_sheet(
    mut conn: &Conn,
    (org, account, by): (OrgId, AccountId, UserId),
    rules: &ScreeningRules,
    answers: &Given,
) -> QueryResult<()> {
    let answers = serde_json::to_value(answers).map_err(unwritable)?;
    let values = (
        screening_sheets::answers.eq(answers),
        screening_sheets::looked_at.eq(clock::now()),
        screening_sheets::looked_by.eq(Some(by.0)),
        screening_sheets::rules_version.eq(rules.version),
    );
    diesel::insert_into(screening_sheets::table)
        .values((
            screening_sheets::org_id.eq(org.0),
            screening_sheets::account_id.eq(account.0),
            values.clone(),
        ))
        .on_conflict((screening_sheets::org_id, screening_sheets::account_id))
        .do_update()
        .set(values)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The answers that were chosen, with who first gave each and when: one that is given again is the old one.
#[must_use]
pub fn given(before: &Given, chosen: &Answers, by: UserId) -> Given {
    let now = clock::now();
    let one = |(id, choice): (&ScreeningCriterionId, &shared::id::ChoiceId)| {
        let kept = before.get(id).filter(|old| old.choice_id == *choice);
        let answer = kept.cloned().unwrap_or(GivenAnswer {
            choice_id: *choice,
            answered_at: now,
            answered_by: Some(by),
        });
        (*id, answer)
    };
    chosen.iter().map(one).collect()
}

#[derive(QueryableByName)]
struct FactRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Nullable<Text>)]
    industry: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    nature: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    region: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    size: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    employees: Option<i32>,
    #[diesel(sql_type = Jsonb)]
    man: serde_json::Value,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = BigInt)]
    operating: i64,
    #[diesel(sql_type = BigInt)]
    managing: i64,
    #[diesel(sql_type = BigInt)]
    deciding: i64,
    #[diesel(sql_type = Nullable<Integer>)]
    days: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    answers: Option<serde_json::Value>,
}

/// What is on record of an account, and what was answered for it.
struct Record {
    id: Uuid,
    version: i32,
    facts: ScreeningFacts,
    answers: Given,
}

impl Record {
    fn screened(&self, rules: &ScreeningRules) -> Screening {
        let chosen = self.answers.iter();
        let chosen = chosen.map(|(id, one)| (*id, one.choice_id));
        screen(rules, &self.facts, &chosen.collect())
    }
}

impl FactRow {
    fn read(self) -> QueryResult<Record> {
        let man: Man = serde_json::from_value(self.man).unwrap_or_default();
        let facts = ScreeningFacts {
            industry: self.industry,
            nature: self.nature,
            region: self.region,
            size: self.size.and_then(|size| size.parse().ok()),
            employees: self.employees,
            money: man.money.is,
            authority: man.authority.is,
            need: man.need.is,
            people: PeopleCount {
                all: self.people,
                operating: self.operating,
                managing: self.managing,
                deciding: self.deciding,
            },
            days_to_sign: self.days,
        };
        let answers = self.answers.map(serde_json::from_value).transpose();
        let answers = answers.map_err(unreadable)?.unwrap_or_default();
        Ok(Record {
            id: self.id,
            version: self.version,
            facts,
            answers,
        })
    }
}

/// What is on record of accounts, and what was answered for them.
async fn records(mut conn: &Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<Record>> {
    let sql = format!(
        "select accounts.id, accounts.version, accounts.industry, accounts.nature, accounts.region, accounts.size, \
         accounts.employees, accounts.man, p.people, p.operating, p.managing, p.deciding, \
         {} as days, h.answers from accounts \
         left join screening_sheets h on h.org_id = accounts.org_id and h.account_id = accounts.id \
         cross join lateral (select count(*) as people, \
             count(*) filter (where c.level = 'operating') as operating, \
             count(*) filter (where c.level = 'managing') as managing, \
             count(*) filter (where c.level = 'deciding') as deciding \
             from contacts c where c.org_id = accounts.org_id and c.account_id = accounts.id \
             and c.archived_at is null) p \
         where accounts.org_id = $1 and accounts.id = any($2)",
        verdict::days_to_sign()
    );
    let rows: Vec<FactRow> = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(org.0)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(&mut conn)
        .await?;
    rows.into_iter().map(FactRow::read).collect()
}

/// The verdicts on accounts.
///
/// # Errors
/// Those of the database.
pub async fn outcomes(
    conn: &Conn,
    org: OrgId,
    ids: &[Uuid],
) -> QueryResult<Vec<(Uuid, ScreeningOutcome)>> {
    let rules = rules(conn, org, Locale::default()).await?;
    let records = records(conn, org, ids).await?;
    let verdicts = records
        .iter()
        .map(|record| (record.id, record.screened(&rules).outcome));
    Ok(verdicts.collect())
}

/// How an account stands by these rules, with its sheet.
///
/// # Errors
/// Those of the database; `NotFound` where there is no such account.
pub async fn of_account(
    conn: &Conn,
    org: OrgId,
    account: AccountId,
    rules: ScreeningRules,
) -> QueryResult<AccountScreening> {
    let records = records(conn, org, &[account.0]).await?;
    let mut records = records.into_iter();
    let record = records.next().ok_or(diesel::result::Error::NotFound)?;
    let screening = record.screened(&rules);
    let looked = looked(conn, org, account).await?;
    let (looked_at, looked_by_name, by_version) = match looked {
        Some((at, name, version)) => (Some(at), name, version),
        None => (None, None, 0),
    };
    let due_at = looked_at.map(|at| at + Duration::days(rules.review_days.into()));
    let is_due =
        by_version < rules.criteria_version || due_at.is_none_or(|due| due <= clock::now());
    Ok(AccountScreening {
        rules,
        facts: record.facts,
        answers: record.answers,
        screening,
        looked_at,
        looked_by_name,
        due_at,
        is_due,
        version: record.version,
    })
}
