//! Saved views: a board's filter, grouping and order under a name, one's own or shared with a team.

use super::BoardFilter;
use crate::check::{Check, Validate};
use crate::id::{FunnelId, TeamId, UserId, ViewId};
use crate::identity::{Permission, Reach, Role};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The longest name of a view.
pub const MAX_VIEW_NAME: usize = 60;
/// The last place a view can be given among its like.
const MAX_POSITION: i32 = 1_000_000;

/// Which page shows the deals.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ViewKind {
    /// Columns of cards.
    #[default]
    Board,
    /// A table.
    List,
    /// The funnel's shape, with what goes on and what is lost.
    Funnel,
}

/// What the columns of a board are.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Grouping {
    /// The funnel's stages.
    #[default]
    Stage,
    /// Who owns the deal.
    Owner,
    /// The month in which it is expected to close.
    CloseMonth,
    /// The tier of its account.
    Tier,
    /// Its account.
    Account,
}

/// The order of the cards of a column.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CardOrder {
    /// As people put them.
    #[default]
    Hand,
    /// The largest amount first.
    Amount,
    /// The earliest expected close first.
    CloseDate,
    /// The longest in its stage first.
    Age,
    /// The largest expected profit first (CLS-41).
    Profit,
}

/// A view under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedView {
    /// Its id; the web app's address of it is `/board/{funnel_id}?view={id}`.
    pub id: ViewId,
    /// Who made it; without a team it is theirs alone.
    pub owner_id: UserId,
    /// The team it is shared with.
    pub team_id: Option<TeamId>,
    /// The funnel it is of.
    pub funnel_id: FunnelId,
    /// Its name; unique among one's own, or the team's, of the same funnel.
    pub name: String,
    /// Which page shows it.
    pub kind: ViewKind,
    /// What is narrowed. The days of `overdue_on` and `over_limit_on` are read as today, whenever the view is opened.
    pub filter: BoardFilter,
    /// What the columns are.
    pub group_by: Grouping,
    /// The order within a column.
    pub sort: CardOrder,
    /// Its place among its like; smaller ones come first.
    pub position: i32,
    /// Counts up with every change; also the `ETag`.
    pub version: i32,
    /// Since when it is put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A view to be made; it comes last among its like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `SavedView`")]
pub struct NewView {
    pub name: String,
    pub funnel_id: FunnelId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    #[serde(default)]
    pub kind: ViewKind,
    #[serde(default)]
    pub filter: BoardFilter,
    #[serde(default)]
    pub group_by: Grouping,
    #[serde(default)]
    pub sort: CardOrder,
}

impl Validate for NewView {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, MAX_VIEW_NAME);
        filter(check, &self.filter);
    }
}

/// A change of a view; absent fields stay. Whose it is and of which funnel never changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `SavedView`")]
pub struct ViewPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ViewKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<BoardFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_by: Option<Grouping>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<CardOrder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i32>,
}

impl Validate for ViewPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, MAX_VIEW_NAME);
        }
        if let Some(narrowed) = &self.filter {
            filter(check, narrowed);
        }
        if let Some(position) = self.position {
            check.range("/position", position, 0, MAX_POSITION);
        }
    }
}

fn filter(check: &mut Check, filter: &BoardFilter) {
    check.opt("/filter/industry", filter.industry.as_ref(), 100);
    check.opt("/filter/source", filter.source.as_ref(), 100);
    check.opt("/filter/text", filter.text.as_ref(), 100);
    if let Some(day) = filter.overdue_on {
        check.date("/filter/overdue_on", day);
    }
    if let Some(day) = filter.over_limit_on {
        check.date("/filter/over_limit_on", day);
    }
}

/// Somebody who looks at views: their role, and where in the tree of teams they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The person.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their team and those above it.
    pub above: Vec<TeamId>,
    /// Their team and those below it.
    pub below: Vec<TeamId>,
}

impl Viewer {
    /// Whether a view is visible: one's own; those of one's team and the teams above it; for who leads
    /// a team also those of the teams below; for who sees all, those of all teams.
    #[must_use]
    pub fn sees(&self, owner: UserId, team: Option<TeamId>) -> bool {
        match team {
            None => owner == self.user,
            Some(team) => self.seen_teams().is_none_or(|teams| teams.contains(&team)),
        }
    }

    /// The teams whose views are visible; `None` for all.
    #[must_use]
    pub fn seen_teams(&self) -> Option<Vec<TeamId>> {
        match self.role.reach() {
            Reach::All => None,
            Reach::Team => Some([self.above.as_slice(), &self.below].concat()),
            Reach::Own => Some(self.above.clone()),
        }
    }

    /// Whether views may be made and changed for a team.
    #[must_use]
    pub fn may_share(&self, team: TeamId) -> bool {
        self.role.may(Permission::ShareViews)
            && (self.role.reach() == Reach::All || self.below.contains(&team))
    }

    /// Whether a visible view may be changed.
    #[must_use]
    pub fn may_change(&self, owner: UserId, team: Option<TeamId>) -> bool {
        match team {
            None => owner == self.user,
            Some(team) => self.may_share(team),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn team(id: u128) -> TeamId {
        TeamId(Uuid::from_u128(id))
    }

    fn user(id: u128) -> UserId {
        UserId(Uuid::from_u128(id))
    }

    /// Somebody in team 2, which is below 1 and above 3; 4 lies beside it.
    fn viewer(role: Role) -> Viewer {
        Viewer {
            user: user(7),
            role,
            above: vec![team(2), team(1)],
            below: vec![team(2), team(3)],
        }
    }

    #[test]
    fn an_own_view_is_its_owners_alone() {
        for role in [
            Role::Rep,
            Role::Manager,
            Role::Executive,
            Role::Administrator,
        ] {
            let viewer = viewer(role);
            assert!(viewer.sees(user(7), None) && viewer.may_change(user(7), None));
            assert!(!viewer.sees(user(8), None) && !viewer.may_change(user(8), None));
        }
    }

    #[test]
    fn a_teams_view_is_seen_by_its_people_and_changed_by_who_leads_it() {
        let seen = |role| -> Vec<u128> {
            let viewer = viewer(role);
            (1..=4)
                .filter(|id| viewer.sees(user(8), Some(team(*id))))
                .collect()
        };
        assert_eq!(seen(Role::Rep), [1, 2]);
        assert_eq!(seen(Role::Manager), [1, 2, 3]);
        assert_eq!(seen(Role::Executive), [1, 2, 3, 4]);

        let changed = |role| -> Vec<u128> {
            let viewer = viewer(role);
            (1..=4)
                .filter(|id| viewer.may_change(user(7), Some(team(*id))))
                .collect()
        };
        assert!(changed(Role::Rep).is_empty());
        assert_eq!(changed(Role::Manager), [2, 3]);
        assert!(changed(Role::Executive).is_empty());
        assert_eq!(changed(Role::Administrator), [1, 2, 3, 4]);
    }

    #[test]
    fn a_name_is_there_and_short_and_a_filter_is_bounded() {
        let view = |name: &str, text: &str| NewView {
            name: name.into(),
            funnel_id: FunnelId(Uuid::nil()),
            team_id: None,
            kind: ViewKind::Board,
            filter: BoardFilter {
                text: Some(text.into()),
                ..BoardFilter::default()
            },
            group_by: Grouping::Stage,
            sort: CardOrder::Hand,
        };
        assert!(view("Mine", "pump").validated().is_ok());
        assert!(view(" ", "pump").validated().is_err());
        assert!(view(&"n".repeat(61), "pump").validated().is_err());
        assert!(view("Mine", &"t".repeat(101)).validated().is_err());
        assert!(view("Mine", "\0").validated().is_err());
    }
}
