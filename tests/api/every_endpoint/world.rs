//! An organisation with one of everything, made through the API.

use super::bodies::Bodies;
use super::operations::{Document, FILE, Operation};
use serde_json::{Value, json};
use shared::identity::Role;
use std::collections::BTreeMap;
use tests::{TestApp, User};
use uuid::Uuid;

/// An organisation, its people and its things.
pub struct Tenant {
    /// Runs it and owns its things.
    pub administrator: User,
    /// In every name of its things, and nowhere else.
    pub mark: String,
    /// One of each kind of thing, by the plural in the address.
    things: BTreeMap<&'static str, Value>,
}

/// What can be made on its own, in this order: later ones refer to earlier ones.
const KINDS: [&str; 11] = [
    "teams",
    "invitations",
    "users",
    "accounts",
    "contacts",
    "products",
    "funnels",
    "views",
    "deals",
    "scripts",
    "imports",
];

impl Tenant {
    /// Founds an organisation with one of each thing that the API can make.
    pub async fn found(app: &TestApp, document: &Document) -> Self {
        let mark = format!("mark-{}", Uuid::now_v7().simple());
        let mut tenant = Self {
            administrator: app.sign_up(&mark).await,
            mark,
            things: BTreeMap::new(),
        };
        for kind in KINDS {
            if let Some(thing) = tenant.make(document, kind).await {
                tenant.things.insert(kind, thing);
            }
        }
        if let Some(stage) = tenant
            .things
            .get("funnels")
            .map(|it| it["stages"][0].clone())
        {
            tenant.ask_for_evidence(&stage).await;
            tenant.things.insert("stages", stage);
        }
        tenant
    }

    /// Has a stage ask for evidence, so that there is a criterion to file it for.
    async fn ask_for_evidence(&self, stage: &Value) -> Value {
        let body = Bodies::of(self).valid("set_stage_gate").unwrap();
        let path = format!("/stages/{}/gate", stage["id"].as_str().unwrap());
        let set = self
            .administrator
            .put(&path)
            .if_version(0)
            .json(&body)
            .await;
        set.expect(200).value()
    }

    /// Makes one more thing; nothing when this build's API cannot.
    pub async fn make(&self, document: &Document, kind: &str) -> Option<Value> {
        match kind {
            "users" if document.has("POST", "/invitations") => {
                let user = self.administrator.invite(Role::Rep).await;
                return Some(user.me["user"].clone());
            }
            "invitations" if document.has("POST", "/invitations") => {
                let body = Bodies::of(self).valid("create_invitation");
                let made = self.administrator.make("/invitations", body.unwrap()).await;
                let mut invitation = made["invitation"].clone();
                invitation["token"] = made["token"].clone();
                return Some(invitation);
            }
            "stages" => {
                let funnel = Box::pin(self.make(document, "funnels")).await?;
                let mut stage = funnel["stages"][0].clone();
                // What is written of a stage alone is its gate.
                stage["version"] = self.ask_for_evidence(&stage).await["version"].clone();
                return Some(stage);
            }
            _ => {}
        }
        let path = format!("/{kind}");
        if !document.has("POST", &path) {
            return None;
        }
        let operation = format!("create_{}", kind.strip_suffix('s').unwrap_or(kind));
        let body = Bodies::of(self).valid(&operation);
        let body = body.unwrap_or_else(|| panic!("say in bodies.rs what makes one of {kind}"));
        let made = self.administrator.make(&path, body).await;
        if kind != "imports" {
            return Some(made);
        }
        let path = format!("/imports/{}/files", made["id"].as_str().unwrap());
        let file = self.administrator.post(&path).query("name", "accounts.csv");
        Some(file.body("text/csv", FILE).await.expect(201).value())
    }

    /// A deal that is won, perhaps with a case already.
    pub async fn closed_deal(&self, has_case: bool) -> Value {
        let bodies = Bodies::of(self);
        let mut body = bodies.valid("create_deal").unwrap();
        let funnel = self.thing("funnels").unwrap();
        body["stage_id"] = funnel["stages"][1]["id"].clone();
        body["override_reason"] = json!("It was won elsewhere");
        let deal = self.administrator.make("/deals", body).await;
        if !has_case {
            return deal;
        }
        let path = format!("/deals/{}", deal["id"].as_str().unwrap());
        let case = bodies.valid("write_case").unwrap();
        let case = self.administrator.put(&format!("{path}/case")).json(&case);
        case.if_match(&deal).await.expect(200);
        self.administrator.read(&path).await
    }

    /// The thing of this kind that is always there.
    pub fn thing(&self, kind: &str) -> Option<&Value> {
        self.things.get(kind)
    }

    /// The id of that thing.
    pub fn id(&self, kind: &str) -> Option<&str> {
        self.thing(kind)?["id"].as_str()
    }

    /// What an operation's address needs to name one of this tenant's things.
    pub fn variable(&self, operation: &Operation) -> String {
        let Some(kind) = operation.subject() else {
            return String::new();
        };
        if kind == "by-token" {
            let invitation = self.thing("invitations").unwrap();
            return invitation["token"].as_str().unwrap().to_owned();
        }
        let id = self.id(kind);
        id.unwrap_or_else(|| panic!("say in world.rs how to make one of {kind}"))
            .to_owned()
    }

    /// A body that an operation accepts; an empty object where it takes none.
    pub fn body(&self, operation: &Operation) -> Value {
        match Bodies::of(self).valid(&operation.id) {
            Some(body) => body,
            None if operation.body().is_none() => json!({}),
            None => panic!("say in bodies.rs what {} accepts", operation.label()),
        }
    }
}
