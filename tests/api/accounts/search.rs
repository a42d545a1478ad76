//! The search box over accounts, contacts and deals (I18N-3). The gold set is the server's own test;
//! this is the way from a write to a hit.

use super::{account, contact, deal, funnel, id, path};
use futures_util::StreamExt;
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, json};

/// What is found, as `kind name`.
async fn found(user: &User, words: &str) -> Vec<String> {
    let hits = user
        .get("/search")
        .query("q", words)
        .await
        .expect(200)
        .value();
    let hits = hits["items"].as_array().unwrap().clone();
    hits.iter()
        .map(|hit| {
            format!(
                "{} {}",
                hit["kind"].as_str().unwrap(),
                hit["name"].as_str().unwrap()
            )
        })
        .collect()
}

/// I18N-3: characters, full pinyin, initials, both readings, parts, slips.
#[tokio::test]
async fn a_name_is_found_by_characters_pinyin_initials_and_with_a_slip() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let bank = account(&admin, "重庆银行股份有限公司").await;
    account(&admin, "Betatech Holdings").await;
    contact(&admin, &bank, "单雄信").await;
    for words in [
        "重",
        "重庆",
        "银行",
        "chongqing",
        "chong qing",
        "cqyh",
        "yinhang",
        "重qing",
    ] {
        assert_eq!(
            found(&admin, words).await,
            ["account 重庆银行股份有限公司"],
            "{words}"
        );
    }
    for words in ["shan", "danxiongxin", "sxx", "雄信"] {
        assert_eq!(found(&admin, words).await, ["contact 单雄信"], "{words}");
    }
    for words in ["beta", "BETATECH", "hold", "betatceh", "holdngs beta"] {
        assert_eq!(
            found(&admin, words).await,
            ["account Betatech Holdings"],
            "{words}"
        );
    }
    assert!(found(&admin, "xyzzy").await.is_empty());
}

#[tokio::test]
async fn the_better_fit_comes_first() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for name in [
        "上海长安汽车",
        "长安汽车销售",
        "长安",
        "昌安",
        "Chang An Motors",
    ] {
        account(&admin, name).await;
    }
    let hits = found(&admin, "长安").await;
    assert_eq!(
        hits,
        [
            "account 长安",
            "account 长安汽车销售",
            "account 上海长安汽车"
        ]
    );
    let hits = found(&admin, "changan").await;
    assert_eq!(
        hits[2..],
        [
            "account 长安汽车销售",
            "account Chang An Motors",
            "account 上海长安汽车"
        ]
    );
}

#[tokio::test]
async fn the_index_follows_names_and_the_archive() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let acme = account(&admin, "Acme").await;
    let sales = funnel(&admin).await;
    deal(&admin, &sales, &acme, &admin, 0).await;
    assert_eq!(found(&admin, "cranes").await, ["deal Cranes"]);
    let patch = json!({ "name": "Zenith" });
    let new = admin
        .patch(&path(&acme))
        .if_match(&acme)
        .json(&patch)
        .await
        .expect(200)
        .value();
    assert!(found(&admin, "acme").await.is_empty());
    assert_eq!(found(&admin, "zenith").await, ["account Zenith"]);
    let gone = admin
        .delete(&path(&acme))
        .if_match(&new)
        .await
        .expect(200)
        .value();
    assert!(found(&admin, "zenith").await.is_empty());
    let restore = admin
        .post(&format!("{}/restore", path(&acme)))
        .if_match(&gone);
    restore.await.expect(200);
    assert_eq!(found(&admin, "zenith").await, ["account Zenith"]);

    // Nothing of a name stays behind.
    let db = app.db().await;
    let sql = "select count(*) from search_grams where gram like '_acme%'";
    assert_eq!(db.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_hit_names_its_account() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let acme = account(&admin, "Acme").await;
    let lin = contact(&admin, &acme, "Lin").await;
    let hits = admin.read("/search?q=lin").await;
    let expected = json!([{
        "kind": "contact", "id": id(&lin), "name": "Lin", "account_id": id(&acme), "account_name": "Acme",
    }]);
    assert_eq!(hits["items"], expected);
}

/// What others own is no more in the way the more of it there is.
#[tokio::test]
async fn a_seller_finds_their_own_among_many_of_others() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let sales = funnel(&admin).await;
    let many = (0..230).map(|n| {
        let name = format!("海港{n}");
        let admin = &admin;
        async move { account(admin, &name).await }
    });
    futures_util::stream::iter(many)
        .buffer_unordered(8)
        .collect::<Vec<_>>()
        .await;
    let own = account(&rep, "海角食品").await;
    contact(&rep, &own, "海燕").await;
    let shared = account(&admin, "海南贸易").await;
    deal(&admin, &sales, &shared, &rep, 0).await;
    contact(&admin, &shared, "海英").await;

    let mut seen = found(&rep, "海").await;
    seen.sort();
    let expected = [
        "account 海南贸易",
        "account 海角食品",
        "contact 海燕",
        "contact 海英",
    ];
    assert_eq!(seen, expected);
    assert_eq!(found(&admin, "海").await.len(), 20);
}

#[tokio::test]
async fn another_tenants_names_are_not_found() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.sign_up("North").await, app.sign_up("South").await);
    account(&theirs, "重庆银行").await;
    for words in ["重", "cqyh", "chongqing"] {
        assert!(found(&ours, words).await.is_empty(), "{words}");
    }
}

#[tokio::test]
async fn a_search_needs_something_to_look_for() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for (query, expected) in [
        ("q=", ("q", ErrorCode::Required)),
        ("q=%20", ("q", ErrorCode::Required)),
        ("q=---", ("q", ErrorCode::BadFormat)),
        ("q=%00", ("q", ErrorCode::BadFormat)),
        ("q=a&limit=21", ("limit", ErrorCode::OutOfRange)),
    ] {
        let answer = admin.get(&format!("/search?{query}")).await;
        answer.invalid(&[expected]);
    }
    let long = format!("/search?q={}", "a".repeat(101));
    admin.get(&long).await.invalid(&[("q", ErrorCode::TooLong)]);
}
