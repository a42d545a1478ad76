//! Who are we: sign-in, sign-up, invitations, one's own settings, teams and colleagues.

mod account;
mod colleagues;
mod frame;
mod invitation;
mod invite;
mod password;
pub mod session;
mod settings;
mod sign_in;
mod sign_up;
mod sky;
mod team;
mod team_dialog;
mod tree;
mod user_sheet;
mod words;

pub use account::MyAccountPage;
pub use invitation::InvitationPage;
pub use session::{Session, SessionProvider, locale_of, use_can, use_me, use_session};
pub use settings::{SettingsFrame, SettingsTab};
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
pub use team::TeamPage;
pub use words::{level_name, role_name};
