//! What shows that criteria of a deal are met, the answers to the five tests, and the elements of the
//! purchase.

use crate::clock;
use crate::db::schema::{contacts, deal_tests, evidence, users};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::funnel::{Evidence, MAX_EVIDENCE, PurchaseElements, TestAnswers};
use shared::id::{ContactId, CriterionId, DealId, EvidenceId, OrgId, UserId};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = evidence)]
struct EvidenceRow {
    id: Uuid,
    deal_id: Uuid,
    criterion_id: Uuid,
    title: String,
    url: Option<String>,
    contact_id: Option<Uuid>,
    filed_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

/// The evidence of a deal that was not withdrawn, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn list(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Vec<Evidence>> {
    type Row = (EvidenceRow, Option<String>, Option<String>);
    let rows: Vec<Row> = evidence::table
        .left_join(
            contacts::table.on(contacts::org_id
                .eq(evidence::org_id)
                .and(contacts::id.nullable().eq(evidence::contact_id))),
        )
        .left_join(
            users::table.on(users::org_id
                .eq(evidence::org_id)
                .and(users::id.nullable().eq(evidence::filed_by))),
        )
        .filter(evidence::org_id.eq(org.0).and(evidence::deal_id.eq(deal.0)))
        .filter(evidence::withdrawn_at.is_null())
        .select((
            EvidenceRow::as_select(),
            contacts::name.nullable(),
            users::name.nullable(),
        ))
        .order((evidence::created_at, evidence::id))
        .limit(MAX_EVIDENCE)
        .load(&mut conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, contact_name, filed_by_name)| Evidence {
            id: EvidenceId(row.id),
            deal_id: DealId(row.deal_id),
            criterion_id: CriterionId(row.criterion_id),
            title: row.title,
            url: row.url,
            contact_id: row.contact_id.map(ContactId),
            contact_name,
            filed_by: row.filed_by.map(UserId),
            filed_by_name,
            filed_at: row.created_at,
        })
        .collect())
}

/// Files a piece of evidence.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, scope: &Scope, new: &Evidence) -> QueryResult<()> {
    diesel::insert_into(evidence::table)
        .values((
            evidence::org_id.eq(scope.org.0),
            evidence::id.eq(new.id.0),
            evidence::deal_id.eq(new.deal_id.0),
            evidence::criterion_id.eq(new.criterion_id.0),
            evidence::title.eq(&new.title),
            evidence::url.eq(&new.url),
            evidence::contact_id.eq(new.contact_id.map(|id| id.0)),
            evidence::filed_by.eq(new.filed_by.map(|id| id.0)),
            evidence::created_at.eq(new.filed_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Withdraws a piece of evidence of a deal; whether it was there.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    id: EvidenceId,
) -> QueryResult<bool> {
    let target = evidence::table
        .filter(evidence::org_id.eq(org.0).and(evidence::id.eq(id.0)))
        .filter(evidence::deal_id.eq(deal.0))
        .filter(evidence::withdrawn_at.is_null());
    let rows = diesel::update(target)
        .set(evidence::withdrawn_at.eq(clock::now()))
        .execute(&mut conn)
        .await?;
    Ok(rows > 0)
}

/// The answers to the five tests of a deal, and how strong the elements of the purchase are.
///
/// # Errors
/// Those of the database.
pub async fn scores(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
) -> QueryResult<(TestAnswers, PurchaseElements)> {
    let json: Option<(serde_json::Value, serde_json::Value)> = deal_tests::table
        .filter(
            deal_tests::org_id
                .eq(org.0)
                .and(deal_tests::deal_id.eq(deal.0)),
        )
        .select((deal_tests::answers, deal_tests::elements))
        .first(&mut conn)
        .await
        .optional()?;
    let (tests, elements) = json.unwrap_or_else(|| (nothing(), nothing()));
    Ok((read_scores(tests)?, read_scores(elements)?))
}

fn nothing() -> serde_json::Value {
    serde_json::Value::Object(serde_json::Map::new())
}

/// Scores as they are kept.
///
/// # Errors
/// When they are none that this server knows.
pub fn read_scores<T: DeserializeOwned>(json: serde_json::Value) -> QueryResult<T> {
    serde_json::from_value(json)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}

fn json(scores: &impl Serialize) -> QueryResult<serde_json::Value> {
    serde_json::to_value(scores)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// Keeps the answers to the five tests of a deal in place of those before.
///
/// # Errors
/// Those of the database.
pub async fn set_tests(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    answers: &TestAnswers,
) -> QueryResult<()> {
    let json = json(answers)?;
    diesel::insert_into(deal_tests::table)
        .values((
            deal_tests::org_id.eq(org.0),
            deal_tests::deal_id.eq(deal.0),
            deal_tests::answers.eq(&json),
            deal_tests::updated_at.eq(clock::now()),
        ))
        .on_conflict((deal_tests::org_id, deal_tests::deal_id))
        .do_update()
        .set((
            deal_tests::answers.eq(&json),
            deal_tests::updated_at.eq(clock::now()),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Keeps how strong the elements of a purchase are in place of what was before.
///
/// # Errors
/// Those of the database.
pub async fn set_elements(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    elements: &PurchaseElements,
) -> QueryResult<()> {
    let json = json(elements)?;
    diesel::insert_into(deal_tests::table)
        .values((
            deal_tests::org_id.eq(org.0),
            deal_tests::deal_id.eq(deal.0),
            deal_tests::elements.eq(&json),
            deal_tests::updated_at.eq(clock::now()),
        ))
        .on_conflict((deal_tests::org_id, deal_tests::deal_id))
        .do_update()
        .set((
            deal_tests::elements.eq(&json),
            deal_tests::updated_at.eq(clock::now()),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
