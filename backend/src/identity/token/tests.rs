//! What passes for an access token, and everything that does not (AUTH-1).

use super::*;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use uuid::Uuid;

const SECRET: &[u8] = b"seven stars point to the north, always";

fn keys() -> TokenKeys {
    TokenKeys::new(SECRET)
}

fn header() -> Value {
    json!({ "typ": "JWT", "alg": "HS256" })
}

fn claims() -> Value {
    let now = now().timestamp();
    json!({
        "iss": "dipper", "aud": "dipper-api", "typ": "access",
        "sub": Uuid::from_u128(1), "org": Uuid::from_u128(2), "sid": Uuid::from_u128(3),
        "iat": now, "exp": now + 600, "epoch": 1,
    })
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed_with(secret: &[u8], header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(text.as_bytes());
    let seal = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{text}.{seal}")
}

fn signed(header: &Value, claims: &Value) -> String {
    signed_with(SECRET, header, claims)
}

/// The good claims with one of them changed.
fn with(name: &str, value: Value) -> String {
    let mut claims = claims();
    claims[name] = value;
    signed(&header(), &claims)
}

fn without(name: &str) -> String {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    signed(&header(), &claims)
}

/// The good claims under another header, signed by the right secret all the same.
fn under(header: Value) -> String {
    signed(&header, &claims())
}

fn headed(name: &str, value: Value) -> String {
    let mut header = header();
    header[name] = value;
    under(header)
}

#[test]
fn what_the_server_signs_passes() {
    let (user, org, session) = (
        UserId(Uuid::from_u128(1)),
        OrgId(Uuid::from_u128(2)),
        SessionId(Uuid::from_u128(3)),
    );
    let token = keys().sign(org, user, session, 4, now()).unwrap();
    let claims = keys().check(&token).unwrap();
    assert_eq!(
        (claims.sub, claims.org, claims.sid, claims.epoch),
        (user, org, session, 4)
    );
}

#[test]
fn the_tokens_made_by_these_tests_would_pass_if_nothing_were_wrong_with_them() {
    assert!(keys().check(&signed(&header(), &claims())).is_ok());
}

#[test]
fn malformed_tokens_are_refused() {
    let now = now().timestamp();
    let good = signed(&header(), &claims());
    let (text, seal) = good.rsplit_once('.').unwrap();
    let (head, body) = text.split_once('.').unwrap();
    let long_mac = |alg: &str| {
        let text = format!(
            "{}.{}",
            part(&json!({ "typ": "JWT", "alg": alg })),
            part(&claims())
        );
        let bytes = if alg == "HS384" {
            let mut mac = Hmac::<Sha384>::new_from_slice(SECRET).unwrap();
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        } else {
            let mut mac = Hmac::<Sha512>::new_from_slice(SECRET).unwrap();
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(bytes))
    };
    let unsigned = |alg: &str| {
        let header = part(&json!({ "typ": "JWT", "alg": alg }));
        format!("{header}.{}.", part(&claims()))
    };
    let refresh = crate::identity::seal::Refresh {
        org: OrgId(Uuid::from_u128(2)),
        session: SessionId(Uuid::from_u128(3)),
        rotation: 1,
    };
    let mut swapped = claims();
    swapped["sub"] = json!(Uuid::from_u128(9));

    let cases = [
        // Algorithms.
        ("no algorithm", unsigned("none")),
        ("no algorithm, odd letters", unsigned("nOnE")),
        ("no algorithm, but signed", headed("alg", json!("none"))),
        ("another hash, rightly signed", long_mac("HS384")),
        ("a longer hash, rightly signed", long_mac("HS512")),
        ("a key pair's algorithm, RSA", headed("alg", json!("RS256"))),
        (
            "a key pair's algorithm, elliptic",
            headed("alg", json!("ES256")),
        ),
        (
            "a key pair's algorithm, Edwards",
            headed("alg", json!("EdDSA")),
        ),
        ("an unknown algorithm", headed("alg", json!("HS257"))),
        (
            "the algorithm in small letters",
            headed("alg", json!("hs256")),
        ),
        (
            "an algorithm that is a list",
            headed("alg", json!(["HS256"])),
        ),
        ("no algorithm at all", under(json!({ "typ": "JWT" }))),
        // Headers that name a key.
        (
            "a key id that is a path",
            headed("kid", json!("../../../dev/null")),
        ),
        (
            "a key id that is a query",
            headed("kid", json!("x' union select 'a")),
        ),
        (
            "the address of keys",
            headed("jku", json!("https://example.com/keys")),
        ),
        (
            "a key of its own",
            headed("jwk", json!({ "kty": "oct", "k": "AA" })),
        ),
        (
            "the address of a certificate",
            headed("x5u", json!("https://example.com/c")),
        ),
        ("a certificate of its own", headed("x5c", json!(["AA"]))),
        ("another type of thing", headed("typ", json!("at+jwt"))),
        ("a nested token", headed("cty", json!("JWT"))),
        // Signatures.
        ("no signature", format!("{text}.")),
        ("two parts", text.to_owned()),
        ("four parts", format!("{good}.{seal}")),
        (
            "five parts, as if encrypted",
            format!("{head}.{seal}.{seal}.{body}.{seal}"),
        ),
        (
            "half a signature",
            format!("{text}.{}", seal.get(..20).unwrap_or_default()),
        ),
        (
            "another's signature",
            signed_with(b"another secret that is long enough", &header(), &claims()),
        ),
        (
            "the signature of an empty secret",
            signed_with(b"", &header(), &claims()),
        ),
        (
            "other claims under a good signature",
            format!("{head}.{}.{seal}", part(&swapped)),
        ),
        ("padded base64", format!("{text}.{seal}=")),
        (
            "base64 of the other alphabet",
            format!("{head}.{}.{seal}", STANDARD.encode(claims().to_string())),
        ),
        // Times.
        ("over its time", with("exp", json!(now - 6))),
        ("over its time since 1970", with("exp", json!(0))),
        (
            "a time that is a text",
            with("exp", json!((now + 600).to_string())),
        ),
        (
            "a time with a fraction",
            with("exp", json!(now as f64 + 0.5)),
        ),
        ("a time below zero", with("exp", json!(-1))),
        ("a time beyond numbers", with("exp", json!(u64::MAX))),
        ("a time that is nothing", with("exp", Value::Null)),
        (
            "a life longer than ten minutes",
            with("exp", json!(now + 601)),
        ),
        ("a life without an end", with("exp", json!(i64::MAX))),
        (
            "a beginning that makes the sum overflow",
            with("iat", json!(i64::MIN)),
        ),
        ("made in the future", {
            let mut claims = claims();
            claims["iat"] = json!(now + 3_600);
            claims["exp"] = json!(now + 4_000);
            signed(&header(), &claims)
        }),
        ("made after its end", with("iat", json!(now + 601))),
        // Claims.
        ("no end", without("exp")),
        ("no beginning", without("iat")),
        ("no issuer", without("iss")),
        ("no audience", without("aud")),
        ("no person", without("sub")),
        ("no purpose", without("typ")),
        ("no organisation", without("org")),
        ("no session", without("sid")),
        ("no epoch", without("epoch")),
        ("another issuer", with("iss", json!("dopper"))),
        ("a list of issuers", with("iss", json!(["dipper", "other"]))),
        ("another audience", with("aud", json!("other-api"))),
        ("an empty audience", with("aud", json!([]))),
        (
            "two audiences",
            with("aud", json!(["dipper-api", "other-api"])),
        ),
        ("a refresh token's purpose", with("typ", json!("refresh"))),
        ("a person that is no id", with("sub", json!("admin"))),
        ("a person that is a number", with("sub", json!(1))),
        ("an organisation that is no id", with("org", json!("*"))),
        ("an epoch that is a text", with("epoch", json!("1"))),
        ("a claim nobody knows", with("role", json!("administrator"))),
        (
            "claims that are a list",
            signed(&header(), &json!([claims()])),
        ),
        (
            "claims that are a text",
            signed(&header(), &json!("access")),
        ),
        // Other things.
        ("a refresh token", refresh.write(&keys()).unwrap()),
        ("nothing", String::new()),
        ("dots", "..".into()),
        ("a word", "admin".into()),
        ("a space before it", format!(" {good}")),
        ("a line break within", format!("{text}.\n{seal}")),
        ("characters beyond ASCII", format!("{text}.北斗{seal}")),
        ("a very long text", format!("{good}{}", "A".repeat(100_000))),
    ];
    assert!(cases.len() >= 40);
    let passed: Vec<_> = cases
        .iter()
        .filter(|(_, token)| keys().check(token).is_ok())
        .map(|(what, _)| what)
        .collect();
    assert!(passed.is_empty(), "these passed: {passed:?}");
}

#[test]
fn a_stream_goes_on_with_a_token_that_ran_out_but_not_with_a_bad_one() {
    let now = now().timestamp();
    let mut old = claims();
    old["iat"] = json!(now - 1_000);
    old["exp"] = json!(now - 400);
    assert!(keys().read(&signed(&header(), &old)).is_some());
    assert!(keys().read(&with("aud", json!("other-api"))).is_none());
    assert!(keys().read(&with("exp", json!(now + 601))).is_none());
}
