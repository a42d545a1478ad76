//! Funnels and their stages as settings: make one from a method, change it, put it away.
//!
//! Reading order: [`draft`] (a funnel being changed, pure), [`page`], [`editor`], [`stage`].

pub mod draft;
pub mod editor;
pub mod page;
pub mod stage;

pub use page::FunnelSettingsPage;
