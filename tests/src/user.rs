//! Somebody who signed in, as the public API lets people in: by sign-up or by invitation.

use crate::client::Client;
use serde_json::{Value, json};
use shared::identity::Role;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

/// Everybody's password.
pub const PASSWORD: &str = "seven stars point north";

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A signed-in person; talks to the server as a [`Client`] with session cookies.
#[derive(Debug, Clone)]
pub struct User {
    client: Client,
    /// What the server said about them when they came in.
    pub me: Value,
    /// What they sign in with.
    pub email: String,
}

impl Deref for User {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl User {
    /// Signs up a new organisation and runs it.
    pub async fn sign_up(client: Client, organisation: &str) -> Self {
        let email = fresh_email("administrator");
        let body = json!({
            "organisation_name": organisation,
            "name": "Administrator",
            "email": email,
            "password": PASSWORD,
            "locale": "en",
        });
        let response = client.post("/organisations").json(&body).await;
        let me = response.expect(201).value();
        Self { client, me, email }
    }

    /// The same person at another server of the same database.
    #[must_use]
    pub fn elsewhere(&self, origin: impl Into<String>) -> Self {
        Self {
            client: self.client.at(origin),
            ..self.clone()
        }
    }

    /// Invites somebody and lets them accept.
    pub async fn invite(&self, role: Role) -> Self {
        self.invite_with(role, json!({})).await
    }

    /// The same with more fields of the invitation, such as `team_id`.
    pub async fn invite_with(&self, role: Role, more: Value) -> Self {
        let email = fresh_email(role.as_ref());
        let name = format!(
            "{} {}",
            role.as_ref(),
            email.split('@').next().unwrap_or("")
        );
        let mut invitation = json!({ "email": email, "name": name, "role": role });
        merge(&mut invitation, more);
        let made = self.make("/invitations", invitation).await;
        let token = made.get("token").and_then(Value::as_str);
        let token = token.expect("the secret part of the invitation");

        let client = self.stranger();
        let response = client
            .post(&format!("/invitations/by-token/{token}/accept"))
            .json(&json!({ "name": name, "password": PASSWORD, "locale": "en" }))
            .await;
        assert!(
            matches!(response.status, 200 | 201),
            "the invitation was not accepted: {}",
            response.text()
        );
        let me = response.value();
        Self { client, me, email }
    }

    /// A tool of theirs, with an access token instead of cookies.
    pub async fn tool(&self) -> Client {
        let token = self.token().await;
        self.client.with_token(token)
    }

    /// An access token, got as tools get it.
    pub async fn token(&self) -> String {
        let body = json!({ "grant_type": "password", "email": self.email, "password": PASSWORD });
        let client = self.stranger();
        let response = client.post("/tokens").json(&body).await;
        assert!(
            matches!(response.status, 200 | 201),
            "no token: {}",
            response.text()
        );
        let tokens = response.value();
        let token = tokens.get("access_token").and_then(Value::as_str);
        token.expect("an access token").to_owned()
    }

    /// Their id.
    #[must_use]
    pub fn id(&self) -> String {
        self.part("/user/id")
    }

    /// Their organisation's id.
    #[must_use]
    pub fn org(&self) -> uuid::Uuid {
        self.part("/organisation/id")
            .parse()
            .expect("an organisation's id")
    }

    fn part(&self, pointer: &str) -> String {
        let part = self.me.pointer(pointer).and_then(Value::as_str);
        part.unwrap_or_else(|| panic!("{pointer} in {}", self.me))
            .to_owned()
    }
}

fn fresh_email(who: &str) -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{who}{number}@north.example.com")
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}
