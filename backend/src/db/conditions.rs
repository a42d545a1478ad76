//! Turns the typed conditions of a list into SQL, for stores: each store names its columns, the
//! comparisons are the same for all.
//!
//! Every function takes the column as nullable (`accounts::name.nullable()`), so that all conditions
//! have one type and fold together.

use crate::http::list::{Archived, Filter, Leaf, Place, Test, Value};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::data_types::PgDate;
use diesel::expression::BoxableExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Int2, Int4, Nullable, Numeric, Text, Timestamptz};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A condition on the rows of `QS`, a table or a join.
pub type Condition<QS> = Box<dyn BoxableExpression<QS, Pg, SqlType = Nullable<Bool>>>;

diesel::define_sql_function! {
    /// The first that is not null.
    #[sql_name = "coalesce"]
    fn coalesce_bool(value: Nullable<Bool>, fallback: Bool) -> Bool;
}

// A condition that is never unknown, as one that may be. `nullable()` would do for one table only.
diesel::postfix_operator!(Maybe, "", Nullable<Bool>, backend: Pg);

diesel::postfix_operator!(ByPinyin, " COLLATE \"zh-x-icu\"", Text, backend: Pg);

/// A text in the order people expect: pinyin for Chinese characters, the alphabet for Latin ones. The
/// indexes of names have this order.
pub fn by_pinyin<E: Expression<SqlType = Text>>(column: E) -> ByPinyin<E> {
    ByPinyin::new(column)
}

/// Joins the conditions of a filter; `leaf` turns one comparison into SQL.
pub fn fold<QS: 'static>(filter: &Filter, leaf: &dyn Fn(&Leaf) -> Condition<QS>) -> Condition<QS> {
    match filter {
        Filter::Leaf(one) => leaf(one),
        // A comparison with nothing is unknown in SQL, and so is its opposite; people mean "does not".
        Filter::Not(inner) => Box::new(Maybe::new(diesel::dsl::not(coalesce_bool(
            fold(inner, leaf),
            false,
        )))),
        Filter::All(list) => list
            .iter()
            .map(|filter| fold(filter, leaf))
            .reduce(|all, next| Box::new(all.and(next)))
            .unwrap_or_else(|| constant(true)),
        Filter::Any(list) => list
            .iter()
            .map(|filter| fold(filter, leaf))
            .reduce(|any, next| Box::new(any.or(next)))
            .unwrap_or_else(|| constant(false)),
    }
}

/// A condition that always or never holds.
#[must_use]
pub fn constant<QS: 'static>(holds: bool) -> Condition<QS> {
    Box::new(Maybe::new(holds.into_sql::<Bool>()))
}

/// Whether archived rows are wanted.
pub fn archived<QS: 'static, C>(column: C, wanted: Archived) -> Condition<QS>
where
    C: BoxableExpression<QS, Pg, SqlType = Nullable<Timestamptz>> + 'static,
{
    match wanted {
        Archived::Any => constant(true),
        Archived::No => time(column, &Test::IsNull(true)),
        Archived::Yes => time(column, &Test::IsNull(false)),
    }
}

/// The comparisons of one type that has an order.
macro_rules! ordered {
    ($(#[$doc:meta])* $name:ident, $sql:ty, $read:expr) => {
        $(#[$doc])*
        pub fn $name<QS: 'static, C>(column: C, test: &Test) -> Condition<QS>
        where
            C: BoxableExpression<QS, Pg, SqlType = Nullable<$sql>> + 'static,
        {
            let column: Box<dyn BoxableExpression<QS, Pg, SqlType = Nullable<$sql>>> =
                Box::new(column);
            let read = $read;
            let compared: Option<Condition<QS>> = match test {
                Test::Eq(value) => read(value).map(|value| Box::new(column.eq(value)) as _),
                Test::Gt(value) => read(value).map(|value| Box::new(column.gt(value)) as _),
                Test::Gte(value) => read(value).map(|value| Box::new(column.ge(value)) as _),
                Test::Lt(value) => read(value).map(|value| Box::new(column.lt(value)) as _),
                Test::Lte(value) => read(value).map(|value| Box::new(column.le(value)) as _),
                Test::In(values) => {
                    let values: Vec<_> = values.iter().filter_map(read).collect();
                    Some(Box::new(column.eq_any(values)))
                }
                Test::IsNull(true) => Some(Box::new(Maybe::new(column.is_null()))),
                Test::IsNull(false) => Some(Box::new(Maybe::new(column.is_not_null()))),
                Test::Contains(_) => None,
            };
            // The parser lets only values of the field's own kind through.
            compared.unwrap_or_else(|| constant(false))
        }
    };
}

ordered!(
    /// A comparison of an id.
    id, diesel::sql_types::Uuid, id_of
);
ordered!(
    /// A comparison of a whole number.
    int, Int4, int_of
);
ordered!(
    /// A comparison of a small whole number.
    small_int, Int2, small_int_of
);
ordered!(
    /// A comparison of a decimal number.
    decimal, Numeric, decimal_of
);
ordered!(
    /// A comparison of a day.
    date, Date, date_of
);
ordered!(
    /// A comparison of a moment.
    time, Timestamptz, time_of
);
ordered!(
    /// A comparison of a word of a fixed set, or of a text that is compared as it is.
    word, Text, text_of
);

/// A comparison of free text.
pub fn text<QS: 'static, C>(column: C, test: &Test) -> Condition<QS>
where
    C: BoxableExpression<QS, Pg, SqlType = Nullable<Text>> + 'static,
{
    match test {
        Test::Contains(part) => {
            let column: Box<dyn BoxableExpression<QS, Pg, SqlType = Nullable<Text>>> =
                Box::new(column);
            Box::new(column.ilike(containing(part)))
        }
        test => word(column, test),
    }
}

/// A comparison of a list of labels.
pub fn labels<QS: 'static, C>(column: C, test: &Test) -> Condition<QS>
where
    C: BoxableExpression<QS, Pg, SqlType = Nullable<Array<Text>>> + 'static,
{
    let wanted: Vec<String> = match test {
        Test::Eq(value) => text_of(value).into_iter().collect(),
        Test::In(values) => values.iter().filter_map(text_of).collect(),
        _ => return constant(false),
    };
    let column: Box<dyn BoxableExpression<QS, Pg, SqlType = Nullable<Array<Text>>>> =
        Box::new(column);
    Box::new(column.overlaps_with(wanted))
}

/// The pattern of a text anywhere in another; its own `%`, `_` and `\` mean themselves.
#[must_use]
pub fn containing(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn id_of(value: &Value) -> Option<Uuid> {
    match value {
        Value::Id(id) => Some(*id),
        _ => None,
    }
}

fn int_of(value: &Value) -> Option<i32> {
    match value {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

fn small_int_of(value: &Value) -> Option<i16> {
    let limit = |number: i32| number.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
    int_of(value).and_then(|number| i16::try_from(limit(number)).ok())
}

fn decimal_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

fn date_of(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::Date(date) => Some(*date),
        _ => None,
    }
}

fn time_of(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Time(time) => Some(*time),
        _ => None,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// The text a cursor stands at; empty where the row has none.
#[must_use]
pub fn text_key(place: &Place) -> String {
    place.key.as_ref().and_then(text_of).unwrap_or_default()
}

/// The moment a cursor stands at.
#[must_use]
pub fn time_key(place: &Place) -> DateTime<Utc> {
    place.key.as_ref().and_then(time_of).unwrap_or_default()
}

/// The number a cursor stands at; -1 where the row has none, as `coalesce(…, -1)` in its index.
#[must_use]
pub fn decimal_key(place: &Place) -> Decimal {
    place
        .key
        .as_ref()
        .and_then(decimal_of)
        .unwrap_or(Decimal::NEGATIVE_ONE)
}

/// The day a cursor stands at; infinity where the row has none, as `coalesce(…, 'infinity')` in its index.
#[must_use]
pub fn date_key(place: &Place) -> PgDate {
    let epoch = NaiveDate::from_ymd_opt(2000, 1, 1);
    let days = place
        .key
        .as_ref()
        .and_then(date_of)
        .zip(epoch)
        .and_then(|(date, epoch)| i32::try_from((date - epoch).num_days()).ok());
    PgDate(days.unwrap_or(i32::MAX))
}

/// Puts a boxed query into a list's order, behind its cursor; `first_rows` then loads one row more than
/// a page: `keyset!(query, list, sort expression, id column, what a cursor holds)`.
///
/// The condition begins with `key >= …` so that an index on (organisation, key, id) is entered at the
/// cursor; comparing the pair by `or` alone would read it from its start.
macro_rules! keyset {
    ($query:expr, $list:expr, $key:expr, $id:expr, $held:expr) => {{
        let (mut query, list): (_, &$crate::http::list::ListQuery) = ($query, $list);
        if let Some(place) = &list.after {
            let held = $held(place);
            query = if list.sort.is_descending {
                query.filter(
                    $key.le(held.clone())
                        .and($key.lt(held).or($id.lt(place.id))),
                )
            } else {
                query.filter(
                    $key.ge(held.clone())
                        .and($key.gt(held).or($id.gt(place.id))),
                )
            };
        }
        if list.sort.is_descending {
            query.order(($key.desc(), $id.desc()))
        } else {
            query.order(($key.asc(), $id.asc()))
        }
    }};
}
pub(crate) use keyset;

/// Counts the rows of a boxed query as far as a list wants it: `count!(conn, list, query)` gives an
/// `Option<i64>`. An estimate looks whether there is a row behind the last one it would count.
macro_rules! count {
    ($conn:expr, $list:expr, $query:expr) => {
        match $list.count {
            None => None,
            Some(wanted) => {
                let is_over = wanted == $crate::http::list::Count::Estimate
                    && $query
                        .select(1.into_sql::<diesel::sql_types::Integer>())
                        .offset($crate::http::list::ESTIMATE)
                        .first::<i32>($conn)
                        .await
                        .optional()?
                        .is_some();
                Some(if is_over {
                    $crate::http::list::ESTIMATE
                } else {
                    $query.count().get_result::<i64>($conn).await?
                })
            }
        }
    };
}
pub(crate) use count;
