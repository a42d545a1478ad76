//! How do we sell: funnels and stages, deals, moves and their order, the board, and what became of a deal.

mod board;
mod bulk;
mod case_library;
mod cases;
mod channels;
mod counted;
mod deals;
mod dry;
mod effort;
mod facts;
mod figures;
mod funnels;
mod gate;
mod gate_shapes;
mod groups;
mod history;
mod kept;
mod lists;
mod mappings;
mod methods;
mod moves;
mod objections;
mod order;
mod proposal;
mod restaging;
mod screening;
mod scripts;
mod shape;
mod sheet;
mod sort;
mod stage_steps;
mod trial;
mod views;
mod weights;
mod worth;

use tests::{Client, Request, Response, User, Value, json};

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

fn path(deal: &Value) -> String {
    format!("/deals/{}", id(deal))
}

/// Stages as they are sent: three open ones, won and lost.
fn stages() -> Value {
    let stage = |name: &str, kind: &str, probability: i16| json!({ "name": name, "kind": kind, "probability": probability });
    json!([
        stage("Talk", "open", 20),
        stage("Offer", "open", 50),
        stage("Terms", "open", 80),
        stage("Won", "won", 100),
        stage("Lost", "lost", 0)
    ])
}

/// The places of the stages above.
const TALK: usize = 0;
const OFFER: usize = 1;
const TERMS: usize = 2;
const WON: usize = 3;
const LOST: usize = 4;

/// A funnel of those stages.
async fn funnel(admin: &Client, name: &str) -> Value {
    let body = json!({ "name": name, "stages": stages() });
    admin.make("/funnels", body).await
}

/// The id of a stage by its place.
fn stage(funnel: &Value, place: usize) -> &str {
    id(&funnel["stages"][place])
}

/// A deal in a stage, with more fields.
async fn deal(user: &Client, funnel: &Value, place: usize, title: &str, more: Value) -> Value {
    let mut body = json!({
        "title": title, "funnel_id": funnel["id"], "stage_id": stage(funnel, place),
    });
    if place == LOST {
        body["loss_reason"] = json!("price");
    }
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    user.make("/deals", body).await
}

/// A move to a stage, after a card or to the top.
fn moving(user: &Client, deal: &Value, stage: &str, after: Option<&Value>) -> Request {
    let mut body = json!({ "to_stage_id": stage });
    if let Some(after) = after {
        body["after_deal_id"] = after["id"].clone();
    }
    let request = user.post(&format!("{}/move", path(deal))).if_match(deal);
    request.json(&body)
}

/// The same where it should succeed.
async fn moved(user: &Client, deal: &Value, stage: &str, after: Option<&Value>) -> Value {
    moving(user, deal, stage, after).await.expect(200).value()
}

/// Puts a deal away.
async fn archived(user: &Client, deal: &Value) -> Value {
    let answer = user.delete(&path(deal)).if_match(deal).await;
    answer.expect(200).value()
}

/// Puts the organisation wherever the day is another one than in UTC at this moment, and stays so for an hour;
/// answers the moment, and by how many hours its clock is ahead.
async fn on_another_day(admin: &Client) -> (chrono::DateTime<chrono::Utc>, i64) {
    let now = backend::clock::now();
    let (zone, hours) = match chrono::Timelike::hour(&now) {
        0..11 => ("Etc/GMT+12", -12),
        _ => ("Etc/GMT-14", 14),
    };
    let organisation = admin.read("/organisation").await;
    let change = admin.patch("/organisation").if_match(&organisation);
    change.json(&json!({ "time_zone": zone })).await.expect(200);
    (now, hours)
}

/// A field of all items of a page, in order.
fn all(page: &Response, field: &str) -> Vec<String> {
    let items = page.items();
    let texts = items.iter().map(|item| item[field].as_str().unwrap());
    texts.map(str::to_owned).collect()
}

/// The titles in a column, from page to page.
async fn column(user: &Client, stage: &str) -> Vec<String> {
    let (mut titles, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut request = user
            .get(&format!("/stages/{stage}/cards"))
            .query("limit", 200);
        if let Some(cursor) = cursor {
            request = request.query("cursor", cursor);
        }
        let page = request.await;
        titles.extend(all(&page, "title"));
        match page.value()["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return titles,
        }
    }
}

/// Two sellers of the administrator's organisation, in a team with its manager.
struct Team {
    manager: User,
    rep: User,
    other: User,
}

async fn team(admin: &User) -> Team {
    use shared::identity::Role;

    let team = admin.make("/teams", json!({ "name": "East" })).await;
    let member = json!({ "team_id": team["id"] });
    Team {
        manager: admin.invite_with(Role::Manager, member.clone()).await,
        rep: admin.invite_with(Role::Rep, member).await,
        other: admin.invite(Role::Rep).await,
    }
}
