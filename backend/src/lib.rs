//! The Dipper server: a thin actix-web API over Postgres that carries the web app inside.
//!
//! Reading order: [`router`] (every route on one screen), [`db`] (the one door to the database),
//! [`http`] (what every request passes), [`error`], [`events`], then the rooms [`identity`],
//! [`accounts`], [`funnel`], [`revenue`], [`exchange`].

pub mod app;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod error;
pub mod events;
pub mod files;
pub mod http;
pub mod jobs;
pub mod openapi;
pub mod ops;
pub mod router;
pub mod search;
pub mod serve;

pub mod accounts;
pub mod exchange;
pub mod funnel;
pub mod identity;
pub mod revenue;
