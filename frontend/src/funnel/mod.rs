//! How do we sell: the board, the deals and their pages, the funnels and their stages.
//!
//! Reading order: [`board`], [`shape`], [`worth`], [`deal`], [`scripts`], [`cases`], [`settings`]; [`words`] holds what they
//! all say.

pub mod board;
pub mod cases;
pub mod channel;
pub mod deal;
pub mod gate;
pub mod playbook;
pub mod scripts;
pub mod settings;
pub mod shape;
pub mod words;
pub mod worth;

pub use board::BoardPage;
pub use cases::CasesPage;
pub use deal::{DealPage, DealsPage, NewDealForAccount};
pub use scripts::ScriptsPage;
pub use settings::FunnelSettingsPage;
pub use shape::ShapePage;
pub use worth::WorthPage;
