//! A field that proposes while one types: the owner searches, the field shows and picks.

use super::field::{Field, described_by, event_value};
use super::id::use_id;
use super::tabs::step;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use yew::prelude::*;

/// One proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// What the callback gets.
    pub value: AttrValue,
    /// The words, also put into the field.
    pub label: AttrValue,
    /// More about it, after the words.
    pub hint: Option<AttrValue>,
}

impl Suggestion {
    /// A value with its words.
    pub fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
        }
    }

    /// With more about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<AttrValue>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What [`Combobox`] needs.
#[derive(Properties, PartialEq)]
pub struct ComboboxProps {
    /// The label.
    pub label: AttrValue,
    /// What the field shows: the words of what is chosen.
    pub text: AttrValue,
    /// What is proposed for what is typed now.
    pub suggestions: Vec<Suggestion>,
    /// Whether proposals are on their way.
    #[prop_or_default]
    pub is_busy: bool,
    /// Gets what is typed, a moment after the last key; begins a search.
    pub on_search: Callback<AttrValue>,
    /// Gets the proposal that is picked, or none when the field is emptied.
    pub on_pick: Callback<Option<Suggestion>>,
    /// What helps to fill it in.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// An example; never in place of the label.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// Whether it must be filled in.
    #[prop_or_default]
    pub is_required: bool,
}

/// A field that proposes while one types.
#[component]
pub fn Combobox(props: &ComboboxProps) -> Html {
    use_lang();
    let id = use_id();
    let typed = use_state_eq(|| None::<AttrValue>);
    // What the proposals are for; those for fewer letters are not meant by Enter.
    let searched = use_state_eq(|| None::<AttrValue>);
    let is_open = use_state_eq(|| false);
    let active = use_state_eq(|| 0usize);
    let (input, list) = (use_node_ref(), use_node_ref());

    // The search begins a moment after the last key, not at each of them.
    use_effect_with((*typed).clone(), {
        let (on_search, searched) = (props.on_search.clone(), searched.setter());
        move |typed| {
            let timer = typed.clone().map(|text| {
                gloo::timers::callback::Timeout::new(150, move || {
                    searched.set(Some(text.clone()));
                    on_search.emit(text);
                })
            });
            move || drop(timer)
        }
    });
    use_effect_with((*is_open, props.suggestions.len()), {
        let (input, list) = (input.clone(), list.clone());
        move |(is_open, _)| show(&input, &list, *is_open)
    });

    let pick = {
        let (typed, is_open, on_pick) = (typed.setter(), is_open.setter(), props.on_pick.clone());
        Callback::from(move |suggestion: Option<Suggestion>| {
            typed.set(None);
            is_open.set(false);
            on_pick.emit(suggestion);
        })
    };
    let oninput = {
        let (typed, is_open, active, on_pick) = (
            typed.setter(),
            is_open.setter(),
            active.setter(),
            props.on_pick.clone(),
        );
        Callback::from(move |event: InputEvent| {
            let text = event_value(&event);
            if text.is_empty() {
                on_pick.emit(None);
            }
            active.set(0);
            is_open.set(true);
            typed.set(Some(text.into()));
        })
    };
    let onfocus = {
        let (typed, current) = (typed.setter(), props.text.clone());
        Callback::from(move |_: FocusEvent| typed.set(Some(current.clone())))
    };
    let onblur = {
        let (typed, is_open) = (typed.setter(), is_open.setter());
        Callback::from(move |_: FocusEvent| {
            typed.set(None);
            is_open.set(false);
        })
    };
    let onkeydown = {
        let (is_open, active, suggestions, pick) = (
            is_open.clone(),
            active.clone(),
            props.suggestions.clone(),
            pick.clone(),
        );
        let has_text = typed.as_ref().is_some_and(|text| !text.trim().is_empty());
        let is_current = !props.is_busy && *searched == *typed;
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" if *is_open => {
                event.prevent_default();
                event.stop_propagation();
                is_open.set(false);
            }
            "Enter" if *is_open => {
                let found = suggestions.get(*active).filter(|_| is_current);
                if let Some(suggestion) = found {
                    event.prevent_default();
                    pick.emit(Some(suggestion.clone()));
                } else if has_text {
                    // What is typed names nothing yet; to send the form now would lose it.
                    event.prevent_default();
                }
            }
            key @ ("ArrowDown" | "ArrowUp") => {
                event.prevent_default();
                if *is_open {
                    active.set(step(key, *active, suggestions.len()).unwrap_or(0));
                } else {
                    is_open.set(true);
                }
            }
            _ => {}
        })
    };
    let shown = (*typed).clone().unwrap_or_else(|| props.text.clone());
    let list_id = format!("{id}-list");
    let is_bad = props.error.is_some();
    let active_id =
        (*is_open && *active < props.suggestions.len()).then(|| format!("{list_id}-{}", *active));
    html! {
        <Field id={id.clone()} label={props.label.clone()} hint={props.hint.clone()} error={props.error.clone()} is_required={props.is_required}>
            <div class="combo">
                <input
                    ref={input}
                    id={id.clone()}
                    class="input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    value={shown}
                    placeholder={props.placeholder.clone()}
                    aria-expanded={if *is_open { "true" } else { "false" }}
                    aria-controls={list_id.clone()}
                    aria-autocomplete="list"
                    aria-activedescendant={active_id}
                    aria-required={props.is_required.then_some("true")}
                    aria-invalid={is_bad.then_some("true")}
                    aria-describedby={described_by(&id, props.hint.is_some(), is_bad)}
                    {oninput}
                    {onfocus}
                    {onblur}
                    {onkeydown}
                />
                <div ref={list} id={list_id.clone()} class="menu listbox" popover="manual" role="listbox" aria-label={props.label.clone()}>
                    for (index, suggestion) in props.suggestions.iter().enumerate() {
                        { option(suggestion, index, *active, &list_id, &pick) }
                    }
                    if props.suggestions.is_empty() {
                        <p class="note">{ if props.is_busy { t!("load.waiting") } else { t!("ui.no_match") } }</p>
                    }
                </div>
            </div>
        </Field>
    }
}

fn option(
    suggestion: &Suggestion,
    index: usize,
    active: usize,
    list_id: &str,
    pick: &Callback<Option<Suggestion>>,
) -> Html {
    // The press, not the click: a click comes after the field has lost the focus and the list is gone.
    let onpointerdown = {
        let (pick, suggestion) = (pick.clone(), suggestion.clone());
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            pick.emit(Some(suggestion.clone()));
        })
    };
    html! {
        <div
            key={suggestion.value.to_string()}
            id={format!("{list_id}-{index}")}
            role="option"
            class={(index == active).then_some("is-active")}
            aria-selected={if index == active { "true" } else { "false" }}
            {onpointerdown}
        >
            <span class="trunc">{ suggestion.label.clone() }</span>
            if let Some(hint) = &suggestion.hint { <span class="push t12 muted trunc">{ hint.clone() }</span> }
        </div>
    }
}

fn show(input: &NodeRef, list: &NodeRef, is_open: bool) {
    let (Some(input), Some(list)) = (
        input.cast::<web_sys::Element>(),
        list.cast::<web_sys::HtmlElement>(),
    ) else {
        return;
    };
    if is_open {
        let bounds = input.get_bounding_client_rect();
        browser::set_style(&list, "--x", &browser::px(bounds.left()));
        browser::set_style(&list, "--y", &browser::px(bounds.bottom() + 4.0));
        browser::set_style(&list, "width", &browser::px(bounds.width()));
        let _ = list.show_popover();
    } else {
        let _ = list.hide_popover();
    }
}
