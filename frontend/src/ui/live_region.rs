//! What a screen reader is told without the focus moving.

use yew::prelude::*;

/// Says something to people who listen instead of look.
#[derive(Clone, PartialEq)]
pub struct Announcer {
    say: Callback<AttrValue>,
}

impl Announcer {
    /// Says it once the reader is done with what it reads now.
    pub fn say(&self, text: impl Into<AttrValue>) {
        self.say.emit(text.into());
    }
}

/// The announcer of the app.
#[hook]
pub fn use_announcer() -> Announcer {
    use_context::<Announcer>().unwrap_or_else(|| Announcer {
        say: Callback::noop(),
    })
}

/// What [`LiveRegion`] needs.
#[derive(Properties, PartialEq)]
pub struct LiveRegionProps {
    /// The app.
    #[prop_or_default]
    pub children: Html,
}

/// Holds the region that is read out, and gives everything inside an [`Announcer`].
#[component]
pub fn LiveRegion(props: &LiveRegionProps) -> Html {
    // Two lines in turn, so that the same sentence twice is read twice.
    let said = use_reducer(Said::default);
    let say = use_callback((), {
        let dispatch = said.dispatcher();
        move |text: AttrValue, ()| dispatch.dispatch(text)
    });
    html! {
        <ContextProvider<Announcer> context={Announcer { say }}>
            { props.children.clone() }
            <div class="sr" role="status" aria-live="polite" id="announcements">
                <p>{ if said.is_odd { said.text.clone() } else { AttrValue::default() } }</p>
                <p>{ if said.is_odd { AttrValue::default() } else { said.text.clone() } }</p>
            </div>
        </ContextProvider<Announcer>>
    }
}

#[derive(Default, Clone, PartialEq)]
struct Said {
    text: AttrValue,
    is_odd: bool,
}

impl Reducible for Said {
    type Action = AttrValue;

    fn reduce(self: std::rc::Rc<Self>, text: AttrValue) -> std::rc::Rc<Self> {
        Self {
            text,
            is_odd: !self.is_odd,
        }
        .into()
    }
}
