//! Priorities: shown with their reasons on an account's page, confirmed with one press, found when due, and
//! set up in the settings.

use tests::browser::{Window, journey};
use tests::{PASSWORD, json};

/// CLS-17, CLS-18: an administrator sees why an account is of high priority and what that brings, finds what
/// is due, confirms it, and changes how often that is.
#[tokio::test]
async fn priority_is_shown_with_reasons_confirmed_when_due_and_set_up() {
    journey("priority", async |journey| {
        let user = journey.app.sign_up("North").await;
        let body = json!({
            "name": "Acme", "size": "large", "has_plan": true, "man": { "need": { "is": true } },
        });
        let acme = user.make("/accounts", body).await;
        user.make("/accounts", json!({ "name": "Fresh" })).await;
        let db = journey.app.db().await;
        let id: uuid::Uuid = acme["id"].as_str().unwrap().parse().unwrap();
        db.execute(
            "update accounts set created_at = created_at - interval '100 days' where id = $1",
            &[&id],
        )
        .await
        .unwrap();

        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        page.find("input[type=password]").await;
        page.sign_in(&user.email, PASSWORD).await;
        page.go("/accounts").await;
        page.text("Fresh").await;
        page.click("Review due").await;
        page.until(
            "one account is due",
            "document.querySelectorAll('main tbody tr').length === 1 && location.search.includes('due=true')",
        )
        .await;
        page.go(&format!("/accounts/{id}")).await;
        page.text("Size 2, Need 2, Purchase intent 1").await;
        page.text("6 visits a quarter").await;
        page.text("Management takes part").await;
        page.click("Confirm as it is").await;
        page.text("Priority confirmed").await;
        page.until(
            "it is due no more",
            "!document.querySelector('section[aria-label=Priority] .warn')",
        )
        .await;
        page.go("/accounts?due=true").await;
        page.until(
            "nothing is due",
            "document.querySelector('main') && !document.querySelector('main tbody tr') && !document.querySelector('main [aria-busy=true]')",
        )
        .await;

        page.go("/settings/classes").await;
        page.fill("Look again after days", "30").await;
        page.script("document.querySelector('section[aria-label=\"Priorities of accounts\"] button[type=submit]').click()")
            .await;
        page.text("Saved").await;
        assert_eq!(user.read("/priority-rules").await["review_days"], 30);
    })
    .await;
}
