//! Funnels and their stages as settings.
use yew::prelude::*;
/// Settings of funnels.
#[component]
pub fn FunnelSettingsPage() -> Html { Html::default() }
