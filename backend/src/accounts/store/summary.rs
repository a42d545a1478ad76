//! The figures at the head of a profile.

use crate::db::names::{self, Named};
use crate::db::schema::{accounts, contacts, deals, stages};
use crate::db::{Conn, Scope, visible};
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::accounts::{Account, AccountSummary};
use shared::money::{Currency, Money};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Reads the figures of an account, as far as the scope sees them.
///
/// # Errors
/// Those of the database.
pub async fn find(
    mut conn: &Conn,
    scope: &Scope,
    account: &Account,
) -> QueryResult<AccountSummary> {
    let org = scope.org.0;
    let id = account.id.0;
    let contacts: i64 = contacts::table
        .filter(contacts::org_id.eq(org).and(contacts::account_id.eq(id)))
        .filter(contacts::archived_at.is_null())
        .count()
        .get_result(&mut conn)
        .await?;
    let children: i64 = accounts::table
        .filter(accounts::org_id.eq(org).and(accounts::parent_id.eq(id)))
        .filter(accounts::archived_at.is_null())
        .filter(visible::accounts(scope))
        .count()
        .get_result(&mut conn)
        .await?;

    let rows: Vec<DealsRow> = deals::table
        .filter(deals::org_id.eq(org).and(deals::account_id.eq(id)))
        .filter(deals::archived_at.is_null())
        .filter(deals::status.ne("lost"))
        .filter(visible::deals(scope))
        .group_by((
            deals::stage_id,
            deals::status,
            deals::currency,
            deals::probability,
            deals::evidence_probability,
        ))
        .select((
            deals::stage_id,
            deals::status,
            deals::currency,
            deals::probability,
            deals::evidence_probability,
            count_star(),
            sum(deals::amount),
        ))
        .load(&mut conn)
        .await?;
    let stage_ids: BTreeSet<Uuid> = rows.iter().map(|row| row.0).collect();
    let ranges: Vec<(Uuid, i16, Option<i16>)> = stages::table
        .filter(stages::org_id.eq(org).and(stages::id.eq_any(stage_ids)))
        .select((stages::id, stages::probability, stages::probability_high))
        .load(&mut conn)
        .await?;
    // As on the board: the middle of the stage's range, where a deal has no probability of its own and none by
    // the evidence.
    let usual = ranges
        .into_iter()
        .map(|(id, low, high)| (id, high.map_or(low, |high| i16::midpoint(low, high))))
        .collect();

    let owners = account.owner_id.map(|id| id.0).into_iter().collect();
    let parents = account.parent_id.map(|id| id.0).into_iter().collect();
    let owner_name = names::find(conn, scope, Named::User, owners).await?;
    let parent_name = names::find(conn, scope, Named::Account, parents).await?;
    Ok(AccountSummary {
        contacts,
        children,
        parent_name: parent_name.into_values().next(),
        owner_name: owner_name.into_values().next(),
        ..figures(rows, &usual)
    })
}

/// Stage, status, currency, the deals' own probability and that by the evidence, how many, their sum.
type DealsRow = (
    Uuid,
    String,
    Option<String>,
    Option<i16>,
    Option<i16>,
    i64,
    Option<Decimal>,
);

fn figures(rows: Vec<DealsRow>, usual: &HashMap<Uuid, i16>) -> AccountSummary {
    let (mut open, mut won) = (0, 0);
    let mut sums: [BTreeMap<Currency, Decimal>; 3] = Default::default();
    let [open_sums, weighted, won_sums] = &mut sums;
    for (stage, status, currency, own, by_evidence, count, sum) in rows {
        let is_open = status == "open";
        *(if is_open { &mut open } else { &mut won }) += count;
        let currency = currency.as_deref().and_then(Currency::parse);
        let (Some(currency), Some(sum)) = (currency, sum) else {
            continue;
        };
        if is_open {
            let known = own.or(by_evidence);
            let percent = known.or(usual.get(&stage).copied()).unwrap_or_default();
            *open_sums.entry(currency).or_default() += sum;
            *weighted.entry(currency).or_default() +=
                sum * Decimal::from(percent) / Decimal::from(100);
        } else {
            *won_sums.entry(currency).or_default() += sum;
        }
    }
    let [open_amounts, weighted_amounts, won_amounts] = sums.map(|sums| {
        sums.into_iter()
            .map(|(currency, sum)| Money::new(sum.round_dp(4).normalize(), currency))
            .collect()
    });
    AccountSummary {
        contacts: 0,
        open_deals: open,
        open_amounts,
        weighted_amounts,
        won_deals: won,
        won_amounts,
        parent_name: None,
        owner_name: None,
        children: 0,
    }
}
