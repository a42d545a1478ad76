//! Events: one row for every write, read as audit log, timeline, stage history, live board and pull feed.

use crate::funnel::StepChange;
use crate::funnel::gate::{GateVersion, Passage};
use crate::id::{AccountId, CriterionId, DealId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};
use uuid::Uuid;

/// What happened. Append-only: tools and histories read these names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "each name says subject and verb, and is its own wire form"
)]
pub enum EventKind {
    #[serde(rename = "organisation.created")]
    #[strum(serialize = "organisation.created")]
    OrganisationCreated,
    #[serde(rename = "organisation.updated")]
    #[strum(serialize = "organisation.updated")]
    OrganisationUpdated,
    #[serde(rename = "class_rules.updated")]
    #[strum(serialize = "class_rules.updated")]
    ClassRulesUpdated,
    #[serde(rename = "priority_rules.updated")]
    #[strum(serialize = "priority_rules.updated")]
    PriorityRulesUpdated,
    #[serde(rename = "screening_rules.updated")]
    #[strum(serialize = "screening_rules.updated")]
    ScreeningRulesUpdated,
    #[serde(rename = "portfolio_limits.set")]
    #[strum(serialize = "portfolio_limits.set")]
    PortfolioLimitsSet,
    #[serde(rename = "team.created")]
    #[strum(serialize = "team.created")]
    TeamCreated,
    #[serde(rename = "team.updated")]
    #[strum(serialize = "team.updated")]
    TeamUpdated,
    #[serde(rename = "team.archived")]
    #[strum(serialize = "team.archived")]
    TeamArchived,
    #[serde(rename = "user.created")]
    #[strum(serialize = "user.created")]
    UserCreated,
    #[serde(rename = "user.updated")]
    #[strum(serialize = "user.updated")]
    UserUpdated,
    #[serde(rename = "user.invited")]
    #[strum(serialize = "user.invited")]
    UserInvited,
    #[serde(rename = "user.invitation_withdrawn")]
    #[strum(serialize = "user.invitation_withdrawn")]
    UserInvitationWithdrawn,
    #[serde(rename = "user.signed_in")]
    #[strum(serialize = "user.signed_in")]
    UserSignedIn,
    #[serde(rename = "user.signed_out")]
    #[strum(serialize = "user.signed_out")]
    UserSignedOut,
    #[serde(rename = "account.created")]
    #[strum(serialize = "account.created")]
    AccountCreated,
    #[serde(rename = "account.updated")]
    #[strum(serialize = "account.updated")]
    AccountUpdated,
    #[serde(rename = "account.archived")]
    #[strum(serialize = "account.archived")]
    AccountArchived,
    #[serde(rename = "account.restored")]
    #[strum(serialize = "account.restored")]
    AccountRestored,
    #[serde(rename = "account.priority_confirmed")]
    #[strum(serialize = "account.priority_confirmed")]
    PriorityConfirmed,
    #[serde(rename = "account.screened")]
    #[strum(serialize = "account.screened")]
    AccountScreened,
    #[serde(rename = "contact.created")]
    #[strum(serialize = "contact.created")]
    ContactCreated,
    #[serde(rename = "contact.updated")]
    #[strum(serialize = "contact.updated")]
    ContactUpdated,
    #[serde(rename = "contact.archived")]
    #[strum(serialize = "contact.archived")]
    ContactArchived,
    #[serde(rename = "contact.restored")]
    #[strum(serialize = "contact.restored")]
    ContactRestored,
    #[serde(rename = "product.created")]
    #[strum(serialize = "product.created")]
    ProductCreated,
    #[serde(rename = "product.updated")]
    #[strum(serialize = "product.updated")]
    ProductUpdated,
    #[serde(rename = "product.archived")]
    #[strum(serialize = "product.archived")]
    ProductArchived,
    #[serde(rename = "product.restored")]
    #[strum(serialize = "product.restored")]
    ProductRestored,
    #[serde(rename = "funnel.created")]
    #[strum(serialize = "funnel.created")]
    FunnelCreated,
    #[serde(rename = "funnel.updated")]
    #[strum(serialize = "funnel.updated")]
    FunnelUpdated,
    #[serde(rename = "funnel.archived")]
    #[strum(serialize = "funnel.archived")]
    FunnelArchived,
    #[serde(rename = "funnel.restored")]
    #[strum(serialize = "funnel.restored")]
    FunnelRestored,
    #[serde(rename = "stage.created")]
    #[strum(serialize = "stage.created")]
    StageCreated,
    #[serde(rename = "stage.updated")]
    #[strum(serialize = "stage.updated")]
    StageUpdated,
    #[serde(rename = "stage.archived")]
    #[strum(serialize = "stage.archived")]
    StageArchived,
    /// The cards of the stage have other ranks and the order they had; who keeps ranks reads them anew.
    #[serde(rename = "stage.respaced")]
    #[strum(serialize = "stage.respaced")]
    StageRespaced,
    #[serde(rename = "deal.created")]
    #[strum(serialize = "deal.created")]
    DealCreated,
    #[serde(rename = "deal.updated")]
    #[strum(serialize = "deal.updated")]
    DealUpdated,
    #[serde(rename = "deal.moved")]
    #[strum(serialize = "deal.moved")]
    DealMoved,
    #[serde(rename = "deal.archived")]
    #[strum(serialize = "deal.archived")]
    DealArchived,
    #[serde(rename = "deal.restored")]
    #[strum(serialize = "deal.restored")]
    DealRestored,
    #[serde(rename = "deal.evidence_filed")]
    #[strum(serialize = "deal.evidence_filed")]
    EvidenceFiled,
    #[serde(rename = "deal.evidence_withdrawn")]
    #[strum(serialize = "deal.evidence_withdrawn")]
    EvidenceWithdrawn,
    #[serde(rename = "deal.tests_answered")]
    #[strum(serialize = "deal.tests_answered")]
    TestsAnswered,
    #[serde(rename = "deal.round_held")]
    #[strum(serialize = "deal.round_held")]
    RoundHeld,
    #[serde(rename = "deal.touch_recorded")]
    #[strum(serialize = "deal.touch_recorded")]
    TouchRecorded,
    #[serde(rename = "deal.touch_withdrawn")]
    #[strum(serialize = "deal.touch_withdrawn")]
    TouchWithdrawn,
    #[serde(rename = "deal.sheet_answered")]
    #[strum(serialize = "deal.sheet_answered")]
    SheetAnswered,
    #[serde(rename = "deal.sheet_answer_erased")]
    #[strum(serialize = "deal.sheet_answer_erased")]
    SheetAnswerErased,
    #[serde(rename = "deal.sheet_task_planned")]
    #[strum(serialize = "deal.sheet_task_planned")]
    SheetTaskPlanned,
    #[serde(rename = "deal.sheet_task_done")]
    #[strum(serialize = "deal.sheet_task_done")]
    SheetTaskDone,
    #[serde(rename = "deal.objection_logged")]
    #[strum(serialize = "deal.objection_logged")]
    ObjectionLogged,
    #[serde(rename = "deal.objection_updated")]
    #[strum(serialize = "deal.objection_updated")]
    ObjectionUpdated,
    #[serde(rename = "deal.objection_settled")]
    #[strum(serialize = "deal.objection_settled")]
    ObjectionSettled,
    #[serde(rename = "deal.objection_withdrawn")]
    #[strum(serialize = "deal.objection_withdrawn")]
    ObjectionWithdrawn,
    #[serde(rename = "deal.proposal_point_added")]
    #[strum(serialize = "deal.proposal_point_added")]
    ProposalPointAdded,
    #[serde(rename = "deal.proposal_point_updated")]
    #[strum(serialize = "deal.proposal_point_updated")]
    ProposalPointUpdated,
    #[serde(rename = "deal.proposal_point_removed")]
    #[strum(serialize = "deal.proposal_point_removed")]
    ProposalPointRemoved,
    #[serde(rename = "deal.proposal_reordered")]
    #[strum(serialize = "deal.proposal_reordered")]
    ProposalReordered,
    /// The probabilities of deals by the evidence were weighed anew, beside their own writes.
    #[serde(rename = "funnel.weighed")]
    #[strum(serialize = "funnel.weighed")]
    FunnelWeighed,
    #[serde(rename = "deal.case_written")]
    #[strum(serialize = "deal.case_written")]
    CaseWritten,
    #[serde(rename = "deal.case_removed")]
    #[strum(serialize = "deal.case_removed")]
    CaseRemoved,
    #[serde(rename = "script.created")]
    #[strum(serialize = "script.created")]
    ScriptCreated,
    #[serde(rename = "script.updated")]
    #[strum(serialize = "script.updated")]
    ScriptUpdated,
    #[serde(rename = "script.archived")]
    #[strum(serialize = "script.archived")]
    ScriptArchived,
    #[serde(rename = "script.restored")]
    #[strum(serialize = "script.restored")]
    ScriptRestored,
    #[serde(rename = "deal.elements_scored")]
    #[strum(serialize = "deal.elements_scored")]
    ElementsScored,
    #[serde(rename = "funnel.rules_set")]
    #[strum(serialize = "funnel.rules_set")]
    RulesSet,
    #[serde(rename = "import.created")]
    #[strum(serialize = "import.created")]
    ImportCreated,
    #[serde(rename = "import.updated")]
    #[strum(serialize = "import.updated")]
    ImportUpdated,
    #[serde(rename = "import.started")]
    #[strum(serialize = "import.started")]
    ImportStarted,
    #[serde(rename = "import.finished")]
    #[strum(serialize = "import.finished")]
    ImportFinished,
    #[serde(rename = "view.created")]
    #[strum(serialize = "view.created")]
    ViewCreated,
    #[serde(rename = "view.updated")]
    #[strum(serialize = "view.updated")]
    ViewUpdated,
    #[serde(rename = "view.archived")]
    #[strum(serialize = "view.archived")]
    ViewArchived,
    #[serde(rename = "view.restored")]
    #[strum(serialize = "view.restored")]
    ViewRestored,
}

/// Which sort of thing the event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the resources")]
pub enum SubjectKind {
    Organisation,
    Team,
    User,
    Account,
    Contact,
    Product,
    Funnel,
    Stage,
    Deal,
    Import,
    View,
    Script,
}

/// On whose behalf it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ActorKind {
    /// A person, in the browser or through a tool.
    User,
    /// A file import.
    Import,
    /// A counted rule or a timer.
    Rule,
    /// The server itself, as with the demo data.
    System,
}

/// One recorded write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Names the place in the feed; pass the last one seen as `after`. Neither gapless nor always growing:
    /// the feed is in the order of commits.
    pub sequence: i64,
    /// When it was recorded; for imported history, when it happened.
    pub at: DateTime<Utc>,
    /// On whose behalf.
    pub actor_kind: ActorKind,
    /// The person, where there is one.
    pub actor_id: Option<UserId>,
    /// The person's name at the time of reading.
    #[serde(default)]
    pub actor_name: Option<String>,
    /// What happened.
    pub kind: EventKind,
    /// The sort of thing it happened to.
    pub subject_kind: SubjectKind,
    /// Its id.
    pub subject_id: Uuid,
    /// The account whose timeline shows it.
    pub account_id: Option<AccountId>,
    /// The deal whose history shows it.
    pub deal_id: Option<DealId>,
    /// Previous and new values: `{ "old": { … }, "new": { … } }`, only the fields that changed.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub data: serde_json::Value,
}

/// Whose deals may be worth another probability by the evidence after an event, apart from the deal that it is
/// about; also the name of that work in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsRefStr, EnumString)]
pub enum Weighs {
    /// Those of the account it shows on.
    #[strum(serialize = "weigh_account")]
    Account,
    /// Those in the stage it is about.
    #[strum(serialize = "weigh_stage")]
    Stage,
    /// Those of the funnel it is about.
    #[strum(serialize = "weigh_funnel")]
    Funnel,
    /// All of the organisation.
    #[strum(serialize = "weigh_organisation")]
    Organisation,
}

impl EventKind {
    /// Whose deals must be weighed anew after it: what criteria may read changed, or what they ask.
    #[must_use]
    pub const fn weighs(self) -> Option<Weighs> {
        match self {
            Self::AccountUpdated
            | Self::AccountScreened
            | Self::ContactCreated
            | Self::ContactUpdated
            | Self::ContactArchived
            | Self::ContactRestored => Some(Weighs::Account),
            Self::StageUpdated => Some(Weighs::Stage),
            Self::FunnelUpdated => Some(Weighs::Funnel),
            // With its time zone, the day it is there.
            Self::OrganisationCreated | Self::OrganisationUpdated | Self::ScreeningRulesUpdated => {
                Some(Weighs::Organisation)
            }
            _ => None,
        }
    }
}

/// What a deal's move puts into [`Event::data`]; everything a board needs to follow it without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedData {
    /// The place it left.
    pub old: MovedPlace,
    /// The place it has now.
    pub new: MovedPlace,
    /// The deal's version after the move.
    pub version: i32,
    /// By what right it came into the stage.
    #[serde(default)]
    pub passage: Passage,
    /// The version of the criteria of the stage it left, by which it was judged.
    #[serde(default)]
    pub gate_version: i32,
    /// All criteria it was judged by: of the stage it left, of those it passed by, of the one it came to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judged_by: Vec<GateVersion>,
    /// The criteria that were missing, where it went on all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<CriterionId>,
    /// Why it went on all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// The counted rule that moved it, by its name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The next step as it is after the move, where one came or went with a stage (CLS-26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepChange>,
    /// The probability by the evidence in the stage it came to, in percent, where that stage places it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_probability: Option<i16>,
    /// Whether little is to be spent on it in the stage it came to (GATE-21).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_low_investment: bool,
}

/// One side of a move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedPlace {
    /// The stage.
    pub stage_id: crate::id::StageId,
    /// The rank within the stage, ordered by bytes.
    pub rank: String,
}
