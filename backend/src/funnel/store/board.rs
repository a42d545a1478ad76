//! The cards of a board, through its filter.

use super::card_order::{
    AMOUNT, CLOSE, CURRENCY_CASE, CURRENCY_REST, CardPlace, PROFIT, PROFIT_CASE,
};
use super::deals::{self as deal_store, Named, NamedRow, columns, named};
use crate::db::first::first_rows;
use crate::db::schema::{accounts, deals};
use crate::db::{Conn, Scope};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Nullable, Numeric, Text};
use shared::accounts::Prospecting;
use shared::funnel::{CardOrder, CardSort, Deal};
use shared::id::StageId;
use uuid::Uuid;

/// A board filter with its team resolved to people.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// Only this owner.
    pub owner: Option<Uuid>,
    /// Only these owners.
    pub team: Option<Vec<Uuid>>,
    /// Only accounts of this industry.
    pub industry: Option<String>,
    /// Only accounts of this tier.
    pub tier: Option<String>,
    /// Only accounts that came from here.
    pub source: Option<String>,
    /// Only accounts found by this method.
    pub prospecting: Option<Prospecting>,
    /// Only open deals whose next step is due before this day.
    pub overdue_on: Option<NaiveDate>,
    /// Only open deals whose last day within the limit of their stage is before this day.
    pub over_limit_on: Option<NaiveDate>,
    /// Only deals on which little is to be spent.
    pub is_low_investment: bool,
    /// Only deals with this text in their title or their account's name.
    pub text: Option<String>,
}

impl Narrow {
    /// Whether owners alone narrow the board, so that the kept sums serve.
    #[must_use]
    pub const fn is_by_owner_only(&self) -> bool {
        self.industry.is_none()
            && self.tier.is_none()
            && self.source.is_none()
            && self.prospecting.is_none()
            && self.overdue_on.is_none()
            && self.over_limit_on.is_none()
            && !self.is_low_investment
            && self.text.is_none()
    }

    /// The owners it narrows to.
    #[must_use]
    pub fn owners(&self) -> Option<Vec<Uuid>> {
        match (self.owner, &self.team) {
            (None, None) => None,
            (None, Some(team)) => Some(team.clone()),
            (Some(owner), None) => Some(vec![owner]),
            (Some(owner), Some(team)) => Some(if team.contains(&owner) {
                vec![owner]
            } else {
                Vec::new()
            }),
        }
    }
}

/// A condition on [`named()`] deals.
pub type Condition = Box<dyn BoxableExpression<Named, Pg, SqlType = Bool>>;

/// The condition that a deal is within the scope's view.
#[must_use]
pub fn in_view(scope: &Scope) -> Condition {
    match scope.owners() {
        None => Box::new(deals::org_id.eq(scope.org.0)),
        Some(owners) => Box::new(
            deals::org_id.eq(scope.org.0).and(
                deals::owner_id
                    .is_null()
                    .or(deals::owner_id.eq_any(owners).assume_not_null()),
            ),
        ),
    }
}

/// The condition that a deal is within view, not archived and passes the filter.
#[must_use]
pub fn passes(scope: &Scope, narrow: &Narrow) -> Condition {
    let mut all: Condition = Box::new(in_view(scope).and(deals::archived_at.is_null()));
    if let Some(owners) = narrow.owners() {
        all = Box::new(all.and(deals::owner_id.eq_any(owners).assume_not_null()));
    }
    if let Some(industry) = &narrow.industry {
        all = Box::new(
            all.and(
                accounts::industry
                    .nullable()
                    .eq(industry.clone())
                    .assume_not_null(),
            ),
        );
    }
    if let Some(tier) = &narrow.tier {
        all = Box::new(all.and(accounts::tier.nullable().eq(tier.clone()).assume_not_null()));
    }
    if let Some(source) = &narrow.source {
        all = Box::new(
            all.and(
                accounts::source
                    .nullable()
                    .eq(source.clone())
                    .assume_not_null(),
            ),
        );
    }
    if let Some(method) = narrow.prospecting {
        all = Box::new(
            all.and(
                accounts::prospecting
                    .nullable()
                    .eq(method.as_ref().to_owned())
                    .assume_not_null(),
            ),
        );
    }
    if let Some(day) = narrow.overdue_on {
        all = Box::new(
            all.and(deals::status.eq("open"))
                .and(deals::next_step_on.lt(day).assume_not_null()),
        );
    }
    if let Some(day) = narrow.over_limit_on {
        all = Box::new(all.and(limit_on().lt(day).assume_not_null()));
    }
    if narrow.is_low_investment {
        all = Box::new(all.and(deals::is_low_investment));
    }
    if let Some(text) = &narrow.text {
        let pattern = format!(
            "%{}%",
            text.replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        );
        let in_name = accounts::name
            .nullable()
            .ilike(pattern.clone())
            .assume_not_null();
        all = Box::new(
            all.and(
                deals::title
                    .ilike(pattern)
                    .or(accounts::name.nullable().is_not_null().and(in_name)),
            ),
        );
    }
    all
}

/// The last day on which a deal is within the limit of its stage, by the organisation's clock; nothing where
/// the stage has none, and once the deal is closed. Row-level security keeps stages and organisation to the
/// caller's own; they are read once and looked up for each deal.
pub fn limit_on() -> SqlLiteral<Nullable<Date>> {
    sql("(case when deals.status = 'open' then \
         (deals.stage_entered_at at time zone (select o.time_zone from organisations o))::date \
         + (array(select s.rot_days from stages s order by s.id))\
           [array_position(array(select s.id from stages s order by s.id), deals.stage_id)] end)")
}

/// The condition that a deal is in a stage.
#[must_use]
pub fn in_stage(stage: StageId) -> Condition {
    Box::new(deals::stage_id.eq(stage.0))
}

/// Whose cards are asked for, through which filter, in which order.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks.
    pub scope: &'a Scope,
    /// What the board is narrowed to.
    pub narrow: &'a Narrow,
    /// The order of the cards.
    pub sort: CardSort,
}

/// The cards of a column in order, after a place.
///
/// # Errors
/// Those of the database.
pub async fn cards(
    conn: &Conn,
    asked: &Asked<'_>,
    column: Condition,
    after: Option<CardPlace>,
    limit: i64,
) -> QueryResult<Vec<Deal>> {
    let query = named()
        .filter(column)
        .filter(passes(asked.scope, asked.narrow))
        .select(columns())
        .into_boxed::<Pg>();
    let mut query = match asked.sort.by {
        CardOrder::Hand => query.order(deals::rank),
        CardOrder::Amount | CardOrder::Profit => {
            let (case, figure) = match asked.sort.by {
                CardOrder::Profit => (PROFIT_CASE, PROFIT),
                _ => (CURRENCY_CASE, AMOUNT),
            };
            query.order((
                sql::<Text>(case)
                    .bind::<Text, _>(asked.sort.house.to_string())
                    .sql(CURRENCY_REST),
                sql::<Numeric>(figure),
                deals::id,
            ))
        }
        CardOrder::CloseDate => query.order((sql::<Date>(CLOSE), deals::id)),
        CardOrder::Age => query.order((deals::stage_entered_at, deals::id)),
    };
    if let Some(after) = after {
        query = query.filter(after.before(asked.sort.house));
    }
    let rows: Vec<NamedRow> = first_rows(conn, query, limit).await?;
    Ok(rows.into_iter().map(deal_store::to_deal).collect())
}
