//! A saved view goes from a manager to the team by its address, and away and back while they look at it.

use serde_json::json;
use shared::identity::Role;
use tests::browser::{Page, Window, journey};
use tests::{PASSWORD, User, Value};

async fn enter(page: &Page, user: &User, address: &str) {
    page.go("/sign-in").await;
    page.sign_in(&user.email, PASSWORD).await;
    page.go(address).await;
}

async fn shows_cards(page: &Page, count: usize) {
    let script = format!("document.querySelectorAll('.deal[data-deal]').length === {count}");
    page.until(&format!("{count} cards show"), &script).await;
}

async fn views(page: &Page, command: &str) {
    page.click_at(".chip.views").await;
    page.click(command).await;
}

/// A team with a seller, and a funnel with two deals of that seller.
async fn pipeline(admin: &User) -> (User, Value) {
    let team = admin.make("/teams", json!({ "name": "East" })).await;
    let member = json!({ "team_id": team["id"] });
    let rep = admin.invite_with(Role::Rep, member).await;
    let stages = json!([
        { "name": "Talk", "kind": "open", "probability": 20 },
        { "name": "Won", "kind": "won", "probability": 100 },
        { "name": "Lost", "kind": "lost", "probability": 0 },
    ]);
    let body = json!({ "name": "Sales", "stages": stages });
    let funnel = admin.make("/funnels", body).await;
    for title in ["Pumps", "Valves"] {
        let body = json!({ "title": title, "funnel_id": funnel["id"] });
        rep.make("/deals", body).await;
    }
    (rep, funnel)
}

#[tokio::test]
async fn a_teams_view_is_sent_as_an_address_and_follows_its_owner() {
    journey("views", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let (rep, funnel) = pipeline(&admin).await;
        let board = format!("/board/{}", funnel["id"].as_str().unwrap());
        let page = journey.browser(Window::DESKTOP).await;
        enter(&page, &admin, &format!("{board}?text=pump")).await;
        shows_cards(&page, 1).await;
        views(&page, "Save as new view…").await;
        page.fill("Name", "Pumps only").await;
        let team = page.field("Visible to").await;
        team.send_keys("East").await.unwrap();
        page.click("Save").await;
        page.arrived(&format!("{board}?view=")).await;
        let address = page.path().await;
        assert!(!address.contains("text"), "{address}");

        // What differs is marked, is part of the address, and goes back at a command.
        page.click("Mine").await;
        page.until("it is marked", "location.search.includes('owner_id') && document.querySelector('.chip.views').textContent.includes('changed')")
            .await;
        views(&page, "Discard changes").await;
        page.until("it is as saved", "!location.search.includes('owner_id') && !document.querySelector('.chip.views').textContent.includes('changed')")
            .await;
        assert_eq!(page.path().await, address);

        let other = journey.browser(Window::DESKTOP).await;
        enter(&other, &rep, &address).await;
        shows_cards(&other, 1).await;
        assert!(other.texts(".chip.views b").await.contains(&"Pumps only".to_owned()));
        // Who does not lead the team may copy it, and no more.
        other.click_at(".chip.views").await;
        let commands = other.texts(".chip.views + .menu [role^=menuitem]").await;
        assert_eq!(commands.last().map(String::as_str), Some("Save as new view…"));
        other.keys("\u{e00c}").await;

        // Over the list and the funnel and back, the view is still the one that is open.
        for (way, there) in [(2, "/deals"), (3, "/shape"), (1, &*board)] {
            page.click_at(&format!(".seg a:nth-child({way})")).await;
            let arrived = format!("location.pathname.includes('{there}') && location.search.includes('view=')");
            page.until(&format!("{there} shows"), &arrived).await;
        }
        shows_cards(&page, 1).await;
        let chip = page.texts(".chip.views").await.concat();
        assert!(chip.contains("Pumps only") && !chip.contains("changed"), "{chip}");

        views(&page, "Delete view").await;
        other.find(".board-notice").await;
        shows_cards(&other, 2).await;
        shows_cards(&page, 1).await;

        page.click("Undo").await;
        shows_cards(&other, 1).await;
        assert!(!other.shows(".board-notice").await);
    })
    .await;
}
