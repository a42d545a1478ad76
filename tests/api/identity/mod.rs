//! Who are we: sign-up, sessions, tokens, one's own settings, teams, people, invitations.

mod invitations;
mod me;
mod organisation;
mod sessions;
mod sign_up;
mod teams;
mod tokens;
mod users;

use tests::{Response, Value};

/// The value of a cookie that an answer sets.
fn cookie(response: &Response, name: &str) -> String {
    let whole = whole_cookie(response, name);
    let value = whole
        .split(';')
        .next()
        .and_then(|pair| pair.split_once('='));
    value.unwrap().1.to_owned()
}

/// A cookie that an answer sets, with its attributes.
fn whole_cookie(response: &Response, name: &str) -> String {
    let prefix = format!("{name}=");
    let mut cookies = response
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|cookie| cookie.starts_with(&prefix));
    let found = cookies.next().unwrap_or_else(|| panic!("no cookie {name}"));
    assert!(cookies.next().is_none(), "{name} is set twice");
    found.to_owned()
}

/// The organisation's events up to the last one of a kind, in order. Open transactions of other tests may
/// hold the feed up for a moment.
async fn events_to(user: &tests::User, last: &str) -> Vec<Value> {
    tests::wait::until("the event is in the feed", async || {
        let mut events = user.get("/events?limit=200").await.expect(200).items();
        let end = events.iter().rposition(|event| event["kind"] == last)?;
        events.truncate(end + 1);
        Some(events)
    })
    .await
}

/// The kinds of these events.
async fn event_kinds(user: &tests::User, last: &str) -> Vec<String> {
    let events = events_to(user, last).await;
    let kinds = events.iter().map(|event| event["kind"].as_str().unwrap());
    kinds.map(str::to_owned).collect()
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}
