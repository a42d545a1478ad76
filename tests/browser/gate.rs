//! The gate on the board: a drop that lacks something opens a calm sheet, and evidence lets it through.

use super::world::{OFFER, TALK, World};
use shared::identity::Role;
use tests::browser::{Page, Window, journey};
use tests::{Value, json};
use uuid::Uuid;

pub(super) fn criterion(name: &str, rule: Value) -> Value {
    json!({ "id": Uuid::now_v7(), "side": "exit", "name": name, "mandatory": true, "rule": rule })
}

/// Has a stage ask for these criteria.
pub(super) async fn ask(world: &World, place: usize, criteria: &[Value]) {
    let path = format!("/stages/{}/gate", world.stage(place));
    let now = world.user.read(&path).await;
    let body = json!({ "criteria": criteria });
    let set = world.user.put(&path).if_match(&now).json(&body).await;
    set.expect(200);
}

/// Moves the first card of a column to the next stage by its menu.
pub(super) async fn move_first(page: &Page, from: &str) {
    // On a desk the button shows when the card is pointed at.
    page.script(&format!(
        "document.querySelector(\"section.col[data-stage='{from}'] .deal[data-deal] [data-move]\").click()"
    ))
    .await;
    page.click_at("dialog .mv-list .is-next").await;
}

/// Waits until a deal of this title stands in a stage and its move is answered.
async fn stands(page: &Page, title: &str, stage: &str) {
    let cards = json!(format!(
        "section.col[data-stage='{stage}'] .deal[data-deal]:not(.syncing) .title"
    ));
    let title = json!(title);
    page.until(
        &format!("{title} stands in {stage}"),
        &format!("[...document.querySelectorAll({cards})].some(it => it.textContent === {title})"),
    )
    .await;
}

pub(super) async fn sheet_says(page: &Page, title: &str) {
    let title = json!(title);
    page.until(
        &format!("the sheet says {title}"),
        &format!("document.querySelector('dialog.sheet h2')?.textContent === {title}"),
    )
    .await;
}

/// GATE-01, DND-12: what is missing is asked for before anything is saved, by the rule the server has.
#[tokio::test]
async fn a_drop_that_lacks_evidence_opens_the_sheet_and_goes_through_once_it_is_filed() {
    journey("gate", async |journey| {
        let world = World::with_deals(journey, 1).await;
        let pain = criterion("Pain confirmed in writing", json!("evidence"));
        let people = criterion(
            "Somebody is known there",
            json!({ "fact": { "fact": "people", "is": { "at_least": 1 } } }),
        );
        ask(&world, TALK, std::slice::from_ref(&pain)).await;
        ask(&world, OFFER, &[people]).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let (talk, offer) = (world.stage(TALK).to_owned(), world.stage(OFFER).to_owned());
        let card = format!("section.col[data-stage='{talk}'] .deal[data-deal]");
        page.until(
            "the card counts what is met",
            &format!("document.querySelector(\"{card} .ev\").textContent.includes('0/1')"),
        )
        .await;

        // What is missing is told before the card is let go.
        let (right, escape) = ("\u{e014}", "\u{e00c}");
        page.script(&format!("document.querySelector(\"{card}\").focus()"))
            .await;
        page.keys(" ").await;
        page.keys(right).await;
        page.until(
            "it is said what is missing there",
            "document.getElementById('announcements').textContent.includes('1 still missing')",
        )
        .await;
        assert!(
            page.shows(&format!("section.col.lacks[data-stage='{offer}']"))
                .await
        );
        page.keys(escape).await;
        page.until("the card is home", "!document.querySelector('.col.target')")
            .await;

        let from = page.middle(&card).await;
        let to = page
            .middle(&format!("section.col[data-stage='{offer}'] .col-b"))
            .await;
        page.drag_with_mouse(from, to).await;
        sheet_says(&page, "1 thing is missing to go on").await;
        assert_eq!(world.column(TALK).await, ["Talk 1"], "nothing was sent");
        assert!(page.shows(&card).await, "the card is back");
        assert_eq!(
            page.texts("dialog .crit p").await,
            ["Pain confirmed in writing"]
        );

        // The first thing offered is to fill the gap.
        page.click("Fill in 1").await;
        page.until(
            "the focus is where the gap is",
            "document.activeElement.closest('.crit') !== null",
        )
        .await;
        page.click("Add evidence").await;
        page.fill("What it is", "Letter of the customer").await;
        page.click("File evidence").await;
        page.until(
            "a link is asked for",
            "document.querySelector('.file-form [aria-invalid=true]')",
        )
        .await;
        page.fill("Link", "files.example.com/letter").await;
        page.click("File evidence").await;
        sheet_says(&page, "All met: it can go to Offer").await;
        let proof = page
            .script("return document.querySelector('.proof a').href")
            .await;
        assert_eq!(proof, "https://files.example.com/letter");
        page.click("Move to Offer").await;
        stands(&page, "Talk 1", &offer).await;
        let mut there = world.column(OFFER).await;
        there.sort();
        assert_eq!(there, ["Offer 1", "Talk 1"]);

        // A fact is met by the record itself: the sheet of the next stage says what is not known.
        let first = page
            .texts(&format!(
                "section.col[data-stage='{offer}'] .deal[data-deal] .title"
            ))
            .await
            .remove(0);
        move_first(&page, &offer).await;
        sheet_says(&page, "1 thing is missing to go on").await;
        page.click("Stay in this stage").await;
        page.until("the sheet is gone", "!document.querySelector('dialog')")
            .await;
        let focused = page
            .script("return document.activeElement.querySelector('.title')?.textContent")
            .await;
        assert_eq!(focused, json!(first));
    })
    .await;
}

/// An override is offered to those who may, and its reason stays on the card; a seller is told whom to ask.
#[tokio::test]
async fn a_manager_goes_on_with_a_reason_and_a_seller_is_told_whom_to_ask() {
    journey("gate_override", async |journey| {
        let world = World::with_deals(journey, 1).await;
        let pain = criterion("Pain confirmed in writing", json!("evidence"));
        ask(&world, TALK, &[pain]).await;
        let (talk, offer) = (world.stage(TALK).to_owned(), world.stage(OFFER).to_owned());
        let rep = world.user.invite(Role::Rep).await;
        let body = json!({ "title": "Pumps", "funnel_id": world.funnel["id"] });
        rep.make("/deals", body).await;

        let hers = journey.browser(Window::PHONE).await;
        hers.go("/sign-in").await;
        hers.find("input[type=password]").await;
        hers.sign_in(&rep.email, tests::PASSWORD).await;
        hers.go("/board").await;
        hers.until("the card is there", "document.querySelector('.deal[data-deal]')")
            .await;
        move_first(&hers, &talk).await;
        sheet_says(&hers, "1 thing is missing to go on").await;
        assert!(!hers.shows("dialog textarea").await, "no override for a seller");
        assert!(hers.shows("dialog .override p").await);
        let is_wide = hers
            .script("return document.documentElement.scrollWidth > innerWidth")
            .await;
        assert_eq!(is_wide, false);

        let page = world.board(journey, Window::DESKTOP).await;
        let title = "document.querySelectorAll(\"section.col[data-stage='{}'] .deal[data-deal]\").length";
        page.until("both are there", &format!("{} === 2", title.replace("{}", &talk)))
            .await;
        move_first(&page, &talk).await;
        sheet_says(&page, "1 thing is missing to go on").await;
        page.click("Record and go on").await;
        page.until(
            "a reason is asked for",
            "document.querySelector('dialog textarea[aria-invalid=true]')",
        )
        .await;
        page.fill(
            "To go on all the same, say why (it shows on the card and in the history)",
            "The review is on Friday and needs our offer",
        )
        .await;
        page.click("Record and go on").await;
        stands(&page, "Pumps", &offer).await;
        page.until(
            "the reason is on the card",
            &format!("document.querySelector(\"section.col[data-stage='{offer}'] .mark\")?.title.includes('on Friday')"),
        )
        .await;
    })
    .await;
}

/// LEAD-01: what can only be one of a few values is ticked in the editor, and read in words at the gate.
#[tokio::test]
async fn values_of_a_coded_fact_are_ticked_in_the_editor_and_read_in_words_on_the_sheet() {
    journey("gate_coded", async |journey| {
        let world = World::with_deals(journey, 1).await;
        let known = json!({ "fact": { "fact": "prospecting", "is": "known" } });
        ask(&world, TALK, &[criterion("Met at an event", known)]).await;
        let page = world.board(journey, Window::DESKTOP).await;
        page.go("/settings/funnels").await;
        page.click_at("button.name[aria-expanded=false]").await;
        page.click_at(".gate-line button").await;
        page.choose("Test", "one_of").await;
        // Nothing ticked is asked for, and said where it is missing.
        page.click("Save criteria").await;
        page.find("dialog .hint.err").await;
        page.forget_complaints("status of 422").await;
        for method in ["Seminar", "Meetings"] {
            page.field(method).await.click().await.unwrap();
        }
        page.click("Save criteria").await;
        let path = format!("/stages/{}/gate", world.stage(TALK));
        let rule = json!({ "fact": { "fact": "prospecting", "is": { "one_of": ["seminar", "meeting"] } } });
        tests::wait::until("the criterion is saved", async || {
            let gate = world.user.read(&path).await;
            (gate["gate"]["criteria"][0]["rule"] == rule).then_some(())
        })
        .await;

        page.go(&format!("/board/{}", world.funnel["id"].as_str().unwrap()))
            .await;
        page.find(".deal[data-deal]").await;
        move_first(&page, world.stage(TALK)).await;
        sheet_says(&page, "1 thing is missing to go on").await;
        let said = page.texts("dialog.sheet").await.concat();
        assert!(said.contains("Seminar / Meetings"), "{said}");
    })
    .await;
}
