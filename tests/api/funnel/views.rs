//! Saved views: one's own and a team's, who sees and changes them, names, order and undoing.

use super::{all, funnel, id};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Request, TestApp, User, Value, json};

async fn team(admin: &User, name: &str, parent: Option<&Value>) -> Value {
    let body = json!({ "name": name, "parent_id": parent.map(id) });
    admin.make("/teams", body).await
}

async fn member(admin: &User, role: Role, team: &Value) -> User {
    admin
        .invite_with(role, json!({ "team_id": team["id"] }))
        .await
}

fn new(user: &User, funnel: &Value, name: &str, more: Value) -> Request {
    let mut body = json!({ "name": name, "funnel_id": funnel["id"] });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    user.post("/views").json(&body)
}

async fn made(user: &User, funnel: &Value, name: &str, more: Value) -> Value {
    new(user, funnel, name, more).await.expect(201).value()
}

fn path(view: &Value) -> String {
    format!("/views/{}", id(view))
}

async fn patched(user: &User, view: &Value, change: Value) -> tests::Response {
    user.patch(&path(view)).if_match(view).json(&change).await
}

async fn names(user: &User) -> Vec<String> {
    all(&user.get("/views").await, "name")
}

#[tokio::test]
async fn a_view_comes_back_as_it_was_saved() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let filter = json!({
        "owner_id": admin.id(), "industry": "Chemicals", "tier": "A",
        "overdue_on": "2026-11-22", "over_limit_on": "2026-11-23", "text": "50%_\\",
    });
    let more =
        json!({ "filter": filter, "kind": "list", "group_by": "close_month", "sort": "amount" });
    let answer = new(&admin, &sales, " Big ones ", more).await.expect(201);
    let view = answer.value();
    assert_eq!(answer.header("location"), format!("/api/v1{}", path(&view)));
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(view["name"], "Big ones");
    assert_eq!(view["owner_id"], admin.id());
    assert_eq!(view["team_id"], Value::Null);
    assert_eq!(view["filter"], filter);
    assert_eq!(
        (&view["kind"], &view["group_by"], &view["sort"]),
        (&json!("list"), &json!("close_month"), &json!("amount"))
    );
    assert_eq!(admin.read(&path(&view)).await, view);

    let plain = made(&admin, &sales, "All", json!({})).await;
    assert_eq!(plain["filter"], json!({}));
    assert_eq!(
        (&plain["kind"], &plain["group_by"], &plain["sort"]),
        (&json!("board"), &json!("stage"), &json!("hand"))
    );
}

#[tokio::test]
async fn an_own_view_is_nobody_elses() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let east = team(&admin, "East", None).await;
    let rep = member(&admin, Role::Rep, &east).await;
    let manager = member(&admin, Role::Manager, &east).await;
    let view = made(&rep, &sales, "Mine", json!({})).await;

    for other in [&manager, &admin] {
        assert!(names(other).await.is_empty());
        let missing = other.get(&path(&view)).await;
        missing.refused(404, ErrorCode::NotFound);
        patched(other, &view, json!({ "name": "Theirs" }))
            .await
            .refused(404, ErrorCode::NotFound);
    }
    assert_eq!(names(&rep).await, ["Mine"]);
    assert_eq!(rep.read(&path(&view)).await, view);
}

#[tokio::test]
async fn a_teams_view_is_seen_by_its_people_and_changed_by_who_leads_them() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let east = team(&admin, "East", None).await;
    let shanghai = team(&admin, "Shanghai", Some(&east)).await;
    let west = team(&admin, "West", None).await;
    let above = member(&admin, Role::Manager, &east).await;
    let manager = member(&admin, Role::Manager, &shanghai).await;
    let rep = member(&admin, Role::Rep, &shanghai).await;
    let stranger = member(&admin, Role::Manager, &west).await;
    let executive = admin.invite(Role::Executive).await;

    let shared = json!({ "team_id": shanghai["id"] });
    let view = made(&manager, &sales, "Late", shared.clone()).await;
    for person in [&manager, &rep, &above, &executive, &admin] {
        assert_eq!(names(person).await, ["Late"]);
    }
    assert!(names(&stranger).await.is_empty());
    stranger
        .get(&path(&view))
        .await
        .refused(404, ErrorCode::NotFound);

    for person in [&rep, &executive] {
        patched(person, &view, json!({ "name": "Other" }))
            .await
            .refused(403, ErrorCode::Forbidden);
        let put_away = person.delete(&path(&view)).if_match(&view).await;
        put_away.refused(403, ErrorCode::Forbidden);
        new(person, &sales, "Ours", shared.clone())
            .await
            .refused(403, ErrorCode::Forbidden);
    }
    // A manager shares with the teams they lead, not with those above or beside.
    for team in [&east, &west] {
        new(&manager, &sales, "Up", json!({ "team_id": team["id"] }))
            .await
            .invalid(&[("/team_id", ErrorCode::NoSuchRecord)]);
    }
    let renamed = patched(&above, &view, json!({ "name": "Very late" })).await;
    assert_eq!(renamed.expect(200).value()["version"], 2);
    assert_eq!(names(&rep).await, ["Very late"]);

    // The team above shares with those below.
    made(&above, &sales, "East", json!({ "team_id": east["id"] })).await;
    let mut seen = names(&rep).await;
    seen.sort();
    assert_eq!(seen, ["East", "Very late"]);
}

#[tokio::test]
async fn a_name_is_taken_once_among_ones_own_views_or_a_teams() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (sales, service) = (funnel(&admin, "Sales").await, funnel(&admin, "Care").await);
    let east = team(&admin, "East", None).await;
    let shared = json!({ "team_id": east["id"] });
    let rep = member(&admin, Role::Rep, &east).await;
    let view = made(&admin, &sales, "Late", json!({})).await;
    made(&admin, &sales, "Late", shared.clone()).await;
    made(&admin, &service, "Late", json!({})).await;
    made(&rep, &sales, "Late", json!({})).await;
    let taken = &[("/name", ErrorCode::Taken)];
    for more in [json!({}), shared] {
        new(&admin, &sales, " Late ", more).await.invalid(taken);
    }

    // Put away, its name is free; then it comes back only under another.
    let away = admin.delete(&path(&view)).if_match(&view).await;
    let away = away.expect(200).value();
    let second = made(&admin, &sales, "Late", json!({})).await;
    let back = admin.post(&format!("{}/restore", path(&view)));
    back.if_match(&away).await.invalid(taken);
    patched(&admin, &second, json!({ "name": "Later" }))
        .await
        .expect(200);
    let back = admin.post(&format!("{}/restore", path(&view)));
    let back = back.if_match(&away).await.expect(200).value();
    assert_eq!(back["archived_at"], Value::Null);
    patched(&admin, &back, json!({ "name": "Later" }))
        .await
        .invalid(taken);
}

#[tokio::test]
async fn views_are_listed_in_their_order_page_by_page_for_a_funnel() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (sales, service) = (funnel(&admin, "Sales").await, funnel(&admin, "Care").await);
    for name in ["one", "two", "three"] {
        made(&admin, &sales, name, json!({})).await;
    }
    let last = made(&admin, &sales, "four", json!({})).await;
    made(&admin, &service, "elsewhere", json!({})).await;
    patched(&admin, &last, json!({ "position": 0 }))
        .await
        .expect(200);

    let mut seen = Vec::new();
    let mut address = format!("/views?funnel_id={}&limit=2", id(&sales));
    loop {
        let page = admin.get(&address).await.expect(200);
        assert!(page.items().len() <= 2);
        seen.extend(all(&page, "name"));
        match page.value()["next"].as_str() {
            Some(next) => address = next.strip_prefix("/api/v1").unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["one", "four", "two", "three"]);
}

#[tokio::test]
async fn a_view_names_people_who_left_but_nobody_unknown() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let other = app.sign_up("South").await;
    let sales = funnel(&admin, "Sales").await;
    let rep = admin.invite(Role::Rep).await;
    let user = admin.read(&format!("/users/{}", rep.id())).await;
    let gone = admin.patch(&format!("/users/{}", rep.id())).if_match(&user);
    gone.json(&json!({ "state": "disabled" })).await.expect(200);

    let filter = json!({ "filter": { "owner_id": rep.id() } });
    let view = made(&admin, &sales, "Left", filter).await;
    let unknown = json!({ "filter": { "owner_id": other.id() } });
    let at = &[("/filter/owner_id", ErrorCode::NoSuchRecord)];
    new(&admin, &sales, "Far", unknown.clone())
        .await
        .invalid(at);
    patched(&admin, &view, unknown).await.invalid(at);
    let team = json!({ "filter": { "team_id": other.id() } });
    patched(&admin, &view, team)
        .await
        .invalid(&[("/filter/team_id", ErrorCode::NoSuchRecord)]);
    assert_eq!(admin.read(&path(&view)).await, view);
}

#[tokio::test]
async fn what_is_not_a_view_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let refused = async |more: Value, at: &str, code: ErrorCode| {
        let mut body = json!({ "name": "Late", "funnel_id": sales["id"] });
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        let answer = admin.post("/views").json(&body).await;
        answer.invalid(&[(at, code)]);
    };
    refused(json!({ "name": " " }), "/name", ErrorCode::Required).await;
    let long = "n".repeat(61);
    refused(json!({ "name": long }), "/name", ErrorCode::TooLong).await;
    let text = json!({ "filter": { "text": "t".repeat(101) } });
    refused(text, "/filter/text", ErrorCode::TooLong).await;
    let text = json!({ "filter": { "text": "a\u{0}b" } });
    refused(text, "/filter/text", ErrorCode::BadFormat).await;
    let day = json!({ "filter": { "over_limit_on": "2200-01-01" } });
    refused(day, "/filter/over_limit_on", ErrorCode::OutOfRange).await;
    for more in [
        json!({ "kind": "calendar" }),
        json!({ "group_by": "colour" }),
        json!({ "filter": { "colour": "red" } }),
    ] {
        let answer = new(&admin, &sales, "Late", more).await;
        assert!(matches!(answer.status, 400 | 422), "{}", answer.text());
    }
    assert!(names(&admin).await.is_empty());

    let view = made(&admin, &sales, "Late", json!({})).await;
    patched(&admin, &view, json!({ "position": -1 }))
        .await
        .invalid(&[("/position", ErrorCode::OutOfRange)]);
    let away = admin.delete(&path(&view)).if_match(&view).await;
    let away = away.expect(200).value();
    patched(&admin, &away, json!({ "name": "Later" }))
        .await
        .refused(409, ErrorCode::Archived);
}

#[tokio::test]
async fn the_feed_tells_of_an_own_view_only_its_owner_and_of_a_teams_everybody() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let east = team(&admin, "East", None).await;
    let rep = member(&admin, Role::Rep, &east).await;
    let other = member(&admin, Role::Rep, &east).await;
    let own = made(&rep, &sales, "Mine", json!({})).await;
    let shared = made(&admin, &sales, "Ours", json!({ "team_id": east["id"] })).await;
    patched(&rep, &own, json!({ "filter": { "tier": "B" } }))
        .await
        .expect(200);
    let away = admin.delete(&path(&shared)).if_match(&shared).await;
    away.expect(200);

    let told = async |user: &User| -> Vec<String> {
        let events = app.feed(user).await;
        let kinds = events.iter().map(|event| event["kind"].as_str().unwrap());
        kinds
            .filter(|kind| kind.starts_with("view."))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(
        told(&rep).await,
        [
            "view.created",
            "view.created",
            "view.updated",
            "view.archived"
        ]
    );
    assert_eq!(told(&other).await, ["view.created", "view.archived"]);
    // More people read the feed than may see a view, so it holds neither names nor filters.
    let feed = Value::from(app.feed(&admin).await).to_string();
    for secret in ["Mine", "Ours", "\"filter\""] {
        assert!(!feed.contains(secret), "{secret}: {feed}");
    }
}
