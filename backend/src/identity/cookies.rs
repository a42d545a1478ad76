//! The two cookies of a browser's session. Scripts cannot read them, other sites cannot send them
//! along with a write, and over https the `__Host-` prefix binds them to this very host.

use super::token::ACCESS_SECONDS;
use crate::error::{AppError, AppResult};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

/// The name of the access cookie: bound to the host where https allows it.
#[must_use]
pub const fn access_name(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-dipper_access"
    } else {
        "dipper_access"
    }
}

/// The name of the refresh cookie.
#[must_use]
pub const fn refresh_name(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-dipper_refresh"
    } else {
        "dipper_refresh"
    }
}

/// The refresh token of the browser.
#[must_use]
pub fn refresh_token(request: &HttpRequest, is_secure: bool) -> Option<String> {
    let cookie = request.cookie(refresh_name(is_secure))?;
    Some(cookie.value().to_owned())
}

/// Gives the browser both tokens, the refresh token for `seconds`.
///
/// # Errors
/// 500 when a header cannot be written.
pub fn set(
    response: &mut HttpResponse,
    is_secure: bool,
    access: &str,
    refresh: &str,
    seconds: i64,
) -> AppResult<()> {
    for (name, value, seconds) in [
        (access_name(is_secure), access, ACCESS_SECONDS),
        (refresh_name(is_secure), refresh, seconds),
    ] {
        add(response, is_secure, name, value, seconds)?;
    }
    Ok(())
}

/// Takes both tokens away from the browser.
///
/// # Errors
/// 500 when a header cannot be written.
pub fn clear(response: &mut HttpResponse, is_secure: bool) -> AppResult<()> {
    for name in [access_name(is_secure), refresh_name(is_secure)] {
        add(response, is_secure, name, "", 0)?;
    }
    Ok(())
}

fn add(
    response: &mut HttpResponse,
    is_secure: bool,
    name: &'static str,
    value: &str,
    seconds: i64,
) -> AppResult<()> {
    // The prefix demands `Path=/` of both cookies.
    let cookie = Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure)
        .max_age(Duration::seconds(seconds))
        .finish();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
        .add_cookie(&cookie)
        .map_err(|error| AppError::Internal(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::SET_COOKIE;

    fn cookies(is_secure: bool) -> Vec<String> {
        let mut response = HttpResponse::Ok().finish();
        set(&mut response, is_secure, "a", "r", 60).unwrap();
        response
            .headers()
            .get_all(SET_COOKIE)
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn cookies_are_bound_to_the_host_over_https() {
        assert_eq!(
            cookies(true),
            [
                "__Host-dipper_access=a; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600",
                "__Host-dipper_refresh=r; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60",
            ]
        );
    }

    #[test]
    fn cookies_have_plain_names_on_loopback() {
        assert_eq!(
            cookies(false),
            [
                "dipper_access=a; HttpOnly; SameSite=Lax; Path=/; Max-Age=600",
                "dipper_refresh=r; HttpOnly; SameSite=Lax; Path=/; Max-Age=60",
            ]
        );
    }
}
