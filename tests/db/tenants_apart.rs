//! Tenants stay apart under load, on few connections, with clients that leave in the middle (RLS-3).

use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use tests::{Client, Request, TestApp, TestConfig, User, rows};

/// Requests of each of the clients.
const REQUESTS: u64 = 40;
/// Clients of each tenant.
const CLIENTS: u64 = 5;

/// One of the things that clients do, by its number.
fn act(client: &Client, mark: &str, number: u64) -> Request {
    let name = format!("{mark} {number} {}", uuid::Uuid::now_v7().simple());
    match number % 8 {
        0 => client.post("/teams").json(&json!({ "name": name })),
        1 => client.get("/teams").query("limit", 200),
        2 => client
            .post("/accounts")
            .json(&json!({ "name": name, "kind": "company" })),
        3 => client.get("/accounts").query("limit", 200),
        4 => client.get("/events").query("limit", 200),
        5 => client
            .post("/accounts")
            .json(&json!({ "name": "", "kind": "company" })),
        6 => client.get("/organisation"),
        _ => client.get("/me"),
    }
}

/// Does things, leaves every third time before the answer, and looks for the other's mark.
async fn visit(client: Client, mark: String, foreign: String, seed: u64) -> u64 {
    let mut answers = 0;
    for number in 0..REQUESTS {
        let request = act(&client, &mark, seed + number);
        if number % 3 == 2 {
            // Between one and thirty milliseconds: before, during and after the work.
            let patience =
                Duration::from_micros(1_000 + (seed * 7_919 + number * 104_729) % 29_000);
            tokio::time::timeout(patience, request.try_send())
                .await
                .ok();
            continue;
        }
        let response = request.await;
        assert!(
            matches!(response.status, 200 | 201 | 422 | 503),
            "{}: {}",
            response.status,
            response.text()
        );
        assert!(!response.text().contains(&foreign), "{}", response.text());
        if response.status == 200 && (seed + number) % 8 == 6 {
            assert!(response.text().contains(&mark));
        }
        answers += 1;
    }
    answers
}

#[tokio::test]
async fn interleaved_requests_of_two_tenants_on_few_connections_see_no_foreign_row() {
    let app = TestApp::start_with(TestConfig {
        workers: 2,
        pool_size: 2,
        ..TestConfig::default()
    })
    .await;
    let marks = ["mark-of-the-north", "mark-of-the-south"];
    let tenants: [User; 2] = [app.sign_up(marks[0]).await, app.sign_up(marks[1]).await];

    let mut visits = Vec::new();
    for client in 0..CLIENTS {
        for (tenant, user) in tenants.iter().enumerate() {
            let (mark, foreign) = (marks[tenant].to_owned(), marks[1 - tenant].to_owned());
            let client_of = Client::clone(user);
            visits.push(tokio::spawn(visit(client_of, mark, foreign, client * 31)));
        }
    }
    let mut answers = 0;
    for visit in visits {
        answers += visit.await.unwrap();
    }
    assert!(answers > 2 * CLIENTS * REQUESTS / 2);

    let db = app.db().await;
    for (tenant, user) in tenants.iter().enumerate() {
        for table in rows::tenant_tables(&db).await {
            let sql = format!(
                "select count(*) from {table} r where org_id = $1 and r::text like '%' || $2 || '%'"
            );
            let row = db
                .query_one(&sql, &[&user.org(), &marks[1 - tenant]])
                .await
                .unwrap();
            assert_eq!(row.get::<_, i64>(0), 0, "{table}");
        }
    }
    let alive = app.anonymous().request(Method::GET, "/readyz").await;
    assert_eq!(alive.status, 200);
}
