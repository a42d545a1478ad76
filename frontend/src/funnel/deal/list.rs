//! All deals.
use yew::prelude::*;
/// All deals.
#[component]
pub fn DealsPage() -> Html { Html::default() }
