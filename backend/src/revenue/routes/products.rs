//! Products: create, read, update, archive, list, search.

use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::{Conn, Scope, Tx};
use crate::error::{AppError, AppResult, OnConstraint, query};
use crate::events::NewEvent;
use crate::http::list::{List, ListQuery, Listed};
use crate::http::shape::ShapeOf;
use crate::http::{Answer, Body, IfMatch, Once, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditProducts, ReadProducts};
use crate::revenue::store::products::{self as store, Products};
use actix_web::{delete, get, patch, post, web};
use shared::check::tidy;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::filter::Search;
use shared::id::ProductId;
use shared::money::Money;
use shared::page::Page;
use shared::revenue::{NewProduct, Product, ProductPatch};

type ProductList = List<Products>;
type ProductShape = ShapeOf<Products>;

/// Lists products.
#[utoipa::path(
    tag = "revenue", operation_id = "list_products", params(ProductList),
    responses((status = 200, body = Page<Product>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_products"]))
)]
#[get("/products")]
pub async fn list_products(
    app: web::Data<App>,
    caller: Require<ReadProducts>,
    list: ProductList,
) -> AppResult<Answer> {
    page(&app, &caller.scope, &list).await
}

/// Lists products by nested conditions.
#[utoipa::path(
    tag = "revenue", operation_id = "search_products", request_body = Search,
    responses((status = 200, body = Page<Product>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_products"]))
)]
#[post("/products/search")]
pub async fn search_products(
    app: web::Data<App>,
    caller: Require<ReadProducts>,
    body: Body<Search>,
) -> AppResult<Answer> {
    let list = Products::search(&body.value)?;

    page(&app, &caller.scope, &list).await
}

/// Makes a product.
#[utoipa::path(
    tag = "revenue", operation_id = "create_product", request_body = NewProduct,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_products"]))
)]
#[post("/products")]
pub async fn create_product(
    app: web::Data<App>,
    caller: Require<EditProducts>,
    once: Once,
    body: Body<NewProduct>,
) -> AppResult<Answer> {
    let new = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_product", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };

    let now = clock::now();
    let product = Product {
        id: new_id(),
        name: new.name.trim().to_owned(),
        line: tidy(new.line),
        list_price: new.list_price.map(plain),
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let (conn, scope) = tx.parts();
    name_taken(store::insert(conn, scope.org, &product).await)?;
    tx.record(event(EventKind::ProductCreated, None, &product))
        .await?;

    let location = format!("/api/v1/products/{}", product.id);
    claim
        .finish(tx, Answer::created(&product, product.version, location)?)
        .await
}

/// Answers one product.
#[utoipa::path(
    tag = "revenue", operation_id = "get_product", params(("id" = ProductId, Path), ProductShape),
    responses((status = 200, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_products"]))
)]
#[get("/products/{id}")]
pub async fn get_product(
    app: web::Data<App>,
    caller: Require<ReadProducts>,
    id: web::Path<ProductId>,
    shape: ProductShape,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let work = async |conn: &Conn| query(store::find(conn, scope.org, *id)).await;
    let (tx, product) = app.db.snapshot_with(scope, work).await?;
    let answer = shape.one(&tx, &product, product.version).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Changes a product.
#[utoipa::path(
    tag = "revenue", operation_id = "update_product",
    params(("id" = ProductId, Path), ("If-Match" = String, Header)),
    request_body = ProductPatch,
    responses(
        (status = 200, body = Product),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_products"]))
)]
#[patch("/products/{id}")]
pub async fn update_product(
    app: web::Data<App>,
    caller: Require<EditProducts>,
    id: web::Path<ProductId>,
    if_match: IfMatch,
    body: Body<ProductPatch>,
) -> AppResult<Answer> {
    let patch = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }

    let mut new = old.clone();
    if let Some(name) = patch.name {
        name.trim().clone_into(&mut new.name);
    }
    if let Some(line) = patch.line {
        new.line = tidy(line);
    }
    if let Some(price) = patch.list_price {
        new.list_price = price.map(plain);
    }
    let answer = write(&mut tx, EventKind::ProductUpdated, old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Archives a product; deals keep it.
#[utoipa::path(
    tag = "revenue", operation_id = "archive_product",
    params(("id" = ProductId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_products"]))
)]
#[delete("/products/{id}")]
pub async fn archive_product(
    app: web::Data<App>,
    caller: Require<EditProducts>,
    id: web::Path<ProductId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = old.archived_at.or_else(|| Some(clock::now()));
    let answer = write(&mut tx, EventKind::ProductArchived, old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a product out of the archive.
#[utoipa::path(
    tag = "revenue", operation_id = "restore_product",
    params(("id" = ProductId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_products"]))
)]
#[post("/products/{id}/restore")]
pub async fn restore_product(
    app: web::Data<App>,
    caller: Require<EditProducts>,
    id: web::Path<ProductId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once
        .begin(&mut tx, "restore_product", id.0.as_bytes())
        .await?
    {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let old = load(&mut tx, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = None;
    let answer = write(&mut tx, EventKind::ProductRestored, old, new).await?;
    claim.finish(tx, answer).await
}

async fn page(app: &App, scope: &Scope, list: &ListQuery) -> AppResult<Answer> {
    let work = async |conn: &Conn| query(store::list(conn, scope.org, list)).await;
    let (tx, (rows, total)) = app.db.snapshot_with(scope, work).await?;
    let page = list.page(rows, total, store::place)?;
    let answer = list.shape.page(&tx, page).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn load(tx: &mut Tx, id: ProductId, if_match: &IfMatch) -> AppResult<Product> {
    let (conn, scope) = tx.parts();
    let product = store::find_for_update(conn, scope.org, id).await?;
    if_match.check(&product, product.version)?;
    Ok(product)
}

/// Writes what differs, if anything does, and answers it.
async fn write(tx: &mut Tx, kind: EventKind, old: Product, mut new: Product) -> AppResult<Answer> {
    if new != old {
        new.version += 1;
        new.updated_at = clock::now();
        let (conn, scope) = tx.parts();
        name_taken(store::update(conn, scope.org, &new).await)?;
        tx.record(event(kind, Some(&old), &new)).await?;
    }
    Answer::versioned(&new, new.version)
}

/// A price as it is read back: without zeros at its end.
fn plain(price: Money) -> Money {
    Money::new(price.amount.normalize(), price.currency)
}

fn event(kind: EventKind, old: Option<&Product>, new: &Product) -> NewEvent {
    NewEvent::new(kind, SubjectKind::Product, new.id.0).with_change(old, Some(new))
}

fn name_taken(result: diesel::QueryResult<()>) -> AppResult<()> {
    result.on_constraint("products_name_key", || {
        AppError::field("/name", ErrorCode::Taken)
    })
}
