//! The frame of the settings pages: a list at the left, one page at the right.

use super::session::use_can;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::page::{Page, use_go};
use crate::route::Route;
use crate::ui::{Glyph, Icon};
use shared::identity::Permission;
use yew::prelude::*;
use yew_router::prelude::*;

/// A page of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsTab {
    /// One's own.
    Me,
    /// Teams and colleagues.
    Team,
    /// Funnels and stages.
    Funnels,
    /// What accounts are classed by, and how many of each a seller should have.
    Classes,
    /// What accounts are screened by, and the report on it.
    Screening,
    /// Scripts and strategies.
    Scripts,
}

/// What [`SettingsFrame`] needs.
#[derive(Properties, PartialEq)]
pub struct SettingsFrameProps {
    /// Which page it is.
    pub tab: SettingsTab,
    /// The page's own buttons.
    #[prop_or_default]
    pub actions: Html,
    /// What it holds.
    #[prop_or_default]
    pub children: Html,
}

/// A settings page in its frame.
#[component]
pub fn SettingsFrame(props: &SettingsFrameProps) -> Html {
    use_lang();
    let can_read_users = use_can(Permission::ReadUsers);
    let can_edit_funnels = use_can(Permission::EditFunnels);
    let can_read_accounts = use_can(Permission::ReadAccounts);
    let can_manage = use_can(Permission::ManageOrganisation);
    let title = match props.tab {
        SettingsTab::Me => t!("identity.settings.me"),
        SettingsTab::Team => t!("identity.settings.team"),
        SettingsTab::Funnels => t!("identity.settings.funnels"),
        SettingsTab::Classes => t!("identity.settings.classes"),
        SettingsTab::Screening => t!("identity.settings.screening"),
        SettingsTab::Scripts => t!("identity.settings.scripts"),
    };
    html! {
        <Page {title} actions={props.actions.clone()}>
            <div class="settings">
                <nav class="subnav" aria-label={t!("nav.settings")}>
                    <Item to={Route::Settings} glyph={Glyph::User} label={t!("identity.settings.me")} is_current={props.tab == SettingsTab::Me} />
                    if can_read_users {
                        <Item to={Route::Team} glyph={Glyph::Users} label={t!("identity.settings.team")} is_current={props.tab == SettingsTab::Team} />
                    }
                    if can_edit_funnels {
                        <Item to={Route::FunnelSettings} glyph={Glyph::Funnel} label={t!("identity.settings.funnels")} is_current={props.tab == SettingsTab::Funnels} />
                    }
                    if can_edit_funnels {
                        <Item to={Route::ScriptSettings} glyph={Glyph::Message} label={t!("identity.settings.scripts")} is_current={props.tab == SettingsTab::Scripts} />
                    }
                    if can_read_accounts {
                        <Item to={Route::ScreeningSettings} glyph={Glyph::Filter} label={t!("identity.settings.screening")} is_current={props.tab == SettingsTab::Screening} />
                    }
                    if can_manage {
                        <Item to={Route::ClassSettings} glyph={Glyph::Target} label={t!("identity.settings.classes")} is_current={props.tab == SettingsTab::Classes} />
                    }
                </nav>
                <div class="stack loose">{ props.children.clone() }</div>
            </div>
        </Page>
    }
}

#[derive(Properties, PartialEq)]
struct ItemProps {
    to: Route,
    glyph: Glyph,
    label: AttrValue,
    is_current: bool,
}

#[component]
fn Item(props: &ItemProps) -> Html {
    let onclick = use_go(&props.to);
    html! {
        <a href={props.to.to_path()} aria-current={props.is_current.then_some("page")} {onclick}>
            <Icon glyph={props.glyph} />{ props.label.clone() }
        </a>
    }
}
