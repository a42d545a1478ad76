//! Teams and colleagues.

use super::settings::{SettingsFrame, SettingsTab};
use crate::i18n::use_lang;
use yew::prelude::*;

/// The tree of teams and the people in them.
#[component]
pub fn TeamPage() -> Html {
    use_lang();
    html! { <SettingsFrame tab={SettingsTab::Team} /> }
}
