//! A menu that a button opens: a popover in the browser's top layer, worked by mouse, touch and keys.

use super::icon::{Glyph, Icon};
use super::id::use_id;
use super::tabs::step;
use crate::browser;
use shared::text::folded;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// One command of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuItem {
    /// The words.
    pub label: AttrValue,
    /// A line below the words, as why it cannot be chosen.
    pub hint: Option<AttrValue>,
    /// A symbol before the words.
    pub icon: Option<Glyph>,
    /// Something else before the words, as a stage's ring.
    pub lead: Html,
    /// Something at the end, as a badge.
    pub end: Html,
    /// The keys that do the same.
    pub keys: Option<AttrValue>,
    /// Whether it is the one that is on, in a menu of choices.
    pub is_checked: Option<bool>,
    /// Whether it cannot be chosen.
    pub is_disabled: bool,
    /// Whether it takes something away.
    pub is_danger: bool,
    /// Runs it.
    pub on_pick: Callback<()>,
}

impl MenuItem {
    /// A command with its words.
    pub fn new(label: impl Into<AttrValue>, on_pick: Callback<()>) -> Self {
        Self {
            label: label.into(),
            hint: None,
            icon: None,
            lead: Html::default(),
            end: Html::default(),
            keys: None,
            is_checked: None,
            is_disabled: false,
            is_danger: false,
            on_pick,
        }
    }

    /// With a symbol.
    #[must_use]
    pub const fn icon(mut self, icon: Glyph) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With a line below.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<AttrValue>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With something before the words.
    #[must_use]
    pub fn lead(mut self, lead: Html) -> Self {
        self.lead = lead;
        self
    }

    /// With something at the end.
    #[must_use]
    pub fn end(mut self, end: Html) -> Self {
        self.end = end;
        self
    }

    /// As one of several choices.
    #[must_use]
    pub const fn checked(mut self, is_checked: bool) -> Self {
        self.is_checked = Some(is_checked);
        self
    }

    /// Not to be chosen now.
    #[must_use]
    pub const fn disabled(mut self, is_disabled: bool) -> Self {
        self.is_disabled = is_disabled;
        self
    }

    /// As one that takes something away.
    #[must_use]
    pub const fn danger(mut self) -> Self {
        self.is_danger = true;
        self
    }
}

/// A row of a menu.
#[derive(Debug, Clone, PartialEq)]
pub enum MenuEntry {
    /// A command.
    Item(MenuItem),
    /// A heading.
    Caption(AttrValue),
    /// A line.
    Divider,
}

impl From<MenuItem> for MenuEntry {
    fn from(item: MenuItem) -> Self {
        Self::Item(item)
    }
}

/// What [`Menu`] needs.
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// The name of the button, and of the menu.
    pub label: AttrValue,
    /// What the button shows; with `is_named` false its words are the name.
    #[prop_or_default]
    pub children: Html,
    /// Whether the button needs `label` as its name, having no words.
    #[prop_or_default]
    pub is_named: bool,
    /// The classes of the button.
    #[prop_or_else(|| classes!("btn", "ghost"))]
    pub class: Classes,
    /// The id of the button, to find it for focus.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// The rows.
    pub entries: Vec<MenuEntry>,
    /// Whether the menu is the wide one.
    #[prop_or_default]
    pub is_wide: bool,
}

/// A button and the menu it opens.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let menu_id = use_id();
    let trigger = use_node_ref();
    let menu = use_node_ref();
    let is_open = use_state_eq(|| false);

    // The browser would open the menu by itself, but only after this; opening it here lets it be
    // measured and placed before it is painted. `popovertarget` still tells the browser whose it is.
    let onclick = {
        let (trigger, menu, is_open) = (trigger.clone(), menu.clone(), is_open.clone());
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            let Some(element) = menu.cast::<web_sys::HtmlElement>() else {
                return;
            };
            if *is_open {
                let _ = element.hide_popover();
            } else {
                let _ = element.show_popover();
                place(&trigger, &menu);
                focus_item(&menu, 0);
            }
        })
    };
    let ontoggle = {
        let is_open = is_open.setter();
        Callback::from(move |event: Event| is_open.set(is_opening(&event)))
    };
    let onkeydown = {
        let menu = menu.clone();
        Callback::from(move |event: KeyboardEvent| on_key(&menu, &event))
    };
    html! {
        <>
            <button
                ref={trigger}
                id={props.id.clone()}
                type="button"
                class={props.class.clone()}
                popovertarget={menu_id.clone()}
                aria-haspopup="menu"
                aria-expanded={if *is_open { "true" } else { "false" }}
                aria-label={props.is_named.then(|| props.label.clone())}
                title={props.is_named.then(|| props.label.clone())}
                {onclick}
            >
                { props.children.clone() }
            </button>
            <div
                ref={menu.clone()}
                id={menu_id}
                class={classes!("menu", props.is_wide.then_some("wide"))}
                popover="auto"
                role="menu"
                aria-label={props.label.clone()}
                {ontoggle}
                {onkeydown}
            >
                for entry in &props.entries { { row(entry, &menu) } }
            </div>
        </>
    }
}

fn row(entry: &MenuEntry, menu: &NodeRef) -> Html {
    let item = match entry {
        MenuEntry::Divider => return html! { <hr role="separator" /> },
        MenuEntry::Caption(words) => {
            return html! { <div class="cap" role="presentation">{ words.clone() }</div> };
        }
        MenuEntry::Item(item) => item,
    };
    let role = if item.is_checked.is_some() {
        "menuitemradio"
    } else {
        "menuitem"
    };
    let onclick = {
        let (menu, on_pick, is_disabled) = (menu.clone(), item.on_pick.clone(), item.is_disabled);
        Callback::from(move |_: MouseEvent| {
            if is_disabled {
                return;
            }
            if let Some(menu) = menu.cast::<web_sys::HtmlElement>() {
                let _ = menu.hide_popover();
            }
            on_pick.emit(());
        })
    };
    html! {
        <button
            type="button"
            {role}
            tabindex="-1"
            class={item.is_danger.then_some("neg")}
            aria-disabled={item.is_disabled.then_some("true")}
            aria-checked={item.is_checked.map(|is| if is { "true" } else { "false" })}
            {onclick}
        >
            { item.lead.clone() }
            if let Some(glyph) = item.icon { <Icon {glyph} /> }
            <span class="fill">
                { item.label.clone() }
                if let Some(hint) = &item.hint { <small>{ hint.clone() }</small> }
            </span>
            if item.end != Html::default() { <span class="end">{ item.end.clone() }</span> }
            if let Some(keys) = &item.keys { <span class="kbd">{ keys.clone() }</span> }
            if item.is_checked == Some(true) { <span class="end"><Icon glyph={Glyph::Check} /></span> }
        </button>
    }
}

fn is_opening(event: &Event) -> bool {
    js_sys::Reflect::get(event, &"newState".into())
        .ok()
        .and_then(|state| state.as_string())
        .as_deref()
        == Some("open")
}

/// Puts the menu below its button, above it where there is no room, and inside the window.
fn place(trigger: &NodeRef, menu: &NodeRef) {
    let (Some(trigger), Some(menu)) = (
        trigger.cast::<web_sys::Element>(),
        menu.cast::<web_sys::HtmlElement>(),
    ) else {
        return;
    };
    let Some(window) = browser::window() else {
        return;
    };
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let anchor = trigger.get_bounding_client_rect();
    let box_of = menu.get_bounding_client_rect();
    let gap = 4.0;
    let left = anchor.left().min(width - box_of.width() - 8.0).max(8.0);
    let below = anchor.bottom() + gap;
    let top = if below + box_of.height() > height - 8.0 && anchor.top() > box_of.height() + gap {
        anchor.top() - gap - box_of.height()
    } else {
        below.min((height - box_of.height() - 8.0).max(8.0))
    };
    browser::set_style(&menu, "--x", &browser::px(left));
    browser::set_style(&menu, "--y", &browser::px(top));
}

fn items(menu: &NodeRef) -> Vec<web_sys::HtmlElement> {
    let Some(list) = menu
        .cast::<web_sys::Element>()
        .and_then(|menu| menu.query_selector_all("[role^=menuitem]").ok())
    else {
        return Vec::new();
    };
    (0..list.length())
        .filter_map(|index| list.item(index)?.dyn_into().ok())
        .collect()
}

fn focus_item(menu: &NodeRef, index: usize) {
    if let Some(item) = items(menu).get(index) {
        let _ = item.focus();
    }
}

fn on_key(menu: &NodeRef, event: &KeyboardEvent) {
    let key = event.key();
    if key == "Tab" {
        if let Some(menu) = menu.cast::<web_sys::HtmlElement>() {
            let _ = menu.hide_popover();
        }
        return;
    }
    let items = items(menu);
    let focused = browser::focused();
    let at = focused.and_then(|focused| items.iter().position(|item| *item == focused));
    let is_letter =
        key.chars().count() == 1 && !event.ctrl_key() && !event.meta_key() && key != " ";
    let next = if is_letter {
        // A letter goes to the next item that begins with it.
        let wanted = folded(&key);
        let from = at.map_or(0, |at| at + 1);
        (0..items.len())
            .map(|offset| (from + offset) % items.len())
            .find(|index| {
                items
                    .get(*index)
                    .and_then(|item| item.text_content())
                    .is_some_and(|text| folded(&text).starts_with(&wanted))
            })
    } else {
        step(
            &key,
            at.unwrap_or(items.len().saturating_sub(1)),
            items.len(),
        )
    };
    if let Some(item) = next.and_then(|next| items.get(next)) {
        event.prevent_default();
        let _ = item.focus();
    }
}
