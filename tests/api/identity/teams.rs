//! The tree of teams.

use super::{event_kinds, id};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, Value, json};

async fn team(user: &User, name: &str, parent: Option<&Value>) -> Value {
    let parent = parent.map(id);
    user.make("/teams", json!({ "name": name, "parent_id": parent }))
        .await
}

async fn names(user: &User, query: &str) -> Vec<String> {
    let items = user
        .get(&format!("/teams{query}"))
        .await
        .expect(200)
        .items();
    items
        .iter()
        .map(|team| team["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn teams_are_made_read_and_listed_by_name_page_by_page() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let east = team(&admin, "East", None).await;
    for name in ["Shanghai", "Hangzhou", "北京", "安徽"] {
        team(&admin, name, Some(&east)).await;
    }
    assert_eq!(admin.read(&format!("/teams/{}", id(&east))).await, east);

    let mut walked = Vec::new();
    let mut address = "/teams?limit=2&count=exact".to_owned();
    loop {
        let page = admin.read(&address).await;
        assert_eq!(page["total"], 5);
        walked.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => address = next.strip_prefix("/api/v1").unwrap().to_owned(),
            None => break,
        }
    }
    let names: Vec<&str> = walked
        .iter()
        .map(|team| team["name"].as_str().unwrap())
        .collect();
    // Chinese names stand in the order of their pinyin.
    assert_eq!(names, ["安徽", "北京", "East", "Hangzhou", "Shanghai"]);
}

#[tokio::test]
async fn a_list_is_filtered_by_parent_and_carries_its_name() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let east = team(&admin, "East", None).await;
    team(&admin, "Shanghai", Some(&east)).await;
    assert_eq!(names(&admin, "?parent_id[is_null]=true").await, ["East"]);
    let query = format!("?parent_id={}&expand=parent", id(&east));
    let items = admin.get(&format!("/teams{query}")).await.items();
    assert_eq!(items[0]["parent"]["name"], "East");
    admin
        .get("/teams?colour=red")
        .await
        .refused(400, ErrorCode::UnknownParameter);
}

#[tokio::test]
async fn the_same_request_twice_makes_one_team() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let post = |name: &str| admin.post("/teams").key("k").json(&json!({ "name": name }));
    let first = post("East").await.expect(201);
    let second = post("East").await.expect(201);
    assert_eq!(first.value(), second.value());
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(names(&admin, "").await, ["East"]);
    post("West").await.refused(422, ErrorCode::KeyReused);
}

#[tokio::test]
async fn a_team_moves_with_what_is_below_it_but_never_below_itself() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let east = team(&admin, "East", None).await;
    let shanghai = team(&admin, "Shanghai", Some(&east)).await;
    let pudong = team(&admin, "Pudong", Some(&shanghai)).await;
    let patch = async |team: &Value, body: Value| {
        let request = admin.patch(&format!("/teams/{}", id(team))).if_match(team);
        request.json(&body).await
    };
    for below in [&east, &shanghai, &pudong] {
        patch(&east, json!({ "parent_id": id(below) }))
            .await
            .invalid(&[("/parent_id", ErrorCode::Cycle)]);
    }
    let moved = patch(&shanghai, json!({ "parent_id": null }))
        .await
        .expect(200)
        .value();
    assert_eq!(moved["parent_id"], Value::Null);
    assert_eq!(moved["version"], 2);
    // Now east may go below it.
    patch(&east, json!({ "parent_id": id(&pudong) }))
        .await
        .expect(200);
}

#[tokio::test]
async fn two_moves_at_once_make_no_circle() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for round in 0..10 {
        let one = team(&admin, &format!("one {round}"), None).await;
        let two = team(&admin, &format!("two {round}"), None).await;
        let below = |team: &Value, parent: &Value| {
            let request = admin.patch(&format!("/teams/{}", id(team))).if_match(team);
            request
                .json(&json!({ "parent_id": id(parent) }))
                .into_future()
        };
        let (first, second) = tokio::join!(below(&one, &two), below(&two, &one));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "round {round}");
    }
}

#[tokio::test]
async fn a_team_in_use_stays_and_an_empty_one_is_archived() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let east = team(&admin, "East", None).await;
    let shanghai = team(&admin, "Shanghai", Some(&east)).await;
    let rep = admin
        .invite_with(Role::Rep, json!({ "team_id": id(&shanghai) }))
        .await;
    let archive = async |team: &Value| {
        let request = admin.delete(&format!("/teams/{}", id(team)));
        request.if_match(team).await
    };
    archive(&east).await.refused(409, ErrorCode::NotEmpty);
    archive(&shanghai).await.refused(409, ErrorCode::NotEmpty);
    let change = json!({ "team_id": null });
    let path = format!("/users/{}", rep.id());
    admin
        .patch(&path)
        .if_match(&rep.me)
        .json(&change)
        .await
        .expect(200);

    let archived = archive(&shanghai).await.expect(200).value();

    assert!(archived["archived_at"].is_string());
    assert_eq!(names(&admin, "").await, ["East"]);
    assert_eq!(names(&admin, "?archived=true").await, ["Shanghai"]);
    archive(&archived).await.refused(409, ErrorCode::Archived);
    let request = admin
        .patch(&format!("/teams/{}", id(&archived)))
        .if_match(&archived);
    request
        .json(&json!({ "name": "x" }))
        .await
        .refused(409, ErrorCode::Archived);
    // Its name is free again, and nobody can be put into it.
    team(&admin, "Shanghai", None).await;
    let request = admin.patch(&path).if_version(3);
    request
        .json(&json!({ "team_id": id(&archived) }))
        .await
        .refused(412, ErrorCode::Stale);
    let request = admin.patch(&path).if_version(2);
    request
        .json(&json!({ "team_id": id(&archived) }))
        .await
        .invalid(&[("/team_id", ErrorCode::NoSuchRecord)]);
    assert!(!event_kinds(&admin, "team.archived").await.is_empty());
}

#[tokio::test]
async fn bad_teams_are_refused_by_field() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let foreign = team(&app.sign_up("South").await, "Theirs", None).await;
    team(&admin, "East", None).await;
    let post = |body| admin.post("/teams").json(&body).into_future();
    use ErrorCode as E;
    post(json!({ "name": "East" }))
        .await
        .invalid(&[("/name", E::Taken)]);
    post(json!({ "name": " East " }))
        .await
        .invalid(&[("/name", E::Taken)]);
    post(json!({ "name": " " }))
        .await
        .invalid(&[("/name", E::Required)]);
    post(json!({ "name": "x".repeat(101) }))
        .await
        .invalid(&[("/name", E::TooLong)]);
    post(json!({ "name": "x", "parent_id": id(&foreign) }))
        .await
        .invalid(&[("/parent_id", E::NoSuchRecord)]);
    post(json!({ "name": "x", "parent_id": "7" }))
        .await
        .invalid(&[("/parent_id", E::BadFormat)]);
    assert_eq!(names(&admin, "").await, ["East"]);
}

#[tokio::test]
async fn a_team_of_another_organisation_is_not_there() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.sign_up("North").await, app.sign_up("South").await);
    let foreign = team(&theirs, "Theirs", None).await;
    let path = format!("/teams/{}", id(&foreign));
    ours.get(&path).await.refused(404, ErrorCode::NotFound);
    let change = json!({ "name": "Ours" });
    ours.patch(&path)
        .if_match(&foreign)
        .json(&change)
        .await
        .refused(404, ErrorCode::NotFound);
    ours.delete(&path)
        .if_match(&foreign)
        .await
        .refused(404, ErrorCode::NotFound);
    assert_eq!(theirs.read(&path).await, foreign);
}

#[tokio::test]
async fn only_administrators_change_teams() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let east = team(&admin, "East", None).await;
    let manager = admin.invite(Role::Manager).await;
    assert_eq!(names(&manager, "").await, ["East"]);
    let path = format!("/teams/{}", id(&east));
    let change = json!({ "name": "Mine" });
    manager
        .post("/teams")
        .json(&change)
        .await
        .refused(403, ErrorCode::Forbidden);
    manager
        .patch(&path)
        .if_match(&east)
        .json(&change)
        .await
        .refused(403, ErrorCode::Forbidden);
    manager
        .delete(&path)
        .if_match(&east)
        .await
        .refused(403, ErrorCode::Forbidden);
}
