//! Journeys through the whole product in Chromium.

mod first_day;
mod looks;
mod sign_in;
