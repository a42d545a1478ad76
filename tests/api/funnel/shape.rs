//! The shape of a funnel: equal to a recount from the rows after random moves, within view, through every
//! filter.

use super::{
    LOST, OFFER, TALK, TERMS, WON, all, archived, deal, funnel, id, moved, path, stage, team,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use shared::error::ErrorCode;
use std::collections::BTreeMap;
use tests::{TestApp, User, Value, json};
use uuid::Uuid;

/// The stages on the way to winning.
const WAY: usize = 4;

async fn shape(user: &User, sales: &Value, query: &str) -> Value {
    user.read(&format!("/funnels/{}/shape{query}", id(sales)))
        .await
}

/// The fates at a stage: entered, onward, still, lost, back.
const FATES: [&str; 5] = ["entered", "onward", "still", "lost", "back"];

/// A deal as its rows tell it.
struct Row {
    id: Uuid,
    owner: Option<Uuid>,
    amount: i64,
    /// The places it has been to, with the time it came, in order.
    way: Vec<(usize, DateTime<Utc>)>,
}

/// All deals that are not archived, read from their rows and events.
async fn rows(app: &TestApp, sales: &Value) -> Vec<Row> {
    let db = app.db().await;
    let place = |stage: &str| {
        let stages = sales["stages"].as_array().unwrap();
        stages
            .iter()
            .position(|known| known["id"] == stage)
            .unwrap()
    };
    let funnel: Uuid = id(sales).parse().unwrap();
    let sql = "select id, owner_id, coalesce(amount, 0)::bigint from deals where funnel_id = $1 and archived_at is null";
    let mut found = Vec::new();
    for deal in db.query(sql, &[&funnel]).await.unwrap() {
        let id: Uuid = deal.get(0);
        let sql = "select data -> 'new' ->> 'stage_id', at from events where subject_id = $1 \
                   and kind in ('deal.created', 'deal.moved') order by at, sequence";
        let events = db.query(sql, &[&id]).await.unwrap();
        let mut way: Vec<(usize, DateTime<Utc>)> = Vec::new();
        for event in events {
            let at = place(event.get(0));
            if way.last().is_none_or(|(last, _)| *last != at) {
                way.push((at, event.get(1)));
            }
        }
        found.push(Row {
            id,
            owner: deal.get(1),
            amount: deal.get(2),
            way,
        });
    }
    found
}

/// The fates of these deals, counted by hand: per stage and fate the number and the amount.
fn fates(rows: &[&Row]) -> Vec<BTreeMap<&'static str, (i64, i64)>> {
    let mut stages = vec![BTreeMap::from(FATES.map(|fate| (fate, (0, 0)))); WAY];
    for row in rows {
        let now = row.way.last().unwrap().0;
        let furthest = row
            .way
            .iter()
            .map(|(place, _)| *place)
            .filter(|place| *place != LOST)
            .max()
            .unwrap_or(TALK);
        for (place, stage) in stages.iter_mut().enumerate().take(furthest + 1) {
            let fate = match now {
                _ if place < furthest => "onward",
                LOST => "lost",
                now if now == furthest => "still",
                _ => "back",
            };
            for fate in ["entered", fate] {
                let sum = stage.get_mut(fate).unwrap();
                *sum = (sum.0 + 1, sum.1 + row.amount);
            }
        }
    }
    stages
}

/// The days that a share of all stays at a place lasts at most, between two of them in proportion; one that
/// goes on counts until now.
fn lasts(share: f64, rows: &[&Row], place: usize, now: DateTime<Utc>) -> Option<f64> {
    let mut days: Vec<f64> = Vec::new();
    for row in rows {
        for (index, (at, came)) in row.way.iter().enumerate() {
            let left = row.way.get(index + 1).map_or(now, |(_, left)| *left);
            if *at == place {
                let seconds = (left - *came).num_seconds();
                days.push(f64::from(i32::try_from(seconds).unwrap()) / 86_400.0);
            }
        }
    }
    days.sort_by(f64::total_cmp);
    let last = days.len().checked_sub(1)?;
    let at = share * f64::from(u32::try_from(last).unwrap());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a short list"
    )]
    let (low, high) = (days[at.floor() as usize], days[at.ceil() as usize]);
    Some(low + (high - low) * at.fract())
}

fn assert_same(told: &Value, rows: &[&Row], what: &str) {
    let now = backend::clock::now();
    let stages = told["stages"].as_array().unwrap();
    assert_eq!(stages.len(), WAY, "{what}");
    for (place, (told, counted)) in stages.iter().zip(fates(rows)).enumerate() {
        for (fate, (count, amount)) in &counted {
            let figures = &told[fate];
            assert_eq!(figures["count"], *count, "{what}: {fate} at {place}");
            let sum = figures["sums"]
                .as_array()
                .unwrap()
                .first()
                .map_or(0, |money| {
                    money["amount"].as_str().unwrap().parse().unwrap()
                });
            assert_eq!(sum, *amount, "{what}: the amount {fate} at {place}");
        }
        let (entered, onward) = (counted["entered"].0, counted["onward"].0);
        let share =
            (place + 1 < WAY && entered > 0).then(|| (onward * 100 + entered / 2) / entered);
        assert_eq!(
            told["conversion"],
            json!(share),
            "{what}: the share at {place}"
        );
        for (days, share) in [("median_days", 0.5), ("p80_days", 0.8)] {
            let expected = lasts(share, rows, place, now).filter(|_| place != WON);
            match (told[days].as_f64(), expected) {
                (None, None) => {}
                (Some(told), Some(expected)) => {
                    assert!(
                        (told - expected).abs() < 0.11,
                        "{what}: {days} {told}, not {expected}"
                    );
                }
                (told, expected) => panic!("{what}: {days} {told:?}, not {expected:?}"),
            }
        }
    }
}

/// FUN-01, FUN-24: what came in went on, is there, was lost or went back, and how long it stayed.
#[tokio::test]
async fn the_shape_equals_a_recount_from_the_rows_after_random_moves() {
    let app = TestApp::start().await;
    let mut runner = TestRunner::deterministic();
    for round in 0..3 {
        let admin = app.sign_up(&format!("North {round}")).await;
        let team = team(&admin).await;
        let sales = funnel(&admin, "Sales").await;
        let owners = [&team.rep, &team.other, &team.manager];
        let steps = prop::collection::vec((0usize..12, 0usize..5), 50)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let mut deals: Vec<Value> = Vec::new();
        for (number, place) in steps {
            if let Some(known) = deals.get(number).cloned() {
                let body = json!({ "to_stage_id": stage(&sales, place), "loss_reason": "price" });
                let request = admin
                    .post(&format!("{}/move", path(&known)))
                    .if_match(&known);
                deals[number] = request.json(&body).await.expect(200).value();
            } else {
                let amount =
                    json!({ "amount": (number * 1_000 + 7).to_string(), "currency": "CNY" });
                let owner = owners[number % 3].id();
                let more = json!({ "amount": amount, "owner_id": owner });
                deals.push(deal(&admin, &sales, place, "Deal", more).await);
            }
        }
        archived(&admin, &deals[0]).await;
        // As if it had happened over months.
        let sql = "update events set at = now() - interval '200 days' + sequence * interval '5 hours 7 minutes' \
                   - (select min(sequence) from events where org_id = $1) * interval '5 hours 7 minutes' where org_id = $1";
        app.db().await.execute(sql, &[&admin.org()]).await.unwrap();

        let rows = rows(&app, &sales).await;
        let whose = |owners: &[&User]| -> Vec<&Row> {
            rows.iter()
                .filter(|row| {
                    owners
                        .iter()
                        .any(|owner| row.owner.is_some_and(|id| id.to_string() == owner.id()))
                })
                .collect()
        };
        let everything: Vec<&Row> = rows.iter().collect();
        for query in ["", "?text=Deal", "?from=2020-01-01&to=2999-01-01"] {
            let told = shape(&admin, &sales, query).await;
            assert_same(&told, &everything, &format!("round {round} {query}"));
        }
        let one = format!("?owner_id={}", team.rep.id());
        assert_same(
            &shape(&admin, &sales, &one).await,
            &whose(&[&team.rep]),
            &one,
        );
        // Within the caller's view: a seller counts their own.
        let own = shape(&team.rep, &sales, "").await;
        assert_same(&own, &whose(&[&team.rep]), "a seller's own");
        for query in [
            "?text=nothing",
            "?to=2020-01-01",
            "?industry=none",
            "?tier=A",
        ] {
            assert_same(&shape(&admin, &sales, query).await, &[], query);
        }

        // The deals behind a figure, as the list finds them.
        let told = shape(&admin, &sales, "").await;
        for place in 0..WAY {
            let further: Vec<&str> = (place..WAY).map(|place| stage(&sales, place)).collect();
            let came = format!(
                "/deals?limit=200&reached_stage_id[in]={}",
                further.join(",")
            );
            let lost = format!("/deals?status=lost&reached_stage_id={}", further[0]);
            for (fate, query) in [("entered", came), ("lost", lost)] {
                let found = admin.get(&query).await.items();
                assert_eq!(
                    told["stages"][place][fate]["count"],
                    found.len(),
                    "{fate} at {place}"
                );
                let known = |deal: &Value| rows.iter().any(|row| row.id.to_string() == id(deal));
                assert!(found.iter().all(known));
            }
        }
    }
}

#[tokio::test]
async fn a_funnel_without_deals_has_a_shape_of_noughts() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    assert_same(&shape(&admin, &sales, "").await, &[], "empty");
    let other = app.sign_up("South").await;
    let foreign = other.get(&format!("/funnels/{}/shape", id(&sales))).await;
    foreign.refused(404, ErrorCode::NotFound);
    let backwards = format!(
        "/funnels/{}/shape?from=2026-02-01&to=2026-01-31",
        id(&sales)
    );
    admin
        .get(&backwards)
        .await
        .invalid(&[("to", ErrorCode::OutOfRange)]);
}

/// The list narrows as the board does: by team, and by words in the title or the account's name.
#[tokio::test]
async fn the_list_takes_the_boards_whole_filter() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let bank = admin
        .make("/accounts", json!({ "name": "Harbour Bank" }))
        .await;
    let of_rep = json!({ "owner_id": team.rep.id(), "account_id": bank["id"] });
    let first = deal(&admin, &sales, OFFER, "Cranes", of_rep).await;
    deal(
        &admin,
        &sales,
        TALK,
        "Harbour lights",
        json!({ "owner_id": team.other.id() }),
    )
    .await;
    deal(
        &admin,
        &sales,
        TERMS,
        "Desks",
        json!({ "owner_id": team.manager.id() }),
    )
    .await;
    moved(&admin, &first, stage(&sales, TALK), None).await;
    let own_team = team.rep.me["user"]["team_id"].as_str().unwrap().to_owned();
    let below = json!({ "name": "Below", "parent_id": own_team });
    let below = admin.make("/teams", below).await;
    let another = Uuid::now_v7();
    for (query, expected) in [
        (format!("team_id={own_team}"), vec!["Cranes", "Desks"]),
        (format!("team_id={}", id(&below)), vec![]),
        (format!("team_id={another}"), vec![]),
        (
            "text[contains]=harbour".to_owned(),
            vec!["Cranes", "Harbour lights"],
        ),
        (
            format!("reached_stage_id={}", stage(&sales, OFFER)),
            vec!["Cranes"],
        ),
    ] {
        let found = admin.get(&format!("/deals?sort=title&{query}")).await;
        assert_eq!(all(&found, "title"), expected, "{query}");
    }
}
