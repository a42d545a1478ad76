//! Who asks, and how far they see. Every query goes through a scope.

use shared::event::ActorKind;
use shared::id::{OrgId, UserId};
use std::sync::Arc;
use uuid::Uuid;

/// How far the caller sees: the owners whose records count, or everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// The whole organisation.
    All,
    /// Records of these owners, and those without an owner.
    Owners(Arc<[Uuid]>),
}

/// The organisation, the person and their view. Made by identity's extractors, and by the server
/// itself for imports and demo data; nothing a client sends can make one.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The tenant.
    pub org: OrgId,
    /// The person, where there is one.
    pub user: Option<UserId>,
    /// What events name as their actor.
    pub actor: ActorKind,
    /// How far the person sees.
    pub view: View,
    /// The request in whose course this happens.
    pub request_id: Option<Arc<str>>,
}

impl Scope {
    /// The scope of a person who was recognised.
    #[must_use]
    pub const fn of_user(
        org: OrgId,
        user: UserId,
        view: View,
        request_id: Option<Arc<str>>,
    ) -> Self {
        Self {
            org,
            user: Some(user),
            actor: ActorKind::User,
            view,
            request_id,
        }
    }

    /// The scope of the server's own work inside an organisation.
    #[must_use]
    pub const fn of_system(org: OrgId, actor: ActorKind, user: Option<UserId>) -> Self {
        Self {
            org,
            user,
            actor,
            view: View::All,
            request_id: None,
        }
    }

    /// Whether a record with this owner is within the view.
    #[must_use]
    pub fn sees(&self, owner: Option<Uuid>) -> bool {
        match (&self.view, owner) {
            (View::All, _) | (_, None) => true,
            (View::Owners(owners), Some(owner)) => owners.contains(&owner),
        }
    }

    /// The owners of the view as a query parameter; `None` for everybody.
    #[must_use]
    pub fn owners(&self) -> Option<Vec<Uuid>> {
        match &self.view {
            View::All => None,
            View::Owners(owners) => Some(owners.to_vec()),
        }
    }
}
