//! The board as a person sees it: columns, counts, cards, and where a card lies.

use super::page::{Page, Point, Window};
use serde_json::{Value, json};

/// A column as the page shows it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub struct Column {
    /// Its stage's id.
    pub stage: String,
    /// Its stage's name.
    pub name: String,
    /// The count in its head, as written.
    pub count: String,
    /// The ids of the cards that are drawn, from the top.
    pub cards: Vec<String>,
}

impl Column {
    /// The count as a number.
    pub fn count(&self) -> i64 {
        let digits: String = self.count.chars().filter(char::is_ascii_digit).collect();
        digits.parse().expect("a count")
    }

    /// The card at a row.
    pub fn card(&self, row: usize) -> &str {
        self.cards.get(row).map_or_else(
            || panic!("{} shows no card at row {row}", self.name),
            String::as_str,
        )
    }
}

/// What the page says when it holds a card.
pub const HOLDS: &str = "document.querySelector('#drag-clone')";

/// The columns as they are shown now.
pub async fn columns(page: &Page) -> Vec<Column> {
    let columns = page
        .script(
            "return [...document.querySelectorAll('section.col')].map(column => ({ \
               stage: column.dataset.stage, \
               name: column.getAttribute('aria-label'), \
               count: column.querySelector('.count, .col-h > .num')?.textContent ?? '', \
               cards: [...column.querySelectorAll('.deal[data-deal]:not(.ghost):not(.parked)')].map(card => card.dataset.deal), \
             }))",
        )
        .await;
    serde_json::from_value(columns).expect("columns")
}

/// Waits until the board is drawn and quiet.
pub async fn opened(page: &Page) -> Vec<Column> {
    page.until(
        "the board shows cards",
        "document.querySelector('section.col .deal[data-deal]') && !document.querySelector('[aria-busy=true]')",
    )
    .await;
    columns(page).await
}

/// The column at a place, from the left.
pub fn at(columns: &[Column], index: usize) -> &Column {
    columns.get(index).expect("a column")
}

/// The sum of the counts in the heads.
pub fn total(columns: &[Column]) -> i64 {
    columns.iter().map(Column::count).sum()
}

/// Waits until a card lies in a stage and none of its moves is on its way.
pub async fn lies(page: &Page, card: &str, stage: &str) {
    let selector = format!(
        "section.col[data-stage='{stage}'] .deal[data-deal='{card}']:not(.syncing):not(.ghost):not(.parked):not(.held)"
    );
    page.until(
        &format!("the card {card} lies in {stage}"),
        &format!("document.querySelector({})", json!(selector)),
    )
    .await;
}

/// Where a card is.
pub async fn place(page: &Page, card: &str) -> Point {
    page.middle(&format!(".deal[data-deal='{card}']:not(.ghost)"))
        .await
}

/// A place on a card away from its links and buttons: on its line of days.
pub async fn grip(page: &Page, card: &str) -> Point {
    page.middle(&format!(".deal[data-deal='{card}']:not(.ghost) .ev"))
        .await
}

/// What the server says of a deal, asked from the page with the person's own cookies.
pub async fn deal(page: &Page, id: &str) -> Value {
    page.get(&format!("/deals/{id}")).await
}

/// A move that the server knows: the deal's stage there.
pub async fn stage_at_server(page: &Page, id: &str) -> String {
    let deal = deal(page, id).await;
    let stage = deal.get("stage_id").and_then(Value::as_str);
    stage.expect("a stage").to_owned()
}

/// A phone turns to a stage's column, which then fills the width.
pub async fn turn_to(page: &Page, stage: &str, name: &str) {
    page.click_at(&format!("nav.pager button[aria-label='{name}']"))
        .await;
    let width = Window::PHONE.width;
    page.until(
        "the column is in view",
        &format!(
            "(() => {{ const r = document.querySelector(\"section.col[data-stage='{stage}']\").getBoundingClientRect(); \
              return r.left > -24 && r.right < {width} + 24 }})()"
        ),
    )
    .await;
}
