//! The stage glyph: a ring filled by k of n, so that a stage reads without its colour.

use yew::prelude::*;

/// What a stage is, as far as its glyph goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageShape {
    /// Step `k` of `of`, counted from one.
    Step {
        /// Which step.
        k: u32,
        /// Of how many.
        of: u32,
    },
    /// Won: a filled disc with a check mark.
    Won,
    /// Lost: a disc with a cross.
    Lost,
}

/// What [`StageGlyph`] needs.
#[derive(Properties, PartialEq)]
pub struct StageGlyphProps {
    /// What the stage is.
    pub shape: StageShape,
    /// Its colour, one to six.
    #[prop_or(1)]
    pub color: u8,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
}

/// The ring of a stage; the stage's name stands beside it.
#[component]
pub fn StageGlyph(props: &StageGlyphProps) -> Html {
    let lost = (props.shape == StageShape::Lost).then_some("st-lost");
    let color = format!("st-{}", props.color.clamp(1, 6));
    html! {
        <svg class={classes!("stage", color, lost, props.class.clone())} viewBox="0 0 14 14" aria-hidden="true">
            { shape(props.shape) }
        </svg>
    }
}

fn shape(shape: StageShape) -> Html {
    match shape {
        StageShape::Step { k, of } => html! {
            <>
                <circle cx="7" cy="7" r="6" stroke-width="1.5" />
                if k > 0 {
                    <circle cx="7" cy="7" r="2" stroke-width="4" stroke-dasharray={format!("{} 99", filled(k, of))} transform="rotate(-90 7 7)" />
                }
            </>
        },
        StageShape::Won => html! {
            <>
                <circle cx="7" cy="7" r="3.4" stroke-width="6.8" />
                <path class="knock" d="m4.2 7.2 1.9 1.9 3.7-4" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
            </>
        },
        StageShape::Lost => html! {
            <>
                <circle cx="7" cy="7" r="6" stroke-width="1.5" />
                <path d="m5 5 4 4M9 5 5 9" stroke-width="1.5" stroke-linecap="round" />
            </>
        },
    }
}

/// The length of the arc that fills k of n of a circle of radius two, with two decimals.
fn filled(k: u32, of: u32) -> String {
    const CIRCLE: u32 = 1257;
    let hundredths = (CIRCLE * k.min(of) + of / 2) / of.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_fills_with_the_steps() {
        assert_eq!(filled(1, 6), "2.10");
        assert_eq!(filled(5, 6), "10.48");
        assert_eq!(filled(9, 0), "0.00");
    }
}
