//! Which page an address shows to who is signed in.
//!
//! As shipped the app is built twice. Without the feature `whole` it holds the sign-in and the board, the
//! pages a first visit sees, and is small enough to come over a slow line; at any other address it asks
//! for the whole app, which holds everything and takes its place without loading the page anew. The script
//! that starts both, `xtask/src/boot.js`, knows which addresses are the small one's.

use crate::funnel::BoardPage;
use crate::identity::SignInPage;
use crate::route::Route;
use yew::prelude::*;
use yew_router::prelude::*;

/// The page of an address. Pages of one thing are keyed by its id, so that another id is another page.
pub fn page(route: &Route) -> Html {
    match route {
        Route::Home => html! { <Redirect<Route> to={Route::Board} /> },
        Route::Board => html! { <BoardPage /> },
        Route::BoardOf { funnel_id } => html! { <BoardPage funnel_id={funnel_id.clone()} /> },
        _ => further_page(route),
    }
}

/// The page of an address for which nobody need be signed in.
pub fn public_page(route: &Route) -> Html {
    match route {
        Route::SignIn => html! { <SignInPage /> },
        _ => further_page(route),
    }
}

#[cfg(feature = "whole")]
use whole::further_page;

/// Every page but those of a first visit.
#[cfg(feature = "whole")]
mod whole {
    use crate::accounts::{
        AccountPage, AccountsPage, ClassSettingsPage, ContactsPage, NewDealFor, PortfolioPage,
        ScreeningPage,
    };
    use crate::exchange::{ImportJobPage, ImportPage};
    use crate::funnel::{
        CasesPage, DealPage, DealsPage, FunnelSettingsPage, NewDealForAccount, ScriptsPage,
        ShapePage, WorthPage,
    };
    use crate::identity::{InvitationPage, MyAccountPage, SignUpPage, TeamPage};
    use crate::revenue::ProductsPage;
    use crate::route::Route;
    use crate::shell::NotFoundPage;
    use yew::prelude::*;

    pub fn further_page(route: &Route) -> Html {
        match route {
            Route::Accounts => html! { <AccountsPage /> },
            Route::Account { id } => {
                let new_deal = Callback::from(new_deal);
                html! { <AccountPage key={id.clone()} id={id.clone()} {new_deal} /> }
            }
            Route::Shape { funnel_id } => {
                html! { <ShapePage key={funnel_id.clone()} funnel_id={funnel_id.clone()} /> }
            }
            Route::Worth { funnel_id } => {
                html! { <WorthPage key={funnel_id.clone()} funnel_id={funnel_id.clone()} /> }
            }
            Route::Deals => html! { <DealsPage /> },
            Route::Deal { id } => html! { <DealPage key={id.clone()} id={id.clone()} /> },
            Route::Portfolio => html! { <PortfolioPage /> },
            Route::FunnelSettings => html! { <FunnelSettingsPage /> },
            Route::ClassSettings => html! { <ClassSettingsPage /> },
            Route::ScreeningSettings => html! { <ScreeningPage /> },
            Route::ScriptSettings => html! { <ScriptsPage /> },
            Route::Cases => html! { <CasesPage /> },
            Route::Contacts => html! { <ContactsPage /> },
            Route::Products => html! { <ProductsPage /> },
            Route::Import => html! { <ImportPage /> },
            Route::ImportJob { job_id } => {
                html! { <ImportJobPage key={job_id.clone()} id={job_id.clone()} /> }
            }
            Route::Settings => html! { <MyAccountPage /> },
            Route::Team => html! { <TeamPage /> },
            Route::SignUp => html! { <SignUpPage /> },
            Route::Invitation { token } => {
                html! { <InvitationPage key={token.clone()} token={token.clone()} /> }
            }
            _ => html! { <NotFoundPage /> },
        }
    }

    /// A new deal from an account's profile: rooms know those to their left only, so the app brings them together.
    fn new_deal(asked: NewDealFor) -> Html {
        html! { <NewDealForAccount account_id={asked.account_id} account_name={asked.account_name} on_close={asked.on_close} /> }
    }
}

/// A page the small app does not hold.
#[cfg(not(feature = "whole"))]
fn further_page(_route: &Route) -> Html {
    html! { <Elsewhere /> }
}

/// Asks whoever started this app for the whole one, and waits to be replaced by it.
#[cfg(not(feature = "whole"))]
#[component]
fn Elsewhere() -> Html {
    use_effect_with((), |()| crate::browser::announce("dipper-whole"));
    html! { <crate::ui::Waiting /> }
}
