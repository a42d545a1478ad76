//! The routes of identity.

mod me;
mod organisations;
mod sessions;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes of this room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(organisations::sign_up)
        .service(organisations::read_organisation)
        .service(organisations::change_organisation)
        .service(sessions::sign_in)
        .service(sessions::refresh_session)
        .service(sessions::sign_out)
        .service(sessions::sign_out_everywhere)
        .service(sessions::create_tokens)
        .service(me::read_me)
        .service(me::change_me);
}
