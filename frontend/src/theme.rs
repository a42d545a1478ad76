//! Light, dark or as the system says.

use crate::browser;
use yew::prelude::*;

const STORED: &str = "dipper.theme";

/// The colour theme a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All choices, in the order of the menus.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of the root's `data-theme`; none leaves it to the system.
    #[must_use]
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The choice kept on this device.
#[must_use]
pub fn stored() -> Theme {
    match browser::stored(STORED).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Shows the page in this theme.
pub fn apply(theme: Theme) {
    browser::set_root_attribute("data-theme", theme.attribute());
}

/// The current theme and how to change it.
#[derive(Debug, Clone, PartialEq)]
pub struct ThemeHandle {
    /// The choice now.
    pub theme: Theme,
    set: Callback<Theme>,
}

impl ThemeHandle {
    /// Changes the theme and keeps the choice on this device.
    pub fn set(&self, theme: Theme) {
        self.set.emit(theme);
    }
}

/// The current theme with the switch.
#[hook]
pub fn use_theme() -> ThemeHandle {
    use_context::<ThemeHandle>().unwrap_or_else(|| ThemeHandle {
        theme: Theme::System,
        set: Callback::noop(),
    })
}

/// What [`ThemeProvider`] needs.
#[derive(Properties, PartialEq)]
pub struct ThemeProviderProps {
    /// The app.
    #[prop_or_default]
    pub children: Html,
}

/// Holds the theme for everything inside.
#[component]
pub fn ThemeProvider(props: &ThemeProviderProps) -> Html {
    let theme = use_state(stored);
    let set = use_callback((), {
        let theme = theme.setter();
        move |next: Theme, ()| {
            apply(next);
            browser::store(STORED, next.attribute());
            theme.set(next);
        }
    });
    html! {
        <ContextProvider<ThemeHandle> context={ThemeHandle { theme: *theme, set }}>
            { props.children.clone() }
        </ContextProvider<ThemeHandle>>
    }
}
