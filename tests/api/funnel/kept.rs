//! Boards kept as they were answered: never older than one that is read anew.

use super::{OFFER, TALK, WON, archived, deal, funnel, id, moved, path, stage};
use shared::identity::Role;
use std::cell::Cell;
use tests::{TestApp, User, Value, json};

/// The kept board of each server beside one that nobody has asked for before.
struct Watch<'a> {
    users: [&'a User; 2],
    address: String,
    limit: Cell<u32>,
}

impl Watch<'_> {
    async fn seen(&self, user: &User, query: &str) -> [Value; 2] {
        let board = user.read(&format!("{}{query}", self.address)).await;
        ["funnel", "columns"].map(|part| board[part].clone())
    }

    /// All columns are shorter than the limit, so that it changes nothing but makes another question.
    async fn agrees_after(&self, what: &str) {
        self.limit.set(self.limit.get() - 1);
        let query = format!("?limit={}", self.limit.get());
        let anew = self.seen(self.users[0], &query).await;
        for user in self.users {
            assert_eq!(self.seen(user, "").await, anew, "{what}");
        }
    }
}

#[tokio::test]
async fn a_board_asked_for_again_is_as_new_as_one_read_anew_whoever_wrote() {
    let app = TestApp::start().await;
    let second = app.another().await;
    let admin = app.sign_up("North").await;
    let there = admin.elsewhere(second.origin());
    let rep = admin.invite(Role::Rep).await;
    let sales = funnel(&admin, "Sales").await;
    let watch = Watch {
        users: [&admin, &there],
        address: format!("/funnels/{}/board", id(&sales)),
        limit: Cell::new(200),
    };
    watch.agrees_after("nothing yet").await;
    let account = admin.make("/accounts", json!({ "name": "Acme" })).await;
    let own =
        json!({ "account_id": account["id"], "amount": { "amount": "10", "currency": "CNY" } });
    let pumps = deal(&there, &sales, TALK, "Pumps", own).await;
    watch.agrees_after("a new deal").await;
    let pumps = moved(&admin, &pumps, stage(&sales, OFFER), None).await;
    watch.agrees_after("a move").await;
    let change = json!({ "amount": { "amount": "20", "currency": "CNY" }, "owner_id": rep.id() });
    let change = there.patch(&path(&pumps)).if_match(&pumps).json(&change);
    let pumps = change.await.expect(200).value();
    watch.agrees_after("another amount and owner").await;
    let renamed = there
        .patch(&format!("/accounts/{}", id(&account)))
        .if_match(&account);
    renamed
        .json(&json!({ "name": "Acme Ltd", "tier": "A" }))
        .await
        .expect(200);
    watch.agrees_after("another name of the account").await;
    let me = rep.read("/me").await;
    let renamed = rep
        .patch("/me")
        .if_match(&me)
        .json(&json!({ "name": "Renamed" }));
    renamed.await.expect(200);
    watch.agrees_after("another name of the owner").await;
    let valves = deal(&admin, &sales, TALK, "Valves", json!({})).await;
    let seen =
        [&pumps, &valves].map(|deal| json!({ "id": deal["id"], "version": deal["version"] }));
    let action = json!({ "move": { "to_stage_id": stage(&sales, WON) } });
    let both = json!({ "deals": seen, "action": action });
    there.post("/deals/bulk").json(&both).await.expect(200);
    watch.agrees_after("two at once").await;
    let valves = admin.read(&path(&valves)).await;
    let valves = archived(&there, &valves).await;
    watch.agrees_after("one put away").await;
    let back = admin
        .post(&format!("{}/restore", path(&valves)))
        .if_match(&valves);
    back.await.expect(200);
    watch.agrees_after("and brought back").await;
    let now = admin.read(&format!("/funnels/{}", id(&sales))).await;
    let change = there
        .patch(&format!("/funnels/{}", id(&sales)))
        .if_match(&now);
    change.json(&json!({ "name": "Selling" })).await.expect(200);
    watch.agrees_after("another name of the funnel").await;
}

#[tokio::test]
async fn while_nothing_happens_the_same_board_is_answered() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let pumps = deal(&admin, &sales, TALK, "Pumps", json!({})).await;
    let address = format!("/funnels/{}/board", id(&sales));
    let first = admin.get(&address).await.expect(200);
    // Behind the server's back, so that it shows whether it looks: nothing but an event makes it.
    let db = app.db().await;
    let sql = format!(
        "update deals set title = 'Behind' where id = '{}'",
        id(&pumps)
    );
    db.batch_execute(&sql).await.unwrap();
    let again = admin.get(&address).await.expect(200);
    assert_eq!(again.value(), first.value());
    // Events of others are no reason.
    let south = app.sign_up("South").await;
    funnel(&south, "Theirs").await;
    assert_eq!(admin.get(&address).await.expect(200).value(), first.value());
    deal(&admin, &sales, TALK, "Valves", json!({})).await;
    let titles = admin.read(&address).await["columns"][TALK]["cards"].to_string();
    assert!(titles.contains("Behind") && titles.contains("Valves"));
}
