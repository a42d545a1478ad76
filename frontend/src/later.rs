//! What the small app leaves to the whole one (see [`crate::pages`]): whoever presses something it does
//! not hold gets the whole app in its place, which at once does what was wished for.
//!
//! The wish lies on the document's root element, since both apps stand in the same document, one after
//! the other, and nothing else is left of the first.

use crate::browser;

const WISH: &str = "data-wish";

/// What somebody wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The search over everything.
    Search,
    /// The menu of the board's saved views.
    Views,
    /// The menu of the board's columns and orders.
    Arrange,
    /// A menu of the board's filters; about its name.
    Narrow,
    /// A board with other columns than stages.
    Groups,
    /// A new deal; about the id of its stage, if one was named.
    NewDeal,
    /// Cards chosen for an action on many; about their ids.
    Choose,
    /// Deals added in a column one after the other; about the id of its stage.
    Add,
    /// A stage in words; about its id.
    Explain,
    /// A card put at a row of a stage; about its id.
    Place,
    /// What a move lacks; about the ids of the deal and the stage.
    Gate,
    /// A card's figures changed; about its id and the field to begin with.
    Edit,
}

impl Wish {
    const fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Views => "views",
            Self::Arrange => "arrange",
            Self::Narrow => "narrow",
            Self::Groups => "groups",
            Self::NewDeal => "new-deal",
            Self::Choose => "choose",
            Self::Add => "add",
            Self::Explain => "explain",
            Self::Place => "place",
            Self::Gate => "gate",
            Self::Edit => "edit",
        }
    }
}

/// Takes a wish that was made in the small app, and what it is about, if that is the one.
#[must_use]
pub fn take(wish: Wish) -> Option<String> {
    let wished = browser::root_attribute(WISH)?;
    let about = wished.strip_prefix(wish.name())?.strip_prefix(' ')?;
    browser::set_root_attribute(WISH, None);
    Some(about.to_owned())
}

#[cfg(not(feature = "whole"))]
pub use small::{Later, ask};

/// The side of the small app.
#[cfg(not(feature = "whole"))]
mod small {
    use super::{WISH, Wish};
    use crate::browser;
    use crate::i18n::t;
    use crate::ui::{Glyph, Icon};
    use yew::prelude::*;

    /// Asks for the whole app, which is to grant the wish.
    pub fn ask(wish: Wish, about: &str) {
        browser::set_root_attribute(WISH, Some(&format!("{} {about}", wish.name())));
        browser::announce("dipper-whole");
    }

    /// What [`Later`] needs.
    #[derive(Properties, PartialEq)]
    pub struct LaterProps {
        /// What was wished for.
        pub wish: Wish,
        /// What it is about.
        #[prop_or_default]
        pub about: String,
    }

    /// Stands where the whole app would show what was wished for, asks for it and says that it comes.
    #[component]
    pub fn Later(props: &LaterProps) -> Html {
        crate::i18n::use_lang();
        use_effect_with((props.wish, props.about.clone()), |(wish, about)| {
            ask(*wish, about)
        });
        html! {
            <p class="later" role="status"><Icon glyph={Glyph::Clock} />{ t!("load.waiting") }</p>
        }
    }
}
