//! The tables of the funnel room.

pub mod board;
pub mod card_order;
pub mod counted;
pub mod deal_list;
pub mod deals;
pub mod effort;
pub mod evidence;
pub mod facts;
pub mod funnels;
pub mod gates;
pub mod groups;
pub mod lines;
pub mod mappings;
pub mod objections;
pub mod proposal;
pub mod ranks;
pub mod rounds;
pub mod scripts;
pub mod shape;
pub mod sheet;
pub mod stages;
pub mod totals;
pub mod touches;
pub mod trial;
pub mod views;
pub mod worth;
