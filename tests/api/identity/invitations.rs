//! Invitations and what comes of them.

use super::{event_kinds, id};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Client, PASSWORD, Response, TestApp, User, Value, json};

fn somebody(email: &str) -> Value {
    json!({ "email": email, "name": "Lin", "role": "rep", "level": "middle" })
}

async fn invite(admin: &User, email: &str) -> String {
    let made = admin.make("/invitations", somebody(email)).await;
    made["token"].as_str().unwrap().to_owned()
}

async fn look(client: &Client, token: &str) -> Response {
    client.get(&format!("/invitations/by-token/{token}")).await
}

async fn accept(client: &Client, token: &str, body: Value) -> Response {
    let path = format!("/invitations/by-token/{token}/accept");
    client.post(&path).json(&body).await
}

fn person() -> Value {
    json!({ "name": "Lin Yao", "password": PASSWORD, "locale": "en" })
}

/// A seller known by name only, as an import makes them.
async fn named(app: &TestApp, admin: &User, name: &str) -> String {
    let id = uuid::Uuid::now_v7();
    let sql = "insert into users (org_id, id, name, role, level, state, locale) \
               values ($1, $2, $3, 'rep', 'junior', 'named', 'en')";
    let db = app.db().await;
    db.execute(sql, &[&admin.org(), &id, &name]).await.unwrap();
    id.to_string()
}

#[tokio::test]
async fn an_invited_person_joins_with_what_the_invitation_says() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = admin.make("/teams", json!({ "name": "East" })).await;
    let mut body = somebody("Lin@Example.com");
    body["team_id"] = team["id"].clone();
    let made = admin.make("/invitations", body).await;
    let token = made["token"].as_str().unwrap();
    let client = app.anonymous();

    let seen = look(&client, token).await.expect(200).value();
    assert_eq!(seen, made["invitation"]);
    assert_eq!(seen["organisation_name"], "North");
    assert_eq!(seen["email"], "lin@example.com");
    let me = accept(&client, token, person()).await.expect(200).value();

    assert_eq!(me["user"]["name"], "Lin Yao");
    assert_eq!(me["user"]["email"], "lin@example.com");
    assert_eq!(me["user"]["role"], "rep");
    assert_eq!(me["user"]["level"], "middle");
    assert_eq!(me["user"]["team_id"], team["id"]);
    assert_eq!(client.read("/me").await, me);
    assert!(admin.get("/invitations").await.items().is_empty());
    let expected = ["user.invited", "user.created", "user.signed_in"];
    tests::wait::until("the feed tells it in order", async || {
        let kinds = event_kinds(&admin, "user.signed_in").await;
        kinds.ends_with(&expected.map(String::from)).then_some(())
    })
    .await;
    let told = json!(app.feed(&admin).await).to_string();
    assert!(!told.contains(token), "{told}");
}

#[tokio::test]
async fn a_retried_request_makes_one_invitation_and_shows_its_secret_again() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let post = || {
        admin
            .post("/invitations")
            .key("k")
            .json(&somebody("lin@example.com"))
    };
    let (first, second) = (post().await.expect(201), post().await.expect(201));
    assert_eq!(first.value(), second.value());
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(admin.get("/invitations").await.items().len(), 1);

    // The database holds the secret nowhere.
    let token = first.value()["token"].as_str().unwrap().to_owned();
    let sql = "select count(*) from invitations i, idempotency_keys k \
               where position($1 in i::text) > 0 or position($1 in convert_from(k.body, 'utf8')) > 0";
    let db = app.db().await;
    let found: i64 = db.query_one(sql, &[&token]).await.unwrap().get(0);
    assert_eq!(found, 0);
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let token = invite(&admin, "lin@example.com").await;
    let (one, two) = (app.anonymous(), app.anonymous());
    let (first, second) = tokio::join!(
        accept(&one, &token, person()),
        accept(&two, &token, person()),
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410]);
    look(&app.anonymous(), &token)
        .await
        .refused(410, ErrorCode::LinkExpired);
    assert_eq!(admin.get("/users").await.items().len(), 2);
}

#[tokio::test]
async fn withdrawn_replaced_and_old_invitations_are_over() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let nobody = app.anonymous();
    let gone = |token: String| {
        let nobody = nobody.clone();
        async move {
            look(&nobody, &token)
                .await
                .refused(410, ErrorCode::LinkExpired);
            accept(&nobody, &token, person())
                .await
                .refused(410, ErrorCode::LinkExpired);
        }
    };

    let made = admin.make("/invitations", somebody("a@example.com")).await;
    let path = format!("/invitations/{}", id(&made["invitation"]));
    admin.get(&path).await.expect(200);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.refused(404, ErrorCode::NotFound);
    admin.get(&path).await.refused(404, ErrorCode::NotFound);
    gone(made["token"].as_str().unwrap().to_owned()).await;
    let kinds = event_kinds(&admin, "user.invitation_withdrawn").await;
    assert_eq!(kinds.last().unwrap(), "user.invitation_withdrawn");

    let first = invite(&admin, "b@example.com").await;
    let second = invite(&admin, "B@example.com").await;
    gone(first).await;
    look(&nobody, &second).await.expect(200);

    let sql = "update invitations set expires_at = now() - interval '1 second'";
    app.db().await.execute(sql, &[]).await.unwrap();
    gone(second).await;
}

#[tokio::test]
async fn a_link_that_is_not_ours_leads_nowhere() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let token = invite(&admin, "lin@example.com").await;
    let nobody = app.anonymous();
    let changed = format!("B{}", &token[1..]);
    for bad in ["x", &changed, &token[..40], "%00", "北斗"] {
        look(&nobody, bad).await.refused(404, ErrorCode::NotFound);
        accept(&nobody, bad, person())
            .await
            .refused(404, ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn a_bad_acceptance_names_its_fields_and_leaves_the_invitation_open() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let token = invite(&admin, "lin.yao.2026@example.com").await;
    let nobody = app.anonymous();
    use ErrorCode as E;
    let bad = [
        (
            json!({ "name": " ", "password": PASSWORD }),
            "/name",
            E::Required,
        ),
        (
            json!({ "name": "Lin", "password": "short" }),
            "/password",
            E::TooShort,
        ),
        (
            json!({ "name": "Lin", "password": "lin.yao.2026@example.com" }),
            "/password",
            E::WeakPassword,
        ),
        (
            json!({ "name": "Lin", "password": PASSWORD, "role": "administrator" }),
            "/role",
            E::UnknownField,
        ),
    ];
    for (body, pointer, code) in bad {
        accept(&nobody, &token, body)
            .await
            .invalid(&[(pointer, code)]);
    }
    accept(&nobody, &token, person()).await.expect(200);
}

#[tokio::test]
async fn a_seller_known_by_name_becomes_a_person_who_signs_in() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let seller = named(&app, &admin, "Darcel Schlecht").await;
    let request = admin.patch(&format!("/users/{seller}")).if_version(1);
    request
        .json(&json!({ "state": "active" }))
        .await
        .invalid(&[("/state", ErrorCode::NotAllowed)]);
    let mut body = somebody("darcel@example.com");
    body["user_id"] = json!(seller);
    let made = admin.make("/invitations", body.clone()).await;
    let client = app.anonymous();

    let me = accept(&client, made["token"].as_str().unwrap(), person())
        .await
        .expect(200)
        .value();

    assert_eq!(me["user"]["id"], json!(seller));
    assert_eq!(me["user"]["state"], "active");
    assert_eq!(me["user"]["version"], 2);
    assert_eq!(client.read("/me").await, me);
    body["email"] = json!("else@example.com");
    let response = admin.post("/invitations").json(&body).await;
    response.invalid(&[("/user_id", ErrorCode::NotAllowed)]);
}

#[tokio::test]
async fn bad_invitations_are_refused_by_field() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let theirs = app.sign_up("South").await;
    let team = theirs.make("/teams", json!({ "name": "Theirs" })).await;
    use ErrorCode as E;
    let bad = [
        (json!({ "email": "lin" }), "/email", E::BadFormat),
        (
            json!({ "email": admin.email.to_uppercase() }),
            "/email",
            E::Taken,
        ),
        (json!({ "name": "" }), "/name", E::Required),
        (json!({ "role": "king" }), "/role", E::NotAllowed),
        (json!({ "team_id": id(&team) }), "/team_id", E::NoSuchRecord),
        (
            json!({ "user_id": theirs.id() }),
            "/user_id",
            E::NoSuchRecord,
        ),
        (json!({ "user_id": admin.id() }), "/user_id", E::NotAllowed),
    ];
    for (change, pointer, code) in bad {
        let mut body = somebody("lin@example.com");
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let response = admin.post("/invitations").json(&body).await;
        response.invalid(&[(pointer, code)]);
    }
    assert!(admin.get("/invitations").await.items().is_empty());
}

#[tokio::test]
async fn an_email_that_signs_in_elsewhere_cannot_join_and_the_administrator_does_not_learn_of_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let theirs = app.sign_up("South").await;
    let token = invite(&admin, &theirs.email).await;
    accept(&app.anonymous(), &token, person())
        .await
        .refused(409, ErrorCode::Taken);
    assert_eq!(admin.get("/users").await.items().len(), 1);
}

#[tokio::test]
async fn invitations_are_the_administrators_own_affair() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = admin
        .make("/invitations", somebody("lin@example.com"))
        .await;
    let path = format!("/invitations/{}", id(&made["invitation"]));
    let manager = admin.invite(Role::Manager).await;
    manager
        .get("/invitations")
        .await
        .refused(403, ErrorCode::Forbidden);
    manager
        .delete(&path)
        .await
        .refused(403, ErrorCode::Forbidden);
    let response = manager
        .post("/invitations")
        .json(&somebody("x@example.com"))
        .await;
    response.refused(403, ErrorCode::Forbidden);
    let theirs = app.sign_up("South").await;
    theirs.get(&path).await.refused(404, ErrorCode::NotFound);
    theirs.delete(&path).await.refused(404, ErrorCode::NotFound);
    assert_eq!(admin.get("/invitations").await.items().len(), 1);
}

#[tokio::test]
async fn invitations_are_listed_page_by_page_the_youngest_first() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for number in 0..5 {
        invite(&admin, &format!("{number}@example.com")).await;
    }
    let mut walked = Vec::new();
    let mut address = "/invitations?limit=2".to_owned();
    loop {
        let page = admin.read(&address).await;
        for item in page["items"].as_array().unwrap() {
            walked.push(item["email"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => address = next.strip_prefix("/api/v1").unwrap().to_owned(),
            None => break,
        }
    }
    let expected: Vec<String> = (0..5).rev().map(|n| format!("{n}@example.com")).collect();
    assert_eq!(walked, expected);
    let refused = admin.get("/invitations?cursor=x").await;
    refused.invalid(&[("cursor", ErrorCode::BadFormat)]);
}
