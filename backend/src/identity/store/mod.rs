//! The tables of identity.

pub mod callers;
pub mod invitations;
pub mod logins;
pub mod organisations;
pub mod sessions;
pub mod teams;
pub mod users;

use diesel::result::{Error, QueryResult};
use std::str::FromStr;

/// Reads a word that a check of the table keeps within an enum's variants.
fn word<T: FromStr>(text: &str) -> QueryResult<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse()
        .map_err(|error| Error::DeserializationError(Box::new(error)))
}
