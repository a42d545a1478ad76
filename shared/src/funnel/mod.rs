//! How do we sell: funnels and stages, deals, the board, moves and the order of cards.
//!
//! Reading order: [`Funnel`] and [`Stage`], [`Deal`], [`Board`], then the rules [`gate`], [`counted`] and [`rank`],
//! and the [`methods`] that come with the product.

mod board;
mod bulk;
pub mod case;
pub mod counted;
mod deal;
mod edit;
pub mod effort;
mod evidence;
mod five_tests;
pub mod gate;
mod group;
pub mod history;
pub mod mapping;
pub mod methods;
mod objection;
mod order;
mod part;
pub mod playbook;
mod proposal;
pub mod rank;
mod rounds;
mod script;
pub mod shape;
mod sheet;
mod stage;
mod step;
mod touch;
mod view;
pub mod worth;

pub use board::*;
pub use bulk::*;
pub use case::*;
pub use deal::*;
pub use edit::*;
pub use evidence::*;
pub use five_tests::*;
pub use group::{GroupKey, Layout, Month};
pub use mapping::{Reading, StagePair};
pub use objection::*;
pub use order::CardSort;
pub use part::*;
pub use proposal::*;
pub use rounds::*;
pub use script::*;
pub use shape::{FunnelShape, ShapeFigures, StageShape};
pub use sheet::*;
pub use stage::*;
pub use step::*;
pub use touch::*;
pub use view::*;
pub use worth::{ProfitBand, Worth, WorthCell, WorthPlace};
