//! What does it earn: products.

mod products;
