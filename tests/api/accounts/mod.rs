//! Whom do we sell to: accounts, contacts, their lists, and the search over all names.

mod account;
mod classes;
mod contacts;
mod lists;
mod portfolio;
mod priority;
mod profile;
mod prospecting;
mod screening;
mod search;
mod visibility;

use tests::{Response, User, Value, json};

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

fn path(account: &Value) -> String {
    format!("/accounts/{}", id(account))
}

async fn account(user: &User, name: &str) -> Value {
    user.make("/accounts", json!({ "name": name })).await
}

async fn contact(user: &User, account: &Value, name: &str) -> Value {
    let body = json!({ "account_id": account["id"], "name": name });
    user.make("/contacts", body).await
}

/// The names of the items of a page.
fn names(page: &Response) -> Vec<String> {
    page.items()
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

/// A funnel with an open, a won and a lost stage.
async fn funnel(admin: &User) -> Value {
    let stage = |name: &str, kind: &str, probability: i16| json!({ "name": name, "kind": kind, "probability": probability, "colour": "blue" });
    let stages = json!([
        stage("Talk", "open", 40),
        stage("Won", "won", 100),
        stage("Lost", "lost", 0)
    ]);
    admin
        .make("/funnels", json!({ "name": "Sales", "stages": stages }))
        .await
}

/// A deal of somebody with an account, worth 1,000.
async fn deal(admin: &User, funnel: &Value, account: &Value, owner: &User, stage: usize) -> Value {
    let body = json!({
        "title": "Cranes", "account_id": account["id"], "funnel_id": funnel["id"],
        "stage_id": funnel["stages"][stage]["id"], "owner_id": owner.id(),
        "amount": { "amount": "1000", "currency": "CNY" },
    });
    admin.make("/deals", body).await
}
