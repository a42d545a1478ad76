//! Permissions as types, so that a handler's signature shows what it demands.

use shared::identity::Permission;

/// A permission known at compile time.
pub trait Permit: 'static {
    /// The permission.
    const PERMISSION: Option<Permission>;
}

macro_rules! permits {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("See [`Permission::", stringify!($name), "`].")]
        #[derive(Debug)]
        pub struct $name;

        impl Permit for $name {
            const PERMISSION: Option<Permission> = Some(Permission::$name);
        }
    )+};
}

permits!(
    ReadAccounts,
    EditAccounts,
    ReadDeals,
    EditDeals,
    ReadProducts,
    EditProducts,
    ReadFunnels,
    EditFunnels,
    ReadUsers,
    ManageUsers,
    ManageOrganisation,
    ReadEvents,
    ImportFiles,
    AssignOwner,
);

/// Being signed in is enough: one's own session, one's own settings.
#[derive(Debug)]
pub struct SignedIn;

impl Permit for SignedIn {
    const PERMISSION: Option<Permission> = None;
}
