//! The addresses of the app.

use yew::prelude::*;
use yew_router::prelude::*;

/// One page of the app.
#[derive(Debug, Clone, PartialEq, Eq, Routable)]
#[expect(missing_docs, reason = "each name says which page it is")]
pub enum Route {
    #[at("/")]
    Home,
    #[at("/sign-in")]
    SignIn,
    #[at("/sign-up")]
    SignUp,
    #[at("/invitations/:token")]
    Invitation { token: String },
    #[at("/board")]
    Board,
    #[at("/board/:funnel_id")]
    BoardOf { funnel_id: String },
    #[at("/board/:funnel_id/shape")]
    Shape { funnel_id: String },
    #[at("/board/:funnel_id/worth")]
    Worth { funnel_id: String },
    #[at("/accounts")]
    Accounts,
    #[at("/accounts/:id")]
    Account { id: String },
    #[at("/portfolio")]
    Portfolio,
    #[at("/contacts")]
    Contacts,
    #[at("/deals")]
    Deals,
    #[at("/deals/:id")]
    Deal { id: String },
    #[at("/cases")]
    Cases,
    #[at("/products")]
    Products,
    #[at("/import")]
    Import,
    #[at("/import/:job_id")]
    ImportJob { job_id: String },
    #[at("/settings")]
    Settings,
    #[at("/settings/team")]
    Team,
    #[at("/settings/funnels")]
    FunnelSettings,
    #[at("/settings/classes")]
    ClassSettings,
    #[at("/settings/screening")]
    ScreeningSettings,
    #[at("/settings/scripts")]
    ScriptSettings,
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// A place in the rail or the bottom navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each name says which area it is")]
pub enum Area {
    Board,
    Accounts,
    Contacts,
    Deals,
    Products,
    Import,
    Settings,
}

impl Route {
    /// The place in the navigation that is lit while this page shows.
    #[must_use]
    pub const fn area(&self) -> Option<Area> {
        match self {
            Self::Home
            | Self::Board
            | Self::BoardOf { .. }
            | Self::Shape { .. }
            | Self::Worth { .. } => Some(Area::Board),
            Self::Accounts | Self::Account { .. } | Self::Portfolio => Some(Area::Accounts),
            Self::Contacts => Some(Area::Contacts),
            Self::Deals | Self::Deal { .. } | Self::Cases => Some(Area::Deals),
            Self::Products => Some(Area::Products),
            Self::Import | Self::ImportJob { .. } => Some(Area::Import),
            Self::Settings
            | Self::Team
            | Self::FunnelSettings
            | Self::ClassSettings
            | Self::ScreeningSettings
            | Self::ScriptSettings => Some(Area::Settings),
            Self::SignIn | Self::SignUp | Self::Invitation { .. } | Self::NotFound => None,
        }
    }

    /// Whether the page shows without a sign-in.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::SignIn | Self::SignUp | Self::Invitation { .. })
    }
}

/// The route of the current address.
#[hook]
pub fn use_current_route() -> Route {
    use_route::<Route>().unwrap_or(Route::NotFound)
}

/// Goes to the page an inner address such as `/deals/…?tab=people` names; foreign addresses are refused.
#[must_use]
pub fn inner_path(path: &str) -> Option<&str> {
    let is_inner = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    is_inner.then_some(path)
}

/// Goes to an inner address with its query, in place of the current one.
pub fn replace(navigator: &Navigator, path: &str) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let route = Route::recognize(path).unwrap_or(Route::Board);
    let pairs: Vec<(String, String)> = parse_query(query);
    let _ = navigator.replace_with_query(&route, pairs);
}

/// Goes to an inner address with its query.
pub fn push(navigator: &Navigator, path: &str) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let route = Route::recognize(path).unwrap_or(Route::Board);
    let _ = navigator.push_with_query(&route, parse_query(query));
}

/// The pairs of a query string, decoded.
#[must_use]
pub fn parse_query(query: &str) -> Vec<(String, String)> {
    let parts = query
        .trim_start_matches('?')
        .split('&')
        .filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_finds_its_page_and_back() {
        let pairs = [
            ("/", Route::Home),
            (
                "/board/f1",
                Route::BoardOf {
                    funnel_id: "f1".into(),
                },
            ),
            (
                "/invitations/abc",
                Route::Invitation {
                    token: "abc".into(),
                },
            ),
            ("/settings/funnels", Route::FunnelSettings),
        ];
        for (path, route) in pairs {
            assert_eq!(Route::recognize(path), Some(route.clone()));
            assert_eq!(route.to_path(), path);
        }
        assert_eq!(Route::recognize("/nowhere"), Some(Route::NotFound));
    }

    #[test]
    fn queries_are_decoded() {
        let pairs = parse_query("?q=A%26B%20%E4%B8%AD&tier=A+B&flag");
        let expected = [("q", "A&B \u{4e2d}"), ("tier", "A B"), ("flag", "")];
        assert_eq!(
            pairs,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn an_address_of_another_site_is_no_inner_path() {
        assert_eq!(inner_path("/board?q=1"), Some("/board?q=1"));
        assert_eq!(inner_path("//evil.example"), None);
        assert_eq!(inner_path("/\\evil.example"), None);
        assert_eq!(inner_path("https://evil.example"), None);
    }
}
