//! The table of colleagues.

use super::words::{level_name, role_name, state_name};
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Avatar, AvatarSize, Badge, Button, ButtonKind, ButtonSize, Glyph, IconButton, Tone,
};
use shared::id::{TeamId, UserId};
use shared::identity::{Role, User, UserState};
use std::collections::HashMap;
use yew::prelude::*;

/// What [`Colleagues`] needs.
#[derive(Properties, PartialEq)]
pub struct ColleaguesProps {
    /// Who shows.
    pub users: Vec<User>,
    /// The names of the teams.
    pub teams: HashMap<TeamId, String>,
    /// Whether they can be changed.
    pub can_manage: bool,
    /// Opens somebody for change.
    pub on_edit: Callback<UserId>,
    /// Invites somebody known by name only.
    pub on_invite: Callback<UserId>,
}

/// The table of colleagues.
#[component]
pub fn Colleagues(props: &ColleaguesProps) -> Html {
    use_lang();
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label={t!("identity.team.people")}>
            <table class="table as-cards">
                <thead>
                    <tr>
                        <th>{ t!("identity.name") }</th>
                        <th>{ t!("identity.team.role") }</th>
                        <th>{ t!("identity.team.level") }</th>
                        <th>{ t!("identity.team.team") }</th>
                        <th>{ t!("identity.team.state") }</th>
                        <th><span class="sr">{ t!("ui.edit") }</span></th>
                    </tr>
                </thead>
                <tbody>
                    for user in &props.users {
                        <Row
                            key={user.id.to_string()}
                            user={user.clone()}
                            team={user.team_id.and_then(|id| props.teams.get(&id).cloned())}
                            can_manage={props.can_manage}
                            on_edit={props.on_edit.clone()}
                            on_invite={props.on_invite.clone()}
                        />
                    }
                </tbody>
            </table>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    user: User,
    team: Option<String>,
    can_manage: bool,
    on_edit: Callback<UserId>,
    on_invite: Callback<UserId>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let lang = use_lang();
    let user = &props.user;
    let is_off = (user.state == UserState::Disabled).then_some("is-off");
    let role_tone = if user.role == Role::Administrator {
        Tone::Accent
    } else {
        Tone::Neutral
    };
    let id = user.id;
    html! {
        <tr class={is_off}>
            <td>
                <div class="person">
                    <Avatar name={user.name.clone()} size={AvatarSize::S28} />
                    <div class="fill">
                        <div class="nm">{ user.name.clone() }</div>
                        if let Some(email) = &user.email { <div class="ti trunc">{ email.clone() }</div> }
                    </div>
                </div>
            </td>
            <td><Badge tone={role_tone}>{ role_name(lang, user.role) }</Badge></td>
            <td>{ level_name(lang, user.level) }</td>
            <td>{ props.team.clone().unwrap_or_else(|| "\u{2013}".into()) }</td>
            <td>{ state(props, &state_name(lang, user.state)) }</td>
            <td class="r act">
                if props.can_manage {
                    <IconButton glyph={Glyph::Edit} size={ButtonSize::Small} label={t!("identity.team.edit_named", name = user.name)}
                        on_click={props.on_edit.reform(move |_| id)} />
                }
            </td>
        </tr>
    }
}

fn state(props: &RowProps, words: &AttrValue) -> Html {
    let id = props.user.id;
    match props.user.state {
        UserState::Active => html! { <span class="muted">{ words }</span> },
        UserState::Disabled => html! { <Badge is_outline=true>{ words }</Badge> },
        UserState::Named => html! {
            <span class="row">
                <Badge tone={Tone::Warning}>{ words }</Badge>
                if props.can_manage {
                    <Button size={ButtonSize::Small} kind={ButtonKind::Ghost} label={t!("identity.team.invite_named", name = props.user.name)}
                        on_click={props.on_invite.reform(move |_| id)}>{ t!("identity.team.invite") }</Button>
                }
            </span>
        },
    }
}
