//! Tabs that change what a panel shows, and segments that change how it is shown.

use super::icon::{Glyph, Icon};
use yew::prelude::*;

/// One tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    /// What the callback gets.
    pub key: AttrValue,
    /// The words.
    pub label: AttrValue,
    /// How many things it holds.
    pub count: Option<AttrValue>,
}

impl Tab {
    /// A tab without a count.
    pub fn new(key: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            count: None,
        }
    }

    /// The same with a count.
    #[must_use]
    pub fn with_count(mut self, count: impl Into<AttrValue>) -> Self {
        self.count = Some(count.into());
        self
    }
}

/// What [`Tabs`] needs.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The key of the one that shows.
    pub current: AttrValue,
    /// The name of the set.
    pub label: AttrValue,
    /// The id of the panel below, which should have `role="tabpanel"`.
    pub panel_id: AttrValue,
    /// Gets the key of the tab chosen.
    pub on_change: Callback<AttrValue>,
}

/// A row of tabs; arrow keys, Home and End move between them.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let list = use_node_ref();
    let keys: Vec<AttrValue> = props.tabs.iter().map(|tab| tab.key.clone()).collect();
    let onkeydown = {
        let (list, current, on_change) =
            (list.clone(), props.current.clone(), props.on_change.clone());
        Callback::from(move |event: KeyboardEvent| {
            let at = keys.iter().position(|key| *key == current).unwrap_or(0);
            let Some(next) = step(&event.key(), at, keys.len()) else {
                return;
            };
            let Some(key) = keys.get(next) else { return };
            event.prevent_default();
            on_change.emit(key.clone());
            focus_child(&list, next);
        })
    };
    html! {
        <div class="tabs" role="tablist" aria-label={props.label.clone()} ref={list} {onkeydown}>
            for tab in &props.tabs {
                <button
                    key={tab.key.to_string()}
                    type="button"
                    role="tab"
                    aria-selected={if tab.key == props.current { "true" } else { "false" }}
                    aria-controls={props.panel_id.clone()}
                    tabindex={if tab.key == props.current { "0" } else { "-1" }}
                    onclick={let (key, on) = (tab.key.clone(), props.on_change.clone()); move |_| on.emit(key.clone())}
                >
                    { tab.label.clone() }
                    if let Some(count) = &tab.count { <span class="cnt num">{ count.clone() }</span> }
                </button>
            }
        </div>
    }
}

/// The place a key moves to in a row of `len`, wrapping around.
pub(crate) fn step(key: &str, at: usize, len: usize) -> Option<usize> {
    if len == 0 {
        return None;
    }
    match key {
        "ArrowRight" | "ArrowDown" => Some((at + 1) % len),
        "ArrowLeft" | "ArrowUp" => Some((at + len - 1) % len),
        "Home" => Some(0),
        "End" => Some(len - 1),
        _ => None,
    }
}

fn focus_child(list: &NodeRef, index: usize) {
    use wasm_bindgen::JsCast;
    let child = list
        .cast::<web_sys::Element>()
        .and_then(|list| list.children().item(u32::try_from(index).unwrap_or(0)))
        .and_then(|child| child.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(child) = child {
        let _ = child.focus();
    }
}

/// One segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// What the callback gets.
    pub key: AttrValue,
    /// The words.
    pub label: AttrValue,
    /// A symbol before them.
    pub icon: Option<Glyph>,
}

impl Segment {
    /// A segment without a symbol.
    pub fn new(key: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            icon: None,
        }
    }

    /// The same with a symbol.
    #[must_use]
    pub const fn with_icon(mut self, icon: Glyph) -> Self {
        self.icon = Some(icon);
        self
    }
}

/// What [`Segmented`] needs.
#[derive(Properties, PartialEq)]
pub struct SegmentedProps {
    /// The segments.
    pub segments: Vec<Segment>,
    /// The key of the one that is on.
    pub current: AttrValue,
    /// The name of the set.
    pub label: AttrValue,
    /// Gets the key of the segment chosen.
    pub on_change: Callback<AttrValue>,
}

/// A few ways to show the same thing, one of them on.
#[component]
pub fn Segmented(props: &SegmentedProps) -> Html {
    html! {
        <div class="seg" role="group" aria-label={props.label.clone()}>
            for segment in &props.segments {
                <button
                    key={segment.key.to_string()}
                    type="button"
                    aria-pressed={if segment.key == props.current { "true" } else { "false" }}
                    onclick={let (key, on) = (segment.key.clone(), props.on_change.clone()); move |_| on.emit(key.clone())}
                >
                    if let Some(glyph) = segment.icon { <Icon {glyph} /> }
                    { segment.label.clone() }
                </button>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_wrap_around() {
        assert_eq!(step("ArrowRight", 2, 3), Some(0));
        assert_eq!(step("ArrowLeft", 0, 3), Some(2));
        assert_eq!(step("End", 0, 3), Some(2));
        assert_eq!(step("a", 0, 3), None);
        assert_eq!(step("ArrowDown", 0, 0), None);
    }
}
