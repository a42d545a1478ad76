//! An account is classed on its page, what that does to its seller's accounts is shown beforehand, and
//! the mix by seller leads to the accounts behind it.

use super::catalogue::word;
use serde_json::json;
use tests::browser::{Window, journey};
use tests::{PASSWORD, wait};

/// CLS-27, CLS-30, CLS-33.
#[tokio::test]
async fn an_account_is_classed_where_it_is_read_and_the_mix_leads_back_to_it() {
    journey("classes", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let days = admin.read("/portfolio").await["days"].clone();
        for name in ["Pier", "Quay"] {
            let body = json!({
                "name": name, "values_it": true, "has_plan": true, "has_person": true, "has_date": false,
            });
            admin.make("/accounts", body).await;
        }
        let body = json!({
            "name": "Harbour", "has_plan": true, "has_person": true, "purchase_on": days["until"],
        });
        let account = admin.make("/accounts", body).await;
        let address = format!("/accounts/{}", account["id"].as_str().unwrap());

        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        page.sign_in(&admin.email, PASSWORD).await;
        page.go(&address).await;
        page.text("Still to be asked: whether they see its worth")
            .await;
        // The pencil shows under the pointer only.
        page.until("its pencil is there", "document.getElementById('edit-values_it')")
            .await;
        page.script("document.getElementById('edit-values_it').click()")
            .await;
        page.choose("Sees its worth", "yes").await;
        page.until("the mix afterwards is said", "document.querySelector('.fact-form')?.textContent.includes('Afterwards:')")
            .await;
        assert_eq!(admin.read(&address).await["values_it"], json!(null));
        page.click(&word("en", "ui.save")).await;
        page.until("it is classed", "document.querySelector('.panel .badge.accent')?.textContent.startsWith('A')")
            .await;
        assert_eq!(admin.read(&address).await["values_it"], true);

        page.go("/portfolio").await;
        page.find(".heat-cell").await;
        assert_eq!(
            page.texts(".heat-cell b").await,
            ["33%", "67%", "0%", "0%", "0"]
        );
        page.click_at(".heat-cell:nth-child(2) a").await;
        page.arrived("/accounts").await;
        page.until("only those of the class", "[...document.querySelectorAll('td.lead a')].map(a => a.textContent).join() == 'Harbour'")
            .await;
        assert!(page.path().await.contains("/accounts"));

        // Limits that cannot be kept stay in the form; others hold at once.
        page.go("/settings/classes").await;
        page.find("fieldset").await;
        page.fill("At least", "50").await;
        page.click("Set limits").await;
        page.text(&word("en", "errors.limits_contradict")).await;
        page.fill("At least", "10").await;
        page.fill("At most", "35").await;
        page.click("Set limits").await;
        wait::until("they are set", async || {
            let history = admin.read("/portfolio/limits").await;
            (history["items"][0]["limits"]["a"]["max"] == 35).then_some(())
        })
        .await;
        page.text("Limits as they were set").await;
    })
    .await;
}
