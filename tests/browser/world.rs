//! A small organisation for journeys on the board: a funnel of three open stages, won and lost, with
//! deals in the open ones.

use tests::browser::{Journey, Page, Window, board};
use tests::{PASSWORD, User, Value, json};

/// The organisation and whoever set it up.
pub struct World {
    /// Its administrator, as a tool.
    pub user: User,
    /// The funnel.
    pub funnel: Value,
}

/// The places of the stages.
pub const TALK: usize = 0;
pub const OFFER: usize = 1;
pub const TERMS: usize = 2;
pub const LOST: usize = 4;

impl World {
    /// Makes it with so many deals in each open stage; `Talk 1` lies at the top of its column.
    pub async fn with_deals(journey: &Journey, per_stage: usize) -> Self {
        let user = journey.app.sign_up("North").await;
        let stage = |name: &str, kind: &str, probability: i16| json!({ "name": name, "kind": kind, "probability": probability });
        let stages = json!([
            stage("Talk", "open", 20),
            stage("Offer", "open", 50),
            stage("Terms", "open", 80),
            stage("Won", "won", 100),
            stage("Lost", "lost", 0)
        ]);
        let funnel = user
            .make("/funnels", json!({ "name": "Sales", "stages": stages }))
            .await;
        let world = Self { user, funnel };
        for (place, name) in [(TALK, "Talk"), (OFFER, "Offer"), (TERMS, "Terms")] {
            // New deals go to the top.
            for number in (1..=per_stage).rev() {
                world.deal(place, &format!("{name} {number}")).await;
            }
        }
        world
    }

    /// Makes a deal at the top of a stage.
    pub async fn deal(&self, place: usize, title: &str) -> Value {
        let body = json!({
            "title": title, "funnel_id": self.funnel["id"], "stage_id": self.stage(place),
            "amount": { "amount": "1000", "currency": "CNY" },
        });
        self.user.make("/deals", body).await
    }

    /// The id of a stage.
    pub fn stage(&self, place: usize) -> &str {
        self.funnel["stages"][place]["id"]
            .as_str()
            .unwrap_or_default()
    }

    /// A deal as the server has it.
    pub async fn read(&self, id: &str) -> Value {
        self.user
            .get(&format!("/deals/{id}"))
            .await
            .expect(200)
            .value()
    }

    /// Moves a deal to the top of a stage, as somebody else would.
    pub async fn moves(&self, id: &str, place: usize) {
        let deal = self.read(id).await;
        let request = self.user.post(&format!("/deals/{id}/move"));
        let body = json!({ "to_stage_id": self.stage(place) });
        request.if_match(&deal).json(&body).await.expect(200);
    }

    /// The titles of a column from the top, as the server has them.
    pub async fn column(&self, place: usize) -> Vec<String> {
        let path = format!("/stages/{}/cards", self.stage(place));
        let page = self
            .user
            .get(&path)
            .query("limit", 200)
            .await
            .expect(200)
            .value();
        let items = page["items"].as_array().cloned().unwrap_or_default();
        let titles = items.iter().filter_map(|item| item["title"].as_str());
        titles.map(str::to_owned).collect()
    }

    /// A browser of the administrator with the board open.
    pub async fn board(&self, journey: &Journey, window: Window) -> Page {
        let page = journey.browser(window).await;
        page.go("/sign-in").await;
        page.find("input[type=password]").await;
        page.sign_in(&self.user.email, PASSWORD).await;
        page.go(&format!(
            "/board/{}",
            self.funnel["id"].as_str().unwrap_or_default()
        ))
        .await;
        board::opened(&page).await;
        page
    }
}
