//! The people of an organisation.

use super::id;
use shared::error::ErrorCode;
use shared::identity::Role;
use std::time::{Duration, Instant};
use tests::{PASSWORD, Response, TestApp, User, Value, json, wait};

async fn change(admin: &User, user: &User, version: i64, body: Value) -> Response {
    let request = admin.patch(&format!("/users/{}", user.id()));
    request.if_version(version).json(&body).await
}

#[tokio::test]
async fn people_are_listed_by_name_and_filtered() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let east = admin.make("/teams", json!({ "name": "East" })).await;
    admin
        .invite_with(Role::Rep, json!({ "team_id": id(&east) }))
        .await;
    admin.invite(Role::Manager).await;
    let gone = admin.invite(Role::Rep).await;
    change(&admin, &gone, 1, json!({ "state": "disabled" }))
        .await
        .expect(200);
    let count = async |query: &str| {
        let path = format!("/users?{query}");
        admin.get(&path).await.expect(200).items().len()
    };
    assert_eq!(count("").await, 4);
    assert_eq!(count("state=active").await, 3);
    assert_eq!(count("state[in]=active,named").await, 3);
    assert_eq!(count("role=rep").await, 2);
    assert_eq!(count(&format!("team_id={}", id(&east))).await, 1);
    assert_eq!(count("team_id[is_null]=true").await, 3);
    assert_eq!(count("name[contains]=MANAGER").await, 1);
    assert_eq!(count("name[contains]=%25").await, 0);
    assert_eq!(count("email[contains]=north.example").await, 4);
    let path = format!("/users?team_id={}&expand=team&fields=id,name", id(&east));
    let items = admin.get(&path).await.items();
    assert_eq!(items[0]["team"]["name"], "East");
    assert_eq!(items[0].as_object().unwrap().len(), 3);

    let names: Vec<Value> = admin.get("/users").await.items();
    let mut walked = Vec::new();
    let mut address = "/users?limit=1".to_owned();
    loop {
        let page = admin.read(&address).await;
        walked.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => address = next.strip_prefix("/api/v1").unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(walked, names);
}

#[tokio::test]
async fn bad_filters_are_refused_by_name() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for query in ["password_hash=x", "epoch=1", "sort=email", "name[like]=x"] {
        let path = format!("/users?{query}");
        admin
            .get(&path)
            .await
            .refused(400, ErrorCode::UnknownParameter);
    }
    let refused = admin.get("/users?state=asleep").await;
    refused.invalid(&[("state", ErrorCode::NotAllowed)]);
}

#[tokio::test]
async fn an_administrator_changes_level_team_and_role_and_it_is_recorded() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let east = admin.make("/teams", json!({ "name": "East" })).await;
    let body = json!({ "role": "manager", "level": "senior", "team_id": id(&east), "name": "Lin" });

    let response = change(&admin, &rep, 1, body).await.expect(200);

    let user = response.value();
    assert_eq!(response.header("etag"), "\"2\"");
    assert_eq!(
        (&user["role"], &user["level"]),
        (&json!("manager"), &json!("senior"))
    );
    assert_eq!(admin.read(&format!("/users/{}", rep.id())).await, user);
    let events = super::events_to(&admin, "user.updated").await;
    let event = events.last().unwrap();
    assert_eq!(event["data"]["old"]["role"], "rep");
    assert_eq!(event["data"]["new"]["role"], "manager");
}

// AUTH-3
#[tokio::test]
async fn a_changed_role_counts_within_a_second_at_every_server() {
    let app = TestApp::start().await;
    let second = app.another().await;
    let admin = app.sign_up("North").await;
    let manager = admin.invite(Role::Administrator).await;
    let elsewhere = manager.at(second.origin());
    elsewhere
        .post("/teams")
        .json(&json!({ "name": "a" }))
        .await
        .expect(201);

    change(&admin, &manager, 1, json!({ "role": "rep" }))
        .await
        .expect(200);

    let changed = Instant::now();
    let refused = manager.post("/teams").json(&json!({ "name": "b" })).await;
    refused.refused(403, ErrorCode::Forbidden);
    wait::within(
        Duration::from_secs(1),
        "the other server to know",
        async || {
            let response = elsewhere.patch("/organisation").if_version(99);
            let response = response.json(&json!({ "name": "b" })).await;
            (response.status == 403).then_some(())
        },
    )
    .await;
    assert!(changed.elapsed() <= Duration::from_millis(1_500));
}

// AUTH-3
#[tokio::test]
async fn a_disabled_person_is_out_within_a_second_everywhere_and_their_stream_ends() {
    let app = TestApp::start().await;
    let second = app.another().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let tool = rep.tool().await;
    let elsewhere = rep.at(second.origin());
    elsewhere.get("/me").await.expect(200);
    let (near, far) = (rep.live().await, elsewhere.live().await);

    change(&admin, &rep, 1, json!({ "state": "disabled" }))
        .await
        .expect(200);

    for client in [&*rep, &tool] {
        client
            .get("/me")
            .await
            .refused(401, ErrorCode::Unauthenticated);
    }
    wait::within(
        Duration::from_secs(1),
        "the other server to know",
        async || (elsewhere.get("/me").await.status == 401).then_some(()),
    )
    .await;
    near.ended_within(Duration::from_secs(2)).await;
    far.ended_within(Duration::from_secs(2)).await;
    rep.post("/sessions/refresh")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let body = json!({ "email": rep.email, "password": PASSWORD });
    let response = app.anonymous().post("/sessions").json(&body).await;
    response.refused(401, ErrorCode::WrongCredentials);

    // Let in again, they have to sign in again.
    change(&admin, &rep, 2, json!({ "state": "active" }))
        .await
        .expect(200);
    rep.get("/me")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    app.anonymous()
        .post("/sessions")
        .json(&body)
        .await
        .expect(200);
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for body in [json!({ "role": "rep" }), json!({ "state": "disabled" })] {
        let response = change(&admin, &admin, 1, body).await;
        response.refused(409, ErrorCode::LastAdministrator);
    }
    change(&admin, &admin, 1, json!({ "level": "middle" }))
        .await
        .expect(200);
    let other = admin.invite(Role::Administrator).await;
    change(&other, &admin, 2, json!({ "state": "disabled" }))
        .await
        .expect(200);
    let response = change(&other, &other, 1, json!({ "role": "manager" })).await;
    response.refused(409, ErrorCode::LastAdministrator);
}

#[tokio::test]
async fn two_administrators_who_demote_each_other_at_once_leave_one() {
    let app = TestApp::start().await;
    let first = app.sign_up("North").await;
    for _ in 0..5 {
        let second = first.invite(Role::Administrator).await;
        let version = first.read("/me").await["user"]["version"].as_i64().unwrap();
        let demotion = json!({ "role": "rep" });
        let (one, two) = tokio::join!(
            change(&first, &second, 1, demotion.clone()),
            change(&second, &first, version, demotion.clone()),
        );
        let db = app.db().await;
        let sql = "select count(*) from users where role = 'administrator' and state = 'active'";
        let left: i64 = db.query_one(sql, &[]).await.unwrap().get(0);
        assert_eq!(left, 1, "{} {}", one.text(), two.text());
        if two.status == 200 {
            let version = version + 1;
            let promotion = json!({ "role": "administrator" });
            change(&second, &first, version, promotion)
                .await
                .expect(200);
            change(&first, &second, 1, demotion).await.expect(200);
        }
    }
}

#[tokio::test]
async fn bad_changes_are_refused_by_field() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let theirs = app.sign_up("South").await;
    let foreign = theirs.make("/teams", json!({ "name": "Theirs" })).await;
    use ErrorCode as E;
    let bad = [
        (json!({ "name": "" }), "/name", E::Required),
        (json!({ "name": "x".repeat(101) }), "/name", E::TooLong),
        (json!({ "role": "king" }), "/role", E::NotAllowed),
        (json!({ "state": "named" }), "/state", E::NotAllowed),
        (
            json!({ "team_id": id(&foreign) }),
            "/team_id",
            E::NoSuchRecord,
        ),
        (json!({ "team_id": "x" }), "/team_id", E::BadFormat),
        (json!({ "email": "a@b.c" }), "/email", E::UnknownField),
        (
            json!({ "password_hash": "x" }),
            "/password_hash",
            E::UnknownField,
        ),
    ];
    for (body, pointer, code) in bad {
        change(&admin, &rep, 1, body)
            .await
            .invalid(&[(pointer, code)]);
    }
    let path = format!("/users/{}", rep.id());
    let request = admin.patch(&path).json(&json!({ "name": "x" }));
    request.await.refused(428, E::VersionRequired);
    let response = change(&admin, &rep, 2, json!({ "name": "x" })).await;
    let problem = response.refused(412, E::Stale);
    assert_eq!(problem.current, Some(admin.read(&path).await));
}

#[tokio::test]
async fn a_person_of_another_organisation_is_not_there() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.sign_up("North").await, app.sign_up("South").await);
    let path = format!("/users/{}", theirs.id());
    ours.get(&path).await.refused(404, ErrorCode::NotFound);
    let response = change(&ours, &theirs, 1, json!({ "state": "disabled" })).await;
    response.refused(404, ErrorCode::NotFound);
    assert_eq!(ours.get("/users").await.items().len(), 1);
    theirs.get("/me").await.expect(200);
}

#[tokio::test]
async fn only_administrators_change_people() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    for role in [Role::Rep, Role::Manager, Role::Executive] {
        let user = admin.invite(role).await;
        user.get("/users").await.expect(200);
        let response = change(&user, &rep, 1, json!({ "role": "administrator" })).await;
        response.refused(403, ErrorCode::Forbidden);
        let response = change(&user, &user, 1, json!({ "role": "administrator" })).await;
        response.refused(403, ErrorCode::Forbidden);
    }
}
