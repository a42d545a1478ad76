//! The API, over real HTTP.

mod accounts;
mod durability;
mod errors;
mod events;
mod every_endpoint;
mod exchange;
mod funnel;
mod identity;
mod limits;
mod operating;
mod revenue;
