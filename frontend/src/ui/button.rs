//! Buttons.

use super::icon::{Glyph, Icon};
use yew::prelude::*;

/// How a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The one thing to do here.
    Primary,
    /// One of several.
    #[default]
    Plain,
    /// In the background until pointed at.
    Ghost,
    /// Takes something away.
    Danger,
}

/// How tall a button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    /// 28 px.
    Small,
    /// 32 px.
    #[default]
    Medium,
    /// 40 px.
    Large,
}

pub(crate) fn button_classes(kind: ButtonKind, size: ButtonSize) -> Classes {
    let kind = match kind {
        ButtonKind::Primary => Some("primary"),
        ButtonKind::Plain => None,
        ButtonKind::Ghost => Some("ghost"),
        ButtonKind::Danger => Some("danger"),
    };
    let size = match size {
        ButtonSize::Small => Some("sm"),
        ButtonSize::Medium => None,
        ButtonSize::Large => Some("lg"),
    };
    classes!("btn", kind, size)
}

/// What [`Button`] needs.
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// The words.
    #[prop_or_default]
    pub children: Html,
    /// How it asks for attention.
    #[prop_or_default]
    pub kind: ButtonKind,
    /// How tall it is.
    #[prop_or_default]
    pub size: ButtonSize,
    /// An icon before the words.
    #[prop_or_default]
    pub icon: Option<Glyph>,
    /// Whether it sends the form it stands in, or the one named by `form`.
    #[prop_or_default]
    pub is_submit: bool,
    /// The id of the form it sends, when it stands outside.
    #[prop_or_default]
    pub form: Option<AttrValue>,
    /// Whether its action runs; it cannot be pressed meanwhile.
    #[prop_or_default]
    pub is_busy: bool,
    /// Whether it cannot be pressed. It keeps its place in the tab order, so `title` should say why.
    #[prop_or_default]
    pub is_disabled: bool,
    /// More about it, shown on hover.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// The name for a screen reader, where the words alone do not say what it acts on.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// An id, to find it for focus.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// Whether something it opened is open.
    #[prop_or_default]
    pub expanded: Option<bool>,
    /// Whether it is switched on.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// Runs its action.
    #[prop_or_default]
    pub on_click: Callback<MouseEvent>,
}

/// A button with words.
#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let is_off = props.is_disabled || props.is_busy;
    let onclick = {
        let on_click = props.on_click.clone();
        Callback::from(move |event: MouseEvent| {
            if is_off {
                event.prevent_default();
            } else {
                on_click.emit(event);
            }
        })
    };
    html! {
        <button
            id={props.id.clone()}
            class={classes!(button_classes(props.kind, props.size), props.class.clone())}
            type={if props.is_submit { "submit" } else { "button" }}
            form={props.form.clone()}
            aria-disabled={props.is_disabled.then_some("true")}
            aria-busy={props.is_busy.then_some("true")}
            aria-label={props.label.clone()}
            aria-expanded={props.expanded.map(|is| if is { "true" } else { "false" })}
            aria-pressed={props.pressed.map(|is| if is { "true" } else { "false" })}
            title={props.title.clone()}
            {onclick}
        >
            <span class="face">
                if let Some(glyph) = props.icon { <Icon {glyph} /> }
                <span>{ props.children.clone() }</span>
            </span>
            if props.is_busy { <span class="wait" aria-hidden="true"><span class="ring" /></span> }
        </button>
    }
}

/// What [`IconButton`] needs.
#[derive(Properties, PartialEq)]
pub struct IconButtonProps {
    /// The symbol.
    pub glyph: Glyph,
    /// The name; also shown on hover.
    pub label: AttrValue,
    /// How it asks for attention.
    #[prop_or(ButtonKind::Ghost)]
    pub kind: ButtonKind,
    /// How large it is.
    #[prop_or_default]
    pub size: ButtonSize,
    /// Whether it cannot be pressed.
    #[prop_or_default]
    pub is_disabled: bool,
    /// Whether it is switched on.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// An id, to find it for focus.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// Runs its action.
    #[prop_or_default]
    pub on_click: Callback<MouseEvent>,
}

/// A button with a symbol alone; it always has a name.
#[component]
pub fn IconButton(props: &IconButtonProps) -> Html {
    let is_off = props.is_disabled;
    let onclick = {
        let on_click = props.on_click.clone();
        Callback::from(move |event: MouseEvent| {
            if !is_off {
                on_click.emit(event);
            }
        })
    };
    html! {
        <button
            id={props.id.clone()}
            class={classes!(button_classes(props.kind, props.size), "icon", props.class.clone())}
            type="button"
            aria-label={props.label.clone()}
            aria-disabled={is_off.then_some("true")}
            aria-pressed={props.pressed.map(|is| if is { "true" } else { "false" })}
            title={props.label.clone()}
            {onclick}
        >
            <Icon glyph={props.glyph} />
        </button>
    }
}
