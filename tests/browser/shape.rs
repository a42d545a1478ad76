//! The funnel view: its figures are those of the API, and lead to the deals behind them (CH-3).

use super::world::{LOST, OFFER, TALK, TERMS, World};
use shared::identity::Role;
use tests::browser::{Page, Window, journey};
use tests::{Value, json, wait};

/// The cells of the table of figures, by row.
async fn table(page: &Page) -> Vec<Vec<String>> {
    let cells = page
        .script("return [...document.querySelectorAll('.fs-grid table tbody tr')].map(row => [...row.cells].map(cell => cell.textContent.trim()))")
        .await;
    serde_json::from_value(cells).unwrap_or_default()
}

/// The same as the API has it: the stage, what came in, went on, the share, what is still there, was
/// lost, went back.
fn expected(world: &World, shape: &Value) -> Vec<Vec<String>> {
    let stages = shape["stages"].as_array().cloned().unwrap_or_default();
    let last = stages.len() - 1;
    let row = |(index, told): (usize, &Value)| {
        let name = world.funnel["stages"].as_array().and_then(|all| {
            let own = all.iter().find(|stage| stage["id"] == told["stage_id"]);
            own.and_then(|stage| stage["name"].as_str())
        });
        let count = |part: &str| told[part]["count"].to_string();
        let (onward, share) = match told["conversion"].as_i64() {
            Some(share) if index < last => (count("onward"), format!("{share}%")),
            _ => ("\u{2013}".to_owned(), "\u{2013}".to_owned()),
        };
        vec![
            name.unwrap_or_default().to_owned(),
            count("entered"),
            onward,
            share,
            count("still"),
            count("lost"),
            count("back"),
        ]
    };
    stages.iter().enumerate().map(row).collect()
}

/// Waits until the page shows the figures of a question to the API.
async fn agrees(page: &Page, world: &World, query: &str) -> Value {
    let path = format!(
        "/funnels/{}/shape{query}",
        world.funnel["id"].as_str().unwrap_or_default()
    );
    let shape = page.get(&path).await;
    let expected = expected(world, &shape);
    wait::until(&format!("the figures of {query:?}"), async || {
        let shown = table(page).await;
        let shown: Vec<Vec<String>> = shown.into_iter().map(|row| row[..7].to_vec()).collect();
        (shown == expected).then_some(())
    })
    .await;
    shape
}

/// The line above the funnel and the panel beside it say what the API says: what came in, the share won, what
/// was lost, and the stages whose stays are known.
async fn outlines(page: &Page, shape: &Value) {
    let stages = shape["stages"].as_array().unwrap();
    let count = |told: &Value, part: &str| told[part]["count"].as_i64().unwrap();
    let entered = count(&stages[0], "entered");
    let won = count(stages.last().unwrap(), "entered");
    let lost: i64 = stages.iter().map(|told| count(told, "lost")).sum();
    let shown = "return [...document.querySelectorAll('.fs-outline dd')].map(figure => figure.firstChild.textContent)";
    let shown: Vec<String> = serde_json::from_value(page.script(shown).await).unwrap();
    let share = format!("{}%", (won * 100 + entered / 2) / entered);
    assert_eq!((&shown[0], &shown[1]), (&entered.to_string(), &share));
    assert_eq!(shown[4], lost.to_string());
    let stayed = stages.iter().filter(|told| told["p80_days"].is_number());
    let rows = page
        .script("return document.querySelectorAll('.fs-stay').length")
        .await;
    assert_eq!(rows, json!(stayed.count()));
}

/// Follows a link to the deals behind a figure, and waits for as many.
async fn leads_to(page: &Page, link: &str, count: &Value) {
    page.click_at(link).await;
    page.arrived("/deals?").await;
    let count = count.as_u64().unwrap_or_default();
    let rows = format!("document.querySelectorAll('main tbody tr').length === {count}");
    page.until(&format!("{count} deals behind {link}"), &rows)
        .await;
}

#[tokio::test]
async fn figures_of_the_funnel_are_the_servers_and_lead_to_the_deals_behind() {
    journey("shape", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let id = |deal: &Value| deal["id"].as_str().unwrap_or_default().to_owned();
        // One came far and went back, one jumped over a stage, two were lost, one of them without a word.
        let back = id(&world.deal(TALK, "Back and forth").await);
        world.moves(&back, TERMS).await;
        world.moves(&back, TALK).await;
        let jumped = id(&world.deal(TALK, "Jumped").await);
        world.moves(&jumped, TERMS).await;
        for place in [TALK, OFFER] {
            let deal = id(&world.deal(place, "Gone").await);
            let known = world.read(&deal).await;
            let request = world.user.post(&format!("/deals/{deal}/move"));
            let body = json!({ "to_stage_id": world.stage(LOST), "loss_reason": "price" });
            request.if_match(&known).json(&body).await.expect(200);
        }

        let page = world.board(journey, Window::DESKTOP).await;
        page.click_at(".seg a:nth-child(3)").await;
        page.find(".fs-row").await;
        let here = page.path().await;
        let shape = agrees(&page, &world, "").await;
        let first = &shape["stages"][0];
        assert_eq!(first["entered"]["count"], 13, "{shape}");
        assert_eq!(first["lost"]["count"], 1, "{shape}");
        outlines(&page, &shape).await;

        // A bar opens all that came in, a loss those lost there.
        leads_to(
            &page,
            ".fs-row:first-child .fs-bar",
            &first["entered"]["count"],
        )
        .await;
        page.go(&here).await;
        let second = &shape["stages"][1];
        leads_to(
            &page,
            ".fs-row:nth-child(2) .fs-bar",
            &second["entered"]["count"],
        )
        .await;
        page.go(&here).await;
        leads_to(
            &page,
            ".fs-row:nth-child(2) .fs-step .link",
            &second["lost"]["count"],
        )
        .await;

        // By amount the widths change and the figures are sums; the deals behind are the same.
        page.go(&here).await;
        page.find(".fs-row").await;
        page.click("Amount").await;
        page.until(
            "sums show",
            "document.querySelector('.fs-row .fs-bar b').textContent !== '13'",
        )
        .await;

        // Days narrow the figures and what is behind them; the address keeps them.
        page.go(&format!("{here}?from=2000-01-01&to=2000-12-31"))
            .await;
        page.text("No deals match").await;
        page.go(&format!("{here}?from=2000-01-01")).await;
        let since = agrees(&page, &world, "?from=2000-01-01").await;
        leads_to(
            &page,
            ".fs-row:first-child .fs-bar",
            &since["stages"][0]["entered"]["count"],
        )
        .await;
        page.text("Came in since 1 Jan 2000").await;
        page.go(&format!("{here}?from=2000-01-01&to=1999-01-01"))
            .await;
        page.text("This day is before the first one.").await;
        agrees(&page, &world, "?from=2000-01-01").await;
        page.click("Any day").await;
        page.until(
            "the address says no day",
            "!location.search.includes('from')",
        )
        .await;
        agrees(&page, &world, "").await;
    })
    .await;
}

/// What the comparison says of each side: what came in, was won, the share, the lowest step, the days.
async fn compared(page: &Page) -> Vec<Vec<String>> {
    let cells = page
        .script("return [...document.querySelectorAll('section[aria-label=\"Side by side\"] tbody tr')].map(row => [...row.cells].map(cell => cell.textContent.trim()))")
        .await;
    serde_json::from_value(cells).unwrap_or_default()
}

async fn compares(page: &Page, sides: &[(&str, &str)]) {
    let expected: Vec<(String, String)> = sides
        .iter()
        .map(|(title, came)| ((*title).to_owned(), (*came).to_owned()))
        .collect();
    wait::until(&format!("the sides {sides:?}"), async || {
        let rows = compared(page).await.into_iter();
        let shown: Vec<_> = rows.map(|row| (row[0].clone(), row[1].clone())).collect();
        (shown == expected).then_some(())
    })
    .await;
}

/// FUN-04, FUN-26: the same deals by the stages of another funnel, and those before a day beside those
/// since.
#[tokio::test]
async fn a_funnel_is_read_through_another_and_compared_before_and_after_a_day() {
    journey("shape_compared", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let body = json!({ "name": "Short", "stages": [
            { "name": "Found", "kind": "open" }, { "name": "Agreed", "kind": "open" },
            { "name": "Signed", "kind": "won" }, { "name": "Gone", "kind": "lost" },
        ] });
        let short = world.user.make("/funnels", body).await;
        let page = world.board(journey, Window::DESKTOP).await;
        page.click_at(".seg a:nth-child(3)").await;
        page.find(".fs-row").await;
        let came = page
            .get(&format!("/funnels/{}/shape", world.funnel["id"].as_str().unwrap()))
            .await["stages"][0]["entered"]["count"]
            .to_string();

        page.choose("Compare with", short["id"].as_str().unwrap()).await;
        let name = world.funnel["name"].as_str().unwrap().to_owned();
        compares(&page, &[(&name, &came), ("Through Short", &came)]).await;
        page.text("Each stage stands for the one as far along in the other funnel, as nobody has said otherwise.").await;
        // What stands for what is said by hand, by the rule the server has: on may not mean back.
        page.click("Change the mapping").await;
        let found = short["stages"][0]["id"].as_str().unwrap();
        let agreed = short["stages"][1]["id"].as_str().unwrap();
        let stage = |place: usize| world.funnel["stages"][place]["name"].as_str().unwrap().to_owned();
        page.choose(&format!("{} stands for", stage(TALK)), agreed).await;
        page.choose(&format!("{} stands for", stage(OFFER)), found).await;
        page.click("Save").await;
        page.find("dialog[open] [aria-invalid='true']").await;
        page.choose(&format!("{} stands for", stage(OFFER)), agreed).await;
        page.choose(&format!("{} stands for", stage(TERMS)), agreed).await;
        page.click("Save").await;
        page.text("What each stage stands for in the other funnel was said by hand.").await;
        // The bars of the other side lead to the deals of this funnel.
        page.click_at(".fs-pair .fs-grid:nth-child(2) .fs-row:nth-child(2) .fs-bar").await;
        page.arrived("/deals?").await;
        let rows = format!("document.querySelectorAll('main tbody tr').length === {came}");
        page.until("the deals of this funnel", &rows).await;

        page.script("history.back()").await;
        page.find(".fs-pair").await;
        // Of a stage that comes in later nobody has said anything.
        let address = format!("/funnels/{}", world.funnel["id"].as_str().unwrap());
        let now = world.user.read(&address).await;
        let mut stages = now["stages"].as_array().unwrap().clone();
        for field in ["funnel_id", "position"] {
            stages.iter_mut().for_each(|stage| { stage.as_object_mut().unwrap().remove(field); });
        }
        stages.insert(0, json!({ "name": "Search", "kind": "open" }));
        let changed = world.user.patch(&address).if_match(&now);
        changed.json(&json!({ "stages": stages })).await.expect(200);
        page.go(&page.path().await).await;
        page.text("What each stage stands for in the other funnel was said by hand, except for Search: there it is a guess by how far along it is.").await;
        page.choose("Compare with", "before").await;
        page.field("Since").await;
        page.script("const it = document.querySelector('.fs-asks > .fs-days:last-child input[type=date]'); it.value = '2001-02-03'; it.dispatchEvent(new Event('input', { bubbles: true }))").await;
        compares(&page, &[("Came in before 2001-02-03", "0"), ("Came in since 2001-02-03", &came)]).await;
        // The address keeps it.
        page.go(&page.path().await).await;
        compares(&page, &[("Came in before 2001-02-03", "0"), ("Came in since 2001-02-03", &came)]).await;
        page.choose("Compare with", "").await;
        page.until("the figures are back", "document.querySelector('section[aria-label=Figures]')").await;
    })
    .await;
}

/// LEAD-01, FUN-25: how an account was found is said on its page, and the funnel is read for that channel.
#[tokio::test]
async fn a_funnel_is_read_for_the_channel_that_an_accounts_page_names() {
    journey("shape_channel", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let account = json!({ "name": "Harbour", "source": "Fair" });
        let account = world.user.make("/accounts", account).await;
        let deal = json!({
            "title": "Cranes", "account_id": account["id"],
            "funnel_id": world.funnel["id"], "stage_id": world.stage(TALK),
        });
        world.user.make("/deals", deal).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = page.path().await;
        page.go(&format!("/accounts/{}", account["id"].as_str().unwrap()))
            .await;
        page.until(
            "its pencil is there",
            "document.getElementById('edit-prospecting')",
        )
        .await;
        page.script("document.getElementById('edit-prospecting').click()")
            .await;
        page.choose("Found by", "chain").await;
        page.click("Save").await;
        page.text("Chain of referrals").await;

        page.go(&board).await;
        page.click_at(".seg a:nth-child(3)").await;
        page.find(".fs-row").await;
        let whole = agrees(&page, &world, "").await;
        assert_ne!(whole["stages"][0]["entered"]["count"], 1, "{whole}");
        page.click("Filters").await;
        page.click("Channel").await;
        page.click("Chain of referrals").await;
        let one = agrees(&page, &world, "?prospecting=chain").await;
        assert_eq!(one["stages"][0]["entered"]["count"], 1, "{one}");
        assert!(page.path().await.contains("prospecting=chain"));
        page.click_at(".board-bar .chip.is-on").await;
        page.click("Fair").await;
        agrees(&page, &world, "?source=Fair").await;
        assert!(!page.path().await.contains("prospecting"));
        leads_to(&page, ".fs-row:first-child .fs-bar", &json!(1)).await;
        page.text("Harbour").await;
    })
    .await;
}

/// FUN-09: deals over the limit of their stage are one press away on the board, and named in the funnel view.
#[tokio::test]
async fn deals_over_the_limit_of_their_stage_are_named_and_lead_there() {
    journey("over_limit", async |journey| {
        let world = World::with_deals(journey, 4).await;
        let db = journey.app.db().await;
        db.execute(
            "update stages set rot_days = 10 where name = 'Talk'",
            &[],
        )
        .await
        .unwrap();
        for (title, days) in [("Talk 1", 40), ("Talk 2", 12), ("Talk 3", 90), ("Talk 4", 9), ("Offer 1", 300)] {
            let sql = "update deals set stage_entered_at = stage_entered_at - make_interval(days => $2) where title = $1";
            assert_eq!(db.execute(sql, &[&title, &days]).await.unwrap(), 1);
        }

        let page = world.board(journey, Window::DESKTOP).await;
        let board = page.path().await;
        page.click("Filters").await;
        page.click("Over limit").await;
        let cards = ["Talk 1", "Talk 2", "Talk 3"];
        wait::until("the cards over the limit", async || {
            (page.texts(".deal[data-deal] .title").await == cards).then_some(())
        })
        .await;
        // It is said that the board is narrowed, also where the row of filters is folded.
        let narrowed = page.path().await;
        assert!(narrowed.contains("over_limit_on="));
        page.go(&narrowed).await;
        let chip = "document.querySelector('.further .chip[aria-pressed=true]')?.checkVisibility()";
        page.until("the chip that narrows shows", chip).await;
        assert!(!page.shows(".is-unfolded").await);

        page.go(&format!("{board}/shape")).await;
        page.find(".fs-over li").await;
        let named = page.texts(".fs-over li a").await;
        assert_eq!(named, ["Talk 3", "Talk 1", "Talk 2"]);
        assert_eq!(page.texts(".fs-over li .badge").await, ["90 d", "40 d", "12 d"]);
        assert_eq!(page.texts(".fs-over .sub").await, ["3 deals, ¥3,000"]);
        page.click("Show all").await;
        page.arrived("/deals?").await;
        page.until("the list has them", "document.querySelectorAll('main tbody tr').length === 3")
            .await;
        assert!(page.path().await.contains("over_limit_on="));
    })
    .await;
}

/// One person's shares stand beside everybody's, and the points between them.
#[tokio::test]
async fn a_persons_funnel_stands_beside_everybodys() {
    journey("everybody", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let other = world.user.invite(Role::Rep).await;
        for number in 0..5 {
            let deal = world.deal(TALK, &format!("Other {number}")).await;
            let path = format!("/deals/{}", deal["id"].as_str().unwrap());
            let change = world.user.patch(&path).if_match(&deal);
            change
                .json(&json!({ "owner_id": other.id() }))
                .await
                .expect(200);
        }
        let page = world.board(journey, Window::DESKTOP).await;
        let shape = format!("{}/shape", page.path().await);
        page.go(&shape).await;
        page.find(".fs-row").await;
        assert!(!page.shows(".fs-usual").await, "everybody's alone");
        let me = world.user.id();
        page.go(&format!("{shape}?owner_id={me}")).await;
        page.find(".fs-usual").await;
        let path = format!("/funnels/{}/shape", world.funnel["id"].as_str().unwrap());
        let own = page.get(&format!("{path}?owner_id={me}")).await;
        let all = page.get(&path).await;
        let share =
            |shape: &Value, place: usize| shape["stages"][place]["conversion"].as_i64().unwrap();
        let (own, all) = (share(&own, TALK), share(&all, TALK));
        assert!(own > all, "{own} {all}");
        let said = |selector: &'static str| async { page.texts(selector).await.swap_remove(0) };
        assert_eq!(said(".fs-usual").await, format!("everyone {all}%"));
        assert_eq!(said(".fs-apart").await, format!("+{}", own - all));
    })
    .await;
}
