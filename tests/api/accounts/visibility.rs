//! Who sees and gives away what: accounts are seen by their owner's line, by whoever has a deal with
//! them, and by everybody when nobody owns them.

use super::{account, contact, deal, funnel, id, names, path};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, json};

async fn sees(user: &User, account: &tests::Value) -> [bool; 3] {
    let listed = user
        .get("/accounts")
        .await
        .items()
        .iter()
        .any(|item| item["id"] == account["id"]);
    let read = user.get(&path(account)).await.status == 200;
    let found = user.get("/search?q=acme").await.expect(200).value()["items"]
        .as_array()
        .unwrap()
        .iter()
        .any(|hit| hit["id"] == account["id"]);
    [listed, read, found]
}

#[tokio::test]
async fn a_seller_sees_an_account_by_owning_it_or_a_deal_with_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let acme = account(&admin, "Acme").await;
    let lin = contact(&admin, &acme, "Lin").await;
    assert_eq!(sees(&rep, &acme).await, [false; 3]);
    let person = format!("/contacts/{}", id(&lin));
    rep.get(&person).await.refused(404, ErrorCode::NotFound);
    assert!(names(&rep.get("/contacts").await).is_empty());
    let blind = rep
        .patch(&path(&acme))
        .if_match(&acme)
        .json(&json!({ "name": "X" }))
        .await;
    blind.refused(404, ErrorCode::NotFound);

    let sales = funnel(&admin).await;
    deal(&admin, &sales, &acme, &rep, 0).await;
    assert_eq!(sees(&rep, &acme).await, [true; 3]);
    rep.get(&person).await.expect(200);
    assert_eq!(names(&rep.get("/contacts").await), ["Lin"]);
}

#[tokio::test]
async fn everybody_sees_an_account_without_an_owner() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let acme = account(&admin, "Acme").await;
    let patch = json!({ "owner_id": null });
    let free = admin
        .patch(&path(&acme))
        .if_match(&acme)
        .json(&patch)
        .await
        .expect(200)
        .value();
    assert_eq!(sees(&rep, &acme).await, [true; 3]);

    // Whoever sees it may take it.
    let mine = json!({ "owner_id": rep.id() });
    rep.patch(&path(&acme))
        .if_match(&free)
        .json(&mine)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_manager_sees_the_accounts_of_the_team() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = admin.make("/teams", json!({ "name": "East" })).await;
    let member = json!({ "team_id": team["id"] });
    let manager = admin.invite_with(Role::Manager, member.clone()).await;
    let rep = admin.invite_with(Role::Rep, member).await;
    let outsider = admin.invite(Role::Manager).await;
    let acme = account(&rep, "Acme").await;
    assert_eq!(sees(&manager, &acme).await, [true; 3]);
    assert_eq!(sees(&outsider, &acme).await, [false; 3]);
}

#[tokio::test]
async fn giving_to_others_and_taking_from_others_needs_the_permission() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (rep, other) = (admin.invite(Role::Rep).await, admin.invite(Role::Rep).await);
    let give = json!({ "name": "X", "owner_id": other.id() });
    rep.post("/accounts")
        .json(&give)
        .await
        .refused(403, ErrorCode::Forbidden);
    let mine = account(&rep, "Mine").await;
    let patch = json!({ "owner_id": other.id() });
    let refused = rep.patch(&path(&mine)).if_match(&mine).json(&patch).await;
    refused.refused(403, ErrorCode::Forbidden);

    // Seen through a deal, but somebody else's.
    let theirs = account(&other, "Theirs").await;
    let sales = funnel(&admin).await;
    deal(&admin, &sales, &theirs, &rep, 0).await;
    for owner in [json!(rep.id()), json!(null)] {
        let patch = json!({ "owner_id": owner });
        let refused = rep
            .patch(&path(&theirs))
            .if_match(&theirs)
            .json(&patch)
            .await;
        refused.refused(403, ErrorCode::Forbidden);
    }
    let given = admin
        .patch(&path(&mine))
        .if_match(&mine)
        .json(&patch)
        .await
        .expect(200)
        .value();
    assert_eq!(given["owner_id"], other.id());
    assert_eq!(rep.get(&path(&mine)).await.status, 404);
}
