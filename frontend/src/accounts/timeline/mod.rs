//! What happened with an account, read from its events.

mod group;
mod sentence;
mod values;
mod view;

pub use view::Timeline;
