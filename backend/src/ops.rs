//! What operators ask: is it alive, is it ready, what are its figures.

use crate::app::App;
use crate::db::migrate::Standing;
use actix_web::{HttpResponse, get, web};
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long the readiness check waits for the database, in all.
const READY: Duration = Duration::from_secs(1);

/// Adds the routes.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(livez).service(readyz).service(metrics);
}

/// Says that the process runs; touches nothing else, so that a slow database restarts nobody (DUR-4).
#[get("/livez")]
async fn livez() -> &'static str {
    "alive\n"
}

/// Says whether requests can be served: a database connection is free, the tables are there, the disk has
/// room and the server is not about to stop. Otherwise says what is missing, and nothing more.
#[get("/readyz")]
async fn readyz(app: web::Data<App>) -> HttpResponse {
    match lack(&app).await {
        None => HttpResponse::Ok()
            .content_type("text/plain")
            .body("ready\n"),
        Some(reason) => {
            tracing::warn!(reason, "not ready");
            crate::error::not_ready(reason)
        }
    }
}

/// What keeps the server from serving.
async fn lack(app: &App) -> Option<&'static str> {
    if !app.is_serving() {
        return Some("the server is stopping");
    }
    let end = Instant::now() + READY;
    let mut conn = match timeout_at(end, app.db.conn()).await {
        Ok(Ok(conn)) => conn,
        Ok(Err(_)) => return Some("the database cannot be reached"),
        Err(_) => return Some("no database connection is free"),
    };
    match timeout_at(end, crate::db::migrate::standing(&mut conn)).await {
        Ok(Ok(Standing::Current)) => {}
        Ok(Ok(Standing::Behind)) => return Some("the database lacks migrations"),
        Ok(Err(_)) | Err(_) => return Some("the database does not answer"),
    }
    let folder = app.database_folder.as_deref()?;
    match free_bytes(folder) {
        Some(free) if free < app.config.min_free_disk => {
            Some("the disk of the database is nearly full")
        }
        Some(_) => None,
        None => Some("the disk of the database cannot be looked at"),
    }
}

/// What the disk of a folder has left for us.
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The figures in Prometheus' text form.
#[get("/metrics")]
async fn metrics(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(app.figures.text())
}
