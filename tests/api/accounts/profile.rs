//! The profile: figures at its head, and the timeline.

use super::{account, contact, deal, funnel, path};
use tests::{TestApp, Value, json};

#[tokio::test]
async fn a_summary_counts_people_children_and_deals() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let top = account(&admin, "Top").await;
    let acme = admin
        .make(
            "/accounts",
            json!({ "name": "Acme", "parent_id": top["id"] }),
        )
        .await;
    contact(&admin, &acme, "Lin").await;
    let sales = funnel(&admin).await;
    for stage in [0, 0, 1] {
        deal(&admin, &sales, &acme, &admin, stage).await;
    }
    let summary = admin.read(&format!("{}/summary", path(&acme))).await;
    let yuan = |amount: &str| json!([{ "amount": amount, "currency": "CNY" }]);
    assert_eq!(
        summary,
        json!({
            "contacts": 1, "children": 0, "open_deals": 2, "won_deals": 1,
            "open_amounts": yuan("2000"), "weighted_amounts": yuan("800"), "won_amounts": yuan("1000"),
            "parent_name": "Top", "owner_name": admin.me["user"]["name"],
        })
    );
    let above = admin.read(&format!("{}/summary", path(&top))).await;
    assert_eq!(
        (&above["children"], &above["open_deals"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test]
async fn a_timeline_tells_newest_first_what_happened_with_the_account_and_its_people() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let acme = account(&admin, "Acme").await;
    account(&admin, "Other").await;
    contact(&admin, &acme, "Lin").await;
    let patch = json!({ "region": "East" });
    admin
        .patch(&path(&acme))
        .if_match(&acme)
        .json(&patch)
        .await
        .expect(200);

    let mut events: Vec<Value> = Vec::new();
    let mut next = Some(format!("{}/timeline?limit=2", path(&acme)));
    while let Some(address) = next {
        let page = admin.read(&address).await;
        events.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["next"]
            .as_str()
            .map(|next| next.strip_prefix("/api/v1").unwrap().to_owned());
    }
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["account.updated", "contact.created", "account.created"]
    );
    assert_eq!(
        events[0]["data"],
        json!({ "old": { "region": null }, "new": { "region": "East" } })
    );
    assert_eq!(events[0]["actor_id"], admin.id());
}
