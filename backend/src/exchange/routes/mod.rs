//! The routes of exchange.

mod commands;
mod files;
mod imports;
mod problems;
mod upload;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes of this room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(imports::create_import)
        .service(imports::list_imports)
        .service(imports::get_import)
        .service(imports::update_import)
        .service(files::add_import_file)
        .service(files::delete_import_file)
        .service(commands::check_import)
        .service(commands::start_import)
        .service(commands::cancel_import)
        .service(problems::list_import_problems)
        .service(problems::get_import_rejects);
}
