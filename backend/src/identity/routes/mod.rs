//! The routes of identity.

mod invitations;
mod me;
mod organisations;
mod sessions;
mod teams;
mod users;

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
        .service(me::change_me)
        .service(teams::list_teams)
        .service(teams::create_team)
        .service(teams::read_team)
        .service(teams::change_team)
        .service(teams::archive_team)
        .service(users::list_users)
        .service(users::read_user)
        .service(users::change_user)
        .service(invitations::create_invitation)
        .service(invitations::list_invitations)
        .service(invitations::read_invitation_by_token)
        .service(invitations::accept_invitation)
        .service(invitations::read_invitation)
        .service(invitations::withdraw_invitation);
}
