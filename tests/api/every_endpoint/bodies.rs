//! A body that each operation accepts, so that what the walk refuses is refused for its own reason.

use super::world::Tenant;
use serde_json::{Value, json};
use tests::PASSWORD;
use uuid::Uuid;

/// The criterion of a tenant's first stage.
pub const CRITERION: &str = "0193523c-0000-7000-8000-00000000c417";

/// What a tenant's first stage asks, and what it wants done.
const QUESTION: &str = "Who decides?";
const TASK: &str = "Visit";

/// Bodies that refer to a tenant's things.
pub struct Bodies<'a> {
    tenant: &'a Tenant,
}

impl<'a> Bodies<'a> {
    /// Bodies of this tenant.
    pub fn of(tenant: &'a Tenant) -> Self {
        Self { tenant }
    }

    fn id(&self, kind: &str) -> Value {
        self.tenant.id(kind).map_or(Value::Null, Value::from)
    }

    /// A name that no other thing has.
    fn name(&self) -> String {
        format!("{} {}", self.tenant.mark, Uuid::now_v7().simple())
    }

    fn stage(&self) -> Value {
        let stage = self.tenant.thing("stages");
        stage.map_or(Value::Null, |stage| stage["id"].clone())
    }

    /// A body that the operation accepts; `None` for one that this table does not know.
    pub fn valid(&self, operation: &str) -> Option<Value> {
        let name = self.name();
        // Views have short names; the last part of an id is chance.
        let short: String = name.chars().filter(|c| *c != ' ').collect();
        let short = format!("{} {}", self.tenant.mark, &short[short.len() - 12..]);
        let email = format!("{}@south.example.com", Uuid::now_v7().simple());
        // Rooms say both; what is changed is the same.
        let operation = operation.replacen("change_", "update_", 1);
        Some(match operation.as_str() {
            "sign_up" => json!({
                "organisation_name": name, "name": "Somebody", "email": email, "password": PASSWORD,
            }),
            "sign_in" => json!({ "email": self.tenant.administrator.email, "password": PASSWORD }),
            "create_tokens" => json!({
                "grant_type": "password", "email": self.tenant.administrator.email, "password": PASSWORD,
            }),
            "update_me" => json!({ "locale": "en" }),
            "update_organisation" => json!({ "name": name }),
            "create_invitation" => json!({ "email": email, "name": name, "role": "rep" }),
            "accept_invitation" => json!({ "name": name, "password": PASSWORD }),
            "set_screening_rules" | "search_screening_trial" => json!({
                "criteria": [{
                    "id": CRITERION, "topic": "income", "name": name, "weight": 1, "test": { "man": "money" },
                }],
                "pass_share": 60, "review_days": 90,
            }),
            "screen_account" => json!({ "answers": {} }),
            "update_priority_rules" => json!({ "review_days": 60 }),
            "update_class_rules" => json!({ "urgent_months": 3 }),
            "set_limits" => json!({
                "level": "senior", "valid_from": "2199-01-01", "limits": { "a": { "max": 30 } },
            }),
            "create_team" => json!({ "name": name }),
            "create_account" => json!({ "name": name, "kind": "company" }),
            "create_contact" => json!({ "name": name, "account_id": self.id("accounts") }),
            "create_product" => json!({
                "name": name, "list_price": { "amount": "12.50", "currency": "CNY" },
            }),
            "create_funnel" => json!({
                "name": name,
                "stages": [
                    {
                        "name": "Open", "kind": "open", "probability": 20,
                        "questions": [QUESTION], "tasks": [TASK],
                    },
                    { "name": "Won", "kind": "won", "probability": 100 },
                    { "name": "Lost", "kind": "lost", "probability": 0 },
                ],
            }),
            "create_mapping" => json!({ "through_id": self.id("funnels") }),
            "create_view" => json!({
                "name": short, "funnel_id": self.id("funnels"), "filter": { "tier": "A" },
            }),
            "update_view" => json!({ "name": short }),
            "create_deal" => json!({
                "title": name, "funnel_id": self.id("funnels"),
                "amount": { "amount": "1000.00", "currency": "CNY" },
            }),
            "set_stage_gate" => json!({
                "criteria": [
                    { "id": CRITERION, "side": "exit", "name": name, "rule": "evidence" },
                ],
            }),
            "file_evidence" => json!({
                "criterion_id": CRITERION, "title": name, "url": "https://example.com/letter.pdf",
            }),
            "answer_question" => json!({
                "stage_id": self.stage(), "question": QUESTION, "text": name,
            }),
            "plan_task" => json!({ "stage_id": self.stage(), "task": TASK, "note": name }),
            "record_touch" => json!({ "kind": "showing", "note": name }),
            "log_objection" => json!({ "class": "price", "said": name }),
            "update_objection" => json!({ "said": name }),
            "add_proposal_point" => {
                json!({ "feature": name, "advantage": name, "benefit": name })
            }
            "update_proposal_point" => json!({ "feature": name }),
            "order_proposal" => json!({ "points": [] }),
            "create_script" => json!({ "kind": "script", "title": name, "body": name }),
            "update_script" => json!({ "title": name }),
            "write_case" => json!({ "lesson": name, "worked": name, "tags": ["price"] }),
            "set_rules" => json!({ "rules": [] }),
            "hold_round" => json!({ "shortlist": 3, "note": name }),
            "score_elements" => json!({ "trust": { "score": 2, "why": name } }),
            "answer_tests" => json!({ "budget": { "score": 3, "why": name } }),
            "bulk_deals" => json!({
                "action": { "next_step": { "next_step": name } },
                "deals": [{ "id": self.id("deals"), "version": 1 }],
            }),
            "move_deal" => json!({ "to_stage_id": self.stage() }),
            search if search.starts_with("search_") => json!({ "limit": 10 }),
            "create_import" => json!({ "source": "erp" }),
            "update_import" => json!({ "source": "crm" }),
            "update_deal" => json!({ "title": name }),
            "update_user" | "update_team" | "update_account" | "update_contact"
            | "update_product" | "update_funnel" => json!({ "name": name }),
            _ => return None,
        })
    }
}
