//! The sign-up of an organisation.

use super::event_kinds;
use backend::config::SignUp;
use shared::error::ErrorCode;
use tests::{Client, PASSWORD, Response, TestApp, TestConfig, Value, json, rows};

fn organisation(email: &str) -> Value {
    json!({
        "organisation_name": "North", "name": "Shen Zhixia", "email": email, "password": PASSWORD,
    })
}

async fn sign_up(client: &Client, body: &Value) -> Response {
    client.post("/organisations").json(body).await
}

async fn app_with(sign_up: SignUp) -> TestApp {
    let config = TestConfig {
        sign_up,
        ..TestConfig::default()
    };
    TestApp::start_with(config).await
}

#[tokio::test]
async fn sign_up_makes_an_organisation_with_an_administrator_who_is_signed_in() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let mut body = organisation("Shen@Example.com");
    body["locale"] = json!("en");

    let response = sign_up(&client, &body).await.expect(201);

    assert_eq!(response.header("location"), "/api/v1/organisation");
    assert_eq!(response.header("etag"), "\"1\"");
    assert_eq!(response.header("cache-control"), "no-store");
    let me = response.value();
    assert_eq!(me["user"]["email"], "shen@example.com");
    assert_eq!(me["user"]["role"], "administrator");
    assert_eq!(me["user"]["state"], "active");
    assert_eq!(me["user"]["locale"], "en");
    assert_eq!(me["organisation"]["name"], "North");
    assert_eq!(me["organisation"]["currency"], "USD");
    assert_eq!(client.read("/me").await, me);
}

#[tokio::test]
async fn sign_up_in_chinese_counts_in_yuan_unless_it_says_otherwise() {
    let app = TestApp::start().await;
    let me = sign_up(&app.anonymous(), &organisation("a@example.com"))
        .await
        .expect(201)
        .value();
    assert_eq!(me["organisation"]["currency"], "CNY");
    let mut body = organisation("b@example.com");
    body["currency"] = json!("EUR");
    let me = sign_up(&app.anonymous(), &body).await.expect(201).value();
    assert_eq!(me["organisation"]["currency"], "EUR");
}

#[tokio::test]
async fn sign_up_is_recorded_without_secrets() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    assert_eq!(
        event_kinds(&user, "user.signed_in").await,
        ["organisation.created", "user.created", "user.signed_in"]
    );
    let text = user.get("/events").await.expect(200).text();
    assert!(
        !text.contains("argon2") && !text.contains("password"),
        "{text}"
    );
}

#[tokio::test]
async fn only_the_first_organisation_signs_up_unless_the_server_is_open() {
    let app = app_with(SignUp::First).await;
    sign_up(&app.anonymous(), &organisation("a@example.com"))
        .await
        .expect(201);
    sign_up(&app.anonymous(), &organisation("b@example.com"))
        .await
        .refused(403, ErrorCode::SignUpClosed);
}

#[tokio::test]
async fn of_many_first_sign_ups_at_once_one_passes() {
    let app = app_with(SignUp::First).await;
    let mut all = tokio::task::JoinSet::new();
    for number in 0..8 {
        let client = app.anonymous();
        all.spawn(async move {
            let body = organisation(&format!("{number}@example.com"));
            sign_up(&client, &body).await.status
        });
    }
    let statuses = all.join_all().await;
    let passed = statuses.iter().filter(|status| **status == 201).count();
    let refused = statuses.iter().filter(|status| **status == 403).count();
    assert_eq!((passed, refused), (1, 7), "{statuses:?}");
    assert_eq!(rows::count(&app.db().await, "organisations").await, 1);
}

#[tokio::test]
async fn a_closed_server_signs_nobody_up() {
    let app = app_with(SignUp::Closed).await;
    sign_up(&app.anonymous(), &organisation("a@example.com"))
        .await
        .refused(403, ErrorCode::SignUpClosed);
    assert_eq!(rows::count(&app.db().await, "organisations").await, 0);
}

#[tokio::test]
async fn an_email_belongs_to_one_person_whatever_its_letters_and_nothing_is_left_of_the_try() {
    let app = TestApp::start().await;
    sign_up(&app.anonymous(), &organisation("shen@example.com"))
        .await
        .expect(201);
    sign_up(&app.anonymous(), &organisation("Shen@EXAMPLE.com"))
        .await
        .invalid(&[("/email", ErrorCode::Taken)]);
    let db = app.db().await;
    for table in ["organisations", "users", "logins", "sessions"] {
        assert_eq!(rows::count(&db, table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn bad_fields_are_all_named_and_nothing_is_written() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let check = async |change: Value, expected: &[(&str, ErrorCode)]| {
        let mut body = organisation("shen@example.com");
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        sign_up(&client, &body).await.invalid(expected);
    };
    use ErrorCode as E;
    let all_bad =
        json!({ "organisation_name": " ", "name": "", "email": "shen", "password": "short" });
    check(
        all_bad,
        &[
            ("/organisation_name", E::Required),
            ("/name", E::Required),
            ("/email", E::BadFormat),
            ("/password", E::TooShort),
        ],
    )
    .await;
    check(
        json!({ "organisation_name": "x".repeat(201) }),
        &[("/organisation_name", E::TooLong)],
    )
    .await;
    check(json!({ "name": "a\u{0}b" }), &[("/name", E::BadFormat)]).await;
    check(
        json!({ "password": "password2026" }),
        &[("/password", E::WeakPassword)],
    )
    .await;
    check(
        json!({ "password": "x".repeat(201) }),
        &[("/password", E::TooLong)],
    )
    .await;
    check(
        json!({ "email": "a b@example.com" }),
        &[("/email", E::BadFormat)],
    )
    .await;
    check(
        json!({ "currency": "yuan" }),
        &[("/currency", E::BadFormat)],
    )
    .await;
    check(json!({ "locale": "fr" }), &[("/locale", E::NotAllowed)]).await;
    check(
        json!({ "role": "administrator" }),
        &[("/role", E::UnknownField)],
    )
    .await;
    check(json!({ "name": 7 }), &[("/name", E::BadFormat)]).await;
    assert_eq!(rows::count(&app.db().await, "organisations").await, 0);
}
