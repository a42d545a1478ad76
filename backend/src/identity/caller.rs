//! The caller of a request: recognised from cookie or bearer token, looked up at most once a second.

use super::permit::Permit;
use super::{cookies, store};
use crate::app::App;
use crate::db::{Db, Scope, View};
use crate::error::{AppError, AppResult};
use crate::http::RequestId;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use dashmap::DashMap;
use futures_util::future::LocalBoxFuture;
use shared::error::ErrorCode;
use shared::event::ActorKind;
use shared::id::{OrgId, SessionId, UserId};
use shared::identity::{Permission, Role};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long what is known of a caller may be old: a disabled user or a changed role takes effect
/// within this time (AUTH-3).
const FRESH: Duration = Duration::from_millis(900);

/// What the database knows of a signed-in person.
#[derive(Debug, Clone)]
pub struct Known {
    /// Their role now.
    pub role: Role,
    /// Their epoch now.
    pub epoch: i32,
    /// How far they see.
    pub view: View,
}

/// What is known of callers, for a moment.
#[derive(Default)]
pub struct Callers {
    known: DashMap<(OrgId, UserId, SessionId), (Instant, Option<Known>)>,
}

impl Callers {
    /// What is known of a person in a session; `None` when they may not come in.
    async fn look_up(
        &self,
        db: &Db,
        org: OrgId,
        user: UserId,
        session: SessionId,
    ) -> AppResult<Option<Known>> {
        let key = (org, user, session);
        if let Some(entry) = self.known.get(&key) {
            let (at, known) = entry.value();
            if at.elapsed() < FRESH {
                return Ok(known.clone());
            }
        }
        let asked = Instant::now();
        let scope = Scope::of_system(org, ActorKind::System, None);
        let mut tx = db.begin(&scope).await?;
        let known = match store::callers::find(tx.conn(), org, user, session).await? {
            None => None,
            Some(row) => {
                let view =
                    store::callers::view(tx.conn(), org, user, row.role, row.team_id).await?;
                Some(Known {
                    role: row.role,
                    epoch: row.epoch,
                    view,
                })
            }
        };
        tx.commit().await?;
        if self.known.len() > 10_000 {
            self.known.retain(|_, (at, _)| at.elapsed() < FRESH);
        }
        self.known.insert(key, (asked, known.clone()));
        Ok(known)
    }

    /// Forgets a person at once, in this process.
    pub fn forget(&self, org: OrgId, user: UserId) {
        self.known
            .retain(|(known_org, known_user, _), _| (*known_org, *known_user) != (org, user));
    }
}

/// A recognised caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Their organisation, id and view.
    pub scope: Scope,
    /// Who they are.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// The session they came with.
    pub session: SessionId,
}

impl Caller {
    /// Whether the caller holds a permission.
    #[must_use]
    pub const fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// Demands a permission that depends on the request's content.
    ///
    /// # Errors
    /// 403 without it.
    pub const fn demand(&self, permission: Permission) -> AppResult<()> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(AppError::Forbidden(ErrorCode::Forbidden))
        }
    }

    /// The owner of a new record: the one asked for, or oneself. Giving records to others needs
    /// [`Permission::AssignOwner`], and the other must be within one's view.
    ///
    /// # Errors
    /// 403 without the permission, 422 for an owner out of view.
    pub fn owner(&self, asked: Option<UserId>) -> AppResult<UserId> {
        match asked {
            None => Ok(self.user),
            Some(owner) if owner == self.user => Ok(owner),
            Some(owner) => {
                self.demand(Permission::AssignOwner)?;
                if self.scope.sees(Some(owner.0)) {
                    Ok(owner)
                } else {
                    Err(AppError::field("/owner_id", ErrorCode::NoSuchRecord))
                }
            }
        }
    }

    /// The caller of a stream that is open already: the access token may have run out since, the session
    /// and the person's rights may not. `None` ends the stream.
    pub async fn of_stream(request: &HttpRequest, scope: &Scope) -> Option<Self> {
        let app = request.app_data::<web::Data<App>>()?;
        let token = token_of(request, app.config.secure_cookies)?;
        let claims = app.tokens.read(&token)?;
        let known = app
            .callers
            .look_up(&app.db, claims.org, claims.sub, claims.sid)
            .await
            .ok()??;
        (known.epoch == claims.epoch && known.role.may(Permission::ReadEvents)).then(|| Self {
            scope: Scope {
                view: known.view,
                ..scope.clone()
            },
            user: claims.sub,
            role: known.role,
            session: claims.sid,
        })
    }

    /// Recognises the caller of a request.
    ///
    /// # Errors
    /// 401 without a valid, current sign-in; 503 when the database is away.
    pub async fn of(request: &HttpRequest) -> AppResult<Self> {
        let unknown = || AppError::Unauthenticated(ErrorCode::Unauthenticated);
        let app = request
            .app_data::<web::Data<App>>()
            .ok_or_else(|| AppError::Internal(anyhow::anyhow!("the app's state is missing")))?;
        let token = token_of(request, app.config.secure_cookies).ok_or_else(unknown)?;
        let claims = app.tokens.check(&token)?;
        let known = app
            .callers
            .look_up(&app.db, claims.org, claims.sub, claims.sid)
            .await?
            .filter(|known| known.epoch == claims.epoch)
            .ok_or_else(unknown)?;
        let request_id: Option<Arc<str>> = request
            .extensions()
            .get::<RequestId>()
            .map(|id| Arc::clone(&id.0));
        Ok(Self {
            scope: Scope::of_user(claims.org, claims.sub, known.view, request_id),
            user: claims.sub,
            role: known.role,
            session: claims.sid,
        })
    }
}

/// The bearer token, else the cookie.
fn token_of(request: &HttpRequest, is_secure: bool) -> Option<String> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim().to_owned());
    }
    request
        .cookie(cookies::access_name(is_secure))
        .map(|cookie| cookie.value().to_owned())
}

/// A caller who holds the permission `P`. Asked for as a handler's parameter, it is checked before the
/// handler runs, and the signature shows it.
#[derive(Debug, Clone)]
pub struct Require<P> {
    caller: Caller,
    permit: PhantomData<P>,
}

impl<P> Deref for Require<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Permit> FromRequest for Require<P> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = Caller::of(&request).await?;
            if let Some(permission) = P::PERMISSION {
                caller.demand(permission)?;
            }
            Ok(Self {
                caller,
                permit: PhantomData,
            })
        })
    }
}
