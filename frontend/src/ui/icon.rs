//! Icons: one sprite in the page, and a component that shows one of its symbols.

use yew::prelude::*;

macro_rules! glyphs {
    ($($name:ident => $id:literal),+ $(,)?) => {
        /// A symbol of the sprite.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each name says what it shows")]
        pub enum Glyph { $($name),+ }

        impl Glyph {
            /// All symbols.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The reference to the symbol.
            #[must_use]
            pub const fn href(self) -> &'static str {
                match self { $(Self::$name => concat!("#i-", $id)),+ }
            }
        }
    };
}

glyphs! {
    Alert => "alert",
    Archive => "archive",
    Arrow => "arrow",
    Back => "back",
    Bell => "bell",
    Board => "board",
    Bolt => "bolt",
    Product => "box",
    Account => "building",
    Calendar => "cal",
    Chameleon => "chameleon",
    Check => "check",
    Clock => "clock",
    CloudOff => "cloudoff",
    Copy => "copy",
    Down => "down",
    Download => "download",
    Edit => "edit",
    ExitIn => "exitin",
    Eye => "eye",
    EyeOff => "eyeoff",
    File => "file",
    Filter => "filter",
    Flag => "flag",
    Forecast => "forecast",
    Funnel => "funnel",
    Globe => "globe",
    Grip => "grip",
    Heart => "heart",
    Help => "help",
    Info => "info",
    Koala => "koala",
    Lamp => "lamp",
    Left => "left",
    Link => "link",
    List => "list",
    Lock => "lock",
    Mail => "mail",
    Menu => "menu",
    Mic => "mic",
    Monitor => "monitor",
    Moon => "moon",
    More => "more",
    Message => "msg",
    Unmet => "noc",
    Met => "okc",
    Owl => "owl",
    Peacock => "peacock",
    Phone => "phone",
    Pin => "pin",
    Plus => "plus",
    Right => "right",
    Search => "search",
    SheetFile => "sheetfile",
    SignOut => "signout",
    Sliders => "sliders",
    Sort => "sort",
    Star => "star",
    Sun => "sun",
    Swap => "swap",
    Sync => "sync",
    Target => "target",
    Tiger => "tiger",
    Trash => "trash",
    Undo => "undo",
    Up => "up",
    Upload => "upload",
    User => "user",
    Users => "users",
    Visit => "visit",
    Close => "x",
    Money => "yuan",
    ZoomIn => "zoomin",
}

const SPRITE: &str = include_str!("icons.svg");

/// The symbols themselves; mounted once, before anything that shows an icon.
#[component]
pub fn Sprite() -> Html {
    Html::from_html_unchecked(AttrValue::Static(SPRITE))
}

/// What [`Icon`] needs.
#[derive(Properties, PartialEq)]
pub struct IconProps {
    /// Which symbol.
    pub glyph: Glyph,
    /// Size or colour classes, such as `i-20`.
    #[prop_or_default]
    pub class: Classes,
}

/// A decorative icon; the control around it carries the name.
#[component]
pub fn Icon(props: &IconProps) -> Html {
    icon(props.glyph, &props.class)
}

/// The same without a component of its own, for what is drawn hundreds of times.
pub fn icon(glyph: Glyph, class: &Classes) -> Html {
    html! {
        <svg class={classes!("i", class.clone())} aria-hidden="true"><use href={glyph.href()} /></svg>
    }
}

/// What [`Logo`] needs.
#[derive(Properties, PartialEq)]
pub struct LogoProps {
    /// Classes of the svg element.
    #[prop_or_default]
    pub class: Classes,
}

/// The seven stars.
#[component]
pub fn Logo(props: &LogoProps) -> Html {
    html! {
        <svg class={classes!("logo", props.class.clone())} aria-hidden="true"><use href="#i-logo" /></svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_is_in_the_sprite() {
        for glyph in Glyph::ALL {
            let id = glyph.href().trim_start_matches('#');
            assert!(SPRITE.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn the_sprite_carries_no_inline_style() {
        assert!(!SPRITE.contains("style="));
    }
}
