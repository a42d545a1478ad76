//! The product lines of deals.

use crate::db::Conn;
use crate::db::schema::{deal_lines, products};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::funnel::DealLine;
use shared::id::{DealId, OrgId, ProductId};
use std::collections::HashSet;
use uuid::Uuid;

/// The lines of a deal in order.
///
/// # Errors
/// Those of the database.
pub async fn list(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Vec<DealLine>> {
    let rows: Vec<(Uuid, String, Decimal, Option<Decimal>)> = deal_lines::table
        .inner_join(
            products::table.on(products::org_id
                .eq(deal_lines::org_id)
                .and(products::id.eq(deal_lines::product_id))),
        )
        .filter(
            deal_lines::org_id
                .eq(org.0)
                .and(deal_lines::deal_id.eq(deal.0)),
        )
        .select((
            deal_lines::product_id,
            products::name,
            deal_lines::quantity,
            deal_lines::unit_price,
        ))
        .order(deal_lines::position)
        .load(&mut conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(product, name, quantity, price)| DealLine {
            product_id: ProductId(product),
            product_name: name,
            quantity: quantity.normalize(),
            unit_price: price.map(|price| price.normalize()),
        })
        .collect())
}

/// Which of the products of these lines there are.
///
/// # Errors
/// Those of the database.
pub async fn known_products(
    mut conn: &Conn,
    org: OrgId,
    lines: &[DealLine],
) -> QueryResult<HashSet<Uuid>> {
    if lines.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<Uuid> = lines.iter().map(|line| line.product_id.0).collect();
    let known: Vec<Uuid> = products::table
        .filter(products::org_id.eq(org.0).and(products::id.eq_any(ids)))
        .select(products::id)
        .load(&mut conn)
        .await?;
    Ok(known.into_iter().collect())
}

/// Replaces the lines of a deal.
///
/// # Errors
/// Those of the database.
pub async fn replace(
    conn: &mut Conn,
    org: OrgId,
    deal: DealId,
    lines: &[DealLine],
) -> QueryResult<()> {
    diesel::delete(
        deal_lines::table.filter(
            deal_lines::org_id
                .eq(org.0)
                .and(deal_lines::deal_id.eq(deal.0)),
        ),
    )
    .execute(conn)
    .await?;
    let rows: Vec<_> = (0..)
        .zip(lines)
        .map(|(position, line)| {
            (
                deal_lines::org_id.eq(org.0),
                deal_lines::deal_id.eq(deal.0),
                deal_lines::position.eq(position),
                deal_lines::product_id.eq(line.product_id.0),
                deal_lines::quantity.eq(line.quantity),
                deal_lines::unit_price.eq(line.unit_price),
            )
        })
        .collect();
    diesel::insert_into(deal_lines::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds one line each to deals that have none.
///
/// # Errors
/// Those of the database.
pub async fn insert_all(
    conn: &mut Conn,
    org: OrgId,
    list: &[(DealId, DealLine)],
) -> QueryResult<()> {
    let rows: Vec<_> = list
        .iter()
        .map(|(deal, line)| {
            (
                deal_lines::org_id.eq(org.0),
                deal_lines::deal_id.eq(deal.0),
                deal_lines::position.eq(0),
                deal_lines::product_id.eq(line.product_id.0),
                deal_lines::quantity.eq(line.quantity),
                deal_lines::unit_price.eq(line.unit_price),
            )
        })
        .collect();
    diesel::insert_into(deal_lines::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}
