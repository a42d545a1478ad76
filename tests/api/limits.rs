//! The table of limits in `docs/`: each row that is in force has its test (LIM-1).

use reqwest::Method;
use serde_json::json;
use shared::error::ErrorCode;
use std::time::{Duration, Instant};
use tests::raw::{RawAnswer, RawConnection, exchange};
use tests::{PASSWORD, TestApp, TestConfig, wait};

#[tokio::test]
async fn address_longer_than_8_kib_is_414() {
    let app = TestApp::start().await;
    let long = format!("/nothing?a={}", "x".repeat(8 * 1024));
    app.anonymous()
        .get(&long)
        .await
        .refused(414, ErrorCode::AddressTooLong);
    let fits = format!("/nothing?a={}", "x".repeat(8 * 1024 - 200));
    app.anonymous()
        .get(&fits)
        .await
        .refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn more_than_50_parameters_are_refused() {
    let app = TestApp::start().await;
    let many = |count: usize| {
        let list: Vec<String> = (0..count).map(|n| format!("a{n}=1")).collect();
        format!("/nothing?{}", list.join("&"))
    };
    app.anonymous()
        .get(&many(51))
        .await
        .refused(422, ErrorCode::TooManyItems);
    app.anonymous()
        .get(&many(50))
        .await
        .refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn headers_that_are_too_many_or_too_long_are_refused() {
    let app = TestApp::start().await;
    let mut many = app.anonymous().get("/nothing");
    for n in 0..70 {
        many = many.header(&format!("x-{n}"), "1");
    }
    many.await.refused(431, ErrorCode::HeadersTooLarge);
    let long = app
        .anonymous()
        .get("/nothing")
        .header("x-long", &"x".repeat(33 * 1024));
    long.await.refused(431, ErrorCode::HeadersTooLarge);

    // More than the parser itself takes: it answers without a body.
    let lines: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    let request = format!("GET /api/v1/me HTTP/1.1\r\nhost: x\r\n{lines}\r\n");
    let answer = exchange(app.address(), request).await;
    assert_eq!(answer.status, 431, "{answer:?}");
    let endless = format!(
        "GET /api/v1/me HTTP/1.1\r\nhost: x\r\nx: {}",
        "x".repeat(300 * 1024)
    );
    let answer = exchange(app.address(), endless).await;
    // Bytes that nobody has read when the connection ends may cost the answer.
    assert!(matches!(answer.status, 0 | 431), "{answer:?}");
    app.anonymous()
        .get("/me")
        .await
        .refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn one_address_holds_only_so_many_connections() {
    let config = TestConfig {
        connections_per_address: 3,
        ..TestConfig::default()
    };
    let app = TestApp::start_with(config).await;
    let alive = "HEAD /livez HTTP/1.1\r\nhost: x\r\n\r\n";
    let moment = Duration::from_secs(5);
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut connection = RawConnection::open(app.address()).await;
        connection.send(alive).await;
        assert_eq!(connection.head_within(moment).await.unwrap().status, 200);
        held.push(connection);
    }

    for _ in 0..5 {
        let mut fourth = RawConnection::open(app.address()).await;
        fourth.send(alive).await;
        let answer = fourth.answer_within(moment).await;
        let answer = answer.expect("an end of the connection");
        assert_eq!(answer.status, 0, "{answer:?}");
    }

    // Those who came first are served on, and whoever leaves makes room.
    held[0].send(alive).await;
    assert_eq!(held[0].head_within(moment).await.unwrap().status, 200);
    held.pop();
    let metrics = wait::until("there is room again", async || {
        let answer = RawConnection::open(app.address()).await;
        answer
            .ask(
                "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
                moment,
            )
            .await
    })
    .await;
    let refused = metrics.body.lines().find_map(|line| {
        line.strip_prefix("dipper_connections_refused_total ")?
            .parse()
            .ok()
    });
    assert!(refused >= Some(5), "{refused:?}");
}

#[tokio::test]
async fn connections_of_our_own_proxies_are_not_counted() {
    let config = TestConfig {
        connections_per_address: 2,
        proxies: vec!["127.0.0.1".parse().unwrap()],
        ..TestConfig::default()
    };
    let app = TestApp::start_with(config).await;
    let mut held = Vec::new();
    for _ in 0..6 {
        let mut connection = RawConnection::open(app.address()).await;
        connection
            .send("HEAD /livez HTTP/1.1\r\nhost: x\r\n\r\n")
            .await;
        let answer = connection.head_within(Duration::from_secs(5)).await;
        assert_eq!(answer.unwrap().status, 200);
        held.push(connection);
    }
}

#[tokio::test]
async fn packed_bodies_are_not_unpacked() {
    let app = TestApp::start().await;
    let body = vec![0; 10_000];
    for encoding in ["gzip", "br", "deflate", "zstd", "x-gzip"] {
        let request = app
            .anonymous()
            .post("/sessions")
            .body("application/json", body.clone());
        let response = request.header("content-encoding", encoding).await;
        response.refused(415, ErrorCode::UnsupportedMedia);
    }
}

#[tokio::test]
async fn connections_that_say_nothing_or_little_are_closed() {
    let app = TestApp::start().await;
    let limit = Duration::from_secs(14);
    let silent = async {
        RawConnection::open(app.address())
            .await
            .answer_within(limit)
            .await
    };
    let slow_head = async {
        let mut connection = RawConnection::open(app.address()).await;
        connection
            .send("GET /api/v1/me HTTP/1.1\r\nhost: x\r\n")
            .await;
        connection.answer_within(limit).await
    };
    let begun = Instant::now();
    let (silent, slow_head) = tokio::join!(silent, slow_head);
    assert!(begun.elapsed() > Duration::from_secs(5));
    let silent = silent.expect("a silent connection is closed within 10 s");
    assert!(matches!(silent.status, 0 | 408), "{silent:?}");
    let slow_head = slow_head.expect("a slow head is given up within 10 s");
    assert!(matches!(slow_head.status, 0 | 408), "{slow_head:?}");
}

/// Posts a body that never ends, some bytes each half second; answers what came back and after how long.
async fn drip(app: &TestApp, head: &str, bytes: usize) -> (Option<RawAnswer>, Duration) {
    let mut connection = RawConnection::open(app.address()).await;
    let begun = Instant::now();
    connection
        .send(format!(
            "POST /api/v1{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: 1000000\r\n\r\n"
        ))
        .await;
    let answer = connection
        .drip(&vec![b' '; bytes], Duration::from_secs(40))
        .await;
    (answer, begun.elapsed())
}

#[tokio::test]
async fn body_that_comes_too_slowly_is_given_up() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let body = "/sessions HTTP/1.1\r\ncontent-type: application/json";
    let file = format!(
        "/imports/{}/files?name=a.csv HTTP/1.1\r\ncontent-type: text/csv\r\nauthorization: Bearer {}",
        import["id"].as_str().unwrap(),
        admin.token().await
    );
    let form = file.replace("text/csv", "multipart/form-data; boundary=xx");
    let (nothing, drops, fair, file, form) = tokio::join!(
        drip(&app, body, 0),
        drip(&app, body, 100),
        drip(&app, body, 2_000),
        drip(&app, &file, 100),
        drip(&app, &form, 100),
    );
    for (answer, _) in [&nothing, &drops, &fair, &file, &form] {
        let answer = answer.as_ref().expect("an answer within 40 s");
        assert_eq!(answer.status, 408, "{answer:?}");
        assert!(answer.body.contains("timed_out"), "{answer:?}");
    }
    let within = |took: Duration, from: u64, to: u64| {
        assert!(
            (Duration::from_secs(from)..Duration::from_secs(to)).contains(&took),
            "{took:?}"
        );
    };
    within(nothing.1, 5, 10);
    for slow in [drops, file, form] {
        within(slow.1, 5, 12);
    }
    // One that keeps the pace has the time of the whole.
    within(fair.1, 30, 35);
}

#[tokio::test]
async fn request_that_waits_for_a_lock_is_given_up_as_unavailable() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let organisation = user.read("/organisation").await;
    let mut db = app.db().await;
    let transaction = db.transaction().await.unwrap();
    let lock = "select from organisations where id = $1 for update";
    transaction.query(lock, &[&user.org()]).await.unwrap();

    let begun = Instant::now();
    let change = user
        .patch("/organisation")
        .if_match(&organisation)
        .json(&json!({ "name": "South" }));
    let response = change.await;

    response.refused(503, ErrorCode::Unavailable);
    assert!(!response.header("retry-after").is_empty());
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    transaction.rollback().await.unwrap();
    assert_eq!(user.read("/organisation").await, organisation);
}

#[tokio::test]
async fn connections_to_the_database_have_their_time_limits() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let organisation = user.read("/organisation").await;
    let mut db = app.db().await;
    let transaction = db.transaction().await.unwrap();
    let lock = "select from organisations where id = $1 for update";
    transaction.query(lock, &[&user.org()]).await.unwrap();

    // Ten people wait for the same row: others are served meanwhile.
    let waiting: Vec<_> = (0..10)
        .map(|n| {
            let change = user
                .patch("/organisation")
                .if_match(&organisation)
                .json(&json!({ "name": format!("South {n}") }));
            tokio::spawn(async move { change.await.status })
        })
        .collect();
    let alive = app.anonymous().request(Method::GET, "/livez").await;
    assert_eq!(alive.status, 200);
    for answer in waiting {
        assert_eq!(answer.await.unwrap(), 503);
    }
    transaction.rollback().await.unwrap();

    // And afterwards nothing is left of them.
    wait::until("the connections are free again", async || {
        let busy = db
            .query_one(
                "select count(*) from pg_stat_activity where datname = current_database() \
                 and state like 'idle in transaction%'",
                &[],
            )
            .await
            .unwrap();
        (busy.get::<_, i64>(0) == 0).then_some(())
    })
    .await;
    assert_eq!(user.read("/organisation").await, organisation);
}

#[tokio::test]
async fn many_sign_ins_at_once_leave_room_for_others() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let body = json!({ "email": user.email, "password": PASSWORD });
    let tries: Vec<_> = (0..24)
        .map(|_| {
            let request = app.anonymous().post("/sessions").json(&body);
            tokio::spawn(async move { request.await.status })
        })
        .collect();

    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let begun = Instant::now();
        user.get("/organisation").await.expect(200);
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    for answer in tries {
        let status = answer.await.unwrap();
        assert!(matches!(status, 200 | 429), "{status}");
    }
}
