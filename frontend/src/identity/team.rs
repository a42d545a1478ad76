//! Teams and colleagues: the tree at the left, the people at the right, and what can be changed.

use super::colleagues::Colleagues;
use super::invite::InviteDialog;
use super::session::{use_can, use_me};
use super::settings::{SettingsFrame, SettingsTab};
use super::team_dialog::TeamDialog;
use super::tree::{Node, TeamTree, find, flat, forest};
use super::user_sheet::UserSheet;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::live::use_live;
use crate::load::{LoadHandle, use_load};
use crate::ui::{Button, ButtonKind, ButtonSize, Choice, Empty, Glyph, draw};
use shared::event::SubjectKind;
use shared::id::{TeamId, UserId};
use shared::identity::{Permission, Team, User};
use std::collections::HashMap;
use yew::prelude::*;

/// Everybody of the organisation.
#[derive(Debug, Clone, PartialEq)]
struct People {
    teams: Vec<Team>,
    users: Vec<User>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Open {
    Invite(Option<UserId>),
    User(UserId),
    NewTeam,
    Team(TeamId),
}

/// The tree of teams and the people in them.
#[component]
pub fn TeamPage() -> Html {
    use_lang();
    let api = use_api();
    let can_manage = use_can(Permission::ManageUsers);
    let open = use_state_eq(|| None::<Open>);
    let people = use_load((), move |()| {
        let api = api.clone();
        async move {
            Ok(People {
                teams: api.teams().await?.items,
                users: api.all_users().await?,
            })
        }
    });
    use_live({
        let reload = people.reload.clone();
        move |event| {
            if matches!(event.subject_kind, SubjectKind::User | SubjectKind::Team) {
                reload.emit(());
            }
        }
    });
    let set = use_callback((), {
        let open = open.setter();
        move |next: Option<Open>, ()| open.set(next)
    });
    let actions = html! {
        if can_manage {
            <Button kind={ButtonKind::Primary} icon={Glyph::Plus} class="collapse" on_click={set.reform(|_| Some(Open::Invite(None)))}>
                { t!("identity.team.invite") }
            </Button>
        }
    };
    html! {
        <SettingsFrame tab={SettingsTab::Team} {actions}>
            { draw(&people, |data| html! { <Body people={data.clone()} {can_manage} on_open={set.reform(Some)} /> }) }
            if let (Some(open), Some(data)) = (*open, people.data()) { { overlay(open, data, &people, &set) } }
        </SettingsFrame>
    }
}

#[derive(Properties, PartialEq)]
struct BodyProps {
    people: People,
    can_manage: bool,
    on_open: Callback<Open>,
}

#[component]
fn Body(props: &BodyProps) -> Html {
    let lang = use_lang();
    let current = use_state_eq(|| None::<TeamId>);
    let People { teams, users } = &props.people;
    let forest = forest(teams, users);
    let node = current.and_then(|id| find(&forest, id));
    let ids = node.map(Node::ids);
    let shown: Vec<User> = users
        .iter()
        .filter(|user| {
            ids.as_ref()
                .is_none_or(|ids| user.team_id.is_some_and(|id| ids.contains(&id)))
        })
        .cloned()
        .collect();
    let title = node.map_or_else(
        || AttrValue::from(t!("identity.team.everybody")),
        |node| node.team.name.clone().into(),
    );
    let count = counted(
        lang,
        "identity.team.count",
        i64::try_from(shown.len()).unwrap_or(0),
    );
    let names: HashMap<TeamId, String> = teams
        .iter()
        .map(|team| (team.id, team.name.clone()))
        .collect();
    html! {
        <div class="team-grid">
            <section class="panel">
                <header>
                    <h2>{ t!("identity.team.teams") }</h2>
                    if props.can_manage {
                        <Button size={ButtonSize::Small} kind={ButtonKind::Ghost} icon={Glyph::Plus} class="push" on_click={props.on_open.reform(|_| Open::NewTeam)}>
                            { t!("identity.team.new_team") }
                        </Button>
                    }
                </header>
                <TeamTree
                    {forest}
                    current={*current}
                    people={users.len()}
                    can_manage={props.can_manage}
                    on_choose={let current = current.setter(); move |id| current.set(id)}
                    on_edit={props.on_open.reform(Open::Team)}
                />
            </section>
            <section class="panel ruled">
                <header><h2>{ title }</h2><span class="sub num">{ count }</span></header>
                if shown.is_empty() {
                    <Empty icon={Glyph::Users} title={t!("identity.team.nobody")} text={t!("identity.team.nobody_text")} />
                } else {
                    <Colleagues users={shown} teams={names} can_manage={props.can_manage}
                        on_edit={props.on_open.reform(Open::User)} on_invite={props.on_open.reform(|id| Open::Invite(Some(id)))} />
                }
            </section>
        </div>
    }
}

/// The teams as choices, indented by their depth.
fn team_choices(forest: &[Node]) -> Vec<Choice> {
    flat(forest)
        .into_iter()
        .map(|(depth, team)| {
            Choice::new(
                team.id.to_string(),
                format!("{}{}", "\u{2003}".repeat(depth), team.name),
            )
        })
        .collect()
}

fn overlay(
    open: Open,
    people: &People,
    handle: &LoadHandle<People>,
    set: &Callback<Option<Open>>,
) -> Html {
    let forest = forest(&people.teams, &people.users);
    let choices = team_choices(&forest);
    let on_close = set.reform(|()| None);
    let user_of = |id: UserId| people.users.iter().find(|user| user.id == id).cloned();
    match open {
        Open::Invite(named) => {
            let reload = handle.reload.clone();
            let on_close = Callback::from(move |()| {
                on_close.emit(());
                reload.emit(());
            });
            html! { <InviteDialog named={named.and_then(user_of)} teams={choices} {on_close} /> }
        }
        Open::User(id) => match user_of(id) {
            Some(user) => {
                html! { <Colleague {user} teams={choices} people={handle.clone()} {on_close} /> }
            }
            None => Html::default(),
        },
        Open::NewTeam => {
            html! { <TeamDialog teams={choices} on_saved={saved(handle, &on_close)} {on_close} /> }
        }
        Open::Team(id) => {
            // A team cannot stand below itself, so it and those below it are no choice.
            let own = find(&forest, id).map(Node::ids).unwrap_or_default();
            let choices = choices
                .into_iter()
                .filter(|choice| choice.value.parse().is_ok_and(|id| !own.contains(&id)));
            let team = people.teams.iter().find(|team| team.id == id).cloned();
            html! { <TeamDialog {team} teams={choices.collect::<Vec<_>>()} on_saved={saved(handle, &on_close)} {on_close} /> }
        }
    }
}

fn saved(handle: &LoadHandle<People>, on_close: &Callback<()>) -> Callback<Team> {
    let (reload, on_close) = (handle.reload.clone(), on_close.clone());
    Callback::from(move |_| {
        reload.emit(());
        on_close.emit(());
    })
}

#[derive(Properties, PartialEq)]
struct ColleagueProps {
    user: User,
    teams: Vec<Choice>,
    people: LoadHandle<People>,
    on_close: Callback<()>,
}

/// The sheet of one colleague, put back into the list when saved.
#[component]
fn Colleague(props: &ColleagueProps) -> Html {
    let is_me = use_me().is_some_and(|me| me.user.id == props.user.id);
    let on_saved = {
        let (people, on_close) = (props.people.clone(), props.on_close.clone());
        Callback::from(move |user: User| {
            if let Some(data) = people.data() {
                let mut data = data.clone();
                for one in data.users.iter_mut().filter(|one| one.id == user.id) {
                    *one = user.clone();
                }
                people.replace(data);
            }
            on_close.emit(());
        })
    };
    html! { <UserSheet user={props.user.clone()} teams={props.teams.clone()} {is_me} {on_saved} on_close={props.on_close.clone()} /> }
}
