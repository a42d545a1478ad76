//! Coming in: the first page, signing up, signing in, out, and the language.

use tests::PASSWORD;
use tests::browser::{Window, journey};

#[tokio::test]
async fn first_page_asks_who_comes_and_is_quiet() {
    journey("first_page", async |journey| {
        for (window, language, title) in [
            (Window::DESKTOP, "en", "Sign in"),
            (Window::PHONE, "zh-CN", "登录"),
        ] {
            let page = journey.browser_in(window, language).await;
            page.go("/").await;
            page.button(title).await;
            page.arrived("/sign-in").await;
            let is_wide = page
                .script("return document.documentElement.scrollWidth > innerWidth + 1")
                .await;
            assert_eq!(is_wide, false, "the page is wider than its window");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_password_is_told_and_the_right_one_lets_in() {
    journey("sign_in", async |journey| {
        let user = journey.app.sign_up("North").await;
        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;

        page.fill("Email", &user.email).await;
        page.fill("Password", "something else entirely").await;
        page.click("Sign in").await;
        page.find("[role=alert]").await;
        page.fill("Password", PASSWORD).await;
        page.click("Sign in").await;

        page.until("signed in", "location.pathname !== '/sign-in'")
            .await;
        // Nothing secret is where a script could read it.
        assert_eq!(page.script("return document.cookie").await, "");
        let kept = page.script("return JSON.stringify(localStorage)").await;
        assert!(!kept.to_string().contains("eyJ"), "{kept}");
    })
    .await;
}
