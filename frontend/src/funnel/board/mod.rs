//! The funnel board.
//!
//! Reading order: [`moves`] (what a move is), [`state`] (the one reducer) with its halves `local` (what
//! the person does) and `confirmed` (what the server says); then [`mover`] and [`follow`], which speak
//! with the server for it; then what shows: [`page`], [`view`], [`lane`], [`card`]; and the hands:
//! [`grip`] (mouse, pen, finger) with `hold`, `ground` and `floating`, [`keys`], [`move_menu`]. Actions on
//! many cards: [`select`], `together`, `bulk`.
//! Changes on a card: [`edits`], `editor`. New deals in a column: [`quick`], [`quick_row`].

pub mod action;
pub mod arrange;
pub mod autoscroll;
mod bulk;
mod bulk_ask;
pub mod card;
mod column;
mod confirmed;
mod editor;
pub mod edits;
pub mod explain;
pub mod filter;
mod floating;
pub mod focus;
pub mod folded;
pub mod follow;
mod further;
pub mod grip;
mod ground;
mod group_lane;
pub mod head;
mod hold;
mod hooks;
pub mod keys;
pub mod lane;
pub mod lane_id;
mod local;
pub mod lost;
#[cfg(feature = "whole")]
mod made;
pub mod move_menu;
pub mod mover;
pub mod moves;
mod narrow;
pub mod page;
pub mod pager;
#[cfg(feature = "whole")]
mod places;
pub mod quick;
pub mod quick_row;
mod regroup;
pub mod rows;
pub mod say;
pub mod select;
pub mod slots;
pub mod state;
mod together;
pub mod toolbar;
pub mod totals;
pub mod view;
pub mod views;
pub mod window;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod grouped_tests;
#[cfg(test)]
mod sorted_tests;
#[cfg(test)]
mod state_tests;
#[cfg(test)]
mod step_tests;

pub use page::BoardPage;
