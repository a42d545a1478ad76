//! What is counted of a deal is recorded on its page and moves it; the rules are changed and tried in the
//! settings.

use super::world::World;
use serde_json::json;
use shared::funnel::methods::Method;
use shared::identity::{Locale, Role};
use tests::browser::board::{self, at, columns, lies};
use tests::browser::{Window, journey};
use tests::{PASSWORD, wait};

/// FUN-20, CLS-20..24.
#[tokio::test]
async fn a_showing_is_recorded_a_rule_moves_the_deal_and_the_rules_are_tried_and_changed() {
    journey("counted", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let told = Method::ThreeLayers.told(Locale::En);
        let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
        let funnel = admin.make("/funnels", body).await;
        let body = json!({ "title": "Flat", "funnel_id": funnel["id"], "stage_id": funnel["stages"][1]["id"] });
        let deal = admin.make("/deals", body).await;
        let address = format!("/deals/{}", deal["id"].as_str().unwrap());
        for _ in 0..8 {
            let showing = json!({ "kind": "showing" });
            admin.make(&format!("{address}/touches"), showing).await;
        }
        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        page.sign_in(&admin.email, PASSWORD).await;
        page.go(&address).await;
        page.click("Record: Showing").await;
        page.fill("Note", "Third floor, to the south").await;
        page.click_at("button[form='touch-form']").await;
        page.find(".touches .stay").await;
        page.until(
            "the ninth is listed with what the rule did",
            "document.querySelector('.touches .stay').textContent.includes('moved it to “Prospect C”')",
        )
        .await;
        assert_eq!(page.texts(".touch-kinds b").await, ["0", "9", "0", "0"]);
        let now = admin.read(&address).await;
        assert_eq!(now["stage_id"], funnel["stages"][0]["id"]);

        // Withdrawn, it stays in the list and counts no more.
        page.click_at(".touches .stay:nth-child(2) button").await;
        page.until(
            "eight count",
            "document.querySelector('.touch-kinds .row:nth-child(2) b').textContent === '8'",
        )
        .await;
        assert!(page.shows(".touches .is-gone").await);

        page.go("/settings/funnels").await;
        page.click("Counted rules").await;
        page.find(".rules-editor .one").await;
        page.fill("At most", "20").await;
        page.click("Save the rules").await;
        page.until(
            "both rules are named",
            "document.querySelector('.rules-editor [role=alert]')?.textContent.includes('back and forth: Offer and raise')",
        )
        .await;
        page.fill("At most", "6").await;
        page.script("document.querySelector('.trial-ask').scrollIntoView({ block: 'center' })")
            .await;
        page.click("Try over what was recorded").await;
        page.text("Tried. Records: 8; deals: 1").await;
        page.click("Save the rules").await;
        let rules = format!("/funnels/{}/rules", funnel["id"].as_str().unwrap());
        wait::until("the rules are saved", async || {
            let now = admin.read(&rules).await;
            (now["set"]["rules"][0]["tests"][0]["at_most"] == 6).then_some(())
        })
        .await;
    })
    .await;
}

/// CLS-26: a deal that comes into class A shows the step the stage gives, also on a board that somebody
/// else has open.
async fn card_shows_the_step_of_class_a(name: &str, locale: Locale, step: &str) {
    journey(name, async |journey| {
        let admin = journey.app.sign_up("North").await;
        let told = Method::ThreeLayers.told(locale);
        let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
        let funnel = admin.make("/funnels", body).await;
        let (b, a) = (1, 2);
        let stage = |place: usize| funnel["stages"][place]["id"].as_str().unwrap();
        let make = async |title: &str, place: usize| {
            let body =
                json!({ "title": title, "funnel_id": funnel["id"], "stage_id": stage(place) });
            admin.make("/deals", body).await
        };
        let moving = make("Flat", b).await;
        let moving = moving["id"].as_str().unwrap();
        make("House", a).await;
        let other = admin.invite(Role::Administrator).await;
        let of = |user| World {
            user,
            funnel: funnel.clone(),
        };
        let theirs = of(other).board(journey, Window::DESKTOP).await;
        let page = of(admin.clone()).board(journey, Window::DESKTOP).await;
        let shown = format!(".deal[data-deal='{moving}']:not(.ghost) [data-edit='next_step']");
        assert_ne!(theirs.texts(&shown).await, [step]);

        let there = columns(&page).await;
        let from = board::grip(&page, moving).await;
        let to = board::place(&page, at(&there, a).card(0)).await;
        page.drag_with_mouse(from, to).await;
        for page in [&page, &theirs] {
            lies(page, moving, stage(a)).await;
            wait::until("the card shows the step", async || {
                (page.texts(&shown).await == [step]).then_some(())
            })
            .await;
        }
        let due = format!(".deal[data-deal='{moving}'] .next time[datetime]");
        assert!(page.shows(&due).await && theirs.shows(&due).await);
    })
    .await;
}

/// CLS-26.
#[tokio::test]
async fn a_card_moved_to_class_a_shows_whom_to_call_back_on_every_open_board() {
    card_shows_the_step_of_class_a("class_a_en", Locale::En, "Call the customer back").await;
}

/// CLS-26.
#[tokio::test]
async fn a_card_moved_to_class_a_shows_the_step_in_the_words_of_a_chinese_funnel() {
    card_shows_the_step_of_class_a("class_a_zh", Locale::ZhCn, "回访客户").await;
}
