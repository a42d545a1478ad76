//! Roles and what they may do. The interface uses this table to hide, the server to decide.

use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// One thing a person may be allowed to do.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Permission {
    /// See accounts and contacts within one's view.
    ReadAccounts,
    /// Create, change and archive accounts and contacts.
    EditAccounts,
    /// See deals and boards within one's view.
    ReadDeals,
    /// Create, change, move and archive deals.
    EditDeals,
    /// See products.
    ReadProducts,
    /// Create, change and archive products.
    EditProducts,
    /// See funnels and stages.
    ReadFunnels,
    /// Create, change and archive funnels and stages.
    EditFunnels,
    /// See colleagues and teams.
    ReadUsers,
    /// Invite, change and disable users; change teams.
    ManageUsers,
    /// Change the organisation's settings.
    ManageOrganisation,
    /// Read the event feed and history.
    ReadEvents,
    /// Import files.
    ImportFiles,
    /// Give a record to another owner.
    AssignOwner,
    /// Make and change views for a team.
    ShareViews,
    /// Let a deal go on although criteria are missing, with a reason that stays visible.
    OverrideGate,
}

/// How far a person sees: the `where` that every query carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// One's own records and those without an owner.
    Own,
    /// Those of one's team and the teams below it.
    Team,
    /// The whole organisation.
    All,
}

/// A person's job in the organisation.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// A seller: works on one's own accounts and deals.
    Rep,
    /// Leads a team: sees and steers its work, shapes funnels.
    Manager,
    /// Sees everything, changes little.
    Executive,
    /// Runs the organisation's account: everything.
    Administrator,
}

impl Role {
    /// How far the role sees.
    #[must_use]
    pub const fn reach(self) -> Reach {
        match self {
            Self::Rep => Reach::Own,
            Self::Manager => Reach::Team,
            Self::Executive | Self::Administrator => Reach::All,
        }
    }

    /// Whether the role holds the permission.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::ReadAccounts
            | P::ReadDeals
            | P::ReadProducts
            | P::ReadFunnels
            | P::ReadUsers
            | P::ReadEvents => true,
            P::EditAccounts | P::EditDeals => {
                matches!(self, Self::Rep | Self::Manager | Self::Administrator)
            }
            P::EditProducts
            | P::EditFunnels
            | P::AssignOwner
            | P::ImportFiles
            | P::ShareViews
            | P::OverrideGate => {
                matches!(self, Self::Manager | Self::Administrator)
            }
            P::ManageUsers | P::ManageOrganisation => matches!(self, Self::Administrator),
        }
    }

    /// All permissions of the role, in the order of their declaration.
    #[must_use]
    pub fn permissions(self) -> Vec<Permission> {
        use strum::IntoEnumIterator;
        Permission::iter()
            .filter(|permission| self.may(*permission))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn an_administrator_may_everything_and_a_rep_only_sells() {
        assert!(Permission::iter().all(|p| Role::Administrator.may(p)));
        assert!(!Role::Rep.may(Permission::ManageUsers));
        assert!(!Role::Rep.may(Permission::EditFunnels));
        assert!(!Role::Executive.may(Permission::EditDeals));
    }

    #[test]
    fn every_role_reads() {
        assert!(Role::iter().all(|role| role.may(Permission::ReadDeals)));
    }
}
