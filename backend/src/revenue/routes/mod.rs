//! The routes of revenue.

mod products;

use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes of this room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(products::list_products)
        .service(products::search_products)
        .service(products::create_product)
        .service(products::get_product)
        .service(products::update_product)
        .service(products::archive_product)
        .service(products::restore_product);
}
