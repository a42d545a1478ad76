//! Typed identifiers: a deal's id cannot be passed where an account's is meant.
//!
//! Ids are UUIDs of version 7 made by the application, so they sort by creation time; on the wire
//! they are opaque strings.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// An organisation, the tenant.
    OrgId,
    /// A team inside an organisation.
    TeamId,
    /// A person who signs in.
    UserId,
    /// An invitation to join an organisation.
    InvitationId,
    /// A signed-in device or tool.
    SessionId,
    /// A customer: a company or a person.
    AccountId,
    /// Portfolio limits as they were set.
    LimitsId,
    /// One thing accounts are screened by.
    ScreeningCriterionId,
    /// One answer to a question of the screening.
    ChoiceId,
    /// A person at an account.
    ContactId,
    /// A thing we sell.
    ProductId,
    /// An ordered list of stages.
    FunnelId,
    /// One step of a funnel.
    StageId,
    /// A chance to sell, on its way through a funnel.
    DealId,
    /// One thing a stage asks of a deal.
    CriterionId,
    /// What shows that a criterion is met.
    EvidenceId,
    /// A round of evaluation of a deal.
    RoundId,
    /// A recommendation, showing, offer or raise of a deal.
    TouchId,
    /// Something a customer objects to a deal.
    ObjectionId,
    /// A point of the proposal on a deal.
    PointId,
    /// A script or strategy of the library.
    ScriptId,
    /// A rule that moves deals by what was counted.
    RuleId,
    /// A saved view of a board.
    ViewId,
    /// A file import.
    ImportId,
    /// One file of an import.
    ImportFileId,
}
