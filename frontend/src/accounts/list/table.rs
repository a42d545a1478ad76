//! The accounts as a table; on a phone each row is a card.

use super::super::parts::{TierMark, monogram, words};
use super::filter::Order;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::route::Route;
use crate::ui::{Avatar, Glyph, Icon};
use shared::accounts::Account;
use shared::identity::User;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`SortHead`] needs.
#[derive(Properties, PartialEq)]
pub struct SortHeadProps {
    /// The words.
    pub label: AttrValue,
    /// The field it sorts by.
    pub field: &'static str,
    /// The order now.
    pub order: Order,
    /// Gets the order after a press.
    pub on_order: Callback<Order>,
    /// Whether it stands over figures.
    #[prop_or_default]
    pub is_figure: bool,
    /// Whether what is shown grows as the field falls, as an age does.
    #[prop_or_default]
    pub is_reversed: bool,
}

/// The head of a column that sorts.
#[component]
pub fn SortHead(props: &SortHeadProps) -> Html {
    let is_on = props.order.field() == props.field;
    let is_down = props.order.is_down() != props.is_reversed;
    let sorted = is_on.then_some(if is_down { "descending" } else { "ascending" });
    let onclick = {
        let (order, field, on_order) = (props.order.clone(), props.field, props.on_order.clone());
        move |_| on_order.emit(order.pressed(field))
    };
    let glyph = if is_down { Glyph::Down } else { Glyph::Up };
    html! {
        <th scope="col" role="columnheader" aria-sort={sorted} class={props.is_figure.then_some("r")}>
            <button type="button" {onclick}>
                { props.label.clone() }
                if is_on { <Icon {glyph} class="i-12" /> }
            </button>
        </th>
    }
}

/// What [`AccountTable`] needs.
#[derive(Properties, PartialEq)]
pub struct AccountTableProps {
    /// The accounts.
    pub rows: Vec<Rc<Account>>,
    /// The colleagues, for the owners' names.
    pub people: Rc<Vec<User>>,
    /// The order.
    pub order: Order,
    /// Gets the order after a press on a head.
    pub on_order: Callback<Order>,
}

/// The accounts as a table.
#[component]
pub fn AccountTable(props: &AccountTableProps) -> Html {
    let lang = use_lang();
    let head = |field: &'static str, is_figure: bool| {
        html! { <SortHead label={words(lang, &format!("account.column.{field}"))} {field} {is_figure} order={props.order.clone()} on_order={props.on_order.clone()} /> }
    };
    html! {
        <table class="table rows" role="table" aria-label={t!("account.list_title")}>
            <thead role="rowgroup">
                <tr role="row">
                    { head("name", false) }
                    <th scope="col" role="columnheader">{ t!("account.field.industry") }</th>
                    <th scope="col" role="columnheader">{ t!("account.field.region") }</th>
                    <th scope="col" role="columnheader" class="r">{ t!("account.field.employees") }</th>
                    <th scope="col" role="columnheader">{ t!("account.field.owner_id") }</th>
                    { head("purchase_on", true) }
                    { head("updated_at", true) }
                </tr>
            </thead>
            <tbody role="rowgroup">
                for account in &props.rows {
                    <AccountRow key={account.id.to_string()} account={account.clone()} owner={owner(account, &props.people)} />
                }
            </tbody>
        </table>
    }
}

fn owner(account: &Account, people: &[User]) -> Option<AttrValue> {
    let owner = account.owner_id?;
    people
        .iter()
        .find(|user| user.id == owner)
        .map(|user| user.name.clone().into())
}

#[derive(Properties, PartialEq)]
struct AccountRowProps {
    account: Rc<Account>,
    owner: Option<AttrValue>,
}

#[component]
fn AccountRow(props: &AccountRowProps) -> Html {
    let lang = use_lang();
    let account = &props.account;
    let updated = format::moment(lang, account.updated_at, format::now());
    html! {
        <tr role="row">
            <td role="cell" class="lead">
                <span class="who">
                    <span class="mono sm" aria-hidden="true">{ monogram(&account.name) }</span>
                    <Link<Route> to={Route::Account { id: account.id.to_string() }} classes="over trunc">{ account.name.clone() }</Link<Route>>
                    if let Some(tier) = account.tier { <TierMark {tier} /> }
                    if account.archived_at.is_some() { <span class="badge">{ t!("account.archived") }</span> }
                </span>
            </td>
            <td role="cell" class="trunc">{ account.industry.clone() }</td>
            <td role="cell" class="trunc">{ account.region.clone() }</td>
            <td role="cell" class="r num wide">{ account.employees.map(|count| format::integer(lang, count.into())) }</td>
            <td role="cell">
                if account.owner_id.is_none() { <span class="faint">{ t!("account.no_owner") }</span> }
                if let Some(name) = &props.owner { <span class="row"><Avatar name={name.clone()} /><span class="trunc">{ name.clone() }</span></span> }
            </td>
            <td role="cell" class="r num wide">{ account.signs.purchase_on.map(|day| format::date(lang, day)) }</td>
            <td role="cell" class="r num muted wide" title={format::moment_full(lang, account.updated_at)}>{ updated }</td>
        </tr>
    }
}

/// What [`MoreRows`] needs.
#[derive(Properties, PartialEq)]
pub struct MoreRowsProps {
    /// How many rows show.
    pub shown: usize,
    /// How many there are in all, when that is known.
    pub total: Option<i64>,
    /// Whether there are more.
    pub has_more: bool,
    /// Whether they are on their way.
    pub is_busy: bool,
    /// Asks for them.
    pub on_more: Callback<()>,
}

/// The foot of a list: how many show, and the button for more.
#[component]
pub fn MoreRows(props: &MoreRowsProps) -> Html {
    let lang = use_lang();
    html! {
        <div class="list-foot">
            <span class="muted t12 num" role="status">{ shown_of(lang, props.shown, props.total) }</span>
            if props.has_more {
                <crate::ui::Button is_busy={props.is_busy} on_click={props.on_more.reform(|_| ())}>{ t!("account.load_more") }</crate::ui::Button>
            }
        </div>
    }
}

fn shown_of(lang: Lang, shown: usize, total: Option<i64>) -> String {
    let shown = i64::try_from(shown).unwrap_or(i64::MAX);
    match total {
        Some(total) if total == shown => {
            t!("account.total", total = format::integer(lang, total)).into_owned()
        }
        Some(total) => {
            let (shown, total) = (format::integer(lang, shown), format::integer(lang, total));
            t!("account.shown_of", shown = shown, total = total).into_owned()
        }
        None => t!("account.shown", shown = format::integer(lang, shown)).into_owned(),
    }
}
