//! How the board is laid out, chosen by a chip: what the columns are, and the order of the cards in one.

use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::later::{self, Wish};
use crate::ui::{Glyph, Icon, Menu, MenuEntry, MenuItem};
use shared::funnel::{CardOrder, Grouping, Layout};
use std::borrow::Cow;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// The id of the chip.
const BUTTON: &str = "board-arrange";

/// What [`Arrange`] needs.
#[derive(Properties, PartialEq)]
pub struct ArrangeProps {
    /// How it is laid out.
    pub layout: Layout,
    /// Lays it out otherwise.
    pub on_layout: Callback<Layout>,
}

/// The chip of columns and order, with its menu.
#[component]
pub fn Arrange(props: &ArrangeProps) -> Html {
    use_lang();
    let layout = props.layout;
    let pick = |layout: Layout| {
        let on_layout = props.on_layout.clone();
        Callback::from(move |()| on_layout.emit(layout))
    };
    let groups = Grouping::iter().map(|group_by| {
        let item = MenuItem::new(grouping_name(group_by), pick(Layout { group_by, ..layout }));
        item.checked(layout.group_by == group_by).into()
    });
    // The order by hand is one within a stage.
    let offered = CardOrder::iter().filter(|sort| layout.has_stages() || *sort != CardOrder::Hand);
    let orders = offered.map(|sort| {
        let item = MenuItem::new(order_name(sort), pick(Layout { sort, ..layout }));
        item.checked(layout.order() == sort).into()
    });
    let caption = |words: Cow<'static, str>| MenuEntry::Caption(words.into_owned().into());
    let mut entries = vec![caption(t!("board.group"))];
    entries.extend(groups);
    entries.push(caption(t!("board.sort")));
    entries.extend(orders);
    use_effect_with((), |()| {
        if later::take(Wish::Arrange).is_some() {
            browser::press(BUTTON);
        }
    });
    let (class, name, label) = arrange_label(layout);
    html! {
        <Menu label={name} is_named=true id={BUTTON} {class} {entries}>{ label }</Menu>
    }
}

/// The chip without its menu: its classes, its name, and what it shows.
pub fn arrange_label(layout: Layout) -> (Classes, String, Html) {
    let group = (!layout.has_stages()).then(|| grouping_name(layout.group_by));
    let order = (layout.sort != CardOrder::Hand).then(|| order_name(layout.sort));
    let chosen: Vec<String> = group.into_iter().chain(order).collect();
    let is_on = !chosen.is_empty();
    let usual = t!("board.arrange");
    let name = if is_on {
        format!("{usual}: {}", chosen.join(", "))
    } else {
        usual.to_string()
    };
    let label = html! {
        <>
            <Icon glyph={Glyph::Sort} />
            if is_on { <b>{ chosen.join(" \u{b7} ") }</b> } else { { usual } }
            <Icon glyph={Glyph::Down} />
        </>
    };
    (
        classes!("chip", "arrange", is_on.then_some("is-on")),
        name,
        label,
    )
}

/// What a grouping is called.
fn grouping_name(group_by: Grouping) -> String {
    let key = format!("board.groupings.{}", group_by.as_ref());
    t!(&key).into_owned()
}

/// What an order is called.
#[must_use]
pub fn order_name(sort: CardOrder) -> String {
    let key = format!("board.sorts.{}", sort.as_ref());
    t!(&key).into_owned()
}
