//! The views of a funnel as the menu lists them, and what an address shows of them.

use super::{Address, Look};
use chrono::NaiveDate;
use shared::funnel::{SavedView, Viewer};
use shared::id::{TeamId, ViewId};
use shared::identity::{Me, Team};

/// The views somebody sees, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shelf {
    views: Vec<SavedView>,
}

/// What an address shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The board like this.
    Board(Look),
    /// Nothing yet: the view is on its way.
    Waiting,
    /// The whole board: the view is not there, or not for this person.
    Missing,
}

impl Shelf {
    /// Views as they came.
    #[must_use]
    pub fn new(views: Vec<SavedView>) -> Self {
        let mut shelf = Self { views };
        shelf.sort();
        shelf
    }

    fn sort(&mut self) {
        self.views.sort_by_key(|view| (view.position, view.id));
    }

    /// The same with a view as it is now; an older state than the known one changes nothing.
    #[must_use]
    pub fn with(mut self, view: SavedView) -> Self {
        match self.views.iter_mut().find(|known| known.id == view.id) {
            Some(known) if known.version > view.version => {}
            Some(known) => *known = view,
            None => self.views.push(view),
        }
        self.sort();
        self
    }

    /// The same without a view.
    #[must_use]
    pub fn without(mut self, id: ViewId) -> Self {
        self.views.retain(|view| view.id != id);
        self
    }

    /// A view.
    #[must_use]
    pub fn find(&self, id: ViewId) -> Option<&SavedView> {
        self.views.iter().find(|view| view.id == id)
    }

    /// One's own views, or those of teams.
    pub fn views(&self, is_of_team: bool) -> impl Iterator<Item = &SavedView> {
        self.views
            .iter()
            .filter(move |view| view.team_id.is_some() == is_of_team)
    }
}

/// What an address shows on a day; `None` while the views are on their way.
#[must_use]
pub fn seen(shelf: Option<&Shelf>, address: &Address, today: NaiveDate) -> Seen {
    let Some(id) = address.view else {
        return Seen::Board(address.own.clone().unwrap_or_default());
    };
    match (shelf.map(|shelf| shelf.find(id)), &address.own) {
        (Some(None), _) => Seen::Missing,
        (_, Some(own)) => Seen::Board(own.clone()),
        (Some(Some(view)), None) => Seen::Board(Look::of(view, today)),
        (None, None) => Seen::Waiting,
    }
}

/// Somebody as one who may change views; what they see, the server decides.
#[must_use]
pub fn viewer(me: &Me, teams: &[Team]) -> Viewer {
    Viewer {
        user: me.user.id,
        role: me.user.role,
        above: Vec::new(),
        below: me
            .user
            .team_id
            .map(|own| below(teams, own))
            .unwrap_or_default(),
    }
}

/// A team and those below it.
fn below(teams: &[Team], own: TeamId) -> Vec<TeamId> {
    let mut found = vec![own];
    let mut at = 0;
    while let Some(team) = found.get(at).copied() {
        for child in teams.iter().filter(|child| child.parent_id == Some(team)) {
            if !found.contains(&child.id) {
                found.push(child.id);
            }
        }
        at += 1;
    }
    found
}

/// A view for tests.
#[cfg(test)]
pub(super) fn fixture(id: u128, look: Look) -> SavedView {
    use shared::funnel::ViewKind;
    use shared::id::{FunnelId, UserId};
    use uuid::Uuid;

    SavedView {
        id: ViewId(Uuid::from_u128(id)),
        owner_id: UserId(Uuid::from_u128(7)),
        team_id: None,
        funnel_id: FunnelId(Uuid::from_u128(9)),
        name: format!("view {id}"),
        kind: ViewKind::Board,
        filter: look.filter,
        group_by: look.layout.group_by,
        sort: look.layout.sort,
        position: 0,
        version: 1,
        archived_at: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
        updated_at: chrono::DateTime::UNIX_EPOCH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::Tier;
    use shared::funnel::BoardFilter;
    use uuid::Uuid;

    fn tier(tier: Tier) -> Look {
        let filter = BoardFilter {
            tier: Some(tier),
            ..BoardFilter::default()
        };
        filter.into()
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default()
    }

    fn ids(shelf: &Shelf) -> Vec<u128> {
        shelf.views(false).map(|view| view.id.0.as_u128()).collect()
    }

    #[test]
    fn a_view_that_was_taken_away_and_put_back_is_where_it_was() {
        let views: Vec<SavedView> = (1..=3).map(|id| fixture(id, tier(Tier::A))).collect();
        let shelf = Shelf::new(views.iter().rev().cloned().collect());
        assert_eq!(ids(&shelf), [1, 2, 3]);
        for view in &views {
            let away = shelf.clone().without(view.id);
            assert_eq!(away.find(view.id), None);
            assert_eq!(away.with(view.clone()), shelf);
        }
    }

    #[test]
    fn an_answer_that_comes_late_does_not_take_a_newer_state_back() {
        let (old, mut new) = (fixture(1, tier(Tier::A)), fixture(1, tier(Tier::B)));
        new.version = 2;
        let shelf = Shelf::default().with(old.clone()).with(new.clone());
        assert_eq!(shelf.with(old).find(new.id), Some(&new));
    }

    #[test]
    fn an_address_shows_the_view_unless_it_says_otherwise() {
        let view = fixture(1, tier(Tier::A));
        let shelf = Shelf::new(vec![view.clone()]);
        let as_saved = Address::to(view.id);
        let shown = |address: &Address| seen(Some(&shelf), address, today());
        assert_eq!(shown(&as_saved), Seen::Board(tier(Tier::A)));
        let own = |look| Address {
            view: Some(view.id),
            own: Some(look),
        };
        assert_eq!(shown(&own(tier(Tier::B))), Seen::Board(tier(Tier::B)));
        let nothing = Look::default();
        assert_eq!(shown(&own(nothing.clone())), Seen::Board(nothing));
    }

    #[test]
    fn a_view_that_is_not_there_shows_the_whole_board_and_one_on_its_way_nothing() {
        let gone = Address::to(ViewId(Uuid::from_u128(5)));
        assert_eq!(seen(None, &gone, today()), Seen::Waiting);
        assert_eq!(seen(Some(&Shelf::default()), &gone, today()), Seen::Missing);
    }

    #[test]
    fn the_teams_one_leads_are_ones_own_and_those_below_it() {
        let team = |id: u128, parent: Option<u128>| Team {
            id: TeamId(Uuid::from_u128(id)),
            name: id.to_string(),
            parent_id: parent.map(|id| TeamId(Uuid::from_u128(id))),
            version: 1,
            archived_at: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        };
        let teams = [
            team(1, None),
            team(2, Some(1)),
            team(3, Some(2)),
            team(4, Some(1)),
        ];
        let of = |id| -> Vec<u128> {
            let found = below(&teams, TeamId(Uuid::from_u128(id)));
            found.iter().map(|team| team.0.as_u128()).collect()
        };
        assert_eq!(of(2), [2, 3]);
        assert_eq!(of(1), [1, 2, 4, 3]);
    }
}
