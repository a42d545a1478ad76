//! Work beside the requests: folding the kept differences of column figures.

use super::store::totals;
use crate::app::App;
use crate::db::Scope;
use shared::event::ActorKind;
use shared::id::OrgId;

/// Folds an organisation's differences in the background, once at a time.
pub fn fold_soon(app: &App, org: OrgId) {
    if !app.folding.insert(org) {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = fold(&app, org).await {
            tracing::warn!(error = %error, org.id = %org, "the figures of columns could not be folded");
        }
        app.folding.remove(&org);
    });
}

async fn fold(app: &App, org: OrgId) -> crate::error::AppResult<()> {
    let mut tx = app
        .db
        .begin(&Scope::of_system(org, ActorKind::System, None))
        .await?;
    totals::fold(tx.conn(), org).await?;
    tx.commit().await
}
