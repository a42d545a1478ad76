//! Walks over every operation of the OpenAPI document, so that a new endpoint is covered the day it is
//! added (SEC-3): nobody gets in without a sign-in, a permission and the right organisation, and what is
//! refused changes nothing.

mod access;
mod bodies;
mod changes;
mod declared;
mod document;
mod input;
mod methods;
mod operations;
mod world;
