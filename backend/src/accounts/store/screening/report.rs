//! How many accounts are what: by seller, and by a set that is tried.

use super::super::portfolio::SELLERS;
use super::is_due;
use super::verdict::Verdict;
use crate::db::schema::accounts;
use crate::db::{Conn, Scope, visible};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::accounts::{
    ScreeningCount, ScreeningOutcome, ScreeningRules, ScreeningTally, ScreeningTrial,
};
use shared::id::UserId;
use uuid::Uuid;

/// How many accounts a trial looks at.
const TRIED: i64 = 1_000;

#[derive(QueryableByName)]
struct TallyRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    target: i64,
    #[diesel(sql_type = BigInt)]
    unsuitable: i64,
    #[diesel(sql_type = BigInt)]
    incomplete: i64,
    #[diesel(sql_type = BigInt)]
    due: i64,
}

/// How many accounts of each seller within view are what, by the seller's name.
///
/// # Errors
/// Those of the database.
pub async fn tallies(
    mut conn: &Conn,
    scope: &Scope,
    rules: &ScreeningRules,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> QueryResult<Vec<ScreeningTally>> {
    let (name, id) = after.unzip();
    let (verdict, texts) = Verdict::of(rules).text(7);
    let of = |outcome: ScreeningOutcome| {
        let word = outcome.as_ref();
        format!("count(*) filter (where one.outcome = '{word}') as {word}")
    };
    let sql = format!(
        "{SELLERS} select s.id, s.name, m.target, m.unsuitable, m.incomplete, m.due \
         from sellers s cross join lateral ( \
             select {}, {}, {}, count(*) filter (where one.is_due) as due \
             from (select {verdict} as outcome, {} as is_due from accounts where accounts.org_id = $1 \
                 and accounts.owner_id = s.id and accounts.archived_at is null) one \
         ) m order by s.name collate \"zh-x-icu\", s.id",
        of(ScreeningOutcome::Target),
        of(ScreeningOutcome::Unsuitable),
        of(ScreeningOutcome::Incomplete),
        is_due(),
    );
    let rows: Vec<TallyRow> = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(scope.org.0)
        .bind::<Nullable<SqlUuid>, _>(None::<Uuid>)
        .bind::<Nullable<Array<SqlUuid>>, _>(scope.owners())
        .bind::<Nullable<Text>, _>(name)
        .bind::<Nullable<SqlUuid>, _>(id)
        .bind::<BigInt, _>(limit)
        .bind::<Jsonb, _>(texts)
        .load(&mut conn)
        .await?;
    let tally = |row: TallyRow| ScreeningTally {
        id: UserId(row.id),
        name: row.name,
        count: ScreeningCount {
            target: row.target,
            unsuitable: row.unsuitable,
            incomplete: row.incomplete,
        },
        due: row.due,
    };
    Ok(rows.into_iter().map(tally).collect())
}

/// What another set would make of the accounts within view that were changed last.
///
/// # Errors
/// Those of the database.
pub async fn trial(
    mut conn: &Conn,
    scope: &Scope,
    old: &ScreeningRules,
    new: &ScreeningRules,
) -> QueryResult<ScreeningTrial> {
    let mut rows: Vec<(Option<String>, Option<String>)> = accounts::table
        .filter(accounts::org_id.eq(scope.org.0))
        .filter(accounts::archived_at.is_null())
        .filter(visible::accounts(scope))
        .order((accounts::updated_at.desc(), accounts::id.desc()))
        .limit(TRIED + 1)
        .select((Verdict::of(old).column(), Verdict::of(new).column()))
        .load(&mut conn)
        .await?;
    let most = usize::try_from(TRIED).unwrap_or_default();
    let is_part = rows.len() > most;
    rows.truncate(most);
    let (mut before, mut after) = (ScreeningCount::default(), ScreeningCount::default());
    for (old, new) in rows {
        add(&mut before, old.as_deref());
        add(&mut after, new.as_deref());
    }
    Ok(ScreeningTrial {
        after,
        before,
        is_part,
    })
}

fn add(count: &mut ScreeningCount, word: Option<&str>) {
    match word.and_then(|word| word.parse().ok()) {
        Some(ScreeningOutcome::Target) => count.target += 1,
        Some(ScreeningOutcome::Unsuitable) => count.unsuitable += 1,
        Some(ScreeningOutcome::Incomplete) | None => count.incomplete += 1,
    }
}
