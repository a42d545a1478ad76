//! The push questions of a deal's stage are answered on its page, its tasks planned and ticked off.

use serde_json::json;
use shared::funnel::methods::Method;
use shared::identity::Locale;
use tests::browser::{Window, journey};
use tests::{PASSWORD, wait};
use uuid::Uuid;

/// GATE-25, GATE-28, FUN-28.
#[tokio::test]
async fn questions_are_answered_tasks_planned_and_the_gate_leads_there() {
    journey("sheet", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let told = Method::SevenSteps.told(Locale::En);
        let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
        let funnel = admin.make("/funnels", body).await;
        let fourth = funnel["stages"][3]["id"].as_str().unwrap();
        let gate = format!("/stages/{fourth}/gate");
        let now = admin.read(&gate).await;
        let criterion = json!({
            "id": Uuid::now_v7(), "side": "exit", "name": "A task is done", "mandatory": true,
            "rule": { "fact": { "fact": "tasks_done", "is": { "at_least": 1 } } },
        });
        let asked = json!({ "criteria": [now["gate"]["criteria"][0], criterion] });
        let set = admin.put(&gate).if_match(&now).json(&asked);
        set.await.expect(200);
        let body = json!({
            "title": "Cranes", "funnel_id": funnel["id"], "stage_id": fourth,
            "next_step": "Meet the board", "next_step_on": "2030-01-01",
        });
        let deal = admin.make("/deals", body).await;
        let address = format!("/deals/{}", deal["id"].as_str().unwrap());
        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        page.sign_in(&admin.email, PASSWORD).await;
        page.go(&address).await;
        page.text("0 of 9 answered").await;
        // The criterion that lacks answers leads to their card.
        page.click("Answer the questions").await;
        page.until(
            "the first question has the focus",
            "document.querySelector('#stage-sheet').contains(document.activeElement)",
        )
        .await;
        page.click("Answer: What does the decision maker want to reach?").await;
        page.fill("Answer", "Less rework, by spring").await;
        page.click_at("#stage-sheet form button[type='submit']").await;
        page.text("1 of 9 answered").await;
        page.text("Less rework, by spring").await;

        page.click("Plan: Lead the customer, keep the direction").await;
        page.fill("Due on", "01022020").await;
        page.fill("Note", "With the head of works").await;
        page.click_at("#stage-sheet form button[type='submit']").await;
        page.until(
            "it is told to be late",
            "document.querySelector('#stage-sheet .chore .warn')?.textContent.includes('late')",
        )
        .await;
        page.click_at("#stage-sheet .chore:first-child input").await;
        page.text("1 of 2 done").await;
        page.until(
            "the gate knows",
            "document.querySelectorAll('#gate .crit .ok').length === 1",
        )
        .await;
        wait::until("both are kept", async || {
            let sheet = admin.read(&format!("{address}/sheet")).await;
            let done = sheet["tasks"][0]["done_at"].is_string();
            (done && sheet["answers"][0]["text"] == "Less rework, by spring").then_some(())
        })
        .await;

        // Erased, the question is open again; moved on, what was done is kept below.
        page.click("Erase the answer: What does the decision maker want to reach?").await;
        page.text("0 of 9 answered").await;
        let now = admin.read(&address).await;
        let on = json!({ "to_stage_id": funnel["stages"][4]["id"] });
        let moved = admin.post(&format!("{address}/move")).if_match(&now).json(&on);
        moved.await.expect(200);
        page.text("0 of 3 answered").await;
        page.click_at("#stage-sheet .earlier summary").await;
        page.until(
            "the task of the stage before is there",
            "document.querySelector('#stage-sheet .earlier .is-done')?.textContent.includes('Lead the customer')",
        )
        .await;
    })
    .await;
}
