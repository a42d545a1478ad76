//! Small pieces: badge, chip, tier mark, money, notice, empty state, skeleton, progress, evidence notches.

use super::icon::{Glyph, Icon};
use crate::format::Figure;
use yew::prelude::*;

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// Can be acted on, or is selected.
    Accent,
    /// Proven, done.
    Positive,
    /// Soon, or missing.
    Warning,
    /// Late, refused.
    Negative,
}

impl Tone {
    pub(crate) const fn class(self) -> Option<&'static str> {
        match self {
            Self::Neutral => None,
            Self::Accent => Some("accent"),
            Self::Positive => Some("positive"),
            Self::Warning => Some("warning"),
            Self::Negative => Some("negative"),
        }
    }
}

/// What [`Badge`] needs.
#[derive(Properties, PartialEq)]
pub struct BadgeProps {
    /// The words.
    #[prop_or_default]
    pub children: Html,
    /// What the colour says.
    #[prop_or_default]
    pub tone: Tone,
    /// Whether it is an outline, as for a guess or a lesser mark.
    #[prop_or_default]
    pub is_outline: bool,
    /// An icon before the words.
    #[prop_or_default]
    pub icon: Option<Glyph>,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A short mark beside a name.
#[component]
pub fn Badge(props: &BadgeProps) -> Html {
    let outline = props.is_outline.then_some("outline");
    html! {
        <span class={classes!("badge", props.tone.class(), outline, props.class.clone())}>
            if let Some(glyph) = props.icon { <Icon {glyph} /> }
            { props.children.clone() }
        </span>
    }
}

/// What [`Tier`] needs.
#[derive(Properties, PartialEq)]
pub struct TierProps {
    /// The letter.
    pub letter: char,
    /// The name for a screen reader and on hover.
    pub label: AttrValue,
    /// Whether it is the large one.
    #[prop_or_default]
    pub is_large: bool,
}

/// The class of a customer: A solid, B outlined, the rest grey.
#[component]
pub fn Tier(props: &TierProps) -> Html {
    tier(props)
}

/// The same without a component of its own, for what is drawn hundreds of times.
pub fn tier(props: &TierProps) -> Html {
    let letter = props.letter.to_ascii_uppercase();
    let look = match letter {
        'A' => Some("a"),
        'B' => Some("b"),
        _ => None,
    };
    html! {
        <span class={classes!("tier", look, props.is_large.then_some("lg"))} role="img" aria-label={props.label.clone()} title={props.label.clone()}>
            { letter }
        </span>
    }
}

/// What [`Money`] needs.
#[derive(Properties, PartialEq)]
pub struct MoneyProps {
    /// The figure, from [`crate::format`].
    pub figure: Figure,
    /// The whole amount, shown on hover.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
}

/// An amount: the number bold, the unit quiet.
#[component]
pub fn Money(props: &MoneyProps) -> Html {
    money(props)
}

/// The same without a component of its own, for what is drawn hundreds of times.
pub fn money(props: &MoneyProps) -> Html {
    let Figure {
        prefix,
        number,
        unit,
        is_spaced,
    } = props.figure.clone();
    let space = if is_spaced && !unit.is_empty() {
        "\u{a0}"
    } else {
        ""
    };
    html! {
        <span class={classes!("amt", props.class.clone())} title={props.title.clone()}>
            { prefix }{ number }
            if !unit.is_empty() {
                if is_spaced { <small><span class="sr">{ space }</span>{ unit }</small> } else { { unit } }
            }
        </span>
    }
}

/// What [`Chip`] needs.
#[derive(Properties, PartialEq)]
pub struct ChipProps {
    /// The words.
    #[prop_or_default]
    pub children: Html,
    /// Whether it is switched on; `None` for one that opens something.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// An icon before the words.
    #[prop_or_default]
    pub icon: Option<Glyph>,
    /// A number that needs attention, after the words.
    #[prop_or_default]
    pub count: Option<u32>,
    /// Whether it adds something.
    #[prop_or_default]
    pub is_add: bool,
    /// Runs its action.
    #[prop_or_default]
    pub on_click: Callback<MouseEvent>,
}

/// A filter that is switched on or off.
#[component]
pub fn Chip(props: &ChipProps) -> Html {
    html! {
        <button
            type="button"
            class={classes!("chip", props.is_add.then_some("add"))}
            aria-pressed={props.pressed.map(|is| if is { "true" } else { "false" })}
            onclick={props.on_click.clone()}
        >
            if let Some(glyph) = props.icon { <Icon {glyph} /> }
            { props.children.clone() }
            if let Some(count) = props.count.filter(|count| *count > 0) { <span class="n num">{ count }</span> }
        </button>
    }
}

/// What [`Notice`] needs.
#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    /// The words.
    #[prop_or_default]
    pub children: Html,
    /// What the colour says.
    #[prop_or_default]
    pub tone: Tone,
    /// What helps, on the same line.
    #[prop_or_default]
    pub action: Html,
    /// Whether a screen reader reads it at once.
    #[prop_or_default]
    pub is_alert: bool,
}

/// A sentence about the page, with what helps beside it.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    let glyph = match props.tone {
        Tone::Warning | Tone::Negative => Glyph::Alert,
        Tone::Positive => Glyph::Check,
        Tone::Neutral | Tone::Accent => Glyph::Info,
    };
    html! {
        <div class={classes!("notice", props.tone.class())} role={props.is_alert.then_some("alert")}>
            <Icon {glyph} />
            <div class="fill">{ props.children.clone() }</div>
            if props.action != Html::default() { <div class="act">{ props.action.clone() }</div> }
        </div>
    }
}

/// What [`Empty`] needs.
#[derive(Properties, PartialEq)]
pub struct EmptyProps {
    /// The sentence.
    pub title: AttrValue,
    /// More about it.
    #[prop_or_default]
    pub text: Option<AttrValue>,
    /// A symbol above.
    #[prop_or_default]
    pub icon: Option<Glyph>,
    /// One primary action, perhaps a second.
    #[prop_or_default]
    pub children: Html,
}

/// Nothing here yet: one sentence and what to do.
#[component]
pub fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="empty">
            if let Some(glyph) = props.icon { <span class="mark"><Icon {glyph} class="i-20" /></span> }
            <h2>{ props.title.clone() }</h2>
            if let Some(text) = &props.text { <p>{ text.clone() }</p> }
            if props.children != Html::default() { <div class="row">{ props.children.clone() }</div> }
        </div>
    }
}

/// What [`Skeleton`] needs.
#[derive(Properties, PartialEq)]
pub struct SkeletonProps {
    /// How many lines.
    #[prop_or(3)]
    pub lines: usize,
}

/// Lines in the place of text to come.
#[component]
pub fn Skeleton(props: &SkeletonProps) -> Html {
    const WIDTHS: [&str; 4] = ["w50", "w90", "w30", "w70"];
    html! {
        <div class="sk-block" aria-hidden="true">
            for width in WIDTHS.iter().cycle().take(props.lines) {
                <span class={classes!("sk", *width)} />
            }
        </div>
    }
}

/// What [`Progress`] needs.
#[derive(Properties, PartialEq)]
pub struct ProgressProps {
    /// What is done, of a hundred.
    pub percent: u8,
    /// What goes on.
    pub label: AttrValue,
    /// The colour.
    #[prop_or_default]
    pub tone: Tone,
}

/// A bar that fills.
#[component]
pub fn Progress(props: &ProgressProps) -> Html {
    let percent = props.percent.min(100);
    html! {
        <svg
            class={classes!("bar", props.tone.class())}
            role="progressbar"
            aria-label={props.label.clone()}
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow={percent.to_string()}
        >
            <rect width={format!("{percent}%")} height="100%" rx="2" />
        </svg>
    }
}

/// What [`Notches`] needs.
#[derive(Properties, PartialEq)]
pub struct NotchesProps {
    /// How many are met.
    pub met: usize,
    /// How many there are.
    pub of: usize,
    /// Whether they fill the row.
    #[prop_or_default]
    pub is_wide: bool,
}

/// One notch for each thing to be proven; the count stands beside it in words.
#[component]
pub fn Notches(props: &NotchesProps) -> Html {
    notches(props)
}

/// The same without a component of its own, for what is drawn hundreds of times.
pub fn notches(props: &NotchesProps) -> Html {
    let full = (props.met >= props.of && props.of > 0).then_some("full");
    html! {
        <span class={classes!("notch", full, props.is_wide.then_some("wide"))} aria-hidden="true">
            for index in 0..props.of {
                <i class={(index < props.met).then_some("on")} />
            }
        </span>
    }
}

/// What [`VisuallyHidden`] needs.
#[derive(Properties, PartialEq)]
pub struct VisuallyHiddenProps {
    /// What only a screen reader reads.
    #[prop_or_default]
    pub children: Html,
}

/// Words for a screen reader alone.
#[component]
pub fn VisuallyHidden(props: &VisuallyHiddenProps) -> Html {
    html! { <span class="sr">{ props.children.clone() }</span> }
}
