//! Closed deals: those that wait for a case, what they say together, and which cases may be like a deal.

use super::board::in_view;
use super::cases::{self, CLOSED, closed_at, told};
use super::deals::{NamedRow, columns, named, to_deal};
use crate::db::schema::{accounts, deal_cases, deals};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::funnel::case::lessons::{ClosedCell, MAX_LESSON_TAGS};
use shared::funnel::case::similar::{CaseTraits, DealTraits, MAX_CANDIDATES};
use shared::funnel::{CaseOutcome, Deal, tidy_tags};
use shared::id::{AccountId, DealId, FunnelId, OrgId, ProductId, StageId, UserId};
use shared::money::{Currency, Money};
use uuid::Uuid;

/// Which closed deals wait for a case.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// Closed since this moment.
    pub since: DateTime<Utc>,
    /// Only of this owner.
    pub owner: Option<UserId>,
}

type Flag = Box<dyn BoxableExpression<super::deals::Named, Pg, SqlType = Bool>>;

fn is_due(scope: &Scope, due: Due) -> Flag {
    let waiting = in_view(scope)
        .and(sql::<Bool>(CLOSED))
        .and(closed_at().ge(due.since))
        .and(sql::<Bool>(
            "not exists (select 1 from deal_cases c \
             where c.org_id = deals.org_id and c.deal_id = deals.id)",
        ));
    match due.owner {
        None => Box::new(waiting),
        Some(owner) => Box::new(waiting.and(deals::owner_id.eq(owner.0).assume_not_null())),
    }
}

/// A page of the closed deals within view that have no case, the last closed first, behind one of them;
/// and how many there are.
///
/// # Errors
/// Those of the database.
pub async fn due(
    mut conn: &Conn,
    scope: &Scope,
    due: Due,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> QueryResult<(Vec<Deal>, i64)> {
    let mut query = named()
        .filter(is_due(scope, due))
        .select(columns())
        .order((closed_at().desc(), deals::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(
            closed_at()
                .le(at)
                .and(closed_at().lt(at).or(deals::id.lt(id))),
        );
    }
    let rows: Vec<NamedRow> = query.load(&mut conn).await?;
    let all = named()
        .filter(is_due(scope, due))
        .select(count_star())
        .first(&mut conn)
        .await?;
    Ok((rows.into_iter().map(to_deal).collect(), all))
}

#[derive(QueryableByName)]
struct CellRow {
    #[diesel(sql_type = Bool)]
    is_before: bool,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Text>)]
    loss_reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    tag: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    currency: Option<String>,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    with_case: i64,
    #[diesel(sql_type = Nullable<Numeric>)]
    amount: Option<Decimal>,
    #[diesel(sql_type = Nullable<Numeric>)]
    days: Option<Decimal>,
}

impl CellRow {
    fn read(self) -> Option<ClosedCell> {
        Some(ClosedCell {
            is_before: self.is_before,
            outcome: cases::outcome(&self.status)?,
            loss_reason: self.loss_reason.and_then(|reason| reason.parse().ok()),
            tag: self.tag,
            currency: self.currency.as_deref().and_then(Currency::parse),
            count: self.count,
            with_case: self.with_case,
            amount: self.amount.unwrap_or_default(),
            days: self.days.unwrap_or_default(),
        })
    }
}

/// The closings that are looked at: within view, of one funnel or of all, since the first of two moments.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Only in this funnel.
    pub funnel: Option<FunnelId>,
    /// From where the days before begin.
    pub before: DateTime<Utc>,
    /// From where the days looked at begin.
    pub from: DateTime<Utc>,
}

/// What both aggregates read: each closing once, with its case where there is one.
const CLOSINGS: &str = "with closed as (select d.status, d.currency, d.amount, c.tags, c.deal_id, \
    d.closed_at < $5 as is_before, \
    case when d.status = 'lost' then d.loss_reason end as loss_reason, \
    greatest(extract(epoch from d.closed_at - d.created_at), 0)::numeric / 86400 as days \
    from deals d left join deal_cases c on c.org_id = d.org_id and c.deal_id = d.id \
    where d.org_id = $1 and ($2 is null or d.owner_id is null or d.owner_id = any($2)) \
    and ($3 is null or d.funnel_id = $3) and d.status <> 'open' and d.archived_at is null \
    and coalesce(d.closed_at, 'epoch'::timestamptz) >= $4)";

async fn cells(
    mut conn: &Conn,
    scope: &Scope,
    window: Window,
    select: &str,
) -> QueryResult<Vec<ClosedCell>> {
    let rows: Vec<CellRow> = diesel::sql_query(format!("{CLOSINGS}{select}"))
        .bind::<SqlUuid, _>(scope.org.0)
        .bind::<Nullable<Array<SqlUuid>>, _>(scope.owners())
        .bind::<Nullable<SqlUuid>, _>(window.funnel.map(|id| id.0))
        .bind::<Timestamptz, _>(window.before)
        .bind::<Timestamptz, _>(window.from)
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().filter_map(CellRow::read).collect())
}

/// Closings by outcome, reason and currency.
///
/// # Errors
/// Those of the database.
pub async fn by_reason(conn: &Conn, scope: &Scope, window: Window) -> QueryResult<Vec<ClosedCell>> {
    let select = " select is_before, status, loss_reason, null as tag, currency, count(*) as count, \
        count(deal_id) as with_case, sum(amount) as amount, sum(days) as days \
        from closed group by is_before, status, loss_reason, currency";
    cells(conn, scope, window, select).await
}

/// Closings by the tags of their cases: the most frequent tags, those of the days looked at first.
///
/// # Errors
/// Those of the database.
pub async fn by_tag(conn: &Conn, scope: &Scope, window: Window) -> QueryResult<Vec<ClosedCell>> {
    let select = format!(
        ", tagged as (select closed.*, t.tag from closed cross join lateral unnest(closed.tags) t (tag)), \
        often as (select tag from tagged group by tag \
        order by count(*) filter (where not is_before) desc, count(*) desc, tag limit {MAX_LESSON_TAGS}) \
        select is_before, status, null as loss_reason, tag, currency, count(*) as count, \
        count(*) as with_case, sum(amount) as amount, sum(days) as days \
        from tagged join often using (tag) group by is_before, status, tag, currency"
    );
    cells(conn, scope, window, &select).await
}

/// What a deal is compared by.
///
/// # Errors
/// Those of the database.
pub async fn traits(mut conn: &Conn, org: OrgId, deal: &Deal) -> QueryResult<DealTraits> {
    type Known = (Option<String>, Option<String>, Option<String>, Vec<String>);
    let known: Option<Known> = match deal.account_id {
        None => None,
        Some(account) => accounts::table
            .filter(accounts::org_id.eq(org.0).and(accounts::id.eq(account.0)))
            .select((
                accounts::industry,
                accounts::tier,
                accounts::size,
                accounts::tags,
            ))
            .first(&mut conn)
            .await
            .optional()?,
    };
    let (industry, tier, size, labels) = known.unwrap_or_default();
    let lines = deal.lines.iter().flatten();
    Ok(DealTraits {
        title: deal.title.clone(),
        account_id: deal.account_id,
        funnel_id: deal.funnel_id,
        stage_id: deal.stage_id,
        industry,
        tier: tier.and_then(|tier| tier.parse().ok()),
        size: size.and_then(|size| size.parse().ok()),
        labels,
        amount: deal.amount,
        products: lines.map(|line| line.product_id).collect(),
    })
}

/// A case and its deal as far as they are compared.
type Candidate = (
    (Uuid, String, Option<Uuid>, Uuid, Uuid),
    (Option<String>, Option<String>, Option<String>),
    (Option<Decimal>, Option<String>, Option<DateTime<Utc>>),
    Vec<String>,
    Vec<Uuid>,
);

fn read((deal, account, closing, tags, products): Candidate) -> Option<CaseTraits> {
    let (id, status, account_id, funnel, reached) = deal;
    let (industry, tier, size) = account;
    let (amount, currency, closed_at) = closing;
    let outcome: CaseOutcome = cases::outcome(&status)?;
    let currency = currency.as_deref().and_then(Currency::parse);
    Some(CaseTraits {
        deal_id: DealId(id),
        outcome,
        account_id: account_id.map(AccountId),
        funnel_id: FunnelId(funnel),
        reached_stage_id: StageId(reached),
        industry,
        tier: tier.and_then(|tier| tier.parse().ok()),
        size: size.and_then(|size| size.parse().ok()),
        amount: amount
            .zip(currency)
            .map(|(amount, currency)| Money::new(amount, currency)),
        products: products.into_iter().map(ProductId).collect(),
        tags,
        closed_at,
    })
}

/// The cases that may be like a deal: those of the library with its account, industry, funnel or one of its
/// account's labels, the last closed first, and no more than a rule can look at.
///
/// # Errors
/// Those of the database.
pub async fn candidates(
    mut conn: &Conn,
    scope: &Scope,
    deal: DealId,
    to: &DealTraits,
) -> QueryResult<Vec<CaseTraits>> {
    let rows: Vec<Candidate> = told()
        .filter(cases::in_library(scope))
        .filter(deals::id.ne(deal.0))
        .filter(
            deals::funnel_id
                .eq(to.funnel_id.0)
                .nullable()
                .or(deals::account_id.eq(to.account_id.map(|id| id.0)))
                .or(accounts::industry.nullable().eq(to.industry.clone()))
                .or(deal_cases::tags
                    .overlaps_with(tidy_tags(&to.labels))
                    .nullable()),
        )
        .order((closed_at().desc(), deals::id.desc()))
        .limit(MAX_CANDIDATES)
        .select((
            (
                deals::id,
                deals::status,
                deals::account_id,
                deals::funnel_id,
                deals::reached_stage_id,
            ),
            (
                accounts::industry.nullable(),
                accounts::tier.nullable(),
                accounts::size.nullable(),
            ),
            (deals::amount, deals::currency, deals::closed_at),
            deal_cases::tags,
            sql::<Array<SqlUuid>>(
                "array(select l.product_id from deal_lines l \
                 where l.org_id = deals.org_id and l.deal_id = deals.id)",
            ),
        ))
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().filter_map(read).collect())
}
