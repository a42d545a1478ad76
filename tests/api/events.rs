//! The feed and the live stream show each event once, in a lasting order, to those who may see it, and
//! for as long as they may.

use serde_json::{Value, json};
use shared::error::ErrorCode;
use shared::identity::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tests::{Client, TestApp, User, rows, wait};
use tokio_postgres::Client as Db;
use uuid::Uuid;

/// Reads the feed from a position to its present end: the events, and where to go on.
async fn walk(client: &Client, mut after: String) -> (Vec<Value>, String) {
    let mut events = Vec::new();
    loop {
        let page = client
            .get("/events")
            .query("after", &after)
            .query("limit", 7)
            .await;
        let page = page.expect(200).value();
        let items = page["items"].as_array().unwrap().clone();
        after = page["next_cursor"].as_str().unwrap().to_owned();
        events.extend(items);
        if page["next"].is_null() {
            return (events, after);
        }
    }
}

fn sequences(events: &[Value]) -> Vec<i64> {
    events
        .iter()
        .map(|event| event["sequence"].as_i64().unwrap())
        .collect()
}

async fn make_team(user: &Client, name: &str) -> Value {
    user.make("/teams", json!({ "name": name })).await
}

/// Writes an event as a transaction of the server's would.
async fn record(db: &Db, user: &User) -> i64 {
    let sql = "insert into events (org_id, actor_kind, kind, subject_kind, subject_id, data) \
        values ($1, 'system', 'team.created', 'team', $2, '{}') returning sequence";
    let row = db
        .query_one(sql, &[&user.org(), &Uuid::now_v7()])
        .await
        .unwrap();
    row.get(0)
}

/// The position behind all that is written. An open transaction anywhere on the database server holds
/// the feed back, so it asks until all is there.
async fn behind_all(app: &TestApp, user: &User) -> String {
    let written = usize::try_from(rows::count(&app.db().await, "events").await).unwrap();
    wait::until("the walk sees what is written", async || {
        let (events, position) = walk(user, "0".into()).await;
        (events.len() >= written).then_some(position)
    })
    .await
}

#[tokio::test]
async fn feed_goes_on_from_its_cursor_and_shows_each_event_once() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    for number in 0..20 {
        make_team(&user, &format!("team {number}")).await;
    }
    let written = usize::try_from(rows::count(&app.db().await, "events").await).unwrap();
    // An open transaction anywhere on the database server holds the feed back, so ask until all is there.
    let (first, position) = wait::until("the feed shows everything", async || {
        let (events, position) = walk(&user, "0".into()).await;
        (events.len() == written).then_some((events, position))
    })
    .await;
    make_team(&user, "late").await;
    let (second, end) = wait::until("the feed goes on", async || {
        let (events, end) = walk(&user, position.clone()).await;
        (!events.is_empty()).then_some((events, end))
    })
    .await;

    assert_eq!(second.len(), 1);
    assert_eq!(second[0]["kind"], "team.created");
    assert_eq!(second[0]["data"]["new"]["name"], "late");
    assert_eq!(second[0]["actor_name"], "Administrator");
    let all: BTreeSet<i64> = sequences(&first)
        .into_iter()
        .chain(sequences(&second))
        .collect();
    assert_eq!(all.len(), first.len() + second.len());
    let (nothing, same) = walk(&user, end.clone()).await;
    assert_eq!((nothing.len(), same), (0, end));
}

#[tokio::test]
async fn feed_refuses_positions_that_are_none() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let negative = user.get("/events").query("after", -1).await;
    negative.invalid(&[("after", ErrorCode::OutOfRange)]);
    let text = user.get("/events").query("after", "x").await;
    assert!(matches!(text.status, 400 | 422), "{}", text.text());
}

/// Goes on with a walk until it has seen so many events; gives all their numbers in order.
async fn rest_of(user: &User, seen: Vec<Value>, position: String, count: usize) -> Vec<i64> {
    let mut all = sequences(&seen);
    let mut position = position;
    wait::until("the walk sees the rest", async || {
        let (more, next) = walk(user, position.clone()).await;
        all.extend(sequences(&more));
        position = next;
        (all.len() >= count).then_some(())
    })
    .await;
    all.sort_unstable();
    all
}

#[tokio::test]
async fn walk_sees_each_event_once_whatever_order_transactions_commit_in() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (mut early, mut late) = (app.db().await, app.db().await);
    let start = behind_all(&app, &user).await;

    // The one that began first takes its number last, and commits first.
    let first = early.transaction().await.unwrap();
    first
        .execute("select pg_current_xact_id()", &[])
        .await
        .unwrap();
    let second = late.transaction().await.unwrap();
    second
        .execute("select pg_current_xact_id()", &[])
        .await
        .unwrap();
    let low = record_in(&second, &user).await;
    let high = record_in(&first, &user).await;
    assert!(low < high);
    first.commit().await.unwrap();
    let (seen, position) = walk(&user, start).await;
    second.commit().await.unwrap();

    assert_eq!(rest_of(&user, seen, position, 2).await, [low, high]);
}

async fn record_in(transaction: &tokio_postgres::Transaction<'_>, user: &User) -> i64 {
    let sql = "insert into events (org_id, actor_kind, kind, subject_kind, subject_id, data) \
        values ($1, 'system', 'team.created', 'team', $2, '{}') returning sequence";
    let row = transaction
        .query_one(sql, &[&user.org(), &Uuid::now_v7()])
        .await
        .unwrap();
    row.get(0)
}

#[tokio::test]
async fn event_behind_an_open_transaction_waits_and_is_not_lost() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let mut db = app.db().await;
    let other = app.db().await;
    let start = behind_all(&app, &user).await;

    let open = db.transaction().await.unwrap();
    let hidden = record_in(&open, &user).await;
    let shown = record(&other, &user).await;
    let (meanwhile, position) = walk(&user, start).await;
    open.commit().await.unwrap();

    assert_eq!(
        rest_of(&user, meanwhile, position, 2).await,
        [hidden, shown]
    );
}

#[tokio::test]
async fn walk_beside_many_writers_sees_each_event_once() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let is_done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (client, is_done) = (Client::clone(&user), Arc::clone(&is_done));
        tokio::spawn(async move {
            let (mut events, mut position) = (Vec::new(), "0".to_owned());
            loop {
                let was_done = is_done.load(Ordering::Acquire);
                let (more, next) = walk(&client, position).await;
                events.extend(more);
                position = next;
                let is_last = |event: &Value| event["data"]["new"]["name"] == "the last one";
                if was_done && events.iter().any(is_last) {
                    return events;
                }
            }
        })
    };
    let live = user.live().await;
    let writers: Vec<_> = (0..6)
        .map(|writer| {
            let client = Client::clone(&user);
            tokio::spawn(async move {
                for number in 0..20 {
                    make_team(&client, &format!("team {writer}-{number}")).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    make_team(&user, "the last one").await;
    is_done.store(true, Ordering::Release);

    let events = reader.await.unwrap();
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    for sequence in sequences(&events) {
        *seen.entry(sequence).or_default() += 1;
    }
    assert!(seen.values().all(|times| *times == 1));
    let rows = app
        .db()
        .await
        .query("select sequence from events", &[])
        .await
        .unwrap();
    let written: BTreeSet<i64> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(seen.keys().copied().collect::<BTreeSet<_>>(), written);

    let mut live = live;
    let mut streamed = BTreeSet::new();
    for _ in 0..120 {
        assert!(streamed.insert(live.next_of("team.created").await.id));
    }
}

#[tokio::test]
async fn stream_begins_now_and_goes_on_after_the_last_event_seen() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    make_team(&user, "before").await;
    app.settle().await;
    let mut stream = user.live().await;
    for name in ["one", "two", "three"] {
        make_team(&user, name).await;
    }

    let first = stream.next().await;
    assert_eq!(
        (first.kind.as_str(), &first.data["data"]["new"]["name"]),
        ("team.created", &json!("one"))
    );
    assert_eq!(first.data["sequence"], first.id);
    drop(stream);
    make_team(&user, "four").await;
    let mut again = user.live_after(first.id).await;

    assert_eq!(again.start, first.id);
    for name in ["two", "three", "four"] {
        assert_eq!(again.next().await.data["data"]["new"]["name"], name);
    }
}

#[tokio::test]
async fn stream_of_one_server_shows_what_happens_at_another() {
    let app = TestApp::start().await;
    let other = app.another().await;
    let user = app.sign_up("North").await;
    app.settle().await;
    let mut stream = user.at(other.origin()).live().await;
    make_team(&user, "far away").await;
    assert_eq!(stream.next().await.data["data"]["new"]["name"], "far away");
}

#[tokio::test]
async fn nobody_hears_of_another_organisation() {
    let app = TestApp::start().await;
    let (north, south) = (app.sign_up("North").await, app.sign_up("South").await);
    app.settle().await;
    let mut stream = south.live().await;
    make_team(&north, "secret").await;
    make_team(&south, "ours").await;

    assert_eq!(stream.next().await.data["data"]["new"]["name"], "ours");
    let (events, _) = walk(&south, "0".into()).await;
    assert!(!Value::from(events).to_string().contains("secret"));
}

#[tokio::test]
async fn seller_hears_only_of_what_is_in_view() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    app.settle().await;
    let mut stream = rep.live().await;
    let account = |name: &str, owner: &User| json!({ "name": name, "kind": "company", "owner_id": owner.id() });

    admin.make("/accounts", account("hidden", &admin)).await;
    let shown = admin.make("/accounts", account("shown", &rep)).await;
    let path = format!("/accounts/{}", shown["id"].as_str().unwrap());
    let taken = admin
        .patch(&path)
        .if_match(&shown)
        .json(&json!({ "owner_id": admin.id() }));
    let taken = taken.await.expect(200).value();
    let changed = admin
        .patch(&path)
        .if_match(&taken)
        .json(&json!({ "name": "hidden now" }));
    changed.await.expect(200);
    make_team(&admin, "for everybody").await;

    let event = stream.next().await;
    assert_eq!(
        (event.kind.as_str(), &event.data["data"]["new"]["name"]),
        ("account.created", &json!("shown"))
    );
    // Losing it is the last that its owner hears of it.
    let event = stream.next().await;
    assert_eq!(event.kind, "account.updated");
    assert_eq!(event.data["data"]["old"]["owner_id"], rep.id());
    assert_eq!(stream.next().await.kind, "team.created");
    let (events, _) = walk(&rep, "0".into()).await;
    assert!(!Value::from(events).to_string().contains("hidden"));
}

#[tokio::test]
async fn manager_hears_of_the_team_below() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = make_team(&admin, "Team").await;
    let below = admin
        .make(
            "/teams",
            json!({ "name": "Below", "parent_id": team["id"] }),
        )
        .await;
    let manager = admin
        .invite_with(Role::Manager, json!({ "team_id": team["id"] }))
        .await;
    let rep = admin
        .invite_with(Role::Rep, json!({ "team_id": below["id"] }))
        .await;
    let stranger = admin.invite(Role::Rep).await;
    let mut stream = manager.live().await;

    stranger
        .make("/accounts", json!({ "name": "hidden", "kind": "company" }))
        .await;
    rep.make("/accounts", json!({ "name": "shown", "kind": "company" }))
        .await;

    assert_eq!(
        stream.next_of("account.created").await.data["data"]["new"]["name"],
        "shown"
    );
}

/// AUTH-3, with room for a busy machine.
const AT_ONCE: Duration = Duration::from_millis(2_500);

async fn change(admin: &User, user: &User, change: Value) {
    let path = format!("/users/{}", user.id());
    let current = admin.read(&path).await;
    let response = admin.patch(&path).if_match(&current).json(&change).await;
    response.expect(200);
}

#[tokio::test]
async fn stream_ends_when_its_reader_is_disabled() {
    let app = TestApp::start().await;
    let other = app.another().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let (here, there) = (rep.live().await, rep.at(other.origin()).live().await);

    change(&admin, &rep, json!({ "state": "disabled" })).await;

    let (_, _) = tokio::join!(here.ended_within(AT_ONCE), there.ended_within(AT_ONCE));
    for client in [Client::clone(&rep), rep.at(other.origin())] {
        client
            .get("/me")
            .await
            .refused(401, ErrorCode::Unauthenticated);
    }
}

#[tokio::test]
async fn stream_ends_when_its_session_does() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let tool = user.tool().await;
    let (browser, tool) = (user.live().await, tool.live().await);

    user.delete("/sessions").await.expect(204);

    let (_, _) = tokio::join!(browser.ended_within(AT_ONCE), tool.ended_within(AT_ONCE));
}

#[tokio::test]
async fn stream_of_a_seller_whose_view_shrinks_goes_on_without_what_is_out_of_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let person = admin.invite(Role::Executive).await;
    let stream = person.live().await;
    let start = stream.start;

    change(&admin, &person, json!({ "role": "rep" })).await;
    admin
        .make("/accounts", json!({ "name": "hidden", "kind": "company" }))
        .await;
    make_team(&admin, "for everybody").await;

    // The old stream ends, or it shows only what a seller may see; a new one does so in any case.
    let mut again = wait::until("the seller comes back", async || {
        let response = person.get("/me").await;
        (response.status == 200).then_some(())?;
        Some(person.live_after(start).await)
    })
    .await;
    let mut kinds = Vec::new();
    loop {
        let event = again.next().await;
        kinds.push(event.kind.clone());
        if event.kind == "team.created" {
            break;
        }
    }
    assert!(!kinds.contains(&"account.created".to_owned()), "{kinds:?}");
    drop(stream);
}

#[tokio::test]
async fn every_role_reads_the_feed() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for role in [Role::Rep, Role::Manager, Role::Executive] {
        let person = admin.invite(role).await;
        wait::until("the feed shows something", async || {
            let (events, _) = walk(&person, "0".into()).await;
            (!events.is_empty()).then_some(())
        })
        .await;
    }
}
