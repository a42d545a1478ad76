//! The routes of identity.

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes of this room.
pub fn configure(_: &mut ServiceConfig<'_>) {}
