//! Funnels and their stages as settings: make one from a method, change it, put it away.
//!
//! Reading order: [`draft`] (a funnel being changed, pure), [`page`], [`methods`], [`editor`],
//! [`stage`], [`removal`], [`gate`] (what a stage asks), [`rules`] (what moves deals by what was counted).

mod condition;
pub mod draft;
pub mod editor;
pub mod gate;
pub mod methods;
pub mod page;
pub mod removal;
mod rule;
pub mod rules;
pub mod stage;
mod trial;

pub use page::FunnelSettingsPage;
