//! The routes of accounts.

mod accounts;
mod classes;
mod contacts;
mod portfolio;
mod priority;
mod profile;
mod screening;

pub use screening::screened;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes of this room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(accounts::list_accounts)
        .service(accounts::search_accounts)
        .service(accounts::create_account)
        .service(accounts::get_account)
        .service(accounts::update_account)
        .service(accounts::archive_account)
        .service(accounts::restore_account)
        .service(classes::get_account_classes)
        .service(classes::read_class_rules)
        .service(classes::change_class_rules)
        .service(priority::get_account_priority)
        .service(priority::confirm_account_priority)
        .service(priority::read_priority_rules)
        .service(priority::change_priority_rules)
        .service(screening::get_account_screening)
        .service(screening::screen_account)
        .service(screening::read_screening_rules)
        .service(screening::set_screening_rules)
        .service(screening::search_screening_trial)
        .service(screening::list_screening_report)
        .service(portfolio::read_portfolio)
        .service(portfolio::list_portfolios)
        .service(portfolio::read_effect)
        .service(portfolio::list_limits)
        .service(portfolio::set_limits)
        .service(profile::get_account_summary)
        .service(profile::list_account_timeline)
        .service(contacts::list_contacts)
        .service(contacts::search_contacts)
        .service(contacts::create_contact)
        .service(contacts::get_contact)
        .service(contacts::update_contact)
        .service(contacts::archive_contact)
        .service(contacts::restore_contact);
}
