//! The products table.

use crate::db::Conn;
use crate::db::conditions::{
    self, Condition, by_pinyin, constant, count, keyset, text_key, time_key,
};
use crate::db::first::first_rows;
use crate::db::schema::products;
use crate::http::list::{FieldSpec, Kind, Leaf, ListQuery, ListSpec, Listed, Place, Value};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::id::{OrgId, ProductId};
use shared::money::{Currency, Money};
use shared::revenue::Product;
use uuid::Uuid;

/// What the list of products offers.
pub struct Products;

impl Listed for Products {
    const SPEC: ListSpec = ListSpec {
        resource: "products",
        fields: &[
            FieldSpec::new("id", Kind::Id),
            FieldSpec::new("name", Kind::Text).sortable(),
            FieldSpec::new("line", Kind::Text).nullable(),
            FieldSpec::new("list_price", Kind::Decimal).nullable(),
            FieldSpec::new("currency", Kind::Text).nullable(),
            FieldSpec::new("created_at", Kind::Time).sortable(),
            FieldSpec::new("updated_at", Kind::Time).sortable(),
        ],
        sort: "name",
        has_archived: true,
        shown: &[
            "id",
            "name",
            "line",
            "list_price",
            "version",
            "archived_at",
            "created_at",
            "updated_at",
        ],
        expand: &[],
    };
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_null = true)]
struct ProductRow {
    org_id: Uuid,
    id: Uuid,
    name: String,
    line: Option<String>,
    list_price: Option<Decimal>,
    currency: Option<String>,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl ProductRow {
    fn of(org: OrgId, product: &Product) -> Self {
        Self {
            org_id: org.0,
            id: product.id.0,
            name: product.name.clone(),
            line: product.line.clone(),
            list_price: product.list_price.map(|price| price.amount),
            currency: product.list_price.map(|price| price.currency.to_string()),
            version: product.version,
            archived_at: product.archived_at,
            created_at: product.created_at,
            updated_at: product.updated_at,
        }
    }
}

impl From<ProductRow> for Product {
    fn from(row: ProductRow) -> Self {
        let currency = row.currency.as_deref().and_then(Currency::parse);
        Self {
            id: ProductId(row.id),
            name: row.name,
            line: row.line,
            list_price: row
                .list_price
                .zip(currency)
                .map(|(amount, currency)| Money::new(amount.normalize(), currency)),
            version: row.version,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

fn condition(leaf: &Leaf) -> Condition<products::table> {
    let test = &leaf.test;
    match leaf.field {
        "id" => conditions::id(products::id.nullable(), test),
        "name" => conditions::text(products::name.nullable(), test),
        "line" => conditions::text(products::line, test),
        "list_price" => conditions::decimal(products::list_price, test),
        "currency" => conditions::word(products::currency, test),
        "created_at" => conditions::time(products::created_at.nullable(), test),
        "updated_at" => conditions::time(products::updated_at.nullable(), test),
        _ => constant(false),
    }
}

/// Reads a page of products, with one row more to tell whether there is another, and their number if
/// it is wanted.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    org: OrgId,
    list: &ListQuery,
) -> QueryResult<(Vec<Product>, Option<i64>)> {
    let matching = || {
        products::table
            .filter(products::org_id.eq(org.0))
            .filter(conditions::fold(&list.filter, &condition))
            .filter(conditions::archived(products::archived_at, list.archived))
            .into_boxed()
    };
    let query = matching().select(ProductRow::as_select());
    let query = match list.sort.field {
        "created_at" => keyset!(query, list, products::created_at, products::id, time_key),
        "updated_at" => keyset!(query, list, products::updated_at, products::id, time_key),
        _ => keyset!(
            query,
            list,
            by_pinyin(products::name),
            products::id,
            text_key
        ),
    };
    let rows: Vec<ProductRow> = first_rows(conn, query, list.limit + 1).await?;
    let total = count!(&mut conn, list, matching());
    Ok((rows.into_iter().map(Product::from).collect(), total))
}

/// Where a product stands in a list sorted by a field.
#[must_use]
pub fn place(product: &Product, field: &str) -> Place {
    let key = match field {
        "created_at" => Value::Time(product.created_at),
        "updated_at" => Value::Time(product.updated_at),
        _ => Value::Text(product.name.clone()),
    };
    Place::new(product.id.0, key)
}

/// Finds a product.
///
/// # Errors
/// `NotFound` when it is not of this organisation.
pub async fn find(mut conn: &Conn, org: OrgId, id: ProductId) -> QueryResult<Product> {
    products::table
        .filter(products::org_id.eq(org.0).and(products::id.eq(id.0)))
        .select(ProductRow::as_select())
        .first(&mut conn)
        .await
        .map(Product::from)
}

/// Finds a product and keeps others from changing it.
///
/// # Errors
/// As [`find`].
pub async fn find_for_update(mut conn: &Conn, org: OrgId, id: ProductId) -> QueryResult<Product> {
    products::table
        .filter(products::org_id.eq(org.0).and(products::id.eq(id.0)))
        .select(ProductRow::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .map(Product::from)
}

/// Adds a product.
///
/// # Errors
/// Those of the database: `products_name_key` for a name that is taken.
pub async fn insert(mut conn: &Conn, org: OrgId, product: &Product) -> QueryResult<()> {
    diesel::insert_into(products::table)
        .values(ProductRow::of(org, product))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Several products, locked: what is written of them is not older than what was read.
///
/// # Errors
/// Those of the database.
pub async fn find_all(conn: &mut Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<Product>> {
    let rows: Vec<ProductRow> = products::table
        .filter(products::org_id.eq(org.0).and(products::id.eq_any(ids)))
        .select(ProductRow::as_select())
        // In one order, so that two who lock several do not wait for each other.
        .order(products::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Adds many products.
///
/// # Errors
/// As [`insert`].
pub async fn insert_all(conn: &mut Conn, org: OrgId, list: &[Product]) -> QueryResult<()> {
    // A row has 10 parameters, and a statement carries at most 65,535.
    for part in list.chunks(5_000) {
        let rows: Vec<ProductRow> = part
            .iter()
            .map(|product| ProductRow::of(org, product))
            .collect();
        diesel::insert_into(products::table)
            .values(&rows)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Writes a product as it is now.
///
/// # Errors
/// As [`insert`].
pub async fn update(mut conn: &Conn, org: OrgId, product: &Product) -> QueryResult<()> {
    diesel::update(products::table)
        .filter(
            products::org_id
                .eq(org.0)
                .and(products::id.eq(product.id.0)),
        )
        .set(ProductRow::of(org, product))
        .execute(&mut conn)
        .await?;
    Ok(())
}
