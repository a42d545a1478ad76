//! Deals: rows, and rows with the names a card shows.

use crate::clock;
use crate::db::schema::{accounts, deals, users};
use crate::db::{Conn, Scope, external_ids};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::event::SubjectKind;
use shared::funnel::Deal;
use shared::funnel::gate::Weight;
use shared::id::{AccountId, DealId, FunnelId, OrgId, StageId, UserId};
use shared::money::{Currency, Money};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A deal as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = deals)]
#[expect(
    missing_docs,
    reason = "the columns of the table, see its migration and `Deal`"
)]
pub struct DealRow {
    pub org_id: Uuid,
    pub id: Uuid,
    pub title: String,
    pub account_id: Option<Uuid>,
    pub funnel_id: Uuid,
    pub stage_id: Uuid,
    pub reached_stage_id: Uuid,
    pub status: String,
    pub rank: String,
    pub amount: Option<Decimal>,
    pub currency: Option<String>,
    pub probability: Option<i16>,
    pub expected_close_on: Option<NaiveDate>,
    pub next_step: Option<String>,
    pub next_step_on: Option<NaiveDate>,
    pub owner_id: Option<Uuid>,
    pub loss_reason: Option<String>,
    pub loss_note: Option<String>,
    pub stage_entered_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub override_reason: Option<String>,
    pub expected_profit: Option<Decimal>,
    pub evidence_probability: Option<i16>,
    pub is_low_investment: bool,
}

/// A deal with the names of its account and owner.
pub type NamedRow = (DealRow, Option<String>, Option<String>, Option<String>);

/// Deals beside their account and owner; the source of every list of deals.
#[diesel::dsl::auto_type]
pub fn named() -> _ {
    deals::table
        .left_join(
            accounts::table.on(accounts::org_id
                .eq(deals::org_id)
                .and(accounts::id.nullable().eq(deals::account_id))),
        )
        .left_join(
            users::table.on(users::org_id
                .eq(deals::org_id)
                .and(users::id.nullable().eq(deals::owner_id))),
        )
}

type AccountOn = dsl::And<
    dsl::Eq<accounts::org_id, deals::org_id>,
    dsl::Eq<dsl::Nullable<accounts::id>, deals::account_id>,
>;
type OwnerOn = dsl::And<
    dsl::Eq<users::org_id, deals::org_id>,
    dsl::Eq<dsl::Nullable<users::id>, deals::owner_id>,
>;

/// The tables of [`named()`], for conditions on it.
pub type Named = dsl::LeftJoinQuerySource<
    dsl::LeftJoinQuerySource<deals::table, accounts::table, AccountOn>,
    users::table,
    OwnerOn,
>;

/// What is selected from [`named()`].
#[diesel::dsl::auto_type]
pub fn columns() -> _ {
    let row: diesel::dsl::AsSelect<DealRow, diesel::pg::Pg> = DealRow::as_select();
    (
        row,
        accounts::name.nullable(),
        accounts::tier.nullable(),
        users::name.nullable(),
    )
}

impl DealRow {
    /// The amount with its currency.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        Some(Money::new(
            self.amount?.normalize(),
            Currency::parse(self.currency.as_deref()?)?,
        ))
    }

    /// What it weighs.
    #[must_use]
    pub const fn weight(&self) -> Weight {
        Weight {
            probability: self.evidence_probability,
            is_low_investment: self.is_low_investment,
        }
    }

    /// Gives it what it weighs.
    pub const fn weigh(&mut self, weight: Weight) {
        self.evidence_probability = weight.probability;
        self.is_low_investment = weight.is_low_investment;
    }

    /// The owner.
    #[must_use]
    pub fn owner(&self) -> Option<UserId> {
        self.owner_id.map(UserId)
    }

    /// The wire form with the names that go with it.
    #[must_use]
    pub fn into_deal(
        self,
        account_name: Option<String>,
        tier: Option<String>,
        owner_name: Option<String>,
    ) -> Deal {
        Deal {
            id: DealId(self.id),
            amount: self.money(),
            title: self.title,
            account_id: self.account_id.map(AccountId),
            account_name,
            account_tier: tier.and_then(|tier| tier.parse().ok()),
            funnel_id: FunnelId(self.funnel_id),
            stage_id: StageId(self.stage_id),
            reached_stage_id: StageId(self.reached_stage_id),
            rank: self.rank,
            expected_profit: self.expected_profit.map(|profit| profit.normalize()),
            probability: self.probability,
            evidence_probability: self.evidence_probability,
            is_low_investment: self.is_low_investment,
            expected_close_on: self.expected_close_on,
            next_step: self.next_step,
            next_step_on: self.next_step_on,
            owner_id: self.owner_id.map(UserId),
            owner_name,
            loss_reason: self.loss_reason.and_then(|reason| reason.parse().ok()),
            loss_note: self.loss_note,
            stage_entered_at: self.stage_entered_at,
            closed_at: self.closed_at,
            override_reason: self.override_reason,
            facts: None,
            external_ids: BTreeMap::new(),
            lines: None,
            version: self.version,
            archived_at: self.archived_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// The wire form of a named row.
#[must_use]
pub fn to_deal((row, account_name, tier, owner_name): NamedRow) -> Deal {
    row.into_deal(account_name, tier, owner_name)
}

/// One deal within view, with names, lines and external ids.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(mut conn: &Conn, scope: &Scope, id: DealId) -> QueryResult<Deal> {
    let mut query = named()
        .filter(deals::org_id.eq(scope.org.0).and(deals::id.eq(id.0)))
        .select(columns())
        .into_boxed();
    if let Some(owners) = scope.owners() {
        query = query.filter(
            deals::owner_id
                .is_null()
                .or(deals::owner_id.eq_any(owners).assume_not_null()),
        );
    }
    let ids = [id.0];
    let (row, lines, mut external) = futures_util::try_join!(
        query.first::<NamedRow>(&mut conn),
        super::lines::list(conn, scope.org, id),
        external_ids::find(conn, scope.org, SubjectKind::Deal, &ids),
    )?;
    let mut deal = to_deal(row);
    deal.lines = Some(lines);
    deal.external_ids = external.remove(&id.0).unwrap_or_default();
    Ok(deal)
}

/// The status and the version of a deal within view.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn status(mut conn: &Conn, scope: &Scope, id: DealId) -> QueryResult<(String, i32)> {
    deals::table
        .filter(deals::org_id.eq(scope.org.0).and(deals::id.eq(id.0)))
        .filter(crate::db::visible::deals(scope))
        .select((deals::status, deals::version))
        .first(&mut conn)
        .await
}

/// One deal within view, locked.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find_for_update(mut conn: &Conn, scope: &Scope, id: DealId) -> QueryResult<DealRow> {
    let row: DealRow = deals::table
        .filter(deals::org_id.eq(scope.org.0).and(deals::id.eq(id.0)))
        .select(DealRow::as_select())
        .for_update()
        .first(&mut conn)
        .await?;
    if scope.sees(row.owner_id) {
        Ok(row)
    } else {
        Err(diesel::result::Error::NotFound)
    }
}

/// What other tables say of a deal.
#[derive(Debug, Clone)]
pub struct Names {
    /// Its account's name.
    pub account: Option<String>,
    /// Its account's tier.
    pub tier: Option<String>,
    /// Its owner's name.
    pub owner: Option<String>,
    /// Its names in other systems.
    pub external_ids: BTreeMap<String, String>,
}

/// What other tables say of a deal.
///
/// # Errors
/// Those of the database.
pub async fn names(conn: &Conn, org: OrgId, row: &DealRow) -> QueryResult<Names> {
    let account = async {
        let Some(id) = row.account_id else {
            return Ok(None);
        };
        let mut conn = conn;
        accounts::table
            .filter(accounts::org_id.eq(org.0).and(accounts::id.eq(id)))
            .select((accounts::name, accounts::tier))
            .first::<(String, Option<String>)>(&mut conn)
            .await
            .optional()
    };
    let owner = async {
        let Some(id) = row.owner_id else {
            return Ok(None);
        };
        let mut conn = conn;
        users::table
            .filter(users::org_id.eq(org.0).and(users::id.eq(id)))
            .select(users::name)
            .first(&mut conn)
            .await
            .optional()
    };
    let ids = [row.id];
    let external = external_ids::find(conn, org, SubjectKind::Deal, &ids);
    let (account, owner, mut external) = futures_util::try_join!(account, owner, external)?;
    let (account, tier) = account.map_or((None, None), |(name, tier)| (Some(name), tier));
    Ok(Names {
        account,
        tier,
        owner,
        external_ids: external.remove(&row.id).unwrap_or_default(),
    })
}

/// Whether an account is archived; `None` when it is not there or out of view. An account is in view
/// by its owner, or by a deal on it.
///
/// # Errors
/// Those of the database.
pub async fn is_account_archived(
    mut conn: &Conn,
    scope: &Scope,
    id: AccountId,
) -> QueryResult<Option<bool>> {
    let mut query = accounts::table
        .filter(accounts::org_id.eq(scope.org.0).and(accounts::id.eq(id.0)))
        .select(accounts::archived_at.is_not_null())
        .into_boxed();
    if let Some(owners) = scope.owners() {
        let by_deal = diesel::dsl::exists(
            deals::table
                .filter(
                    deals::org_id
                        .eq(scope.org.0)
                        .and(deals::account_id.eq(id.0)),
                )
                .filter(deals::owner_id.eq_any(owners.clone())),
        );
        query = query.filter(
            accounts::owner_id
                .is_null()
                .or(accounts::owner_id.eq_any(owners).assume_not_null())
                .or(by_deal),
        );
    }
    query.first(&mut conn).await.optional()
}

/// Makes a deal.
///
/// # Errors
/// Those of the database.
pub async fn insert(conn: &mut Conn, row: &DealRow) -> QueryResult<()> {
    diesel::insert_into(deals::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes many deals: at most 2,400, as a row has 27 parameters and a statement carries 65,535.
///
/// # Errors
/// Those of the database.
pub async fn insert_all(conn: &mut Conn, rows: &[DealRow]) -> QueryResult<()> {
    diesel::insert_into(deals::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Several deals, whoever owns them.
///
/// # Errors
/// Those of the database.
pub async fn find_all(conn: &mut Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<DealRow>> {
    deals::table
        .filter(deals::org_id.eq(org.0).and(deals::id.eq_any(ids)))
        .select(DealRow::as_select())
        .load(conn)
        .await
}

/// Writes everything about a deal but its place and stage, and counts the version up.
///
/// # Errors
/// Those of the database.
pub async fn update(conn: &mut Conn, row: &DealRow) -> QueryResult<DealRow> {
    diesel::update(deals::table.filter(deals::org_id.eq(row.org_id).and(deals::id.eq(row.id))))
        .set((
            deals::title.eq(&row.title),
            deals::account_id.eq(row.account_id),
            deals::amount.eq(row.amount),
            deals::currency.eq(&row.currency),
            deals::expected_profit.eq(row.expected_profit),
            deals::probability.eq(row.probability),
            deals::expected_close_on.eq(row.expected_close_on),
            deals::next_step.eq(&row.next_step),
            deals::next_step_on.eq(row.next_step_on),
            deals::owner_id.eq(row.owner_id),
            deals::loss_reason.eq(&row.loss_reason),
            deals::loss_note.eq(&row.loss_note),
            deals::archived_at.eq(row.archived_at),
            deals::version.eq(deals::version + 1),
            deals::updated_at.eq(clock::now()),
        ))
        .returning(DealRow::as_returning())
        .get_result(conn)
        .await
}

/// Counts a deal's version up, as something that hangs on it was written.
///
/// # Errors
/// Those of the database.
pub async fn touch(mut conn: &Conn, org: OrgId, id: DealId) -> QueryResult<i32> {
    diesel::update(deals::table.filter(deals::org_id.eq(org.0).and(deals::id.eq(id.0))))
        .set((
            deals::version.eq(deals::version + 1),
            deals::updated_at.eq(clock::now()),
        ))
        .returning(deals::version)
        .get_result(&mut conn)
        .await
}

/// Puts a deal in its place: stage, rank and what goes with the stage. The only write of these columns.
///
/// # Errors
/// Those of the database.
pub async fn place(mut conn: &Conn, row: &DealRow) -> QueryResult<()> {
    diesel::update(deals::table.filter(deals::org_id.eq(row.org_id).and(deals::id.eq(row.id))))
        .set((
            deals::stage_id.eq(row.stage_id),
            deals::reached_stage_id.eq(row.reached_stage_id),
            deals::status.eq(&row.status),
            deals::rank.eq(&row.rank),
            deals::loss_reason.eq(&row.loss_reason),
            deals::loss_note.eq(&row.loss_note),
            deals::override_reason.eq(&row.override_reason),
            deals::next_step.eq(&row.next_step),
            deals::next_step_on.eq(row.next_step_on),
            deals::evidence_probability.eq(row.evidence_probability),
            deals::is_low_investment.eq(row.is_low_investment),
            deals::stage_entered_at.eq(row.stage_entered_at),
            deals::closed_at.eq(row.closed_at),
            deals::version.eq(row.version),
            deals::updated_at.eq(row.updated_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
