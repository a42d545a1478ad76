//! What a person may see of accounts and deals: the condition that every query over them carries.

use super::Scope;
use super::conditions::{Condition, constant};
use super::schema::{accounts, deals};
use diesel::prelude::*;

/// Accounts within view: owned by somebody in it, owned by nobody, or with a deal of somebody in it.
/// Contacts are visible with their account.
#[must_use]
pub fn accounts(scope: &Scope) -> Condition<accounts::table> {
    let Some(owners) = scope.owners() else {
        return constant(true);
    };
    let with_deals = deals::table
        .filter(
            deals::org_id
                .eq(scope.org.0)
                .and(deals::account_id.is_not_null())
                .and(deals::owner_id.eq_any(owners.clone())),
        )
        .select(deals::account_id);
    Box::new(
        accounts::owner_id
            .is_null()
            .nullable()
            .or(accounts::owner_id.eq_any(owners))
            .or(accounts::id.nullable().eq_any(with_deals)),
    )
}

/// Deals within view: owned by somebody in it or by nobody.
#[must_use]
pub fn deals(scope: &Scope) -> Condition<deals::table> {
    let Some(owners) = scope.owners() else {
        return constant(true);
    };
    Box::new(
        deals::owner_id
            .is_null()
            .nullable()
            .or(deals::owner_id.eq_any(owners)),
    )
}
