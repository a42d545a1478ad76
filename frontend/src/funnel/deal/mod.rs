//! Deals: the dialog that makes one, its own page, the list of all.
//!
//! Reading order: [`fields`] (a deal's fields as text, pure), [`new`], [`page`] with [`sheet`] (answers
//! and tasks), [`touches`] (what is counted), [`objections`] and [`proposal`], [`effort`]
//! (what it takes), [`filter`] and [`list`].

pub mod edit;
pub mod effort;
pub mod fields;
pub mod filter;
pub mod for_account;
pub mod history;
pub mod inline;
pub mod lines;
pub mod list;
pub mod new;
pub mod objections;
pub mod page;
pub mod proposal;
pub mod sheet;
pub mod stepper;
pub mod touches;

pub use for_account::NewDealForAccount;
pub use list::DealsPage;
pub use new::{NewDealDialog, NewDealDialogProps};
pub use page::DealPage;
