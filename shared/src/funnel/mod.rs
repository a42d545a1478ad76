//! How do we sell: funnels and stages, deals, the board, moves and the order of cards.
//!
//! Reading order: [`Funnel`] and [`Stage`], [`Deal`], [`Board`], then the rules [`gate`] and [`rank`],
//! and the [`methods`] that come with the product.

mod board;
mod bulk;
mod deal;
mod edit;
pub mod gate;
mod group;
pub mod history;
pub mod mapping;
pub mod methods;
mod order;
pub mod rank;
pub mod shape;
mod stage;
mod view;

pub use board::*;
pub use bulk::*;
pub use deal::*;
pub use edit::*;
pub use group::{GroupKey, Layout, Month};
pub use mapping::{Reading, StagePair};
pub use order::CardSort;
pub use shape::{FunnelShape, ShapeFigures, StageShape};
pub use stage::*;
pub use view::*;
