//! Classes of accounts in SQL, with the limits they go by; equal to `shared::accounts::urgency`.
//!
//! The texts name `accounts` and read the settings of the transaction's organisation, by the setting that
//! row-level security goes by: PostgreSQL asks for those once and not for each account.

use crate::clock;
use crate::db::Conn;
use crate::db::schema::class_rules;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::accounts::{AmountClass, AmountCuts, ClassRules, SizeBands, UrgentDays};
use shared::id::{AccountId, OrgId};

/// The class by importance and urgency, or null; the numbers are those of [`ClassRules::usual`].
pub const URGENCY: &str = "case \
    when accounts.values_it is false or accounts.has_plan is false or accounts.has_person is false then 'C' \
    when accounts.values_it and accounts.has_plan and accounts.has_person then case \
        when accounts.purchase_on is null then case when accounts.has_date is false then 'B' end \
        when accounts.purchase_on < (select (now() at time zone o.time_zone)::date from organisations o where o.id = nullif(current_setting('app.org_id', true), '')::uuid) then null \
        when accounts.purchase_on <= (select ((now() at time zone o.time_zone)::date + make_interval(months => \
            coalesce((select r.urgent_months::integer from class_rules r where r.org_id = nullif(current_setting('app.org_id', true), '')::uuid), 2)))::date \
            from organisations o where o.id = nullif(current_setting('app.org_id', true), '')::uuid) then 'A' \
        else 'B' end \
    end";

/// Whether its day of purchase is one that is urgent.
#[must_use]
pub fn is_near() -> String {
    let usual = ClassRules::usual(OrgId(uuid::Uuid::nil())).urgent_months;
    format!(
        "(select accounts.purchase_on between t.today and (t.today + make_interval(months => \
         coalesce((select r.urgent_months::integer from class_rules r where r.org_id = t.id), {usual})))::date \
         from (select o.id, (now() at time zone o.time_zone)::date as today from organisations o \
         where o.id = nullif(current_setting('app.org_id', true), '')::uuid) t)"
    )
}

/// Whether it is a large firm: by its employees, else by the size somebody said.
pub const IS_LARGE: &str = "coalesce(accounts.employees > \
    coalesce((select r.large_over from class_rules r where r.org_id = nullif(current_setting('app.org_id', true), '')::uuid), 1000), accounts.size = 'large', false)";

/// The organisation of the transaction, asked for once.
pub(super) const ORG: &str = "nullif(current_setting('app.org_id', true), '')::uuid";

/// What each account bought and what larger buyers bought together, by won deals in the organisation's
/// currency; as `shared::accounts::amount_classes` counts it.
const BOUGHT: &str = "select b.account_id, \
    coalesce(sum(b.own) over (order by b.own desc groups between unbounded preceding and 1 preceding), 0) as before, \
    sum(b.own) over () as total \
    from (select d.account_id, sum(d.amount) as own from deals d \
        where d.org_id = nullif(current_setting('app.org_id', true), '')::uuid and d.status = 'won' and d.archived_at is null \
        and d.account_id is not null \
        and d.currency = (select o.currency from organisations o where o.id = nullif(current_setting('app.org_id', true), '')::uuid) \
        group by d.account_id having sum(d.amount) > 0) b";

/// The class by amount, or null; the numbers are those of [`AmountCuts::default`].
#[must_use]
pub fn by_amount() -> String {
    let cut = |name: &str, usual: i16| {
        format!(
            "coalesce((select r.amount_{name}::integer from class_rules r \
             where r.org_id = nullif(current_setting('app.org_id', true), '')::uuid), {usual})"
        )
    };
    let usual = AmountCuts::default();
    let (a, b) = (cut("a", usual.a), cut("b", usual.b));
    let within = |cut: &str| {
        format!(
            "accounts.id in (select x.account_id from ({BOUGHT}) x where x.before * 100 < {cut} * x.total)"
        )
    };
    format!(
        "case when {} then 'A' when {} then 'B' \
         when accounts.id in (select x.account_id from ({BOUGHT}) x) then 'C' end",
        within(&a),
        within(&b)
    )
}

type Row = (i16, i32, i32, i32, i16, i16, i32);

/// What classes go by in an organisation.
///
/// # Errors
/// Those of the database.
pub async fn rules(mut conn: &Conn, org: OrgId) -> QueryResult<ClassRules> {
    let row: Option<Row> = class_rules::table
        .find(org.0)
        .select((
            class_rules::urgent_months,
            class_rules::small_from,
            class_rules::medium_from,
            class_rules::large_over,
            class_rules::amount_a,
            class_rules::amount_b,
            class_rules::version,
        ))
        .first(&mut conn)
        .await
        .optional()?;
    let usual = ClassRules::usual(org);
    Ok(row.map_or(
        usual,
        |(urgent_months, small, medium, large, a, b, version)| ClassRules {
            id: org,
            urgent_months,
            sizes: SizeBands {
                small,
                medium,
                large,
            },
            amount: AmountCuts { a, b },
            version,
        },
    ))
}

/// Lets nobody else change rules of the organisation until the transaction ends: there may be no row of
/// rules yet, so the organisation's own is locked.
///
/// # Errors
/// Those of the database.
pub async fn lock_rules(mut conn: &Conn, org: OrgId) -> QueryResult<()> {
    diesel::sql_query("select 1 from organisations where id = $1 for no key update")
        .bind::<SqlUuid, _>(org.0)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The rules, while nobody else changes them.
///
/// # Errors
/// Those of the database.
pub async fn rules_for_update(conn: &Conn, org: OrgId) -> QueryResult<ClassRules> {
    lock_rules(conn, org).await?;
    rules(conn, org).await
}

/// Keeps the rules.
///
/// # Errors
/// Those of the database.
pub async fn keep_rules(mut conn: &Conn, rules: &ClassRules) -> QueryResult<()> {
    let values = (
        class_rules::urgent_months.eq(rules.urgent_months),
        class_rules::small_from.eq(rules.sizes.small),
        class_rules::medium_from.eq(rules.sizes.medium),
        class_rules::large_over.eq(rules.sizes.large),
        class_rules::amount_a.eq(rules.amount.a),
        class_rules::amount_b.eq(rules.amount.b),
        class_rules::version.eq(rules.version),
        class_rules::updated_at.eq(clock::now()),
    );
    diesel::insert_into(class_rules::table)
        .values((class_rules::org_id.eq(rules.id.0), values))
        .on_conflict(class_rules::org_id)
        .do_update()
        .set(values)
        .execute(&mut conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct ByAmount {
    #[diesel(sql_type = Nullable<Text>)]
    class: Option<String>,
}

#[derive(QueryableByName)]
struct Today {
    #[diesel(sql_type = Date)]
    today: NaiveDate,
}

/// The day it is where the organisation is.
///
/// # Errors
/// Those of the database.
pub async fn today(mut conn: &Conn, org: OrgId) -> QueryResult<NaiveDate> {
    let row: Today = diesel::sql_query(
        "select (now() at time zone time_zone)::date as today from organisations where id = $1",
    )
    .bind::<SqlUuid, _>(org.0)
    .get_result(&mut conn)
    .await?;
    Ok(row.today)
}

/// The class of an account by amount.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn amount_class(
    mut conn: &Conn,
    org: OrgId,
    id: AccountId,
) -> QueryResult<Option<AmountClass>> {
    let sql = format!(
        "select {} as class from accounts where org_id = $1 and id = $2",
        by_amount()
    );
    let row: ByAmount = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(org.0)
        .bind::<SqlUuid, _>(id.0)
        .get_result(&mut conn)
        .await?;
    Ok(row.class.and_then(|class| class.parse().ok()))
}

/// The days on which a purchase is urgent, by these rules.
///
/// # Errors
/// Those of the database.
pub async fn urgent_days(conn: &Conn, rules: &ClassRules) -> QueryResult<UrgentDays> {
    let today = today(conn, rules.id).await?;
    Ok(UrgentDays::from(today, rules.urgent_months))
}
