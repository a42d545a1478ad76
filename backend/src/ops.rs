//! What operators ask: is it alive, is it ready, what are its figures.

use crate::app::App;
use actix_web::{HttpResponse, get, web};
use std::time::Duration;

/// How long the readiness check waits for the database.
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

/// Says whether requests can be served: the database answers and the server is not about to stop.
#[get("/readyz")]
async fn readyz(app: web::Data<App>) -> HttpResponse {
    let is_up = matches!(tokio::time::timeout(READY, app.db.ping()).await, Ok(Ok(())));
    if is_up && app.is_serving() {
        HttpResponse::Ok().body("ready\n")
    } else {
        crate::error::not_ready()
    }
}

/// The figures in Prometheus' text form.
#[get("/metrics")]
async fn metrics(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(app.figures.text())
}
