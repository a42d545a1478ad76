//! What does it earn: products; orders, contracts and payments come later.

mod product;

pub use product::*;
