//! Cases of closed deals: one deal's, and the library with what can be filtered by.
//!
//! The library's text search compares five texts of each case row by row, as the other lists do: no index
//! helps a comparison behind row-level security that is not leakproof. There is at most one case for each
//! closed deal, and only those within view are read.

use super::deals::{DealRow, named};
use crate::db::conditions::{self, Condition, constant, keyset, time_key};
use crate::db::first::first_rows;
use crate::db::names;
use crate::db::schema::{accounts, deal_cases, deals, users};
use crate::db::{Conn, Scope};
use crate::http::list::{
    Count, ESTIMATE, FieldSpec, Kind, Leaf, ListQuery, ListSpec, Listed, Place, Value, words,
};
use crate::http::shape::Expand;
use chrono::{DateTime, Utc};
use diesel::dsl::{self, count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use shared::funnel::{Case, CaseOutcome, DealCase, LossReason, NewCase};
use shared::id::{AccountId, DealId, FunnelId, OrgId, StageId, UserId};
use uuid::Uuid;

/// What the library offers.
pub struct Cases;

impl Listed for Cases {
    const SPEC: ListSpec = ListSpec {
        resource: "cases",
        fields: &[
            FieldSpec::new("deal_id", Kind::Id),
            // The lesson, what worked, what failed, the deal's title or the account's name.
            FieldSpec::new("text", Kind::Text),
            FieldSpec::new("outcome", Kind::Word(words::<CaseOutcome>)),
            FieldSpec::new("tags", Kind::Labels),
            FieldSpec::new("funnel_id", Kind::Id),
            FieldSpec::new("account_id", Kind::Id).nullable(),
            FieldSpec::new("industry", Kind::Text).nullable(),
            FieldSpec::new("loss_reason", Kind::Word(words::<LossReason>)).nullable(),
            FieldSpec::new("owner_id", Kind::Id).nullable(),
            FieldSpec::new("author_id", Kind::Id).nullable(),
            FieldSpec::new("closed_at", Kind::Time)
                .nullable()
                .sortable(),
        ],
        sort: "-closed_at",
        has_archived: false,
        shown: &[
            "deal_id",
            "worked",
            "failed",
            "lesson",
            "tags",
            "author_id",
            "author_name",
            "created_at",
            "updated_at",
            "outcome",
            "title",
            "account_id",
            "account_name",
            "account_tier",
            "industry",
            "funnel_id",
            "reached_stage_id",
            "owner_id",
            "owner_name",
            "amount",
            "loss_reason",
            "loss_note",
            "closed_at",
            "cycle_days",
        ],
        expand: &[
            Expand {
                name: "account",
                from: "account_id",
                of: names::Named::Account,
            },
            Expand {
                name: "owner",
                from: "owner_id",
                of: names::Named::User,
            },
        ],
    };
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = deal_cases)]
struct CaseRow {
    deal_id: Uuid,
    worked: String,
    failed: String,
    lesson: String,
    tags: Vec<String>,
    author_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl CaseRow {
    fn read(self, author_name: Option<String>) -> DealCase {
        DealCase {
            deal_id: DealId(self.deal_id),
            worked: self.worked,
            failed: self.failed,
            lesson: self.lesson,
            tags: self.tags,
            author_id: self.author_id.map(UserId),
            author_name,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// The name of who wrote a case.
fn author_name() -> SqlLiteral<Nullable<Text>> {
    sql(
        "(select u.name from users u where u.org_id = deal_cases.org_id and u.id = deal_cases.author_id)",
    )
}

/// The case of a deal, whoever's the deal is.
///
/// # Errors
/// Those of the database.
pub async fn find(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Option<DealCase>> {
    let row: Option<(CaseRow, Option<String>)> = deal_cases::table
        .filter(
            deal_cases::org_id
                .eq(org.0)
                .and(deal_cases::deal_id.eq(deal.0)),
        )
        .select((CaseRow::as_select(), author_name()))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(row.map(|(row, author)| row.read(author)))
}

/// Writes the words of a deal's case, in place of those there were: who writes, and when.
///
/// # Errors
/// Those of the database.
pub async fn put(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    (author, now): (Option<UserId>, DateTime<Utc>),
    new: &NewCase,
) -> QueryResult<()> {
    let words = (
        deal_cases::worked.eq(&new.worked),
        deal_cases::failed.eq(&new.failed),
        deal_cases::lesson.eq(&new.lesson),
        deal_cases::tags.eq(&new.tags),
        deal_cases::author_id.eq(author.map(|id| id.0)),
        deal_cases::updated_at.eq(now),
    );
    diesel::insert_into(deal_cases::table)
        .values((
            deal_cases::org_id.eq(org.0),
            deal_cases::deal_id.eq(deal.0),
            deal_cases::created_at.eq(now),
            words,
        ))
        .on_conflict((deal_cases::org_id, deal_cases::deal_id))
        .do_update()
        .set(words)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Takes the case of a deal away.
///
/// # Errors
/// Those of the database.
pub async fn delete(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<()> {
    let target = deal_cases::table.filter(
        deal_cases::org_id
            .eq(org.0)
            .and(deal_cases::deal_id.eq(deal.0)),
    );
    diesel::delete(target).execute(&mut conn).await?;
    Ok(())
}

/// Cases beside their deal, its account and its owner.
#[diesel::dsl::auto_type]
pub(super) fn told() -> _ {
    named().inner_join(
        deal_cases::table.on(deal_cases::org_id
            .eq(deals::org_id)
            .and(deal_cases::deal_id.eq(deals::id))),
    )
}

type CaseOn =
    dsl::And<dsl::Eq<deal_cases::org_id, deals::org_id>, dsl::Eq<deal_cases::deal_id, deals::id>>;

/// The tables of [`told()`], for conditions on it.
pub(super) type Told = dsl::InnerJoinQuerySource<super::deals::Named, deal_cases::table, CaseOn>;

/// A condition on [`told()`].
type Flag = Box<dyn BoxableExpression<Told, Pg, SqlType = Bool>>;

/// The condition that a case is in the library: its deal is within view, closed and not put away. The words
/// are those of the index, which values of a query would not let the database use.
pub(super) fn in_library(scope: &Scope) -> Flag {
    let kept = deals::org_id.eq(scope.org.0).and(sql::<Bool>(CLOSED));
    match scope.owners() {
        None => Box::new(kept),
        Some(owners) => Box::new(
            kept.and(
                deals::owner_id
                    .is_null()
                    .or(deals::owner_id.eq_any(owners).assume_not_null()),
            ),
        ),
    }
}

/// Closed deals, as their index says it.
pub(super) const CLOSED: &str = "(deals.status <> 'open' and deals.archived_at is null)";

/// When a deal was closed, as its index says it; long ago where nobody knows.
pub(super) fn closed_at() -> SqlLiteral<Timestamptz> {
    sql("coalesce(deals.closed_at, 'epoch'::timestamptz)")
}

fn condition(leaf: &Leaf) -> Condition<Told> {
    let test = &leaf.test;
    match leaf.field {
        "deal_id" => conditions::id(deals::id.nullable(), test),
        "text" => Box::new(
            conditions::text(deal_cases::lesson.nullable(), test)
                .or(conditions::text(deal_cases::worked.nullable(), test))
                .or(conditions::text(deal_cases::failed.nullable(), test))
                .or(conditions::text(deals::title.nullable(), test))
                .or(conditions::text(accounts::name.nullable(), test)),
        ),
        "outcome" => conditions::word(deals::status.nullable(), test),
        "tags" => conditions::labels(deal_cases::tags.nullable(), test),
        "funnel_id" => conditions::id(deals::funnel_id.nullable(), test),
        "account_id" => conditions::id(deals::account_id, test),
        "industry" => conditions::text(accounts::industry.nullable(), test),
        "loss_reason" => conditions::word(deals::loss_reason, test),
        "owner_id" => conditions::id(deals::owner_id, test),
        "author_id" => conditions::id(deal_cases::author_id, test),
        "closed_at" => conditions::time(deals::closed_at, test),
        _ => constant(false),
    }
}

/// A case with all that goes with it: deal, account's name, tier and industry, owner's name, words, author.
type Whole = (
    DealRow,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    CaseRow,
    Option<String>,
);

#[diesel::dsl::auto_type]
fn whole() -> _ {
    let deal: dsl::AsSelect<DealRow, Pg> = DealRow::as_select();
    let case: dsl::AsSelect<CaseRow, Pg> = CaseRow::as_select();
    let author: SqlLiteral<Nullable<Text>> = author_name();
    (
        deal,
        accounts::name.nullable(),
        accounts::tier.nullable(),
        accounts::industry.nullable(),
        users::name.nullable(),
        case,
        author,
    )
}

/// How a deal with this status ended; none while it is open.
#[must_use]
pub fn outcome(status: &str) -> Option<CaseOutcome> {
    status.parse().ok()
}

fn read(
    (deal, account_name, tier, industry, owner_name, words, author): Whole,
) -> QueryResult<Case> {
    let outcome = deal.status.parse().map_err(|error: strum::ParseError| {
        diesel::result::Error::DeserializationError(error.into())
    })?;
    let days = deal
        .closed_at
        .map(|closed| (closed - deal.created_at).num_days().max(0));
    Ok(Case {
        told: words.read(author),
        outcome,
        amount: deal.money(),
        account_id: deal.account_id.map(AccountId),
        account_name,
        account_tier: tier.and_then(|tier| tier.parse().ok()),
        industry,
        funnel_id: FunnelId(deal.funnel_id),
        reached_stage_id: StageId(deal.reached_stage_id),
        owner_id: deal.owner(),
        owner_name,
        loss_reason: deal.loss_reason.and_then(|reason| reason.parse().ok()),
        loss_note: deal.loss_note,
        title: deal.title,
        closed_at: deal.closed_at,
        cycle_days: days,
    })
}

/// Reads a page of the library, with one row more to tell whether there is another, and their number if it
/// is wanted.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    scope: &Scope,
    list: &ListQuery,
) -> QueryResult<(Vec<Case>, Option<i64>)> {
    let matching = || {
        told()
            .filter(in_library(scope))
            .filter(conditions::fold(&list.filter, &condition))
    };
    let query = matching().select(whole()).into_boxed::<Pg>();
    let query = keyset!(query, list, closed_at(), deals::id, time_key);
    let rows: Vec<Whole> = first_rows(conn, query, list.limit + 1).await?;
    let total = match list.count {
        None => None,
        Some(Count::Exact) => Some(matching().select(count_star()).first(&mut conn).await?),
        Some(Count::Estimate) => {
            let some: Vec<Uuid> = matching()
                .select(deals::id)
                .limit(ESTIMATE)
                .load(&mut conn)
                .await?;
            i64::try_from(some.len()).ok()
        }
    };
    let cases: QueryResult<Vec<Case>> = rows.into_iter().map(read).collect();
    Ok((cases?, total))
}

/// Where a case stands in the library.
#[must_use]
pub fn place(case: &Case, _field: &str) -> Place {
    Place::new(case.told.deal_id.0, case.closed_at.map(Value::Time))
}

/// These cases as far as they are in the library, in this order.
///
/// # Errors
/// Those of the database.
pub async fn these(mut conn: &Conn, scope: &Scope, ids: &[DealId]) -> QueryResult<Vec<Case>> {
    let asked: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Whole> = told()
        .filter(in_library(scope))
        .filter(deals::id.eq_any(asked))
        .select(whole())
        .load(&mut conn)
        .await?;
    let found: QueryResult<Vec<Case>> = rows.into_iter().map(read).collect();
    let mut found = found?;
    found.sort_by_key(|case| ids.iter().position(|id| *id == case.told.deal_id));
    Ok(found)
}
