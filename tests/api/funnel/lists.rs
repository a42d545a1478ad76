//! Lists of deals: filters, order, pages while others write, and who sees which.

use super::{LOST, OFFER, TALK, WON, all, archived, deal, funnel, stage, team};
use shared::identity::Role;
use std::collections::BTreeSet;
use tests::{Client, TestApp, User, Value, json};

async fn found(user: &Client, query: &str) -> Vec<String> {
    all(&user.get(&format!("/deals?{query}")).await, "title")
}

/// Five deals of two accounts in two funnels.
async fn some(admin: &User) -> (Value, Value) {
    let (sales, second) = (funnel(admin, "Sales").await, funnel(admin, "Second").await);
    let bank = json!({ "name": "重庆银行", "tier": "A", "industry": "banking" });
    let bank = admin.make("/accounts", bank).await;
    let shop = admin
        .make("/accounts", json!({ "name": "Shop", "industry": "retail" }))
        .await;
    let money = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
    for (sales, place, title, more) in [
        (
            &sales,
            TALK,
            "核心系统",
            json!({ "account_id": bank["id"], "amount": money("500", "CNY"), "expected_close_on": "2030-03-01", "next_step_on": "2030-01-01" }),
        ),
        (
            &sales,
            OFFER,
            "Cards 50%",
            json!({ "account_id": bank["id"], "amount": money("70.5", "EUR"), "probability": 30 }),
        ),
        (
            &sales,
            WON,
            "Desks",
            json!({ "account_id": shop["id"], "amount": money("500", "CNY"), "expected_close_on": "2030-01-01" }),
        ),
        (
            &second,
            TALK,
            "Shelves",
            json!({ "account_id": shop["id"] }),
        ),
        (
            &second,
            LOST,
            "保险",
            json!({ "amount": money("9", "CNY") }),
        ),
    ] {
        deal(admin, sales, place, title, more).await;
    }
    (sales, second)
}

#[tokio::test]
async fn filters_narrow_the_list_together() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (sales, second) = some(&admin).await;
    let second = format!("funnel_id={}&sort=title", super::id(&second));
    let offer = format!("stage_id={}", stage(&sales, OFFER));
    let two = format!(
        "stage_id[in]={},{}&sort=created_at",
        stage(&sales, OFFER),
        stage(&sales, WON)
    );
    let mine = format!("owner_id={}&status=won", admin.id());
    for (query, expected) in [
        (
            "status=open&sort=created_at",
            vec!["核心系统", "Cards 50%", "Shelves"],
        ),
        ("status[in]=won,lost&sort=created_at", vec!["Desks", "保险"]),
        ("amount[gte]=70.5&amount[lt]=500", vec!["Cards 50%"]),
        ("amount=500&sort=created_at", vec!["核心系统", "Desks"]),
        ("amount[is_null]=true", vec!["Shelves"]),
        ("currency=EUR", vec!["Cards 50%"]),
        (
            "industry=banking&sort=created_at",
            vec!["核心系统", "Cards 50%"],
        ),
        ("account_tier=A&probability[gt]=20", vec!["Cards 50%"]),
        (
            "account_name[contains]=银行&sort=created_at",
            vec!["核心系统", "Cards 50%"],
        ),
        ("account_id[is_null]=true", vec!["保险"]),
        ("title[contains]=50%25", vec!["Cards 50%"]),
        ("title[contains]=_", vec![]),
        ("expected_close_on[lte]=2030-01-01", vec!["Desks"]),
        ("next_step_on[lt]=2030-01-02", vec!["核心系统"]),
        ("loss_reason=price", vec!["保险"]),
        (
            "closed_at[is_null]=false&sort=created_at",
            vec!["Desks", "保险"],
        ),
        ("created_at[lt]=2000-01-01T00:00:00Z", vec![]),
        (second.as_str(), vec!["保险", "Shelves"]),
        (offer.as_str(), vec!["Cards 50%"]),
        (two.as_str(), vec!["Cards 50%", "Desks"]),
        (mine.as_str(), vec!["Desks"]),
    ] {
        assert_eq!(found(&admin, query).await, expected, "{query}");
    }
    let filter = json!({ "or": [
        { "field": "status", "value": "lost" },
        { "and": [{ "field": "industry", "value": "retail" }, { "not": { "field": "amount", "op": "gt", "value": 1 } }] },
    ] });
    let body = json!({ "filter": filter, "sort": "created_at", "count": "exact" });
    let page = admin.post("/deals/search").json(&body).await;
    assert_eq!(all(&page, "title"), ["Shelves", "保险"]);
    assert_eq!(page.value()["total"], 2);
}

/// I18N-4 for titles; what has no amount is below every amount, what has no day after every day.
#[tokio::test]
async fn each_order_is_total_and_its_reverse_is_its_reverse() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    some(&admin).await;
    let cards = &admin.get("/deals?title=Cards 50%25").await.value()["items"][0];
    let nobody = admin.patch(&format!("/deals/{}", super::id(cards)));
    let nobody = nobody.if_match(cards).json(&json!({ "owner_id": null }));
    nobody.await.expect(200);
    for (sort, expected) in [
        (
            "title",
            vec!["保险", "核心系统", "Cards 50%", "Desks", "Shelves"],
        ),
        (
            "created_at",
            vec!["核心系统", "Cards 50%", "Desks", "Shelves", "保险"],
        ),
        (
            "updated_at",
            vec!["核心系统", "Desks", "Shelves", "保险", "Cards 50%"],
        ),
        (
            "stage_entered_at",
            vec!["核心系统", "Cards 50%", "Desks", "Shelves", "保险"],
        ),
        // Stage by stage, funnel by funnel.
        (
            "stage_id",
            vec!["核心系统", "Cards 50%", "Desks", "Shelves", "保险"],
        ),
        // Without an account first, then by pinyin; the ids decide within one account.
        (
            "account_name",
            vec!["保险", "核心系统", "Cards 50%", "Desks", "Shelves"],
        ),
    ] {
        assert_eq!(
            found(&admin, &format!("sort={sort}")).await,
            expected,
            "{sort}"
        );
    }
    assert_eq!(
        found(&admin, "sort=amount").await[..3],
        ["Shelves", "保险", "Cards 50%"]
    );
    assert_eq!(
        found(&admin, "sort=expected_close_on").await[..2],
        ["Desks", "核心系统"]
    );
    assert_eq!(found(&admin, "sort=next_step_on").await[0], "核心系统");
    assert_eq!(
        found(&admin, "sort=owner_name").await[0],
        "Cards 50%",
        "whose owner left the deal to nobody"
    );
    for sort in [
        "title",
        "created_at",
        "updated_at",
        "amount",
        "expected_close_on",
        "account_name",
        "stage_id",
        "next_step_on",
        "owner_name",
        "stage_entered_at",
    ] {
        let up = found(&admin, &format!("sort={sort}")).await;
        let mut down = found(&admin, &format!("sort=-{sort}")).await;
        down.reverse();
        assert_eq!(up, down, "{sort}");
        let mut walked = Vec::new();
        let mut next = Some(format!("/deals?sort={sort}&limit=1"));
        while let Some(address) = next {
            let page = admin.get(&address).await;
            walked.extend(all(&page, "title"));
            next = following(&page.value());
        }
        assert_eq!(walked, up, "{sort}");
    }
}

/// The address of the next page, below `/api/v1`.
fn following(page: &Value) -> Option<String> {
    Some(page["next"].as_str()?.strip_prefix("/api/v1")?.to_owned())
}

#[tokio::test]
async fn a_walk_sees_each_deal_once_while_others_make_and_change_deals() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let mut start = BTreeSet::new();
    for number in 0..24 {
        // Equal titles, amounts and days: the id decides.
        let more = json!({
            "amount": { "amount": (number / 4).to_string(), "currency": "CNY" },
            "expected_close_on": format!("2030-01-{:02}", number / 4 + 1),
        });
        let made = deal(&admin, &sales, TALK, &format!("Deal {}", number / 4), more).await;
        start.insert(super::id(&made).to_owned());
    }
    for sort in [
        "title",
        "-title",
        "amount",
        "-expected_close_on",
        "created_at",
        "-created_at",
    ] {
        let walk = async {
            let mut seen = Vec::new();
            let mut next = Some(format!("/deals?sort={sort}&limit=3"));
            while let Some(address) = next {
                let page = admin.get(&address).await;
                seen.extend(all(&page, "id"));
                next = following(&page.value());
            }
            seen
        };
        let write = async {
            for number in 0..12 {
                let more = json!({
                    "amount": { "amount": (number % 7).to_string(), "currency": "CNY" },
                    "expected_close_on": format!("2030-01-{:02}", number % 7 + 1),
                });
                deal(&admin, &sales, OFFER, &format!("Deal {}", number % 7), more).await;
            }
        };
        let (seen, ()) = tokio::join!(walk, write);
        let unique: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(unique.len(), seen.len(), "{sort}: a deal came twice");
        assert!(start.is_subset(&unique), "{sort}: a deal was missed");
    }
}

#[tokio::test]
async fn everybody_lists_what_is_within_view_and_counts_no_more() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let executive = admin.invite(Role::Executive).await;
    let sales = funnel(&admin, "Sales").await;
    for (user, title) in [
        (&team.rep, "rep's"),
        (&team.other, "other's"),
        (&team.manager, "manager's"),
    ] {
        let more = json!({ "amount": { "amount": "10", "currency": "CNY" } });
        deal(user, &sales, TALK, title, more).await;
    }
    let free = deal(&admin, &sales, TALK, "nobody's", json!({})).await;
    let change = json!({ "owner_id": null });
    admin
        .patch(&super::path(&free))
        .if_match(&free)
        .json(&change)
        .await
        .expect(200);

    for (user, expected) in [
        (&team.rep, vec!["nobody's", "rep's"]),
        (&team.other, vec!["nobody's", "other's"]),
        (&team.manager, vec!["manager's", "nobody's", "rep's"]),
        (
            &executive,
            vec!["manager's", "nobody's", "other's", "rep's"],
        ),
    ] {
        assert_eq!(found(user, "sort=title").await, expected);
        let page = user.read("/deals?count=exact&limit=1").await;
        assert_eq!(page["total"], expected.len());
        let mut cards = super::column(user, stage(&sales, TALK)).await;
        cards.sort();
        assert_eq!(cards, expected);
        let totals = user
            .read(&format!("/funnels/{}/totals", super::id(&sales)))
            .await;
        assert_eq!(totals["columns"][TALK]["totals"]["count"], expected.len());
    }
    // A filter does not reach out of view.
    let theirs = format!("owner_id={}", team.other.id());
    assert!(found(&team.rep, &theirs).await.is_empty());
}

#[tokio::test]
async fn what_is_put_away_is_listed_when_asked_for() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let gone = deal(&admin, &sales, TALK, "Gone", json!({})).await;
    deal(&admin, &sales, TALK, "Here", json!({})).await;
    archived(&admin, &gone).await;
    for (query, expected) in [
        ("sort=title", vec!["Here"]),
        ("sort=title&archived=true", vec!["Gone"]),
        ("sort=title&archived=any", vec!["Gone", "Here"]),
    ] {
        assert_eq!(found(&admin, query).await, expected, "{query}");
    }
}
