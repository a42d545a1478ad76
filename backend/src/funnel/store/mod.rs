//! The tables of the funnel room.

pub mod board;
pub mod card_order;
pub mod deal_list;
pub mod deals;
pub mod funnels;
pub mod groups;
pub mod lines;
pub mod mappings;
pub mod ranks;
pub mod shape;
pub mod stages;
pub mod totals;
pub mod views;
