//! Which fields an answer carries: `fields=` leaves some out, `expand=` adds referenced records.

use super::Answer;
use super::list::{ListSpec, Listed};
use crate::db::Tx;
use crate::db::names::{self, Named};
use crate::error::{AppError, AppResult};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::page::Page;
use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;
use uuid::Uuid;

/// A reference that can be expanded to `{ "id": …, "name": … }`.
#[derive(Debug, PartialEq, Eq)]
pub struct Expand {
    /// Its name in `expand=`, and of the field that is added.
    pub name: &'static str,
    /// The field that holds the id.
    pub from: &'static str,
    /// What it refers to.
    pub of: Named,
}

/// What an answer carries; by default everything, and nothing added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    fields: Option<Vec<&'static str>>,
    expand: Vec<&'static Expand>,
}

impl Shape {
    /// Reads what is asked for of a list's items.
    ///
    /// # Errors
    /// 400 naming a field or reference there is not.
    pub fn read(
        spec: &'static ListSpec,
        fields: Option<&[&str]>,
        expand: Option<&[&str]>,
    ) -> AppResult<Self> {
        Self::read_with(spec, &[], fields, expand)
    }

    /// The same of an item that has these fields besides.
    fn read_with(
        spec: &'static ListSpec,
        alone: &'static [&'static str],
        fields: Option<&[&str]>,
        expand: Option<&[&str]>,
    ) -> AppResult<Self> {
        let unknown =
            |name: &str, asked: &str| AppError::UnknownParameter(format!("{name}={asked}"));
        let fields = fields
            .map(|names| {
                names
                    .iter()
                    .map(|asked| {
                        let mut shown = spec.shown.iter().chain(alone);
                        let known = shown.find(|name| *name == asked);
                        known.copied().ok_or_else(|| unknown("fields", asked))
                    })
                    .collect::<AppResult<Vec<_>>>()
            })
            .transpose()?;
        let mut wanted: Vec<&'static Expand> = Vec::new();
        for asked in expand.unwrap_or_default() {
            let found = spec.expand.iter().find(|expand| expand.name == *asked);
            let found = found.ok_or_else(|| unknown("expand", asked))?;
            if !wanted.contains(&found) {
                wanted.push(found);
            }
        }
        Ok(Self {
            fields,
            expand: wanted,
        })
    }

    /// Whether everything is wanted as it is.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.fields.is_none() && self.expand.is_empty()
    }

    /// Answers a page in this shape.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn page<T: Serialize>(&self, tx: &Tx, page: Page<T>) -> AppResult<Answer> {
        if self.is_plain() {
            return Answer::list(&page);
        }
        let items = page.items.iter().map(tree).collect::<AppResult<Vec<_>>>()?;
        let page = Page {
            items: self.cut(tx, items).await?,
            next_cursor: page.next_cursor,
            next: page.next,
            total: page.total,
        };
        Answer::list(&page)
    }

    /// Answers one resource in this shape.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn one<T: Serialize>(&self, tx: &Tx, item: &T, version: i32) -> AppResult<Answer> {
        if self.is_plain() {
            return Answer::versioned(item, version);
        }
        let mut items = self.cut(tx, vec![tree(item)?]).await?;
        Answer::versioned(&items.pop(), version)
    }

    async fn cut(
        &self,
        tx: &Tx,
        mut items: Vec<Map<String, Value>>,
    ) -> AppResult<Vec<Map<String, Value>>> {
        let id_of = |item: &Map<String, Value>, expand: &Expand| -> Option<Uuid> {
            item.get(expand.from)?.as_str()?.parse().ok()
        };
        let mut added: Vec<Vec<Value>> = vec![Vec::new(); items.len()];
        for expand in &self.expand {
            let ids: BTreeSet<Uuid> = items
                .iter()
                .filter_map(|item| id_of(item, expand))
                .collect();
            let ids = ids.into_iter().collect();
            let names = names::find(tx.shared(), tx.scope(), expand.of, ids).await?;
            for (item, added) in items.iter().zip(&mut added) {
                added.push(match id_of(item, expand) {
                    // What is out of the caller's view keeps its id, which the item shows anyway.
                    Some(id) => json!({ "id": id, "name": names.get(&id) }),
                    None => Value::Null,
                });
            }
        }
        for (item, added) in items.iter_mut().zip(added) {
            if let Some(fields) = &self.fields {
                item.retain(|name, _| fields.contains(&name.as_str()));
            }
            for (expand, value) in self.expand.iter().zip(added) {
                item.insert(expand.name.to_owned(), value);
            }
        }
        Ok(items)
    }
}

fn tree<T: Serialize>(item: &T) -> AppResult<Map<String, Value>> {
    match serde_json::to_value(item) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(AppError::Internal(anyhow::anyhow!(
            "an item of a list is not an object"
        ))),
        Err(error) => Err(AppError::Internal(error.into())),
    }
}

/// `fields=` and `expand=` of one resource, as a handler's parameter.
#[derive(Debug)]
pub struct ShapeOf<L> {
    shape: Shape,
    resource: PhantomData<L>,
}

impl<L> Deref for ShapeOf<L> {
    type Target = Shape;

    fn deref(&self) -> &Shape {
        &self.shape
    }
}

impl<L: Listed> FromRequest for ShapeOf<L> {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = || {
            let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
                .map_err(|error| AppError::Malformed(error.to_string()))?
                .into_inner();
            let (mut fields, mut expand) = (None, None);
            for (name, value) in &pairs {
                let list = value.split(',').collect::<Vec<_>>();
                match name.as_str() {
                    "fields" => fields = Some(list),
                    "expand" => expand = Some(list),
                    name => return Err(AppError::UnknownParameter(name.to_owned())),
                }
            }
            Shape::read_with(L::spec(), L::ALONE, fields.as_deref(), expand.as_deref())
        };
        ready(read().map(|shape| Self {
            shape,
            resource: PhantomData,
        }))
    }
}
