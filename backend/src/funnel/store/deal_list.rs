//! Lists of deals: what can be filtered and sorted by, and how that reads in SQL.

use super::board::{in_view, limit_on};
use super::deals::{Named, NamedRow, columns, named, to_deal};
use crate::db::conditions::{
    self, Condition, by_pinyin, constant, date_key, decimal_key, keyset, text_key, time_key,
};
use crate::db::first::first_rows;
use crate::db::names;
use crate::db::schema::{accounts, deals, users};
use crate::db::{Conn, Scope, external_ids};
use crate::http::list::{
    Archived, Count, ESTIMATE, FieldSpec, Kind, Leaf, ListQuery, ListSpec, Listed, Place, Test,
    Value, words, yes_or_no,
};
use crate::http::shape::Expand;
use diesel::dsl::{count_star, sql};
use diesel::expression::{AsExpression, SqlLiteral, UncheckedBind};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Numeric, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::accounts::{Prospecting, Tier};
use shared::event::SubjectKind;
use shared::funnel::{Deal, LossReason, StageKind};
use shared::money::MAX_UNITS;
use uuid::Uuid;

/// What the list of deals offers.
pub struct Deals;

impl Listed for Deals {
    const ALONE: &'static [&'static str] = &["lines"];

    const SPEC: ListSpec = ListSpec {
        resource: "deals",
        fields: &[
            FieldSpec::new("id", Kind::Id),
            FieldSpec::new("title", Kind::Text).sortable(),
            // The title or the account's name.
            FieldSpec::new("text", Kind::Text),
            FieldSpec::new("account_id", Kind::Id).nullable(),
            FieldSpec::new("account_name", Kind::Text)
                .nullable()
                .sortable(),
            FieldSpec::new("account_tier", Kind::Word(words::<Tier>)).nullable(),
            FieldSpec::new("industry", Kind::Text).nullable(),
            // Where the account came from, and by which method.
            FieldSpec::new("source", Kind::Text).nullable(),
            FieldSpec::new("prospecting", Kind::Word(words::<Prospecting>)).nullable(),
            FieldSpec::new("funnel_id", Kind::Id),
            // In the order of the funnels and their stages.
            FieldSpec::new("stage_id", Kind::Id).sortable(),
            // The furthest stage on the way to winning it ever reached.
            FieldSpec::new("reached_stage_id", Kind::Id),
            FieldSpec::new("status", Kind::Word(words::<StageKind>)),
            FieldSpec::new("amount", Kind::Decimal)
                .nullable()
                .sortable(),
            FieldSpec::new("currency", Kind::Text).nullable(),
            FieldSpec::new("expected_profit", Kind::Decimal)
                .nullable()
                .sortable(),
            FieldSpec::new("probability", Kind::Int).nullable(),
            FieldSpec::new("expected_close_on", Kind::Date)
                .nullable()
                .sortable(),
            FieldSpec::new("next_step_on", Kind::Date)
                .nullable()
                .sortable(),
            // The last day within the limit of its stage, where it is open and the stage has one.
            FieldSpec::new("limit_on", Kind::Date).nullable(),
            FieldSpec::new("is_low_investment", Kind::Word(yes_or_no)),
            FieldSpec::new("owner_id", Kind::Id).nullable(),
            FieldSpec::new("owner_name", Kind::Text)
                .nullable()
                .sortable(),
            // Its owner is in this team or below it.
            FieldSpec::new("team_id", Kind::Id),
            FieldSpec::new("loss_reason", Kind::Word(words::<LossReason>)).nullable(),
            FieldSpec::new("stage_entered_at", Kind::Time).sortable(),
            FieldSpec::new("closed_at", Kind::Time).nullable(),
            FieldSpec::new("created_at", Kind::Time).sortable(),
            FieldSpec::new("updated_at", Kind::Time).sortable(),
        ],
        sort: "-created_at",
        has_archived: true,
        shown: &[
            "id",
            "title",
            "account_id",
            "account_name",
            "account_tier",
            "funnel_id",
            "stage_id",
            "reached_stage_id",
            "rank",
            "amount",
            "expected_profit",
            "probability",
            "expected_close_on",
            "is_low_investment",
            "next_step",
            "next_step_on",
            "owner_id",
            "owner_name",
            "loss_reason",
            "loss_note",
            "stage_entered_at",
            "closed_at",
            "override_reason",
            "external_ids",
            "version",
            "archived_at",
            "created_at",
            "updated_at",
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

fn condition(leaf: &Leaf) -> Condition<Named> {
    let test = &leaf.test;
    match leaf.field {
        "id" => conditions::id(deals::id.nullable(), test),
        "title" => conditions::text(deals::title.nullable(), test),
        "text" => Box::new(
            conditions::text(deals::title.nullable(), test)
                .or(conditions::text(accounts::name.nullable(), test)),
        ),
        "account_id" => conditions::id(deals::account_id, test),
        "account_name" => conditions::text(accounts::name.nullable(), test),
        "account_tier" => conditions::word(accounts::tier.nullable(), test),
        "industry" => conditions::text(accounts::industry.nullable(), test),
        "source" => conditions::text(accounts::source.nullable(), test),
        "prospecting" => conditions::word(accounts::prospecting.nullable(), test),
        "funnel_id" => conditions::id(deals::funnel_id.nullable(), test),
        "stage_id" => conditions::id(deals::stage_id.nullable(), test),
        "reached_stage_id" => conditions::id(deals::reached_stage_id.nullable(), test),
        "status" => conditions::word(deals::status.nullable(), test),
        "amount" => conditions::decimal(deals::amount, test),
        "currency" => conditions::word(deals::currency, test),
        "expected_profit" => conditions::decimal(deals::expected_profit, test),
        "probability" => conditions::small_int(deals::probability, test),
        "expected_close_on" => conditions::date(deals::expected_close_on, test),
        "next_step_on" => conditions::date(deals::next_step_on, test),
        "limit_on" => conditions::date(limit_on(), test),
        "is_low_investment" => {
            conditions::word(sql::<Nullable<Text>>("deals.is_low_investment::text"), test)
        }
        "owner_id" => conditions::id(deals::owner_id, test),
        "owner_name" => conditions::text(users::name.nullable(), test),
        "team_id" => owned_below(test),
        "loss_reason" => conditions::word(deals::loss_reason, test),
        "stage_entered_at" => conditions::time(deals::stage_entered_at.nullable(), test),
        "closed_at" => conditions::time(deals::closed_at, test),
        "created_at" => conditions::time(deals::created_at.nullable(), test),
        "updated_at" => conditions::time(deals::updated_at.nullable(), test),
        _ => constant(false),
    }
}

/// The condition that a deal's owner is in one of these teams or below it. Row-level security keeps the
/// teams and people to those of the organisation, so that they are looked up once and not for each deal.
fn owned_below(test: &Test) -> Condition<Named> {
    let id = |value: &Value| match value {
        Value::Id(id) => Some(*id),
        _ => None,
    };
    let teams: Vec<Uuid> = match test {
        Test::Eq(value) => id(value).into_iter().collect(),
        Test::In(values) => values.iter().filter_map(id).collect(),
        _ => return constant(false),
    };
    Box::new(
        sql::<Nullable<Bool>>(
            "(deals.owner_id in (with recursive below (id) as (select t.id from teams t where t.id = any(",
        )
        .bind::<Array<SqlUuid>, _>(teams)
        .sql(
            ") union select t.id from teams t join below b on t.parent_id = b.id) \
             select u.id from users u where u.team_id in (select id from below)))",
        ),
    )
}

/// The amount with nothing as -1, as in its index.
fn amount() -> SqlLiteral<Numeric> {
    sql("coalesce(deals.amount, -1)")
}

/// The profit with nothing below the greatest loss, as in its index.
fn profit() -> SqlLiteral<Numeric> {
    sql("coalesce(deals.expected_profit, -1000000000001)")
}

/// The profit a cursor stands at.
fn profit_key(place: &Place) -> Decimal {
    match place.key {
        Some(Value::Decimal(profit)) => profit,
        _ => Decimal::from(-MAX_UNITS - 1),
    }
}

/// The day with nothing as infinity, as in its index.
fn expected() -> SqlLiteral<Date> {
    sql("coalesce(deals.expected_close_on, 'infinity'::date)")
}

/// The same of the next step.
fn next_step() -> SqlLiteral<Date> {
    sql("coalesce(deals.next_step_on, 'infinity'::date)")
}

/// The account's name; nothing comes first.
fn account_name() -> SqlLiteral<Text> {
    sql("coalesce(accounts.name, '')")
}

/// The owner's name; nothing comes first.
fn owner_name() -> SqlLiteral<Text> {
    sql("coalesce(users.name, '')")
}

/// Where a stage stands among all of the organisation, which row-level security keeps apart. They are few:
/// read once, found for each deal.
const STAGES: &str =
    "array_position(array(select s.id from stages s order by s.funnel_id, s.position, s.id), ";

fn stage_place() -> SqlLiteral<Integer> {
    sql(&format!("{STAGES}deals.stage_id)"))
}

/// The same for the stage a cursor stands at.
fn stage_key(place: &Place) -> StagePlace {
    let stage = match place.key {
        Some(Value::Id(id)) => id,
        _ => Uuid::nil(),
    };
    sql::<Integer>(STAGES).bind::<SqlUuid, _>(stage).sql(")")
}

type StagePlace = SqlLiteral<
    Integer,
    UncheckedBind<SqlLiteral<Integer>, <Uuid as AsExpression<SqlUuid>>::Expression>,
>;

type Flag = Box<dyn BoxableExpression<Named, Pg, SqlType = Bool>>;

fn archived(which: Archived) -> Flag {
    match which {
        Archived::No => Box::new(deals::archived_at.is_null()),
        Archived::Yes => Box::new(deals::archived_at.is_not_null()),
        Archived::Any => Box::new(
            deals::archived_at
                .is_null()
                .or(deals::archived_at.is_not_null()),
        ),
    }
}

/// Reads a page of deals within view, with one row more to tell whether there is another, and their
/// number if it is wanted.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    scope: &Scope,
    list: &ListQuery,
) -> QueryResult<(Vec<Deal>, Option<i64>)> {
    let matching = || {
        named()
            .filter(in_view(scope))
            .filter(conditions::fold(&list.filter, &condition))
            .filter(archived(list.archived))
    };
    let query = matching().select(columns()).into_boxed::<Pg>();
    let query = match list.sort.field {
        "updated_at" => keyset!(query, list, deals::updated_at, deals::id, time_key),
        "title" => keyset!(query, list, by_pinyin(deals::title), deals::id, text_key),
        "amount" => keyset!(query, list, amount(), deals::id, decimal_key),
        "expected_profit" => keyset!(query, list, profit(), deals::id, profit_key),
        "expected_close_on" => keyset!(query, list, expected(), deals::id, date_key),
        "next_step_on" => keyset!(query, list, next_step(), deals::id, date_key),
        "account_name" => keyset!(query, list, by_pinyin(account_name()), deals::id, text_key),
        "owner_name" => keyset!(query, list, by_pinyin(owner_name()), deals::id, text_key),
        "stage_id" => keyset!(query, list, stage_place(), deals::id, stage_key),
        "stage_entered_at" => {
            keyset!(query, list, deals::stage_entered_at, deals::id, time_key)
        }
        _ => keyset!(query, list, deals::created_at, deals::id, time_key),
    };
    let rows: Vec<NamedRow> = first_rows(conn, query, list.limit + 1).await?;
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
    let mut items: Vec<Deal> = rows.into_iter().map(to_deal).collect();
    let ids: Vec<Uuid> = items.iter().map(|deal| deal.id.0).collect();
    let mut ids = external_ids::find(conn, scope.org, SubjectKind::Deal, &ids).await?;
    for deal in &mut items {
        deal.external_ids = ids.remove(&deal.id.0).unwrap_or_default();
    }
    Ok((items, total))
}

/// Where a deal stands in a list sorted by a field.
#[must_use]
pub fn place(deal: &Deal, field: &str) -> Place {
    let key = match field {
        "updated_at" => Some(Value::Time(deal.updated_at)),
        "title" => Some(Value::Text(deal.title.clone())),
        "amount" => deal.amount.map(|money| Value::Decimal(money.amount)),
        "expected_profit" => deal.expected_profit.map(Value::Decimal),
        "expected_close_on" => deal.expected_close_on.map(Value::Date),
        "next_step_on" => deal.next_step_on.map(Value::Date),
        "account_name" => deal.account_name.clone().map(Value::Text),
        "owner_name" => deal.owner_name.clone().map(Value::Text),
        "stage_id" => Some(Value::Id(deal.stage_id.0)),
        "stage_entered_at" => Some(Value::Time(deal.stage_entered_at)),
        _ => Some(Value::Time(deal.created_at)),
    };
    Place::new(deal.id.0, key)
}
