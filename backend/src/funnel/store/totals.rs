//! The figures of columns: from the kept differences when nothing but owners narrows them, else
//! counted anew.

use super::board::{Narrow, passes};
use super::deals::named;
use crate::db::schema::{deals, organisations, stage_totals};
use crate::db::{Conn, Scope};
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Numeric};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::funnel::{ColumnTotals, Stage, StageKind};
use shared::id::{OrgId, StageId};
use shared::money::{Currency, Money};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Differences per funnel above which they are worth folding together.
const MANY: i64 = 2_000;

/// One sum: a stage, what is counted, a currency.
pub(super) struct Sum {
    pub stage: Uuid,
    pub is_reached: bool,
    pub currency: Option<String>,
    pub deals: i64,
    pub amount: Decimal,
    pub own_weighted: Decimal,
    pub loose: Decimal,
}

/// The figures of a funnel's columns, and whether the differences should be folded.
pub struct Totals {
    /// Per stage.
    pub by_stage: HashMap<StageId, ColumnTotals>,
    /// Whether there are many differences.
    pub is_long: bool,
}

/// The currency an organisation sums in.
///
/// # Errors
/// Those of the database.
pub async fn currency(mut conn: &Conn, org: OrgId) -> QueryResult<Currency> {
    let code: String = organisations::table
        .filter(organisations::id.eq(org.0))
        .select(organisations::currency)
        .first(&mut conn)
        .await?;
    Ok(Currency::parse(&code).unwrap_or(Currency::CNY))
}

/// The figures of the stages as the scope sees them through a filter.
///
/// # Errors
/// Those of the database.
pub async fn find(
    conn: &Conn,
    scope: &Scope,
    stages: &[Stage],
    narrow: &Narrow,
    first: Currency,
) -> QueryResult<Totals> {
    let ids: Vec<Uuid> = stages.iter().map(|stage| stage.id.0).collect();
    let (sums, is_long) = if narrow.is_by_owner_only() {
        kept(conn, scope, ids, narrow).await?
    } else {
        (counted(conn, scope, &ids, narrow).await?, false)
    };
    Ok(Totals {
        by_stage: figures(stages, &sums, first),
        is_long,
    })
}

async fn kept(
    mut conn: &Conn,
    scope: &Scope,
    ids: Vec<Uuid>,
    narrow: &Narrow,
) -> QueryResult<(Vec<Sum>, bool)> {
    use stage_totals as t;

    type Row = (
        Uuid,
        String,
        Option<String>,
        Option<Decimal>,
        Option<Decimal>,
        Option<Decimal>,
        Option<Decimal>,
        i64,
    );
    let mut query = t::table
        .filter(t::org_id.eq(scope.org.0).and(t::stage_id.eq_any(ids)))
        .group_by((t::stage_id, t::measure, t::currency))
        .select((
            t::stage_id,
            t::measure,
            t::currency,
            sum(t::deals),
            sum(t::amount),
            sum(t::own_weighted),
            sum(t::loose_amount),
            count_star(),
        ))
        .into_boxed();
    if let Some(owners) = scope.owners() {
        query = query.filter(
            t::owner_id
                .is_null()
                .or(t::owner_id.eq_any(owners).assume_not_null()),
        );
    }
    if let Some(owners) = narrow.owners() {
        query = query.filter(t::owner_id.eq_any(owners).assume_not_null());
    }
    let rows: Vec<Row> = query.load(&mut conn).await?;
    let length: i64 = rows.iter().map(|row| row.7).sum();
    let sums = rows
        .into_iter()
        .map(
            |(stage, measure, currency, deals, amount, own, loose, _)| Sum {
                stage,
                is_reached: measure == "reached",
                currency,
                deals: deals
                    .and_then(|deals| i64::try_from(deals).ok())
                    .unwrap_or_default(),
                amount: amount.unwrap_or_default(),
                own_weighted: own.unwrap_or_default(),
                loose: loose.unwrap_or_default(),
            },
        )
        .collect();
    Ok((sums, length > MANY))
}

async fn counted(
    mut conn: &Conn,
    scope: &Scope,
    ids: &[Uuid],
    narrow: &Narrow,
) -> QueryResult<Vec<Sum>> {
    type Row = (
        Uuid,
        Option<String>,
        i64,
        Option<Decimal>,
        Option<Decimal>,
        Option<Decimal>,
    );
    let own = || {
        diesel::dsl::sql::<Nullable<Numeric>>(
            "sum(deals.amount * coalesce(deals.probability, deals.evidence_probability) / 100)",
        )
    };
    let loose = || {
        diesel::dsl::sql::<Nullable<Numeric>>(
            "sum(deals.amount) filter (where coalesce(deals.probability, deals.evidence_probability) is null)",
        )
    };
    let amount = || diesel::dsl::sql::<Nullable<Numeric>>("sum(deals.amount)");
    let count = || diesel::dsl::sql::<BigInt>("count(*)");
    let at: Vec<Row> = named()
        .filter(passes(scope, narrow))
        .filter(deals::stage_id.eq_any(ids.to_vec()))
        .group_by((deals::stage_id, deals::currency))
        .select((
            deals::stage_id,
            deals::currency,
            count(),
            amount(),
            own(),
            loose(),
        ))
        .load(&mut conn)
        .await?;
    let reached: Vec<Row> = named()
        .filter(passes(scope, narrow))
        .filter(deals::reached_stage_id.eq_any(ids.to_vec()))
        .group_by((deals::reached_stage_id, deals::currency))
        .select((
            deals::reached_stage_id,
            deals::currency,
            count(),
            amount(),
            own(),
            loose(),
        ))
        .load(&mut conn)
        .await?;
    let to_sum = |is_reached| {
        move |(stage, currency, deals, amount, own, loose): Row| Sum {
            stage,
            is_reached,
            currency,
            deals,
            amount: amount.unwrap_or_default(),
            own_weighted: own.unwrap_or_default(),
            loose: loose.unwrap_or_default(),
        }
    };
    Ok(at
        .into_iter()
        .map(to_sum(false))
        .chain(reached.into_iter().map(to_sum(true)))
        .collect())
}

/// Puts the sums together: per stage counts and amounts per currency, and the conversion to the next.
fn figures(stages: &[Stage], sums: &[Sum], first: Currency) -> HashMap<StageId, ColumnTotals> {
    let reached = |stage: &Stage| -> i64 {
        sums.iter()
            .filter(|sum| sum.is_reached && sum.stage == stage.id.0)
            .map(|sum| sum.deals)
            .sum()
    };
    // Stages on the way to winning, in order; whoever reached a later one passed the earlier ones.
    let path: Vec<&Stage> = stages
        .iter()
        .filter(|stage| stage.fields.kind != StageKind::Lost)
        .collect();
    let mut passed: HashMap<StageId, Option<i16>> = HashMap::new();
    let mut beyond = 0;
    for stage in path.iter().rev() {
        let here = beyond + reached(stage);
        let is_last = beyond == 0 && path.last().is_some_and(|last| last.id == stage.id);
        let share = if is_last || here == 0 {
            None
        } else {
            i16::try_from((beyond * 100 + here / 2) / here).ok()
        };
        passed.insert(stage.id, share);
        beyond = here;
    }
    stages
        .iter()
        .map(|stage| {
            let here = sums
                .iter()
                .filter(|sum| !sum.is_reached && sum.stage == stage.id.0);
            let mut totals = tally(here, stages, first);
            totals.conversion = passed.get(&stage.id).copied().flatten();
            (stage.id, totals)
        })
        .collect()
}

/// Adds sums up, each weighted as its stage says.
pub(super) fn tally<'a>(
    sums: impl IntoIterator<Item = &'a Sum>,
    stages: &[Stage],
    first: Currency,
) -> ColumnTotals {
    let mut count = 0;
    let mut money: BTreeMap<(bool, Currency), (Decimal, Decimal)> = BTreeMap::new();
    // Of deals that came and went there are differences that add up to nothing.
    for sum in sums.into_iter().filter(|sum| sum.deals != 0) {
        count += sum.deals;
        let Some(currency) = sum.currency.as_deref().and_then(Currency::parse) else {
            continue;
        };
        let Some(stage) = stages.iter().find(|stage| stage.id.0 == sum.stage) else {
            continue;
        };
        let usual = Decimal::from(stage.fields.weight(None, None)) / Decimal::from(100);
        let entry = money.entry((currency != first, currency)).or_default();
        entry.0 += sum.amount;
        // As `StageFields::weight` says: what is closed weighs the same for every deal.
        entry.1 += match stage.fields.kind {
            StageKind::Open => sum.own_weighted + sum.loose * usual,
            StageKind::Won | StageKind::Lost => sum.amount * usual,
        };
    }
    ColumnTotals {
        count,
        sums: money
            .iter()
            .map(|((_, c), (sum, _))| Money::new(sum.normalize(), *c))
            .collect(),
        weighted: money
            .iter()
            .map(|((_, c), (_, weighted))| Money::new(weighted.round_dp(2).normalize(), *c))
            .collect(),
        conversion: None,
    }
}

/// Folds the differences of an organisation into one row for each stage, owner, measure and currency.
/// Readers and writers go on meanwhile; their sums stay the same.
///
/// # Errors
/// Those of the database.
pub async fn fold(conn: &mut Conn, org: OrgId) -> QueryResult<()> {
    diesel::sql_query(
        "with gone as (delete from stage_totals where org_id = $1 returning *) \
         insert into stage_totals (org_id, stage_id, owner_id, measure, currency, deals, amount, own_weighted, loose_amount) \
         select org_id, stage_id, owner_id, measure, currency, sum(deals), sum(amount), sum(own_weighted), sum(loose_amount) \
         from gone group by org_id, stage_id, owner_id, measure, currency \
         having sum(deals) <> 0 or sum(amount) <> 0",
    )
    .bind::<diesel::sql_types::Uuid, _>(org.0)
    .execute(conn)
    .await?;
    Ok(())
}
