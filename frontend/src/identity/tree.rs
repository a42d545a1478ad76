//! The tree of teams: from the flat list to rows with their depth, and the component that shows it.

use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{ButtonSize, Glyph, IconButton};
use shared::id::TeamId;
use shared::identity::{Team, User};
use std::collections::{HashMap, HashSet};
use yew::prelude::*;

/// A team with those below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The team.
    pub team: Team,
    /// How many people it holds, with the teams below.
    pub people: usize,
    /// The teams right below it, by name.
    pub below: Vec<Node>,
}

impl Node {
    /// The ids of this team and all below it.
    pub fn ids(&self) -> HashSet<TeamId> {
        let mut ids = HashSet::from([self.team.id]);
        for node in &self.below {
            ids.extend(node.ids());
        }
        ids
    }

    fn find(&self, id: TeamId) -> Option<&Self> {
        if self.team.id == id {
            return Some(self);
        }
        self.below.iter().find_map(|node| node.find(id))
    }
}

/// The forest of teams, archived ones left out. A team whose parent is not there stands at the top.
pub fn forest(teams: &[Team], users: &[User]) -> Vec<Node> {
    let live: Vec<&Team> = teams
        .iter()
        .filter(|team| team.archived_at.is_none())
        .collect();
    let known: HashSet<TeamId> = live.iter().map(|team| team.id).collect();
    let mut by_parent: HashMap<Option<TeamId>, Vec<&Team>> = HashMap::new();
    for team in live {
        let parent = team
            .parent_id
            .filter(|parent| known.contains(parent) && *parent != team.id);
        by_parent.entry(parent).or_default().push(team);
    }
    let mut heads: HashMap<TeamId, usize> = HashMap::new();
    for team in users.iter().filter_map(|user| user.team_id) {
        *heads.entry(team).or_default() += 1;
    }
    grow(None, &by_parent, &heads, 0)
}

fn grow(
    parent: Option<TeamId>,
    by_parent: &HashMap<Option<TeamId>, Vec<&Team>>,
    heads: &HashMap<TeamId, usize>,
    depth: usize,
) -> Vec<Node> {
    // The server refuses circles; the bound keeps a broken answer from hanging the page.
    if depth > 20 {
        return Vec::new();
    }
    let mut nodes: Vec<Node> = by_parent
        .get(&parent)
        .into_iter()
        .flatten()
        .map(|team| {
            let below = grow(Some(team.id), by_parent, heads, depth + 1);
            let people = heads.get(&team.id).copied().unwrap_or(0)
                + below.iter().map(|node| node.people).sum::<usize>();
            Node {
                team: (*team).clone(),
                people,
                below,
            }
        })
        .collect();
    nodes.sort_by(|a, b| a.team.name.cmp(&b.team.name));
    nodes
}

/// The node of a team.
pub fn find(forest: &[Node], id: TeamId) -> Option<&Node> {
    forest.iter().find_map(|node| node.find(id))
}

/// All teams in the order of the tree, each with its depth.
pub fn flat(forest: &[Node]) -> Vec<(usize, &Team)> {
    fn walk<'a>(nodes: &'a [Node], depth: usize, out: &mut Vec<(usize, &'a Team)>) {
        for node in nodes {
            out.push((depth, &node.team));
            walk(&node.below, depth + 1, out);
        }
    }
    let mut out = Vec::new();
    walk(forest, 0, &mut out);
    out
}

/// What [`TeamTree`] needs.
#[derive(Properties, PartialEq)]
pub struct TeamTreeProps {
    /// The teams.
    pub forest: Vec<Node>,
    /// The team whose people show; none for all.
    pub current: Option<TeamId>,
    /// How many people there are in all.
    pub people: usize,
    /// Whether teams can be changed.
    pub can_manage: bool,
    /// Chooses a team.
    pub on_choose: Callback<Option<TeamId>>,
    /// Opens a team for change.
    pub on_edit: Callback<TeamId>,
}

/// The tree of teams as nested lists.
#[component]
pub fn TeamTree(props: &TeamTreeProps) -> Html {
    use_lang();
    let choose_all = props.on_choose.reform(|_: MouseEvent| None);
    html! {
        <div class="tree">
            <button type="button" class="node-row" aria-pressed={pressed(props.current.is_none())} onclick={choose_all}>
                <span class="fill trunc">{ t!("identity.team.everybody") }</span>
                <span class="cnt num">{ props.people }</span>
            </button>
            if !props.forest.is_empty() { { list(&props.forest, props) } }
        </div>
    }
}

const fn pressed(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

fn list(nodes: &[Node], props: &TeamTreeProps) -> Html {
    html! {
        <ul>
            for node in nodes {
                <li key={node.team.id.to_string()}>
                    <div class="node-line">
                        <button
                            type="button"
                            class="node-row"
                            aria-pressed={pressed(props.current == Some(node.team.id))}
                            onclick={let id = node.team.id; props.on_choose.reform(move |_: MouseEvent| Some(id))}
                        >
                            <span class="fill trunc">{ node.team.name.clone() }</span>
                            <span class="cnt num">{ node.people }</span>
                        </button>
                        if props.can_manage {
                            <IconButton
                                glyph={Glyph::Edit}
                                size={ButtonSize::Small}
                                label={t!("identity.team.edit_named", name = node.team.name)}
                                on_click={let id = node.team.id; props.on_edit.reform(move |_| id)}
                            />
                        }
                    </div>
                    if !node.below.is_empty() { { list(&node.below, props) } }
                </li>
            }
        </ul>
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use uuid::Uuid;

    pub fn team(id: u128, name: &str, parent: Option<u128>) -> Team {
        let at = "2026-11-22T08:00:00Z".parse().unwrap();
        Team {
            id: TeamId(Uuid::from_u128(id)),
            name: name.into(),
            parent_id: parent.map(|id| TeamId(Uuid::from_u128(id))),
            version: 1,
            archived_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn teams_stand_below_their_parents_by_name() {
        let teams = [
            team(3, "West", None),
            team(2, "B", Some(1)),
            team(1, "East", None),
            team(4, "A", Some(1)),
        ];
        let forest = forest(&teams, &[]);
        let rows: Vec<_> = flat(&forest)
            .into_iter()
            .map(|(depth, team)| (depth, team.name.as_str()))
            .collect();
        assert_eq!(rows, [(0, "East"), (1, "A"), (1, "B"), (0, "West")]);
        assert_eq!(
            find(&forest, TeamId(Uuid::from_u128(1)))
                .unwrap()
                .ids()
                .len(),
            3
        );
    }

    #[test]
    fn a_team_without_its_parent_stands_at_the_top() {
        let rows = forest(&[team(2, "Orphan", Some(9)), team(3, "Own", Some(3))], &[]);
        assert_eq!(rows.len(), 2);
    }
}
