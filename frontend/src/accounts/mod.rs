//! Whom do we sell to: the lists of accounts and contacts, the profile of an account with its people,
//! facts and timeline, and the search over all of them.
//!
//! Reading order: [`profile`], [`list`], [`search`]; `form`, `fields`, `names` and `pages` hold what they
//! share, as pure parts.

mod account_form;
mod contact_form;
mod fields;
pub mod first_run;
pub mod form;
mod list;
pub mod live;
pub mod names;
pub mod pages;
pub mod parts;
mod portfolio;
mod profile;
mod screening;
mod search;
mod timeline;

pub use fields::items;
pub use first_run::FirstRun;
pub use list::{
    AccountsPage, ContactsPage, MoreRows, Order, SearchBox, SortHead, stale_notice, use_debounced,
    use_filter,
};
pub use portfolio::{ClassSettingsPage, PortfolioPage};
pub use profile::{AccountPage, NewDealFor};
pub use screening::ScreeningPage;
pub use search::SearchPalette;
