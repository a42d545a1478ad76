//! Presses, typing and choosing as a careful person does them: not while the thing moves, is covered or
//! disabled; and seen to arrive, else tried again.

use super::page::{PATIENCE, Page};
use crate::wait;
use serde_json::{Value, json};
use std::path::PathBuf;
use thirtyfour::error::WebDriverError;
use thirtyfour::{By, WebElement};

/// Whether an element can be pressed; see the file.
const AIM: &str = include_str!("aim.js");
/// Whether what was done arrived at it.
const ARRIVED: &str = include_str!("arrived.js");

impl Page {
    /// Clicks what is named, as soon as it is there, at rest, and nothing covers it.
    pub async fn click(&self, name: &str) {
        wait::tried(PATIENCE, &format!("{name:?} can be clicked"), async || {
            self.press_on(&self.button(name).await).await
        })
        .await;
    }

    /// Clicks what matches a CSS selector.
    pub async fn click_at(&self, selector: &str) {
        wait::tried(
            PATIENCE,
            &format!("{selector} can be clicked"),
            async || self.press_on(&self.find(selector).await).await,
        )
        .await;
    }

    /// Types into the field with this label, in place of what was there.
    pub async fn fill(&self, label: &str, text: &str) {
        let what = format!("{label:?} can be filled in");
        wait::tried(PATIENCE, &what, async || {
            let field = self.field(label).await;
            self.aim(&field, false).await?;
            field.clear().await.map_err(told)?;
            field.send_keys(text).await.map_err(told)?;
            self.arrived_at("keys", "").await
        })
        .await;
    }

    /// Chooses a value in the list with this label.
    pub async fn choose(&self, label: &str, value: &str) {
        let what = format!("{value:?} can be chosen for {label:?}");
        wait::tried(PATIENCE, &what, async || {
            let list = self.field(label).await;
            let option = list.find(By::Css(format!("option[value='{value}']"))).await;
            let option = option.map_err(told)?;
            self.aim(&list, false).await?;
            option.click().await.map_err(told)?;
            self.arrived_at("choice", value).await
        })
        .await;
    }

    /// Gives files to the page's first place for them, which may well be hidden.
    pub async fn choose_files(&self, files: &[PathBuf]) {
        let names: Vec<_> = files
            .iter()
            .map(|file| file.canonicalize().expect("a file").display().to_string())
            .collect();
        let names = names.join("\n");
        wait::tried(PATIENCE, "files can be given", async || {
            let place = self.driver().find(By::Css("input[type=file]")).await;
            let place = place.map_err(told)?;
            if !place.is_enabled().await.map_err(told)? {
                return Err("the place for them is disabled".to_owned());
            }
            place.send_keys(&names).await.map_err(told)
        })
        .await;
    }

    /// Presses an element once; why not, or where the press landed instead.
    async fn press_on(&self, element: &WebElement) -> Result<(), String> {
        self.aim(element, true).await?;
        element.click().await.map_err(told)?;
        self.arrived_at("press", "").await
    }

    /// Looks whether an element is ready, and notes from then on what arrives at it.
    async fn aim(&self, element: &WebElement, is_pressed: bool) -> Result<(), String> {
        let arguments = vec![element.to_json().map_err(told)?, json!(is_pressed)];
        let said = self.driver().execute_async(AIM, arguments).await;
        verdict(said.map_err(told)?.json())
    }

    async fn arrived_at(&self, kind: &str, value: &str) -> Result<(), String> {
        let arguments = vec![json!(kind), json!(value)];
        let said = self.driver().execute(ARRIVED, arguments).await;
        verdict(said.map_err(told)?.json())
    }
}

fn verdict(said: &Value) -> Result<(), String> {
    said.as_str().map_or(Ok(()), |why| Err(why.to_owned()))
}

/// The first line of what the driver says, which is its reason.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn told(error: WebDriverError) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}
