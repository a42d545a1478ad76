//! A deal's own page.
use yew::prelude::*;
/// What [`DealPage`] needs.
#[derive(Properties, PartialEq)]
pub struct DealPageProps { /// The deal.
    pub id: String }
/// A deal's own page.
#[component]
pub fn DealPage(props: &DealPageProps) -> Html { html! { <p>{ props.id.clone() }</p> } }
