//! The real files go in whole, where they are beside the repository.

use super::{add, all, check, column, problem, records, run};
use std::path::PathBuf;
use std::time::Instant;
use tests::{TestApp, User, Value, json};

/// The folder of the real set; `None` where only the small set of the repository is.
fn folder() -> Option<PathBuf> {
    let folder = tests::data()?.join("crm-sales-opportunities");
    folder.is_dir().then_some(folder)
}

async fn real_set(user: &User, folder: &std::path::Path) -> Value {
    let mut import = user.make("/imports", json!({})).await;
    for name in [
        "sales_pipeline.csv",
        "accounts.csv",
        "products.csv",
        "sales_teams.csv",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        import = add(user, &import, name, bytes).await;
    }
    import
}

#[tokio::test]
async fn the_real_files_go_in_whole_and_every_oddity_is_told() {
    let Some(folder) = folder() else {
        println!("the published files are not beside the repository: left out");
        return;
    };
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = real_set(&admin, &folder).await;
    assert_eq!(import["open_questions"], json!([]));
    assert_eq!(
        column(&import, 0, "engage_date")["dates"]["format"],
        "dd-mm-yy"
    );
    assert_eq!(
        column(&import, 0, "close_date")["dates"]["format"],
        "dd-mm-yy"
    );

    let checked = check(&admin, &import).await;
    let begun = Instant::now();
    let done = run(&admin, &checked).await;
    eprintln!("8,927 rows in {:.1?}", begun.elapsed());
    for report in [&checked, &done] {
        for (kind, count) in [
            ("team", 9),
            ("user", 41),
            ("product", 7),
            ("account", 85),
            ("deal", 8_800),
            ("funnel", 1),
        ] {
            assert_eq!(records(report, kind), (count, 0), "{kind}");
        }
        for (code, rows) in [
            ("no_account", 1_425),
            ("no_start_day", 500),
            ("no_close_day", 2_089),
            ("no_amount", 2_089),
            ("zero_amount_of_lost", 2_473),
            ("no_loss_reason", 2_473),
            // `GTXPro`, `technolgy` and `Philipines`.
            ("matched_normalised", 1_480),
            ("matched_near", 13),
            // The year and revenue of accounts, the quarters of deals.
            ("column_left_out", 85 + 85 + 8_300 + 6_711),
        ] {
            assert_eq!(problem(report, code), rows, "{code}");
        }
        let rejected: i64 = report["report"]["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["rejected"].as_i64().unwrap())
            .sum();
        assert_eq!(rejected, 0);
    }

    let accounts = all(&admin, "/accounts?limit=200").await;
    assert_eq!(accounts.len(), 85);
    let with_parent = accounts
        .iter()
        .filter(|it| !it["parent_id"].is_null())
        .count();
    assert_eq!(with_parent, 15);
    let users = all(&admin, "/users?limit=200").await;
    let of = |role: &str| {
        users
            .iter()
            .filter(|it| it["role"] == role && it["state"] == "named")
            .count()
    };
    assert_eq!((of("rep"), of("manager")), (35, 6));
    let teams = all(&admin, "/teams?limit=200").await;
    let offices = teams.iter().filter(|it| it["parent_id"].is_null()).count();
    assert_eq!((teams.len(), offices), (9, 3));

    let funnel = done["funnel"]["funnel_id"].as_str().unwrap();
    let board = admin.read(&format!("/funnels/{funnel}/board")).await;
    let counts: Vec<_> = board["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["totals"]["count"].clone())
        .collect();
    assert_eq!(json!(counts), json!([500, 1_589, 4_238, 2_473]));
    let won = &board["columns"][2]["totals"]["sums"][0]["amount"];
    let won: f64 = won.as_str().unwrap().parse().unwrap();
    assert!((won - 10_005_534.0).abs() < 0.01, "{won}");

    let again = run(&admin, &real_set(&admin, &folder).await).await;
    assert_eq!(records(&again, "deal"), (0, 8_800));
    assert_eq!(records(&again, "account"), (0, 85));
    assert_eq!(problem(&again, "differs_from_ours"), 0);
}
