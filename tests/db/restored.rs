//! A dump that was restored into another cluster: the feed goes on where its readers stand.

use backend::db::dial::Dialer;
use backend::db::{migrate, restored};
use serde_json::{Value, json};
use tests::{TestApp, User, wait};

/// The sequences of the feed after one of them, in its order.
async fn feed(user: &User, after: i64) -> Vec<i64> {
    let path = format!("/events?limit=200&after={after}");
    let page: Value = user.read(&path).await;
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|event| event["sequence"].as_i64().unwrap())
        .collect()
}

/// The whole feed, once it has so many events: transactions of other tests may hold it up for a moment.
async fn whole_feed(user: &User, count: usize) -> Vec<i64> {
    wait::until("the feed is whole", async || {
        let feed = feed(user, 0).await;
        (feed.len() >= count).then_some(feed)
    })
    .await
}

/// Every event's sequence.
async fn sequences(app: &TestApp) -> Vec<i64> {
    let sql = "select array_agg(sequence order by sequence) from events";
    app.db().await.query_one(sql, &[]).await.unwrap().get(0)
}

async fn make_teams(user: &User, names: &[&str]) {
    for name in names {
        user.make("/teams", json!({ "name": name })).await;
    }
}

/// Gives every event the number it might have had in an older cluster, in the same order but for those two
/// whose transactions ended the other way round.
const AS_FROM_ELSEWHERE: &str = "
    with numbered as (select org_id, sequence, dense_rank() over (order by sequence) as n from events)
    update events e set xid = (case n when 3 then 9000000004 when 4 then 9000000003 else 9000000000 + n end)::text::xid8
    from numbered where numbered.org_id = e.org_id and numbered.sequence = e.sequence";

#[tokio::test]
async fn feed_goes_on_after_a_restore_into_another_cluster() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    make_teams(&user, &["a", "b", "c", "d", "e", "f"]).await;
    let db = app.db().await;
    db.execute(AS_FROM_ELSEWHERE, &[]).await.unwrap();
    assert_eq!(
        feed(&user, 0).await,
        Vec::<i64>::new(),
        "the fault is there"
    );
    // One more is recorded here before anybody notices.
    make_teams(&user, &["g"]).await;
    let mut expected = sequences(&app).await;
    expected.swap(2, 3);

    migrate::run(&app.database().owner_url).await.unwrap();

    assert_eq!(whole_feed(&user, expected.len()).await, expected);
    for (place, sequence) in expected.iter().enumerate() {
        let rest = feed(&user, *sequence).await;
        assert_eq!(rest, expected[place + 1..], "after {sequence}");
    }
    make_teams(&user, &["h"]).await;
    let all = whole_feed(&user, expected.len() + 1).await;
    assert_eq!(all[..expected.len()], expected);
    assert_eq!(migrate::run(&app.database().owner_url).await.unwrap(), 0);
    assert_eq!(feed(&user, 0).await, all, "and nothing is settled twice");
}

#[tokio::test]
async fn events_of_this_cluster_keep_their_numbers() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    make_teams(&user, &["a", "b"]).await;
    let db = app.db().await;
    let sql = "select array_agg(xid::text order by sequence) from events";
    let before: Vec<String> = db.query_one(sql, &[]).await.unwrap().get(0);
    migrate::run(&app.database().owner_url).await.unwrap();
    let after: Vec<String> = db.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(after, before);
}

#[tokio::test]
async fn role_that_row_level_security_binds_settles_every_organisation() {
    let app = TestApp::start().await;
    let north = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    for user in [&north, &south] {
        make_teams(user, &["a", "b"]).await;
    }
    let count = sequences(&app).await.len();
    app.db()
        .await
        .execute(AS_FROM_ELSEWHERE, &[])
        .await
        .unwrap();
    assert_eq!(feed(&north, 0).await.len() + feed(&south, 0).await.len(), 0);

    let dialer = Dialer::new(&app.database().app_url).unwrap();
    let settled = restored::settle(&dialer).await.unwrap();

    assert_eq!(settled, count);
    let half = count / 2;
    assert_eq!(whole_feed(&north, half).await.len(), half);
    assert_eq!(whole_feed(&south, half).await.len(), half);
}
