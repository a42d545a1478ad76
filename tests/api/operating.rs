//! What a server does for its operator: it says whether it is ready (DUR-4), and clears away what is old.

use reqwest::Method;
use serde_json::json;
use std::io::Read;
use std::time::Duration;
use tests::program::{Program, TestFolder, run};
use tests::{Client, PASSWORD, Response, TestApp, TestConfig, rows, wait};

/// The status and the text of the readiness check.
async fn readiness(client: &Client) -> (u16, String) {
    let answer = client.request(Method::GET, "/readyz").await;
    (answer.status, answer.text())
}

fn not_ready(reason: &str) -> (u16, String) {
    (503, format!("not ready: {reason}\n"))
}

async fn is_alive(client: &Client) {
    let alive = client.request(Method::GET, "/livez").await;
    alive.expect(200);
}

/// MOB-5: a list of many bytes travels as gzip for who takes it, and says the same.
#[tokio::test]
async fn long_lists_are_packed_for_who_takes_gzip_and_short_ones_for_nobody() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let header = |answer: &Response, name: &str| {
        let value = answer.headers.get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let packed = user.get("/teams").header("accept-encoding", "gzip").await;
    assert_eq!(header(&packed, "content-encoding"), None, "a short one");

    for number in 0..20 {
        user.make("/teams", json!({ "name": format!("team {number}") }))
            .await;
    }
    let plain = user.get("/teams").await;
    assert_eq!(header(&plain, "content-encoding"), None);
    for taken in ["gzip, deflate, br", "identity;q=0.5, gzip;q=1.0"] {
        let packed = user.get("/teams").header("accept-encoding", taken).await;
        assert_eq!(header(&packed, "content-encoding").as_deref(), Some("gzip"));
        for name in ["vary", "etag", "content-type"] {
            assert_eq!(header(&packed, name), header(&plain, name), "{name}");
        }
        assert!(packed.body.len() * 3 < plain.body.len());
        let mut text = String::new();
        let mut reader = flate2::read::GzDecoder::new(&packed.body[..]);
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text());
    }
    for refused in ["gzip;q=0", "br", ""] {
        let answer = user.get("/teams").header("accept-encoding", refused).await;
        assert_eq!(header(&answer, "content-encoding"), None, "{refused}");
        assert_eq!(header(&answer, "vary").as_deref(), Some("Accept-Encoding"));
    }
}

#[tokio::test]
async fn server_is_not_ready_while_its_database_lacks_migrations() {
    let app = TestApp::start().await;
    let db = app.db().await;
    assert_eq!(readiness(&app.anonymous()).await, (200, "ready\n".into()));

    // A newer server has begun beside this one, as in a rolling upgrade.
    let add = "insert into __diesel_schema_migrations (version) values ('99999999999999')";
    db.execute(add, &[]).await.unwrap();
    assert_eq!(readiness(&app.anonymous()).await.0, 200);

    let take = "delete from __diesel_schema_migrations where version = '00000000000006'";
    assert_eq!(db.execute(take, &[]).await.unwrap(), 1);
    let reason = not_ready("the database lacks migrations");
    assert_eq!(readiness(&app.anonymous()).await, reason);
    is_alive(&app.anonymous()).await;
}

#[tokio::test]
async fn server_without_a_free_connection_is_not_ready() {
    let config = TestConfig {
        workers: 1,
        pool_size: 1,
        ..TestConfig::default()
    };
    let app = TestApp::start_with(config).await;
    let user = app.sign_up("North").await;
    let organisation = user.read("/organisation").await;
    let mut db = app.db().await;
    let transaction = db.transaction().await.unwrap();
    let lock = "select from organisations for update";
    transaction.query(lock, &[]).await.unwrap();
    let change = user
        .patch("/organisation")
        .if_match(&organisation)
        .json(&json!({ "name": "South" }));
    let waiting = tokio::spawn(async move { change.await.status });
    let watcher = app.db().await;
    wait::until("the request waits for the row", async || {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let count: i64 = watcher.query_one(sql, &[]).await.unwrap().get(0);
        (count > 0).then_some(())
    })
    .await;

    let reason = not_ready("no database connection is free");
    assert_eq!(readiness(&app.anonymous()).await, reason);
    is_alive(&app.anonymous()).await;

    transaction.rollback().await.unwrap();
    waiting.await.unwrap();
    assert_eq!(readiness(&app.anonymous()).await.0, 200);
}

#[tokio::test]
async fn server_whose_disk_is_nearly_full_is_not_ready() {
    let folder = TestFolder::new();
    let program = Program::serve(&[
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_MIN_FREE_DISK_MB", "999999999999"),
    ])
    .await;
    let reason = not_ready("the disk of the database is nearly full");
    assert_eq!(readiness(&program.anonymous()).await, reason);
    is_alive(&program.anonymous()).await;
}

#[tokio::test]
async fn old_rows_are_cleared_away_and_young_ones_stay() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let body = json!({ "email": user.email, "password": PASSWORD });
    for _ in 0..3 {
        let session = app.anonymous().post("/sessions").json(&body);
        session.await.expect(200);
    }
    let team = |name: &str| user.post("/teams").key(name).json(&json!({ "name": name }));
    team("old").await.expect(201);
    let young = team("young").await.expect(201).value();
    for n in 0..3 {
        let body =
            json!({ "email": format!("p{n}@north.example.com"), "name": "P", "role": "rep" });
        user.make("/invitations", body).await;
    }
    let db = app.db().await;
    // More than one transaction removes: 1,200 answers of eight days ago, and one of six.
    db.batch_execute(
        "update idempotency_keys set created_at = now() - interval '8 days' where key = 'old';
         update idempotency_keys set created_at = now() - interval '6 days' where key = 'young';
         insert into idempotency_keys (org_id, user_id, key, operation, body_hash, status, body, created_at)
         select org_id, user_id, 'old ' || n, operation, body_hash, status, body, created_at
         from idempotency_keys, generate_series(1, 1200) n where key = 'old';
         with numbered as (select id, row_number() over (order by created_at desc) as n from sessions)
         update sessions s set expires_at = now() - interval '1 day' * case n when 1 then 8 when 2 then 6 else -20 end
         from numbered where numbered.id = s.id;
         update sessions set revoked_at = now() - interval '9 days'
         where id = (select id from sessions where expires_at > now() order by created_at desc limit 1);
         with numbered as (select id, row_number() over (order by id) as n from invitations)
         update invitations i set withdrawn_at = case n when 1 then now() - interval '31 days' end,
         expires_at = now() - interval '1 day' * case n when 2 then 29 else 31 end
         from numbered where numbered.id = i.id",
    )
    .await
    .unwrap();
    assert_eq!(rows::count(&db, "sessions").await, 4);
    let all_keys = rows::count(&db, "idempotency_keys").await;

    let other = app.another().await;
    wait::until("the old rows are gone", async || {
        let is_clean = rows::count(&db, "idempotency_keys").await == all_keys - 1_201
            && rows::count(&db, "sessions").await == 2
            && rows::count(&db, "invitations").await == 1;
        is_clean.then_some(())
    })
    .await;

    assert_eq!(team("young").await.expect(201).value(), young);
    user.get("/me").await.expect(200);
    let left: i64 = db
        .query_one(
            "select count(*) from sessions where expires_at between now() - interval '7 days' and now()",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 1, "the one that ended six days ago");
    let figures = wait::until("the figures know", async || {
        let text = other
            .anonymous()
            .request(Method::GET, "/metrics")
            .await
            .text();
        text.contains("{table=\"invitations\"}").then_some(text)
    })
    .await;
    for line in [
        "dipper_rows_removed_total{table=\"idempotency_keys\"} 1201",
        "dipper_rows_removed_total{table=\"sessions\"} 2",
        "dipper_rows_removed_total{table=\"invitations\"} 2",
    ] {
        assert!(figures.lines().any(|found| found == line), "{line}");
    }
}

#[tokio::test]
async fn people_are_handled_beside_a_running_server_with_a_private_database() {
    let folder = TestFolder::new();
    let settings = [("DIPPER_DATA_DIR", folder.path().to_str().unwrap())];
    let program = Program::serve(&settings).await;
    let create = [
        "user",
        "create",
        "--email",
        "first@north.example.com",
        "--name",
        "First",
        "--organisation",
        "North",
    ];
    let (is_done, said) = run(&create, &settings).await.said();
    assert!(is_done, "{said}");
    let password = said
        .lines()
        .find_map(|line| line.strip_prefix("password: "));
    let body = json!({ "email": "first@north.example.com", "password": password.unwrap() });
    let client = program.anonymous();
    client.post("/sessions").json(&body).await.expect(200);

    let (is_done, said) = run(&["migrate"], &settings).await.said();
    assert!(is_done && said.contains("0 migrations done"), "{said}");
    // What deletes everything, and a second server, are refused.
    for arguments in [&["migrate", "--revert-all"][..], &["serve"]] {
        let (is_done, said) = run(arguments, &settings).await.said();
        assert!(
            !is_done && said.contains("in use by another Dipper server"),
            "{said}"
        );
    }
    client.get("/me").await.expect(200);
    program.terminate().await;
    assert!(program.ended_within(Duration::from_secs(25)).await);
    let (is_done, said) = run(&["user", "list"], &settings).await.said();
    assert!(
        is_done && said.contains("first@north.example.com"),
        "{said}"
    );
}

#[tokio::test]
async fn demo_is_made_in_an_empty_database_only() {
    let folder = TestFolder::new();
    let settings = [("DIPPER_DATA_DIR", folder.path().to_str().unwrap())];

    let (is_done, said) = run(&["demo"], &settings).await.said();
    assert!(is_done && said.contains("admin@demo.example"), "{said}");
    let (is_done, said) = run(&["demo"], &settings).await.said();
    assert!(
        !is_done && said.contains("an empty database only"),
        "{said}"
    );

    let program = Program::serve(&settings).await;
    let client = program.anonymous();
    let body = json!({ "email": "admin@demo.example", "password": PASSWORD });
    client.post("/sessions").json(&body).await.expect(200);
    let deals = client.get("/deals?count=exact&limit=1").await.expect(200);
    assert!(
        deals.value()["total"]
            .as_i64()
            .is_some_and(|total| total > 20)
    );
}
