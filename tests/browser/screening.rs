//! Screening: the set of rules is edited without code, an account is answered for, and the list finds it.

use tests::browser::{Window, journey};
use tests::{PASSWORD, Value, json};
use uuid::Uuid;

/// GATE-23: an administrator edits a criterion and sees what that makes of the accounts, answers for one,
/// sees the verdict, and finds it in the list and behind the report's figure.
#[tokio::test]
async fn the_rules_are_edited_an_account_is_answered_for_and_the_list_finds_it() {
    journey("screening", async |journey| {
        let user = journey.app.sign_up("North").await;
        let acme = user.make("/accounts", json!({ "name": "Acme", "employees": 80 })).await;
        user.make("/accounts", json!({ "name": "Tiny", "employees": 8 })).await;
        let (good, bad) = (Uuid::now_v7(), Uuid::now_v7());
        let set = json!({
            "criteria": [
                {
                    "id": Uuid::now_v7(), "topic": "other", "name": "Staff", "weight": 1,
                    "mandatory": true, "test": { "employees": 100 },
                },
                {
                    "id": Uuid::now_v7(), "topic": "decision_structure", "name": "Who decides?",
                    "weight": 2, "test": { "question": [
                        { "id": good, "name": "One person", "says": "for" },
                        { "id": bad, "name": "Nobody knows", "says": "against" },
                    ] },
                },
            ],
            "pass_share": 60, "review_days": 90,
        });
        let now = user.read("/screening").await;
        let request = user.put("/screening").if_match(&now).json(&set);
        request.await.expect(200);

        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        page.find("input[type=password]").await;
        page.sign_in(&user.email, PASSWORD).await;
        page.go("/settings/screening").await;
        page.fill("Employees at least", "50").await;
        page.script("document.activeElement.blur()").await;
        page.text("On your accounts: Target 0 (now 0), Unsuitable 1 (now 2), Not decided 1 (now 0)").await;
        page.click("Save rules").await;
        page.text("Saved").await;
        let saved = user.read("/screening").await;
        assert_eq!(saved["criteria"][0]["test"], json!({ "employees": 50 }));

        let id = acme["id"].as_str().unwrap();
        page.go(&format!("/accounts/{id}")).await;
        page.text("Nobody has looked at it yet").await;
        page.click("Answer questions").await;
        page.script(&format!(
            "const s = document.querySelector('dialog select'); s.value = '{good}'; \
             s.dispatchEvent(new Event('change', {{ bubbles: true }}))"
        ))
        .await;
        page.until(
            "the verdict follows the answers at once",
            "document.querySelector('dialog [role=status]').textContent.includes('Target')",
        )
        .await;
        page.click("Save").await;
        page.text("Answers saved").await;
        page.text("Account screened").await;
        let told = user.read(&format!("/accounts/{id}/screening")).await;
        assert_eq!(told["screening"]["outcome"], "target");
        assert_ne!(told["looked_at"], Value::Null);

        page.go("/settings/screening").await;
        page.until(
            "the report counts it",
            "[...document.querySelectorAll('main table tbody td b')].map(b => b.textContent).join() === '1,1,0,1'",
        )
        .await;
        page.script("document.querySelector('main table tbody td a').click()").await;
        page.until(
            "the list has the target alone",
            "location.search.includes('screening=target') && document.querySelectorAll('main tbody tr').length === 1 && document.querySelector('main tbody').textContent.includes('Acme')",
        )
        .await;
        page.go("/accounts?screening=due").await;
        page.until(
            "nobody looked at the other",
            "document.querySelectorAll('main tbody tr').length === 1 && document.querySelector('main tbody').textContent.includes('Tiny')",
        )
        .await;
    })
    .await;
}
