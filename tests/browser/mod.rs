//! Journeys through the whole product in Chromium.

mod sign_in;
