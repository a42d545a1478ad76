//! People in front of a screen: Chromium, driven through its driver, against a real server.
//!
//! A [`Journey`] has a server of its own and as many browsers as it opens. When it fails, a picture of
//! every page goes to `tests/artifacts/`; when it passes, it fails all the same if a page complained on
//! its console or broke the content security policy.
//!
//! `DIPPER_TEST_CHROMIUM` and `DIPPER_TEST_CHROMEDRIVER` name the programs, which are else looked for on
//! the path. `DIPPER_TEST_WEB` says that the web app is built: without the variable, journeys run when it
//! and both programs are found, and are left out with a line in the output when not.

pub mod board;
mod chromium;
mod hand;
mod journey;
mod page;

pub use chromium::{Chromium, Programs};
pub use journey::{Journey, journey, journey_with, picture_for_documents};
pub use page::{Page, Point, Pointer, Window};
