//! The one mechanism of lists: typed filters, order, cursor, count, fields and expansion.
//!
//! A resource describes its list once and takes it as a parameter:
//!
//! ```text
//! pub struct Accounts;
//! impl Listed for Accounts {
//!     const SPEC: ListSpec = ListSpec { resource: "accounts", sort: "-created_at", fields: &[
//!         FieldSpec::new("name", Kind::Text).sortable(),
//!         FieldSpec::new("tier", Kind::Word(words::<Tier>)).nullable(), …], … };
//! }
//! type AccountList = List<Accounts>;                      // also documents the parameters: params(AccountList)
//! async fn list_accounts(app, caller, list: AccountList)  // GET: the query string
//! async fn search_accounts(app, caller, body: Body<Search>) { let list = Accounts::search(&body.value)?; … }
//! ```
//!
//! The store turns the tree into SQL with `db::conditions`, and the handler ends with the shape:
//!
//! ```text
//! let mut query = accounts::table.filter(accounts::org_id.eq(org)).into_boxed();
//! query = query.filter(conditions::fold(&list.filter, &|leaf| match leaf.field {
//!     "name" => conditions::text(accounts::name.nullable(), &leaf.test), … }));
//! let query = match list.sort.field {                     // sets filter after the cursor and order
//!     "created_at" => keyset!(query, list, accounts::created_at, accounts::id, time_key),
//!     _ => keyset!(query, list, by_pinyin(accounts::name), accounts::id, text_key) };
//! let rows = first_rows(conn, query, list.limit + 1).await?;
//! let page = list.page(rows, total, |row, field| Place::new(row.id, Value::Time(row.created_at)))?;
//! list.shape.page(&mut tx, page).await?                   // plain: straight to bytes, no JSON tree between
//! ```
//!
//! Rules: one sort key, with the id as tie-break; an unknown field, operator or sort key is a 400 that
//! names it, a bad value a 422 at the parameter; at most 20 comparisons, five levels, 1,000 values of
//! one `in`. Values in a query string's `in` are separated by commas; a value that holds a comma needs
//! a search. `count=estimate` counts to [`ESTIMATE`] at most.

mod document;
mod filter;
mod spec;
#[cfg(test)]
mod tests;

pub use filter::{Filter, Leaf, Test};
pub use spec::{FieldSpec, Kind, ListSpec, Op, Value, words, yes_or_no};

use super::page::{Cursor, limit};
use super::shape::Shape;
use crate::error::{AppError, AppResult};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::{Deserialize, Serialize};
use shared::error::ErrorCode;
use shared::filter::Search;
use shared::page::Page;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;
use uuid::Uuid;

/// How far `count=estimate` counts.
pub const ESTIMATE: i64 = 10_000;

/// A resource that can be listed.
pub trait Listed: 'static {
    /// What its list offers.
    const SPEC: ListSpec;

    /// The fields an item has besides when it is read alone.
    const ALONE: &'static [&'static str] = &[];

    /// The same, where it stays.
    #[must_use]
    fn spec() -> &'static ListSpec {
        const { &Self::SPEC }
    }

    /// Reads the body of a search.
    ///
    /// # Errors
    /// 400 for a field, operator or sort key there is not, 422 at the place of a bad value.
    fn search(body: &Search) -> AppResult<ListQuery> {
        ListQuery::of_search(Self::spec(), body)
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The field, one of the sortable ones.
    pub field: &'static str,
    /// Largest first.
    pub is_descending: bool,
}

/// Whether archived records are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Archived {
    /// Only those that are not.
    #[default]
    No,
    /// Only those that are.
    Yes,
    /// Both.
    Any,
}

/// Whether the number of all matches is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// To the last one.
    Exact,
    /// To [`ESTIMATE`] at most.
    Estimate,
}

/// The last row of a page: what a cursor holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The value it is sorted by; `None` where the row has none.
    #[serde(rename = "k")]
    pub key: Option<Value>,
    /// Its id.
    #[serde(rename = "i")]
    pub id: Uuid,
}

impl Place {
    /// The place of a row.
    #[must_use]
    pub fn new(id: impl Into<Uuid>, key: impl Into<Option<Value>>) -> Self {
        Self {
            key: key.into(),
            id: id.into(),
        }
    }
}

/// What a list was asked for, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// What rows must fulfil.
    pub filter: Filter,
    /// Whether archived ones are wanted.
    pub archived: Archived,
    /// The order.
    pub sort: Sort,
    /// Where to go on.
    pub after: Option<Place>,
    /// Items of the page; ask the database for one more.
    pub limit: i64,
    /// Whether to count all.
    pub count: Option<Count>,
    /// Which fields to answer, and what to add.
    pub shape: Shape,
    /// What a cursor is bound to.
    identity: String,
    /// The address without its cursor; absent for a search.
    address: Option<String>,
}

/// The parameters of a list beside its filters, still as text.
#[derive(Default)]
struct Asked<'a> {
    sort: Option<&'a str>,
    cursor: Option<&'a str>,
    limit: Option<u32>,
    archived: Option<&'a str>,
    count: Option<&'a str>,
    fields: Option<Vec<&'a str>>,
    expand: Option<Vec<&'a str>>,
}

impl ListQuery {
    /// Reads the query string of a list.
    ///
    /// # Errors
    /// 400 for a parameter there is not, 422 at a parameter with a bad value.
    pub fn parse(spec: &'static ListSpec, path: &str, query: &str) -> AppResult<Self> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(query)
            .map_err(|error| AppError::Malformed(error.to_string()))?
            .into_inner();
        let mut asked = Asked::default();
        let mut leaves = Vec::new();
        let mut identity = Vec::new();
        for (name, value) in &pairs {
            let value = value.as_str();
            let list = || value.split(',').collect::<Vec<_>>();
            let is_new = match name.as_str() {
                "sort" => asked.sort.replace(value).is_none(),
                "cursor" => asked.cursor.replace(value).is_none(),
                "limit" => {
                    let number = value
                        .parse()
                        .map_err(|_| AppError::field("limit", ErrorCode::BadFormat))?;
                    asked.limit.replace(number).is_none()
                }
                "archived" if spec.has_archived => asked.archived.replace(value).is_none(),
                "count" => asked.count.replace(value).is_none(),
                "fields" => asked.fields.replace(list()).is_none(),
                "expand" => asked.expand.replace(list()).is_none(),
                name => {
                    filter::check_terms(leaves.len() + 1, name)?;
                    leaves.push(Filter::Leaf(Leaf::of_parameter(spec, name, value)?));
                    identity.push(format!("{name}={value}"));
                    true
                }
            };
            if !is_new {
                return Err(AppError::field(name, ErrorCode::NotAllowed));
            }
        }
        // The order in which a client names its filters does not matter.
        identity.sort();
        let mut list = Self::of(spec, Filter::All(leaves), &identity.join("&"), &asked)?;
        list.address = Some(address_without_cursor(path, query));
        Ok(list)
    }

    /// Reads the body of a search.
    ///
    /// # Errors
    /// As for [`ListQuery::parse`], with the place in the body.
    pub fn of_search(spec: &'static ListSpec, body: &Search) -> AppResult<Self> {
        let filter = match &body.filter {
            Some(node) => Filter::of_condition(spec, node)?,
            None => Filter::everything(),
        };
        let identity = serde_json::to_string(&body.filter)
            .map_err(|error| AppError::Internal(error.into()))?;
        if body.archived.is_some() && !spec.has_archived {
            return Err(AppError::UnknownParameter("archived".to_owned()));
        }
        let asked = Asked {
            sort: body.sort.as_deref(),
            cursor: body.cursor.as_deref(),
            limit: body.limit,
            archived: body.archived.as_deref(),
            count: body.count.as_deref(),
            fields: body.fields.as_deref().map(strs),
            expand: body.expand.as_deref().map(strs),
        };
        Self::of(spec, filter, &identity, &asked)
    }

    fn of(
        spec: &'static ListSpec,
        filter: Filter,
        identity: &str,
        asked: &Asked<'_>,
    ) -> AppResult<Self> {
        let (sort, field) = sort_of(spec, asked.sort.unwrap_or(spec.sort))?;
        let archived = match asked.archived {
            None | Some("false") => Archived::No,
            Some("true") => Archived::Yes,
            Some("any") => Archived::Any,
            Some(_) => return Err(AppError::field("archived", ErrorCode::NotAllowed)),
        };
        let count = match asked.count {
            None => None,
            Some("exact") => Some(Count::Exact),
            Some("estimate") => Some(Count::Estimate),
            Some(_) => return Err(AppError::field("count", ErrorCode::NotAllowed)),
        };
        let identity = format!("{}:{sort:?}:{archived:?}:{identity}", spec.resource);
        let after: Option<Place> = Cursor::read(&identity, asked.cursor)?;
        let is_ours = after.as_ref().is_none_or(|place| match &place.key {
            Some(key) => key.is_of(field.kind),
            None => field.is_nullable,
        });
        if !is_ours {
            return Err(AppError::field("cursor", ErrorCode::BadFormat));
        }
        Ok(Self {
            filter,
            archived,
            sort,
            after,
            limit: limit(asked.limit)?,
            count,
            shape: Shape::read(spec, asked.fields.as_deref(), asked.expand.as_deref())?,
            identity,
            address: None,
        })
    }

    /// Cuts the page out of `limit + 1` rows; `place` says where a row stands, given the sort field.
    ///
    /// # Errors
    /// 500 when a place cannot be written.
    pub fn page<T>(
        &self,
        rows: Vec<T>,
        total: Option<i64>,
        place: impl Fn(&T, &'static str) -> Place,
    ) -> AppResult<Page<T>> {
        let mut page = Cursor::page(&self.identity, rows, self.limit, |row| {
            place(row, self.sort.field)
        })?;
        page.total = total;
        page.next = match (&self.address, &page.next_cursor) {
            (Some(address), Some(cursor)) => {
                let joint = if address.contains('?') { '&' } else { '?' };
                Some(format!("{address}{joint}cursor={cursor}"))
            }
            _ => None,
        };
        Ok(page)
    }
}

fn strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn sort_of(spec: &'static ListSpec, asked: &str) -> AppResult<(Sort, &'static FieldSpec)> {
    let name = asked.strip_prefix('-').unwrap_or(asked);
    spec.fields
        .iter()
        .find(|field| field.name == name && field.is_sortable)
        .map(|field| {
            let sort = Sort {
                field: field.name,
                is_descending: asked.starts_with('-'),
            };
            (sort, field)
        })
        .ok_or_else(|| AppError::UnknownParameter(format!("sort={asked}")))
}

/// The address of the same list, ready for another cursor; parameters stay as they were written.
fn address_without_cursor(path: &str, query: &str) -> String {
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"))
        .collect();
    if rest.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", rest.join("&"))
    }
}

/// The list of a resource as a handler's parameter.
#[derive(Debug)]
pub struct List<L> {
    query: ListQuery,
    resource: PhantomData<L>,
}

impl<L> Deref for List<L> {
    type Target = ListQuery;

    fn deref(&self) -> &ListQuery {
        &self.query
    }
}

impl<L: Listed> FromRequest for List<L> {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = ListQuery::parse(L::spec(), request.path(), request.query_string());
        ready(query.map(|query| Self {
            query,
            resource: PhantomData,
        }))
    }
}
