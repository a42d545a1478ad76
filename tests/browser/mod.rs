//! Journeys through the whole product in Chromium.

mod access;
mod arrange;
mod catalogue;
mod classes;
mod counted;
mod drag;
mod drag_far;
mod drag_touch;
mod first_day;
mod gate;
mod looks;
mod matrix;
mod methods;
mod narrowed;
mod objections;
mod shape;
mod sheet;
mod sign_in;
mod spoken;
mod states;
mod together;
mod two_apps;
mod views;
mod wizard;
mod work;
mod world;
