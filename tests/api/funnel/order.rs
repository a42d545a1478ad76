//! The order of cards: one order for everybody, nothing lost or doubled, also when a column is spread.

use super::{OFFER, TALK, TERMS, WON, all, column, deal, funnel, id, moved, moving, path, stage};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use shared::error::ErrorCode;
use std::collections::{BTreeMap, BTreeSet};
use tests::{Client, TestApp, User, Value, json};
use tokio_postgres::Client as Database;

const PLACES: [usize; 4] = [TALK, OFFER, TERMS, WON];

/// Every deal in one stage, ranks well-formed and different within a stage.
async fn assert_sound(db: &Database, deals: usize) {
    let rows = db
        .query("select stage_id::text, rank from deals", &[])
        .await
        .unwrap();
    let places: BTreeSet<(String, String)> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!((rows.len(), places.len()), (deals, deals));
    for (_, rank) in places {
        assert!(shared::funnel::rank::is_rank(&rank), "{rank}");
    }
}

/// The titles of all columns as somebody reads them.
async fn columns(user: &Client, sales: &Value) -> Vec<Vec<String>> {
    let mut columns = Vec::new();
    for place in PLACES {
        columns.push(column(user, stage(sales, place)).await);
    }
    columns
}

/// What a follower of the events makes of the board it read, as a browser does.
struct Follower {
    /// Stage, rank and version of each deal.
    deals: BTreeMap<String, (String, String, i64)>,
    titles: BTreeMap<String, String>,
}

impl Follower {
    fn of(board: &Value) -> Self {
        let mut follower = Self {
            deals: BTreeMap::new(),
            titles: BTreeMap::new(),
        };
        for column in board["columns"].as_array().unwrap() {
            for card in column["cards"].as_array().unwrap() {
                let text = |field: &str| card[field].as_str().unwrap().to_owned();
                let version = card["version"].as_i64().unwrap();
                follower
                    .deals
                    .insert(text("id"), (text("stage_id"), text("rank"), version));
                follower.titles.insert(text("id"), text("title"));
            }
        }
        follower
    }

    fn hear(&mut self, event: &Value) {
        let id = event["deal_id"].as_str().unwrap();
        let version = event["data"]["version"].as_i64().unwrap();
        let known = self.deals.get_mut(id).unwrap();
        if version > known.2 {
            let text = |field: &str| event["data"]["new"][field].as_str().unwrap().to_owned();
            *known = (text("stage_id"), text("rank"), version);
        }
    }

    fn columns(&self, sales: &Value) -> Vec<Vec<String>> {
        let column = |place: usize| {
            let mut cards: Vec<(&str, &str)> = self
                .deals
                .iter()
                .filter(|(_, place_of)| place_of.0 == stage(sales, place))
                .map(|(id, (_, rank, _))| (rank.as_str(), self.titles[id].as_str()))
                .collect();
            cards.sort_unstable();
            cards
                .into_iter()
                .map(|(_, title)| title.to_owned())
                .collect()
        };
        PLACES.map(column).to_vec()
    }
}

/// DND-9, DND-10: sixteen clients move thirty deals at random; nothing is lost, nothing doubled, and who
/// follows the stream ends in the order that everybody reads.
#[tokio::test]
async fn sixteen_clients_moving_at_random_end_in_one_order_for_everybody() {
    const DEALS: usize = 30;
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let mut ids = Vec::new();
    for number in 0..DEALS {
        let made = deal(
            &admin,
            &sales,
            PLACES[number % 4],
            &format!("Deal {number}"),
            json!({}),
        )
        .await;
        ids.push(id(&made).to_owned());
    }
    let mut live = admin.live().await;
    let address = format!("/funnels/{}/board", id(&sales));
    let mut follower = Follower::of(&admin.read(&address).await);

    let steps = prop::collection::vec(
        (0..DEALS, 0..PLACES.len(), prop::option::of(0..DEALS)),
        16 * 12,
    );
    let steps = steps
        .new_tree(&mut TestRunner::deterministic())
        .unwrap()
        .current();
    let clients = steps
        .chunks(12)
        .map(|steps| clicks(&admin, &sales, &ids, steps));
    let moves: usize = futures_util::future::join_all(clients)
        .await
        .into_iter()
        .sum();
    assert!(moves > 50, "only {moves} moves came through");

    assert_sound(&app.db().await, DEALS).await;
    let truth = columns(&admin, &sales).await;
    assert_eq!(truth.iter().map(Vec::len).sum::<usize>(), DEALS);
    assert_eq!(
        columns(&app.another().await.follower_of(&admin), &sales).await,
        truth
    );
    for _ in 0..moves {
        follower.hear(&live.next_of("deal.moved").await.data);
    }
    assert_eq!(follower.columns(&sales), truth);
    let board = admin.read(&address).await;
    assert_eq!(Follower::of(&board).columns(&sales), truth);
}

trait AtAnother {
    fn follower_of(&self, user: &User) -> Client;
}

impl AtAnother for TestApp {
    /// The same person at this server.
    fn follower_of(&self, user: &User) -> Client {
        user.at(self.origin())
    }
}

/// What one client does: reads a deal, moves it after a card it believes to be there, and gives up when
/// somebody was faster. Gives the number of moves that came through.
async fn clicks(
    user: &User,
    sales: &Value,
    ids: &[String],
    steps: &[(usize, usize, Option<usize>)],
) -> usize {
    let mut done = 0;
    for (card, place, after) in steps {
        let seen = user.read(&format!("/deals/{}", ids[*card])).await;
        let after = after
            .filter(|after| after != card)
            .map(|after| json!({ "id": ids[after] }));
        let answer = moving(user, &seen, stage(sales, PLACES[*place]), after.as_ref()).await;
        match answer.status {
            200 => done += 1,
            412 => _ = answer.refused(412, ErrorCode::Stale),
            _ => _ = answer.refused(409, ErrorCode::NeighbourLeft),
        }
    }
    done
}

/// Moves two cards in turn into the gap below the first, until the column is spread.
async fn use_up_a_gap(admin: &User, talk: &str, cards: &mut [Value]) -> usize {
    let first_rank = cards[0]["rank"].clone();
    for step in 0..600 {
        let moving = 1 + step % 2;
        cards[moving] = moved(admin, &cards[moving], talk, Some(&cards[0])).await;
        if admin.read(&path(&cards[0])).await["rank"] != first_rank {
            return step + 1;
        }
    }
    panic!("the gap was never used up");
}

/// DND-10: keys stay short for ever, the order stays, and everybody who keeps ranks is told.
#[tokio::test]
async fn a_column_that_is_spread_keeps_its_order_and_says_so_to_everybody() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let talk = stage(&sales, TALK);
    let mut cards = Vec::new();
    for title in ["e", "d", "c", "b", "a"] {
        cards.insert(0, deal(&admin, &sales, TALK, title, json!({})).await);
    }
    let mut live = admin.live().await;
    let steps = use_up_a_gap(&admin, talk, &mut cards).await;
    assert!(steps > 50, "a gap holds more than {steps} cards");

    let mut order = column(&admin, talk).await;
    assert_eq!(
        (order[0].as_str(), &order[3..]),
        ("a", &["d".to_owned(), "e".to_owned()][..])
    );
    order.sort();
    assert_eq!(order, ["a", "b", "c", "d", "e"]);
    assert_sound(&app.db().await, 5).await;
    // Nobody moved the others: their versions are what they were.
    for card in [&cards[0], &cards[3], &cards[4]] {
        assert_eq!(admin.read(&path(card)).await["version"], card["version"]);
    }
    let told = live.next_of("stage.respaced").await;
    assert_eq!(told.data["subject_id"], talk);
    assert_eq!(told.data["deal_id"], Value::Null);
    // The move that made it necessary follows, with a rank among the new ones.
    let last = live.next_of("deal.moved").await.data;
    assert_eq!(
        last["data"]["new"]["rank"],
        admin
            .read(&format!("/deals/{}", last["deal_id"].as_str().unwrap()))
            .await["rank"]
    );
}

/// Who scrolls on after a spread sees the cards that follow, none twice and none left out.
#[tokio::test]
async fn a_cursor_goes_on_where_it_was_after_the_column_was_spread() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let talk = stage(&sales, TALK);
    let mut cards = Vec::new();
    for title in ["h", "g", "f", "e", "d", "c", "b", "a"] {
        cards.insert(0, deal(&admin, &sales, TALK, title, json!({})).await);
    }
    let first = admin.get(&format!("/stages/{talk}/cards?limit=4")).await;
    assert_eq!(all(&first, "title"), ["a", "b", "c", "d"]);
    use_up_a_gap(&admin, talk, &mut cards[5..]).await;
    let cursor = first.value()["next_cursor"].as_str().unwrap().to_owned();
    let rest = admin
        .get(&format!("/stages/{talk}/cards?limit=200&cursor={cursor}"))
        .await;
    let mut rest = all(&rest, "title");
    rest.sort();
    assert_eq!(rest, ["e", "f", "g", "h"]);
}

/// A card on its way out of a column that is being spread keeps the place it goes to.
#[tokio::test]
async fn a_spread_leaves_alone_what_leaves_the_column_meanwhile() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let (talk, offer) = (stage(&sales, TALK), stage(&sales, OFFER));
    let mut cards = Vec::new();
    for title in ["d", "c", "b", "a"] {
        cards.insert(0, deal(&admin, &sales, TALK, title, json!({})).await);
    }
    // The first two get ranks between which nothing fits.
    let db = app.db().await;
    for (card, rank) in [
        (&cards[0], "00000001"),
        (&cards[1], "00000001000000000000000000000001"),
    ] {
        let id: uuid::Uuid = id(card).parse().unwrap();
        db.execute("update deals set rank = $2 where id = $1", &[&id, &rank])
            .await
            .unwrap();
    }
    let blocker: uuid::Uuid = id(&cards[2]).parse().unwrap();
    db.batch_execute("begin").await.unwrap();
    let sql =
        "update deals set stage_id = $2, rank = 'zzzzzzz1', version = version + 1 where id = $1";
    db.execute(sql, &[&blocker, &offer.parse::<uuid::Uuid>().unwrap()])
        .await
        .unwrap();

    let spread = moving(&admin, &cards[3], talk, Some(&cards[0])).into_future();
    let commit = async {
        let other = app.db().await;
        let waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'update deals set rank%'";
        tests::wait::until("the spread waits for the card", async || {
            let count: i64 = other.query_one(waiting, &[]).await.unwrap().get(0);
            (count > 0).then_some(())
        })
        .await;
        db.batch_execute("commit").await.unwrap();
    };
    let (answer, ()) = tokio::join!(spread, commit);
    answer.expect(200);
    assert_eq!(column(&admin, talk).await, ["a", "d", "b"]);
    let gone = admin.read(&path(&cards[2])).await;
    assert_eq!(
        (&gone["stage_id"], &gone["rank"]),
        (&json!(offer), &json!("zzzzzzz1"))
    );
}
