//! What does it earn: products; orders, contracts and payments come later.

mod product_form;
mod products;

pub use products::ProductsPage;
