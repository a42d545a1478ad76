//! The settings of the screening: what accounts are screened by, and the report by seller.

use super::editor::RulesEditor;
use super::report::Report;
use crate::accounts::live::use_reload_on;
use crate::api::use_api;
use crate::i18n::use_lang;
use crate::identity::{SettingsFrame, SettingsTab};
use crate::load::use_load;
use crate::ui::draw;
use shared::accounts::ScreeningRules;
use yew::prelude::*;

/// Settings of the screening; whoever may not change them reads them.
#[component]
pub fn ScreeningPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let rules = use_load(lang, move |_| {
        let api = api.clone();
        async move { api.screening_rules().await }
    });
    use_reload_on("screening_rules.", rules.reload.clone());
    let on_saved = {
        let rules = rules.clone();
        Callback::from(move |new: ScreeningRules| rules.replace(new))
    };
    html! {
        <SettingsFrame tab={SettingsTab::Screening}>
            // One after the other, so that what cannot be loaded is said once and asked for once.
            { draw(&rules, |found| html! {
                <>
                    <Report />
                    <RulesEditor key={format!("{}{}", found.version, lang.tag())} rules={found.clone()} on_saved={on_saved.clone()} on_stale={rules.reload.clone()} />
                </>
            }) }
        </SettingsFrame>
    }
}
