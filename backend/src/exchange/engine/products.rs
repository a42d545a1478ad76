//! Products: made, or found by name and completed where ours says nothing.

use super::batch::{Batch, bare_product};
use super::context::{Context, FileContext, Notes};
use super::tally::{Became, Tally};
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::exchange::reading::Row;
use crate::revenue::store::products;
use shared::event::{EventKind, SubjectKind};
use shared::exchange::matching::{Class, Meaning};
use shared::exchange::{Field, ProblemCode, RecordKind};
use shared::identity::Permission;
use shared::money::{Currency, MAX_UNITS, Money};
use shared::revenue::Product;
use std::collections::HashMap;
use uuid::Uuid;

/// Takes rows of products.
///
/// # Errors
/// Those of the database.
pub async fn take(
    context: &mut Context,
    file: &mut FileContext,
    rows: &[Row],
    tx: &mut Tx,
    batch: &mut Batch,
    tally: &mut Tally,
) -> AppResult<()> {
    let mut drafts: Vec<(Product, Notes)> = Vec::new();
    for row in rows {
        let mut notes = Notes::default();
        let product = read(context, file, row, &mut notes);
        drafts.push((product, notes));
    }
    let ids: Vec<Uuid> = drafts.iter().map(|(product, _)| product.id.0).collect();
    let (conn, scope) = tx.parts();
    let ours: HashMap<Uuid, Product> = products::find_all(conn, scope.org, &ids)
        .await?
        .into_iter()
        .map(|product| (product.id.0, product))
        .collect();
    for ((product, mut notes), row) in drafts.into_iter().zip(rows) {
        if notes.is_refused() {
            file.settle(tally, row, notes, Became::Rejected);
            continue;
        }
        let became = match ours.get(&product.id.0) {
            None => {
                tally.records(RecordKind::Product, 1, 0);
                batch.products.push(product);
                Became::Created
            }
            Some(old) => {
                tally.records(RecordKind::Product, 0, 1);
                if let Some(new) = completed(old, &product, file, &mut notes)
                    && !context.is_dry_run
                    && context.may(Permission::EditProducts)
                {
                    write(tx, old, &new).await?;
                }
                Became::Found
            }
        };
        file.settle(tally, row, notes, became);
    }
    Ok(())
}

/// The product of a row: with the id of ours where there is one.
fn read(context: &mut Context, file: &mut FileContext, row: &Row, notes: &mut Notes) -> Product {
    file.check_shape(row, notes);
    let cells = &row.cells;
    let name = file.take(file.layout.text(cells, Field::Name, 200), notes);
    let mut product = bare_product(name.as_deref().unwrap_or_default());
    product.line = file.take(file.layout.text(cells, Field::Line, 100), notes);
    if let Some(line) = product.line.take() {
        product.line = match context.find(file, Field::Line, &line, notes) {
            Meaning::Word(word) => Some(word),
            _ => None,
        };
    }
    let currency = currency(context, file, row, notes);
    product.list_price = file
        .take(
            file.layout.number(cells, Field::ListPrice, MAX_UNITS),
            notes,
        )
        .map(|amount| Money::new(amount, currency));
    let Some(name) = name else {
        if !notes.is_refused() {
            notes.add(
                ProblemCode::RequiredEmpty,
                file.odd(Field::Name, None, None),
            );
        }
        return product;
    };
    match context.find(file, Field::Name, &name, notes) {
        Meaning::Record(id, known) => {
            product.id = id.into();
            product.name = known;
        }
        Meaning::Make(known) => {
            product.name = known;
            if !context.may(Permission::EditProducts) {
                notes.add(
                    ProblemCode::NotAllowed,
                    file.odd(Field::Name, Some(&name), None),
                );
            }
            if !notes.is_refused() {
                context.made(Class::Product, &product.name, product.id.0);
            }
        }
        _ => {}
    }
    if !file.is_first(product.id.0) {
        notes.add(
            ProblemCode::Duplicate,
            file.odd(Field::Name, Some(&name), None),
        );
    }
    if let Some(price) = product.list_price {
        context.prices.insert(product.id.0, Some(price));
    }
    product
}

/// The currency of a row, or that of the import.
pub fn currency(
    context: &mut Context,
    file: &FileContext,
    row: &Row,
    notes: &mut Notes,
) -> Currency {
    let default = context.job.currency;
    let Some(cell) = file
        .layout
        .cell(&row.cells, Field::Currency)
        .map(str::to_owned)
    else {
        return default;
    };
    match context.find(file, Field::Currency, &cell, notes) {
        Meaning::Word(code) => Currency::parse(&code).unwrap_or(default),
        _ => default,
    }
}

/// Ours with what it lacks from the row, if anything; notes where they differ.
fn completed(
    old: &Product,
    row: &Product,
    file: &FileContext,
    notes: &mut Notes,
) -> Option<Product> {
    let mut new = old.clone();
    if new.line.is_none() {
        new.line.clone_from(&row.line);
    } else if row.line.is_some() && row.line != new.line {
        notes.add(
            ProblemCode::DiffersFromOurs,
            file.odd(Field::Line, row.line.as_deref(), old.line.as_deref()),
        );
    }
    if new.list_price.is_none() {
        new.list_price = row.list_price;
    } else if row.list_price.is_some() && row.list_price != new.list_price {
        let text = |money: Option<Money>| money.map(|money| money.amount.to_string());
        notes.add(
            ProblemCode::DiffersFromOurs,
            file.odd(
                Field::ListPrice,
                text(row.list_price).as_deref(),
                text(old.list_price).as_deref(),
            ),
        );
    }
    if new == *old {
        return None;
    }
    new.version += 1;
    new.updated_at = crate::clock::now();
    Some(new)
}

async fn write(tx: &mut Tx, old: &Product, new: &Product) -> AppResult<()> {
    let (conn, scope) = tx.parts();
    products::update(conn, scope.org, new).await?;
    let event = NewEvent::new(EventKind::ProductUpdated, SubjectKind::Product, new.id.0);
    tx.record(event.with_change(Some(old), Some(new))).await?;
    Ok(())
}
