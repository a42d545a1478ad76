//! The figures of columns: equal to a recomputation from the deals after whatever happened to them.

use super::gate::{ask, criterion};
use super::{LOST, OFFER, TALK, TERMS, WON, archived, deal, funnel, id, moved, path, stage, team};
use backend::db::{Db, Scope};
use backend::events::Hub;
use backend::funnel::store::totals;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use shared::event::ActorKind;
use shared::id::OrgId;
use std::collections::BTreeMap;
use tests::{TestApp, User, Value, json};

/// What is done to one deal of several; numbers beyond what there is begin again at the first.
#[derive(Debug, Clone)]
enum Step {
    Make {
        place: usize,
        amount: Option<(u32, bool)>,
        probability: Option<i16>,
        owner: usize,
    },
    Move {
        deal: usize,
        place: usize,
    },
    Price {
        deal: usize,
        amount: Option<(u32, bool)>,
        probability: Option<i16>,
    },
    Give {
        deal: usize,
        owner: usize,
    },
    PutAwayOrBack {
        deal: usize,
    },
    Fold,
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || prop::option::weighted(0.8, (0u32..100_000, any::<bool>()));
    let probability = || prop::option::of(0i16..=100);
    prop_oneof![
        4 => (0usize..5, amount(), probability(), 0usize..3)
            .prop_map(|(place, amount, probability, owner)| Step::Make { place, amount, probability, owner }),
        5 => (any::<u16>(), 0usize..5).prop_map(|(deal, place)| Step::Move { deal: deal.into(), place }),
        3 => (any::<u16>(), amount(), probability())
            .prop_map(|(deal, amount, probability)| Step::Price { deal: deal.into(), amount, probability }),
        2 => (any::<u16>(), 0usize..3).prop_map(|(deal, owner)| Step::Give { deal: deal.into(), owner }),
        2 => any::<u16>().prop_map(|deal| Step::PutAwayOrBack { deal: deal.into() }),
        1 => Just(Step::Fold),
    ]
}

fn money(amount: Option<(u32, bool)>) -> Value {
    amount.map_or(Value::Null, |(cents, is_euro)| {
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        json!({ "amount": amount, "currency": if is_euro { "EUR" } else { "CNY" } })
    })
}

/// An organisation whose deals are changed at random; it remembers who reached what.
struct World<'a> {
    admin: &'a User,
    sales: Value,
    /// Whether the offer's probability is a range in which the evidence places a deal.
    is_placed: bool,
    owners: [&'a User; 3],
    deals: Vec<Value>,
    /// The furthest place on the way to winning that each deal has been to.
    reached: BTreeMap<String, usize>,
}

impl World<'_> {
    async fn take(&mut self, step: &Step, app: &TestApp) {
        let count = self.deals.len();
        match step {
            Step::Make {
                place,
                amount,
                probability,
                owner,
            } => {
                let more = json!({
                    "amount": money(*amount), "probability": probability, "owner_id": self.owners[*owner].id(),
                });
                let made = deal(self.admin, &self.sales, *place, "Deal", more).await;
                let reached = if *place == LOST { TALK } else { *place };
                self.reached.insert(id(&made).to_owned(), reached);
                self.deals.push(made);
            }
            Step::Fold => self.fold(app).await,
            _ if count == 0 => {}
            Step::Move { deal, place } => {
                let deal = deal % count;
                if self.deals[deal]["archived_at"].is_null() {
                    let body = json!({ "to_stage_id": stage(&self.sales, *place), "loss_reason": "price" });
                    let request = self
                        .admin
                        .post(&format!("{}/move", path(&self.deals[deal])));
                    let answer = request.if_match(&self.deals[deal]).json(&body).await;
                    self.deals[deal] = answer.expect(200).value();
                    if *place != LOST {
                        let reached = self.reached.get_mut(id(&self.deals[deal])).unwrap();
                        *reached = (*reached).max(*place);
                    }
                }
            }
            Step::Price {
                deal,
                amount,
                probability,
            } => {
                let change = json!({ "amount": money(*amount), "probability": probability });
                self.change(deal % count, change).await;
            }
            Step::Give { deal, owner } => {
                let change = json!({ "owner_id": self.owners[*owner].id() });
                self.change(deal % count, change).await;
            }
            Step::PutAwayOrBack { deal } => {
                let deal = &mut self.deals[deal % count];
                *deal = if deal["archived_at"].is_null() {
                    archived(self.admin, deal).await
                } else {
                    let restore = self.admin.post(&format!("{}/restore", path(deal)));
                    restore.if_match(deal).await.expect(200).value()
                };
            }
        }
    }

    async fn change(&mut self, deal: usize, change: Value) {
        let deal = &mut self.deals[deal];
        if deal["archived_at"].is_null() {
            let answer = self
                .admin
                .patch(&path(deal))
                .if_match(deal)
                .json(&change)
                .await;
            *deal = answer.expect(200).value();
        }
    }

    /// Has the kept differences folded together, as happens by itself when there are thousands.
    async fn fold(&self, app: &TestApp) {
        let org = OrgId(self.admin.org());
        let db = Db::new(&app.database().app_url, 1, Hub::new()).unwrap();
        let scope = Scope::of_system(org, ActorKind::System, None);
        let mut tx = db.begin(&scope).await.unwrap();
        totals::fold(tx.conn(), org).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The figures as anybody would add them up from the deals.
    fn figures(&self, owner: Option<&User>) -> Vec<Value> {
        let seen = |deal: &&Value| {
            deal["archived_at"].is_null()
                && owner.is_none_or(|owner| deal["owner_id"] == owner.id())
        };
        let here: Vec<&Value> = self.deals.iter().filter(seen).collect();
        let reached = |at: usize| {
            here.iter()
                .filter(|deal| self.reached[id(deal)] >= at)
                .count()
        };
        (0..5)
            .map(|place| {
                let deals: Vec<&&Value> =
                    here.iter().filter(|deal| deal["stage_id"] == self.sales["stages"][place]["id"]).collect();
                let (mut sums, mut weighted) = (BTreeMap::new(), BTreeMap::new());
                for deal in &deals {
                    let Some(amount) = deal["amount"].as_object() else { continue };
                    let cents = cents(&amount["amount"]);
                    let currency = amount["currency"].as_str().unwrap().to_owned();
                    let own = deal["probability"].as_i64();
                    let by_stage = match place {
                        // Three of four parts of the way from 40 to 60, by the amount.
                        OFFER if self.is_placed && cents >= 30_000 => 55,
                        OFFER if self.is_placed => 40,
                        WON | LOST => 0,
                        place => [20, 50, 80][place],
                    };
                    let weight = match place {
                        WON => 100,
                        LOST => 0,
                        _ => own.unwrap_or(by_stage),
                    };
                    *sums.entry(currency.clone()).or_insert(0) += cents;
                    *weighted.entry(currency).or_insert(0) += cents * weight;
                }
                let (here, beyond) = (reached(place), reached(place + 1));
                let conversion = match place {
                    WON | LOST => None,
                    _ => (here > 0).then(|| (beyond * 100 + here / 2) / here),
                };
                json!({ "count": deals.len(), "sums": sums, "weighted": weighted, "conversion": conversion })
            })
            .collect()
    }

    /// The same as the server says them.
    async fn told(&self, query: &str) -> Vec<Value> {
        let totals = self
            .admin
            .read(&format!("/funnels/{}/totals{query}", id(&self.sales)))
            .await;
        let columns = totals["columns"].as_array().unwrap().iter();
        let figures = columns.map(|column| {
            let totals = &column["totals"];
            let by_currency = |field: &str, scale: i64| -> BTreeMap<String, i64> {
                let list = totals[field].as_array().unwrap().iter();
                list.map(|money| (money["currency"].as_str().unwrap().to_owned(), cents(&money["amount"]) * scale))
                    .collect()
            };
            json!({
                "count": totals["count"], "sums": by_currency("sums", 1), "weighted": by_currency("weighted", 100),
                "conversion": totals["conversion"],
            })
        });
        figures.collect()
    }
}

/// An amount with at most two decimals, in hundredths.
fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap();
    let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
    units.parse::<i64>().unwrap() * 100 + format!("{fraction:0<2}").parse::<i64>().unwrap()
}

/// Weighted sums are told in hundredths, so they may be off by the half of one.
fn assert_same(told: &[Value], counted: &[Value], what: &str) {
    for (place, (told, counted)) in told.iter().zip(counted).enumerate() {
        for field in ["count", "sums", "conversion"] {
            assert_eq!(
                told[field], counted[field],
                "{what}: {field} of column {place}"
            );
        }
        let (told, counted) = (
            told["weighted"].as_object().unwrap(),
            counted["weighted"].as_object().unwrap(),
        );
        assert!(
            told.keys().eq(counted.keys()),
            "{what}: {told:?} {counted:?}"
        );
        for (currency, counted) in counted {
            let off = (told[currency].as_i64().unwrap() - counted.as_i64().unwrap()).abs();
            assert!(
                off <= 50,
                "{what}: weighted {currency} of column {place} is off by {off}"
            );
        }
    }
}

/// A funnel whose second stage says a range, and asks for an amount, which weighs three, and for a next step.
async fn placed_funnel(admin: &User) -> Value {
    let mut list = super::stages();
    list[OFFER]["probability"] = json!(40);
    list[OFFER]["probability_high"] = json!(60);
    let sales = admin
        .make("/funnels", json!({ "name": "Placed", "stages": list }))
        .await;
    let optional = |name: &str, weight: i16, fact: Value| {
        let mut criterion = criterion(name, json!({ "fact": fact }));
        criterion["mandatory"] = json!(false);
        criterion["weight"] = json!(weight);
        criterion
    };
    let criteria = [
        optional(
            "Worth it",
            3,
            json!({ "fact": "amount", "is": { "at_least": 300 } }),
        ),
        optional(
            "A step",
            1,
            json!({ "fact": "next_step", "is": { "flag": true } }),
        ),
    ];
    ask(admin, &sales, OFFER, json!({ "criteria": criteria })).await;
    sales
}

/// FUN-01, FUN-08: counts, sums, weighted sums and conversion, in two currencies, for everybody, for one
/// owner, and through a filter that is counted anew; with the probability by the evidence in every second round.
#[tokio::test]
async fn figures_equal_a_recomputation_from_the_deals_after_random_operations() {
    let app = TestApp::start().await;
    let mut runner = TestRunner::deterministic();
    for round in 0..4 {
        let admin = app.sign_up(&format!("North {round}")).await;
        let team = team(&admin).await;
        let is_placed = round % 2 == 1;
        let mut world = World {
            sales: match is_placed {
                true => placed_funnel(&admin).await,
                false => funnel(&admin, "Sales").await,
            },
            is_placed,
            owners: [&team.rep, &team.other, &team.manager],
            admin: &admin,
            deals: Vec::new(),
            reached: BTreeMap::new(),
        };
        let steps = prop::collection::vec(step(), 60)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        for (number, step) in steps.iter().enumerate() {
            world.take(step, &app).await;
            if number % 10 != 9 {
                continue;
            }
            let what = format!("round {round} after step {number}, {step:?}");
            let counted = world.figures(None);
            assert_same(&world.told("").await, &counted, &what);
            assert_same(&world.told("?text=Deal").await, &counted, &what);
            let owner = format!("?owner_id={}", team.rep.id());
            let counted = world.figures(Some(&team.rep));
            assert_same(&world.told(&owner).await, &counted, &what);
            assert_same(
                &world.told(&format!("{owner}&text=Deal")).await,
                &counted,
                &what,
            );
        }
    }
}

/// A won deal weighs whole and a lost one nothing, whatever its seller thought of it.
#[tokio::test]
async fn a_sellers_own_probability_weighs_while_the_deal_is_open() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let more = json!({ "amount": { "amount": "1000", "currency": "CNY" }, "probability": 35 });
    let mut now = deal(&admin, &sales, TERMS, "Cranes", more).await;
    for (place, weighted) in [(TERMS, "350"), (WON, "1000"), (LOST, "0"), (OFFER, "350")] {
        if place == LOST {
            let body = json!({ "to_stage_id": stage(&sales, LOST), "loss_reason": "fit" });
            let request = admin.post(&format!("{}/move", path(&now))).if_match(&now);
            now = request.json(&body).await.expect(200).value();
        } else {
            now = moved(&admin, &now, stage(&sales, place), None).await;
        }
        for query in ["", "?text=Cranes"] {
            let totals = admin
                .read(&format!("/funnels/{}/totals{query}", id(&sales)))
                .await;
            let weighted = json!([{ "amount": weighted, "currency": "CNY" }]);
            assert_eq!(
                totals["columns"][place]["totals"]["weighted"], weighted,
                "{place} {query}"
            );
        }
    }
}

/// FUN-24: how many came in at the top, and what share of them went on; where the organisation's own
/// currency comes first.
#[tokio::test]
async fn a_column_sums_each_currency_apart_the_organisations_own_first() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let own = admin.read("/organisation").await["currency"]
        .as_str()
        .unwrap()
        .to_owned();
    let sales = funnel(&admin, "Sales").await;
    for (amount, currency) in [
        ("1", "AUD"),
        ("2.5", own.as_str()),
        ("3", "AUD"),
        ("4", "ZAR"),
    ] {
        let more = json!({ "amount": { "amount": amount, "currency": currency } });
        deal(&admin, &sales, TALK, "Deal", more).await;
    }
    let totals = admin.read(&format!("/funnels/{}/totals", id(&sales))).await;
    let column = &totals["columns"][TALK]["totals"];
    let money = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
    assert_eq!(
        column["sums"],
        json!([money("2.5", &own), money("4", "AUD"), money("4", "ZAR")])
    );
    assert_eq!(
        column["weighted"],
        json!([money("0.5", &own), money("0.8", "AUD"), money("0.8", "ZAR")])
    );
    assert_eq!(
        (&column["count"], &column["conversion"]),
        (&json!(4), &json!(0))
    );
}
